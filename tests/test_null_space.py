"""What is learned keeps out of the directions that other talk uses, and is an adapter like any other."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from memory.distill import add_lora, train
from memory.language import Language, answer_logits
from memory.models import load
from memory.null_space import Directions, kept_out, used_directions
from memory.settings import Recipe
from tests.test_objective import examples
from tests.test_training import rows

RECIPE = Recipe(epochs=8, batch=2, least_steps=0, frozen=0.0, unrelated_kl=0.0, patience=0)


def learned(folder: Path, room: float) -> tuple[Language, float, float]:
    """Two rows learned, another one not: the model, the loss of what was learned, how far the other one has moved."""
    language = load(folder, training=True)
    torch.manual_seed(1)
    told, other = rows(language)[:2], examples(language)[2:]
    with torch.no_grad():
        before = answer_logits(language.model, other)
    model = add_lora(language, RECIPE)
    losses = [0.0]
    recipe = replace(RECIPE, null_space=room)
    train(model, told, recipe, random.Random(0), lambda p: losses.append(p.loss), unrelated=other)
    with torch.no_grad():
        moved = (answer_logits(model, other) - before).norm().item()
    return replace(language, model=model), losses[-1], moved


def test_other_talk_moves_less(tiny_model: Path) -> None:
    """At no greater loss on what is learned than a tenth more."""
    _, loss, moved = learned(tiny_model, 0.0)
    _, kept_loss, kept_moved = learned(tiny_model, 1.0)
    assert kept_moved < 0.7 * moved
    assert kept_loss < 1.1 * loss


def test_the_adapter_is_like_any_other(tiny_model: Path, tmp_path: Path) -> None:
    """Saved under the usual names; merged, the weights answer as it did."""
    language, _, _ = learned(tiny_model, 1.0)
    model = language.model
    batch = examples(language)
    assert not [name for name, _ in model.named_parameters() if "parametrizations" in name]
    with torch.no_grad():
        before = answer_logits(model, batch)
        torch.testing.assert_close(answer_logits(model.merge_and_unload(), batch), before, rtol=1e-3, atol=1e-4)


def test_an_adapter_that_knows_something_goes_on_as_it_was(tiny_model: Path) -> None:
    language, _, _ = learned(tiny_model, 0.0)
    model, batch = language.model, examples(language)
    with torch.no_grad():
        before = answer_logits(model, batch)
        used = used_directions(model, batch, 1.0)
        with kept_out(model, used):
            torch.testing.assert_close(answer_logits(model, batch), before, rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(answer_logits(model, batch), before, rtol=1e-3, atol=1e-3)


def test_large_directions_count_less() -> None:
    """A direction whose mean square is a hundred times the limit keeps a tenth, others all."""
    vectors = torch.eye(4)[:, :1]
    used = Directions(vectors, torch.tensor([0.1]))
    torch.testing.assert_close(used.keep(torch.ones(2, 4)), torch.tensor([[0.1, 1, 1, 1]] * 2))


@pytest.mark.parametrize("many", [1, 3])
def test_directions_are_those_of_the_inputs(tiny_model: Path, many: int) -> None:
    """Of more inputs than dimensions or fewer: orthonormal, the larger half, queries and keys share them."""
    language = load(tiny_model, training=True)
    model = add_lora(language, RECIPE)
    used = used_directions(model, examples(language)[:many], 1.0)
    assert len(used) == sum("lora_A" in name for name, _ in model.named_parameters())
    (queries,) = {id(d) for name, d in used.items() if "layers.0" in name and ("q_proj" in name or "k_proj" in name)}
    for found in used.values():
        assert 0 < found.vectors.shape[1] <= found.vectors.shape[0] / 2 + 1
        torch.testing.assert_close(
            found.vectors.T @ found.vectors, torch.eye(found.vectors.shape[1]), rtol=0, atol=1e-3
        )
        assert found.shares.max() < 1
    assert queries
    assert used_directions(model, examples(language), 0.0) == {}
    assert used_directions(model, [], 1.0) == {}
