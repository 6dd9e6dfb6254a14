"""What "them" stands for where somebody says that he cannot stand them, by the real parser (13 MB, from its wheel)."""

import pytest

from memory.coreference import with_names_for_pronouns
from memory.parser import Parse
from memory.statements import statements

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("They served oysters at the wedding. I hate them.", "I hate oysters."),
        ("Mum made tripe again. I can't stand it.", "I can't stand tripe."),
        ("ugh soup has turnips in it AGAIN. cant stand them", "I can't stand turnips."),
        ("the neighbour brought over figs, im allergic to them", "I'm allergic to figs."),
        ("Spiders everywhere in this house. I'm terrified of them.", "I'm terrified of spiders."),
    ],
)
def test_a_kind_of_thing_is_named_again(said: str, heard: str, parse: Parse) -> None:
    assert heard in [one for one, _ in statements(said, parse=parse)]


@pytest.mark.parametrize(
    "said",
    [
        "The trains were late again. I hate them.",
        "My kids came round. I love them.",
        "Lunch was late. I hate it.",
        "I'm head of year, it's a big school in Leeds, and I love it.",
        "Bonnets, carriages, the lot. My wife can't stand them.",
        "I bought my first house after thirty years of renting. It's damp and I adore it.",
        "We have three cats. I love them.",
        "I would like it in blue, with buttons.",
        "I hate it.",
        "Everyone raves about La La Land but I couldn't stand it.",
    ],
)
def test_of_what_is_no_kind_nothing_is_made(said: str, parse: Parse) -> None:
    assert with_names_for_pronouns(said, parse) == said


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Solveig laughed when she saw me typing. That is my wife.", "My wife is called Solveig."),
        ("Ambrose is coming over tonight. He's my brother.", "My brother is called Ambrose."),
        ("Thimble stole my lunch again. She's our cat, a very old one.", "Our cat is called Thimble."),
    ],
)
def test_who_that_is_is_said_behind(said: str, heard: str, parse: Parse) -> None:
    assert heard in [one for one, _ in statements(said, parse=parse)]


@pytest.mark.parametrize(
    "said", ["Dinner was late. That's my wife for you.", "Berlin is cold. It's my first trip there."]
)
def test_no_name_is_none(said: str, parse: Parse) -> None:
    assert "called" not in " ".join(one for one, _ in statements(said, parse=parse))


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("omg biscuit just chewed my shoe. worst dog. love him tho", "My dog is called Biscuit."),
        ("mum sent a pic of the house in larne, lived there til i was 9", "I lived in Larne til I was 9."),
        ("We drove past the mill in Larne. I was born there.", "I was born in Larne."),
        ("I moved to Oulu for my studies. I still live here.", "I still live in Oulu."),
        ("In 2009 we moved to Oulu and I have worked there since May.", "I have worked in Oulu since May."),
        ("I moved to Oulu in May. I live here alone.", "I live in Oulu alone."),
        ("I moved to Oulu. My sister moved to Rome. I live here alone.", "I live here alone."),
        ("I moved to Oulu once, now I'm back in Turku. I live here alone.", "I live here alone."),
        ("My other half, Oonagh, says the battery is gone.", "My other half is called Oonagh."),
    ],
)
def test_what_a_fragment_speaks_of_is_said_before(said: str, heard: str, parse: Parse) -> None:
    assert heard in [one for one, _ in statements(said, parse=parse)]


@pytest.mark.parametrize(
    ("said", "never"),
    [
        ("dinner got eaten again, bad dog.", "called"),
        ("Oonagh and I are away to Larne in May, we leave early.", "I are"),
        ("They put beetroot in everything, which I can't abide.", "can't abide everything"),
        ("My sister Gunnhild rang, she is a pilot and always late.", "Gunnhild rang is"),
        ("My sister Gunnhild rang, she is a pilot and always in a hurry.", "rang my sister"),
    ],
)
def test_nobody_is_made_out_of_nothing(said: str, never: str, parse: Parse) -> None:
    heard = [one for one, _ in statements(said, parse=parse)]
    assert not [one for one in heard if never in one and not one.startswith("Oonagh and I are")]


def test_a_place_where_somebody_lives_is_in_the_region_named(parse: Parse) -> None:
    heard = [
        one
        for one, _ in statements("I drive a bus on the back roads of Larne, where I've lived since May.", parse=parse)
    ]
    assert "I've lived since May in Larne." in heard
