"""A reply as the model meant it: lists, emphasis, code in colours. HTML stands there as text, links are text."""

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.markdown import Markdown

CODE = "ansi_dark"
"""Colours of code, of the terminal's own sixteen."""

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


def rendered(text: str) -> Markdown:
    """The text to be drawn; a line ends where the model ended it."""
    drawn = Markdown("", code_theme=CODE, hyperlinks=False)
    drawn.parsed = parsed(text)
    return drawn


def parsed(text: str) -> list[Token]:
    """The text's tokens, each line break of a paragraph kept."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "softbreak":
                inner.type = "hardbreak"
    return tokens


def code_blocks(text: str) -> list[str]:
    """What stands in the fenced code blocks, in order."""
    return [token.content for token in _PARSER.parse(text) if token.type == "fence"]
