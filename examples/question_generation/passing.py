"""Trains the adapter of `memory/passing.py`, and measures it on messages kept aside.

One line of text a statement: "Before: B\\nSaid: M\\nStatement: S\\nThis is" → right, passing or wrong, the loss on that
word among the three. Over the question generator's weights; data: `said.jsonl`, judged by language models. The shipped
adapter was trained on all of it (`--fold all`), on an H200. Needs a GPU: minutes there, hours on two cores.

usage: python examples/question_generation/passing.py OUT_FOLDER [--fold all|0|1|2|3|4] [--epochs 3] [--seed 0]
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from peft.helpers import disable_input_dtype_casting
from sklearn.metrics import roc_auc_score
from verdicts import Row, likely, train

from memory.home import user_home
from memory.language import Language
from memory.models import DEFAULT_MODEL, base_folder
from memory.precision import half
from memory.question_generation import adapted

SAID = Path(__file__).with_name("said.jsonl")
VERDICTS = ("right", "passing", "wrong")
WORDS = tuple(f" {verdict}" for verdict in VERDICTS)
FOLDS = 5


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("out", type=Path)
    cli.add_argument("--fold", default="all", choices=["all", *map(str, range(FOLDS))], help="kept aside, by message")
    cli.add_argument("--epochs", type=int, default=3)
    cli.add_argument("--seed", type=int, default=0)
    options = cli.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    entries = [json.loads(line) for line in SAID.read_text(encoding="utf-8").splitlines()]
    base_folder(DEFAULT_MODEL, user_home(), print)
    language = adapted(user_home(), "question_generator")
    assert language
    fold = folds(entries)
    aside = [entry for entry in entries if str(fold[entry["say"]]) == options.fold]
    learned = [entry for entry in entries if str(fold[entry["say"]]) != options.fold]
    shape = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(language.model, shape)
    with half(model), disable_input_dtype_casting(model):
        train(language, model, WORDS, rows(learned), options.epochs, rng)
        if aside:
            report(language, model, aside)
    model.save_pretrained(str(options.out))


def folds(entries: Sequence[dict[str, Any]]) -> dict[str, int]:
    """A message's fold: all that was heard in one is kept aside together."""
    messages = sorted({entry["say"] for entry in entries})
    random.Random(1).shuffle(messages)
    return {message: i % FOLDS for i, message in enumerate(messages)}


def rows(entries: Sequence[dict[str, Any]]) -> list[Row]:
    """What is read of each, and its verdict."""
    found = []
    for entry in entries:
        before = f"Before: {entry['before']}\n" if entry["before"] else ""
        text = f"{before}Said: {entry['say']}\nStatement: {entry['statement']}\nThis is"
        found.append((text, VERDICTS.index(entry["verdict"])))
    return found


def report(language: Language, model: Any, aside: Sequence[dict[str, Any]]) -> None:
    """How well right ones are told from passing ones, and what is left out where some are taken for passing."""
    each, word = likely(language, model, WORDS, rows(aside))
    passing, verdict = each[:, 1].numpy(), word.numpy()
    either = verdict != VERDICTS.index("wrong")
    area = roc_auc_score(verdict[either] == VERDICTS.index("passing"), passing[either])
    print(f"{either.sum()} right or passing, area under the curve {area:.3f}\n| over | right | passing | wrong |")
    print("|---|---|---|---|")
    for most in (0.5, 0.6, 0.7, 0.8, 0.9):
        shares = (f"{(passing[verdict == i] > most).mean():.3f}" for i in range(len(VERDICTS)))
        print(f"| {most} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main()
