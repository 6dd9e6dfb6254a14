"""What the gate refused: an experience that was in three refused batches is set aside, visibly, until `retry`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tinydb import where

from memory.storage import open_table

REFUSALS = "refusals.json"
STRUCK = "struck in review"
TRIES = 3
"""Refused batches, each tried with another seed, after which an experience waits for a person's word."""


@dataclass(frozen=True)
class Refused:
    """How often a batch with an experience was refused, up to which count it was forgiven, and why the last time."""

    count: int = 0
    forgiven: int = 0
    why: str = ""

    @property
    def too_often(self) -> bool:
        """Whether it is no longer tried by itself."""
        return self.count - self.forgiven >= TRIES

    @property
    def words(self) -> str:
        if self.why == STRUCK:
            return STRUCK
        return f"refused {'once' if self.count == 1 else f'{self.count} times'}"


def refusals(folder: Path) -> dict[str, Refused]:
    """experience id → what of it the gate refused. `folder`: the weights' root."""
    path = folder / REFUSALS
    if not path.exists():
        return {}
    with open_table(path) as database:
        rows = database.table("refusals").all()
    return {
        str(row["experience"]): Refused(int(row["count"]), int(row["forgiven"]), str(row.get("why", "")))
        for row in rows  # early ones do not say why
    }


def set_aside(folder: Path) -> set[str]:
    """Ids of the experiences that are no longer tried by themselves."""
    return {key for key, refused in refusals(folder).items() if refused.too_often}


def count_refusal(folder: Path, ids: list[str], why: str) -> None:
    """Note that the gate refused a batch with these experiences, and why."""
    before = refusals(folder)
    for key in ids:
        refused = before.get(key, Refused())
        _write(folder, key, replace(refused, count=refused.count + 1, why=why))


def strike(folder: Path, ids: Sequence[str]) -> None:
    """Set aside what a person struck from a reviewed set."""
    before = refusals(folder)
    for key in ids:
        refused = before.get(key, Refused())
        _write(folder, key, replace(refused, count=refused.forgiven + TRIES, why=STRUCK))


def retry(folder: Path) -> int:
    """Make pending again what was set aside; how many experiences that were."""
    before, aside = refusals(folder), set_aside(folder)
    for key in aside:
        _write(folder, key, replace(before[key], forgiven=before[key].count))
    return len(aside)


def _write(folder: Path, experience: str, refused: Refused) -> None:
    with open_table(folder / REFUSALS) as database:
        row = {"experience": experience, **asdict(refused)}
        database.table("refusals").upsert(row, where("experience") == experience)
