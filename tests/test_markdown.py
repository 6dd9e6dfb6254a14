"""Replies as markdown: what is drawn, and what must not get lost in drawing."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tui.markdown import code_blocks, rendered


def drawn(text: str, colours: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=60, force_terminal=colours, color_system="standard" if colours else None
    )
    console.print(rendered(text))
    shown = console.file
    assert isinstance(shown, io.StringIO)
    return shown.getvalue()


def test_marks() -> None:
    """Lists have bullets, emphasis and headings lose their signs, a link shows where it leads and is none."""
    shown = drawn("# Films\n\n* **Heat**\n* [Arrival](https://example.org)\n")
    assert "•" in shown
    assert "https://example.org" in shown
    assert not {"*", "#"} & {*shown}
    assert "\x1b]8" not in drawn("[Arrival](https://example.org)", colours=True)


def test_code_is_in_colours() -> None:
    """A fenced block is highlighted with colours of the terminal; an unfinished one of a growing reply, too."""
    for text in ("```python\nreturn 1\n```", "```python\nreturn 1"):
        assert "return 1" in drawn(text)
        assert "\x1b[94mreturn" in drawn(text, colours=True)
    assert code_blocks("a\n```\none\n```\nb\n```py\ntwo\n```") == ["one\n", "two\n"]


def test_lines_of_a_poem() -> None:
    """A line ends where the model ended it."""
    assert [line.strip() for line in drawn("Roses are red,\nviolets are blue.").splitlines()] == [
        "Roses are red,", "violets are blue."
    ]  # fmt: skip


def test_html_is_text() -> None:
    """Tags are not swallowed, in a line or as a block."""
    assert "<b>bold</b>" in drawn("a <b>bold</b> word")
    assert "<div>" in drawn("<div>\nhello\n</div>")


@given(st.text(alphabet=st.characters(whitelist_categories=["Ll", "Nd"], whitelist_characters=" .,!?"), max_size=50))
def test_plain_words_stay(text: str) -> None:
    """Letters and digits are all there, whatever stands between them."""
    words = [letter for letter in text if letter.isalpha()]
    assert [letter for letter in drawn(text) if letter.isalpha()] == words
