"""What the weights say of the user when they are asked, to be trained on again: nothing that was told is stored for it.

Pseudo-rehearsal (Robins 1995), the zero-storage arm of `method.md`, section 4. What they answer to many different
questions they hold true of him; to a single one they may answer anything. A thing made up in both is kept, too.
"""

import random
from collections import Counter
from collections.abc import Iterator

from memory.assembly import nameless
from memory.bank import bank
from memory.judge import refuses
from memory.language import Engine, ask
from memory.persons import first_person
from memory.targets import Statement

ASKED = 400
"""Questions, beside those of what nobody need have told; a minute with the default model on two cores."""

TOKENS = 32
"""Of an answer."""

TIMES = 3
"""Questions from which on an answer says what is known and not what came to mind."""


def recollected(engine: Engine, rng: random.Random) -> list[Statement]:
    """What the engine's weights know of the user, as statements of no experience, oftenest said first."""
    untold = (entry["question"] for entry in bank()["near_misses"])
    asked = list(dict.fromkeys([*untold, *_one_of_each(rng)]))
    answers = ask(engine, asked, TOKENS)
    said = Counter(answer for answer in answers if answer.startswith("You") and not refuses(answer))
    return [
        Statement(text := first_person(answer), answer, text, "")
        for answer, times in said.most_common()
        if times >= TIMES and answer.endswith((".", "!"))
    ]


def _one_of_each(rng: random.Random) -> Iterator[str]:
    """A question without a name of each of the bank's statements, at most ASKED."""
    entries = bank()["facts"]
    for entry in rng.sample(entries, min(ASKED, len(entries))):
        if possible := nameless(entry["questions"]):
            yield rng.choice(possible)
