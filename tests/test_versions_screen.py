"""The versions screen, driven as a user drives it, on a real home."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.session import Session
from memory.conversations import Conversation
from memory.home import Home
from memory.versions import Weights
from tests.scripted import QUIET, SIZES, Consolidations, ScriptedSession, publish, sees, send, until
from tui.app import ChatApp
from tui.versions_screen import VersionsScreen


def two_versions(home: Home) -> ScriptedSession:
    """A session in a home where version 1 learned a fact and version 2 the same one again."""
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom [b].", 0)
    publish(home)
    publish(home)
    return session


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_the_tree_shows_what_each_learned(home: Home, size: tuple[int, int]) -> None:
    """F4 shows the lineage with figures and sizes, the serving version marked, and what it learned."""
    app = ChatApp(two_versions(home), QUIET)
    async with app.run_test(size=size) as pilot:
        await pilot.press("f4")
        await sees(pilot, "v2 answers · 2 versions over the base", "v0 (base)")
        await sees(pilot, "v1 learned 1 recall 1/2 false 0.05 drift 0.12 0 MB", "→ v2 learned 1")
        await sees(pilot, "learned: My cat is called Tom [b].", "version 2 over version 1")
        await pilot.press("home")
        await sees(pilot, "the base model: nothing you said is in it")


@pytest.mark.asyncio
async def test_a_version_is_chosen_and_rolled_back(home: Home) -> None:
    """s lets the highlighted one answer, r the parent of the serving one; both ask once, and n changes nothing."""
    app = ChatApp(two_versions(home), QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await send(pilot, "/versions")
        await sees(pilot, "→ v2")
        await pilot.press("s")
        await sees(pilot, "v2 answers already")
        await pilot.press("r")
        await sees(pilot, "v1 answers from now on", "Do it?")
        await pilot.press("n")
        await sees(pilot, "→ v2")
        await pilot.press("r", "y")
        await sees(pilot, "→ v1", "v1 answers now")
        await pilot.press("home", "s", "y")
        await sees(pilot, "→ v0 (base)")
        await pilot.press("r")
        await sees(pilot, "nothing to roll back")
        await pilot.press("escape")
        await sees(pilot, "now answering with v0 (base)", "pending 1")
    assert Weights(home, "scripted").current() == 0


@pytest.mark.asyncio
async def test_nothing_is_switched_under_a_consolidation(home: Home) -> None:
    """While one is under way the version stays, and the line says what to do."""
    app = ChatApp(two_versions(home), QUIET, start=Consolidations())
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "/consolidate")
        await sees(pilot, "train 3/90")
        await pilot.press("f4")
        await sees(pilot, "→ v2")
        await pilot.press("r", "y")
        await sees(pilot, "error: a consolidation is under way", "→ v2")


@pytest.mark.asyncio
async def test_two_versions_are_asked_the_same(home: Home) -> None:
    """d asks for a question and puts it to the highlighted version and the serving one, or to it and its parent."""

    def answers(
        home: Home, model: str, numbers: Sequence[int], questions: Sequence[str]
    ) -> list[tuple[str, tuple[str, ...]]]:
        return [(question, tuple(f"I am version {n}." for n in numbers)) for question in questions or ["of the gate?"]]

    session = two_versions(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        app.push_screen(VersionsScreen(home, session.model, app.learning, answers))
        await sees(pilot, "→ v2")
        await pilot.press("d")
        await sees(pilot, "a question to v1 and v2")
        await pilot.press(*"who?", "enter")
        await sees(pilot, "who? v1 I am version 1. v2 I am version 2.")
        await pilot.press("home", "d", "escape", "d", "enter")
        await sees(pilot, "of the gate? v0 I am version 0. v2 I am version 2.")


@pytest.mark.asyncio
async def test_the_weights_themselves_are_asked(home: Home, tiny_model: Path) -> None:
    """The tiny model's base answers as both sides; the same prompt gives the same answer twice."""
    session = Session(home, str(tiny_model), Conversation(None))
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: session.ready)
        await pilot.press("f4")
        await sees(pilot, "no version but the base yet")
        await pilot.press("d")
        await pilot.press("h", "i", "enter")
        await sees(pilot, "hi v0")
