"""llama.cpp as an engine, where it is installed: in full as transformers, eight bits where the gate takes them."""

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from agent.reply import Sampling, stream
from examples.benchmarks.tiny import tiny
from memory import llama
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.engine import CTranslate2, serve, serve_base
from memory.errors import UsageError
from memory.gguf_file import write_gguf
from memory.home import Home
from memory.job import Job
from memory.language import Language, ask
from memory.llama import LlamaCpp
from memory.models import load
from memory.settings import GateSettings, Recipe, Settings
from memory.versions import MERGED, Weights
from tests.test_exports import MERGES

needs_it = pytest.mark.skipif(find_spec("xllamacpp") is None, reason="the extra llama is not installed")


@pytest.fixture(scope="module")
def merging(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama whose tokenizer llama.cpp knows."""
    return tiny(tmp_path_factory.mktemp("merging") / "tiny-llama", "llama", merges=MERGES)


@pytest.fixture(scope="module")
def language(merging: Path) -> Language:
    return load(merging)


@pytest.fixture(scope="module")
def engine(language: Language, tmp_path_factory: pytest.TempPathFactory) -> LlamaCpp:
    file = tmp_path_factory.mktemp("gguf") / "f32.gguf"
    write_gguf(language, file, "tiny", "f32")
    return LlamaCpp(file, language.tokenizer, language.model.config, together=2)


@needs_it
def test_answers(engine: LlamaCpp, language: Language) -> None:
    """In full precision those of transformers, several at a time and one alone."""
    asked = [f"Who is number {number}?" for number in range(5)]
    assert ask(engine, asked, 6) == ask(language, asked, 6)
    assert ask(engine, [], 6) == []


@needs_it
def test_a_reply_is_streamed_and_stopped(engine: LlamaCpp) -> None:
    prompt, stop = engine.question("Tell me more."), threading.Event()
    pieces = stream(engine, prompt, Sampling(40), stop)
    next(pieces)
    stop.set()
    assert len("".join(pieces)) < len("".join(stream(engine, prompt, Sampling(40), threading.Event())))


@needs_it
def test_it_serves_what_the_gate_found_as_good(home: Home, merging: Path, encoder: Any) -> None:
    """A version in eight bits, the base and any other setting in full by CTranslate2."""
    Conversation(home.conversations).add("user", "I live in Nakuru.", 0)
    job = Job(str(home.config), str(home.data), str(home.cache), str(merging))
    recipe = Recipe(epochs=2, questions=4, near_misses=4, assistant=2, unrelated=2, learning_rate=1e-2, least_steps=0)
    gate = GateSettings(recall=0.0, retention=0.0, false_recall=1.0, drift=100.0, answer_drift=100.0)
    consolidate(job, Settings(engine="llama", recipe=recipe, gate=gate), lambda event: None, encoder)
    version = Weights(home, str(merging)).get(1)
    serving = serve(version.folder / MERGED, "llama")
    if version.manifest["gate"]["precision"] == "q8_0":
        assert isinstance(serving, LlamaCpp)
    else:
        assert version.manifest["gate"]["precision"].startswith("fp32, for")
        assert isinstance(serving, CTranslate2)
    assert ask(serving, ["Where do I live?"], 4)
    assert isinstance(serve(version.folder / MERGED, "auto"), CTranslate2)
    assert isinstance(serve_base(merging, "tiny", home, "llama"), CTranslate2)


def test_where_it_is_not_installed(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.setattr(llama, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'selfparam-agent\[llama\]'"):
        serve(tiny_model, "llama")
