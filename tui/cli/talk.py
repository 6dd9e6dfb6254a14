"""`chat`, `ask` and `demo`: the commands that answer."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from memory.errors import UsageError
from memory.home import user_home
from memory.settings import read_settings
from tui.cli.common import AsJson, Model, checked_model, fetch, home_in_use, model_of, print_json, read_as_text, say


def chat(
    model: Model = None,
    continue_: Annotated[bool, typer.Option("--continue", "-c", help="Go on with the last conversation.")] = False,
    resume: Annotated[
        str, typer.Option(help='Go on with this conversation: an id (its beginning will do), or "last".')
    ] = "",
    temporary: Annotated[
        bool, typer.Option(help="Keep nothing of this conversation and learn nothing from it.")
    ] = False,
    consolidate_now: Annotated[bool, typer.Option(help="Learn what is pending as soon as the model is up.")] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Lines instead of a screen; always so when this is no terminal.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="The screen in a browser on this machine; needs the extra `browser`.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where on this machine --browser puts it.")] = 8000,
) -> None:
    """Open the chat.

    Example: selfparam-agent chat --continue
    """
    from agent.session import Session
    from memory.conversations import Conversation, check_writable
    from memory.shelf import LAST, named

    if sum((continue_, temporary, bool(resume))) > 1:
        raise UsageError("--continue, --resume and --temporary exclude each other: choose one")
    if plain and browser:
        raise UsageError("--plain and --browser exclude each other: choose one")
    if browser:
        given = {"--continue": continue_, "--temporary": temporary, "--consolidate-now": consolidate_now}
        flags = [flag for flag, said in given.items() if said] + ([f"--resume={resume}"] if resume else [])
        _open_to_browser(model, flags, port)
        return
    home = home_in_use()
    settings = read_settings(home.settings_file)
    name = checked_model(model_of(model))
    if temporary:
        conversation = Conversation(None)
    else:
        check_writable(home)
        wanted = LAST if continue_ else resume
        conversation = Conversation(home.conversations, named(home, wanted) if wanted else None)
    conversation.hold()
    session = Session(home, name, conversation)
    try:
        if plain or not _has_screen():
            from tui.plain import PlainChat

            read_as_text()
            PlainChat(session, settings, consolidate_at_start=consolidate_now).run()
        else:
            from tui.app import ChatApp

            app = ChatApp(session, settings, consolidate_at_start=consolidate_now)
            app.run()
            if app.return_code:  # it crashed, and has said how
                raise typer.Exit(app.return_code)
    finally:
        session.conversation.release()


def _has_screen() -> bool:
    """Whether there is a terminal, or a browser in its place."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stdout.isatty())


def _open_to_browser(model: str | None, flags: list[str], port: int) -> None:
    try:
        from tui.browser import LoopbackServer
    except ModuleNotFoundError as error:
        raise UsageError("--browser needs an extra: pip install 'selfparam-agent[browser]'") from error
    home_in_use()
    chosen = checked_model(model_of(model))
    try:
        LoopbackServer(["chat", "--model", chosen, *flags], port).serve()
    except OSError as error:
        raise UsageError(f"cannot listen on port {port} ({error.strerror}): name another with --port") from error


def ask(
    text: Annotated[str | None, typer.Argument(help="The question; without it, standard input is read.")] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question in a fresh conversation; nothing of it is kept or learned.

    Example: echo "Where do I live?" | selfparam-agent ask
    """
    import time

    from agent.session import Session
    from memory.conversations import Conversation

    if text is None:
        if sys.stdin.isatty():
            raise UsageError("ask needs a question: selfparam-agent ask TEXT")
        read_as_text()
        text = sys.stdin.read()
    started = time.monotonic()
    session = Session(home_in_use(), checked_model(model_of(model)), Conversation(None))
    session.accept(text)
    session.open(say)
    if session.trouble:
        say(f"selfparam-agent: {session.trouble}")
    pieces = []
    for piece in session.say(text):
        pieces.append(piece)
        if not as_json:
            print(piece, end="", flush=True)
    if not as_json:
        print()
        return
    print_json({"answer": "".join(pieces), "model": session.model, "version": session.version,
                 "seconds": round(time.monotonic() - started, 2)})  # fmt: skip


def demo(
    scripts: Annotated[list[Path], typer.Argument(help="Script files; see examples/memory.")],
    model: Model = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the demo's home in this (new) folder to look at it.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the consolidations.")] = 0,
    report: Annotated[Path | None, typer.Option(help="Write a page to share (one HTML file) there.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell a scripted user's facts, consolidate, and show what is known before and after.

    Example: selfparam-agent demo examples/recommendation/musicals.yaml --report musicals.html
    """
    import contextlib
    import tempfile
    from dataclasses import replace

    from agent.demo import play
    from agent.scripts import read_script
    from memory.conversations import check_writable
    from tui.progress import ProgressLine
    from tui.report import check_report, write_report
    from tui.results import print_outcome

    read = [read_script(path) for path in scripts]
    if keep and keep.exists() and any(keep.iterdir()):
        raise UsageError(f"{keep} is not empty: name a new folder for --keep")
    if len({script.name for script in read}) < len(read):
        raise UsageError("two of the scripts have the same name: run them one by one")
    if report:
        check_report(report)
    name = checked_model(model_of(model))
    fetch(name)
    outcomes = []
    for number, script in enumerate(read):
        with contextlib.ExitStack() as stack:
            root_folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="selfparam-demo-")))
            folder = root_folder / script.name if len(read) > 1 else root_folder
            home = replace(user_home(), data=folder.absolute() / "data")
            check_writable(home)
            line = stack.enter_context(ProgressLine(sys.stderr, verdicts=True))
            line.title(f"{script.title} ({number + 1} of {len(read)})")
            outcome = play(script, home, name, seed, line.show)
            outcomes.append(outcome)
        if as_json:
            print_json(outcome.record())
        else:
            print_outcome(outcome)
        if report:
            write_report(report, outcomes)
        if keep:
            (folder / "cache").symlink_to(home.cache)
            say(f"kept: look at it with SELFPARAM_HOME={folder.absolute()} selfparam-agent memories list")
