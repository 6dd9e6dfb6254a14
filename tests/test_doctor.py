"""The doctor finds what is broken on purpose, says what to do, and repairs it without losing anything."""

from pathlib import Path
from typing import Any

import pytest

from agent.doctor import Finding, examine
from memory.conversations import experiences
from memory.errors import BusyError
from memory.home import Home
from memory.locks import owning
from memory.versions import ADAPTER, STAGING, VersionError
from tests.learning import tell


def unwell(home: Home, model: str) -> list[Finding]:
    machine = {"disk", "memory"}  # of the machine the test runs on
    return [finding for finding in examine(home, model) if not finding.well and finding.name not in machine]


def test_well(home: Home, learn: Any) -> None:
    """After a consolidation everything of ours is well."""
    tell(home, "My name is Wanjiru.")
    learn()
    assert unwell(home, learn.model) == []


def test_found_and_repaired(home: Home, learn: Any) -> None:
    """Open permissions, a torn conversation, a staged leftover, a damaged serving version: each named and mended."""
    for text in ("My name is Wanjiru.", "I keep goats."):
        tell(home, text)
        learn()
    talk = sorted(home.conversations.glob("*/*.json"))[0]
    talk.with_suffix(".json.bak").write_bytes(talk.read_bytes())
    talk.write_text("torn {")
    talk.chmod(0o644)
    (learn.weights.root / "versions" / STAGING).mkdir()
    (learn.weights.get(2).folder / ADAPTER / "adapter_model.safetensors").write_bytes(b"torn")
    found = unwell(home, learn.model)
    assert [finding.name for finding in found] == ["permissions", "conversations", "versions", "versions"]
    for finding in found:
        assert finding.repair
        finding.repair()
    assert unwell(home, learn.model) == []
    assert learn.weights.current() == 1
    assert {e.text for e in experiences(home)} == {"My name is Wanjiru.", "I keep goats."}


def test_what_is_being_built_is_left_alone(home: Home, learn: Any) -> None:
    """While a consolidation is under way its folder is no leftover; without it nothing is published."""
    tell(home, "My name is Wanjiru.")
    learn()
    staged = learn.weights.staging()
    with owning(home.data, "consolidation", ""):
        assert unwell(home, learn.model) == []
    (found,) = unwell(home, learn.model)
    with owning(home.data, "consolidation", ""), pytest.raises(BusyError):
        found.repair()  # type: ignore[misc]  # it has one
    assert staged.exists()
    found.repair()  # type: ignore[misc]
    with pytest.raises(VersionError, match="removed meanwhile"):
        learn.weights.publish(staged, 1, {"experiences": []})
    assert learn.weights.current() == 1


@pytest.mark.parametrize("damage", [lambda path: path.write_text("seven"), lambda path: path.unlink() or path.mkdir()])
def test_nothing_says_which_version_serves(home: Home, learn: Any, damage: Any) -> None:
    """The last whole version serves again after a repair."""
    for text in ("My name is Wanjiru.", "I keep goats."):
        tell(home, text)
        learn()
    damage(learn.weights.root / "CURRENT")
    with pytest.raises(VersionError, match="doctor --repair"):
        learn.weights.current()
    for found in unwell(home, learn.model):  # a folder made by others is open to others, too
        assert found.repair
        found.repair()
    assert (learn.weights.current(), unwell(home, learn.model)) == (2, [])


def test_what_a_person_has_to_do(home: Home, tiny_model: Path) -> None:
    """A model that is not there and a home that cannot be written have no repair, but a word."""
    model = next(f for f in examine(home, "smollm2-135m-instruct") if f.name == "model")
    assert not model.well
    assert model.repair is None
    assert "models pull" in model.words
    broken = Home(home.config, Path("/proc/nowhere"), home.cache)
    findings = list(examine(broken, str(tiny_model)))
    assert findings[0].name == "home"
    assert not findings[0].well
