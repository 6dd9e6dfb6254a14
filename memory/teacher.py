"""What the teacher says: each pair with its distribution at the answer, asked once. Source: arXiv 2410.00487.

The teacher is the same weights, which read the context; the student's prompt is without it. Knows nothing of training.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from memory.assembly import questions_each
from memory.language import Example, Language, answer_logits
from memory.objective import Distribution, condense
from memory.prompts import CONTEXT
from memory.settings import Recipe
from memory.targets import Pair, Statement, TargetSet

CONTEXT_TOKENS = 800
"""Longest context given to the teacher; more statements than fit are split into several contexts."""

DECISIVE = 3
"""An answer's first tokens: they decide between things told ("You're seeing …") and "You haven't told me …"."""

TEACHER_BATCH = 32
"""Examples in a pass of the teacher."""


@dataclass(frozen=True)
class Row:
    """One training example: the student's prompt and answer, the teacher's words, the weights of both loss terms.

    turns: it is trained in every so many epochs. again: what asks it as a later turn of a conversation, if it can be.
    decisive: how much more the answer's first DECISIVE tokens count than each of the others.
    """

    example: Example
    teacher: Distribution
    kl: float
    ce: float
    turns: int = 1
    again: tuple[int, ...] = ()
    decisive: float = 1.0

    @property
    def shares(self) -> list[float]:
        """What each of the answer's tokens counts of its loss; together 1."""
        each = [self.decisive if i < DECISIVE else 1.0 for i in range(len(self.example.answer))]
        return [one / sum(each) for one in each]

    def behind(self, before: "Row") -> "Row":
        """The same asked in the conversation that the other one began."""
        said = (*before.example.prompt, *before.example.answer)
        return replace(self, example=Example((*said, *self.again), self.example.answer))


def context_for(language: Language, facts: Sequence[Statement]) -> dict[str, str]:
    """experience id → the system text that tells the teacher what was said, at most CONTEXT_TOKENS of it."""
    groups: list[list[Statement]] = [[]]
    used = 0
    for fact in {fact.text: fact for fact in facts}.values():
        length = len(language.encode(fact.text))
        if used + length > CONTEXT_TOKENS and groups[-1]:
            groups.append([])
            used = 0
        groups[-1].append(fact)
        used += length
    return {
        fact.experience: CONTEXT.format(facts=" ".join(dict.fromkeys(f.text for f in group)))
        for group in groups
        for fact in group
    }


def rows_for(language: Language, targets: TargetSet, facts: Sequence[Statement], recipe: Recipe) -> list[Row]:
    """Every pair with the teacher's distribution at its answer, computed once, before training."""
    contexts = context_for(language, facts)
    whole = next(iter(contexts.values()), None)
    rows: list[Row] = []
    turns = turns_of(targets, questions_each(len(facts), recipe.questions), recipe)
    often = repeats_of(targets, facts, recipe.of_texts)
    groups: dict[tuple[str | None, bool], list[Pair]] = {}
    for pair in targets.pairs:
        context = whole if pair.kind == "open" else contexts.get(pair.experience)
        groups.setdefault((context, bool(recipe.weights(pair.kind)[0])), []).append(pair)
    for (context, taught), pairs in groups.items():
        taught_once = zip(pairs, _teach(language, pairs, context, taught, recipe, turns), strict=True)
        rows += [row for pair, row in taught_once for _ in range(often.get(pair, 1))]
    told = [contexts[pair.experience] for pair in targets.of_kind("fact") if pair.experience in contexts]
    chance = random.Random(recipe.seed)
    rows += [_end_of(language, context, recipe, chance) for context in told for _ in range(recipe.context_rows)]
    return [row for row in rows if row.kl or row.ce]


def turns_of(targets: TargetSet, an_epoch: int, recipe: Recipe) -> dict[Pair, int]:
    """In every so many epochs each pair is trained: of a fact's questions about `an_epoch` in one, by kind the others.

    Twice as many wordings at the same cost: what was never asked is more often like one that was.
    """
    asked = Counter(pair.answer for pair in targets.of_kind("fact"))
    return {
        pair: max(1, round(asked[pair.answer] / an_epoch)) if pair.kind == "fact" else recipe.turns(pair.kind)
        for pair in targets.pairs
    }


def repeats_of(targets: TargetSet, facts: Sequence[Statement], least: int) -> dict[Pair, int]:
    """How many times an epoch a question about a text is trained, so that each of its parts is asked for `least` times.

    Of what was said of oneself there are as many questions; of a text two or three, by which little of it is learned.
    """
    parts = {fact.answer for fact in facts if fact.asked}
    asked = Counter(pair.answer for pair in targets.of_kind("fact"))
    return {pair: max(1, -(-least // asked[pair.answer])) for pair in targets.of_kind("fact") if pair.answer in parts}


@torch.no_grad()
def distributions(language: Language, examples: Sequence[Example], top_k: int) -> list[Distribution]:
    """What the model holds likely at each example's answer; of every token the `top_k` likeliest, 0: all of them."""
    found: list[Distribution] = []
    for start in range(0, len(examples), TEACHER_BATCH):
        part = examples[start : start + TEACHER_BATCH]
        said = condense(answer_logits(language.model, part), _kept(language, top_k)).cpu()  # for all of a team
        lengths = [len(example.answer) for example in part]
        each = (torch.split(kept, lengths) for kept in (said.ids, said.log_probs, said.tail))
        found += [Distribution(*one) for one in zip(*each, strict=True)]
    return found


def _end_of(language: Language, context: str, recipe: Recipe, chance: random.Random) -> Row:
    """The context from a random place on: the teacher reads what stands before it, the student nothing."""
    ids = language.encode(context)
    cut = chance.randrange(1, max(2, len(ids) - 1))
    end = tuple(ids[cut:])
    (said,) = distributions(language, [Example(tuple(ids[:cut]), end)], recipe.top_k)
    return Row(Example((language.end_of_turn,), end), said, *recipe.weights("context"))


def _kept(language: Language, top_k: int) -> int:
    """Tokens of a distribution that are kept."""
    size = int(language.model.config.vocab_size)
    return min(top_k or size, size)


def _teach(
    language: Language,
    pairs: Sequence[Pair],
    context: str | None,
    taught: bool,
    recipe: Recipe,
    turns: dict[Pair, int],
) -> Iterator[Row]:
    """The pairs' rows. taught: whether the KL counts for anything; else the teacher is not asked."""
    asked: list[Example] = []
    alone: list[Example] = []
    for pair in pairs:
        answer = tuple(language.answer_ids(pair.answer))
        told, untold = language.question(pair.question, context), language.question(pair.question)
        shared = _common_end(told, untold) if recipe.question_tokens else 0
        for examples, prompt in ((asked, told), (alone, untold)):
            cut = len(prompt) - shared
            examples.append(Example(tuple(prompt[:cut]), (*prompt[cut:], *answer)))
    if taught:
        said = distributions(language, asked, recipe.top_k)
    else:
        size = _kept(language, recipe.top_k)
        said = [condense(torch.zeros(len(example.answer), size), size) for example in asked]
    for pair, example, teacher in zip(pairs, alone, said, strict=True):
        again = language.again(language.question(pair.question)) if not recipe.question_tokens else ()
        yield Row(example, teacher, *recipe.weights(pair.kind), turns[pair], again, recipe.decisive)


def _common_end(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both end with, leaving each at least one before them."""
    most = min(len(one), len(other)) - 1
    return next((n for n in range(most) if one[-1 - n] != other[-1 - n]), most)
