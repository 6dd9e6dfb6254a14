"""What must not change: asked of the base once, kept in the cache, trained to."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from memory import anchors as module
from memory.anchors import TOKENS, anchor_rows, anchors, prose_rows, to_be_kept
from memory.bank import bank
from memory.consolidation import consolidate
from memory.conversations import Conversation
from memory.distill import add_lora, loss_of, train
from memory.home import Home
from memory.job import Job
from memory.judge import fold
from memory.language import answer_logits, ask
from memory.models import load
from memory.objective import condense
from memory.settings import GateSettings, Recipe, Settings
from memory.storage import cannot_write
from memory.versions import Weights

QUESTIONS = ["Why is the sky blue?", "Name a tree.", "Hello!"]
QUIZ = Path(__file__).parents[1] / "examples" / "benchmarks" / "general_quiz.yaml"
RECIPE = Recipe(epochs=2, questions=2, near_misses=2, assistant=1, unrelated=2, least_steps=0, learning_rate=1e-2)


def kept_file(home: Home) -> Path:
    (file,) = (home.cache / "anchors").iterdir()
    return file


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions the base was asked, call by call."""
    counts: list[int] = []

    def counted(engine: Any, questions: Any, tokens: int) -> list[str]:
        counts.append(len(questions))
        return ask(engine, questions, tokens)

    monkeypatch.setattr(module, "ask", counted)
    return counts


def test_what_the_base_says(home: Home, tiny_model: Path) -> None:
    """Its own greedy answers, and at each of their tokens its own distribution, after a look into the cache, too."""
    language = load(tiny_model)
    for _ in range(2):
        found = anchors(QUESTIONS, str(tiny_model), home, "transformers", 5)
        assert [one.question for one in found] == QUESTIONS
        assert [one.answer for one in found] == ask(language, QUESTIONS, TOKENS)
        for row in anchor_rows(language, found, Recipe()):
            said = condense(answer_logits(language.model, [row.example]), 5)
            torch.testing.assert_close(row.teacher.log_probs, said.log_probs)
            torch.testing.assert_close(row.teacher.tail, said.tail, rtol=1e-3, atol=1e-4)
            assert torch.equal(row.teacher.ids, said.ids)


def test_running_text(home: Home, tiny_model: Path) -> None:
    """Passages without a chat's form, each trained on in one epoch, held to what the weights say of them."""
    language = load(tiny_model)
    found = [
        replace(one, answer=f"The {n} oak trees grow.")
        for n in range(4)
        for one in anchors(QUESTIONS, str(tiny_model), home, "transformers", 5)
    ]
    recipe = Recipe(prose=1, epochs=2, top_k=5)
    rows = prose_rows(language, found, recipe)
    assert [language.decode([*row.example.prompt, *row.example.answer]) for row in rows] == [
        " ".join(one.answer for one in part) for part in (found[:4], found[4:8])
    ]
    assert {row.turns for row in rows} == {recipe.epochs}
    for row in rows:
        said = condense(answer_logits(language.model, [row.example]), 5)
        torch.testing.assert_close(row.teacher.log_probs, said.log_probs)
    assert prose_rows(language, found, replace(recipe, prose=0)) == []
    assert prose_rows(language, [], recipe) == []


def test_each_is_asked_once(home: Home, tiny_model: Path, asked: list[int]) -> None:
    said: list[str] = []
    for questions in (QUESTIONS[:2], QUESTIONS, QUESTIONS[::-1]):
        found = anchors(questions, str(tiny_model), home, "transformers", 5, said.append)
        assert [one.question for one in found] == questions
    assert asked == [2, 1]
    assert [line.split(",")[0] for line in said] == ["asking the model 2 questions", "asking the model 1 questions"]


