"""Remarks of the moment ("I still stop.", "This has made my day."): said and true, but nothing to know of him later.

Learned, they take the questions of what lasts ("What do I do for a living?": "You still stop."). How likely a statement
is one is said by the question generator's weights with an adapter of their own, a LoRA of rank 16, trained on 4,167
statements of 1,325 messages that language models judged (`examples/question_generation`). Knows nothing of target sets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch

from memory.conversations import Experience
from memory.home import Home
from memory.language import Example, Language, answer_logits
from memory.question_generation import adapted
from memory.targets import Statement

LONGEST = 600
"""Characters of a message up to which it is read whole; of a longer one the sentence alone, as in the training."""

OF_THE_MOMENT = 'only of the moment ("Remember this: …" keeps it)'


@dataclass(frozen=True)
class Listener:
    """language: the base with both adapters merged in."""

    language: Language

    @torch.no_grad()
    def passing(self, message: str, statements: Sequence[str]) -> list[float]:
        """How likely each statement heard in the message is only of the moment, 0 to 1; from one packed pass."""
        if not statements:
            return []
        encode = self.language.encode
        right, passing, wrong = (encode(word)[-1] for word in (" right", " passing", " wrong"))  # a token each
        asked = [tuple(encode(f"Said: {message}\nStatement: {statement}\nThis is")) for statement in statements]
        logits = answer_logits(self.language.model, [Example(prompt, (passing,)) for prompt in asked])  # (S, V)
        likely: list[float] = logits[:, [right, passing, wrong]].float().softmax(-1)[:, 1].tolist()
        return likely


def without_remarks(
    home: Home, facts: Sequence[Statement], batch: Iterable[Experience], most: float, spared: str = ""
) -> tuple[list[Statement], list[tuple[str, str]]]:
    """`lasting` by the listener of this machine; without one, or if `most` allows everything, they all are.

    Raises:
        ModelError: the model's files cannot be used.
    """
    found = listener(home) if facts and most < 1 else None
    return lasting(found, facts, batch, most, spared) if found else ([*facts], [])


def lasting(
    listener: Listener, facts: Iterable[Statement], batch: Iterable[Experience], most: float, spared: str = ""
) -> tuple[list[Statement], list[tuple[str, str]]]:
    """The statements that are as likely as `most` at most to be of the moment; and the others, with the reason.

    What he asked to remember stays, and what `spared` says.
    """
    said = {experience.id: experience.text for experience in batch}

    def heard_in(fact: Statement) -> str:
        message = said[fact.experience]
        return message if len(message) <= LONGEST else fact.source

    kept, dropped = [], []
    for message, group in groupby(facts, heard_in):
        heard = [*group]
        for fact, likely in zip(heard, listener.passing(message, [fact.text for fact in heard]), strict=True):
            if likely > most and not fact.asked and fact.text not in spared:
                dropped.append((fact.text, OF_THE_MOMENT))
            else:
                kept.append(fact)
    return kept, dropped


def listener(home: Home) -> Listener | None:
    """The listener, if the default model is on this machine already; else None, for nothing is fetched for it.

    Raises:
        ModelError: the model's files cannot be used.
    """
    language = adapted(home, "question_generator", "passing_adapter")
    return Listener(language) if language else None
