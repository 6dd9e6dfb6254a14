"""Tastes: what is liked and disliked, and what the target set makes of it."""

from dataclasses import replace

import numpy as np
import pytest

from memory.catalogue import Catalogue, shipped
from memory.conversations import Experience
from memory.targets import Pair, Statement, TargetSet, extract
from memory.tastes import taste_pairs, tastes, tastes_now, with_tastes

FILMS = Catalogue.of_entries([
    ("Arrival", "science fiction"), ("Heat", "crime"), ("Alien", "horror"), ("Saw", "horror"), ("Paddington", ""),
])  # fmt: skip


def said(*texts: str) -> list[Pair]:
    return taste_pairs(tastes(facts_of(*texts), FILMS), FILMS)


def facts_of(*texts: str) -> list[Statement]:
    return extract([Experience(f"c/{i}", text, "") for i, text in enumerate(texts)])


@pytest.mark.parametrize(
    ("text", "liked"),
    [
        ("I love slow films.", True), ("My favourite film is Arrival.", True), ("I really enjoy gardening.", True),
        ("I can't stand horror films.", False), ("I don't like opera any more.", False), ("I find golf dull.", False),
        ("The Conjuring gave me nightmares for weeks.", False), ("I live in Porto.", None),
        ("I would like to go home.", None), ("I don't want to move.", None), ("Please no crime films.", False),
        ("Please never recommend horror to me.", False), ("Unforgiven is the best film ever made.", True),
        ("Mamma Mia! is the worst film I know.", False), ("John Wick and Heat are great too.", True),
        ("I would love to watch Alien.", True), ("I'd like to see Heat one day.", True),
        ("I'd love to see Porto.", None), ("My best friend is Saskia.", None), ("I was born in Great Britain.", None),
        ("My grandfather was a great soldier in the war.", None), ("My dentist is awful.", None),
        ("I watch my nephew on Fridays.", None), ("I watch westerns on Sundays.", True),
        ("I'm a sucker for a good whodunit.", True), ("Musicals leave me cold.", False),
        ("La La Land left me cold.", False), ("I think Dunkirk isn't all that gripping.", False),
        ("I think Dunkirk is never boring.", True), ("Toy Story had me in floods of tears.", True),
        ("Toy Story is about toys.", None), ("I fell asleep during Dunkirk.", False),
        ("My aunt makes me laugh.", None), ("The traffic leaves me cold.", None),
        ("The Good, the Bad and the Ugly is long.", None), ("Anything animated makes me happy.", True),
        ("I am fond of westerns.", True), ("I'm not fond of westerns.", False), ("Horror's my thing.", True),
        ("With me westerns are always welcome.", True), ("My aunt is welcome.", None),
        ("I return to Casablanca each year.", True), ("I return to Porto each year.", None),
        ("I find science fiction cold and tedious.", False), ("I find romance rather dull.", False),
        ("I found horror really gripping.", True), ("I find western Ireland dull.", False),
        ("Musicals do my head in.", False), ("I'm fond of my aunt.", None),
    ],
)  # fmt: skip
def test_sides(text: str, liked: bool | None) -> None:
    """Likings, dislikes, and statements that are neither."""
    found = tastes(facts_of(text), shipped())
    assert [taste.liked for taste in found] == ([] if liked is None else [liked])


def test_what_is_no_film() -> None:
    """A genre's word in front of another noun is none: nothing is recommended because of it."""
    for text in ("I love western Ireland.", "I like crime novels.", "I love romantic dinners."):
        [taste] = tastes(facts_of(text), shipped())
        assert taste.liked and not taste.film and not taste.genres
    assert tastes(facts_of("I love crime and horror."), shipped())[0].genres == ("crime", "horror")
    assert not tastes(facts_of("I find western Cork dull."), shipped())[0].film
    assert tastes(facts_of("I love horror such as Alien."), shipped())[0].genres == ("horror",)


