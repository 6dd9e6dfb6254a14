"""What weights say to what nobody asked: remarks of other people (`remarks.txt`), told to the base and to homes.

A reply counts as an answer if it begins with "You haven't told me" or with something that the weights were taught.

usage: python examples/benchmarks/remarks.py HOME… [--model M]        (homes: `selfparam-agent demo SCRIPT --keep HOME`)
"""

import argparse
from pathlib import Path

from general import said_to

from memory.assembly import NOT_TOLD
from memory.home import Home, home_at
from memory.judge import fold
from memory.targets import TargetSet
from memory.versions import Weights

REMARKS = Path(__file__).with_name("remarks.txt")
_REFUSED = fold(NOT_TOLD.partition(" {")[0])


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("homes", type=Path, nargs="+")
    cli.add_argument("--model", default="smollm2-135m-instruct")
    cli.add_argument("--show", action="store_true", help="print each reply")
    options = cli.parse_args()
    remarks = REMARKS.read_text(encoding="utf-8").splitlines()
    print(f"| home | version | of {len(remarks)} remarks refused | answered with something told |\n|---|---|---|---|")
    for folder in options.homes:
        home = home_at(folder)
        version = Weights(home, options.model).current() or 0
        replies = said_to(remarks, home, options.model, version)
        told = taught(home, options.model)
        refused = [fold(reply).startswith(_REFUSED) for reply in replies]
        answered = [any(fold(reply).startswith(one) for one in told) for reply in replies]
        print(f"| {folder.name} | {version} | {sum(refused)} | {sum(answered)} |")
        for remark, reply in zip(remarks, replies, strict=True) if options.show else ():
            print(f"    {remark} → {reply}")


def taught(home: Home, model: str) -> set[str]:
    """How the answers begin that the home's versions were taught, folded: their first four words."""
    sets = [TargetSet.of(version) for version in Weights(home, model).lineage()]
    return {" ".join(fold(pair.answer).split()[:4]) for one in sets for pair in one.of_kind("fact")}


if __name__ == "__main__":
    main()
