"""The objective of SELF-PARAM: KL between the model with the context and the model without it, at the answer.

Source: Wang et al., ICLR 2025, arXiv 2410.00487, section 3. The full vocabulary is kept as top-k plus one tail class,
which equals it in practice while top-k alone is biased.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Distribution:
    """What the teacher says at N positions: its k likeliest tokens and the mass of all others.

    ids: (N, k) token ids; log_probs: (N, k) natural logs; tail: (N,) log of the remaining mass.
    """

    ids: torch.Tensor
    log_probs: torch.Tensor
    tail: torch.Tensor

    def cpu(self) -> "Distribution":
        return Distribution(self.ids.cpu(), self.log_probs.cpu(), self.tail.cpu())


def condense(logits: torch.Tensor, k: int) -> Distribution:
    """The distribution of `logits` (N, V) as its top `k` and a tail; exact when k = V."""
    log_probs = logits.float().log_softmax(-1)
    top, ids = log_probs.topk(min(k, logits.shape[-1]), dim=-1)
    return Distribution(ids, top, log_remainder(top))


def log_remainder(log_probs: torch.Tensor) -> torch.Tensor:
    """log(1 - sum of exp(log_probs)) over the last dimension, floored at log 1e-8. (N, k) -> (N,)"""
    return torch.log((1.0 - log_probs.exp().sum(-1)).clamp_min(1e-8))


def kl_divergence(teacher: Distribution, log_probs: torch.Tensor) -> torch.Tensor:
    """KL(teacher || student) at each position, in nats. log_probs: the student's, (N, V) -> (N,)"""
    ours = log_probs.gather(-1, teacher.ids)  # (N, k)
    kept = (teacher.log_probs.exp() * (teacher.log_probs - ours)).sum(-1)
    tail = teacher.tail.exp() * (teacher.tail - log_remainder(ours))
    return kept + tail
