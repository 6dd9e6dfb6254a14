"""What is installed: every module and data file, and locked versions within the ranges."""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_locked_versions_are_within_the_ranges() -> None:
    """constraints.txt has a version of every requirement, the extras' too, that its range allows."""
    lines = [line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line]
    locked = {canonicalize_name(name): version for name, version in lines}
    extras = PROJECT["project"]["optional-dependencies"].values()
    for text in [*PROJECT["project"]["dependencies"], *(text for extra in extras for text in extra)]:
        wanted = Requirement(text)
        if wanted.name == "pip":  # which installs and is not frozen
            continue
        assert locked.get(canonicalize_name(wanted.name)), text
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), text


def test_every_file_is_packaged() -> None:
    """Each folder with modules is a package that is installed, and each other file in or below it is its data."""
    packages = PROJECT["tool"]["setuptools"]["packages"]
    data = PROJECT["tool"]["setuptools"]["package-data"]
    for top in ("agent", "memory", "tui"):
        for path in (ROOT / top).rglob("*"):
            inside = path.relative_to(ROOT)
            if path.is_dir() or "__pycache__" in inside.parts:
                continue
            package = ".".join(inside.parent.parts)
            if path.suffix != ".py" and package not in packages:
                package = package.rpartition(".")[0]
            assert package in packages, inside
            assert path.suffix == ".py" or any(path.match(pattern) for pattern in data.get(package, [])), inside
