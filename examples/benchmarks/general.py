"""Easy questions of general knowledge (`general_quiz.yaml`), asked of the base and of homes: what learning has cost.

usage: python examples/benchmarks/general.py HOME… [--model M]        (homes: `selfparam-agent demo SCRIPT --keep HOME`)
"""

import argparse
import re
from pathlib import Path

import yaml

from memory.engine import serve_version
from memory.home import Home, home_at
from memory.language import ask
from memory.models import base_folder
from memory.versions import Weights

TOKENS = 24
QUIZ = Path(__file__).with_name("general_quiz.yaml")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("homes", type=Path, nargs="+")
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    print("| home | version | right (base) | points lost |\n|---|---|---|---|")
    for folder in options.homes:
        home = home_at(folder)
        before, after = right_before_and_after(home, options.model)
        serving = Weights(home, options.model).current() or 0
        print(f"| {folder.name} | {serving} | {after:.2f} ({before:.2f}) | {100 * (before - after):.0f} |", flush=True)


def right_before_and_after(home: Home, model: str) -> tuple[float, float]:
    """The shares of the quiz that the base and the home's serving weights answer."""
    return _right(home, model, 0), _right(home, model, Weights(home, model).current() or 0)


def _right(home: Home, model: str, version: int) -> float:
    quiz = yaml.safe_load(QUIZ.read_text(encoding="utf-8"))
    return sum(map(names_any, said_to(list(quiz), home, model, version), quiz.values())) / len(quiz)


def said_to(texts: list[str], home: Home, model: str, version: int) -> list[str]:
    """What a version of the home's weights replies to each in a fresh conversation."""
    folder = Weights(home, model).folder_to_load(version, base_folder(model, home))
    return ask(serve_version(version, folder, model, home, "auto"), texts, TOKENS)


def names_any(answer: str, words: list[str]) -> bool:
    """Whether any of them stands in the answer as a word of its own, case aside."""
    return bool(re.search(rf"\b(?:{'|'.join(map(re.escape, words))})\b", answer, re.IGNORECASE))


if __name__ == "__main__":
    main()
