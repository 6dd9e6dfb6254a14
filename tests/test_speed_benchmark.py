"""The training benchmark compares like with like."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from memory.distill import add_lora
from memory.models import load
from memory.settings import Recipe
from memory.targets import Pair, TargetSet

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "examples/benchmarks"))  # benchmarks are commands: their imports are their folder's

import speed  # noqa: E402  # found through the line above


def test_every_way_has_the_same_gradients(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the teacher's whole distribution kept, packed, padded, one by one and the plain loop are one computation."""
    monkeypatch.setattr(speed, "RECIPE", replace(Recipe(), top_k=0, batch=4, frozen=0.0))
    language = load(tiny_model, training=True)
    asked = ("What do I keep?", "Do I keep goats?", "Which animals do I have, tell me?", "Who keeps goats?")
    pairs = tuple(Pair(text, "You keep goats." * number, "fact", "told/1") for number, text in enumerate(asked, 1))
    [batch] = speed.lessons(language, TargetSet(pairs, (), ()), ["I keep goats."], 1)
    assert all(len(lesson.told.prompt) > len(lesson.row.example.prompt) for lesson in batch)
    model = add_lora(language, speed.RECIPE)
    found = []
    for way in (speed.packed, speed.one_by_one, speed.padded, speed.plain):
        way(model, batch)
        grads = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        found.append(torch.cat([grad.flatten() for grad in grads]))
        model.zero_grad()
    assert found[0].abs().max() > 1e-3
    for other in found[1:]:
        assert (found[0] - other).abs().max() < 1e-4
