"""A target set reviewed before it is learned: the draft, the screen, and what the child makes of it."""

from dataclasses import asdict
from pathlib import Path

import pytest

from agent.review import Draft
from memory.conversations import Conversation
from memory.errors import UsageError
from memory.home import Home
from memory.settings import Schedule, Settings, read_settings
from memory.targets import Pair, TargetSet
from tests.scripted import SIZES, Consolidations, ScriptedSession, screen_text, sees, send, until
from tui.app import ChatApp

ALWAYS = Settings(review="always", schedule=Schedule(minutes=0))


def written(home: Home) -> TargetSet:
    """A set of two experiences that stand in the home."""
    talk = Conversation(home.conversations, "20260101-000000-aaaa")
    cat, goats = (talk.add("user", text, 0).id for text in ("My cat is called Tom.", "I keep goats."))
    return TargetSet(
        (
            Pair("What is my cat called?", "Your cat is called Tom.", "fact", cat),
            Pair("Who is Tom?", "Your cat is called Tom.", "fact", cat),
            Pair("What do I keep?", "You keep goats.", "fact", goats),
            Pair("What do you know about me?", "Your cat is called Tom. You keep goats.", "open"),
            Pair("What is my dog called?", "You haven't told me.", "near-miss"),
        ),
        (Pair("What's my cat's name?", "Your cat is called Tom.", "fact", cat),),
        (),
    )


def event_of(targets: TargetSet) -> dict[str, object]:
    ids = list(dict.fromkeys(pair.experience for pair in targets.of_kind("fact")))
    return {"event": "targets", "targets": targets.text(), "experiences": ids, "basis": {"": "0"}}


def test_a_draft_left_as_it_is_is_the_set(home: Home) -> None:
    """Approving without a change gives the very set that was written, of all its experiences."""
    targets = written(home)
    approved, experiences = Draft.of(event_of(targets)).approved()
    assert sorted(map(asdict, approved.pairs), key=str) == sorted(map(asdict, targets.pairs), key=str)
    assert approved.set_aside == targets.set_aside
    assert len(experiences) == 2


def test_what_is_struck_is_told_by_no_broad_answer(home: Home) -> None:
    """With all of an experience struck, nothing of the set tells it, and it is not among those learned."""
    draft = Draft.of(event_of(written(home)))
    cat = draft.experiences[0]
    approved, experiences = draft.strike(draft.of_experience(cat)).approved()
    assert "Tom" not in approved.text()
    assert cat not in experiences
    assert [pair.kind for pair in approved.pairs] == ["fact", "near-miss"]


def test_another_answer_is_given_by_all_its_questions(home: Home) -> None:
    """An edited answer stands in every question of it, kept aside or not; a question is edited alone."""
    draft = Draft.of(event_of(written(home))).answer(0, "Your cat is called Tim.").ask(0, "How do I call my cat?")
    approved, _ = draft.approved()
    assert [pair.answer for pair in approved.of_kind("fact")] == ["Your cat is called Tim."] * 2 + ["You keep goats."]
    assert approved.set_aside[0].answer == "Your cat is called Tim."
    assert [pair.question for pair in approved.of_kind("fact")][:2] == ["How do I call my cat?", "Who is Tom?"]


def test_nothing_left_is_not_learned(home: Home) -> None:
    """A draft with every line struck cannot be approved; striking again takes it back."""
    draft = Draft.of(event_of(written(home)))
    everything = draft.strike(range(len(draft.lines)))
    with pytest.raises(UsageError, match="nothing would be learned"):
        everything.approved()
    assert everything.strike(range(len(draft.lines))) == draft


def test_the_setting_is_always_or_never(home: Home) -> None:
    """`review` takes two words; another is refused in a line that names them."""
    home.config.mkdir()
    home.settings_file.write_text('review = "always"')
    assert read_settings(home.settings_file).review == "always"
    home.settings_file.write_text('review = "sometimes"')
    with pytest.raises(UsageError, match="always or never"):
        read_settings(home.settings_file)


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_learned_before_it_is_approved(home: Home, size: tuple[int, int]) -> None:
    """With review = always a consolidation only writes; F5 shows the set by experience, and `a` learns what is left."""
    consolidations = Consolidations(event_of(written(home)))
    app = ChatApp(ScriptedSession(home), ALWAYS, start=consolidations)
    async with app.run_test(size=size) as pilot:
        await send(pilot, "/consolidate")
        await until(pilot, lambda: consolidations.started)
        assert consolidations.started[0].options == {"dry_run": True}
        consolidations.started[0].go.set()
        await sees(pilot, "nothing is learned until you approve it")
        await pilot.press("f5")
        await sees(pilot, "My cat is called Tom.", "Who is Tom?", "I keep goats.", "1 other")
        await pilot.press("down", "e")
        await pilot.press("end", *["backspace"] * 4, *"Tim.", "enter")
        await sees(pilot, "Your cat is called Tim.")
        await pilot.press("down", "space")
        await sees(pilot, "✗ Who is Tom?")
        consolidations.last = None
        await pilot.press("a")
        await until(pilot, lambda: len(consolidations.started) == 2)
        options = consolidations.started[1].options
        learned = TargetSet.load(Path(options["reviewed"]))
        assert [pair.question for pair in learned.of_kind("fact")] == ["What is my cat called?", "What do I keep?"]
        assert learned.pairs[0].answer == "Your cat is called Tim."
        assert len(options["only"]) == 2
        consolidations.started[1].go.set()
        await sees(pilot, "learned: version 1 answers now")
        await until(pilot, lambda: not Path(options["reviewed"]).exists())


@pytest.mark.asyncio
async def test_a_set_can_be_asked_for_and_thrown_away(home: Home) -> None:
    """/review writes a set even with review = never; x throws it away, and the next /review writes another."""
    consolidations = Consolidations(event_of(written(home)))
    app = ChatApp(ScriptedSession(home), Settings(schedule=Schedule(minutes=0)), start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/review")
        await until(pilot, lambda: consolidations.started)
        consolidations.started[0].go.set()
        await sees(pilot, "nothing is learned until you approve it")
        await send(pilot, "/review")
        await sees(pilot, "Who is Tom?")
        await pilot.press("home", "space")
        await sees(pilot, "✗ What is my cat called?", "✗ Who is Tom?")
        await pilot.press("escape", "f5")
        await sees(pilot, "✗ Who is Tom?")
        await pilot.press("x")
        await sees(pilot, "Type a message", "thrown away")
        await send(pilot, "/review")
        await until(pilot, lambda: len(consolidations.started) == 2)


@pytest.mark.asyncio
async def test_what_is_forgotten_is_not_learned_from_a_waiting_set(home: Home) -> None:
    """Forgetting something throws a set that waits for approval away."""
    consolidations = Consolidations(event_of(written(home)))
    app = ChatApp(ScriptedSession(home), ALWAYS, start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/consolidate")
        await until(pilot, lambda: consolidations.started)
        consolidations.started[0].go.set()
        await sees(pilot, "nothing is learned until")
        await pilot.press("f2")
        await sees(pilot, "goats")
        await pilot.press("f")
        await sees(pilot, "Forget this for good?")
        await pilot.press("y")
        await sees(pilot, "forgotten")
        await pilot.press("f5")
        await until(pilot, lambda: len(consolidations.started) == 2)
        assert "Who is Tom?" not in screen_text(app)