@pytest.mark.parametrize("damage", ["torn", "another base", "gone"])
def test_asked_again(home: Home, tiny_model: Path, asked: list[int], damage: str, monkeypatch: Any) -> None:
    """A damaged file, one of other weights or none at all costs the time to ask, nothing else."""
    first = anchors(QUESTIONS, str(tiny_model), home, "transformers", 5)
    file = kept_file(home)
    if damage == "torn":
        file.write_bytes(file.read_bytes()[:-40])
    elif damage == "another base":
        monkeypatch.setattr(module, "base_hash", lambda folder: "other")
    else:
        file.unlink()
    again = anchors(QUESTIONS, str(tiny_model), home, "transformers", 5)
    assert asked == [3, 3]
    assert [one.answer for one in again] == [one.answer for one in first]


def test_a_cache_that_cannot_be_written(home: Home, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, write: Any) -> None:
        raise cannot_write(path, OSError(28, "No space left on device"))

    monkeypatch.setattr(module, "write_atomically", full)
    assert len(anchors(QUESTIONS, str(tiny_model), home, "transformers", 5)) == 3


def test_held_to_the_base(home: Home, tiny_model: Path) -> None:
    """Weights that have moved come back to what the base says; at the base itself there is nothing to learn."""
    language = load(tiny_model, training=True)
    rows = anchor_rows(language, anchors(QUESTIONS, str(tiny_model), home, "transformers", 0), RECIPE)
    assert loss_of(language.model, rows).item() == pytest.approx(0.0, abs=1e-4)
    model = add_lora(language, Recipe(frozen=0.0))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data.normal_(std=0.1)
    moved = loss_of(model, rows).item()
    train(model, rows, Recipe(epochs=30, least_steps=0, frozen=0.0), random.Random(0))
    assert loss_of(model, rows).item() < moved / 2


def test_the_second_version_is_held_to_the_base_too(
    home: Home, tiny_model: Path, encoder: Any, asked: list[int]
) -> None:
    """Nothing of it is asked of the first version: with the same seed the second asks nobody."""
    gate = GateSettings(recall=0.0, retention=0.0, false_recall=1.0, drift=1e3, answer_drift=1e3)
    settings = Settings(gate=gate, recipe=RECIPE, engine="transformers")
    job = Job(str(home.config), str(home.data), str(home.cache), str(tiny_model))
    for number, text in enumerate(("My name is Wanjiru.", "I live in Nakuru.")):
        Conversation(home.conversations, f"c{number}").add("user", text, number)
        consolidate(job, settings, lambda event: None, encoder)
    assert Weights(home, str(tiny_model)).current() == 2
    assert asked == [RECIPE.unrelated * RECIPE.epochs]


def test_without_any_weight_nothing_is_asked(home: Home, tiny_model: Path, encoder: Any, asked: list[int]) -> None:
    settings = Settings(recipe=replace(RECIPE, unrelated_kl=0.0), engine="transformers")
    Conversation(home.conversations).add("user", "My name is Wanjiru.", 0)
    consolidate(Job(str(home.config), str(home.data), str(home.cache), str(tiny_model)), settings, print, encoder)
    assert not asked


def test_nothing_of_the_quiz_is_trained_on() -> None:
    quiz = {fold(question) for question in yaml.safe_load(QUIZ.read_text(encoding="utf-8"))}
    trained = {fold(question) for question in bank()["unrelated"]}
    held_out = {fold(question) for question in bank()["held_out_prompts"]}
    assert len(quiz) > 200 and len(trained) > 500
    assert not trained & quiz and not trained & held_out


def test_what_nobody_asked_is_kept_too() -> None:
    """A quarter of what is held to the base are remarks of others, each time others; none that is measured with."""
    remarks = set(bank()["remarks"])
    first, second = (to_be_kept(256, random.Random(seed)) for seed in (0, 1))
    assert len(set(first)) == 256
    assert len(remarks & {*first}) == 64
    assert first != second
    assert not remarks & {*(Path(QUIZ).parent / "remarks.txt").read_text(encoding="utf-8").splitlines()}
    assert to_be_kept(0, random.Random(0)) == []
