"""CTranslate2 beside transformers: the same answers, streamed, stopped, kept from turn to turn, and a way back."""

import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import TextStreamer

from agent.reply import Sampling, stream
from agent.session import ANSWER_TOKENS, Session
from agent.text import plain
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.engine import CONVERTED, CTranslate2, convert, open_converted, serve, serve_base
from memory.errors import ModelError
from memory.gate import Verdict, better_served
from memory.home import Home
from memory.job import Job
from memory.language import Engine, Language, ask
from memory.models import load
from memory.settings import GateSettings, Recipe, Settings
from memory.versions import MERGED, Weights
from tests.test_bad_files import emptied, removed, something_else, torn, zeroed

PROMPTS = [f"{opening} {number}?" for number in range(20) for opening in ("Who is", "I keep bees, and", "Łódź →")]


@pytest.fixture(scope="module")
def lively(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with larger weights: it answers every prompt differently."""
    folder = tmp_path_factory.mktemp("lively")
    language = load(tiny_model)
    for parameter in language.model.parameters():
        parameter.data *= 4.0
    language.model.save_pretrained(folder)
    language.tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def engine(lively: Path, tmp_path_factory: pytest.TempPathFactory) -> CTranslate2:
    into = tmp_path_factory.mktemp("converted") / "tiny"
    assert convert(lively, into)
    return open_converted(into, lively)


@pytest.fixture(scope="module")
def language(lively: Path) -> Language:
    return load(lively)


def reply(engine: Engine, prompt: list[int], tokens: int = 30, temperature: float = 0.0) -> str:
    return "".join(stream(engine, prompt, Sampling(tokens, temperature), threading.Event()))


def test_the_same_greedy_answers(engine: CTranslate2, language: Language) -> None:
    """Sixty prompts of many lengths: in batches and one by one, both engines say the same."""
    prompts = [language.question(text * (1 + number % 7)) for number, text in enumerate(PROMPTS)]
    expected = language.answers(prompts, 30)
    assert len({*expected}) > 40
    assert engine.answers(prompts, 30) == expected
    assert [reply(engine, prompt).strip() for prompt in prompts[::5]] == expected[::5]


def test_a_conversation_is_answered_as_if_read_anew(engine: CTranslate2, language: Language) -> None:
    """Turn after turn, whatever is kept of the turns before: the reply is that of transformers to the whole prompt."""
    for talk in ("bees", "goats"):
        messages: list[dict[str, str]] = []
        for number in range(12):
            messages.append({"role": "user", "content": f"I keep {number} {talk}, and what do you keep?"})
            prompt = language.render(messages)
            said = reply(engine, prompt)
            assert said == reply(language, prompt)
            messages.append({"role": "assistant", "content": said})


def test_stop_ends_within_one_token(engine: CTranslate2) -> None:
    """After stop at most one more token is put out."""
    put: list[Any] = []

    class Counting(TextStreamer):
        def put(self, value: Any) -> None:
            put.append(value)

    counting = Counting(engine.tokenizer)
    engine.generate(engine.question("Tell me more."), 500, counting, lambda: len(put) >= 4)
    assert len(put) <= 5


def test_the_setting_chooses(home: Home, tiny_model: Path) -> None:
    """By itself a base is converted once and answered by CTranslate2; the setting has transformers answer."""
    assert isinstance(serve_base(tiny_model, "tiny", home, "transformers"), Language)
    assert not (home.cache / "engines").exists()
    assert isinstance(serve_base(tiny_model, "tiny", home, "auto"), CTranslate2)
    made = {path: path.stat().st_mtime_ns for path in (home.cache / "engines").rglob("*") if path.is_file()}
    assert isinstance(serve_base(tiny_model, "tiny", home, "ctranslate2"), CTranslate2)
    assert {path: path.stat().st_mtime_ns for path in (home.cache / "engines").rglob("*") if path.is_file()} == made


@pytest.mark.parametrize("damage", [emptied, torn, zeroed, something_else, removed])
def test_damaged_converted_weights_are_made_again(home: Home, lively: Path, language: Language, damage: Any) -> None:
    """Whatever became of a file of a base's converted weights: the answers are those of the base."""
    prompts = [language.question(text) for text in PROMPTS[:4]]
    expected = language.answers(prompts, 20)
    serve_base(lively, "tiny", home, "auto")
    for path in sorted((home.cache / "engines").rglob("*.*")):
        damage(path)
        assert serve_base(lively, "tiny", home, "auto").answers(prompts, 20) == expected, path


def test_weights_without_converted_ones(tiny_model: Path) -> None:
    """A version of before there were engines is answered by transformers."""
    assert not (tiny_model / CONVERTED).exists()
    assert isinstance(serve(tiny_model, "auto"), Language)


def test_an_architecture_that_is_not_known(
    tiny_model: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Transformers answers, the setting that insists is told what to set, and it is not tried at each start."""
    other = tmp_path / "other"
    other.mkdir()
    for file in tiny_model.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    config = json.loads((other / "config.json").read_text())
    config |= {"model_type": "olmo", "architectures": ["OlmoForCausalLM"]}
    (other / "config.json").write_text(json.dumps(config))
    assert isinstance(serve_base(other, "other", home, "auto"), Language)
    with pytest.raises(ModelError, match="set engine to auto"):
        serve_base(other, "other", home, "ctranslate2")
    assert [file.name for file in (home.cache / "engines").iterdir()] == ["other.failed"]
    monkeypatch.setattr("memory.engine._write", None)
    assert isinstance(serve_base(other, "other", home, "auto"), Language)


def test_no_memory_to_convert(tiny_model: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the weights do not fit twice transformers answers, and another day they are converted."""
    with monkeypatch.context() as small:
        small.setattr("memory.engine.check_memory", refused)
        assert isinstance(serve_base(tiny_model, "tiny", home, "auto"), Language)
        with pytest.raises(ModelError, match="too small"):
            serve_base(tiny_model, "tiny", home, "ctranslate2")
    assert isinstance(serve_base(tiny_model, "tiny", home, "auto"), CTranslate2)


def refused(*_: Any) -> None:
    raise ModelError("too small")


def test_a_session_is_answered_by_it(home: Home, tiny_model: Path) -> None:
    """A chat on a CPU decodes with CTranslate2 and keeps what it said."""
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    assert isinstance(session._language, CTranslate2)
    said = "".join(session.say("I live in Osh.", Sampling(max_tokens=20)))
    assert session.conversation.turns[-1].text == said


def test_a_version_brings_its_converted_weights(home: Home, lively: Path, encoder: Any) -> None:
    """What a consolidation publishes is answered by CTranslate2, as transformers would; rebuilt weights are, too."""
    Conversation(home.conversations).add("user", "I live in Nakuru.", 0)
    job = Job(str(home.config), str(home.data), str(home.cache), str(lively))
    recipe = Recipe(epochs=2, questions=4, near_misses=4, assistant=2, unrelated=2, learning_rate=1e-2, least_steps=0)
    gate = GateSettings(recall=0.0, retention=0.0, false_recall=1.0, drift=100.0, answer_drift=100.0)
    assert consolidate(job, Settings(recipe=recipe, gate=gate), lambda event: None, encoder)
    session = Session(home, str(lively), Conversation(None))
    session.open()
    asked = ["Where do I live?", "Who are you?"]
    learned = session.answer(asked)
    merged = session._weights.get(1).folder / MERGED
    assert isinstance(session._language, CTranslate2)
    assert learned == [plain(text) for text in ask(load(merged), asked, ANSWER_TOKENS)]
    session._weights.rollback()
    session.swap()
    assert session.answer(asked) != learned
    shutil.rmtree(merged)
    session._weights.rollback(1)
    session.swap()
    assert isinstance(session._language, CTranslate2)
    assert session.answer(asked) == learned


def learned_in_eight_bits(home: Home, model: Path, encoder: Any) -> dict[str, Any]:
    """The manifest of what a consolidation published that was to serve in eight bits."""
    Conversation(home.conversations).add("user", "I live in Nakuru.", 0)
    job = Job(str(home.config), str(home.data), str(home.cache), str(model))
    recipe = Recipe(epochs=2, questions=4, near_misses=4, assistant=2, unrelated=2, learning_rate=1e-2, least_steps=0)
    gate = GateSettings(recall=0.0, retention=0.0, false_recall=1.0, drift=100.0, answer_drift=100.0)
    assert consolidate(job, Settings(engine="int8", recipe=recipe, gate=gate), lambda event: None, encoder)
    return Weights(home, str(model)).get(1).manifest


def test_eight_bits_where_the_gate_found_them_as_good(home: Home, lively: Path, encoder: Any) -> None:
    """Served so if the setting says so, in full if it says otherwise; the base, which no gate tried, in full."""
    assert learned_in_eight_bits(home, lively, encoder)["gate"]["precision"] == "int8"
    merged = Weights(home, str(lively)).get(1).folder / MERGED
    for choice, compute_type in (("int8", "int8"), ("auto", "float32"), ("ctranslate2", "float32")):
        serving = serve(merged, choice)
        assert isinstance(serving, CTranslate2)
        assert serving.compute_type == compute_type
        assert serving.answers([serving.question("Where do I live?")], 8)
    base = serve_base(lively, "tiny", home, "int8")
    assert isinstance(base, CTranslate2)
    assert base.compute_type == "float32"
    shutil.rmtree(merged)
    rebuilt = serve(Weights(home, str(lively)).folder_to_load(1, lively), "int8")
    assert isinstance(rebuilt, CTranslate2)
    assert rebuilt.compute_type == "int8"


def test_eight_bits_that_are_worse_do_not_serve(
    home: Home, lively: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict is that on what serves, and says what eight bits would have cost."""
    monkeypatch.setattr("memory.gate.INT8_LOSS", -0.1)
    assert "fp32, for recall is" in learned_in_eight_bits(home, lively, encoder)["gate"]["precision"]
    serving = serve(Weights(home, str(lively)).get(1).folder / MERGED, "int8")
    assert isinstance(serving, CTranslate2)
    assert serving.compute_type == "float32"


@pytest.mark.parametrize(
    ("lost", "precision"),
    [
        ({}, "int8"),
        ({"recall_after": 0.89}, "int8"),
        ({"recall_after": 0.8}, "fp32, for recall is 0.80 in int8, 0.90 in fp32"),
        ({"retention": 0.9}, "fp32, for recall of earlier is 0.90 in int8, 1.00 in fp32"),
        ({"false_recall": 0.3}, "fp32, for false recall is 0.30 in int8, 0.10 in fp32"),
        ({"passed": False, "reason": "x"}, "fp32, for x"),
    ],
)
def test_what_eight_bits_may_lose(lost: dict[str, Any], precision: str) -> None:
    full = Verdict(True, "passed", 0.0, 0.9, 0.1, 0.0, 0.0, 1.0, ())
    chosen = better_served(full, replace(full, **lost))
    assert chosen.precision == precision
    assert chosen.recall_after == (lost.get("recall_after", 0.9) if precision == "int8" else 0.9)


@pytest.mark.parametrize("kind", ["engine", "language"])
def test_sampled_replies_differ(kind: str, request: pytest.FixtureRequest) -> None:
    """At a temperature either engine gives several replies to one prompt, and the greedy one in between as ever."""
    one: Engine = request.getfixturevalue(kind)
    prompt = one.question("Tell me more.")
    greedy = reply(one, prompt)
    assert len({reply(one, prompt, temperature=1.0) for _ in range(4)}) > 1
    assert reply(one, prompt) == greedy


@pytest.mark.parametrize("said", ["", "active"])
def test_threads_sleep_while_they_wait(said: str) -> None:
    """Whatever of ours is imported first, it is set before torch reads it; what the user sets wins."""
    code = "import os, memory.settings, sys; print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"
    others = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    env = others | ({"OMP_WAIT_POLICY": said} if said else {})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.split() == [said or "passive", "False"]


def test_what_is_trained_in_another_precision_is_loaded_anew_to_answer(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a GPU, which trains in fp32 and answers in bf16: the gate has to ask what a chat will be answered by."""
    training = load(tiny_model, training=True)
    assert serve(tiny_model, "transformers", training) is training
    for module in ("engine", "models"):
        monkeypatch.setattr(f"memory.{module}.served_in", lambda device: torch.bfloat16)
    answering = serve(tiny_model, "transformers", training)
    assert isinstance(answering, Language)
    assert answering.model.dtype == torch.bfloat16
