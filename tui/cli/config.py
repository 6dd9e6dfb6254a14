"""`config`: the settings file."""

from dataclasses import asdict

import typer

from memory.errors import UsageError
from memory.home import user_home
from memory.settings import read_settings
from tui.cli.common import AsJson, print_json, say

config = typer.Typer(help="The settings.", rich_markup_mode=None)


@config.command("init")
def config_init() -> None:
    """Write a settings file with every default, explained and commented out; never over one that is there.

    Example: selfparam-agent config init
    """
    from memory.settings_file import default_file
    from memory.storage import write_text

    path = user_home().settings_file
    if path.exists():
        raise UsageError(f"{path} is there already: edit it, or move it away first")
    write_text(path, default_file())
    say(f"written: {path}")


@config.command("show")
def config_show(as_json: AsJson = False) -> None:
    """Print the settings in force, and the defaults of those that differ.

    Example: selfparam-agent config show
    """
    from memory.settings_file import in_force

    settings = read_settings(user_home().settings_file)
    if as_json:
        print_json(asdict(settings))
    else:
        print(in_force(settings), end="")


@config.command("path")
def config_path() -> None:
    """Print where the settings file is, or would be.

    Example: $EDITOR "$(selfparam-agent config path)"
    """
    print(user_home().settings_file)
