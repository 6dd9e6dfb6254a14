"""What the learning of any person has in common, learned beforehand and merged into the default model before all else.

To say back what was told, to say so of what was not, and that one thing may be asked in many words: all that need not
be learned anew of each person. A LoRA adapter was trained together with those of made-up people, each of whom has one
of his own: his learns from half of what he may be asked, the common one from the other half, what his own then says to
it. So it is first-order MAML (Finn et al. 2017, arXiv 1703.03400) with the inner steps on an adapter. It knows nobody.
Its A keeps out of the directions that other talk uses, as in `memory/null_space.py`. Source:
`examples/preparation/train.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from memory.adapters import merged, save, shipped, stack
from memory.language import Language
from memory.models import DEFAULT_MODEL
from memory.settings import Recipe
from memory.versions import Version

ADAPTER = "preparation_adapter"


def prepares(model: str, parent: int | None, recipe: Recipe) -> bool:
    """Whether there is an adapter for the model of that name, and it has learned nothing yet."""
    return recipe.prepared and model == DEFAULT_MODEL and not parent


def as_trained(recipe: Recipe, model: str, lineage: Sequence[Version]) -> Recipe:
    """The recipe for what these versions are to learn next: less of it where they are prepared, or will be."""
    if not (is_prepared(lineage) if lineage else prepares(model, None, recipe)):
        return recipe
    return replace(
        recipe, epochs=min(recipe.epochs, recipe.prepared_epochs), frozen=max(recipe.frozen, recipe.prepared_frozen)
    )


def is_prepared(lineage: Sequence[Version]) -> bool:
    """Whether the last of these versions has it in its weights: those from before there was one have not."""
    return bool(lineage and lineage[-1].manifest.get("prepared", False))


def prepared(language: Language) -> Language:
    """The same model with the preparation merged into its weights."""
    return merged(language, ADAPTER)


def take_up_preparation(adapter: Path, base: Path) -> None:
    """Make the adapter in this folder, which was trained on the prepared weights, one over the base that holds both.

    Raises:
        StorageError: the disk is full.
    """
    with shipped(ADAPTER) as before:
        save(stack([before, adapter]), str(base), adapter)
