"""What holds on every screen: the palette, the keys, and colours that sixteen are enough for."""

import pytest
from rich._palettes import STANDARD_PALETTE
from rich.color import ColorSystem
from rich.palette import Palette

from memory.errors import UsageError
from memory.home import Home
from memory.settings import Settings, read_settings
from tests.scripted import QUIET, ScriptedSession, publish, screen_text, sees, send
from tui.app import ChatApp
from tui.commands import COMMANDS


def with_a_version(home: Home) -> ScriptedSession:
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom.", 0)
    publish(home)
    return session


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """As WCAG 2 defines it, 1 to 21."""

    def luminance(color: tuple[int, int, int]) -> float:
        parts = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pale(app: ChatApp, palette: Palette) -> list[str]:
    """Words on the screen that a terminal of sixteen colours shows with less contrast than 4.5."""
    found = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if style and style.color and style.bgcolor and any(c.isalnum() for c in segment.text):
                shown = [c.downgrade(ColorSystem.STANDARD).number for c in (style.color, style.bgcolor)]
                one, other = (palette[number or 0] for number in shown)
                if contrast(tuple(one), tuple(other)) < 4.5:
                    found.append(f"{segment.text!r} {tuple(one)} on {tuple(other)}")
    return found


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["", "f2", "f3", "f4"])
async def test_our_theme_reads_in_sixteen_colours(home: Home, key: str) -> None:
    """Reduced to the terminal's sixteen colours, every word on every screen stands out from what is behind it."""
    app = ChatApp(with_a_version(home), QUIET)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "My cat is called Tom.", "pending 0")
        await send(pilot, "/nonsense")
        if key:
            await pilot.press(key)
            await pilot.pause(0.5)
        assert pale(app, STANDARD_PALETTE) == []


@pytest.mark.asyncio
async def test_the_palette_has_every_command(home: Home) -> None:
    """Ctrl+P finds the slash commands by name and does them; Esc closes it and stops no reply."""
    app = ChatApp(with_a_version(home), QUIET)
    async with app.run_test(size=(100, 80)) as pilot:
        await sees(pilot, "pending 0")
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {*COMMANDS, "Theme", "Quit"} <= titles
        await pilot.press("ctrl+p")
        await sees(pilot, "Theme")
        await pilot.press("escape")
        await sees(pilot, "Type a message")
        await pilot.press("ctrl+p")
        await pilot.press(*"/versions")
        await sees(pilot, "what each learned")
        await pilot.press("enter")
        await sees(pilot, "v1 answers · 1 version")


@pytest.mark.asyncio
async def test_the_pages_change_places(home: Home) -> None:
    """F2, F3 and F4 go from page to page; one Esc is back in the chat from any of them."""
    app = ChatApp(with_a_version(home), QUIET)
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "pending 0")
        for key, text in (("f2", "in the weights: 1 learned"), ("f3", "the last consolidation"), ("f4", "→ v1")):
            await pilot.press(key)
            await sees(pilot, text)
        await pilot.press("escape")
        await sees(pilot, "Type a message")


@pytest.mark.asyncio
async def test_keys_can_be_changed(home: Home) -> None:
    """`[keys]` gives an action another key, the old one does nothing, and F1 shows the new one."""
    home.config.mkdir()
    home.settings_file.write_text('[keys]\nmemories = "f9"\nforget = "d"\n[schedule]\nminutes = 0')
    app = ChatApp(with_a_version(home), read_settings(home.settings_file))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2")
        await pilot.pause()
        assert "in the weights" not in screen_text(app)
        await pilot.press("f9")
        await sees(pilot, "in the weights: 1 learned", "d Forget")
        await pilot.press("f1")
        await sees(pilot, "f9 Memories memories", "d Forget forget")
        await pilot.press("f1")
        await pilot.pause()
        await pilot.press("d")
        await sees(pilot, "Forget this for good?")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (Settings(keys={"memory": "f9"}), "there is no key memory; there are stop, interrupt"),
        (Settings(theme="pink"), "there is no theme 'pink'; there are"),
    ],
)
def test_a_wrong_name_is_told(home: Home, changed: Settings, says: str) -> None:
    """A key or theme that is not there is one line that lists those that are."""
    with pytest.raises(UsageError, match=says):
        ChatApp(ScriptedSession(home), changed)


def test_keys_are_texts(home: Home) -> None:
    """`[keys]` with something else than texts is refused with an example."""
    home.config.mkdir()
    home.settings_file.write_text("[keys]\nmemories = 2")
    with pytest.raises(UsageError, match="write"):
        read_settings(home.settings_file)
