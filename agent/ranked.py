"""A catalogue in the order of the weights that answer; what its titles are worth by themselves is computed once."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from memory.catalogue import Catalogue

if TYPE_CHECKING:
    from memory.language import Engine
    from memory.ranking import Ranker


class Ranked:
    """Ranks one catalogue after another with weights that were loaded; keeps what it knows of the latest."""

    def __init__(self, engine: "Engine", folder: Path, base: Path | None) -> None:
        """engine: with the weights of `folder`. base: what they have learned on, none if they are it themselves."""
        self._engine, self._folder, self._base = engine, folder, base
        self._ranker: Ranker | None = None

    def titles(self, prompt: Callable[["Engine"], list[int]], catalogue: Catalogue) -> list[str]:
        """All of its titles, the likeliest answer to the prompt first."""
        if self._ranker is None or self._ranker.catalogue != catalogue:
            self._ranker = self._of(catalogue)
        return self._ranker.rank(prompt(self._ranker.language))

    def _of(self, catalogue: Catalogue) -> "Ranker":
        from memory.engine import with_likelihoods
        from memory.models import load
        from memory.ranking import Ranker

        before = load(self._base) if self._base else None
        return Ranker(with_likelihoods(self._engine, self._folder), catalogue, base=before)
