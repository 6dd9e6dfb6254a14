"""Training of an adapter that says one of a few words behind a text: what `passing.py` and `changes.py` share."""

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from memory.language import Language

BATCH, RATE = 32, 5e-4
Row = tuple[str, int]
"""A text, and which of the words is to follow."""


def batches(language: Language, rows: Sequence[Row], rng: random.Random) -> Iterator[tuple[torch.Tensor, ...]]:
    """(B, T) ids padded on the right, (B,) where each ends, (B,) its word; of like length together."""
    coded = [(language.encode(text), word) for text, word in rows]
    coded.sort(key=lambda row: len(row[0]) + 20 * rng.random())
    cut = [coded[start : start + BATCH] for start in range(0, len(coded), BATCH)]
    rng.shuffle(cut)
    for batch in cut:
        width = max(len(ids) for ids, _ in batch)
        padded = torch.tensor([ids + [language.end_of_turn] * (width - len(ids)) for ids, _ in batch])
        ends, words = torch.tensor([len(ids) - 1 for ids, _ in batch]), torch.tensor([word for _, word in batch])
        yield tuple(part.to(language.device) for part in (padded, ends, words))


def logits(language: Language, model: Any, words: Sequence[str], ids: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
    """(B, words), of each word behind each text."""
    tokens = [language.encode(word)[-1] for word in words]
    core = model.base_model.model
    hidden = core.model(input_ids=ids, use_cache=False).last_hidden_state  # (B, T, H)
    last = hidden[torch.arange(len(ids), device=ids.device), ends].float()
    return last @ core.lm_head.weight[tokens].float().T


def train(
    language: Language, model: Any, words: Sequence[str], rows: Sequence[Row], epochs: int, rng: random.Random
) -> None:
    """AdamW over what of the model learns, the rate warmed up and let fall like a cosine."""
    model.train()
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
    steps, step = epochs * math.ceil(len(rows) / BATCH), 0
    for _ in range(epochs):
        for ids, ends, word in batches(language, rows, rng):
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, (step + 1) / 20) * 0.5 * (1 + math.cos(math.pi * step / steps))
            loss = torch.nn.functional.cross_entropy(logits(language, model, words, ids, ends), word)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if step % 20 == 0:
                print(f"step {step} of {steps}: {loss.item():.3f}", flush=True)
            step += 1
    model.eval()


@torch.no_grad()
def likely(
    language: Language, model: Any, words: Sequence[str], rows: Sequence[Row]
) -> tuple[torch.Tensor, torch.Tensor]:
    """(N, words) how likely each word is, (N,) which it was to be; in an order of their own."""
    found = [
        (logits(language, model, words, ids, ends).float().softmax(-1).cpu(), word.cpu())
        for ids, ends, word in batches(language, rows, random.Random(0))
    ]
    return torch.cat([each for each, _ in found]), torch.cat([word for _, word in found])
