"""What the gate refused: an experience that was in three refused batches is set aside, visibly, until `retry`."""

from pathlib import Path

from tinydb import where

from memory.storage import open_table

REFUSALS = "refusals.json"
TRIES = 3
"""Refused batches, each tried with another seed, after which an experience waits for a person's word."""


def refusals(folder: Path) -> dict[str, int]:
    """experience id → how many batches with it were refused. `folder`: the weights' root."""
    return {key: count for key, (count, _) in _read(folder).items()}


def set_aside(folder: Path) -> set[str]:
    """Ids of the experiences that are no longer tried by themselves."""
    return {key for key, (count, forgiven) in _read(folder).items() if count - forgiven >= TRIES}


def count_refusal(folder: Path, ids: list[str]) -> None:
    """Note that the gate refused a batch with these experiences."""
    rows = _read(folder)
    for key in ids:
        count, forgiven = rows.get(key, (0, 0))
        _write(folder, key, count + 1, forgiven)


def retry(folder: Path) -> int:
    """Make pending again what was set aside; how many experiences that were."""
    rows, aside = _read(folder), set_aside(folder)
    for key in aside:
        _write(folder, key, rows[key][0], rows[key][0])
    return len(aside)


def _read(folder: Path) -> dict[str, tuple[int, int]]:
    path = folder / REFUSALS
    if not path.exists():
        return {}
    with open_table(path) as database:
        rows = database.table("refusals").all()
    return {str(row["experience"]): (int(row["count"]), int(row["forgiven"])) for row in rows}


def _write(folder: Path, experience: str, count: int, forgiven: int) -> None:
    with open_table(folder / REFUSALS) as database:
        row = {"experience": experience, "count": count, "forgiven": forgiven}
        database.table("refusals").upsert(row, where("experience") == experience)
