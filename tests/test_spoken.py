"""What is heard of talk as it is typed: in haste, without subjects, several facts in one sentence."""

import pytest

from memory.spelling import tidy
from memory.statements import statements


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("hiii im rowan, 31, from cork", ["I'm Rowan.", "I'm 31 years old, from Cork."]),
        ("names ingrid btw", ["My name is Ingrid."]),
        ("im single, 30, live in york", ["I'm single.", "I'm 30 years old.", "I live in York."]),
        ("I'm a vet, love opera, 3 cats", ["I'm a vet.", "I love opera.", "I have 3 cats."]),
        ("fav colour: teal", ["My favourite colour is teal."]),
        ("birthday's 2 may", ["My birthday is 2 may."]),
        ("mum of two here, night nurse", ["I'm a mum of two, night nurse."]),
        ("ski instructor here", ["I'm a ski instructor."]),
        ("retired plumber, used 2 be in a band", ["I'm a retired plumber.", "I used to be in a band."]),
        ("collect stamps", ["I collect stamps."]),
        ("There's the cat, Ada, who is blind.", ["My cat is called Ada.", "My cat Ada is blind."]),
        ("drivin test is 17 march", ["My driving test is 17 march."]),
        ("do tai chi on weds nights", ["I do tai chi on Wednesday nights."]),
        ("savin up for peru. oh n i hate kale, theyre rank", ["I'm saving up for peru.", "I hate kale, they're rank."]),
        ("share a house w my cousin", ["I share a house with my cousin."]),
        ("also cant have nuts in the house", ["I can't have nuts in the house."]),
        ("Had a stroke in 2019.", ["I had a stroke in 2019."]),
        ("also just bought a tandem", ["I just bought a tandem."]),
        ("To be honest I'm shy.", ["I'm shy."]),
        ("I'm afraid I cannot eat figs.", ["I can't eat figs."]),
        ("We shall sail to Norway.", ["We will sail to Norway."]),
        ("We keep an old whippet called Bramble.", ["My whippet is called Bramble.", "My dog is called Bramble."]),
        ("Vera Holm here, in Umeå.", ["I'm Vera Holm."]),
        ("hey femi here, just in from work", ["I'm Femi."]),
        ("hi its femi here", ["I'm Femi."]),
        ("flying home 14 feb for carnival", ["I'm flying home 14 feb for carnival."]),
        ("I teach PE and my aunt Ida sails, so you'd think I swim.", ["I teach PE.", "My aunt Ida sails."]),
        ("Before this I was a cook at sea, and let me tell you, I froze.", ["Before this I was a cook at sea."]),
        ("I'm deaf in one ear, as you'd expect.", ["I'm deaf in one ear."]),
        ("Malen's back from school, she's our daughter, and loud.", ["Our daughter is called Malen."]),
        ("The trouble is Benedek, he's my boyfriend, he won't move.", ["My boyfriend is called Benedek."]),
        ("Just got home and Quim, that's our donkey, had opened the gate.", ["Our donkey is called Quim."]),
        ("i run a chippy w/ my da n were moving to Skye", ["I run a chippy with my da.", "We're moving to Skye."]),
        ("id rather fish, my physio, Prof. Oke, hates it", ["I'd rather fish, my physio, Prof. Oke, hates it."]),
        ("The nun put walnuts in it, and I'm allergic.", ["The nun put walnuts in it, and I'm allergic."]),
        ("I love cats and I'm allergic to dust.", ["I love cats.", "I'm allergic to dust."]),
        ("Driving home on Friday was awful.", ["I think Driving home on Friday was awful."]),
        ("Although I was born in Lima, I teach in Oslo.", ["I was born in Lima.", "I teach in Oslo."]),
        ("We moved because my wife Ida found a job in Bern.", ["My wife Ida found a job in Bern."]),
        ("The doctor says I have gout, which is a shame.", ["I have gout."]),
        ("I ride a moped that my uncle Sol, a retired judge, gave me.",
         ["I ride a moped.", "My uncle Sol is a retired judge."]),
        ("I miss my aunt Flo, who ran a pub in Ely.", ["My aunt Flo ran a pub in Ely."]),
        ("My late husband Pim, a baker by trade, sang.", ["My late husband Pim was a baker by trade."]),
        ("My son Ole, aged nine, is at home.", ["My son Ole is nine."]),
        ("My gran has gout and she lives with us.", ["My gran has gout.", "My gran lives with us."]),
        ("My dog is a whippet. She's called Una. She's 4.", ["My dog is called Una.", "My dog is 4."]),
        ("I was raised in Lima and still can't stand snow.", ["I was raised in Lima.", "I can't stand snow."]),
        ("my flatmate is called tavita hes training to be a chef", ["My flatmate Tavita is training to be a chef."]),
        ("Josh, my boyfriend, sings.", ["My boyfriend is called Josh."]),
        ("My eldest, Runa, who works in Halifax, phones on Sundays.", ["My eldest Runa works in Halifax."]),
        ("Zoe has asthma, so we gave up on a dog and ended up with a newt named Sir.", ["My newt is called Sir."]),
        ("I cried, because plum cake is the thing I love most.", ["Plum cake is the thing I love most."]),
        ("Our girls, Ada and Bo, who turned six, are asleep.", ["Our girls turned six."]),
        ("Being allergic to bees, I carry a pen.", ["I am allergic to bees.", "I carry a pen."]),
        ("On Fridays I swim, and on the first of May my friend Una and I go to Rome.",
         ["On the first of May my friend Una and I go to Rome."]),
        ("If I won I'd sail, but for now I'm happy in Hull.", ["For now I'm happy in Hull."]),
        ("It's for my son Max, who is nine, and his little sister Ana, who is four.",
         ["My son is called Max.", "My daughter is called Ana.", "My daughter Ana is four."]),
        ("I'm Una Berg, writing from Hull, because it rains.", ["I'm Una Berg.", "I'm writing from Hull."]),
        ("We've booked Crete, our first trip in ages.", ["We've booked Crete, our first trip in ages."]),
        ("My late aunt Flo, God rest her, ran a pub, would you believe it.", ["My late aunt Flo ran a pub."]),
        ("If we ever talk about food: I hate figs. Give me plums any day.", ["I hate figs.", "I love plums."]),
        ("We moved, because Ida found work, although I was raised in Lima and still can't stand snow.",
         ["I was raised in Lima."]),
        ("I manage a car wash in Hull and rent a room from my aunt.",
         ["I manage a car wash in Hull.", "I rent a room from my aunt."]),
        ("hey its tove, im in bath", ["I'm Tove."]),
        ("we got a dog, his names rex lol hes tiny", ["We got a dog.", "My dog is called Rex.", "My dog is tiny."]),
        ("seeing a physio every fri", ["I'm seeing a physio every Friday."]),
        ("play 6 a side w the girls on mondays", ["I play 6 a side with the girls on mondays."]),
        ("I can't stand mushrooms, plum cake is my favourite", ["Plum cake is my favourite."]),
        ("We also have a newt called Rex who sleeps.", ["My newt is called Rex."]),
        ("I should be going, because Friday is my pottery night.", ["Friday is my pottery night."]),
        ("I miss my aunt's plum cakes, which are still my favourites.",
         ["My aunt's plum cakes are still my favourites."]),
        ("We've got two kids, Max and Ana. Ana is the little one, she turned six.", ["Ana turned six."]),
        ("My wife Ida, she teaches in Ely.", ["My wife Ida teaches in Ely."]),
        ("I was a typist for years, and now, at sixty, I'm learning Braille.", ["I was a typist for years."]),
        ("Hello, my dear! I'm writing to you from Accra.", ["I'm writing from Accra."]),
        ("You'd never guess it, but I lived in Bonn for years.", ["I lived in Bonn for years."]),
        ("My aunt Ada rang and I talked for hours. She's a pilot.", ["My aunt Ada is a pilot."]),
    ],
)  # fmt: skip
def test_heard(turn: str, expected: list[str]) -> None:
    """Each is a statement of its own, beside others."""
    heard = [text for text, _ in statements(turn)]
    assert [text for text in expected if text not in heard] == [], heard


