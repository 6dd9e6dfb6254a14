"""Training: what saves time and memory changes nothing that is learned."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from memory import distill, precision, teacher
from memory.distill import add_lora, train
from memory.frozen import Frozen
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.objective import condense
from memory.settings import Recipe
from memory.targets import Pair, Statement, TargetSet
from memory.teacher import Row
from tests.test_objective import examples

RECIPE = Recipe(epochs=3, batch=2, least_steps=0, frozen=0.5)

Adapter = dict[str, torch.Tensor]


def rows(language: Language) -> list[Row]:
    torch.manual_seed(0)
    vocabulary = language.model.config.vocab_size
    return [Row(e, condense(torch.randn(len(e.answer), vocabulary), 8), 1.0, 1.0) for e in examples(language)]


def learned(folder: Path) -> tuple[Adapter, int]:
    """What two rows a step teach an adapter on the upper of two layers, and how often the lower was computed."""
    language = load(folder, training=True)
    torch.manual_seed(1)
    model = add_lora(language, RECIPE)
    computed = []
    below = model.get_base_model().model.layers[0].mlp
    below.register_forward_hook(lambda *_: computed.append(1))
    train(model, rows(language), RECIPE, random.Random(0))
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}, len(computed)


def check_alike(one: Adapter, other: Adapter) -> None:
    torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


class Always(Frozen):
    """Computes the frozen layers in every step."""

    @contextmanager
    def once(self, examples: Sequence[Example], following: Sequence[Example] = ()) -> Iterator[None]:
        yield


def test_frozen_layers_are_computed_once(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each row of the first epoch's two steps, no more; the adapter is the same."""
    kept, computed = learned(tiny_model)
    monkeypatch.setattr(distill, "Frozen", Always)
    always, each_time = learned(tiny_model)
    assert (computed, each_time) == (2, 6)
    check_alike(kept, always)
    assert any(weight.abs().max() > 0 for name, weight in kept.items() if "lora_B" in name)


def test_the_highest_layer_learns_however_many_are_frozen(tiny_model: Path) -> None:
    """All of them, asked for by mistake or by rounding, would leave nothing to train."""
    model = add_lora(load(tiny_model, training=True), Recipe(frozen=1.0))
    learning = [name for name, weight in model.named_parameters() if weight.requires_grad]
    assert learning
    assert all(".layers.1." in name for name in learning)


def test_layers_that_learn_are_not_kept(tiny_model: Path) -> None:
    """With an adapter on every layer each step computes all of them."""
    language = load(tiny_model, training=True)
    model = add_lora(language, Recipe(frozen=0.0))
    frozen, batch = Frozen(model), examples(language)
    for parameter in model.parameters():
        parameter.data.add_(0.1)
        with frozen.once(batch):
            again = answer_logits(model, batch)
        torch.testing.assert_close(again, answer_logits(model, batch))
        break


