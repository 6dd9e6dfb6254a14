"""A catalogue's titles in the order of the model's likelihood of each as the answer to a prompt.

log P(title | prompt), less a share of log P(title) asked for any film, over the root of its tokens: else the same
famous titles come first whatever was said. Weights that have learned are sure of titles that somebody took, whatever is
asked, so that scores cannot be added: the base's order counts, too, and more (reciprocal rank fusion, Cormack, Clarke
and Büttcher 2009). Of the best those go last of which the weights say that the user would
not enjoy them. The prompt is read once; the titles are walked as a prefix tree of token ids behind it. Knows nothing of
whose prompt it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import torch

from memory.bank import bank
from memory.catalogue import Catalogue
from memory.language import Example, Language, answer_logits

CORRECTION = 0.5
"""Share of the unconditional log-likelihood that is taken off."""

LEARNED = 0.75
"""What a title's place by the learned weights counts beside that by the base, which counts once. On INSPIRED .5 and .75
gain as much, 1 less surely (docs/research.md, Recommendations)."""

FUSION = 2
"""Added to a place, from 1, before it is turned over: more, and the first places count less."""

LENGTH = 0.5
"""Power of a title's number of tokens that its log-likelihood is divided by: 0 the sum, 1 the mean."""

NEUTRAL = "Recommend a film."
"""What is asked for the unconditional likelihood."""

OPENING = "I recommend"
"""How the answer begins that a title ends."""

SHORTLIST = 600
"""Titles that are scored in whole, of a catalogue that has more: with 200 only 12 of a prompt's 20 best were right."""

ADVISED = 12
"""Titles that head the order only if it was asked whether the user would enjoy them."""
MOST_ADVISED = 48
"""Titles of which that is asked at most: four times a second's work."""

REFUSES = 0.25
"""Least probability of No for a title to be refused: weights that begin otherwise have no opinion of it."""

CHUNK = 256
"""Nodes of the tree in one forward pass: more cost attention among strangers, fewer cost calls."""


