"""Settings as the text of `config.toml`: every default with its explanation, or what is in force.

An explanation is the comment beside the field in `memory/settings.py`: it stands in one place.
"""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from memory.settings import PRESETS, Settings

_FIELD = re.compile(r" {4}(\w+): .+?  # (.+)")

Line = Callable[[str, str, Any], str]
"""A setting as a line, from its section ("" at the top), its name and its value."""


def default_file() -> str:
    """Every setting with its default, commented out, and what it is for."""
    whys = explanations()

    def line(section: str, name: str, value: Any) -> str:
        return f"# {name} = {_toml(value)}  # {whys[section, name]}"

    whys["recipe", "preset"] = f"one of {', '.join(PRESETS)}; what else is named here wins"
    preset = line("recipe", "preset", "default")
    head = '# Every setting of selfparam-agent with its default. Take the "# " off a line to change what it says.'
    return f"{head}\n\n{_text(Settings(), line)}".replace("[recipe]", f"[recipe]\n{preset}")


def in_force(settings: Settings) -> str:
    """Every setting as it is; beside what differs from the default, the default."""
    defaults = asdict(Settings())

    def line(section: str, name: str, value: Any) -> str:
        default = (defaults[section] if section else defaults).get(name, value)
        return f"{name} = {_toml(value)}{f'  # default {_toml(default)}' if value != default else ''}"

    return _text(settings, line)


def explanations() -> dict[tuple[str, str], str]:
    """{(section, name): what the setting is for}."""
    sections = {"": Settings(), **{name: value for name, value in vars(Settings()).items() if is_dataclass(value)}}
    return {
        (section, found[1]): found[2]
        for section, settings in sections.items()
        for source in inspect.getsource(type(settings)).splitlines()
        if (found := _FIELD.fullmatch(source))
    }


def _text(settings: Settings, line: Line) -> str:
    values = asdict(settings)
    sections = {name: value for name, value in values.items() if isinstance(value, dict)}
    lines = [line("", name, value) for name, value in values.items() if name not in sections]
    for section, inside in sections.items():
        why = explanations().get(("", section))
        header = f"[{section}]  # {why}" if why else f"[{section}]"
        lines += ["", header, *(line(section, name, value) for name, value in inside.items())]
    return "\n".join([*lines, ""])


def _toml(value: str | int | float | bool) -> str:
    return json.dumps(value, ensure_ascii=False)