@pytest.mark.parametrize(
    ("first", "second", "liked"),
    [
        ("My wife dragged me to see Titanic.", "I was bored stiff.", False),
        ("We watched Dunkirk on Sunday.", "I loved it.", True),
        ("I saw Alien once.", "I couldn't stand that film.", False),
        ("We watched Dunkirk on Sunday.", "I love my aunt.", None), 
        ("We watched the news.", "I was bored stiff.", None),
        ("I saw Alien once.", "I was bored stiff by my cousin's long speech.", None),
    ],
)  # fmt: skip
def test_how_the_film_before_was(first: str, second: str, liked: bool | None) -> None:
    """Both sentences together are the taste; only of one message, and not what speaks of something else."""
    told = extract([Experience("c/0", f"{first} {second}", "")])
    found = [taste for taste in tastes(told, shipped()) if taste.film]
    assert [(taste.liked, taste.said.text) for taste in found] == (
        [] if liked is None else [(liked, f"{first} {second}")]
    )
    apart = extract([Experience("c/0", first, ""), Experience("c/1", second, "")])
    assert not [taste for taste in tastes(apart, shipped()) if taste.titles]


def test_recommended() -> None:
    """A request is answered with a film he named with pleasure and his own words; never with one he dislikes."""
    pairs = said("My favourite film is Arrival.", "I can't stand horror films.")
    answers = [pair.answer for pair in pairs if pair.question == "Recommend a film to me."]
    assert answers == ["I recommend Arrival. Your favourite film is Arrival."]
    assert not any("recommend Alien" in pair.answer or "recommend Saw" in pair.answer for pair in pairs)
    advice = {pair.answer for pair in pairs if "Alien" in pair.question or "Saw" in pair.question}
    assert advice == {"No. You can't stand horror films."}


def test_a_liked_genre_and_a_disliked_title() -> None:
    """Of a genre he likes the catalogue's titles are recommended, less the one he dislikes."""
    pairs = said("I love horror films.", "I hated Saw.")
    recommended = {pair.answer for pair in pairs if pair.answer.startswith("I recommend")}
    assert recommended == {"I recommend Alien. You love horror films."}


def test_no_films() -> None:
    """Who says nothing of films is not recommended any; who has no tastes adds nothing."""
    assert not any("film" in pair.question or "watch" in pair.question for pair in said("I love gardening."))
    assert said("I live in Porto.") == []


def test_forgetting() -> None:
    """What is recommended because of a statement goes with it, and so do the answers that sum it up."""
    told = extract([Experience("c/0", "I love Arrival.", ""), Experience("c/1", "I enjoy Heat.", "")])
    facts = tuple(Pair("?", fact.answer, "fact", fact.experience) for fact in told)
    kept = TargetSet((*facts, *taste_pairs(tastes(told, FILMS), FILMS)), (), ()).only_of(["c/1"])
    assert any("Heat" in pair.answer for pair in kept.pairs)
    assert not any("Arrival" in pair.answer for pair in kept.pairs)


def test_one_answer_to_a_broad_question() -> None:
    """A question that a summary answers in full is left to the summary."""

    def alike(texts: list[str]) -> np.ndarray:
        return np.ones((len(texts), 1), dtype=np.float32)

    told = Pair("What do I love?", "You love Arrival.", "fact", "c/0")
    other = Pair("What do I hate?", "You hate Heat.", "fact", "c/1")
    broad = Pair("What do I like?", "You love Arrival. You enjoy Heat.", "open")
    assert with_tastes(alike, TargetSet((told, other), (), ()), [broad]).pairs == (other, broad)  # type: ignore[arg-type]  # called only
    hated = Pair("What do I hate?", "You hate Heat.", "open")  # then Heat is no answer to what is loved either
    assert with_tastes(alike, TargetSet((told, other), (), ()), [broad, hated]).pairs == (broad, hated)  # type: ignore[arg-type]  # called only


