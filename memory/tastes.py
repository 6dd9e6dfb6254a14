"""What the user likes and dislikes, and the pairs that let the weights recommend: which film, why, and which not.

A recommendation names a title that he named with pleasure, or one that the catalogue counts to a genre he likes, and
gives as its reason what he said. Knows nothing of how titles are ranked or of how pairs are trained.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, zip_longest

from memory.bank import bank, words
from memory.catalogue import Catalogue
from memory.conversations import Experience
from memory.judge import Encoder, fold
from memory.matching import without_titles
from memory.opinions import adjective_at, opinion, speaks_of_taste, words_of_film
from memory.targets import NEAR_REPEAT, Pair, Statement, TargetSet, extract

SUMMED_UP = 6
"""Statements in the answer to what he likes or dislikes: the latest."""

TITLES = 3
"""Titles that a liking is the reason to recommend."""

UNWANTED = 8
"""Titles of a disliked genre of which it is learned that they would not please."""

THOROUGH = 24
"""Titles up to which each is asked for in every wording of advice."""

AGAIN = 12
"""Earlier tastes, the latest, that are taught again beside a batch's own: else each batch would cost more."""

_FAVOURITE = re.compile(r"(?<!one of )\bmy favou?rite (\w+)\b")
"""Of which there is one at a time."""
_OF_IT = re.compile(r"\b(?:it|(?:that|this) one|(?:the|that|this) (?:film|movie))\b")
_SHORT = 4
"""Words of a statement that is of what stands before it though it does not say so: "I was bored stiff."."""
_FILMS = re.compile(r"\b(?:films?|movies?|cinema)\b")


@dataclass(frozen=True)
class Taste:
    """A statement that likes or dislikes something; of films also the titles and genres it speaks of."""

    said: Statement
    liked: bool
    film: bool
    titles: tuple[str, ...]
    genres: tuple[str, ...]
    of: tuple[str, ...] = ()
    """The genres of the titles it names, by the catalogue."""
    earlier: bool = False
    """Whether an earlier batch taught it."""

    def overturned_by(self, later: "Taste") -> bool:
        """Whether `later` says the opposite of a genre or title, dislikes a title's genre, or has a new favourite."""
        if self.liked is later.liked:
            favourites = [_FAVOURITE.findall(fold(taste.said.text)) for taste in (self, later)]
            return self.liked and bool({*favourites[0]} & {*favourites[1]})
        genres = {*self.genres, *(self.of if self.liked else ())}
        return bool(genres & {*later.genres} or ({*self.titles} & {*later.titles} and not later.genres))


def tastes(facts: Sequence[Statement], catalogue: Catalogue) -> list[Taste]:
    """The statements of a taste, whole sentences only, the earliest first; of one that says of the film before it how
    it was, both: "My wife dragged me to see Titanic. I was bored stiff."."""
    found: list[Taste | None] = []
    for before, fact in zip([None, *facts], facts, strict=False):
        taste = _taste(fact, catalogue)
        alone = not (taste and (taste.titles or taste.genres))
        if before and alone and found[-1] is None and before.experience == fact.experience:
            taste = _taste_of_it(before, fact, catalogue) or taste
        found.append(taste)
    return [taste for taste in found if taste]


def _taste_of_it(before: Statement, fact: Statement, catalogue: Catalogue) -> Taste | None:
    folded = fold(fact.text)
    of_it = _OF_IT.search(folded) or (len(folded.split()) <= _SHORT and words_of_film(folded))
    titles = without_titles(before.text, catalogue)[1] if of_it and speaks_of_taste(folded) else ()
    liked = opinion(folded, True, True, True) if titles else None
    if liked is None:
        return None
    said = replace(fact, text=f"{before.text} {fact.text}", answer=f"{before.answer} {fact.answer}")
    of = tuple(catalogue.genres[title] for title in titles if title in catalogue.genres)
    return Taste(said, liked, True, titles, (), of)


