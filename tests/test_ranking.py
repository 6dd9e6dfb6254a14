"""The order of a catalogue by likelihood: the same figures as scoring each title by itself, and what is shown."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from memory import ranking
from memory.catalogue import Catalogue
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.ranking import FUSION, LEARNED, LENGTH, NEUTRAL, OPENING, Ranker, Tree, log_likelihoods, telling

TITLES = ("Heat", "Heathers", "Heat 2", "The Matrix", "The Matrix Reloaded", "Up", "شجرة", "The Mask", "Amélie")


@pytest.fixture(scope="module")
def language(tiny_model: Path) -> Language:
    return load(tiny_model)


def alone(language: Language, prompt: list[int], title: str) -> torch.Tensor:
    """log P(title | prompt) from a pass of its own."""
    ids = tuple(language.encode(f" {title}"))
    with torch.no_grad():
        log_probs = answer_logits(language.model, [Example(tuple(prompt), ids)]).log_softmax(-1)
    return log_probs[range(len(ids)), list(ids)].sum()


@pytest.mark.parametrize("chunk", [1, 5, 256])
def test_tree_equals_single_titles(language: Language, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """However the tree is cut into passes, each title's log-likelihood is that of a pass of its own."""
    monkeypatch.setattr(ranking, "CHUNK", chunk)
    prompt = language.question("I like long films. Which one?")
    found = log_likelihoods(language, prompt, Tree.of([language.encode(f" {title}") for title in TITLES]))
    expected = torch.stack([alone(language, prompt, title) for title in TITLES])
    assert torch.allclose(found, expected, atol=1e-4)


def test_tree_shares_prefixes() -> None:
    """A prefix stands in the tree once, and a title that begins another ends inside it."""
    tree = Tree.of([(1, 2, 3), (1, 2), (1, 4), (5,)])
    assert len(tree.tokens) == 5
    assert [tree.tokens[end] for end in tree.ends] == [3, 2, 4, 5]


def test_ranks_every_title_once(language: Language) -> None:
    """The order holds every title once and follows the score."""
    ranker = Ranker(language, Catalogue(TITLES))
    prompt = language.question("Which film?")
    order, scores = ranker.rank(prompt), ranker.scores(prompt)
    assert sorted(order) == sorted(TITLES)
    assert [TITLES.index(title) for title in order] == scores.argsort(descending=True, stable=True).tolist()


def test_score_is_corrected(language: Language) -> None:
    """A score is the likelihood, less a share of that when any film is asked for, over the root of the length."""
    prompt, opening = language.question("Which film?"), language.encode(OPENING)
    asked = alone(language, [*prompt, *opening], "Heat")
    bare = alone(language, [*language.question(NEUTRAL), *opening], "Heat")
    found = Ranker(language, Catalogue(TITLES), correction=0.5).scores(prompt)[0]
    assert torch.isclose(found, (asked - 0.5 * bare) / len(language.encode(" Heat")) ** LENGTH, atol=1e-4)


def test_the_base_has_its_say(language: Language, tiny_model: Path) -> None:
    """What has learned and what it has learned on: a title's place by each counts, whatever its likelihood."""
    learned = load(tiny_model)
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in learned.model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    prompt, films = language.question("Which film?"), Catalogue(TITLES)
    alone, before = Ranker(learned, films).rank(prompt), Ranker(language, films).rank(prompt)
    assert alone != before

    def worth(title: str) -> float:
        return 1 / (FUSION + before.index(title) + 1) + LEARNED / (FUSION + alone.index(title) + 1)

    both = Ranker(learned, films, base=language).rank(prompt)
    assert both == sorted(TITLES, key=worth, reverse=True)


def test_telling_part() -> None:
    """The telling part of a title is what no other begins with; a title that begins another is all telling."""
    assert telling([(1, 2, 3, 4), (1, 2), (1, 5, 6), (7, 8)]) == [(1, 2, 3), (1, 2), (1, 5), (7,)]


def test_shortlist(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large catalogue the shortlisted titles stand in the order of their whole scores, before all others."""
    monkeypatch.setattr(ranking, "SHORTLIST", 4)
    ranker, prompt = Ranker(language, Catalogue(TITLES)), language.question("Which film?")
    order, scores = ranker.rank(prompt), dict(zip(TITLES, ranker.scores(prompt).tolist(), strict=True))
    assert sorted(order) == sorted(TITLES)
    assert order[:4] == sorted(order[:4], key=lambda title: -scores[title])


def test_what_would_not_please_goes_last(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """A title of which the weights say "No" is last, however likely; the others keep their order."""
    prompt, ranker = language.question("Which film?"), Ranker(language, Catalogue(TITLES))
    before = ranker.rank(prompt)

    def against_the_first(model: object, examples: Sequence[Example]) -> torch.Tensor:
        logits = torch.zeros(len(examples), language.model.config.vocab_size)
        logits[0, examples[0].answer[0]] = 50.0
        return logits

    monkeypatch.setattr("memory.ranking.answer_logits", against_the_first)
    assert ranker.rank(prompt) == [*before[1:], before[0]]


def test_what_is_refused_is_followed_by_what_was_asked_for(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the best are refused the next are asked for, too: else one that was not asked for would come fifth."""
    films = Catalogue.of([f"Film {number}" for number in range(40)])
    titles = list(films.titles)
    asked: list[str] = []

    def refused(self: Ranker, part: list[str]) -> dict[str, float]:
        asked.extend(part)
        return {title: -float(title.split()[1]) for title in part if int(title.split()[1]) < 14}

    monkeypatch.setattr(Ranker, "_refused", refused)
    ordered = Ranker(load(tiny_model), films)._advised(titles)
    assert ordered == [*titles[14:], *reversed(titles[:14])]  # the surest last
    assert asked == titles[:36]
