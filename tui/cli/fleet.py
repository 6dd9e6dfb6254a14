"""`fleet`: many homes on one cluster."""

import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.text import plain
from memory.errors import UsageError
from memory.home import user_home
from tui.cli.common import AsJson, Model, print_json, say

if TYPE_CHECKING:
    from agent.fleet import Outcome

fleet = typer.Typer(help="Many users' homes on a cluster.", rich_markup_mode=None)


@fleet.command("consolidate")
def fleet_consolidate(
    homes: Annotated[list[str], typer.Argument(help="Folders that SELFPARAM_HOME was set to; every node sees them.")],
    address: Annotated[
        str | None,
        typer.Option(help="HOST:PORT of a Ray cluster that this machine is in, or auto. Default: a new one here."),
    ] = None,
    cpus: Annotated[int, typer.Option(min=1, help="Cores for a home.")] = 2,
    gpus: Annotated[float, typer.Option(min=0, help="GPUs for a home; 0.5: two share one.")] = 0.0,
    retries: Annotated[int, typer.Option(min=0, help="Tries more for a home whose node died.")] = 3,
    cache: Annotated[
        Path | None, typer.Option(help="Folder with the models; every node sees it. Default: yours.")
    ] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Learn what is pending in many homes, a Ray task each. Exit code 1: a home failed; else 4: the gate refused.

    Example: selfparam-agent fleet consolidate /srv/homes/ada /srv/homes/bo --address auto --gpus 1
    """
    from importlib.util import find_spec

    if not find_spec("ray"):
        raise UsageError("fleet needs an extra: pip install 'selfparam-agent[fleet]'")
    from agent.consolidate import EXIT_FAILED, EXIT_REFUSED
    from agent.fleet import Needs, Work, consolidate_all

    work = Work(model, (cache or user_home().cache).expanduser().absolute())
    outcomes = []
    with redirect_stdout(sys.stderr):  # Ray prints there when a node dies
        for outcome in consolidate_all(homes, work, Needs(cpus, gpus, retries), address, say):
            say(plain(f"{outcome.home}: {outcome.words or outcome.state}"))
            outcomes.append(outcome)
    outcomes.sort(key=lambda outcome: outcome.home)
    if as_json:
        print_json([asdict(outcome) for outcome in outcomes])
    else:
        _print_table(outcomes)
    states = {outcome.state for outcome in outcomes}
    if states & {"failed", "refused"}:
        raise typer.Exit(EXIT_FAILED if "failed" in states else EXIT_REFUSED)


def _print_table(outcomes: "list[Outcome]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table()
    table.add_column("home", overflow="fold")
    for column in ("became", "answers", "recall", "s", "node", "tries"):
        table.add_column(column, no_wrap=True)
    for outcome in outcomes:
        version = "" if outcome.version is None else f"v{outcome.version}"
        recall = "" if outcome.recall is None else f"{outcome.recall:.2f}"
        table.add_row(
            outcome.home, outcome.state, version, recall, f"{outcome.seconds:.0f}", outcome.node, str(outcome.tries)
        )
    Console(markup=False, highlight=False).print(table)
