"""What holds on every screen of the app: the theme, the keys as the settings have them, the command palette."""

from collections.abc import Iterable
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.widgets import HelpPanel

from memory.settings import Settings
from tui.commands import COMMANDS
from tui.keys import keymap
from tui.theme import SIXTEEN, checked_theme


class Look(App[None]):
    """An app in the user's colours, with his keys.

    Raises:
        UsageError: the settings name a theme or a key that is not there.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.register_theme(SIXTEEN)
        self.theme = checked_theme(settings.theme, list(self.available_themes))
        self.set_keymap(keymap(settings.keys))

    def action_keys(self) -> None:
        """The keys of what is on the screen, as they are now; once more, and they are gone."""
        (self.action_hide_help_panel if self.screen.query(HelpPanel) else self.action_show_help_panel)()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The command palette: Textual's own commands and ours."""
        yield from super().get_system_commands(screen)
        for name, what in COMMANDS.items():
            yield SystemCommand(name, what, lambda name=name: self.obey(name.split()[0], ""))

    def obey(self, name: str, argument: str) -> None:
        """Do a slash command."""
        raise NotImplementedError
