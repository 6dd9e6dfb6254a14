"""What the base says to questions that have nothing to do with the user: what is learned must not change it.

Each is asked of the base once and kept in the cache with its distribution. So learning is held to the base, not to the
version before it, and what each consolidation costs does not add up over a life.
"""

import json
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch

from memory.bank import bank
from memory.engine import serve_base
from memory.errors import StorageError
from memory.home import Home
from memory.language import Example, Language, ask
from memory.models import anchor_file, base_folder, base_hash, load
from memory.objective import Distribution
from memory.settings import Recipe
from memory.storage import write_atomically
from memory.teacher import Row, distributions
from memory.wheels import Say

REMARKS = 4
TOKENS = 16
"""Of an answer."""
_A_PASSAGE, _BEGUN = 4, 4
"""Answers of a passage of running text; tokens of it that are given."""
_FIRST = 16
"""Passages before the questions: of what comes first are the directions that the adapter keeps out of."""


@dataclass(frozen=True)
class Anchor:
    """A question, the base's greedy answer and what it held likely at each of the answer's tokens."""

    question: str
    answer: str
    said: Distribution


def to_be_kept(count: int, rng: random.Random) -> list[str]:
    """So many questions that have nothing to do with the user, one in REMARKS of them what others tell of themselves.

    Of questions alone weights learn that whatever is said asks for something: "I bought a bike." is then answered with
    "You haven't told me that."
    """
    questions, remarks = bank()["unrelated"], bank()["remarks"]
    told = min(count // REMARKS, len(remarks))
    asked = [*rng.sample(questions, min(count - told, len(questions))), *rng.sample(remarks, told)]
    return rng.sample(asked, len(asked))


def anchors(
    questions: Sequence[str], model: str, home: Home, engine: str, top_k: int, say: Say = lambda line: None
) -> list[Anchor]:
    """What the base model of that name says to each question, from the cache where it was asked before.

    engine: the setting. top_k: tokens kept of each distribution; 0: all. say: gets a line before it takes long.

    Raises:
        ModelError: the model is not there or damaged.
    """
    base = base_folder(model, home)
    file = anchor_file(model, home, top_k)
    kept = _read(file, base_hash(base))
    if new := [question for question in questions if question not in kept]:
        say(f"asking the model {len(new)} questions, once: learning must not change its answers")
        answers = ask(serve_base(base, model, home, engine), new, TOKENS)
        language = load(base, training=True)
        examples = [_example(language, *asked) for asked in zip(new, answers, strict=True)]
        for question, answer, said in zip(new, answers, distributions(language, examples, top_k), strict=True):
            kept[question] = Anchor(question, answer, said)
        with suppress(StorageError):  # then they are asked again
            _write(file, base_hash(base), list(kept.values()))
    return [kept[question] for question in questions]


def unrelated_rows(language: Language, kept: Sequence[Anchor], recipe: Recipe) -> list[Row]:
    """All rows that hold the model to what it was, some passages of running text first."""
    prose = prose_rows(language, kept, recipe)
    return [*prose[:_FIRST], *anchor_rows(language, kept, recipe), *prose[_FIRST:]]


def anchor_rows(language: Language, kept: Sequence[Anchor], recipe: Recipe) -> list[Row]:
    """The rows that hold the model to them; each is trained on in one epoch, others in the next."""
    weights, turns = recipe.weights("unrelated"), recipe.turns("unrelated")
    examples = [_example(language, one.question, one.answer) for one in kept]
    return [
        Row(example, one.said, *weights, turns, language.again(example.prompt), recipe.decisive)
        for one, example in zip(kept, examples, strict=True)
    ]


def prose_rows(language: Language, kept: Sequence[Anchor], recipe: Recipe) -> list[Row]:
    """Rows that hold the model to what it says along running text, too: the answers without a chat's form, some a
    passage. Each is trained on in one epoch.

    Held to the weights as they are, since only their answers are kept of the base.
    """
    texts = [" ".join(one.answer for one in kept[at : at + _A_PASSAGE]) for at in range(0, len(kept), _A_PASSAGE)]
    passages = [language.encode(text) for text in texts[: recipe.prose * recipe.epochs]]
    examples = [Example(tuple(ids[:_BEGUN]), tuple(ids[_BEGUN:])) for ids in passages if len(ids) > _BEGUN]
    said = distributions(language, examples, recipe.top_k)
    weights, turns = recipe.weights("unrelated"), recipe.turns("unrelated")
    return [Row(example, one, *weights, turns) for example, one in zip(examples, said, strict=True)]


def _example(language: Language, question: str, answer: str) -> Example:
    return Example(tuple(language.question(question)), tuple(language.answer_ids(answer)))


def _read(file: Path, base: str) -> dict[str, Anchor]:
    """Those kept of this base, by question; none if the file is missing, damaged or of another."""
    from safetensors import SafetensorError, safe_open

    with suppress(OSError, SafetensorError, ValueError, KeyError), safe_open(str(file), "pt") as saved:
        said = saved.metadata()
        if said["base"] != base:
            return {}
        asked = json.loads(said["asked"])  # of each the question, the answer and its tokens
        lengths = [tokens for *_, tokens in asked]
        parts = [saved.get_tensor(name).split(lengths) for name in ("ids", "log_probs", "tail")]
        return {
            question: Anchor(question, answer, Distribution(ids.long(), log_probs, tail))
            for (question, answer, _), ids, log_probs, tail in zip(asked, *parts, strict=True)
        }
    return {}


def _write(file: Path, base: str, kept: Sequence[Anchor]) -> None:
    from safetensors.torch import save

    asked = [(one.question, one.answer, len(one.said.tail)) for one in kept]
    tensors = {
        "ids": torch.cat([one.said.ids for one in kept]).int(),
        "log_probs": torch.cat([one.said.log_probs for one in kept]),
        "tail": torch.cat([one.said.tail for one in kept]),
    }
    write_atomically(file, lambda out: out.write(save(tensors, {"base": base, "asked": json.dumps(asked)})))