def test_what_follows_is_read_meanwhile(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a batch is computed, in the same precision; when its turn comes nothing of it is left to compute."""
    monkeypatch.setattr(precision, "pays", lambda kind: True)
    language = load(tiny_model, training=True)
    model, batch = add_lora(language, RECIPE), examples(language)
    read: list[int] = []
    model.get_base_model().model.layers[0].mlp.register_forward_hook(lambda *_: read.append(threading.get_ident()))
    frozen, here = Frozen(model), threading.get_ident()
    with precision.half(model), torch.no_grad():
        before = [answer_logits(model, [example]) for example in batch]
        read.clear()
        with frozen.once(batch[:1], batch[1:]):
            first = answer_logits(model, batch[:1])
        with frozen.once(batch[1:]):
            others = answer_logits(model, batch[1:])
    assert read[0] == here and len(read) == 2 and read[1] != here
    torch.testing.assert_close(torch.cat([first, others]), torch.cat(before), rtol=2e-2, atol=2e-2)


def test_an_error_leaves_the_model_as_it_was(tiny_model: Path) -> None:
    language = load(tiny_model, training=True)
    model, batch = add_lora(language, RECIPE), examples(language)
    frozen, before = Frozen(model), answer_logits(model, batch)
    with frozen.once(batch):
        answer_logits(model, batch)
    with pytest.raises(KeyboardInterrupt), frozen.once(batch):
        raise KeyboardInterrupt
    other = [Example((1, 2, 3), (4,))]
    assert torch.equal(answer_logits(model, batch), before)
    assert answer_logits(model, other).shape[0] == 1


def test_checkpointing_changes_nothing(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short of memory, activations are computed twice instead of kept."""
    kept, _ = learned(tiny_model)
    monkeypatch.setattr(distill, "short_of_memory", lambda model: True)
    twice, _ = learned(tiny_model)
    check_alike(kept, twice)


def test_half_precision_keeps_the_weights_whole(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bf16 the adapter stays fp32 and ends near the one trained in fp32."""
    monkeypatch.setattr(precision, "pays", lambda kind: False)
    whole, _ = learned(tiny_model)
    monkeypatch.setattr(precision, "pays", lambda kind: True)
    halved, _ = learned(tiny_model)
    assert {weight.dtype for weight in halved.values()} == {torch.float32}
    apart = torch.cat([(whole[name] - halved[name]).flatten() for name in whole])
    assert 0 < apart.norm() < 0.2 * torch.cat([weight.flatten() for weight in whole.values()]).norm()


def test_in_half_precision_what_learns_is_seen_to_change(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No product takes a copy in bf16 of what a step has changed since; what does not learn is back to the bit."""
    monkeypatch.setattr(precision, "pays", lambda kind: True)
    language = load(tiny_model, training=True)
    model, batch = add_lora(language, RECIPE), examples(language)
    before = {name: weight.clone() for name, weight in model.named_parameters() if not weight.requires_grad}
    with precision.half(model), torch.no_grad():
        first = answer_logits(model, batch)
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight += 1.0
        assert (answer_logits(model, batch) - first).abs().max() > 0.1
    after = dict(model.named_parameters())  # of a head and an embedding that are one weight there is one
    assert all(torch.equal(after[name], weight) for name, weight in before.items())
    assert list(after) == [name for name, _ in add_lora(load(tiny_model, training=True), RECIPE).named_parameters()]


@pytest.mark.parametrize("faster", [True, False])
def test_bf16_is_taken_where_it_is_faster(faster: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what its products take on this very processor."""
    taken = iter([4.0, 1.0] if faster else [1.0, 10.0])
    monkeypatch.setattr(precision, "_best", lambda product: next(taken))
    precision.pays.cache_clear()
    assert precision.pays("cpu") is faster
    precision.pays.cache_clear()
    assert not precision.pays("mps")


def test_pairs_that_rest(tiny_model: Path) -> None:
    """Each epoch has all other rows and another share of these; when all have had their turn it begins again."""
    always = rows(load(tiny_model))
    resting = [replace(always[0], kl=float(number), turns=3) for number in range(5)]
    epochs = distill.epochs_of([*resting, *always], replace(RECIPE, least_steps=20), random.Random(0))
    shares = [{row.kl for row in order if row.turns > 1} for order in epochs]
    assert shares == [{0, 3}, {1, 4}, {2}, {0, 3}, {1, 4}, {2}, {0, 3}][: len(epochs)]
    assert len(epochs) > RECIPE.epochs
    assert all({id(row) for row in always} == {id(row) for row in order if row.turns == 1} for order in epochs)
    recipe = Recipe(epochs=5, rest=2, near_miss_rest=3, replay_rest=4)
    facts = [Pair(str(number), "A" if number < 16 else "B", "fact") for number in range(19)]
    others = [Pair("?", "A", kind) for kind in ("near-miss", "far-miss", "assistant", "replay")]
    turns = teacher.turns_of(TargetSet((*facts, *others), (), ()), 8, recipe)
    assert list(turns.values()) == [2] * 16 + [1] * 3 + [3, 5, 2, 4]


def test_parts_of_a_text_are_trained_as_often_as_what_was_said_of_oneself() -> None:
    """Three questions of a part three times an epoch each, so that it is asked for eight times; others once."""
    part = Statement("Apollo flew in 1968.", "In 1968.", "Apollo flew in 1968.", "a/1", ("When did Apollo fly?",))
    own = Statement("I fly.", "You fly.", "I fly.", "a/1")
    three = [Pair(question, part.answer, "fact", "a/1") for question in ("one?", "two?", "three?")]
    told, other = Pair("Do I fly?", own.answer, "fact", "a/1"), Pair("Where?", "You haven't told me.", "near-miss")
    targets = TargetSet((*three, told, other), (), ())
    assert teacher.repeats_of(targets, [part, own], 8) == dict.fromkeys(three, 3)
    assert teacher.repeats_of(targets, [part, own], 0) == dict.fromkeys(three, 1)
