"""The chat's keys, and every key that `[keys]` in config.toml can change, by its name. Knows no action."""

from collections.abc import Mapping

from textual.binding import Binding, BindingType

from memory.errors import UsageError
from tui.consolidation_screen import ConsolidationScreen
from tui.conversations_screen import ConversationsScreen
from tui.memory_screen import MemoryScreen
from tui.page import Page
from tui.review_screen import ReviewScreen
from tui.versions_screen import VersionsScreen

CHAT: list[BindingType] = [
    Binding("escape", "stop_reply", "Stop the reply", id="stop", priority=True),
    Binding("ctrl+c", "interrupt", "Copy, stop or leave", id="interrupt", show=False, priority=True),
    Binding("ctrl+r", "roll_back", "Roll back", id="roll-back", priority=True),
    Binding("f1", "keys", "Keys", id="keys", show=False),
    Binding("f2", "show('memories')", "Memories", id="memories"),
    Binding("f3", "show('consolidation')", "Learning", id="consolidation"),
    Binding("f4", "show('versions')", "Versions", id="versions"),
    Binding("f5", "review", "Review", id="review", show=False),
    Binding("f6", "show('conversations')", "Talks", id="conversations", priority=True),
    Binding("f7", "obey('/regenerate')", "Another reply", id="regenerate", show=False, priority=True),
    Binding("f8", "obey('/continue')", "More of the reply", id="continue", show=False, priority=True),
    Binding("f9", "obey('/edit')", "Edit last message", id="edit", show=False, priority=True),
    Binding("ctrl+o", "obey('/copy')", "Copy the reply", id="copy-reply", show=False, priority=True),
    Binding("ctrl+g", "obey('/code')", "Copy its code", id="copy-code", show=False, priority=True),
    Binding("pageup", "scroll_log(-1)", "Scroll up", id="scroll-up", priority=True),
    Binding("pagedown", "scroll_log(1)", "Scroll down", id="scroll-down", priority=True),
]
ONLY_IN_CHAT = ("stop_reply", "roll_back", "scroll_log", "obey")
"""Actions that do nothing while something stands over the chat."""


PAGES = (Page, MemoryScreen, ConsolidationScreen, VersionsScreen, ReviewScreen, ConversationsScreen)


def bindings() -> list[tuple[str, Binding]]:
    """All keys that can be changed, each with the name of the screen it is of; the chat's have none."""
    found = [("", each) for each in CHAT] + [(page.__name__, each) for page in PAGES for each in page.BINDINGS]
    return [(screen, each) for screen, each in found if isinstance(each, Binding) and each.id]


def names() -> list[str]:
    """The names of all keys that can be changed."""
    return list(dict.fromkeys(each.id for _, each in bindings() if each.id))


def keymap(changed: Mapping[str, str]) -> dict[str, str]:
    """What the settings say, checked.

    Raises:
        UsageError: there is no key of that name.
    """
    for name in changed:
        if name not in names():
            raise UsageError(f"[keys] in config.toml: there is no key {name}; there are {', '.join(names())}")
    return dict(changed)
