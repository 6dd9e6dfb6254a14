"""Trains the adapter of `memory/changes.py`, and measures it on pairs kept aside.

One line of text a pair of statements: "Earlier: O\\nNow: N\\nEarlier is" → right or wrong, the loss on that word of
the two. Over the question generator's weights. Data: `changes.jsonl`, written by language models: an earlier statement
("old") with later ones after which it is so no more ("changed") and later ones that take nothing back ("same"); or six
earlier statements of one person ("olds") and later ones ("later": "say", and the numbers of those that it "ends"). The
later ones of other lines are added as what takes nothing back, and several later ones as one message. Lines with
nothing "changed" are of what the examples' people say on one day. Half an hour on two cores that multiply in bf16.

usage: python examples/question_generation/changes.py OUT_FOLDER [--fold all|0|1|2|3|4] [--epochs 2] [--further ADAPTER]
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.helpers import disable_input_dtype_casting
from sklearn.metrics import roc_auc_score
from verdicts import Row, likely, train

from memory.changes import ASKED
from memory.home import user_home
from memory.language import Language
from memory.models import DEFAULT_MODEL, base_folder
from memory.persons import second_person
from memory.precision import half
from memory.question_generation import adapted

DATA = Path(__file__).with_name("changes.jsonl")
FOLDS = 5
WORDS = (" right", " wrong")
UNRELATED = 2
"""Later statements of other lines to each earlier one."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("out", type=Path)
    cli.add_argument("--fold", default="all", choices=["all", *map(str, range(FOLDS))], help="kept aside, by line")
    cli.add_argument("--epochs", type=int, default=2)
    cli.add_argument("--further", help="the folder of an adapter that is trained on")
    cli.add_argument("--seed", type=int, default=0)
    options = cli.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    lines = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    random.Random(1).shuffle(lines)
    aside = [line for number, line in enumerate(lines) if str(number % FOLDS) == options.fold]
    learned = [line for number, line in enumerate(lines) if str(number % FOLDS) != options.fold]
    base_folder(DEFAULT_MODEL, user_home(), print)
    language = adapted(user_home(), "question_generator")
    assert language
    shape = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear", task_type="CAUSAL_LM")
    if options.further:
        model: Any = PeftModel.from_pretrained(language.model, options.further, is_trainable=True)
    else:
        model = get_peft_model(language.model, shape)
    with half(model), disable_input_dtype_casting(model):
        train(language, model, WORDS, rows(learned, rng), options.epochs, rng)
        if aside:
            report(language, model, rows(aside, rng))
    model.save_pretrained(str(options.out))


def rows(lines: Sequence[dict[str, Any]], rng: random.Random) -> list[Row]:
    found: list[tuple[str, str, bool]] = []
    for line in lines:
        if "olds" in line:
            said = [(later["say"], later["ends"]) for later in line["later"]]
            (one, its), (other, others) = rng.sample(said, 2)
            said.append((f"{one} {other}", [*its, *others]))
            found += [(old, say, number in ends) for say, ends in said for number, old in enumerate(line["olds"])]
            continue
        others = [other for other in rng.sample(lines, 2 * UNRELATED + 1) if other is not line and "old" in other]
        beside = [rng.choice([*other["changed"], *other["same"]]) for other in others[:UNRELATED] if line["changed"]]
        found += [(line["old"], now, True) for now in line["changed"]]
        found += [(line["old"], now, False) for now in (*line["same"], *beside)]
        if line["changed"]:
            found += [
                (
                    line["old"],
                    " ".join(rng.sample([rng.choice(line[kind]), *beside], len(beside) + 1)),
                    kind == "changed",
                )
                for kind in ("changed", "same")
            ]
    return [(ASKED.format(earlier=second_person(old), now=second_person(now)), int(ended)) for old, now, ended in found]


def report(language: Language, model: Any, aside: Sequence[Row]) -> None:
    """How well ends are told from what takes nothing back."""
    each, word = likely(language, model, WORDS, aside)
    ended, changed = each[:, 1].numpy(), word.numpy() == 1
    print(f"{len(ended)} pairs, area under the curve {roc_auc_score(changed, ended):.3f}")
    print("| over | changed, found | same, found |\n|---|---|---|")
    for least in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95):
        print(f"| {least} | {(ended[changed] >= least).mean():.3f} | {(ended[~changed] >= least).mean():.3f} |")


if __name__ == "__main__":
    main()
