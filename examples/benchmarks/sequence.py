"""What later consolidations cost: a script of many sessions, one consolidation each, all asked again after every one.

Resumable: FOLDER keeps the home and a line per step; `heatmap.svg` there shows, for each session (column), the share of
its questions answered after each step (row). Prints the same as a markdown table, and what is kept: recall of all
sessions after the last step over their recall right after their own (the paper's figure 2; about .6 after 20 there).

usage: python examples/benchmarks/sequence.py FOLDER SCRIPT|CONTEXTS.jsonl [--replay 24] [--rehearsal 0]
       [--unrelated 64] [--seed 0] [--open-gate]
       --replay 0 is the zero-storage arm: nothing stored is trained on again; with --rehearsal 24 what the weights
       say of the user when they are asked is; --unrelated 0: no unrelated prompts;
       --open-gate: nothing is refused, so that what is forgotten shows
       Of SQuAD's contexts ten are told, one a session, and each answer counts by its QA-F1.
"""

import argparse
import json
import statistics
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from arms import LIBRARIES, OPEN_GATE
from squad import f1, one_a_session

from agent.consolidate import in_words, run
from agent.scripts import Script, read_script
from agent.session import Session
from memory.conversations import Conversation
from memory.home import Home, user_home
from memory.settings import Recipe
from memory.targets import TargetSet
from memory.versions import Weights

SESSIONS = 10
Step = dict[str, Any]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("script", type=Path)
    cli.add_argument("--replay", type=int, default=Recipe().replay)
    cli.add_argument("--rehearsal", type=int, default=Recipe().rehearsal)
    cli.add_argument("--unrelated", type=int, default=Recipe().unrelated)
    cli.add_argument("--seed", type=int, default=0)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    cli.add_argument("--open-gate", action="store_true", help="publish every batch, as where nobody measures")
    options = cli.parse_args()
    texts = options.script.suffix == ".jsonl"
    script = one_a_session(options.script, SESSIONS) if texts else read_script(options.script)
    home = Home(options.folder.absolute() / "config", options.folder.absolute() / "data", user_home().cache)
    home.config.mkdir(parents=True, exist_ok=True)
    recipe = {name: getattr(options, name) for name in ("replay", "rehearsal", "unrelated", "seed")}
    lines = [f"{name} = {value}" for name, value in recipe.items()]
    home.settings_file.write_text(
        "\n".join(["[recipe]", *lines, OPEN_GATE if texts or options.open_gate else ""]), encoding="utf-8"
    )
    results = options.folder / "steps.jsonl"
    steps = [json.loads(line) for line in results.read_text("utf-8").splitlines()] if results.exists() else []
    made = {"script": script.name, "model": options.model, "recipe": recipe, "open_gate": options.open_gate}
    if any({name: step.get(name) for name in made} != made for step in steps):
        sys.exit(f"{results} is of another script, model or arm: use another FOLDER")
    made["libraries"] = {name: metadata.version(name) for name in LIBRARIES}
    for number in range(len(steps) + 1, len(script.sessions) + 1):
        print(f"session {number} of {len(script.sessions)} …", file=sys.stderr, flush=True)
        step = one_step(script, number, home, options.model) | made
        steps.append(scored(step, script) if texts else step)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(steps[-1], ensure_ascii=False) + "\n")
    (options.folder / "heatmap.svg").write_text(heatmap(steps), encoding="utf-8")
    (options.folder / "table.md").write_text(table(steps) + "\n", encoding="utf-8")
    print(table(steps))


def one_step(script: Script, number: int, home: Home, model: str) -> Step:
    """Tell a session, consolidate, ask what was asked of all sessions so far, and what was never told."""
    weights = Weights(home, model)
    talk = Conversation(home.conversations)
    talk.known = weights.get(weights.current()).names if weights.current() else frozenset()
    for text in script.sessions[number - 1]:
        talk.add("user", text, 0)
    last = run(home, model, lambda event: None)
    print(in_words(last), file=sys.stderr, flush=True)
    session = Session(home, model, Conversation(None))
    session.open()
    latest = {
        probe.ask: probe for probe in script.probes if probe.session <= number
    }  # a correction asks the same again
    probes = [probe for probe in script.probes if latest.get(probe.ask) == probe]
    answers = session.answer([probe.ask for probe in probes])
    never = session.answer([never.ask for never in script.never_told])
    overruled = []
    if last["version"]:
        overruled = list(TargetSet.of(weights.get(last["version"])).overruled)
    return {
        "step": number, "version": last["version"], "seconds": last["seconds"], "peak_mb": last["peak_mb"],
        "overruled": overruled,
        "verdict": {name: value for name, value in last["verdict"].items() if name != "asked"},
        "probes": [{"session": p.session, "ask": p.ask, "answer": a, "hit": p.hit(a)}
                   for p, a in zip(probes, answers, strict=True)],
        "never_told": [{"ask": n.ask, "answer": a, "false_recall": n.false_recall(a)}
                       for n, a in zip(script.never_told, never, strict=True)],
    }  # fmt: skip


def scored(step: Step, script: Script) -> Step:
    """The step with the QA-F1 of each answer."""
    meant = {probe.ask: probe.expect for probe in script.probes}
    return {**step, "probes": [{**given, "f1": f1(given["answer"], meant[given["ask"]])} for given in step["probes"]]}


def recall(step: Step, session: int | None = None) -> float:
    """Share of a session's questions (default: of all) answered after a step; 1 if later ones corrected them all.

    Of texts the mean QA-F1.
    """
    asked = [p.get("f1", p["hit"]) for p in step["probes"] if session in (None, p["session"])]
    return statistics.mean(asked) if asked else 1.0


def table(steps: list[Step]) -> str:
    count = len(steps)
    lines = [f"| after | {' | '.join(f's{n}' for n in range(1, count + 1))} | all | false recall | drift | s |"]
    lines.append("|" + "---|" * (count + 5))
    for step in steps:
        cells = [f"{recall(step, n):.2f}" if n <= step["step"] else "" for n in range(1, count + 1)]
        false = statistics.mean([never["false_recall"] for never in step["never_told"]] or [0])
        lines.append(f"| {step['step']} | {' | '.join(cells)} | {recall(step):.2f} | {false:.2f} | "
                     f"{step['verdict']['drift']:.2f} | {step['seconds']:.0f} |")  # fmt: skip
    right_after = statistics.mean(recall(step, step["step"]) for step in steps)
    kept = recall(steps[-1]) / right_after if right_after else 0.0
    lines.append(f"\n{len(steps[-1]['probes'])} questions; right after each {right_after:.2f}, all after the last "
                 f"{recall(steps[-1]):.2f}: kept {kept:.2f}")  # fmt: skip
    return "\n".join(lines)


def heatmap(steps: list[Step], side: int = 34) -> str:
    """Rows are steps, columns sessions; the darker, the more is answered."""
    width, cells = side * (len(steps) + 1), []
    for step in steps:
        y = side * step["step"]
        cells.append(f'<text x="4" y="{y + 21}">{step["step"]}</text><text x="{y + 8}" y="21">s{step["step"]}</text>')
        for session in range(1, step["step"] + 1):
            share = recall(step, session)
            cells.append(
                f'<rect x="{side * session}" y="{y}" width="{side - 2}" height="{side - 2}" fill="#1d4e89" '
                f'fill-opacity="{0.05 + 0.95 * share:.2f}"><title>session {session} after {step["step"]}: {share:.2f}'
                f"</title></rect>"
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{width}" font-family="sans-serif" '
        f'font-size="12">{"".join(cells)}</svg>\n'
    )


if __name__ == "__main__":
    main()
