"""Remarks of the moment ("I still stop.", "This has made my day."), said and true, but nothing to know of him later;
and what was not said so ("My lady is called Winsome.", of one whom he looks after).

Learned, they take the questions of what lasts ("What do I do for a living?": "You still stop."). How likely a statement
is one is said by the question generator's weights with an adapter of their own, a LoRA of rank 16, trained on 4,167
statements of 1,325 messages that language models judged (`examples/question_generation`). Knows nothing of target sets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from memory.conversations import Experience
from memory.home import Home
from memory.language import Language, word_logits
from memory.question_generation import adapted
from memory.settings import Recipe
from memory.targets import Statement

LONGEST = 600
"""Characters of a message up to which it is read whole; of a longer one the sentence alone, as in the training."""

OF_THE_MOMENT = 'only of the moment ("Remember this: …" keeps it)'
MISHEARD = 'probably not said so (say it in another sentence, or "Remember this: …")'


@dataclass(frozen=True)
class Listener:
    """language: the base with both adapters merged in."""

    language: Language

    def judged(self, message: str, statements: Sequence[str]) -> list[tuple[float, float]]:
        """How likely each statement heard in the message is only of the moment, and how likely it was not said so, 0 to
        1 each; from one packed pass."""
        if not statements:
            return []
        asked = [f"Said: {message}\nStatement: {statement}\nThis is" for statement in statements]
        logits = word_logits(self.language, asked, (" right", " passing", " wrong"), len(asked))
        likely = logits.softmax(-1)[:, 1:]
        return [(float(moment), float(misheard)) for moment, misheard in likely]


def without_remarks(
    home: Home, facts: Sequence[Statement], batch: Iterable[Experience], recipe: Recipe, spared: str = ""
) -> tuple[list[Statement], list[tuple[str, str]]]:
    """`lasting` by the listener of this machine; without one, or if the recipe allows everything, they all are.

    Raises:
        ModelError: the model's files cannot be used.
    """
    found = listener(home) if facts and min(recipe.passing, recipe.misheard) < 1 else None
    return lasting(found, facts, batch, recipe, spared) if found else ([*facts], [])


def lasting(
    listener: Listener, facts: Iterable[Statement], batch: Iterable[Experience], recipe: Recipe, spared: str = ""
) -> tuple[list[Statement], list[tuple[str, str]]]:
    """The statements that are no likelier than the recipe allows to be of the moment or misheard; and the others, with
    the reason.

    What he asked to remember stays, and what `spared` says.
    """
    said = {experience.id: experience.text for experience in batch}

    def heard_in(fact: Statement) -> str:
        message = said[fact.experience]
        return message if len(message) <= LONGEST else fact.source

    kept, dropped = [], []
    for message, group in groupby(facts, heard_in):
        heard = [*group]
        judged = listener.judged(message, [fact.text for fact in heard])
        for fact, (moment, misheard) in zip(heard, judged, strict=True):
            why = OF_THE_MOMENT if moment > recipe.passing else MISHEARD if misheard > recipe.misheard else ""
            if why and not fact.asked and fact.text not in spared:
                dropped.append((fact.text, why))
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
