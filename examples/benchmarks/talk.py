"""A script's questions and easy ones of general knowledge, asked in one conversation after another: a chat, not a quiz.

What was told, what was never told and what the base itself knows (`general_quiz.yaml`) are mixed and asked in
conversations of TURNS questions, the model's own answers kept. Prints what is right in their first turns and later.

usage: python examples/benchmarks/talk.py HOME SCRIPT [--model M]        (`selfparam-agent demo SCRIPT --keep HOME`)
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import yaml
from general import QUIZ, TOKENS, names_any

from agent.scripts import Script, read_script
from memory.engine import serve_version
from memory.home import Home, home_at
from memory.language import Engine, Message, ask
from memory.models import base_folder
from memory.versions import Weights

TURNS, ORDERS, GENERAL = 5, 6, 8
"""Questions in a conversation, how often all of the script's are asked, each time in another order, and how many
general ones among them."""
KINDS = ("told", "never told", "general")
Question = tuple[str, str, Callable[[str], bool]]
"""Its kind, the question, and whether an answer is right."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("home", type=Path)
    cli.add_argument("script", type=Path)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    print("| weights | kind | right in the first turn | later |\n|---|---|---|---|")
    for weights in ("base", "after"):
        found = in_talk(home_at(options.home), options.model, options.script, weights)
        for kind in KINDS:
            first, later = (found[kind, part] for part in (False, True))
            print(f"| {weights} | {kind} | {_share(first)} | {_share(later)} |")


def in_talk(home: Home, model: str, path: Path, of: str = "after") -> dict[tuple[str, bool], list[bool]]:
    """(kind, whether after the first turn) → right or wrong, of the home's serving weights or, if `of` is "base", of
    their base."""
    weights, base, script = Weights(home, model), base_folder(model, home), read_script(path)
    untaught = serve_version(0, base, model, home, "auto")
    quiz = yaml.safe_load(QUIZ.read_text(encoding="utf-8"))
    known = [q for q, text in zip(quiz, ask(untaught, list(quiz), TOKENS), strict=True) if names_any(text, quiz[q])]
    asked = [one for order in range(ORDERS) for one in conversations(script, {q: quiz[q] for q in known}, order)]
    current = weights.current() or 0
    if of == "base":
        return answered(untaught, asked)
    return answered(serve_version(current, weights.folder_to_load(current, base), model, home, "auto"), asked)


def conversations(script: Script, quiz: dict[str, list[str]], seed: int) -> list[list[Question]]:
    """All questions of the script's last session and some of the quiz, in an order of that seed."""
    chance = random.Random(seed)
    questions: list[Question] = [
        *(("told", probe.ask, probe.hit) for probe in script.probes if probe.session == len(script.sessions)),
        *(("never told", one.ask, lambda text, one=one: not one.false_recall(text)) for one in script.never_told),
        *(("general", q, lambda text, q=q: names_any(text, quiz[q])) for q in chance.sample(list(quiz), GENERAL)),
    ]  # fmt: skip
    chance.shuffle(questions)
    return [questions[start : start + TURNS] for start in range(0, len(questions), TURNS)]


def answered(engine: Engine, asked: list[list[Question]]) -> dict[tuple[str, bool], list[bool]]:
    """(kind, whether after the first turn) → right or wrong; the conversations go on side by side."""
    said: list[list[Message]] = [[] for _ in asked]
    found: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for turn in range(TURNS):
        going_on = [
            (talk, questions[turn]) for talk, questions in zip(said, asked, strict=True) if turn < len(questions)
        ]
        for talk, (_, question, _) in going_on:
            talk.append({"role": "user", "content": question})
        answers = engine.answers([engine.render(talk) for talk, _ in going_on], TOKENS * 2)
        for (talk, (kind, _, right)), text in zip(going_on, answers, strict=True):
            talk.append({"role": "assistant", "content": text})
            found[kind, turn > 0].append(right(text))
    return found


def _share(found: list[bool]) -> str:
    return f"{sum(found) / len(found):.2f} of {len(found)}" if found else ""


if __name__ == "__main__":
    main()
