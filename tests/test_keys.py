"""Every key of every screen, as it is and as `[keys]` changes it. A key that stands in no table here fails."""

from pathlib import Path

import pytest
from textual.binding import Binding

from examples.screens import STATES, Play, Scene, draft, told
from memory.home import Home
from memory.settings import Schedule, Settings
from tests.scripted import Consolidations, screen_text, sees, send
from tui import conversations_screen, keys, look, page
from tui.again import EDITING
from tui.app import ChatApp

ANOTHER = "f12"
"""A key that nothing has."""


async def _begin(scene: Scene) -> None:
    await sees(scene.pilot, "pending 1")


async def _reply(scene: Scene) -> None:
    await STATES["chat"](scene)
    scene.app.session.reply = " Another one."  # type: ignore[attr-defined]


async def _replying(scene: Scene) -> None:
    scene.app.session.hold_after = 2  # type: ignore[attr-defined]
    await send(scene.pilot, "What does Zoe play?")
    await sees(scene.pilot, "Zoe plays")


async def _long(scene: Scene) -> None:
    await send(scene.pilot, "/help")
    await sees(scene.pilot, "Ctrl+Q")


async def _scrolled(scene: Scene) -> None:
    await _long(scene)
    await scene.pilot.press("pageup", "pageup", "pageup")
    await sees(scene.pilot, "My cat is called Tom.")


PRESSED: dict[tuple[str, str], tuple[Play, str]] = {
    ("", "stop"): (_replying, "stopped"),
    ("", "interrupt"): (_replying, "stopped"),
    ("", "roll-back"): (_begin, "once more rolls back from v1"),
    ("", "keys"): (_begin, "its name in config.toml"),
    ("", "memories"): (_begin, "in the weights: 1 learned"),
    ("", "consolidation"): (_begin, "the last consolidation that was learned"),
    ("", "versions"): (_begin, "v1 answers"),
    ("", "review"): (_begin, "train 3/90"),
    ("", "conversations"): (_begin, "2 conversations"),
    ("", "regenerate"): (_reply, "v1 Another one."),
    ("", "continue"): (_reply, "Zoe plays the cello. Another one."),
    ("", "edit"): (_reply, EDITING),
    ("", "copy-reply"): (_reply, "copied the reply, 20 characters"),
    ("", "copy-code"): (_reply, "the last reply has no code block"),
    ("", "scroll-up"): (_long, "/consolidate"),
    ("", "scroll-down"): (_scrolled, "Enter send"),
    ("Page", "back"): (STATES["versions"], "Type a message"),
    ("MemoryScreen", "search"): (STATES["memories"], "/ searches what you said"),
    ("MemoryScreen", "forget"): (STATES["memories"], "Forget this for good? (y/n)"),
    ("MemoryScreen", "confirm"): (STATES["memories"], "only what is held back can be confirmed"),
    ("MemoryScreen", "retry"): (STATES["memories"], "pending again"),
    ("ConsolidationScreen", "start"): (STATES["consolidation-last"], "train 3/90"),
    ("ConsolidationScreen", "cancel"): (STATES["consolidation-training"], "was stopped; nothing was changed"),
    ("VersionsScreen", "serve"): (STATES["versions"], "v1 answers already"),
    ("VersionsScreen", "go-back"): (STATES["versions"], "v0 (base) answers from now on"),
    ("VersionsScreen", "compare"): (STATES["versions"], "a question to v0 and v1"),
    ("ReviewScreen", "strike"): (draft, "1 struck"),
    ("ReviewScreen", "edit-answer"): (draft, "│ Your cat is called Tom."),
    ("ReviewScreen", "edit-question"): (draft, "│ Who is Tom?"),
    ("ReviewScreen", "approve"): (draft, "train 3/90"),
    ("ReviewScreen", "throw-away"): (draft, "the target set was thrown away"),
    ("ConversationsScreen", "open"): (STATES["conversations"], "Type a message"),
    ("ConversationsScreen", "new"): (STATES["conversations"], "A chat whose memory"),
    ("ConversationsScreen", "search"): (STATES["conversations"], "/ searches every message"),
    ("ConversationsScreen", "rename"): (STATES["conversations"], "│ My cat is called Tom."),
    ("ConversationsScreen", "fork"): (STATES["conversations"], "a new conversation that ends with this message"),
    ("ConversationsScreen", "delete"): (STATES["conversations"], "it is the one you are in"),
    ("ConversationsScreen", "export"): (STATES["conversations"], "a new file for it"),
    ("ConversationsScreen", "import"): (STATES["conversations"], "a .md or .json file to take in"),
}
"""Screen and name of a key → where it is pressed, and what is seen then."""
OVER: dict[tuple[str, str], tuple[Play, str]] = {
    ("KeyHelp", "escape"): (STATES["chat-keys"], "Type a message"),
    ("KeyHelp", "f1"): (STATES["chat-keys"], "Type a message"),
    ("Sure", "y"): (STATES["versions-switch"], "v0 (base) answers now"),
    ("Sure", "n"): (STATES["versions-switch"], "v1 answers"),
    ("Sure", "escape"): (STATES["versions-switch"], "v1 answers"),
    ("ForkPoint", "escape"): (STATES["conversations-fork"], "o Open"),
}
"""The same of what stands over a screen, whose keys stay as they are."""


async def seen(folder: Path, play: Play, key: str, what: str, changed: dict[str, str] | None = None) -> None:
    """Go where it is pressed, press it, and see."""
    consolidations = Consolidations()
    settings = Settings(schedule=Schedule(minutes=0), keys=changed or {})
    app = ChatApp(told(Home(folder / "config", folder / "data", folder / "cache")), settings, start=consolidations)
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "pending 1")
        await play(Scene(app, pilot, consolidations))
        await pilot.pause()
        before = screen_text(app)
        await pilot.press(key)
        await sees(pilot, what)
        assert screen_text(app) != before
        app.learning.stop()


@pytest.mark.asyncio
@pytest.mark.parametrize("changed", [False, True], ids=["as it is", "changed"])
@pytest.mark.parametrize(("screen", "binding"), keys.bindings(), ids=lambda part: getattr(part, "id", part) or "chat")
async def test_every_key(tmp_path: Path, screen: str, binding: Binding, changed: bool) -> None:
    """Each key does what it is for, on the key it has and on one that `[keys]` gives it."""
    assert binding.id
    play, what = PRESSED[screen, binding.id]
    if changed:
        await seen(tmp_path, play, ANOTHER, what, {binding.id: ANOTHER})
    else:
        await seen(tmp_path, play, binding.key, what)


def _over() -> list[tuple[str, str]]:
    return [
        (screen.__name__, key)
        for screen in (look.KeyHelp, page.Sure, conversations_screen.ForkPoint)
        for binding in screen.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(("screen", "key"), _over())
async def test_every_key_over_a_screen(tmp_path: Path, screen: str, key: str) -> None:
    """What asks or tells something over a screen is answered or put away by each of its keys."""
    await seen(tmp_path, OVER[screen, key][0], key, OVER[screen, key][1])


def test_no_screen_is_left_out() -> None:
    """The screens whose keys are pressed here are all there are."""
    import textual.screen as textual_screens

    def below(kind: type) -> set[type]:
        return {each for child in kind.__subclasses__() for each in {child, *below(child)}}

    ours = {kind.__name__ for kind in below(textual_screens.Screen) if kind.__module__.startswith("tui.")}
    assert ours == {page.__name__ for page in keys.PAGES} | {screen for screen, _ in OVER}