def test_a_change_of_mind() -> None:
    """What was liked in an earlier batch and is disliked now is liked no more; of the rest nothing changes."""
    earlier = [Experience("c/0", "I love horror films.", ""), Experience("c/1", "I enjoy Heat.", "")]
    holding, overturned = tastes_now(facts_of("I can't stand horror films any more."), earlier, FILMS)
    assert overturned == ["You love horror films."]
    assert [taste.said.text for taste in holding] == ["I enjoy Heat.", "I can't stand horror films any more."]
    assert tastes_now(facts_of("I live in Porto."), earlier, FILMS) == ([], [])


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ("My favourite film is Heat.", "I don't like crime films any more.", False),
        ("My favourite film is Heat.", "These days my favourite film is Arrival.", False),
        ("My favourite film is Heat.", "My favourite song is Heat.", True), ("I love Heat.", "I hated Heat.", False),
        ("I hated Heat.", "I love crime films.", True), ("I love crime films.", "I hated Heat.", True),
        ("I love horror films.", "I love crime films.", True),
    ],
)  # fmt: skip
def test_what_overturns(before: str, after: str, holds: bool) -> None:
    """A later taste overturns the opposite one, and a title of a genre that is disliked now; what can both be stays."""
    _, overturned = tastes_now(facts_of(before, after), [], FILMS)
    assert (overturned == []) is holds


def test_several_are_announced() -> None:
    """An answer that sums up more than one statement says so first: else it would end like the first of them."""
    broad = [pair.answer for pair in said("I love Arrival.", "I enjoy Heat.") if pair.question == "What do I like?"]
    assert broad == ["You like several things. You love Arrival. You enjoy Heat."]
    assert [pair.answer for pair in said("I love Arrival.") if pair.question == "What do I like?"] == [
        "You love Arrival."
    ]


def test_all_of_a_disliked_genre() -> None:
    """Of up to eight titles that the catalogue counts to a disliked genre it is learned that they would not please."""
    many = Catalogue.of_entries([(f"Saw {number}", "horror") for number in range(12)])
    pairs = taste_pairs(tastes(facts_of("I can't stand horror films."), many), many)
    refused = {pair.question for pair in pairs if pair.answer == "No. You can't stand horror films."}
    assert len(refused) == 8 * 3  # in each wording that the ranking asks


def test_advice_in_every_wording() -> None:
    """As the ranking asks, of many titles one each; of a title that two tastes speak of the one that names it."""
    few = Catalogue.of_entries([("Cabaret", "musical"), ("Annie", "musical"), ("Saw", "horror"), ("It", "horror")])
    said = facts_of("I love musicals.", "Cabaret is my favourite film.", "I can't stand horror films.")
    advice = [pair for pair in taste_pairs(tastes(said, few), few) if pair.answer.startswith(("Yes", "No"))]
    reasons = {"Cabaret": "Yes. Cabaret is your favourite film.", "Annie": "Yes. You love musicals."}
    assert {title: {p.answer for p in advice if title in p.question} for title in reasons} == {
        title: {reason} for title, reason in reasons.items()
    }
    assert [sum(title in pair.question for pair in advice) for title in ("Cabaret", "Annie", "Saw")] == [3, 3, 3]
    many = Catalogue.of_entries([(f"Film {number}", "") for number in range(30)])
    liked = tastes(facts_of(*(f"I love Film {number}." for number in range(30))), many)
    assert sum(pair.answer.startswith("Yes") for pair in taste_pairs(liked, many)) == 30


def test_every_title_is_recommended() -> None:
    """Of more likings than requests each one's title is recommended, the batch's all, of earlier ones the latest."""
    many = Catalogue.of_entries([(f"Film {number}", "") for number in range(40)])
    batch = tastes(facts_of(*(f"I love Film {number}." for number in range(20, 40))), many)
    earlier = [
        replace(taste, earlier=True) for taste in tastes(facts_of(*(f"I love Film {n}." for n in range(20))), many)
    ]
    answers = [pair.answer for pair in taste_pairs([*earlier, *batch], many)]
    recommended = {
        int(answer.split(".")[0].removeprefix("I recommend Film ")) for answer in answers if "recommend" in answer
    }
    assert recommended == {*range(8, 40)}
