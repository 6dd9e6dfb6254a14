"""What other packages bring along, found by name through their entry points. Knows nothing of what it does.

Groups: `selfparam_agent.writers`, `selfparam_agent.judges`, `selfparam_agent.engines`; `examples/plugin` is a package
with one of each.
"""

from importlib import metadata
from typing import Any

from memory.errors import UsageError


def installed(kind: str) -> list[str]:
    """Names of the installed plugins of a kind, "writers", "judges" or "engines"."""
    return sorted(entry.name for entry in metadata.entry_points(group=f"selfparam_agent.{kind}"))


def plugin(kind: str, name: str) -> Any:
    """The object that a package installed under that name.

    Raises:
        UsageError: there is none, or its package cannot be imported.
    """
    found = metadata.entry_points(group=f"selfparam_agent.{kind}", name=name)
    if not found:
        there = ", ".join(installed(kind)) or "none"
        raise UsageError(f"no package brings {name!r} to selfparam_agent.{kind} (installed: {there}): install it")
    try:
        return next(iter(found)).load()
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the plugin {name!r} cannot be loaded ({error}): mend or uninstall its package") from error
