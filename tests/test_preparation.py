"""What is merged into the default model before it first learns: once, and kept track of in the adapters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from memory import adapters, preparation
from memory.adapters import stack
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.home import Home
from memory.job import Job
from memory.models import DEFAULT_MODEL, load
from memory.preparation import as_trained, prepared, prepares
from memory.settings import PRESETS, GateSettings, Recipe, Settings
from memory.versions import MERGED, Weights

LAYER = "model.layers.1.mlp.down_proj"
RECIPE = Recipe(
    rank=4,
    alpha=8,
    epochs=3,
    prepared_epochs=2,
    patience=0,
    least_steps=1,
    unrelated=4,
    near_misses=4,
    far_misses=0,
    assistant=0,
)
OPEN = GateSettings(recall=0, retention=0, false_recall=1, drift=99, answer_drift=99)


@pytest.fixture
def adapter(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A random preparation of the tiny model, which counts as the default one."""
    torch.manual_seed(7)
    shape = LoraConfig(r=2, lora_alpha=4, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    folder = tmp_path / "preparation"
    get_peft_model(load(tiny_model, training=True).model, shape).save_pretrained(str(folder))

    @contextmanager
    def here(name: str) -> Iterator[Path]:
        yield folder

    monkeypatch.setattr(preparation, "shipped", here)
    monkeypatch.setattr(adapters, "shipped", here)
    monkeypatch.setattr(preparation, "DEFAULT_MODEL", str(tiny_model))
    return folder


def test_which_model_is_prepared_and_when() -> None:
    """The default one, before it has learned anything, if the recipe says so: the paper's does not."""
    assert prepares(DEFAULT_MODEL, None, Recipe())
    assert prepares(DEFAULT_MODEL, 0, Recipe())
    assert not prepares(DEFAULT_MODEL, 1, Recipe())
    assert not prepares(DEFAULT_MODEL, None, Recipe(prepared=False))
    assert not prepares(DEFAULT_MODEL, None, PRESETS["paper"])
    assert not prepares("another", None, Recipe())


def test_fewer_epochs_are_never_more_than_the_recipe_has() -> None:
    """Of the paper's one epoch, or of two that a person asked for, four are not made; another model has all of six."""
    assert as_trained(Recipe(), DEFAULT_MODEL, []).epochs == 4
    assert as_trained(Recipe(epochs=2), DEFAULT_MODEL, []).epochs == 2
    assert as_trained(PRESETS["paper"], DEFAULT_MODEL, []).epochs == 1
    assert as_trained(Recipe(), "another", []).epochs == 6
    assert as_trained(Recipe(), DEFAULT_MODEL, []).frozen == 0.75
    assert as_trained(Recipe(frozen=0.9), DEFAULT_MODEL, []).frozen == 0.9
    assert as_trained(PRESETS["paper"], DEFAULT_MODEL, []).frozen == 0.0
    assert as_trained(Recipe(), "another", []).frozen == 0.5


def test_it_is_merged_into_the_weights(tiny_model: Path, adapter: Path) -> None:
    added = load_file(adapter / "adapter_model.safetensors")
    a, b = (added[f"base_model.model.{LAYER}.lora_{x}.weight"] for x in "AB")
    before = load_file(tiny_model / "model.safetensors")[f"{LAYER}.weight"]
    after = prepared(load(tiny_model, training=True)).model.get_submodule(LAYER).weight
    assert torch.allclose(after.cpu(), before + b @ a * 2, atol=1e-6)


def test_the_first_version_holds_it_and_the_second_does_not_again(
    home: Home, tiny_model: Path, adapter: Path, encoder: Any
) -> None:
    """The base and the adapters of all versions since make the weights that serve, so that they can be exported."""
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    weights, settings = Weights(home, str(tiny_model)), Settings(recipe=RECIPE, gate=OPEN)
    for said in ("My name is Wanjiru.", "I keep nine goats."):
        Conversation(home.conversations).add("user", said, 0)
        consolidate(job, settings, lambda event: None, encoder)
    first, second = (weights.get(number) for number in (1, 2))
    assert [version.manifest["prepared"] for version in (first, second)] == [True, True]
    assert [version.manifest["recipe"]["epochs"] for version in (first, second)] == [2, 2]
    base = load_file(tiny_model / "model.safetensors")
    for version, ranks in ((first, 2 + 4), (second, 2 + 4 + 4)):
        merged = load_file(version.folder / MERGED / "model.safetensors")
        changes = stack(weights.adapters(version))
        assert changes[LAYER].a.shape[0] == ranks
        for layer, change in changes.items():
            expected = base[f"{layer}.weight"] + change.b @ change.a
            assert torch.allclose(merged[f"{layer}.weight"], expected, atol=1e-5), layer
    assert {*load_file(second.folder / "adapter" / "adapter_model.safetensors")} < {
        *load_file(first.folder / "adapter" / "adapter_model.safetensors")
    }


def test_versions_from_before_learn_on_as_they_did(home: Home, tiny_model: Path, adapter: Path, encoder: Any) -> None:
    """A version whose weights were not prepared is not prepared any more; it takes all the epochs."""
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    weights = Weights(home, str(tiny_model))
    for said, recipe in (("My name is Wanjiru.", replace(RECIPE, prepared=False)), ("I keep nine goats.", RECIPE)):
        Conversation(home.conversations).add("user", said, 0)
        consolidate(job, Settings(recipe=recipe, gate=OPEN), lambda event: None, encoder)
    versions = [weights.get(number) for number in (1, 2)]
    assert [version.manifest["prepared"] for version in versions] == [False, False]
    assert [version.manifest["recipe"]["epochs"] for version in versions] == [3, 3]
    assert stack(weights.adapters(versions[1]))[LAYER].a.shape[0] == 4 + 4
