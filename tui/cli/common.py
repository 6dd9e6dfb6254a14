"""What the commands share: their options, the model they run on, and how they print."""

import io
import json
import sys
from typing import Annotated, Any

import typer

from agent.text import plain
from memory.home import Home, user_home
from memory.settings import read_settings


def _catalogue() -> list[str]:
    from memory.models import CATALOGUE

    return list(CATALOGUE)


Model = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", help="Catalogue name, Hugging Face id, folder or .gguf file.", show_default=False,
        autocompletion=_catalogue,
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for programs.")]


def home_in_use() -> Home:
    """The user's home, in the layout of this program; what is done from now on is logged there.

    Raises:
        StorageError: a newer program wrote it.
    """
    from agent.journal import open_journal
    from memory.schema import bring_up_to_date

    home = user_home()
    open_journal(home)
    bring_up_to_date(home)
    return home


def model_of(model: str | None) -> str:
    return model or read_settings(user_home().settings_file).model


def checked_model(name: str) -> str:
    """Refuse an unknown name before anything heavy starts."""
    from memory.models import check_name

    check_name(name)
    return name


def fetch(name: str) -> None:
    """Have the model, the sentence transformer and the parser here before a child needs them."""
    from memory.models import base_folder
    from memory.parser import fetch_readers

    base_folder(name, user_home(), say)
    fetch_readers(user_home(), say, read_settings(user_home().settings_file).recipe.hearing)


def read_as_text() -> None:
    """From now on what is no UTF-8 on standard input is �, not an error."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def one_line(text: str, width: int = 70) -> str:
    text = " ".join(plain(text).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"
