"""The consolidation screen, driven as a user drives it, over a scripted consolidation."""

import pytest

from memory.home import Home
from memory.versions import Weights
from tests.scripted import FIGURES, QUIET, SIZES, VERDICT, Consolidations, ScriptedSession, publish, sees, send, until
from tui.app import ChatApp

REFUSED = {"event": "verdict", "verdict": {**VERDICT, "passed": False, "reason": "recall is 0.10"}, **FIGURES}


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_the_course_and_the_end(home: Home, size: tuple[int, int]) -> None:
    """F3 shows stage, loss and recall as they come; at the end the verdict, and each answer before and after."""
    session, consolidations = ScriptedSession(home), Consolidations()
    app = ChatApp(session, QUIET, start=consolidations)
    async with app.run_test(size=size) as pilot:
        await send(pilot, "My daughter Zoe plays the cello.")
        await sees(pilot, "pending 1")
        await pilot.press("f3")
        await sees(pilot, "no consolidation yet")
        await pilot.press("s")
        await sees(pilot, "train 3/90, about", "the chat goes on meanwhile")
        await sees(pilot, "✓ writing the target set", "▸ training", "· at the gate")
        await sees(pilot, "loss 3.00 → 1.00", "recall 0/2 → 1/2")
        consolidations.started[0].go.set()
        await sees(pilot, "✓ at the gate", "learned: version 1 answers now", "1/2 (before 0/2)")
        await sees(pilot, "What does Zoe play?", "✗ I do not know.", "✓ Zoe plays the cello.")
        await pilot.press("escape")
        await sees(pilot, "now answering with v1")


@pytest.mark.asyncio
async def test_cancelling_leaves_everything_as_it_was(home: Home) -> None:
    """x ends it at the stage it is at: said here and in the chat, still pending, and another can be started."""
    session, consolidations = ScriptedSession(home), Consolidations()
    app = ChatApp(session, QUIET, start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await send(pilot, "My daughter Zoe plays the cello.")
        await sees(pilot, "pending 1")
        await send(pilot, "/consolidation")
        await pilot.press("x")
        await sees(pilot, "no consolidation is under way")
        await pilot.press("s")
        await sees(pilot, "train 3/90")
        await pilot.press("x")
        await sees(pilot, "the consolidation was stopped; nothing was changed")
        await until(pilot, lambda: not app.learning.under_way)
        assert Weights(home, "scripted").current() == 0
        await pilot.press("s")
        await until(pilot, lambda: len(consolidations.started) == 2)
        await pilot.press("escape")
        await sees(pilot, "was stopped; nothing was changed", "pending 1")


@pytest.mark.asyncio
async def test_a_refusal_is_shown_with_its_answers(home: Home) -> None:
    """What the gate refused is told in words, with the answers that did not do."""
    consolidations = Consolidations(REFUSED)
    app = ChatApp(ScriptedSession(home), QUIET, consolidate_at_start=True, start=consolidations)
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, lambda: consolidations.started)
        await pilot.press("f3")
        consolidations.started[0].go.set()
        await sees(pilot, "refused by the gate: recall is 0.10; nothing was changed", "Who is Zoe?", "✗ A town.")


@pytest.mark.asyncio
async def test_the_last_one_can_be_looked_at_later(home: Home) -> None:
    """In a later chat it shows what the last version's gate asked, and its figures."""
    session = ScriptedSession(home)
    session.conversation.add("user", "My daughter Zoe plays the cello.", 0)
    publish(home)
    app = ChatApp(session, QUIET)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("f3")
        await sees(pilot, "the last consolidation that was learned: version 1, 2026-03-01", "drift 0.12")
        await sees(pilot, "What does Zoe play?", "✓ Zoe plays the cello.")
