"""A quantised base: nothing is merged into it, it is taught, served, rolled back and exported as base + adapter.

BitNet's weights, quantised as they are used, need no package of their own; bitsandbytes is tried where it is installed.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from agent.consolidate import in_words
from agent.provenance import show_version
from agent.session import Session
from examples.benchmarks.tiny import tiny
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.distill import add_lora
from memory.engine import serve_base
from memory.errors import ModelError
from memory.estimate import LIBRARIES, TRAINING, check_memory, weights_size
from memory.exports import Order, export_version
from memory.home import Home
from memory.job import Job
from memory.language import Language
from memory.models import load
from memory.settings import Recipe, Settings, VersionSettings
from memory.versions import ADAPTER, AS_ADAPTER, MERGED, VersionError, Weights
from tests.learning import OPEN_GATE, tell
from tests.test_cli import run

RECIPE = Recipe(
    epochs=2, questions=2, near_misses=2, assistant=1, unrelated=1, least_steps=0, learning_rate=1e-2, rank=4
)
ONLINE = {"quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "online"}
NEEDS_IT = pytest.mark.skipif(not find_spec("bitsandbytes"), reason="bitsandbytes is not installed")
KINDS = ["bitnet", pytest.param("nf4", marks=NEEDS_IT), pytest.param("int8", marks=NEEDS_IT)]
WEIGHTS = "adapter_model.safetensors"


def says_quantised(model: Path, how: dict[str, Any]) -> Path:
    """The same folder, its configuration naming a quantisation."""
    said = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**said, "quantization_config": how}))
    return model


def quantised_tiny(folder: Path, kind: str) -> Path:
    plain = tiny(folder / "plain", "llama")
    if kind == "bitnet":
        return says_quantised(plain, ONLINE)
    from transformers import BitsAndBytesConfig

    how = (
        BitsAndBytesConfig(load_in_8bit=True)
        if kind == "int8"
        else BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")
    )
    AutoModelForCausalLM.from_pretrained(plain, quantization_config=how).save_pretrained(folder / kind)
    AutoTokenizer.from_pretrained(plain).save_pretrained(folder / kind)
    return folder / kind


@pytest.fixture(autouse=True)
def uncompiled() -> Iterator[None]:
    """Compiling BitNet's functions takes a minute."""
    import torch._dynamo

    torch.set_num_threads(1)
    with torch._dynamo.config.patch(disable=True):
        yield


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return quantised_tiny(tmp_path / "models", request.param)


@pytest.fixture
def learn(home: Home, model: Path, encoder: Any) -> Callable[..., dict[str, Any]]:
    """Tell it a sentence and learn that; the last event."""

    def learned(text: str, recipe: Recipe = RECIPE, budget: float = 4.0) -> dict[str, Any]:
        tell(home, text)
        job, events = Job(str(home.config), str(home.data), str(home.cache), str(model)), []
        settings = Settings(recipe=recipe, gate=OPEN_GATE, versions=VersionSettings(budget))
        assert consolidate(job, settings, events.append, encoder)
        return dict(events[-1])

    return learned


def logits(folder: Path) -> torch.Tensor:
    with torch.no_grad():
        return load(folder).model(torch.tensor([[5, 6, 7, 8]])).logits  # type: ignore[no-any-return]


def test_base_and_adapter(home: Home, model: Path, learn: Callable[..., dict[str, Any]]) -> None:
    """Taught twice, answered with, rolled back; the second adapter holds the first, and it is said how it serves."""
    before = {path: path.read_bytes() for path in model.iterdir()}
    weights = Weights(home, str(model))
    said = [learn(text) for text in ("I live in Nakuru.", "I keep goats.")]
    assert "as base + adapter, for the base is quantised" in in_words(said[0])
    assert [version.served_as for version in weights.lineage()] == [AS_ADAPTER] * 2
    assert "served as base + adapter" in show_version(weights.get(2))
    assert {path: path.read_bytes() for path in model.iterdir()} == before
    assert not list(weights.root.rglob("model.safetensors"))
    one, two = (logits(weights.folder_to_load(number, model)) for number in (1, 2))
    assert not any(torch.allclose(a, b) for a, b in ((logits(model), one), (one, two)))
    over = PeftModel.from_pretrained(load(model).model, str(weights.get(2).folder / ADAPTER)).eval()
    torch.testing.assert_close(over(torch.tensor([[5, 6, 7, 8]])).logits, two)
    session = Session(home, str(model), Conversation(None))
    session.open()
    assert isinstance(session._language, Language)
    assert session.version == 2
    assert isinstance(session.answer(["Where do I live?"], tokens=4)[0], str)
    for number, expected in ((1, one), (0, logits(model))):
        assert weights.rollback() == number
        assert session.swap() == number
        assert torch.equal(logits(weights.folder_to_load(number, model)), expected)


def test_goes_on_from_its_parent(home: Home, model: Path, learn: Callable[..., dict[str, Any]]) -> None:
    """The adapter that is there is trained on: before the first step it is the parent's, all of it to be changed."""
    learn("I live in Nakuru.")
    folder = Weights(home, str(model)).folder_to_load(1, model)
    language = load(folder, training=True)
    going_on: Any = add_lora(language, RECIPE)
    assert going_on is language.model
    assert torch.equal(going_on(torch.tensor([[5, 6, 7, 8]])).logits, logits(folder))
    assert {name.split(".")[-3] for name, weight in going_on.named_parameters() if weight.requires_grad} == {
        "lora_A", "lora_B"
    }  # fmt: skip


