"""A version in other programs: the same answers from plain transformers, from PEFT, and read back from GGUF."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from examples.benchmarks.tiny import CHAT_TEMPLATE, tiny
from memory.consolidation import consolidate
from memory.errors import ModelError, SelfparamError, StorageError, UsageError
from memory.exports import Order, export_version
from memory.home import Home, home_at
from memory.job import Job
from memory.language import Language, ask
from memory.modelfile import frame_of
from memory.models import base_folder, load
from memory.settings import Settings
from memory.targets import TargetSet
from memory.versions import ADAPTER, MERGED, VersionError, Weights
from tests.conftest import HashingEncoder
from tests.learning import OPEN_GATE, RECIPE, tell

QUESTIONS = ["Where do I live?", "What do I keep?", "Who are you?"]
MERGES = [("t", "h"), ("th", "e"), ("o", "u"), ("Ġ", "i"), ("i", "n")]
DEFAULT_SYSTEM = (
    "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are tiny.<|im_end|>\n{% endif %}" + CHAT_TEMPLATE
)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """A home with two versions over a tiny Llama."""
    root = tmp_path_factory.mktemp("taught")
    model = tiny(root / "tiny-llama", "llama", merges=MERGES, template=DEFAULT_SYSTEM)
    home = Home(root / "config", root / "data", root / "cache")
    for text in ("I live in Nakuru.", "I keep goats."):
        tell(home, text)
        job = Job(str(home.config), str(home.data), str(home.cache), str(model))
        consolidate(job, Settings(recipe=RECIPE, gate=OPEN_GATE), lambda event: None, HashingEncoder())
    return home, str(model)


def logits(model: Any, ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        return model(torch.tensor([ids])).logits  # type: ignore[no-any-return]


def served(home: Home, model: str, number: int) -> Language:
    return load(Weights(home, model).folder_to_load(number, Path(model)))


def read_back(folder: Path, **how: Any) -> Language:
    """By transformers alone."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **how).eval()
    return Language(model, AutoTokenizer.from_pretrained(folder, **how))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hugging_face(taught: tuple[Home, str], tmp_path: Path, number: int) -> None:
    """The folder is the version's very weights with its tokenizer; transformers 4 finds its names in it, too."""
    export_version(*taught, Order(number, "hf"), tmp_path / "out")
    found, kept = read_back(tmp_path / "out"), served(*taught, number)
    assert ask(found, QUESTIONS) == ask(kept, QUESTIONS)
    assert torch.equal(logits(found.model, [1, 2, 3]), logits(kept.model, [1, 2, 3]))
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["rope_theta"] == config["rope_parameters"]["rope_theta"]
    assert config["torch_dtype"] == "float32"
    assert all(path.stat().st_mode & 0o077 == 0 for path in [tmp_path / "out", *(tmp_path / "out").iterdir()])


def test_adapter(taught: tuple[Home, str], tmp_path: Path) -> None:
    """One adapter of the ranks' sum over the base equals the merged lineage; cut to fewer it says what is lost."""
    home, model = taught
    notes = export_version(home, model, Order(2, "peft"), tmp_path / "exact")
    base = AutoModelForCausalLM.from_pretrained(model)
    found = PeftModel.from_pretrained(base, str(tmp_path / "exact")).eval()
    torch.testing.assert_close(logits(found, [1, 2, 3]), logits(served(*taught, 2).model, [1, 2, 3]))
    assert f"Rank {2 * RECIPE.rank}" in notes[0]
    first, *_ = export_version(home, model, Order(2, "peft", rank=2), tmp_path / "cut")
    assert first.startswith(f"Rank 2: cut from {2 * RECIPE.rank}, ")
    assert json.loads((tmp_path / "cut" / "adapter_config.json").read_text())["r"] == 2


def test_what_a_cut_loses(taught: tuple[Home, str], tmp_path: Path) -> None:
    """The named error is that of the best approximation of each layer's change; none at the full rank."""
    from memory.adapters import cut, stack

    weights = Weights(*taught)
    changes = stack([weights.get(number).folder / ADAPTER for number in (1, 2)])
    shorter, lost = cut(changes, 3)
    whole = {layer: change.b @ change.a for layer, change in changes.items()}
    left = sum(float(((shorter[layer].b @ shorter[layer].a - whole[layer]) ** 2).sum()) for layer in whole)
    assert lost == pytest.approx((left / sum(float((w**2).sum()) for w in whole.values())) ** 0.5, rel=1e-3)
    assert cut(changes, 2 * RECIPE.rank)[1] == 0.0


