"""What holds on every screen of the app: theme, keys as the settings have them, command palette, work in threads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, Static

from memory.errors import SelfparamError
from memory.settings import Settings
from tui.background import in_background
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

    @dataclass
    class Told(Message):
        """Work off the screen has something to say. kind: "note" | "error"."""

        text: str
        kind: str = "note"

    def __init__(self, settings: Settings, obey: Callable[[str, str], None]) -> None:
        super().__init__()
        self._obey = obey
        self.background = partial(in_background, self)
        self.register_theme(SIXTEEN)
        self.theme = checked_theme(settings.theme, list(self.available_themes))
        self.set_keymap(keymap(settings.keys))

    def in_background(self, work: Callable[[], object]) -> None:
        """Run `work` in a thread; what the user can mend is told, a bug crashes."""

        def told() -> None:
            try:
                work()
            except SelfparamError as error:
                self.tell(str(error), "error")

        self.background(told)

    def look_up(self, text: Callable[[], str]) -> None:
        """Tell, when it is found in a thread, what `text` gives."""
        self.in_background(lambda: self.tell(text()))

    def tell(self, text: str, kind: str = "note") -> None:
        """Say something from any thread."""
        self.post_message(self.Told(text, kind))

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
