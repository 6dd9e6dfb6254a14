"""What the parent tells the child to consolidate, and whether what a person reviewed is still what is pending."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from memory.conversations import Experience
from memory.errors import UsageError
from memory.home import Home


@dataclass(frozen=True)
class Job:
    """What the parent tells the child: the home's three folders, the model's name, a seed if not the settings'.

    dry_run: write the target set, report it and stop. reviewed: a file with the set to learn instead of one freshly
    written, `only` the ids of the experiences that it was written for, `basis` what these said then, and over which
    version, as `basis_of` gives it. catalogue: if not the settings'.
    """

    config: str
    data: str
    cache: str
    model: str
    seed: int | None = None
    dry_run: bool = False
    reviewed: str | None = None
    only: tuple[str, ...] = ()
    basis: dict[str, str] | None = None
    catalogue: str | None = None

    @property
    def home(self) -> Home:
        return Home(Path(self.config), Path(self.data), Path(self.cache))


def basis_of(batch: Sequence[Experience], version: int) -> dict[str, str]:
    """What a target set is written for: of each experience a digest of its text, and "" → the version gone on from."""
    return {"": str(version)} | {e.id: hashlib.sha256(e.text.encode()).hexdigest() for e in batch}


def check_basis(job: Job, batch: Sequence[Experience], version: int) -> None:
    """Refuse to learn a reviewed set whose messages were forgotten or said otherwise, or other weights serve now."""
    now = basis_of(batch, version)
    if job.basis is not None and now != {key: job.basis.get(key) for key in ("", *job.only)}:
        raise UsageError(
            "what was reviewed was forgotten, said otherwise or learned meanwhile: nothing was learned, review it anew"
        )