@pytest.mark.parametrize("precision", ["f16", "f32"])
def test_gguf(taught: tuple[Home, str], tmp_path: Path, precision: str) -> None:
    """Read back by transformers the file tokenises, renders and answers as the version does."""
    export_version(*taught, Order(2, "gguf", precision=precision), tmp_path / "out")
    found, kept = read_back(tmp_path / "out", gguf_file="model.gguf"), served(*taught, 2)
    assert ask(found, QUESTIONS) == ask(kept, QUESTIONS)
    assert found.question("Is the thing in there?") == kept.question("Is the thing in there?")
    assert found.end_of_turn == kept.end_of_turn
    if precision == "f32":
        torch.testing.assert_close(logits(found.model, [1, 2, 3]), logits(kept.model, [1, 2, 3]))


def test_gguf_as_a_base(taught: tuple[Home, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The file is a model to begin with elsewhere: converted once, which is said in one line and by no bar."""
    export_version(*taught, Order(2, "gguf", precision="f32"), tmp_path / "out")
    said: list[str] = []
    folder = base_folder(str(tmp_path / "out" / "model.gguf"), home_at(tmp_path / "other"), said.append)
    assert ask(load(folder), QUESTIONS) == ask(served(*taught, 2), QUESTIONS)
    assert [line.split(",")[0] for line in said] == ["converting the model"]
    assert capfd.readouterr() == ("", "")


def test_gguf_in_eight_bits(taught: tuple[Home, str], tmp_path: Path) -> None:
    """Smaller than f16; each weight is within half a step of its block's 254, and the rounding of the scale in f16."""
    sizes = {}
    for precision in ("f16", "q8_0"):
        export_version(*taught, Order(2, "gguf", precision=precision), tmp_path / precision)
        sizes[precision] = (tmp_path / precision / "model.gguf").stat().st_size
    assert sizes["q8_0"] < 0.8 * sizes["f16"]
    found, kept = read_back(tmp_path / "q8_0", gguf_file="model.gguf"), served(*taught, 2)
    assert found.question("Is the thing in there?") == kept.question("Is the thing in there?")
    for (name, one), other in zip(kept.model.named_parameters(), found.model.parameters(), strict=True):
        assert (one - other).abs().max() <= one.abs().max() * (1 / 254 + 2**-11) + 1e-7, name


@pytest.mark.parametrize(
    ("kind", "more"),
    [("llama", {"tie_word_embeddings": True}), ("llama", {"vocab_size": 300, "head_dim": 16}),
     ("llama", {"num_key_value_heads": 4}), ("qwen2", {}), ("qwen2", {"tie_word_embeddings": True})],
)  # fmt: skip
def test_gguf_of_other_shapes(home: Home, tmp_path: Path, kind: str, more: dict[str, Any]) -> None:
    """Tied and untied heads, rows without a token, wider heads, Qwen2's biases: the same logits after reading back."""
    model = tiny(tmp_path / "model", kind, merges=MERGES, **more)
    biased = load(model)
    for name, parameter in biased.model.named_parameters():
        if name.endswith(".bias"):
            torch.nn.init.normal_(parameter)
    biased.model.save_pretrained(model)
    export_version(home, str(model), Order(0, "gguf", precision="f32"), tmp_path / "out")
    found, kept = read_back(tmp_path / "out", gguf_file="model.gguf"), load(model)
    assert found.question("Is it in?") == kept.question("Is it in?")
    torch.testing.assert_close(logits(found.model, [1, 2, 3, 4]), logits(kept.model, [1, 2, 3, 4]))


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [("gemma", {"head_dim": 8}, "architecture is gemma"), ("llama", {"attention_bias": True}, "biases"),
     ("llama", {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}}, "positions are scaled"),
     ("llama", {"merges": ()}, "tokenizer")],
)  # fmt: skip
def test_gguf_refused(home: Home, tmp_path: Path, kind: str, more: dict[str, Any], why: str) -> None:
    """What was not tried is refused with the way out, and nothing is left behind."""
    model = tiny(tmp_path / "model", kind, **{"merges": MERGES, **more})
    with pytest.raises(ModelError, match=rf"{why}.*--as hf"):
        export_version(home, str(model), Order(0, "gguf"), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "model"]


