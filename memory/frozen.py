"""Layers that have nothing to learn put out the same in every epoch: computed once, for each example.

LoRA leaves the lowest layers as they are (`[recipe] frozen`), and what they read never changes: an example that has
been trained on before costs the layers above only. Exact up to rounding; 2 KB a token (default model).

On a CPU a thread reads the examples of the next step meanwhile: much of a step runs on one core only.
"""

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import takewhile
from typing import Any

import torch
from torch import nn

from memory.language import Example, answer_logits, starts


class _EnoughError(Exception):
    """The layers that are wanted have been computed; those above need not be."""


class Frozen:
    """The lowest layers of a model without a trainable weight, and what the last of them put out for each example."""

    def __init__(self, model: nn.Module) -> None:
        self._layers = _lowest(model)
        # the same weights in modules of its own: what one thread does to them, the other does not see
        shared = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
        self._reader = copy.deepcopy(model, shared) if self._layers else model
        self._thread = ThreadPoolExecutor(1)
        self._ahead: Future[None] | None = None
        self._states: dict[Example, torch.Tensor] = {}  # (tokens of prompt and answer without its last, hidden size)

    @contextmanager
    def once(self, examples: Sequence[Example], following: Sequence[Example] = ()) -> Iterator[None]:
        """Within, `answer_logits` of these very examples takes what the layers once put out, for new ones just now.

        following: those that will be asked for next; on a CPU they are read meanwhile.
        """
        if self._ahead:
            self._ahead.result()
        self._read(examples)
        kind = next(self._reader.parameters()).device.type
        if kind == "cpu" and following:  # autocast is of a thread
            halved = torch.autocast(kind, torch.get_autocast_dtype(kind), torch.is_autocast_enabled(kind), False)
            self._ahead = self._thread.submit(halved(self._read), following)
        if not self._layers or not all(example in self._states for example in examples):
            yield
            return
        begins, rows = starts(examples), [self._states[example] for example in examples]
        tails = [row[start:] for row, start in zip(rows, begins, strict=True)]
        packed = torch.cat([rows[0][: begins[0]], *tails])[None]  # (1, T, hidden size)
        for layer in self._layers:
            layer.forward = lambda *_, **__: packed
        try:
            yield
        finally:
            for layer in self._layers:
                del layer.forward
            for example, start in zip(examples, begins, strict=True):
                if start != begins[0]:  # such a conversation does not come again
                    self._states.pop(example, None)

    def _read(self, examples: Sequence[Example]) -> None:
        """Compute the layers for those of these examples that are new, and no others above them."""
        examples = [example for example in examples if example not in self._states]
        if not self._layers or not examples:
            return
        begins = starts(examples)
        lengths = [len(e.prompt) + len(e.answer) - 1 - start for e, start in zip(examples, begins, strict=True)]

        def keep(_: nn.Module, __: Any, packed: Any) -> None:
            """packed: (1, T, hidden size), laid out as `answer_logits` packs; in another form it cannot be kept."""
            if isinstance(packed, torch.Tensor):
                head, *tails = torch.split(packed[0], [begins[0], *lengths])
                whole = head
                for example, start, tail in zip(examples, begins, tails, strict=True):
                    whole = torch.cat([head if start == begins[0] else whole, tail])
                    self._states[example] = whole
            else:
                self._layers = []
            raise _EnoughError

        hook = _lowest(self._reader)[-1].register_forward_hook(keep)
        try:
            with suppress(_EnoughError), torch.no_grad():
                answer_logits(self._reader, examples)
        finally:
            hook.remove()


def _lowest(model: nn.Module) -> list[nn.Module]:
    """The layers below the first one that learns."""
    stacks = (module for name, module in model.named_modules() if name.endswith(".layers"))
    return [*takewhile(_has_nothing_to_learn, next((m for m in stacks if isinstance(m, nn.ModuleList)), []))]


def _has_nothing_to_learn(layer: nn.Module) -> bool:
    return not any(parameter.requires_grad for parameter in layer.parameters())