@dataclass(frozen=True)
class Tree:
    """Sequences of token ids as a prefix tree, parents before children, subtrees contiguous; parent -1 is the prompt.

    ends: the node at which each sequence ends.
    """

    tokens: tuple[int, ...]
    parents: tuple[int, ...]
    ends: tuple[int, ...]

    @staticmethod
    def of(sequences: Sequence[Sequence[int]]) -> "Tree":
        tokens: list[int] = []
        parents: list[int] = []
        ends = [0] * len(sequences)
        path: list[int] = []  # nodes of the sequence before, in depth order
        last: Sequence[int] = ()
        for number in sorted(range(len(sequences)), key=lambda number: tuple(sequences[number])):
            ids = sequences[number]
            shared = _common(last, ids)
            del path[shared:]
            for token in ids[shared:]:
                parents.append(path[-1] if path else -1)
                path.append(len(tokens))
                tokens.append(token)
            ends[number], last = path[-1], ids
        return Tree(tuple(tokens), tuple(parents), tuple(ends))

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Node → its children; leaves are not in it."""
        found: dict[int, list[int]] = {}
        for node, parent in enumerate(self.parents):
            found.setdefault(parent, []).append(node)
        return found

    def above(self, node: int) -> list[int]:
        """The nodes on the way to `node`, from the top, without it."""
        way: list[int] = []
        while (node := self.parents[node]) >= 0:
            way.insert(0, node)
        return way


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@torch.inference_mode()
def log_likelihoods(language: Language, prompt: Sequence[int], tree: Tree) -> torch.Tensor:
    """log P(sequence | prompt), summed over its tokens, in nats, of each sequence of the tree. (titles,) on the CPU."""
    from transformers import DynamicCache

    cache = DynamicCache(config=language.model.config)
    ids = torch.tensor([list(prompt)], device=language.device)
    logits = language.model(input_ids=ids, past_key_values=cache, logits_to_keep=1).logits[0]  # (1, V)
    steps = torch.zeros(len(tree.tokens))  # log P(node's token | what is above it)
    _read_children(steps, tree, [-1], logits)
    for repeated, nodes in _chunks(tree):
        logits = _forward(language, cache, len(prompt), tree, repeated, nodes)
        cache.crop(-len(repeated) - len(nodes))
        _read_children(steps, tree, nodes, logits)
    totals = steps.tolist()
    for node, parent in enumerate(tree.parents):
        totals[node] += totals[parent] if parent >= 0 else 0.0
    return torch.tensor([totals[end] for end in tree.ends])


def _chunks(tree: Tree) -> Iterator[tuple[list[int], list[int]]]:
    """(nodes to read again, new nodes): of inner nodes in order only what is above the first can lie outside."""
    inner = [node for node in range(len(tree.tokens)) if node in tree.children]
    for start in range(0, len(inner), CHUNK):
        yield tree.above(inner[start]), inner[start : start + CHUNK]


def _forward(
    language: Language, cache: object, read: int, tree: Tree, repeated: list[int], nodes: list[int]
) -> torch.Tensor:
    """Logits behind each of `nodes`, (nodes, V); each sees the prompt and the nodes above it only."""
    row = {node: number for number, node in enumerate([*repeated, *nodes])}
    sees = torch.eye(len(row), dtype=torch.bool)
    depth: list[int] = []
    for node, number in row.items():
        parent = tree.parents[node]
        depth.append(depth[row[parent]] + 1 if parent >= 0 else 0)
        if parent >= 0:
            sees[number] |= sees[row[parent]]
    allowed = torch.cat([torch.ones(len(row), read, dtype=torch.bool), sees], dim=1).to(language.device)
    dtype = language.model.dtype
    mask = torch.zeros(allowed.shape, dtype=dtype, device=language.device).masked_fill(~allowed, torch.finfo(dtype).min)
    logits: torch.Tensor = language.model(
        input_ids=torch.tensor([[tree.tokens[node] for node in row]], device=language.device),
        position_ids=torch.tensor([depth], device=language.device) + read,
        attention_mask=mask[None, None], past_key_values=cache, logits_to_keep=len(nodes),
    ).logits[0]  # fmt: skip
    return logits


def _read_children(steps: torch.Tensor, tree: Tree, nodes: Sequence[int], logits: torch.Tensor) -> None:
    """Write each child's log-probability, given the logits behind its parent, into `steps`."""
    total = logits.float().logsumexp(-1)  # (nodes,)
    pairs = [(row, child) for row, node in enumerate(nodes) for child in tree.children[node]]
    rows = torch.tensor([row for row, _ in pairs], device=logits.device)
    tokens = torch.tensor([tree.tokens[child] for _, child in pairs], device=logits.device)
    steps[[child for _, child in pairs]] = (logits[rows, tokens].float() - total[rows]).cpu()


def _places(scores: torch.Tensor) -> torch.Tensor:
    """The place of each score, 1 of the highest."""
    return scores.argsort(descending=True, stable=True).argsort() + 1


