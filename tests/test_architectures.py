"""Architectures, heads, vocabularies and chat templates other than the default's, through a whole consolidation."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from examples.benchmarks.tiny import CHAT_TEMPLATE, tiny
from memory import precision
from memory.consolidation import consolidate
from memory.frozen import Frozen
from memory.home import Home
from memory.job import Job
from memory.language import Example, answer_logits, ask
from memory.models import load
from memory.settings import Recipe, Settings
from memory.versions import MERGED, Weights
from tests.learning import OPEN_GATE, tell

RECIPE = Recipe(epochs=1, questions=2, near_misses=2, assistant=1, unrelated=1, least_steps=0, learning_rate=1e-2)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + CHAT_TEMPLATE
SILENT_SYSTEM = CHAT_TEMPLATE.replace(" in messages %}", " in messages if message['role'] != 'system' %}")
TURN_ENDS = CHAT_TEMPLATE.replace("<|im_end|>\n", "<|im_start|>\n")
"""Ends turns with another token than the one that the tokenizer calls the end, as Gemma does."""

HEAD = {"head_dim": 8}
MODELS = [
    ("llama", {}), ("llama", {"tie_word_embeddings": True}), ("llama", {"vocab_size": 200_064}),
    ("qwen2", {}), ("qwen2", {"tie_word_embeddings": True}), ("qwen3", HEAD),
    ("gemma", HEAD), ("gemma", {**HEAD, "tie_word_embeddings": False}), ("gemma2", HEAD), ("gemma3_text", HEAD),
    ("phi", {}), ("phi3", {}), ("mistral", {}),
]  # fmt: skip


def named(value: Any) -> str:
    return value if isinstance(value, str) else "-".join(value)


def logits(folder: Path) -> torch.Tensor:
    with torch.no_grad():
        return load(folder).model(torch.tensor([[5, 6, 7, 8]])).logits  # type: ignore[no-any-return]


@pytest.mark.parametrize(("kind", "more"), MODELS, ids=named)
def test_learns(home: Home, tmp_path: Path, encoder: Any, kind: str, more: dict[str, Any]) -> None:
    """A version is published whose logits are not the base's, and which base and adapter give again."""
    torch.set_num_threads(1)
    model = tiny(tmp_path / "model", kind, **more)
    tell(home, "I live in Nakuru.")
    job = Job(str(home.config), str(home.data), str(home.cache), str(model))
    verdict = consolidate(job, Settings(recipe=RECIPE, gate=OPEN_GATE), lambda event: None, encoder)
    assert verdict
    assert verdict.passed
    weights = Weights(home, str(model))
    merged = logits(weights.folder_to_load(1, model))
    assert not torch.allclose(merged, logits(model))
    shutil.rmtree(weights.get(1).folder / MERGED)
    torch.testing.assert_close(logits(weights.folder_to_load(1, model)), merged, rtol=0, atol=1e-6)
    tied = load(weights.folder_to_load(1, model)).model.config.tie_word_embeddings
    assert tied == load(model).model.config.tie_word_embeddings


@pytest.mark.parametrize(("kind", "more"), MODELS[3:], ids=named)
def test_packed(tmp_path: Path, kind: str, more: dict[str, Any]) -> None:
    """Examples in one packed pass get the logits that each gets alone, whatever attention the architecture has; the
    last two go on with the conversation of the one before them."""
    model = load(tiny(tmp_path / "model", kind, **more)).model
    examples = [Example((1, 2, 3, 4), (5, 6)), Example((1, 2, 9), (8, 7, 6)), Example((1, 2, 3, 5, 6), (4,))]
    for asked in ((7, 3), (9, 9, 8)):
        before = examples[-1]
        examples.append(Example((*before.prompt, *before.answer, *asked), (5, 2, 8)))
    with torch.no_grad():
        alone = torch.cat([answer_logits(model, [example]) for example in examples])
        plain = [model(torch.tensor([[*e.prompt, *e.answer]])).logits[0, len(e.prompt) - 1 : -1] for e in examples]
        torch.testing.assert_close(answer_logits(model, examples), alone, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(alone, torch.cat(plain), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("kind", "more"), MODELS[3:], ids=named)
def test_frozen_layers(tmp_path: Path, kind: str, more: dict[str, Any]) -> None:
    """What the frozen layer once put out gives, in other packs too, the logits that computing it gives."""
    model = load(tiny(tmp_path / "model", kind, **more), training=True).model
    model.requires_grad_(False)
    model.model.layers[1].requires_grad_(True)
    first, second, third = Example((1, 2, 3, 4), (5, 6)), Example((1, 2, 9), (8, 7, 6)), Example((1, 2, 3, 5, 6), (4,))
    computed: list[int] = []
    model.model.layers[0].mlp.register_forward_hook(lambda *_: computed.append(1))
    frozen = Frozen(model)
    later = Example((*second.prompt, *second.answer, 3, 9), (5, 2))
    last = Example((*later.prompt, *later.answer, 4), (1,))
    packs: list[list[Example]] = [
        [first, second], [third], [first, third], [first, second, later, last], [third, later], [third, second, first],
    ]  # fmt: skip
    for pack in packs:
        with frozen.once(pack):
            kept = answer_logits(model, pack)
        torch.testing.assert_close(kept, answer_logits(model, pack), rtol=1e-4, atol=1e-5)
    computed.clear()
    with frozen.once(packs[-1]):
        answer_logits(model, packs[-1])
    assert not computed


@pytest.mark.parametrize("template", [NO_SYSTEM, SILENT_SYSTEM], ids=["refuses", "leaves out"])
def test_without_a_system_role(tmp_path: Path, template: str) -> None:
    """What the teacher is told stands at the head of the user's turn; without it nothing is different."""
    language = load(tiny(tmp_path / "model", "llama", template=template))
    shown = language.tokenizer.decode(language.question("Where do I live?", "I live in Nakuru."))
    assert "user\nI live in Nakuru.\n\nWhere do I live?" in shown
    assert "system" not in shown
    assert "user\nWhere do I live?" in language.tokenizer.decode(language.question("Where do I live?"))


def test_the_end_of_a_turn(tmp_path: Path) -> None:
    """An answer ends with the token that the template puts behind it, whatever the tokenizer calls the end."""
    ends = {template: load(tiny(tmp_path / str(number), "llama", template=template))
            for number, template in enumerate((CHAT_TEMPLATE, TURN_ENDS))}  # fmt: skip
    for template, token in ((CHAT_TEMPLATE, "<|im_end|>"), (TURN_ENDS, "<|im_start|>")):
        assert ends[template].answer_ids("Nakuru.")[-1] == ends[template].tokenizer.convert_tokens_to_ids(token)
    assert "<|im_start|>" not in ask(ends[TURN_ENDS], ["Where do I live?"])[0]


def test_a_head_that_is_the_embedding_is_one_with_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its products are in bf16, what the embedding puts out is not."""
    monkeypatch.setattr(precision, "pays", lambda kind: True)
    model = load(tiny(tmp_path / "model", "llama", tie_word_embeddings=True), training=True).model
    model.requires_grad_(False)
    embedding, before = model.get_input_embeddings(), model.get_input_embeddings().weight.clone()
    with precision.half(model):
        assert model.lm_head.weight.dtype == torch.bfloat16
        assert embedding(torch.tensor([1])).dtype == torch.float32
    assert model.lm_head.weight is embedding.weight
    assert torch.equal(embedding.weight, before)
