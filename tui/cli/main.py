"""`selfparam-agent`: the commands a person types, each thin: parse, call, print. Heavy imports wait for their command.

Exit codes: 0 done, 1 failed, 2 not understood; 130 ended by Ctrl-C;
`consolidate` also 3 nothing pending, 4 refused by the gate.
"""

import logging
import sys
from typing import Annotated

import typer

from agent.text import plain
from memory.errors import SelfparamError
from tui.cli import learn, talk, upkeep
from tui.cli.config import config
from tui.cli.conversations import conversations
from tui.cli.fleet import fleet
from tui.cli.memories import memories
from tui.cli.models import models
from tui.cli.serve import serve
from tui.cli.versions import versions

app = typer.Typer(
    no_args_is_help=False, add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A chat agent on a local model that learns what you tell it into its own weights.",
)  # fmt: skip
for command in (
    talk.chat,
    learn.consolidate,
    talk.ask,
    talk.demo,
    serve,
    upkeep.doctor,
    upkeep.export,
    upkeep.purge,
    upkeep.judge,
):
    app.command()(command)
app.command("import")(upkeep.import_)
for name, group in (
    ("conversations", conversations),
    ("memories", memories),
    ("versions", versions),
    ("models", models),
    ("schedule", learn.schedule),
    ("fleet", fleet),
    ("config", config),
):
    app.add_typer(group, name=name, no_args_is_help=True)

_log = logging.getLogger(__name__)

INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended, as shells have it."""


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    consolidate_now: Annotated[
        bool, typer.Option("--consolidate-now", help="Learn what is pending, now, and exit.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version of the program.")] = False,
) -> None:
    """A chat agent on a local model that learns what you tell it into its own weights.

    Example: selfparam-agent chat
    """
    if version:
        from importlib import metadata

        print(metadata.version("selfparam-agent"))
    elif consolidate_now and context.invoked_subcommand is None:
        learn.consolidate()
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error."""
    try:
        app()
    except SelfparamError as error:
        _log.info("ended by %s, exit code %d", type(error).__name__, error.exit_code)
        print(f"selfparam-agent: {plain(str(error))}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("selfparam-agent: stopped; what was not finished was not begun", file=sys.stderr)
        raise
    except Exception as error:
        from agent.journal import note_bug

        note_bug(error)
        raise
