"""Trains the adapter of `memory/passing.py`, and measures it on messages kept aside.

One line of text a statement: "Before: B\\nSaid: M\\nStatement: S\\nThis is" → right, passing or wrong, the loss on that
word among the three. Over the question generator's weights; data: `said.jsonl`, judged by language models. The shipped
adapter was trained on all of it (`--fold all`), on an H200. Needs a GPU: minutes there, hours on two cores.

usage: python examples/question_generation/passing.py OUT_FOLDER [--fold all|0|1|2|3|4] [--epochs 3] [--seed 0]
"""

import argparse
import json
import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
from peft import LoraConfig, get_peft_model
from sklearn.metrics import roc_auc_score

from memory.home import user_home
from memory.language import Language
from memory.models import DEFAULT_MODEL, base_folder
from memory.question_generation import adapted

SAID = Path(__file__).with_name("said.jsonl")
VERDICTS = ("right", "passing", "wrong")
FOLDS = 5
BATCH, RATE = 32, 5e-4


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
    model = train(language, learned, options.epochs, rng)
    model.save_pretrained(str(options.out))
    if aside:
        report(language, model, aside)


def folds(entries: Sequence[dict[str, Any]]) -> dict[str, int]:
    """A message's fold: all that was heard in one is kept aside together."""
    messages = sorted({entry["say"] for entry in entries})
    random.Random(1).shuffle(messages)
    return {message: i % FOLDS for i, message in enumerate(messages)}


def batches(language: Language, entries: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[torch.Tensor]:
    """(B, T) ids padded on the right, (B,) where each ends, (B,) its verdict; of like length together."""
    rows = []
    for entry in entries:
        before = f"Before: {entry['before']}\n" if entry["before"] else ""
        ids = language.encode(f"{before}Said: {entry['say']}\nStatement: {entry['statement']}\nThis is")
        rows.append((ids, VERDICTS.index(entry["verdict"])))
    rows.sort(key=lambda row: len(row[0]) + 20 * rng.random())
    cut = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    rng.shuffle(cut)
    for batch in cut:
        width = max(len(ids) for ids, _ in batch)
        padded = torch.tensor([ids + [language.end_of_turn] * (width - len(ids)) for ids, _ in batch])
        ends, verdicts = torch.tensor([len(ids) - 1 for ids, _ in batch]), torch.tensor([v for _, v in batch])
        yield tuple(part.to(language.device) for part in (padded, ends, verdicts))


def verdict_logits(language: Language, model: Any, ids: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
    """(B, 3), of the three words behind each."""
    words = [language.encode(f" {verdict}")[0] for verdict in VERDICTS]
    core = model.base_model.model
    with torch.autocast(ids.device.type, dtype=torch.bfloat16, enabled=ids.device.type == "cuda"):
        hidden = core.model(input_ids=ids, use_cache=False).last_hidden_state  # (B, T, H)
    last = hidden[torch.arange(len(ids), device=ids.device), ends].float()
    return last @ core.lm_head.weight[words].float().T


def train(language: Language, entries: Sequence[dict[str, Any]], epochs: int, rng: random.Random) -> Any:
    shape = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(language.model, shape).train()
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
    steps, step = epochs * math.ceil(len(entries) / BATCH), 0
    for _ in range(epochs):
        for ids, ends, verdicts in batches(language, entries, rng):
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / steps))
            loss = torch.nn.functional.cross_entropy(verdict_logits(language, model, ids, ends), verdicts)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if step % 50 == 0:
                print(f"step {step} of {steps}: {loss.item():.3f}", flush=True)
            step += 1
    return model.eval()


@torch.no_grad()
def report(language: Language, model: Any, aside: Sequence[dict[str, Any]]) -> None:
    """How well right ones are told from passing ones, and what is left out where some are taken for passing."""
    likely, true = [], []
    for ids, ends, verdicts in batches(language, aside, random.Random(0)):
        likely.append(verdict_logits(language, model, ids, ends).softmax(-1)[:, 1].cpu().numpy())
        true.append(verdicts.cpu().numpy())
    passing, verdict = numpy.concatenate(likely), numpy.concatenate(true)
    either = verdict != VERDICTS.index("wrong")
    area = roc_auc_score(verdict[either] == VERDICTS.index("passing"), passing[either])
    print(f"{either.sum()} right or passing, area under the curve {area:.3f}\n| over | right | passing | wrong |")
    print("|---|---|---|---|")
    for most in (0.5, 0.6, 0.7, 0.8, 0.9):
        shares = (f"{(passing[verdict == i] > most).mean():.3f}" for i in range(len(VERDICTS)))
        print(f"| {most} | {' | '.join(shares)} |")


if __name__ == "__main__":
    main()