def _taste(fact: Statement, catalogue: Catalogue) -> Taste | None:
    if fact.asked or fact.text != fact.source or not speaks_of_taste(fold(fact.text)):
        return None
    bare, titles = without_titles(fact.text, catalogue)
    folded = fold(bare)
    judged = [group for group in words()["genres"] if _is_judged(folded, group)]
    genres = tuple(group[0] for group in words()["genres"] if group in judged or _names(folded, group))
    begins = bool(judged) or any(_names(folded, group, "^") for group in words()["genres"])
    spoken_of = bool(titles or _FILMS.search(folded))
    liked = opinion(folded, bool(titles), spoken_of or bool(genres), spoken_of or begins)
    of = tuple(catalogue.genres[title] for title in titles if title in catalogue.genres)
    return None if liked is None else Taste(fact, liked, spoken_of or bool(genres), titles, genres, of)


def tastes_now(
    facts: Sequence[Statement], earlier: Iterable[Experience], catalogue: Catalogue
) -> tuple[list[Taste], list[str]]:
    """All tastes that hold with these facts, and the answers of those overturned; none if no fact speaks of a taste."""
    new = tastes(facts, catalogue)
    if not new:
        return [], []
    old = tastes(extract(one for one in earlier if speaks_of_taste(fold(one.text))), catalogue)
    found = [*(replace(taste, earlier=True) for taste in old), *new]
    holding = [taste for number, taste in enumerate(found) if not any(map(taste.overturned_by, found[number + 1 :]))]
    return holding, [taste.said.answer for taste in found if taste not in holding]


_ON = (
    r"(?:(?<=s)(?![\w-])|(?= (?:films?|movies?|flicks?|ones?|and|or|but|any|more|the most|a lot|best|so|too|such as)\b"
    r"|(?= (?:is|are|was|were|has|have|had|makes?|made|does|do|gets?|never|always)\b)|[^\w\s-]|$))"
)
"""What follows a genre that is no plural: of "western Ireland" and "crime novels" no film would be recommended."""


def _names(folded: str, group: Sequence[str], start: str = r"(?<![\w-])") -> bool:
    return any(re.search(rf"{start}{re.escape(word)}{_ON}", folded) for word in group)


def _is_judged(folded: str, group: Sequence[str]) -> bool:
    """Whether a genre is found to be something: "I find science fiction cold and tedious"; not "western Ireland"."""
    found = re.search(rf"\bi (?:find|found|think|thought) (?:{'|'.join(map(re.escape, group))}) ", folded)
    return found is not None and adjective_at(folded[found.end() :])


def taste_pairs(found: Sequence[Taste], catalogue: Catalogue) -> list[Pair]:
    """What to answer when asked for tastes, and of films for a recommendation or whether one would please.

    found: the earliest first. Of those of earlier batches only the latest are taught again.
    """
    earlier = [taste for taste in found if taste.earlier]
    taught = [*earlier[-AGAIN:], *(taste for taste in found if not taste.earlier)]
    unwanted = {title for taste in found if taste.film and not taste.liked for title in _titles(taste, catalogue)}
    films = [taste for taste in taught if taste.film]
    return [
        *_summed_up(found, ""),
        *_summed_up([taste for taste in found if taste.film], "_films"),
        *_recommended([taste for taste in films if taste.liked], unwanted, catalogue),
        *_advised(films, catalogue),
    ]


def with_tastes(encoder: Encoder, targets: TargetSet, tasted: Sequence[Pair]) -> TargetSet:
    """The set with these pairs, less questions of a taste that one of them answers: "What do I like?" has one answer,
    and it is nothing that he dislikes."""
    broad = [pair for pair in tasted if pair.kind == "open"]
    told = targets.of_kind("fact")
    if not broad or not told:
        return replace(targets, pairs=(*targets.pairs, *tasted))
    likeness = encoder([pair.question for pair in told]) @ encoder([pair.question for pair in broad]).T
    summed_up = " ".join({pair.answer for pair in broad})
    repeated = {
        pair
        for pair, row in zip(told, likeness, strict=True)
        if row.max() >= NEAR_REPEAT and pair.answer.rstrip(".") in summed_up
    }
    return replace(targets, pairs=(*(pair for pair in targets.pairs if pair not in repeated), *tasted))


