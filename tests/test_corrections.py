"""What is sold, given up, dead or moved to another day takes back what was said before; what sounds so does not."""

import pytest

from memory.corrections import taken_back


@pytest.mark.parametrize(
    ("earlier", "said", "instead"),
    [
        ("You drive an old Hilux.", ["You've sold the Hilux.", "You got a yellow Vespa."], "You got a yellow Vespa."),
        ("You get around on a Honda.", ["You've sold the Honda.", "You got a van."], "You got a van."),
        ("You have a motorbike.", ["You sold your motorbike last week."], "You sold your motorbike last week."),
        ("You have a dog called Muri.", ["Your dog Muri died in May."], "Your dog Muri died in May."),
        ("You sing in a choir.", ["You quit the choir.", "Now you do pottery."], "You quit the choir."),
        ("You're a vegetarian.", ["You've stopped being a vegetarian.", "You're vegan now."], "You're vegan now."),
        ("You work as a baker.", ["You're not a baker now either."], "You're not a baker now either."),
        ("You play the cello.", ["You don't play the cello any more."], "You don't play the cello any more."),
        ("You sing in a choir on Tuesdays.", ["Your choir is on Thursdays now."], "Your choir is on Thursdays now."),
        ("You live in Leeds.", ["You don't live in Leeds any more.", "You moved to Porto."], "You moved to Porto."),
        ("You live in Leeds.", ["You moved to Tacna last month."], "You moved to Tacna last month."),
        ("You live in Leeds with Bo.", ["You've just moved to Porto."], "You've just moved to Porto."),
        ("You live in Leeds.", ["You moved to Porto."], "You moved to Porto."),
        ("You live in Leeds.", ["You left Leeds for Porto."], "You left Leeds for Porto."),
        ("You live in New York.", ["You moved to New Orleans."], "You moved to New Orleans."),
        ("You're living in Leeds.", ["You now live in Porto."], "You now live in Porto."),
        ("You and your wife live in Leeds.", ["Your home is in Porto now."], "Your home is in Porto now."),
        ("You're vegan.", ["You're not vegan any more."], "You're not vegan any more."),
        ("You own a blue car.", ["You sold your blue car."], "You sold your blue car."),
        ("Your wedding is in May.", ["Your wedding has moved to June."], "Your wedding has moved to June."),
    ],
)
def test_it_is_taken_back(earlier: str, said: list[str], instead: str) -> None:
    assert taken_back([earlier, "Your sister is called Una."], said) == {earlier: instead}


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ("You're keen on tennis.", "You're not keen on opera."),
        ("You play chess on Tuesdays.", "You don't play chess on Sundays."),
        ("You sing in a choir on Tuesdays.", "On Thursdays you have a cookery class now."),
        ("Your sister drives a Hilux.", "You've sold the Hilux."),
        ("You work in a sugar factory.", "You gave up sugar."),
        ("You have two paintings by your aunt.", "You sold paintings at the market."),
        ("You have choir on Tuesdays.", "You have choir on Tuesdays and Thursdays now."),
        ("You live in Leeds.", "Your car was stolen."),
        ("You live in Leeds.", "You moved to Leeds in 2010."),
        ("You live in Leeds.", "You moved to a bigger office."),
        ("You live in Leeds.", "You moved to Spain as a child."),
        ("You live in New York.", "You moved to New York City."),
        ("You own a red car.", "You sold your blue car."),
        ("You own a house in Spain.", "You sold your house in France."),
        ("You have a brother called Tom.", "Your brother Tom passed away."),
        ("Your daughter was born in May.", "Your daughter started school in September and now she loves it."),
        ("You live in Porto.", "You don't live in Leeds any more."),
        ("You have a dog called Muri.", "Your dog Rex died when you were ten."),
    ],
)
def test_it_stays(earlier: str, said: str) -> None:
    assert taken_back([earlier], [said]) == {}