def telling(sequences: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """Of each sequence as much as no other begins with: what follows a title's telling part follows from that part."""
    order = sorted(range(len(sequences)), key=lambda number: tuple(sequences[number]))
    lengths = [1] * len(sequences)
    for one, other in pairwise(order):
        shared = _common(sequences[one], sequences[other]) + 1
        lengths[one], lengths[other] = max(lengths[one], shared), max(lengths[other], shared)
    return [ids[:length] for ids, length in zip(sequences, lengths, strict=True)]


@dataclass(frozen=True)
class Ranker:
    """Ranks one catalogue with one version of the weights; what titles are worth without a prompt is computed once.

    Of a large catalogue the telling parts are scored and only the best `SHORTLIST` titles in whole. base: the weights
    that these have learned on, whose score counts, too.
    """

    language: Language
    catalogue: Catalogue
    correction: float = CORRECTION
    base: Language | None = None

    @cached_property
    def _before(self) -> "Ranker | None":
        return Ranker(self.base, self.catalogue, self.correction) if self.base else None

    @cached_property
    def _ids(self) -> list[list[int]]:
        return [self.language.encode(f" {title}") for title in self.catalogue.titles]

    @cached_property
    def _parts(self) -> list[Sequence[int]]:
        return telling(self._ids)

    @cached_property
    def _unconditional(self) -> dict[tuple[int, ...], float]:
        """What was scored so far, asked for any film."""
        return {}

    def scores(self, prompt: Sequence[int]) -> torch.Tensor:
        """Each title's score as the answer to a rendered prompt, in the catalogue's order."""
        return self._fused(prompt, self._ids)

    def rank(self, prompt: Sequence[int]) -> list[str]:
        """All titles, the best first."""
        order = list(range(len(self._ids)))
        if len(order) > SHORTLIST:
            order = self._score(prompt, self._parts).argsort(descending=True, stable=True).tolist()
        best = order[:SHORTLIST]
        refined = self._fused(prompt, [self._ids[number] for number in best]).argsort(descending=True, stable=True)
        order[:SHORTLIST] = [best[place] for place in refined.tolist()]
        return self._advised([self.catalogue.titles[number] for number in order])

    def _advised(self, titles: list[str]) -> list[str]:
        """The order with those last, the surest last, whose "Would I enjoy …?" the weights answer with No, not Yes.

        The best are asked for until so many are left: where the first are refused, others that were not asked for
        would stand in their place.
        """
        kept: list[str] = []
        refused: dict[str, float] = {}
        for start in range(0, MOST_ADVISED, ADVISED):
            part = titles[start : start + ADVISED]
            refused |= self._refused(part) if len(kept) < ADVISED else {}
            kept += [title for title in part if title not in refused]
        return [*kept, *titles[MOST_ADVISED:], *sorted(refused, key=lambda title: refused[title])]

    @torch.inference_mode()
    def _refused(self, titles: Sequence[str]) -> dict[str, float]:
        """Those of which the weights say that the user would not enjoy them, and by how much rather than he would."""
        if not titles:
            return {}
        yes, no = (self.language.encode(word)[0] for word in ("Yes", "No"))
        wordings = bank()["tastes"]["would_please"]
        asked = [
            Example(tuple(self.language.question(wording.format(title=title))), (no,))
            for title in titles
            for wording in wordings
        ]
        said = answer_logits(self.language.model, asked).float().softmax(-1)[:, [yes, no]]  # (asked, 2)
        for_it, against = said.view(len(titles), len(wordings), 2).mean(1).unbind(-1)
        sure = zip(titles, against.tolist(), (against - for_it).tolist(), strict=True)
        return {title: margin for title, no_good, margin in sure if margin > 0 and no_good > REFUSES}

    def _fused(self, prompt: Sequence[int], titles: Sequence[Sequence[int]]) -> torch.Tensor:
        own = self._score(prompt, titles)
        if not self._before:
            return own
        before = self._before._score(prompt, titles)
        return 1 / (FUSION + _places(before)) + LEARNED / (FUSION + _places(own))

    def _score(self, prompt: Sequence[int], titles: Sequence[Sequence[int]]) -> torch.Tensor:
        known = self._unconditional
        if new := [ids for ids in titles if tuple(ids) not in known]:
            found = self._likelihood(self.language.question(NEUTRAL), new).tolist()
            known.update({tuple(ids): value for ids, value in zip(new, found, strict=True)})
        prior = torch.tensor([known[tuple(ids)] for ids in titles])
        return self._likelihood(prompt, titles) - self.correction * prior

    def _likelihood(self, prompt: Sequence[int], titles: Sequence[Sequence[int]]) -> torch.Tensor:
        opened = [*prompt, *self.language.encode(OPENING)]
        lengths = torch.tensor([len(ids) for ids in titles])
        return log_likelihoods(self.language, opened, Tree.of(titles)) / lengths**LENGTH
