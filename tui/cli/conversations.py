"""`conversations …`: what was talked about: listed, searched, shown, renamed, deleted, forked, taken out and in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from memory.errors import UsageError
from memory.home import Home
from tui.cli.common import AsJson, home_in_use, one_line, print_json

if TYPE_CHECKING:
    from memory.conversations import Conversation

conversations = typer.Typer(help="What you talked about.", rich_markup_mode=None)

Id = Annotated[str, typer.Argument(help='An id from `conversations list`, its beginning, or "last".')]


@conversations.command("list")
def conversations_list(as_json: AsJson = False) -> None:
    """Every conversation, that with the last message first; go on with one by `chat --resume ID`.

    Example: selfparam-agent conversations list
    """
    from memory.shelf import listed

    found = listed(home_in_use())
    if as_json:
        print_json([_record(talk) for talk in found])
        return
    for talk in found:
        print(_line(talk))
    if not found:
        print("nothing yet: `selfparam-agent chat`")


@conversations.command("search")
def conversations_search(
    text: Annotated[str, typer.Argument(help="Words that stand together in one message, or in a title.")],
    as_json: AsJson = False,
) -> None:
    """Search all that was said in all conversations, case ignored, and show the messages.

    Example: selfparam-agent conversations search "cello lessons"
    """
    from memory.shelf import hits, listed, matches
    from tui.listings import excerpt

    if not text.strip():
        raise UsageError("the search is empty: name a word that was said")
    found = [(talk, hits(talk, text)) for talk in listed(home_in_use()) if matches(talk, text)]
    if as_json:
        print_json([{**_record(talk), "hits": [{"id": t.id, "role": t.role, "at": t.at, "text": t.text} for t in turns]}
                    for talk, turns in found])  # fmt: skip
        return
    for talk, turns in found:
        print(_line(talk))
        for turn in turns:
            who = "you" if turn.role == "user" else f"v{turn.version}"
            print(f"  {turn.id.rpartition('/')[2]:>4}  {who}: {excerpt(turn.text, text)}")
    if not found:
        print("nothing matches")


@conversations.command("show")
def conversations_show(conversation: Id, as_json: AsJson = False) -> None:
    """One conversation to read: its title, system prompt and numbered messages.

    Example: selfparam-agent conversations show last
    """
    from memory.transcripts import record
    from tui import listings

    talk = _talk(home_in_use(), conversation)
    if as_json:
        print_json(record(talk))
    else:
        print(listings.conversation(talk))


@conversations.command("rename")
def conversations_rename(
    conversation: Id, title: Annotated[str, typer.Argument(help="What it is to be called.")]
) -> None:
    """Give a conversation a title; the model proposes none for it any more.

    Example: selfparam-agent conversations rename last "Cello lessons"
    """
    from memory.shelf import named, rename

    home = home_in_use()
    name = named(home, conversation)
    rename(home, name, title)
    print(f"{name} has its title")


@conversations.command("delete")
def conversations_delete(
    conversation: Id, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Remove a conversation; what the weights learned in it stays a memory until you forget it.

    Example: selfparam-agent conversations delete 20261122-213000-ab12
    """
    from memory.shelf import delete, deleting, named

    home = home_in_use()
    name = named(home, conversation)
    print(deleting(home, name))
    if not yes and not sys.stdin.isatty():
        raise UsageError("deleting cannot be undone: add --yes; `conversations export` keeps a copy")
    if not yes and not typer.confirm("Delete it for good?"):
        raise UsageError("nothing was deleted")
    delete(home, name)
    print("deleted")


@conversations.command("fork")
def conversations_fork(
    conversation: Id,
    after: Annotated[int, typer.Option(help="The last message to take along; default: all of them.")] = 0,
) -> None:
    """Begin a new conversation with the messages of another, up to one of them; the other stays as it is.

    Example: selfparam-agent conversations fork last --after 4
    """
    from memory.shelf import fork

    home = home_in_use()
    talk = _talk(home, conversation)
    name = fork(home, talk, after or len(talk.turns))
    print(f"{name}: go on with `selfparam-agent chat --resume {name}`")


@conversations.command("export")
def conversations_export(
    file: Annotated[Path, typer.Argument(help="A new file; .md or .json is the format.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Default: all conversations.")] = None,
) -> None:
    """Write conversations to a markdown or JSON file, which `conversations import` reads back exactly.

    Example: selfparam-agent conversations export talk.md last
    """
    from memory.shelf import listed
    from memory.transcripts import save

    home = home_in_use()
    found = [_talk(home, key) for key in dict.fromkeys(ids)] if ids else listed(home)
    if not found:
        raise UsageError("there is nothing to export yet: tell it something in `selfparam-agent chat`")
    save(file, found)
    print(f"{file}: {len(found)} {'conversation' if len(found) == 1 else 'conversations'}, readable by you only")


@conversations.command("import")
def conversations_import(
    file: Annotated[Path, typer.Argument(help="A file that `conversations export` wrote.")],
    learn: Annotated[bool, typer.Option("--learn", help="What you stated in them becomes pending, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take conversations in from a file, to read and to go on with; one that is here already is left alone.

    Example: selfparam-agent conversations import talk.md
    """
    from memory.shelf import take_in
    from memory.transcripts import read

    new, there = take_in(home_in_use(), read(file), learn)
    if as_json:
        print_json({"imported": new, "here_already": there})
        return
    for name in new:
        print(f"{name} imported")
    for name in there:
        print(f"{name} is here already")


def _talk(home: Home, key: str) -> "Conversation":
    """The conversation that is meant."""
    from memory.conversations import Conversation
    from memory.shelf import named

    return Conversation(home.conversations, named(home, key))


def _record(talk: "Conversation") -> dict[str, Any]:
    return {"id": talk.name, "title": talk.heading, "at": talk.at, "messages": len(talk.turns)}


def _line(talk: "Conversation") -> str:
    from tui.commands import local_time

    return f"{talk.name}  {local_time(talk.at)}  {len(talk.turns):>4} messages  {one_line(talk.heading)}"
