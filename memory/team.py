"""Processes that train one batch together, a GPU each, as `accelerate launch` starts them; the first does all the rest.

The others wait for what it trains on, make the same steps on their share of each batch, and end with it. Knows nothing
of what is trained.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch

_WAITING = timedelta(days=1)
"""How long the others wait for the first, which writes and asks meanwhile."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Team:
    """This process's place among them; rank: 0 for the first."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        return self.rank == 0

    def share(self, batch: Sequence[Item]) -> Sequence[Item]:
        """What of a batch this process computes: neighbours, for a conversation's turns are packed together."""
        return batch[self.rank * len(batch) // self.size : (self.rank + 1) * len(batch) // self.size]

    def agree(self, value: Item) -> Item:
        """The first process's value, in all of them."""
        if self.size == 1:
            return value
        from accelerate.utils import broadcast_object_list

        (agreed,) = broadcast_object_list([value])
        return agreed  # type: ignore[no-any-return]  # untyped upstream

    def start_alike(self, weights: Sequence[torch.Tensor]) -> None:
        """The first process's weights, in all of them."""
        if self.size > 1:
            from accelerate.utils import broadcast

            for weight in weights:
                weight.data.copy_(broadcast(weight.data))

    def add_up(self, weights: Sequence[torch.Tensor], loss: torch.Tensor) -> torch.Tensor:
        """The sum of the loss over all processes; the weights' gradients become theirs."""
        if self.size == 1:
            return loss
        from accelerate.utils import reduce

        gradients = [torch.zeros_like(w) if w.grad is None else w.grad for w in weights]
        summed: torch.Tensor = reduce(torch.cat([loss.detach().view(1), *(g.flatten() for g in gradients)]), "sum")
        sizes = [weight.numel() for weight in weights]
        for weight, gradient in zip(weights, torch.split(summed[1:], sizes), strict=True):
            weight.grad = gradient.view_as(weight).clone()
        return summed[0]


ALONE = Team()


def team() -> Team:
    """The team that this process was started in."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    from accelerate import PartialState

    state = PartialState(cpu=not torch.cuda.is_available(), timeout=_WAITING)
    return Team(state.process_index, state.num_processes)
