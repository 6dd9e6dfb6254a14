"""What a user never told, asked by the hundred: the `never_told` of all other shipped scripts.

A script's own three to five questions tell little. Left out is what its user did tell, by `untold.yaml`; an answer
counts as made up if it names something told and does not say that it was not told, as the gate has it.

usage: python examples/benchmarks/untold.py HOME SCRIPT [--model M]        (`selfparam-agent demo SCRIPT --keep HOME`)
"""

import argparse
import sys
from pathlib import Path

import yaml

from agent.scripts import read_script
from memory.conversations import Experience
from memory.gate import measure_false_recall
from memory.home import Home, home_at
from memory.models import base_folder, load
from memory.parser import parser
from memory.pending import memories
from memory.targets import Pair, extract
from memory.versions import Weights

SCRIPTS = Path(__file__).parents[1] / "memory"


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("home", type=Path)
    cli.add_argument("script", type=Path)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    share, asked = made_up(home_at(options.home), options.script, options.model)
    print(f"{share:.2f} of {asked} questions on things never told are answered with something told")


def made_up(home: Home, script: Path, model: str) -> tuple[float, int]:
    """The share that the home's serving weights answer with something told, and how many were asked."""
    weights = Weights(home, model)
    questions = elsewhere(script)
    said = [Experience(m.turn.id, m.turn.text, m.turn.at) for m in memories(home, model)]
    told = [fact.text for fact in extract(said, parser(home))]
    language = load(weights.folder_to_load(weights.current(), base_folder(model, home)))
    return measure_false_recall(language, [Pair(ask, "", "near-miss") for ask in questions], told), len(questions)


def elsewhere(script: Path) -> list[str]:
    """What the users of the other scripts never told, less what this one did."""
    told = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    if script.stem not in told:
        sys.exit(f"untold.py: say in untold.yaml which of the others' questions {script.stem} does answer")
    others = (read_script(path) for path in sorted(SCRIPTS.glob("*.yaml")) if path.stem != script.stem)
    asks = dict.fromkeys(never.ask for other in others for never in other.never_told)
    return [ask for ask in asks if ask not in told[script.stem]]


if __name__ == "__main__":
    main()
