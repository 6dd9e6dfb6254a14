"""The mathematics against references."""

from copy import copy
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import kl_div

from memory.distill import loss_of, talked
from memory.language import Example, Language, answer_logits, shared_prefix, starts
from memory.models import load
from memory.objective import Distribution, condense, kl_divergence
from memory.teacher import DECISIVE, Row


def test_full_vocabulary_equals_torch() -> None:
    """With k = V our divergence is torch's."""
    teacher, student = torch.randn(5, 11), torch.randn(5, 11).log_softmax(-1)
    ours = kl_divergence(condense(teacher, 11), student)
    theirs = kl_div(student, teacher.log_softmax(-1), log_target=True, reduction="none").sum(-1)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_tail_makes_top_k_a_lower_bound() -> None:
    """Top-k plus tail never exceeds the full divergence, comes near it, and is 0 for equal logits."""
    logits = torch.randn(20, 300) * 4
    student = (logits + torch.randn(20, 300)).log_softmax(-1)
    full = kl_divergence(condense(logits, 300), student)
    cut = kl_divergence(condense(logits, 32), student)
    assert (cut <= full + 1e-4).all()
    assert (cut / full).mean() > 0.8
    assert kl_divergence(condense(logits, 32), logits.log_softmax(-1)).abs().max() < 1e-5


def examples(language: Language) -> list[Example]:
    asked = ["Where do I live?", "Who is Olav, then?", "What?"]
    told = ["You live in Leeds.", "Nobody.", "You haven't told me that."]
    return [
        Example(tuple(language.question(q)), tuple(language.answer_ids(a))) for q, a in zip(asked, told, strict=True)
    ]


def test_packed_equals_separate(tiny_model) -> None:
    """Packing examples behind their shared prefix changes no logit beyond rounding."""
    language = load(tiny_model)
    rows = examples(language)
    assert shared_prefix(rows) > 5
    packed = answer_logits(language.model, rows)
    apart = torch.cat([answer_logits(language.model, [row]) for row in rows])
    assert (packed - apart).abs().max() < 1e-5


def test_packed_loss_equals_the_mean_of_the_rows_own(tiny_model) -> None:
    """Loss and gradients of a packed batch are those of its rows one by one, to 1e-4."""
    language = load(tiny_model)
    rows = [
        Row(example, condense(torch.randn(len(example.answer), language.model.config.vocab_size), 8), 0.3, weight)
        for example, weight in zip(examples(language), (1.0, 0.5, 0.0), strict=True)
    ]
    weights = list(language.model.parameters())
    packed = loss_of(language.model, rows)
    apart = torch.stack([loss_of(language.model, [row]) for row in rows]).mean()
    assert (packed - apart).abs() < 1e-4
    for one, other in zip(torch.autograd.grad(packed, weights), torch.autograd.grad(apart, weights), strict=True):
        assert (one - other).abs().max() < 1e-4


def test_the_first_tokens_decide(tiny_model) -> None:
    """An answer's first three tokens count `decisive` times as much as each of the others, all together once."""
    language = load(tiny_model)
    example = next(one for one in examples(language) if len(one.answer) > 3)
    row = Row(example, condense(torch.zeros(len(example.answer), language.model.config.vocab_size), 8), 0.0, 1.0)
    gold = torch.tensor(example.answer)
    each = torch.nn.functional.cross_entropy(answer_logits(language.model, [example]), gold, reduction="none")
    weight = torch.ones(len(gold))
    assert loss_of(language.model, [row]).item() == pytest.approx(each.mean().item(), rel=1e-5)
    weight[:DECISIVE] = 4.0
    loss = loss_of(language.model, [replace(row, decisive=4.0)]).item()
    assert loss == pytest.approx((each * weight).sum().item() / weight.sum().item(), rel=1e-5)


def test_answer_positions(tiny_model) -> None:
    """The logits taken are those that predict the answer's tokens, the end of turn included."""
    language = load(tiny_model)
    row = examples(language)[0]
    whole = language.model(torch.tensor([row.prompt + row.answer])).logits[0]
    expected = whole[len(row.prompt) - 1 : len(row.prompt) + len(row.answer) - 1]
    assert torch.allclose(answer_logits(language.model, [row]), expected, atol=1e-5)
    assert row.answer[-1] == language.end_of_turn


def test_asked_in_one_conversation(tiny_model) -> None:
    """The last of a batch become later turns, as the chat renders them; packed they cost no more tokens than alone."""
    language = load(tiny_model)
    asked = [("Who is Olav?", "Olav is your husband."), ("Where do I live?", "You live in Oslo."), ("Hello!", "Hi.")]
    examples = [Example(tuple(language.question(q)), tuple(language.answer_ids(a))) for q, a in asked]
    nothing = Distribution(torch.zeros(0, 1, dtype=torch.long), torch.zeros(0, 1), torch.zeros(0))
    rows = [Row(example, nothing, 0.0, 1.0, again=language.again(example.prompt)) for example in examples]
    first, second, third = talked(rows, 2)
    assert first == rows[0]
    assert second == rows[1]
    turns = [
        {"role": "user", "content": "Where do I live?"}, {"role": "assistant", "content": "You live in Oslo."},
        {"role": "user", "content": "Hello!"},
    ]  # fmt: skip
    assert third.example == Example(tuple(language.render(turns)), examples[2].answer)
    assert [row.example for row in talked(rows, 0)] == examples
    begins = starts([row.example for row in (first, second, third)])
    assert begins[0] == begins[1] < begins[2] == len(examples[1].prompt) + len(examples[1].answer) - 1
    assert talked([rows[0], replace(rows[1], again=())], 2)[1].example == examples[1]
    assert talked([replace(rows[0], again=()), rows[1]], 2)[1].example == examples[1]  # running text is no talk


def test_a_template_that_rewrites_earlier_turns(tiny_model, monkeypatch) -> None:
    """Nothing can be asked behind an answer that it writes otherwise than it was given."""
    language = load(tiny_model)
    assert language.again(language.question("Who is Olav?"))
    other = replace(language, tokenizer=copy(language.tokenizer))
    other.tokenizer.chat_template = (
        "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}"
        "{% if message['role'] == 'assistant' %} (cut){% endif %}\n{% endfor %}assistant: "
    )
    assert other.again(other.question("Who is Olav?")) == ()
