"""The gate: figures taken on the merged weights as reloaded from disk, and the verdict whether they may serve.

A refusal is a normal result, not an error: the old weights stay and the report says why.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from memory.bank import bank
from memory.judge import Judge, fold, refuses, stems
from memory.language import Engine, Example, Language, answer_logits, ask
from memory.objective import Distribution, condense, kl_divergence
from memory.settings import INT8, GateSettings
from memory.targets import Pair

_ANSWER_TOKENS = 24

_TOGETHER = 8
"""Examples in a forward pass along which drift is measured."""

INT8_LOSS = 0.02
"""What weights in eight bits may lose of a share."""


@dataclass(frozen=True)
class Answered:
    """A question set aside, what the weights answered before and after, and whether that was a hit."""

    question: str
    reference: str
    before: str
    after: str
    hit_before: bool
    hit_after: bool
    experience: str


@dataclass(frozen=True)
class Verdict:
    """passed, and the figures behind it.

    recall_*: share of `asked`; false_recall: share of things never told that were answered with something told; drift,
    answer_drift: nats per token on unrelated text and answers; retention: share of earlier batches' questions recalled
    before that still are, 1 if there are none; precision: of the weights that were asked, and why; old_answers: share
    of the questions whose answer has changed that get the old one.
    """

    passed: bool
    reason: str
    recall_before: float
    recall_after: float
    false_recall: float
    drift: float
    answer_drift: float
    retention: float
    asked: tuple[Answered, ...]
    precision: str = "fp32"
    old_answers: float = 0.0


def better_served(full: Verdict, eight: Verdict, precision: str = INT8) -> Verdict:
    """That on the weights in eight bits if they recall as much of all and make up no more, else that in full.

    precision: what eight bits are called there.
    """
    worse = [
        f"{what} is {low:.2f} in {precision}, {high:.2f} in fp32"
        for what, low, high, loss in (
            ("recall", eight.recall_after, full.recall_after, full.recall_after - eight.recall_after),
            ("recall of earlier", eight.retention, full.retention, full.retention - eight.retention),
            ("false recall", eight.false_recall, full.false_recall, eight.false_recall - full.false_recall),
        )
        if loss > INT8_LOSS
    ]
    if eight.passed and not worse:
        return replace(eight, precision=precision)
    return replace(full, precision=f"fp32, for {'; '.join(worse) or eight.reason}")


def measure_recall(judge: Judge, engine: Engine, aside: Sequence[Pair]) -> list[tuple[str, bool]]:
    """The answers to the questions set aside, and whether each gives what the grounded answer says."""
    answers = ask(engine, [pair.question for pair in aside], _ANSWER_TOKENS)
    return [(text, bool(judge(p.question, text, p.answer))) for p, text in zip(aside, answers, strict=True)]


def kept_share(before: Sequence[tuple[str, bool]], after: Sequence[tuple[str, bool]]) -> float:
    """Of the earlier questions that were recalled before, the share that still is; 1.0 if there were none."""
    known = [new_hit for (_, old_hit), (_, new_hit) in zip(before, after, strict=True) if old_hit]
    return sum(known) / len(known) if known else 1.0


def measure_false_recall(engine: Engine, never_told: Sequence[Pair], told: Sequence[str]) -> float:
    """Share of questions on things never told whose answer gives something told and does not say it was not told.

    It gives it by a name or a number, or if more than half of its words that matter are those of one statement.
    """
    if not never_told:
        return 0.0
    names, said = _names(told), [stems(text) for text in told]

    def gives(answer: str) -> bool:
        words = stems(answer)
        borrowed = max((len(words & one) for one in said), default=0)
        return bool(names & set(re.findall(r"\w+", fold(answer)))) or 2 * borrowed > len(words)

    answers = ask(engine, [pair.question for pair in never_told], _ANSWER_TOKENS)
    return sum(not refuses(text) and gives(text) for text in answers) / len(answers)


def measure_old_answers(judge: Judge, engine: Engine, overruled: Sequence[tuple[Pair, Pair]]) -> float:
    """Share of questions whose answer has changed that are still answered as before. overruled: (before, now) each."""
    answers = ask(engine, [old.question for old, _ in overruled], _ANSWER_TOKENS)
    stale = (
        judge(old.question, text, old.answer) and not judge(new.question, text, new.answer)
        for (old, new), text in zip(overruled, answers, strict=True)
    )
    return sum(map(bool, stale)) / max(1, len(overruled))


def _names(told: Sequence[str]) -> set[str]:
    """Folded words written with a capital inside a sentence, and numbers: what a confused answer would borrow."""
    found = (re.findall(r"(?<=[\w,] )[^\W\d_a-z]\w+|\d+", text) for text in told)
    return {fold(word) for words in found for word in words} - {"i", "im", "ive"}


@dataclass(frozen=True)
class Reference:
    """Prompts and continuations that have nothing to do with the user, and what the weights said there before."""

    examples: tuple[Example, ...]
    said: Distribution


def text_before(language: Language) -> Reference:
    """What the weights say along held-out text."""
    texts = [language.encode(text) for text in bank()["held_out_text"]]
    return _reference(language, [Example(tuple(ids[:4]), tuple(ids[4:])) for ids in texts])


def answers_before(language: Language, engine: Engine) -> Reference:
    """What the weights say along their own greedy answers, which the engine writes, to held-out prompts."""
    prompts = bank()["held_out_prompts"]
    answers = ask(engine, prompts, _ANSWER_TOKENS)
    asked = [
        Example(tuple(language.question(prompt)), tuple(language.answer_ids(answer)))
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    return _reference(language, asked)


@torch.no_grad()
def _reference(language: Language, examples: Sequence[Example]) -> Reference:
    said = [condense(logits, 64) for logits in _along(language, examples)]
    parts = (torch.cat([getattr(each, part) for each in said]) for part in ("ids", "log_probs", "tail"))
    return Reference(tuple(examples), Distribution(*parts))


def _along(language: Language, examples: Sequence[Example]) -> Iterator[torch.Tensor]:
    """The logits along the continuations, (tokens, V), of some examples at a time."""
    for start in range(0, len(examples), _TOGETHER):
        yield answer_logits(language.model, examples[start : start + _TOGETHER])


@torch.no_grad()
def measure_drift(language: Language, reference: Reference) -> float:
    """Mean KL(before ‖ now) over the continuations, in nats per token."""
    now = [logits.float().log_softmax(-1) for logits in _along(language, reference.examples)]
    return float(kl_divergence(reference.said, torch.cat(now)).mean())


def judge(
    aside: Sequence[Pair],
    before: Sequence[tuple[str, bool]],
    after: Sequence[tuple[str, bool]],
    false_recall: float,
    drift: float,
    answer_drift: float,
    retention: float,
    settings: GateSettings,
    old_answers: float = 0.0,
) -> Verdict:
    """Put the figures together and decide."""
    asked = tuple(
        Answered(pair.question, pair.answer, old, new, old_hit, new_hit, pair.experience)
        for pair, (old, old_hit), (new, new_hit) in zip(aside, before, after, strict=True)
    )
    recall_before, recall_after = (sum(hit for _, hit in side) / max(1, len(side)) for side in (before, after))
    reason = ""
    if not asked:
        reason = "no question could be written about what was said"
    elif settings.recall and recall_after < max(settings.recall, recall_before):
        reason = (
            f"recall of the questions set aside is {recall_after:.2f}, needed {max(settings.recall, recall_before):.2f}"
        )
    elif retention < settings.retention:
        reason = f"of what was known before only {retention:.2f} is still recalled, needed {settings.retention:.2f}"
    elif false_recall > settings.false_recall:
        reason = f"false recall on things never told is {false_recall:.2f}, allowed {settings.false_recall:.2f}"
    elif old_answers > settings.old_answers:
        reason = f"of what has changed {old_answers:.2f} is answered as before, allowed {settings.old_answers:.2f}"
    elif drift > settings.drift:
        reason = f"drift on unrelated text is {drift:.2f} nats per token, allowed {settings.drift:.2f}"
    elif answer_drift > settings.answer_drift:
        reason = f"drift on unrelated answers is {answer_drift:.2f} nats per token, allowed {settings.answer_drift:.2f}"
    figures = (recall_before, recall_after, false_recall, drift, answer_drift, retention)
    return Verdict(not reason, reason or "passed", *figures, asked, old_answers=old_answers)
