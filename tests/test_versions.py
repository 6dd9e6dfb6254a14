"""Versions of a tiny random model: rolled back, rebuilt, pruned, damaged, compared."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from agent.provenance import compare
from memory.errors import UsageError
from memory.home import Home
from memory.models import load
from memory.pending import pending
from memory.versions import MERGED, VersionError
from tests.learning import RECIPE, tell


def test_rollback_restores(home: Home, learn: Any, tiny_model: Path) -> None:
    """Rollback serves the parent's very weights, and what was learned is pending again."""
    tell(home, "My name is Wanjiru.")
    learn()
    tell(home, "I keep goats.")
    learn()
    assert learn.weights.rollback() == 1
    assert [e.text for e in pending(home, learn.model)] == ["I keep goats."]
    assert learn.weights.rollback() == 0
    assert learn.weights.folder_to_load(0, tiny_model) == tiny_model
    learn()
    assert [v.number for v in learn.weights.lineage()] == [3]


def test_rebuilt_equals_published(home: Home, learn: Any, tiny_model: Path) -> None:
    """Base plus adapters give the merged weights again when the copy is pruned or torn."""
    for text in ("My name is Wanjiru.", "I keep goats.", "I live in Nakuru."):
        tell(home, text)
        learn()
    loaded = load(learn.weights.folder_to_load(3, tiny_model)).model.state_dict()
    before = {k: v.clone() for k, v in loaded.items()}  # the file is memory-mapped, and torn below
    (learn.weights.get(3).folder / MERGED / "model.safetensors").write_bytes(b"torn")
    after = load(learn.weights.folder_to_load(3, tiny_model)).model.state_dict()
    assert max(float((before[k] - after[k]).abs().max()) for k in before) <= 1e-5


def test_pruned_to_a_budget(home: Home, learn: Any, tiny_model: Path) -> None:
    """Copies go first, the parent's last; then what serves nobody; the serving version stays, and so do its parents."""
    for text in ("My name is Wanjiru.", "I keep goats."):
        tell(home, text)
        learn()
    learn.weights.rollback(1)
    for text in ("I live in Nakuru.", "I keep bees."):
        tell(home, text)
        learn()
    weights = learn.weights
    assert [version.number for version in weights.lineage()] == [1, 3, 4]
    going = weights.surplus(0)
    assert [(surplus.version.number, surplus.whole) for surplus in going] == [
        (2, False), (1, False), (3, False), (2, True)
    ]  # fmt: skip
    size = weights.size()
    assert weights.surplus(size) == []
    assert weights.surplus(size - 1) == going[:1]
    before = {k: v.clone() for k, v in load(weights.folder_to_load(4, tiny_model)).model.state_dict().items()}
    weights.prune(going)
    assert weights.size() == size - sum(surplus.bytes for surplus in going)
    assert [version.number for version in weights.all()] == [1, 3, 4]
    assert weights.surplus(0) == []
    shutil.rmtree(weights.get(4).folder / MERGED)
    after = load(weights.folder_to_load(4, tiny_model)).model.state_dict()
    assert max(float((before[k] - after[k]).abs().max()) for k in before) <= 1e-5


def test_a_budget_in_the_settings(home: Home, learn: Any) -> None:
    """After each consolidation the versions are brought under `versions.budget`."""
    for text in ("My name is Wanjiru.", "I keep goats."):
        tell(home, text)
        learn(budget=0.0)
    assert [(learn.weights.get(n).folder / MERGED).exists() for n in (1, 2)] == [False, True]


def test_altered_adapter_is_never_served(home: Home, learn: Any, tiny_model: Path) -> None:
    """When the truth itself is damaged the error says where to roll back to."""
    tell(home, "My name is Wanjiru.")
    learn()
    folder = learn.weights.get(1).folder
    (folder / MERGED / "model.safetensors").unlink()
    adapter = folder / "adapter" / "adapter_model.safetensors"
    adapter.write_bytes(adapter.read_bytes()[:-1] + b"x")
    with pytest.raises(VersionError, match="rollback 0"):
        learn.weights.folder_to_load(1, tiny_model)


def test_merged_equals_adapter(home: Home, learn: Any, tiny_model: Path) -> None:
    """The merged weights are W + BA·α/r."""
    tell(home, "My name is Wanjiru.")
    learn()
    folder = learn.weights.get(1).folder
    adapter = load_file(folder / "adapter" / "adapter_model.safetensors")
    name = "model.layers.1.mlp.down_proj"
    a, b = (adapter[f"base_model.model.{name}.lora_{x}.weight"] for x in "AB")
    base, merged = (load_file(f / "model.safetensors")[f"{name}.weight"] for f in (tiny_model, folder / MERGED))
    assert torch.allclose(merged, base + b @ a * (RECIPE.alpha / RECIPE.rank), atol=1e-6)
    assert b.abs().max() > 0


def test_compare_two_versions(home: Home, learn: Any) -> None:
    """The same questions to the base and to what was learned: by default those the gate asked."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn(epochs=8)
    asked = {answered["question"] for answered in learn.weights.get(1).manifest["gate"]["asked"]}
    found = compare(home, learn.model, (0, 1), [])
    assert {question for question, _ in found} == asked
    assert all(len(answers) == 2 for _, answers in found)
    assert [question for question, _ in compare(home, learn.model, (0, 1), ["Where do I live?"])] == [
        "Where do I live?"
    ]
    with pytest.raises(UsageError, match="nothing to compare"):
        compare(home, learn.model, (0, 0), [])
