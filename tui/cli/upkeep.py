"""`doctor`, `export`, `import`, `purge` and `judge`: is everything well, is there a copy, and how to be gone."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.text import plain
from memory.errors import UsageError
from memory.home import user_home
from tui.cli.common import AsJson, Model, checked_model, home_in_use, model_of, print_json, say


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Do what can be done without losing anything.")] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Look at home, permissions, conversations, versions, disk, memory and model; exit code 1 if something is not well.

    Example: selfparam-agent doctor --repair
    """
    from agent.doctor import examine

    home, name = home_in_use(), checked_model(model_of(model))
    found = list(examine(home, name))
    if repair:
        for finding in found:
            if not finding.well and finding.repair:
                finding.repair()
                say(f"repaired: {finding.words}")
        found = list(examine(home, name))
    if as_json:
        print_json([{"name": f.name, "well": f.well, "words": f.words, "repairable": bool(f.repair)} for f in found])
    else:
        for finding in found:
            hint = "  (--repair mends it)" if not finding.well and finding.repair else ""
            print(f"{'✓' if finding.well else '✗'} {finding.name:<13}  {plain(finding.words)}{hint}")
    if not all(finding.well for finding in found):
        raise typer.Exit(1)


def export(file: Annotated[Path, typer.Argument(help="The archive to write, a .tar.")]) -> None:
    """Write settings, conversations and all versions into one archive; models are not in it.

    Example: selfparam-agent export me.tar
    """
    from memory import backup

    print(f"{backup.export(home_in_use(), file)} files in {file}; bring them back with `selfparam-agent import`")


def import_(file: Annotated[Path, typer.Argument(help="An archive written by `export`.")]) -> None:
    """Unpack an archive into a home that holds nothing yet.

    Example: SELFPARAM_HOME=~/me selfparam-agent import me.tar
    """
    from memory import backup

    print(f"{backup.restore(user_home(), file)} files imported; `selfparam-agent memories list` shows what it knows")


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go, change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove everything of this program from the machine: settings, talk, weights, models. `export` first?

    Example: selfparam-agent purge --dry-run
    """
    from memory import purge as purging

    home = user_home()
    found = list(purging.belongings(home))
    for folder, files, size in found:
        print(f"{folder}  {files} files, {size / 1e6:,.1f} MB")
    if not found:
        print("there is nothing of this program here")
        return
    if dry_run:
        return
    if not yes and not sys.stdin.isatty():
        raise UsageError("purging cannot be undone: add --yes, or --dry-run to look first")
    if not yes and not typer.confirm("Remove all of it for good?"):
        raise UsageError("nothing was removed")
    purging.purge(home)
    print("removed; `pip uninstall selfparam-agent` removes the program")


def judge(
    calibration: Annotated[bool, typer.Option("--calibration", help="Print the confusion table.")] = False,
    as_json: AsJson = False,
) -> None:
    """The judge of answers, against cases a person decided: how often it is right, and where it is not.

    Example: selfparam-agent judge --calibration
    """
    from memory.calibration import calibrate, confusion
    from memory.judge import Encoder
    from memory.models import sentence_folder
    from tui.results import print_calibration

    if not calibration:
        raise UsageError("judge shows its calibration: selfparam-agent judge --calibration")
    found = confusion(calibrate(Encoder(sentence_folder(user_home(), say))))
    if as_json:
        print_json(found)
    else:
        print_calibration(found)
