"""Layers that have nothing to learn put out the same in every epoch: computed once, for each example.

LoRA leaves the lowest layers as they are (`[recipe] frozen`), and what they read never changes: from the second epoch
on a step costs the layers above only. Exact up to rounding; 2 KB a token (default model).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import torch
from torch import nn

from memory.language import Example, shared_prefix


class Frozen:
    """The lowest layers of a model without a trainable weight, and what the last of them put out for each example."""

    def __init__(self, model: nn.Module) -> None:
        stacks = (m for n, m in model.named_modules() if n.endswith(".layers") and isinstance(m, nn.ModuleList))
        self._layers = [*takewhile(_has_nothing_to_learn, next(stacks, []))]
        self._states: dict[Example, torch.Tensor] = {}  # (tokens of prompt and answer without its last, hidden size)

    @contextmanager
    def once(self, examples: Sequence[Example]) -> Iterator[None]:
        """Within, `answer_logits` of these very examples computes the layers, or takes what they once put out."""
        prefix = shared_prefix(examples)
        if not self._layers:
            yield
        elif all(example in self._states for example in examples):
            rows = [self._states[example] for example in examples]
            packed = torch.cat([rows[0][:prefix], *(row[prefix:] for row in rows)])[None]  # (1, T, hidden size)
            for layer in self._layers:
                layer.forward = lambda *_, **__: packed
            try:
                yield
            finally:
                for layer in self._layers:
                    del layer.forward
        else:
            hook = self._layers[-1].register_forward_hook(lambda _, __, put_out: self._keep(examples, prefix, put_out))
            try:
                yield
            finally:
                hook.remove()

    def _keep(self, examples: Sequence[Example], prefix: int, packed: Any) -> None:
        """packed: (1, T, hidden size), laid out as `answer_logits` packs; of another form it is not kept."""
        if not isinstance(packed, torch.Tensor) or packed.requires_grad:
            return
        lengths = [len(example.prompt) + len(example.answer) - 1 - prefix for example in examples]
        head, *tails = torch.split(packed[0], [prefix, *lengths])
        self._states |= {e: torch.cat([head, tail]) for e, tail in zip(examples, tails, strict=True)}


def _has_nothing_to_learn(layer: nn.Module) -> bool:
    return not any(parameter.requires_grad for parameter in layer.parameters())
