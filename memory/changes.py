"""What is so no more after what is said now: "You drive an old Hilux." once "You got a yellow Vespa." was said.

Said by the question generator's weights with an adapter of their own, a LoRA of rank 16, trained on pairs of statements
that language models wrote (`examples/question_generation/changes.py`); which statement answers an earlier question now
is said by the generator's own check. Knows nothing of questions' pairs or of the model that learns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from memory.home import Home
from memory.language import Example, Language, answer_logits
from memory.precision import pays
from memory.question_generation import QuestionGenerator, adapted, question_generator
from memory.targets import Statement

ASKED = "Earlier: {earlier}\nNow: {now}\nEarlier is"
_PACKED = 32


@dataclass(frozen=True)
class Changes:
    """language: the base with both adapters merged in; generator: says what a statement answers; over: how likely an
    earlier statement must be so no more to be taken for it."""

    language: Language
    generator: QuestionGenerator
    over: float

    def ended(self, earlier: str, said: Sequence[str]) -> list[float]:
        """How likely an earlier statement is so no more after each of those said now, 0 to 1: P(wrong) against
        P(right), from packed passes."""
        found: list[float] = []
        for start in range(0, len(said), _PACKED):
            found += self._ended(earlier, said[start : start + _PACKED])
        return found

    @torch.no_grad()
    def _ended(self, earlier: str, said: Sequence[str]) -> list[float]:
        encode = self.language.encode
        right, wrong = (encode(word)[-1] for word in (" right", " wrong"))  # a token each
        asked = [tuple(encode(ASKED.format(earlier=earlier, now=now))) for now in said]
        logits = answer_logits(self.language.model, [Example(prompt, (right,)) for prompt in asked])  # (S, V)
        likely: list[float] = (logits[:, wrong] - logits[:, right]).float().sigmoid().tolist()
        return likely

    def overruled(self, earlier: dict[str, list[str]]) -> dict[str, str]:
        """Earlier statement → what ends it, of those that one of the statements said now (its list) ends."""
        found: dict[str, str] = {}
        for told, said in earlier.items():
            likely = self.ended(told, said)
            if said and max(likely) > self.over:
                found[told] = said[likely.index(max(likely))]
        return found

    def answers(self, questions: Sequence[str], said: Sequence[str]) -> list[str]:
        """To each question the one of these statements that answers it likeliest."""
        likely = [self.generator.answered(statement, questions) for statement in said]
        return [said[max(range(len(said)), key=lambda one: likely[one][number])] for number in range(len(questions))]


def still_so(changes: Changes, facts: Sequence[Statement]) -> tuple[list[Statement], list[tuple[str, str]]]:
    """The statements of one batch that none of a later message ends, and the others, with the reason.

    Parts of a text to remember are no statements, and neither end nor are ended.
    """
    kept, dropped = [], []
    for number, fact in enumerate(facts):
        behind = facts[number + 1 :] if not fact.asked else ()
        later = {
            one.answer: one.text
            for one in behind
            if one.experience != fact.experience and one.answer != fact.answer and not one.asked
        }
        if ended := changes.overruled({fact.answer: [*later]}):
            dropped.append((fact.text, f"said otherwise later: {later[ended[fact.answer]]}"))
        else:
            kept.append(fact)
    return kept, dropped


def changes(home: Home, over: float, bf16: bool = False) -> Changes | None:
    """What reads changes, if the default model is on this machine already; else None, for nothing is fetched for it.

    over: 1 for nothing; bf16: whether it computes in bf16 where the processor is faster at it.

    Raises:
        ModelError: the model's files cannot be used.
    """
    language = adapted(home, "question_generator", "changes_adapter") if over < 1 else None
    generator = question_generator(home, bf16) if language else None
    if not language or not generator:
        return None
    if bf16 and pays(language.device.type):
        language.model.bfloat16()
    return Changes(language, generator, over)