@pytest.mark.parametrize(
    ("turn", "wrong"),
    [
        ("should i get a dog or is that dumb", "Should I get a dog or is that dumb."),
        ("Sister Rosaura had put walnuts in it, and I'm allergic.", "My sister is called Rosaura."),
        ("When people ask, you know, I say nothing.", "When people ask."),
        ('They say "I cook, I bake", and you wonder.', "I bake."),
        ("hey nothing here, just rain", "I'm Nothing."),
        ("My sister lives in Rome, love her", "I love her."),
        ("I live with my sister, work is fine", "I work is fine."),
        ("I have a brother in Spain, working as a chef.", "I'm working as a chef."),
        ("They say I left because I'm lazy.", "I'm lazy."),
        ("I didn't move because my boss wanted it.", "My boss wanted it."),
        ("Because I work nights I sleep all day.", "I work nights I sleep all day."),
        ("I've had asthma since I was a kid.", "I was a kid."),
        ("The doctor says I should lose weight.", "I should lose weight."),
        ("My son Ben, who said he'd call, hasn't.", "My son Ben said he'd call."),
        ("Working as a nurse taught me patience.", "I'm working as a nurse taught me patience."),
        ("im welsh, 40", "I'm Welsh."),
        ("Every Friday, while my wife paints, I swim.", "Every Friday, while my wife paints."),
        ("I am no cook and I don't pretend to be.", "I don't pretend to be."),
        ("2 boys, got em at weekends", "I've got em at weekends."),
        ("I look as though I haven't slept.", "I haven't slept."),
        ("I don't smoke, though I used to.", "I used to."),
        ("Into the Wild is my favourite film.", "I'm into the Wild is my favourite film."),
        ("winter here", "I'm a winter."),
        ("do it on monday please", "I do it on monday."),
        ("meeting is on friday", "My meeting is on friday."),
        ("In Rome, my wife, Ada, sings.", "My wife is called Rome."),
        ("I run a shop, mostly flowers, I'm afraid.", "I'm afraid."),
        ("I'll bring the accordion, I suppose, I play it on Sundays.", "I suppose."),
        ("Good morning, my dear! I keep bees.", "My dear."),
    ],
)
def test_not_said(turn: str, wrong: str) -> None:
    """Of others, of perhaps, or no sentence."""
    assert wrong not in [text for text, _ in statements(turn)]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("cant waittt, its sooo goood", "can't wait, it's so good"),
        ("im 34yo n luv r&b 😀", "I'm 34 years old and love r&b "),
        ("my surname has two n's, see foo.py r u", "my surname has two n's, see foo.py are you"),
        ("www.mmm.com", "www.mmm.com"),
        ("i fix lifts 4 a living, we close at 4 the latest", "I fix lifts for a living, we close at 4 the latest"),
        ("i live in a flat, moved to bath in may", "I live in a flat, moved to Bath in may"),
        ("my master's from Leeds", "my master's from Leeds"),
    ],
)
def test_tidy(typed: str, written: str) -> None:
    """Haste is written out; what looks like it and is none stays."""
    assert tidy(typed) == written
