"""Whether it is heard what is so no more: pairs of an earlier and a later statement, none of which was trained on.

Nothing is trained. Prints, for some thresholds of `[recipe] ended`, of how many pairs in which the later statement ends
the earlier one the reader (`memory/changes.py`) finds it, and of how many in which it takes nothing back; beside it
what the rules find (`memory/corrections.py`). The pairs were written by language models that saw neither.

usage: python examples/benchmarks/changed.py [PAIRS.jsonl]
"""

import argparse
import json
from pathlib import Path

from sklearn.metrics import roc_auc_score

from memory.changes import changes
from memory.corrections import taken_back
from memory.home import user_home
from memory.persons import second_person

HELD = Path(__file__).parent.parent / "question_generation" / "changes_held.jsonl"
THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("pairs", type=Path, nargs="?", default=HELD)
    options = cli.parse_args()
    reader = changes(user_home(), 0.5, bf16=True)
    if reader is None:
        raise SystemExit("the default model is not on this machine yet: `selfparam-agent ask hello` fetches it")
    lines = [json.loads(line) for line in options.pairs.read_text(encoding="utf-8").splitlines()]
    pairs = [(second_person(line["old"]), second_person(line["new"])) for line in lines]
    ended = [line["label"] == "change" for line in lines]
    likely = [reader.ended(earlier, [now])[0] for earlier, now in pairs]
    by_rule = [bool(taken_back([earlier], [now])) for earlier, now in pairs]
    print(f"area under the curve {roc_auc_score(ended, likely):.3f}\n")
    print(f"| over | of {sum(ended)} that ended | of {len(ended) - sum(ended)} that did not |\n|---|---|---|")
    found = {str(least): [one > least for one in likely] for least in THRESHOLDS} | {"rules": by_rule}
    for name, said in found.items():
        right = sum(one and true for one, true in zip(said, ended, strict=True))
        print(f"| {name} | {right} | {sum(said) - right} |")


if __name__ == "__main__":
    main()