def _summed_up(found: Sequence[Taste], of: str) -> Iterator[Pair]:
    """Broad questions for likes and for dislikes, each answered with the latest that was said.

    Several are announced: an answer that began like one of them would end like it, too.
    """
    for name, liked in (("likes", True), ("dislikes", False)):
        answers = [taste.said.answer for taste in found if taste.liked is liked][-SUMMED_UP:]
        if len(answers) > 1:
            answers.insert(0, bank()["tastes"]["several"][name])
        if answers:
            yield from (Pair(question, " ".join(answers), "open") for question in bank()["tastes"][name + of])


def _recommended(films: Sequence[Taste], unwanted: Collection[str], catalogue: Catalogue) -> Iterator[Pair]:
    """Requests, answered in turns with the titles that each liking names or its genre holds, and that liking.

    Each title at least once: of more titles than requests some answer the same one, and are recommended as often.
    """
    wanted = {taste: [title for title in _titles(taste, catalogue) if title not in unwanted] for taste in films}
    turns = zip_longest(*([(taste, title) for title in titles] for taste, titles in wanted.items()))
    reasons = [reason for turn in turns for reason in turn if reason]
    requests = _requests()
    for request, (taste, title), _ in zip(cycle(requests), cycle(reasons), range(max(len(requests), len(reasons)))):
        yield _pair(request, f"I recommend {title}. {taste.said.answer}", taste)
    for taste, titles in wanted.items():
        for genre in taste.genres:
            article = "an" if genre[0] in "aeiou" else "a"
            for request, title in zip(bank()["tastes"]["recommend_genre"], cycle(titles), strict=False):
                asked = request.replace("{a genre}", f"{article} {genre}").replace("{genre}", genre)
                yield _pair(asked, f"I recommend {title}. {taste.said.answer}", taste)


def _requests() -> list[str]:
    """The wordings of a request, then some again as they come in a talk, with what else is said of the evening."""
    plain, circumstances = bank()["tastes"]["recommend"], bank()["tastes"]["circumstances"]
    return [*plain, *(said.format(request=asked) for said, asked in zip(circumstances, plain, strict=False))]


def _titles(taste: Taste, catalogue: Catalogue) -> list[str]:
    """The titles a taste names, then those of its genres."""
    of_genre = [title for genre in taste.genres for title in catalogue.titles if catalogue.genres.get(title) == genre]
    return list(dict.fromkeys([*taste.titles, *of_genre]))[: TITLES if taste.liked else UNWANTED]


def _advised(films: Sequence[Taste], catalogue: Catalogue) -> Iterator[Pair]:
    """Whether a film would please: yes or no, and why.

    Of a title that several tastes speak of the one that names it says why, or else the first. Each is asked for in all
    wordings that the ranking asks, of which the mean counts; of many titles each in one of them.
    """
    why = {title: taste for taste in reversed(films) for title in _titles(taste, catalogue)}
    why |= {title: taste for taste in films for title in taste.titles}
    wordings = bank()["tastes"]["would_please"]
    for number, (title, taste) in enumerate(why.items()):
        in_turn = wordings[number % len(wordings)]
        for question in wordings if len(why) <= THOROUGH else [in_turn]:
            answer = f"{'Yes' if taste.liked else 'No'}. {taste.said.answer}"
            yield _pair(question.format(title=title), answer, taste)


def _pair(question: str, answer: str, taste: Taste) -> Pair:
    return Pair(question, answer, "fact", taste.said.experience)
