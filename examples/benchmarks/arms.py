"""Arms of training on the same target sets with the same number of optimizer steps: what each part of the recipe gives.

For each script and seed the target set is written once; every arm learns it from the base, and is asked the script's
probes and what was never told. Resumable: FOLDER/results.jsonl holds a line per script, seed and arm, with settings,
library versions, seconds and peak memory; `table.md` and `arms.svg` are drawn from it.

usage: python examples/benchmarks/arms.py FOLDER SCRIPT… [--arms default paper …] [--seeds 0] [--model M]
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from bootstrap import interval

from agent.consolidate import run
from agent.scripts import Script, read_script
from agent.session import Session
from memory.conversations import Conversation
from memory.home import Home, user_home
from memory.prompts import CONTEXT

LIBRARIES = ("torch", "transformers", "peft", "sentence-transformers")
OPEN_GATE = "[gate]\nrecall = 0.0\nretention = 0.0\nfalse_recall = 1.0\ndrift = 1000.0\nanswer_drift = 1000.0\n"
PAPER_LOSS = {"kl": 1.0, "ce": 0.0, "near_miss": 0.0, "context_rows": 1, "question_tokens": True}
ARMS: dict[str, dict[str, Any]] = {
    "base": {},
    "base with context": {},
    "default": {},
    "fine-tuning on the target set": {
        "kl": 0.0, "ce": 1.0, "near_miss": 1.0, "unrelated_kl": 0.0, "unrelated_ce": 1.0, "null_space": 0.0,
        "prepared": False,
    },
    "fine-tuning on the context": {
        "kl": 0.0, "ce": 0.0, "near_miss": 0.0, "unrelated_kl": 0.0, "context_rows": 1, "context_kl": 0.0,
        "context_ce": 1.0, "null_space": 0.0, "prepared": False,
    },
    "not prepared": {"prepared": False},
    "KL alone": {"kl": 1.0, "ce": 0.0, "near_miss": 0.0},
    "the paper's losses": PAPER_LOSS,
    "without the KL": {"kl": 0.0},
    "without near-misses": {"near_miss": 0.0},
    "without unrelated": {"unrelated_kl": 0.0, "null_space": 0.0},
    "anywhere": {"null_space": 0.0},
    "each in a fresh conversation": {"talk": 0},
    "paper": {"preset": "paper"},
}  # fmt: skip
"""What each arm changes of the default recipe; "paper" has its own number of steps, all others the default's."""

Record = dict[str, Any]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("scripts", type=Path, nargs="+")
    cli.add_argument("--arms", nargs="+", choices=[*ARMS], default=[arm for arm in ARMS if arm != "paper"])
    cli.add_argument("--seeds", type=int, nargs="+", default=[0])
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    results = options.folder / "results.jsonl"
    records = [json.loads(line) for line in results.read_text("utf-8").splitlines()] if results.exists() else []
    for seed in options.seeds:
        for path in options.scripts:
            done = {r["arm"]: r for r in records if (r["script"], r["seed"]) == (path.stem, seed)}
            for arm in options.arms:
                if arm in done:
                    continue
                print(f"{path.stem}, seed {seed}, {arm} …", file=sys.stderr, flush=True)
                steps = done.get("default", {}).get("steps", 0)
                targets = (options.folder / f"{path.stem}-{seed}.yaml").absolute()
                script = read_script(path)
                target_set(targets, script, seed, options.model)
                record = measure(script, seed, arm, options.model, targets, steps)
                done[arm] = record
                records.append(record)
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
    (options.folder / "table.md").write_text(table(records) + "\n", encoding="utf-8")
    (options.folder / "arms.svg").write_text(bars(records), encoding="utf-8")
    print(table(records))


def told(script: Script, root: Path, recipe: dict[str, Any]) -> Home:
    """A home in which all of the script was said, to be learned in one batch with these settings."""
    home = Home(root / "config", root / "data", user_home().cache)
    home.config.mkdir()
    lines = [f"{name} = {json.dumps(value)}" for name, value in {"statements": 100_000, **recipe}.items()]
    home.settings_file.write_text("\n".join(["[recipe]", *lines, OPEN_GATE]), encoding="utf-8")
    talk = Conversation(home.conversations, "told")
    for text in (text for turns in script.sessions for text in turns):
        talk.add("user", text, 0)
    return home


def target_set(file: Path, script: Script, seed: int, model: str) -> None:
    """Write the target set that all arms learn, with the default recipe, if it is not there yet."""
    if not file.exists():
        with tempfile.TemporaryDirectory() as folder:
            home = told(script, Path(folder), {"seed": seed})
            written = run(home, model, lambda event: None, dry_run=True)
        file.write_text(written["targets"], encoding="utf-8")


