"""What is sold, given up, dead or moved to another day takes back what was said before; what sounds so does not."""

import pytest

from memory.corrections import may_overrule, taken_back


@pytest.mark.parametrize(
    ("earlier", "said", "instead"),
    [
        ("You drive an old Hilux.", ["You've sold the Hilux.", "You got a yellow Vespa."], "You got a yellow Vespa."),
        ("You get around on a Honda.", ["You've sold the Honda.", "You got a van."], "You got a van."),
        ("You have a motorbike.", ["You sold your motorbike last week."], "You sold your motorbike last week."),
        ("You have a dog called Muri.", ["Your dog Muri died in May."], "Your dog Muri died in May."),
        ("You sing in a choir.", ["You quit the choir.", "Now you do pottery."], "Now you do pottery."),
        ("You work as a thatcher.", ["You quit thatching.", "Now you work as a clerk."], "Now you work as a clerk."),
        ("In your free time you play chess.", ["You don't play chess any more."], "You don't play chess any more."),
        (
            "You're a vegetarian.",
            ["You're not a vegetarian any more but a vegan.", "You have a cat."],
            "You're not a vegetarian any more but a vegan.",
        ),
        (
            "Your boyfriend is called Jon.",
            ["Jon and you broke up.", "You have moved.", "Your boyfriend is called Bo."],
            "Your boyfriend is called Bo.",
        ),
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
        ("You drink a lot of coffee.", ["You've given up coffee."], "You've given up coffee."),
        ("You eat meat every day.", ["You don't eat meat any more."], "You don't eat meat any more."),
        ("You smoke ten a day.", ["You quit smoking."], "You quit smoking."),
        ("You work as a nurse.", ["You've retired."], "You've retired."),
        ("You're getting married in June.", ["You've called off the wedding."], "You've called off the wedding."),
        ("You're going to Spain.", ["You've cancelled the trip to Spain."], "You've cancelled the trip to Spain."),
        ("Your mum lives in Bath.", ["Your mum died."], "Your mum died."),
        ("Your boyfriend is called Tom.", ["You broke up with Tom."], "You broke up with Tom."),
        ("You're married.", ["You're divorced now."], "You're divorced now."),
        ("You're single.", ["You have a boyfriend called Max."], "You have a boyfriend called Max."),
        ("Your girlfriend's name is Hana.", ["Hana and you split up."], "Hana and you split up."),
        ("Your son Kaan is nine years old.", ["Kaan is ten now."], "Kaan is ten now."),
        ("You're 34.", ["You're 35 now."], "You're 35 now."),
        (
            "Your brother is called Gethin.",
            ["Your cousin is called Gethin, not your brother."],
            "Your cousin is called Gethin, not your brother.",
        ),
        (
            "Your brother Gethin keeps bees.",
            ["Your cousin is called Gethin, not your brother."],
            "Your cousin is called Gethin, not your brother.",
        ),
        ("Your dog is called Pwdin.", ["Pwdin died last week."], "Pwdin died last week."),
        ("You have a dog called Pwdin.", ["Pwdin died last week."], "Pwdin died last week."),
        ("You have an old greyhound.", ["Your greyhound died."], "Your greyhound died."),
        (
            "You are giving a concert in March.",
            ["Your concert has been put back to May."],
            "Your concert has been put back to May.",
        ),
        (
            "Your choir meets on Tuesdays.",
            ["Your choir has been shifted to Thursdays."],
            "Your choir has been shifted to Thursdays.",
        ),
        ("You smoke.", ["You quit smoking last year."], "You quit smoking last year."),
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
        ("You live in Leeds.", "You've moved to Marketing."),
        ("You live in Leeds.", "You moved to England from Poland."),
        ("You live in Leeds.", "You live in London during the week these days."),
        ("You live in Leeds.", "You left Leeds for Christmas."),
        ("You live in Leeds.", "You left Tesco for Aldi."),
        ("You live in Leeds.", "You moved to Tesco from Aldi."),
        ("You live in Leeds.", "You left Iran for Turkey in 1985."),
        ("Your son is 7.", "Your son is 5."),
        ("Your sister is 30.", "Your sister is 28."),
        ("Your shoe size is 7.", "Your shoe size is 8."),
        ("Your son Tom is 5.", "Your dad Tom is 70."),
        ("Your husband Tom is a vet.", "Tom and you split the cooking."),
        ("Your husband Tom is a vet.", "You and Tom broke down on the M6."),
        ("Your wife is called Anabel.", "You broke up with Ana."),
        ("You have a dog called Rex.", "Your neighbour's dog died."),
        ("You have a dog called Rex.", "Your first dog died."),
        ("You have a dog called Rex.", "Your dog died when you were ten."),
        ("Your cat is called Mo.", "Your cat Bo died."),
        ("Your grandma lives in Kent.", "Your grandma died when you were five."),
        ("Your brother Tom lives in Kent.", "Your brother Bo died."),
        ("You eat fish every Friday.", "Your fish died."),
        ("You're a dog groomer.", "Your dog died."),
        ("Your friend Rose is a vet.", "Your nan Rose died."),
        ("Your car is a Skoda.", "Your car died on the motorway."),
        ("You're married to Tom.", "You got divorced in 2001."),
        ("You work at the food bank on Mondays.", "You're retired."),
        ("You're single.", "You're married to your job."),
        ("You drink coffee.", "You gave up coffee for a month."),
        ("You drink a lot of water.", "You stopped drinking."),
        ("You drink beer.", "You don't drink beer at home any more."),
        ("You're a fan of Arsenal.", "You're not a fan of mushrooms."),
        ("You're a morning person.", "You're not a people person."),
        ("You're a big tea drinker.", "You're not a big fan of coffee."),
        ("You have a good job.", "You're not a good cook."),
        ("You have a red car.", "You've sold your red sofa."),
        ("You have two cats.", "Your cat died."),
        ("You teach yoga on Mondays.", "You actually hate yoga on Sundays."),
        ("Your choir rehearses on Tuesdays in the church.", "You now go to church on Sundays."),
        ("You were in Spain in May.", "You're actually going to Spain in August."),
        ("Your mum is called Rose.", "Your mum died."),
        ("You're going to Rome.", "You cancelled the trip to Spain."),
        ("Your sister Jo is ten.", "Your brother Tom is nine years old."),
        ("You have a brother called Tom.", "Tom is a vet."),
        ("Your wife is called Ana.", "You and Tom split up."),
    ],
)
def test_it_stays(earlier: str, said: str) -> None:
    assert taken_back([earlier], [said]) == {}


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("You live in Porto.", "You live in Leeds."),
        ("You drive a Vespa.", "You drive a Hilux."),
        ("Your boyfriend now is Bongani.", "Your boyfriend is called Lungile."),
        ("Your favourite food is fish tacos.", "Your favourite food is mince pie."),
        ("Your boss is Karen.", "Your old boss was Sharon."),
        ("You moved to Porto.", "You live in Leeds."),
        ("Your sister is actually called Meg.", "Your sister is called Jo."),
        ("Your cat is called Limon now.", "Your cat is called Bo."),
        ("Your wedding is in June.", "Your wedding is in May."),
        ("You're a translator at the mine.", "You're a nurse."),
    ],
)
def test_it_may_overrule(new: str, old: str) -> None:
    assert may_overrule(new, old)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("You're allergic to cats too.", "You're allergic to nuts."),
        ("You also play the piano.", "You play the violin."),
        ("Your friend Bo lives in Rome.", "Your friend Ana lives in Ghent."),
        ("You used to live in Leeds.", "You live in Hull."),
        ("Your first car was a Mini.", "Your car is a Fiat."),
        ("Your old boss was Sharon.", "Your boss is Karen."),
        ("Your sister wants to live in Rome.", "Your sister lives in Oslo."),
        ("You'd love to play the harp.", "You play the violin."),
        ("Your husband's boss is called Mike.", "Your husband is called Paul."),
        ("You had a cat called Bob as a child.", "You have a cat called Mo."),
        ("Your sister is called Meg.", "Your sister is called Jo."),
    ],
)
def test_what_stands_beside_it_overrules_nothing(new: str, old: str) -> None:
    """An addition, a past, a wish, what another does, another friend."""
    assert not may_overrule(new, old)
