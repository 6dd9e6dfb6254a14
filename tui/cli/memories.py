"""`memories …`: what was told, where it went, and taking it back."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.text import plain
from memory.errors import UsageError
from tui.cli.common import AsJson, Model, checked_model, home_in_use, model_of, one_line, print_json

if TYPE_CHECKING:
    from memory.imports import Arrival

memories = typer.Typer(help="What you told it: pending and learned.", rich_markup_mode=None)


@memories.command("list")
def memories_list(
    model: Model = None,
    all_turns: Annotated[bool, typer.Option("--all", help="Also what you typed that is not learned.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every experience with its state: pending, set aside, held back, or the version that learned it.

    Example: selfparam-agent memories list --all
    """
    from memory.pending import memories as told

    found = [m for m in told(home_in_use(), model_of(model)) if m.turn.learnable or all_turns]
    if as_json:
        print_json([{"id": m.turn.id, "at": m.turn.at, "text": m.turn.text, "version": m.version, "state": m.state,
                     "why": m.why} for m in found])  # fmt: skip
        return
    for memory in found:
        print(f"{memory.turn.id}  {plain(memory.words):<14}  {one_line(memory.turn.text)}")
    if not found:
        print("nothing yet: tell it something in `selfparam-agent chat`")


@memories.command("confirm")
def memories_confirm(
    ids: Annotated[list[str], typer.Argument(help="Ids that `memories list` shows as held back.")], model: Model = None
) -> None:
    """Let something be learned although it looks like a password, a key or a card number.

    Example: selfparam-agent memories confirm 20261122-213000-ab12/1
    """
    from memory.pending import memories as told
    from memory.sensitive import confirm

    home = home_in_use()
    held = {memory.turn.id for memory in told(home, model_of(model)) if memory.state == "held back"}
    if wrong := [key for key in ids if key not in held]:
        raise UsageError(f"{wrong[0]} is not held back: see `selfparam-agent memories list`")
    for key in ids:
        confirm(home, key)
    print(f"{len(ids)} pending now: `selfparam-agent consolidate`")


@memories.command("show")
def memories_show(
    experience: Annotated[str, typer.Argument(help="An id from `memories list`.")],
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """One experience: what was said, in which version it was learned, with which questions, recalled how.

    Example: selfparam-agent memories show 20261122-213000-ab12/1
    """
    from agent.provenance import provenance, show_provenance

    found = provenance(home_in_use(), model_of(model), experience)
    if as_json:
        print_json(found)
    else:
        print(show_provenance(found))


@memories.command("import")
def memories_import(
    files: Annotated[list[Path], typer.Argument(help="An export of ChatGPT or Claude, JSONL, a transcript, notes.")],
    shape: Annotated[
        str, typer.Option("--as", help="chatgpt, claude, messages, markdown or notes; default: as it looks.")
    ] = "",
    only: Annotated[
        list[str] | None, typer.Option(help="Conversations with this id, or this in the title; may be repeated.")
    ] = None,
    since: Annotated[str, typer.Option(metavar="DATE", help="What was said from then on.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List and count, import nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in what you said to other programs: it becomes pending by the rules of the chat; the answers are to read.

    What is here already is left alone. Example: selfparam-agent memories import chatgpt.zip --dry-run
    """
    from memory.imports import Choice, Counts, arrivals, bring_in

    home, choice = home_in_use(), Choice(shape, tuple(only or ()), since)
    listed = [_arrived(found) for found in arrivals(home, files, choice)] if dry_run else []
    counts = sum((row["counts"] for row in listed), Counts()) if dry_run else bring_in(home, files, choice)
    if not counts.conversations and (only or since):
        raise UsageError("no conversation is chosen: `--dry-run` without --only and --since lists them")
    if as_json:
        rows = [{**row, "counts": asdict(row["counts"])} for row in listed]
        print_json({"imported": not dry_run, **asdict(counts), "chosen": rows})
        return
    for row in listed:
        if row["counts"].new:
            what = f"{row['counts'].new:>5} new {row['counts'].learnable:>4} to learn"
            print(f"{row['at'][:10]} {what}  {row['id'][:8]:8}  {one_line(row['title'], 40)}")
    print(f"{counts.messages:,} of your messages in {counts.conversations:,} of the conversations: {counts.new:,} new, "
          f"{counts.messages - counts.new:,} here already; to learn: {counts.learnable:,}")  # fmt: skip
    if dry_run or not counts.new:
        print("nothing was imported")
    elif counts.learnable:
        print("imported and pending: `selfparam-agent memories list`, then `selfparam-agent consolidate`")


def _arrived(found: "Arrival") -> dict[str, Any]:
    return {"id": found.key, "at": found.at, "title": found.talk.about.title, "counts": found.counts}


@memories.command("forget")
def memories_forget(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids from `memories list --all`.")] = None,
    conversation: Annotated[str, typer.Option(help="Everything you said in this conversation.")] = "",
    matching: Annotated[str, typer.Option(help="Every message that contains this text.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Take back what you said: from the conversation, the target sets and every version of the weights that learned it.

    What else those versions had learned is pending again. Example: selfparam-agent memories forget --matching Biscuit
    """
    from agent.provenance import show_forgetting, still_known
    from memory.forget import find, forget, plan

    if not (ids or conversation or matching):
        raise UsageError("say what to forget: an id, --conversation C or --matching TEXT")
    home, name = home_in_use(), checked_model(model_of(model))
    going = plan(home, find(home, ids or [], conversation, matching))
    if not as_json:
        print(show_forgetting(going))
    if not dry_run:
        if not yes and not sys.stdin.isatty():
            raise UsageError("forgetting cannot be undone: add --yes, or --dry-run to look first")
        if not yes and not typer.confirm("Forget this for good?"):
            raise UsageError("nothing was forgotten")
        forget(home, going)
    known = [] if dry_run or not going.questions else still_known(home, name, going.questions)
    if as_json:
        print_json({
            "turns": [turn.id for turn in going.turns], "versions": [version.number for version in going.versions],
            "pending_again": list(going.again), "forgotten": not dry_run, "asked": len(going.questions),
            "still_known": known,
        })  # fmt: skip
    elif not dry_run:
        print(f"forgotten; asked {len(going.questions)} questions it was learned with, {len(known)} still recalled")
        for question, answer in known:
            print(f"  {one_line(question)}  →  {one_line(answer)}")
        if going.again:
            print(f"{len(going.again)} other experiences are pending again: `selfparam-agent consolidate`")