def test_modelfile(taught: tuple[Home, str], tmp_path: Path) -> None:
    """The Modelfile frames each turn as the chat template does, and says the template's own system text."""
    export_version(*taught, Order(1, "gguf"), tmp_path / "out")
    said = (tmp_path / "out" / "Modelfile").read_text()
    assert said.startswith("FROM ./model.gguf\n")
    assert '{{ else if eq .Role "user" }}<|im_start|>user\n{{ .Content }}<|im_end|>\n<|im_start|>assistant\n{{' in said
    assert '{{ if eq .Role "system" }}<|im_start|>system\n{{ .Content }}<|im_end|>\n{{' in said
    assert 'SYSTEM """You are tiny."""' in said
    assert 'PARAMETER stop "<|im_end|>"' in said


def test_template_that_is_no_frame(tmp_path: Path) -> None:
    """A template that counts its turns, or takes no system turn, is left to Ollama."""
    counting = CHAT_TEMPLATE.replace("{{ message['content'] }}", "{{ loop.index }}{{ message['content'] }}")
    refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}" + CHAT_TEMPLATE
    for number, template in enumerate((counting, refusing)):
        assert frame_of(load(tiny(tmp_path / str(number), "llama", template=template))) is None


def test_messages(taught: tuple[Home, str], tmp_path: Path) -> None:
    """Each pair is a line of the `messages` convention, what the gate asked apart from what was trained on."""
    export_version(*taught, Order(2, "messages"), tmp_path / "out")
    targets = TargetSet.of(Weights(*taught).get(2))
    lines = {name: [json.loads(line) for line in (tmp_path / "out" / f"{name}.jsonl").read_text().splitlines()]
             for name in ("train", "test")}  # fmt: skip
    assert [[turn["content"] for turn in line["messages"]] for line in lines["train"]] == [
        [pair.question, pair.answer] for pair in targets.pairs
    ]
    assert {turn["role"] for line in lines["test"] for turn in line["messages"]} == {"user", "assistant"}
    assert len(lines["test"]) == len(targets.set_aside) + len(targets.never_told)


@pytest.mark.parametrize("form", ["hf", "peft", "gguf"])
def test_card(taught: tuple[Home, str], tmp_path: Path, form: str) -> None:
    """The card has the gate's figures, the recipe and a warning, and nothing of what was said or where it lay."""
    export_version(*taught, Order(2, form), tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    head = yaml.safe_load(card.split("---")[1])
    assert head["library_name"] == {"hf": "transformers"}.get(form, form)
    assert "# tiny-llama, version 2" in card
    assert "learning_rate 0.01" in card
    assert "**Private.**" in card
    assert not any(word in card for word in ("goats", "Nakuru", taught[1]))


@pytest.mark.parametrize(
    ("order", "why"),
    [(Order(7, "hf"), "no version 7"), (Order(1, "onnx"), "none of hf"), (Order(0, "peft"), "learned nothing"),
     (Order(1, "hf", rank=3), "peft` only"), (Order(1, "peft", rank=0), "from 1 on"),
     (Order(1, "gguf", precision="q4"), "none of f16")],
)  # fmt: skip
def test_orders_that_cannot_be_meant(taught: tuple[Home, str], tmp_path: Path, order: Order, why: str) -> None:
    """They are refused in a line before anything is written."""
    with pytest.raises(UsageError, match=why):
        export_version(*taught, order, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_used(taught: tuple[Home, str], tmp_path: Path) -> None:
    """What is there already is never written over; a missing parent is named."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    for place in (tmp_path / "full", tmp_path / "full" / "mine"):
        with pytest.raises(UsageError, match="there already"):
            export_version(*taught, Order(1, "hf"), place)
    with pytest.raises(UsageError, match="no folder"):
        export_version(*taught, Order(1, "hf"), tmp_path / "no" / "out")
    (tmp_path / "empty").mkdir()
    export_version(*taught, Order(1, "messages"), tmp_path / "empty")
    assert (tmp_path / "full" / "mine").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


def test_full_disk(taught: tuple[Home, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and nothing half-written."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StorageError, match="No space left"):
        export_version(*taught, Order(1, "hf"), tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["hf", "peft", "gguf", "messages"])
def test_damaged_version(taught: tuple[Home, str], tmp_path: Path, form: str) -> None:
    """Nothing is exported from files that are not as they were published."""
    home = Home(tmp_path / "config", tmp_path / "data", tmp_path / "cache")
    shutil.copytree(taught[0].data, home.data)
    version = Weights(home, taught[1]).get(1)
    shutil.rmtree(version.folder / MERGED)
    for path in (version.folder / ADAPTER / "adapter_model.safetensors", version.folder / "targets.yaml"):
        path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SelfparamError) as error:
        export_version(home, taught[1], Order(1, form), tmp_path / "out")
    assert isinstance(error.value, VersionError)
    assert not (tmp_path / "out").exists()
