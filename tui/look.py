"""What holds on every screen of the app: the theme, the keys as the settings have them, the command palette."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, Static

from memory.settings import Settings
from tui.commands import COMMANDS
from tui.keys import keymap, names
from tui.theme import SIXTEEN, checked_theme


class KeyHelp(ModalScreen[None]):
    """The keys, over the screen that they are of."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1", "dismiss(None)", "Close")]

    def __init__(self, lines: str) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box"):
            yield Static(f"{'key':10}{'what it does':22}its name in config.toml\n\n{self._lines}", markup=False)
        yield Footer(show_command_palette=False)


class Look(App[None]):
    """An app in the user's colours, with his keys; `obey` does a slash command, from the palette, too.

    Raises:
        UsageError: the settings name a theme or a key that is not there.
    """

    def __init__(self, settings: Settings, obey: Callable[[str, str], None]) -> None:
        super().__init__()
        self._obey = obey
        self.register_theme(SIXTEEN)
        self.theme = checked_theme(settings.theme, list(self.available_themes))
        self.set_keymap(keymap(settings.keys))

    def action_keys(self) -> None:
        """What the keys do on this screen, as they are now, and what `[keys]` calls them."""
        found = [active.binding for active in self.screen.active_bindings.values() if active.binding.id in names()]
        lines = {f"{self.get_key_display(b):10}{b.description:22}{b.id}": None for b in found}
        self.push_screen(KeyHelp("\n".join(lines)))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The command palette: Textual's own commands and ours."""
        yield from super().get_system_commands(screen)
        for name, what in COMMANDS.items():
            yield SystemCommand(name, what, lambda name=name: self._obey(name.split()[0], ""))
