"""`consolidate` and `schedule`: from what is pending to weights."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.text import plain
from memory.errors import UsageError
from memory.home import Home
from memory.settings import read_settings
from tui.cli.common import AsJson, Model, checked_model, fetch, home_in_use, model_of, print_json, say

schedule = typer.Typer(help="Consolidation by the clock.", rich_markup_mode=None)


def consolidate(
    model: Model = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be learned, learn nothing.")] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Strike lines in $EDITOR before anything is learned.")
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Print seconds, memory and disk that it would take, learn nothing.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Take up again what was set aside after refusals.")] = False,
    as_json: AsJson = False,
) -> None:
    """Learn what is pending, now. Exit code 0 learned, 3 nothing pending, 4 refused by the gate, 1 failed.

    Example: selfparam-agent consolidate --review
    """
    import tempfile

    from agent.consolidate import EXIT_REFUSED, in_words, run
    from memory import refusals
    from memory.pending import nothing_pending, pending
    from memory.versions import Weights
    from tui.progress import ProgressLine

    if dry_run and review:
        raise UsageError("--dry-run and --review exclude each other: choose one")
    home, name = home_in_use(), checked_model(model_of(model))
    if estimate:
        _print_estimate(home, name, as_json)
        return
    review = review or (read_settings(home.settings_file).review == "always" and not dry_run)
    if review and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("what is learned is to be reviewed, which needs a terminal: use --dry-run to look at the set")
    if retry:
        refusals.retry(Weights(home, name).root)
    if not pending(home, name):
        raise nothing_pending(home, name)
    fetch(name)
    options: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="selfparam-") as folder:
        if dry_run or review:
            with ProgressLine(sys.stderr) as line:
                written = run(home, name, line.show, dry_run=True)
            if dry_run:
                print(json.dumps(written, ensure_ascii=False) if as_json else written["targets"], end="")
                return
            reviewed = Path(folder) / "targets.yaml"
            reviewed.write_text(written["targets"], encoding="utf-8")
            _edit_target_set(reviewed)
            options = {"reviewed": str(reviewed), "only": written["experiences"], "basis": written["basis"]}
        with ProgressLine(sys.stderr) as line:
            last = run(home, name, line.show, **options)
    if as_json:
        print_json(last)
    else:
        print(in_words(last))
    if last["version"] is None:
        raise typer.Exit(EXIT_REFUSED)


def _print_estimate(home: Home, name: str, as_json: bool) -> None:
    from memory import estimate

    found = estimate.estimate(home, name, read_settings(home.settings_file))
    if as_json:
        print_json(asdict(found))
    else:
        print(estimate.in_words(found))


def _edit_target_set(file: Path) -> None:
    """Edit until it is a target set again, or the user gives up; broad answers lose what was struck.

    Raises:
        UsageError: he gave up, or struck everything.
    """
    from memory.targets import TargetSet

    whole, edited = TargetSet.load(file), None
    while edited is None:
        _edit(file)
        try:
            edited = TargetSet.load(file)
        except UsageError as error:
            say(plain(str(error)))
            if not typer.confirm("Go back to the editor?", default=True):
                raise
    if not edited.of_kind("fact"):
        raise UsageError("everything is struck: nothing would be learned")
    replace(edited, pairs=whole.rewritten(edited.pairs, edited.set_aside).pairs).save(file)


def _edit(file: Path) -> None:
    """Let a person change the file in an editor and wait until it is closed.

    Raises:
        UsageError: the editor cannot be run.
    """
    import os
    import shlex
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        subprocess.run([*shlex.split(editor), str(file)], check=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise UsageError(
            f"{editor} failed ({error}), nothing was learned: set $EDITOR to one that works here"
        ) from error


@schedule.command("run")
def schedule_run(model: Model = None) -> None:
    """Consolidate what is pending without a chat, when the settings say so, until Ctrl-C.

    Example: selfparam-agent schedule run
    """
    from agent.headless import keep_schedule

    home = home_in_use()
    settings = read_settings(home.settings_file)
    if settings.review == "always":
        raise UsageError("review = always: nothing is learned unseen; open `selfparam-agent chat`, or set it to never")
    name = checked_model(model_of(model))
    fetch(name)
    keep_schedule(home, name, settings.schedule, say)


@schedule.command("status")
def schedule_status(model: Model = None, as_json: AsJson = False) -> None:
    """Say what is learned when, what it waits for, how the last run went, and who keeps the schedule.

    Example: selfparam-agent schedule status
    """
    from agent.outlook import in_words, look_ahead

    home = home_in_use()
    settings = read_settings(home.settings_file).schedule
    outlook = look_ahead(home, checked_model(model_of(model)), settings)
    if as_json:
        times = {name: at and at.isoformat() for name, at in (("due", outlook.due), ("ran", outlook.ran))}
        print_json({**asdict(outlook), **times, "now": outlook.now.isoformat(), "settings": asdict(settings)})
    else:
        print(plain("\n".join(in_words(outlook, settings))))
