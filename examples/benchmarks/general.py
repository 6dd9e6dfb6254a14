"""Easy questions of general knowledge (`general_quiz.yaml`), asked of the base and of homes: what learning has cost.

usage: python examples/benchmarks/general.py HOME… [--model M]        (homes: `selfparam-agent demo SCRIPT --keep HOME`)
"""

import argparse
from functools import cache
from pathlib import Path

import yaml

from memory.home import Home, home_at
from memory.judge import contains_any
from memory.language import ask
from memory.models import base_folder, load
from memory.versions import Weights

TOKENS = 24


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
    weights, base = Weights(home, model), base_folder(model, home)
    return _right(base), _right(weights.folder_to_load(weights.current(), base))


@cache
def _right(folder: Path) -> float:
    quiz = yaml.safe_load(Path(__file__).with_name("general_quiz.yaml").read_text(encoding="utf-8"))
    answers = ask(load(folder), [entry["question"] for entry in quiz], TOKENS)
    return sum(contains_any(text, entry["expect"]) for text, entry in zip(answers, quiz, strict=True)) / len(quiz)


if __name__ == "__main__":
    main()
