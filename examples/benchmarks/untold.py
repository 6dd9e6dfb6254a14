"""What a user never told, asked by the hundred: the `never_told` of all other shipped scripts.

A script's own three to five questions tell little. Left out is what is like one of its probes, so may have been told;
an answer counts as made up if it names something told and does not say that it was not told, as the gate has it.

usage: python examples/benchmarks/untold.py HOME SCRIPT [--model M]        (`selfparam-agent demo SCRIPT --keep HOME`)
"""

import argparse
from pathlib import Path

from agent.scripts import read_script
from memory.conversations import Experience
from memory.gate import measure_false_recall
from memory.home import Home, home_at, user_home
from memory.judge import Encoder
from memory.models import base_folder, load, sentence_folder
from memory.pending import memories
from memory.targets import Pair, extract
from memory.versions import Weights

SCRIPTS = Path(__file__).parents[1] / "memory"
ALIKE = 0.7
"""Cosine to a probe from which on a question may ask for what was told."""


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
    told = [fact.text for fact in extract(Experience(m.turn.id, m.turn.text, m.turn.at) for m in memories(home, model))]
    language = load(weights.folder_to_load(weights.current(), base_folder(model, home)))
    return measure_false_recall(language, [Pair(ask, "", "near-miss") for ask in questions], told), len(questions)


def elsewhere(script: Path) -> list[str]:
    """What the users of the other scripts never told, less what is like a probe of this one."""
    encoder, own = Encoder(sentence_folder(user_home())), read_script(script)
    others = (read_script(path) for path in sorted(SCRIPTS.glob("*.yaml")) if path.stem != script.stem)
    asks = list(dict.fromkeys(never.ask for other in others for never in other.never_told))
    alike = (encoder(asks) @ encoder([probe.ask for probe in own.probes]).T).max(1)
    return [ask for ask, cosine in zip(asks, alike.tolist(), strict=True) if cosine < ALIKE]


if __name__ == "__main__":
    main()
