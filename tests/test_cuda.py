"""What a GPU does otherwise than a CPU: `CUDA_VISIBLE_DEVICES=0 python -m pytest tests/test_cuda.py`.

All other tests are of a CPU, and hide what GPUs there are (conftest).
"""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from memory import distill
from memory.distill import add_lora, train
from memory.engine import serve
from memory.language import answer_logits, ask
from memory.models import load
from memory.ranking import Tree, log_likelihoods
from tests.test_objective import examples
from tests.test_training import RECIPE, learned, rows

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="CUDA_VISIBLE_DEVICES names no GPU that torch can use"
)

CPU = torch.device("cpu")


def test_the_logits_are_those_of_a_cpu(tiny_model: Path) -> None:
    here, there = load(tiny_model, training=True), load(tiny_model, CPU, training=True)
    assert here.device.type == "cuda"
    asked = examples(there)
    torch.testing.assert_close(
        answer_logits(here.model, asked).cpu(), answer_logits(there.model, asked), rtol=1e-3, atol=1e-4
    )


def test_likelihoods_are_those_of_a_cpu(tiny_model: Path) -> None:
    here, there = load(tiny_model, training=True), load(tiny_model, CPU, training=True)
    prompt, tree = there.question("Which?"), Tree.of([there.encode(title) for title in ("Alien", "Aliens", "Up")])
    torch.testing.assert_close(
        log_likelihoods(here, prompt, tree), log_likelihoods(there, prompt, tree), rtol=1e-3, atol=1e-3
    )


def test_it_is_trained_in_fp32_and_answers_in_bf16(tiny_model: Path) -> None:
    """What the gate asks is what a chat will be answered by."""
    training = load(tiny_model, training=True)
    answering = serve(tiny_model, "auto", training)
    assert training.model.dtype == torch.float32
    assert answering.model.dtype == torch.bfloat16  # type: ignore[attr-defined]  # an engine of transformers
    assert len(ask(answering, ["Who?"] * 100, tokens=4)) == 100


def losses(model: Path, device: torch.device) -> list[float]:
    """Of twenty epochs of two steps."""
    language = load(model, device, training=True)
    torch.manual_seed(0)
    found: list[float] = []
    recipe = replace(RECIPE, epochs=20, learning_rate=5e-3)
    train(add_lora(language, recipe), rows(language), recipe, random.Random(0), lambda step: found.append(step.loss))
    return found


def test_steps_in_bf16_learn_as_those_in_fp32(tiny_model: Path) -> None:
    """With the fused optimizer, the autocast and the kept states of frozen layers."""
    here, there = losses(tiny_model, torch.device("cuda")), losses(tiny_model, CPU)
    assert here[-1] < here[1] - 0.2
    assert here == pytest.approx(there, abs=0.01)


def test_short_of_memory_it_learns_the_same(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = learned(tiny_model)
    monkeypatch.setattr(distill, "short_of_memory", lambda model: True)
    again, _ = learned(tiny_model)
    torch.testing.assert_close(again, kept, rtol=2e-2, atol=2e-4)


def test_a_card_with_room_is_not_short_of_memory(tiny_model: Path) -> None:
    language = load(tiny_model, training=True)
    assert not distill.short_of_memory(add_lora(language, RECIPE))