def measure(script: Script, seed: int, arm: str, model: str, targets: Path, steps: int) -> Record:
    """One arm: what it answers, what it cost. steps: the optimizer steps to make, 0: the recipe's own."""
    recipe = {**ARMS[arm], "seed": seed}
    if arm not in ("default", "paper"):
        recipe |= {"least_steps": steps, "most_steps": steps, "patience": 0}
    trained = arm not in ("base", "base with context")
    if trained and arm not in ("default", "paper") and not steps:
        sys.exit("run the arm `default` first: the others make as many steps")
    last: dict[str, Any] = {}
    made = [0]
    with tempfile.TemporaryDirectory() as folder:
        home = told(script, Path(folder), recipe)
        if trained:
            last = run(home, model, lambda event: made.append(event.get("step", made[-1])), reviewed=str(targets))
        session = Session(home, model, Conversation(None))
        session.open()
        system = None
        if arm == "base with context":
            system = CONTEXT.format(facts=" ".join(text for turns in script.sessions for text in turns))
        last_session = [probe for probe in script.probes if probe.session == len(script.sessions)]
        answers = session.answer([probe.ask for probe in last_session], system)
        never = session.answer([never.ask for never in script.never_told], system)
    return {
        "script": script.name, "seed": seed, "arm": arm, "model": model, "recipe": recipe, "steps": made[-1],
        "seconds": last.get("seconds", 0.0), "peak_mb": last.get("peak_mb", 0),
        "drift": last["verdict"]["drift"] if last else 0.0,
        "refused": "" if not last or last["version"] else last["verdict"]["reason"],
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "probes": [{"ask": p.ask, "answer": a, "hit": p.hit(a)} for p, a in zip(last_session, answers, strict=True)],
        "never_told": [{"ask": n.ask, "answer": a, "false_recall": n.false_recall(a)}
                       for n, a in zip(script.never_told, never, strict=True)],
    }  # fmt: skip


def hits(records: Sequence[Record], arm: str) -> dict[tuple[str, int, str], bool]:
    return {(r["script"], r["seed"], p["ask"]): p["hit"] for r in records if r["arm"] == arm for p in r["probes"]}


def table(records: Sequence[Record]) -> str:
    """A row an arm; the difference to `default` over the same probes with its paired bootstrap interval."""
    ours = hits(records, "default")
    lines = ["| arm | probes | recall | less or more than default, 95 % | false recall | drift | steps | s | MB |",
             "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for arm in [arm for arm in ARMS if any(record["arm"] == arm for record in records)]:
        mine = [record for record in records if record["arm"] == arm]
        theirs = hits(mine, arm)
        both = [theirs[key] - ours[key] for key in theirs if key in ours]
        low, high = interval(both)
        false = statistics.mean(n["false_recall"] for r in mine for n in r["never_told"])
        difference = f"{statistics.mean(both):+.2f} ({low:+.2f} to {high:+.2f})" if both and arm != "default" else ""
        lines.append(
            f"| {arm} | {len(theirs)} | {statistics.mean(theirs.values()):.2f} | {difference} | {false:.2f} | "
            f"{statistics.mean(r['drift'] for r in mine):.2f} | {statistics.mean(r['steps'] for r in mine):.0f} | "
            f"{statistics.mean(r['seconds'] for r in mine):.0f} | {max(r['peak_mb'] for r in mine)} |"
        )
    return "\n".join(lines)


def bars(records: Sequence[Record]) -> str:
    """Recall (blue) and false recall (red) of each arm."""
    drawn = []
    for row, arm in enumerate(arm for arm in ARMS if any(record["arm"] == arm for record in records)):
        mine = [record for record in records if record["arm"] == arm]
        recall = statistics.mean(hits(mine, arm).values())
        false = statistics.mean(n["false_recall"] for r in mine for n in r["never_told"])
        drawn.append(f'<text x="4" y="{row * 34 + 20}">{arm}</text>')
        for place, (value, colour) in enumerate(((recall, "#1d4e89"), (false, "#b23a48"))):
            drawn.append(f'<rect x="230" y="{row * 34 + 4 + 12 * place}" width="{300 * value:.0f}" height="11" '
                         f'fill="{colour}"/><text x="{236 + 300 * value:.0f}" y="{row * 34 + 14 + 12 * place}" '
                         f'font-size="10">{value:.2f}</text>')  # fmt: skip
    height = 34 * len(ARMS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="{height}" font-family="sans-serif" '
        f'font-size="13">{"".join(drawn)}</svg>\n'
    )


if __name__ == "__main__":
    main()
