"""Products in bf16 where the processor is faster at them; what learns, and what is published, stays in fp32.

Mixed precision (Micikevicius et al. 2018, arXiv 1710.03740), in bf16, which needs no scaling of the loss. A CPU without
instructions for bf16 is ten times slower in it, one with them (AVX512-BF16, AMX) four times faster: so it is measured.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import nn

_FASTER = 1.5
_TRIES, _ROWS, _WIDTH = 8, 128, 512


@cache
def pays(kind: str) -> bool:
    """Whether a device of this kind ("cuda", "cpu") is faster in bf16 than in fp32; on a CPU 20 ms of products tell."""
    if kind == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if kind != "cpu":
        return False
    whole, weight = torch.ones(_ROWS, _WIDTH), torch.ones(_WIDTH, _WIDTH)
    short, short_weight = whole.bfloat16(), weight.bfloat16()
    return _best(lambda: whole @ weight) > _FASTER * _best(lambda: short @ short_weight)


def _best(product: Callable[[], torch.Tensor]) -> float:
    """Seconds of the fastest of some tries: other work may have had its turn during the rest."""
    found = []
    for _ in range(_TRIES):
        started = time.perf_counter()
        product()
        found.append(time.perf_counter() - started)
    return min(found)


@contextmanager
def half(model: nn.Module, wanted: bool = True) -> Iterator[None]:
    """Within, the model's products are in bf16, if it is wanted and its device is faster at it; quantised weights on a
    CPU keep the precision of their own.

    On a CPU, where they would be turned into bf16 for each product, matrices that do not learn are kept in it
    meanwhile; afterwards they are what they were, to the bit.
    """
    device = next(model.parameters()).device
    own = device.type == "cpu" and getattr(model, "hf_quantizer", None) is not None
    if own or not wanted or not pays(device.type):
        yield
        return
    embeddings = {layer.weight for layer in model.modules() if isinstance(layer, nn.Embedding)}
    heads = [layer for layer in model.modules() if isinstance(layer, nn.Linear) and layer.weight in embeddings]
    tied: list[Any] = [layer.weight for layer in heads]
    for head in heads:  # the embedding that it shares its weight with is added to, so stays whole
        head.weight = nn.Parameter(head.weight.data, requires_grad=head.weight.requires_grad)
    kept = {weight: weight.data for weight in model.parameters() if _at_rest(weight) and weight not in embeddings}
    kept = kept if device.type == "cpu" else {}
    for weight, data in kept.items():
        weight.data = data.bfloat16()
    try:
        # what learns changes with each step, so no cast of it is kept
        with torch.autocast(device.type, torch.bfloat16, cache_enabled=False):
            yield
    finally:
        for weight, data in kept.items():
            weight.data = data
        for head, weight in zip(heads, tied, strict=True):
            head.weight = weight


def _at_rest(weight: nn.Parameter) -> bool:
    """Whether this is a matrix that does not learn."""
    return weight.dtype == torch.float32 and weight.dim() == 2 and not weight.requires_grad
