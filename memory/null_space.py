"""Directions that other talk uses: what is learned keeps out of them.

A LoRA adapter adds B A x to what a layer makes of its input x. The less of A lies in the directions in which inputs of
unrelated questions are large, the less their answers change, whatever is learned. Edits are kept out of them wholly by
AlphaEdit (arXiv 2410.02355), new adapters begin so in LoRA-Null (2503.02659); here they count less, by how large they
are: of direction i, with mean square λ_i over those inputs, A has the share min(1, √(t / λ_i)).
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize

from memory.language import Example, answer_logits

TOKENS = 3072
"""Of the unrelated questions and answers that are looked at."""

_TOGETHER = 16
_LEAST = 1e-6
"""Of the largest mean square; what is below is rounding."""
_WHERE = "lora_A.default"
"""The adapter's A, in each layer that has one."""


@dataclass(frozen=True)
class Directions:
    """Of one layer's inputs those that other talk uses, and how much of each what is learned may use.

    vectors: (d, k), orthonormal. shares: (k,), between 0 and 1; what is orthogonal to them all has 1.
    """

    vectors: torch.Tensor
    shares: torch.Tensor

    def to(self, device: torch.device) -> "Directions":
        return Directions(self.vectors.to(device), self.shares.to(device))

    def keep(self, weight: torch.Tensor, shares: torch.Tensor | None = None) -> torch.Tensor:
        """The rows of `weight` (r, d) with these shares of the directions."""
        shares = self.shares if shares is None else shares
        return weight - (weight @ self.vectors * (1 - shares)) @ self.vectors.T


class _Kept(nn.Module):
    """A as the layer sees it, while another A is trained."""

    def __init__(self, used: Directions) -> None:
        super().__init__()
        self.vectors = nn.Parameter(used.vectors, requires_grad=False)  # in `precision.half` as other matrices are
        self._shares = used.shares

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return Directions(self.vectors, self._shares).keep(weight)


@torch.no_grad()
def used_directions(model: nn.Module, examples: Sequence[Example], room: float) -> dict[str, Directions]:
    """A layer's name → the directions that these examples use there; of every layer with an adapter.

    room: t as a multiple of the inputs' median mean square; 0: nothing is held back. None without examples.
    """
    inputs: dict[str, torch.Tensor] = {}
    hooks = [
        module.register_forward_pre_hook(lambda _, read, name=name: inputs.update({name: read[0]}))
        for name, module in model.named_modules()
        if hasattr(module, "lora_A")
    ]
    seen: dict[str, list[torch.Tensor]] = {}  # each (1, T, d)
    tokens = 0
    try:
        for start in range(0, len(examples) if room else 0, _TOGETHER):
            if tokens < TOKENS:
                answer_logits(model, examples[start : start + _TOGETHER])
                tokens += next(iter(inputs.values())).shape[-2]
                for name, read in inputs.items():
                    seen.setdefault(name, []).append(read)
    finally:
        for hook in hooks:
            hook.remove()
    once = {id(parts[0]): parts for parts in seen.values()}  # queries, keys and values read the very same
    # of one decomposition little runs on more than one core; on a GPU several threads must not begin with one at once
    on_gpu = any(parts[0].is_cuda for parts in once.values())
    with ThreadPoolExecutor(1 if on_gpu else None) as threads:
        found = threads.map(lambda parts: _directions(torch.cat(parts, -2).flatten(0, -2), room), once.values())
        directions = dict(zip(once, found, strict=True))
    return {f"{name}.{_WHERE}": directions[id(parts[0])] for name, parts in seen.items()}


def _directions(inputs: torch.Tensor, room: float) -> Directions:
    """inputs: (N, d). In a thread that knows of no autocast."""
    inputs = inputs.float()
    if len(inputs) < inputs.shape[1]:  # the smaller of the two products has the same eigenvalues
        squares, left = torch.linalg.eigh(inputs @ inputs.T / len(inputs))
        vectors = inputs.T @ left / (squares.clamp_min(_LEAST * squares[-1]) * len(inputs)).sqrt()
    else:
        squares, vectors = torch.linalg.eigh(inputs.T @ inputs / len(inputs))
    most = room * squares.median().clamp_min(_LEAST * squares[-1])
    large = squares > most
    return Directions(vectors[:, large].cpu(), (most / squares[large]).sqrt().cpu())


@contextmanager
def kept_out(model: nn.Module, used: Mapping[str, Directions]) -> Iterator[None]:
    """Within, the adapter's A has no more than their shares of these directions; afterwards it is as it was seen.

    An adapter that knows something already answers as before.
    """
    layers: list[Any] = [model.get_submodule(name) for name in used]
    begun = _knows_something(model)
    for layer, directions in zip(layers, used.values(), strict=True):
        here = directions.to(layer.weight.device)
        if begun:
            layer.weight.data = here.keep(layer.weight.data, 1 / here.shares)
        parametrize.register_parametrization(layer, "weight", _Kept(here))
    try:
        yield
    finally:
        for layer in layers:
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)


def _knows_something(model: nn.Module) -> bool:
    return any(bool(weight.any()) for name, weight in model.named_parameters() if "lora_B" in name)
