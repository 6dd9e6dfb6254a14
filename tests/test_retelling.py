"""What is told in a manner of its own is heard as others would say it."""

import pytest

from memory.parser import Parse
from memory.retelling import put_plainly
from memory.spelling import tidy
from memory.statements import statements


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("I was out running at five, as I am every morning, and met a fox.", "I'm out running at five every morning"),
        ("I will finish my tea now, as I do every evening. Good night.", "I finish my tea every evening."),
        ("Yesterday was Tuesday so I was at archery, as every week.", "I'm at archery every Tuesday."),
        ("I was at choir, as I am on Fridays.", "I'm at choir on Fridays."),
        ("I have two sons. The elder one, Festus, is a pilot.", "My elder son Festus is a pilot."),
        ("We have three daughters. The youngest is a nurse in Turin.", "Our youngest daughter is a nurse in Turin."),
        ("I will be in Rome for Easter, as I am every year.", "I'm in Rome for Easter every year."),
        ("the cat pushed my tea off. called him minister cuz he eats everything", "My cat is called Minister."),
        ("I have a goat that we called Waffles.", "My goat is called Waffles."),
        ("My favourite drink isn't tea any more, it's cocoa.", "My favourite drink is now cocoa."),
        ("My name is not Jon, it's John.", "My name is John."),
        ("Our dogs aren't called Bo and Ty any more, they're Max and Lou.", "Our dogs are now Max and Lou."),
        ("Sad news, my dog Muri died in May. We have a puppy and her name is Lotte.", "My dog was called Muri."),
        ("My choir has moved. Actually it's on Thursdays now.", "My choir is on Thursdays now."),
        ("Actually choir is on Thursdays now. I like it.", "My choir is on Thursdays now."),
        ("The concert has been put back to May as well.", "My concert has been put back to May"),
        ("Choir has been shifted to Thursdays.", "My choir has been shifted to Thursdays."),
        ("I have a small boat, the name is Petrel.", "My boat is called Petrel."),
        ("My girlfriend (Ines) is a vet.", "My girlfriend is called Ines."),
        ("My kids Tom (5) and Ana (3) love Lego.", "My kids are called Tom and Ana."),
        ("My kids Tom (5) and Ana (3) love Lego.", "Ana is 3 years old."),
        ("My son Kaan had his birthday, so he's ten now.", "Kaan is ten years old."),
        ("Gethin is actually my cousin, not my brother.", "My cousin is called Gethin, not my brother."),
        ("I can't drive because I have epilepsy.", "I have epilepsy."),
        ("The dog is called Bruno and he's old.", "My dog is called Bruno."),
        ("Name: Bob\nAge: 34\nJob: tram driver\nCity: Hull", "I'm 34 years old."),
        ("Name: Bob\nAge: 34\nJob: tram driver\nCity: Hull", "I live in Hull."),
        ("We took in a new cat, a kitten called Lotte.", "My cat is called Lotte."),
        ("I sing, and choir practice is on Tuesdays.", "My choir practice is on Tuesdays."),
        ("My niece Ada had her birthday, she's 25 already.", "Ada is 25 years old."),
        ("My boyfriend Obi proposed and I said yes! So he's my fiancé now.", "My fiancé is called Obi."),
        ("My aunt has a boat which she named Petrel.", "My aunt has a boat called Petrel."),
        ("It was a present for our wedding in 1991.", "Our wedding was in 1991."),
        ("We are saving for our wedding in 2031.", "Our wedding is in 2031."),
        ("I met him at my brother's wedding on 4 June.", "My brother's wedding is on 4 June."),
        ("Left ear's been dead since a boiler went in '98.", "My left ear's been dead since a boiler went in '98."),
    ],
)  # fmt: skip
def test_it_is_heard_plainly(said: str, heard: str) -> None:
    assert any(one.startswith(heard.rstrip(".")) for one, _ in statements(said))


@pytest.mark.parametrize(
    ("said", "never"),
    [
        ("My dog (Labrador) is 8. My husband (Irish) cooks.", "called"),
        ("My dog:\nName: Bo\nAge: 3", "My name is"),
        ("Can you remember my birthday?", "birthday"),
        ("I have a new neighbour, a woman called Bea.", "My woman"),
        ("My daughter wants a horse. The horse is called Star.", "My horse"),
        ("My son does judo and training is on Fridays at six.", "My training"),
        ("I lived in Spain with my daughter Ivy, she's 12 now.", "Spain is"),
        ("Please call me Monday, my number is 555.", "called Monday"),
        ("I never said I left because I'm unhappy.", "I'm unhappy."),
        ("My sister is getting married. The wedding has been moved to June.", "My wedding"),
        ("In the film there's a farm. The dog is called Shep. I liked it.", "My dog"),
        ("I don't hate him because I'm jealous.", "I'm jealous."),
        ("I lost my cat Mo in the park but found her again.", "was called"),
    ],
)
def test_what_is_another_s_stays_so(said: str, never: str) -> None:
    assert not [one for one, _ in statements(said) if never in one and one != said]


@pytest.mark.parametrize(
    "said",
    [
        "I walked to work, as I do every day.",
        "I was not at choir, as I am on Fridays.",
        "I have two sons. The film is older than that.",
        "The cat came in and I called it a day.",
        "He's a pig, and Sandra agrees.",
        "The dog ran off, we called him back.",
        "The dog at the shelter barked and they called him Rex.",
        "I have two sisters and three kids. My youngest is five.",
        "I have two brothers. My youngest is five.",
        "Sandra rang, she's a cat person.",
        "Chess is in my blood.",
        "The class is on Monday.",
        "My boss isn't Ann now, but she's still my friend.",
        "My dog isn't well and he's at the vet.",
        "I have two boys, but older is better.",
    ],
)
def test_what_is_told_otherwise_stays(said: str) -> None:
    assert put_plainly(said) == said


def test_who_is_spoken_to_is_no_relative() -> None:
    assert tidy("bro the parrot is loud") == "the parrot is loud"
    assert tidy("my bro the vet is loud").startswith("my brother")


def test_a_wedding_called_off_is_on_no_day() -> None:
    assert "Our wedding is on 4 June." not in [one for one, _ in statements("We cancelled our wedding on 4 June.")]


def test_the_dead_dog_has_not_the_puppy_s_name(parse: Parse) -> None:
    """Whoever bears a name already is not called otherwise."""
    said = "Sad news, my dog Muri died in May. We have a puppy now and her name is Lotte."
    heard = [one for one, _ in statements(said, parse=parse)]
    assert "My puppy is called Lotte." in heard
    assert not any("Muri is called" in one for one in heard)
    said = "My friend Sunniva runs a kennel. I got a dog off her, he's called Gruff. My mare Star is sad since Bo died."
    heard = [one for one, _ in statements(said, parse=parse)]
    assert "My mare is called Star." in heard
    assert not any("Sunniva is called" in one for one in heard)
