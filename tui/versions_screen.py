"""The versions of the weights as a tree: what each learned and how well; let one answer, go back, ask two the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static, Tree
from textual.widgets.tree import TreeNode

from agent.provenance import compare, show_version, texts_of
from agent.text import plain
from memory.errors import BusyError
from memory.home import Home
from memory.versions import Version, Weights
from tui.commands import local_time, rollback, version_name
from tui.learning import Learning
from tui.page import Page, Sure

Compare = Callable[[Home, str, Sequence[int], Sequence[str]], list[tuple[str, tuple[str, ...]]]]


@dataclass(frozen=True)
class Lineage:
    """Every version, its bytes on disk, what it learned in the user's words, and which serves."""

    versions: tuple[Version, ...] = ()
    sizes: tuple[int, ...] = ()
    texts: tuple[tuple[str, ...], ...] = ()
    current: int = 0

    def summary(self) -> str:
        total = sum(self.sizes) / 1e9
        many = "version" if len(self.versions) == 1 else "versions"
        versions = f"{len(self.versions)} {many} over the base" if self.versions else "no version but the base yet"
        return f"{version_name(self.current)} answers · {versions}, {total:.2f} GB on disk"

    def detail(self, number: int) -> str:
        """What a version learned, and its manifest for a person."""
        for version, texts in zip(self.versions, self.texts, strict=True):
            if version.number == number:
                said = "\n".join(f"  {' '.join(text.split())}" for text in texts)
                return f"learned:\n{said}\n\n{show_version(version)}"
        return "the base model: nothing you said is in it"


class VersionsScreen(Page):
    """A tree of versions over a pane with the one that is highlighted, or with two versions' answers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "serve", "Switch", id="serve"),
        Binding("r", "roll_back", "Roll back", id="go-back"),
        Binding("d", "compare", "Compare", id="compare"),
    ]

    @dataclass
    class Read(Message):
        """The versions were read."""

        lineage: Lineage

    @dataclass
    class Compared(Message):
        """Both versions have answered."""

        text: str

    def __init__(self, home: Home, model: str, learning: Learning, compare: Compare = compare) -> None:
        super().__init__(home, model)
        self._learning, self._compare = learning, compare
        self._lineage = Lineage()

    def compose_body(self) -> ComposeResult:
        yield Tree[int]("v0 (base)", data=0)
        yield Input()
        with VerticalScroll(id="detail"):
            yield Static(markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).display = False
        self.tree_view.focus()
        self.in_background(self._read)

    @property
    def tree_view(self) -> "Tree[int]":
        return self.query_one(Tree)

    @property
    def highlighted(self) -> int:
        """The number of the version under the cursor; 0 is the base."""
        node = self.tree_view.cursor_node
        return node.data if node and node.data else 0

    # What is shown

    @on(Read)
    def _show(self, event: Read) -> None:
        self._lineage = event.lineage
        self.summarize(event.lineage.summary())
        tree = self.tree_view
        tree.clear()
        tree.root.set_label(_marked(0, event.lineage.current, version_name(0)))
        nodes: dict[int, TreeNode[int]] = {0: tree.root}
        for version, size in zip(event.lineage.versions, event.lineage.sizes, strict=True):
            label = _marked(version.number, event.lineage.current, _figures(version, size))
            nodes[version.number] = nodes.get(version.parent, tree.root).add(label, data=version.number)
        tree.root.expand_all()
        self.call_after_refresh(tree.move_cursor, nodes.get(event.lineage.current, tree.root))

    @on(Tree.NodeHighlighted)
    def _show_version(self, event: "Tree.NodeHighlighted[int]") -> None:
        self._show_detail(self._lineage.detail(event.node.data or 0))

    @on(Compared)
    def _show_compared(self, event: Compared) -> None:
        self.query_one("#detail").loading = False
        self._show_detail(event.text)

    def _show_detail(self, text: str) -> None:
        self.query_one("#detail Static", Static).update(plain(text))

    # Keys

    def action_serve(self) -> None:
        """Let the highlighted version answer."""
        if self.highlighted == self._lineage.current:
            self.post_message(self.Said(f"{version_name(self.highlighted)} answers already"))
        else:
            self._ask_to_serve(self.highlighted)

    def action_roll_back(self) -> None:
        """Let the parent of the one that serves answer."""
        parents = [version.parent for version in self._lineage.versions if version.number == self._lineage.current]
        if parents:
            self._ask_to_serve(parents[0])
        else:
            self.post_message(self.Said("nothing to roll back: the base model is answering"))

    def _ask_to_serve(self, number: int) -> None:
        words = f"{version_name(number)} answers from now on; what it has not learned is pending again."
        self.app.push_screen(Sure(words, "Do it? (y/n)"), lambda sure: self._serve(number) if sure else None)

    def _serve(self, number: int) -> None:
        def served() -> None:
            if self._learning.under_way:
                raise BusyError("a consolidation is under way: wait for it, or cancel it with F3")
            rollback(self.home, self.model, str(number))
            self.post_message(self.Said(f"{version_name(number)} answers now"))
            self.app.post_message(self.Changed())
            self._read()

        self.in_background(served)

    def action_compare(self) -> None:
        """Ask for the question to put to the highlighted version and the one that serves."""
        box = self.query_one(Input)
        one, other = self._pair()
        box.value = ""
        box.placeholder = f"a question to v{one} and v{other}; nothing: what the gate asked of them"
        box.display = True
        box.focus()

    def _pair(self) -> tuple[int, int]:
        """The highlighted version and the one that serves; if that is the same, its parent and it."""
        chosen, current = self.highlighted, self._lineage.current
        parents = {version.number: version.parent for version in self._lineage.versions}
        return (parents.get(chosen, 0), chosen) if chosen == current else (min(chosen, current), max(chosen, current))

    @on(Input.Submitted)
    def _ask_both(self, event: Input.Submitted) -> None:
        self.query_one("#detail").loading = True
        event.input.display = False
        self.tree_view.focus()
        self.in_background(partial(self._answer, self._pair(), [event.value] if event.value.strip() else []))

    def action_back(self) -> None:
        """Esc puts away the question first."""
        if self.query_one(Input).display:
            self.query_one(Input).display = False
            self.tree_view.focus()
        else:
            super().action_back()

    # Off the screen

    def _answer(self, pair: tuple[int, int], questions: list[str]) -> None:
        lines: list[str] = []
        try:
            for question, answers in self._compare(self.home, self.model, pair, questions):
                said = zip(pair, answers, strict=True)
                lines += [question, *(f"  v{number:<3} {' '.join(answer.split())}" for number, answer in said)]
        finally:
            self.post_message(self.Compared("\n".join(lines)))

    def _read(self) -> None:
        weights = Weights(self.home, self.model)
        versions = tuple(weights.all())
        sizes = tuple(weights.size(version) for version in versions)
        texts = tuple(tuple(texts_of(self.home, version.experiences).values()) for version in versions)
        self.post_message(self.Read(Lineage(versions, sizes, texts, weights.current())))


def _figures(version: Version, size: int) -> str:
    gate = version.manifest["gate"]
    hits = sum(answered["hit_after"] for answered in gate["asked"])
    return (
        f"v{version.number}  learned {len(version.experiences)}  recall {hits}/{len(gate['asked'])}  "
        f"false {gate['false_recall']:.2f}  drift {gate['drift']:.2f}  {size / 1e6:,.0f} MB  "
        f"{local_time(version.manifest['created'])}"
    )


def _marked(number: int, current: int, words: str) -> Text:
    return Text(f"{'→' if number == current else ' '} {words}", style="bold" if number == current else "")