def test_its_files_are_checked(home: Home, tmp_path: Path, model: Path, learn: Callable[..., dict[str, Any]]) -> None:
    """The copy that is loaded is made again, also where the base moved; an altered adapter, another base: refused."""
    for text in ("I live in Nakuru.", "I keep goats."):
        learn(text, budget=0.0)
    weights = Weights(home, str(model))
    assert [(weights.get(number).folder / MERGED).exists() for number in (1, 2)] == [False, True]
    served = logits(weights.folder_to_load(2, model))
    (weights.get(2).folder / MERGED / WEIGHTS).write_bytes(b"torn")
    assert torch.equal(logits(weights.folder_to_load(2, model)), served)
    moved = shutil.copytree(model, tmp_path / "moved")
    folder = weights.folder_to_load(2, moved)
    assert json.loads((folder / "adapter_config.json").read_text())["base_model_name_or_path"] == str(moved)
    assert torch.equal(logits(folder), served)
    (moved / "model.safetensors").write_bytes(b"other")
    with pytest.raises(VersionError, match=r"not the base that version 2 is an adapter over.*rollback 0"):
        weights.to_serve(moved)
    assert weights.current() == 2
    kept = weights.get(2).folder / ADAPTER / WEIGHTS
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    shutil.rmtree(weights.get(2).folder / MERGED)
    with pytest.raises(VersionError, match="rollback 1"):
        weights.folder_to_load(2, model)
    assert weights.to_serve(model)[0] == 1


def test_exports(home: Home, tmp_path: Path, model: Path, learn: Callable[..., dict[str, Any]]) -> None:
    """Its adapter is exported, and the base; merged weights, of which there are none, are refused in a line."""
    for text in ("I live in Nakuru.", "I keep goats."):
        learn(text)
    notes = export_version(home, str(model), Order(2, "peft"), tmp_path / "peft")
    assert notes[0].startswith(f"Rank {RECIPE.rank}: exactly")
    over = PeftModel.from_pretrained(load(model).model, str(tmp_path / "peft")).eval()
    served = logits(Weights(home, str(model)).folder_to_load(2, model))
    torch.testing.assert_close(over(torch.tensor([[5, 6, 7, 8]])).logits, served)
    for order in (Order(2, "hf"), Order(2, "gguf"), Order(0, "gguf")):
        with pytest.raises(ModelError, match=r"is quantised.*`--as peft`"):
            export_version(home, str(model), order, tmp_path / "no")
    export_version(home, str(model), Order(0, "hf"), tmp_path / "base")
    assert torch.equal(logits(tmp_path / "base"), logits(model))


def test_on_a_terminal(tmp_path: Path, model: Path, learn: Callable[..., dict[str, Any]]) -> None:
    """Nothing of the libraries' beside an answer; a word behind each such version in the list, a field in JSON."""
    learn("I live in Nakuru.")

    def said(*command: str) -> str:
        done = run(*command, "--model", str(model), home=tmp_path, TORCHDYNAMO_DISABLE="1")
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert said("ask", "Where do I live?")
    assert said("versions", "list").splitlines()[-1].endswith("  base + adapter")
    assert [row["served_as"] for row in json.loads(said("versions", "list", "--json"))] == [AS_ADAPTER]


def test_not_converted(home: Home, tmp_path: Path) -> None:
    """Transformers answers with quantised weights; who insists on CTranslate2 is told."""
    model = quantised_tiny(tmp_path, "bitnet")
    assert isinstance(serve_base(model, str(model), home, "auto"), Language)
    with pytest.raises(ModelError, match=r"it is quantised by bitnet.*set engine to auto"):
        serve_base(model, str(model), home, "ctranslate2")


def test_a_library_that_is_missing(tmp_path: Path) -> None:
    """One line says what to install, exit code 1."""
    model = says_quantised(tiny(tmp_path / "model", "llama"), {"quant_method": "aqlm"})
    done = run("ask", "Where do I live?", "--model", str(model), home=tmp_path / "life")
    assert done.returncode == 1
    assert "pip install aqlm" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_cannot_be_trained(home: Home, tmp_path: Path, encoder: Any) -> None:
    """Weights that no gradient goes through are refused before anything is written."""
    model = says_quantised(tiny(tmp_path / "model", "llama"), {**ONLINE, "quantization_mode": "offline"})
    tell(home, "I live in Nakuru.")
    job = Job(str(home.config), str(home.data), str(home.cache), str(model))
    with pytest.raises(ModelError, match=r"quantised by bitnet, over which no adapter can be trained: use"):
        consolidate(job, Settings(recipe=RECIPE, gate=OPEN_GATE), lambda event: None, encoder)
    assert Weights(home, str(model)).all() == []


def test_the_memory_it_takes(tmp_path: Path) -> None:
    """Bytes stay bytes, what is kept in 16 bits is loaded in 32; to learn takes more than that share."""
    from safetensors.torch import save_file

    parts = {"packed": torch.zeros(10**6, dtype=torch.uint8), "scales": torch.zeros(10**4, dtype=torch.float16)}
    save_file(parts, tmp_path / "model.safetensors")
    assert weights_size(tmp_path) == pytest.approx(1.04e-3)
    needed = LIBRARIES + TRAINING * 6.04e-3
    check_memory(tmp_path, needed + 1e-6, "learn")
    with pytest.raises(ModelError, match="to learn"):
        check_memory(tmp_path, needed - 1e-6, "learn")
