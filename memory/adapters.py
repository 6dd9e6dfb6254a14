"""Several LoRA adapters over one base as one: stacked exactly, or cut to a rank with the error named.

Version 2's adapter was trained on version 1 merged, and so on: the change since the base is the sum of all of them,
and a sum of products of low rank is one such product of the ranks' sum. Knows nothing of versions.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from memory.errors import StorageError
from memory.language import Language
from memory.storage import disk

_WEIGHTS, _CONFIG = "adapter_model.safetensors", "adapter_config.json"
_A, _B = ".lora_A.weight", ".lora_B.weight"
_PREFIX = "base_model.model."


@dataclass(frozen=True)
class Change:
    """What is added to one layer's weights, `b @ a`; a: (rank, in), b: (out, rank)."""

    a: torch.Tensor
    b: torch.Tensor

    def plus(self, other: "Change") -> "Change":
        """The sum of both, exactly."""
        return Change(torch.cat([self.a, other.a]), torch.cat([self.b, other.b], dim=1))

    def cut(self, rank: int) -> tuple["Change", float, float]:
        """The nearest change of that rank; the squared Frobenius norm of what is lost, and that of all of it.

        By QR of both factors, so that the (out, in) product is never made.
        """
        left, upper = torch.linalg.qr(self.b)  # (out, k), (k, rank)
        right, other = torch.linalg.qr(self.a.T)  # (in, k), (k, rank)
        u, sizes, v = torch.linalg.svd(upper @ other.T, full_matrices=False)
        root = sizes[:rank].sqrt()
        cut = Change(root[:, None] * (v[:rank] @ right.T), (left @ u[:, :rank]) * root)
        return cut, float((sizes[rank:] ** 2).sum()), float((sizes**2).sum())

    def padded(self, rank: int) -> "Change":
        """The same change with zeros up to that rank."""
        more = rank - self.a.shape[0]
        return Change(torch.nn.functional.pad(self.a, (0, 0, 0, more)), torch.nn.functional.pad(self.b, (0, more)))


def stack(folders: Sequence[Path]) -> dict[str, Change]:
    """Layer → the sum of what the adapters in these folders add to it."""
    found: dict[str, Change] = {}
    for folder in folders:
        shape = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
        weights = load_file(folder / _WEIGHTS)
        for name in sorted(name for name in weights if name.endswith(_A)):
            layer = name.removeprefix(_PREFIX).removesuffix(_A)
            scaled = weights[name.removesuffix(_A) + _B] * (shape["lora_alpha"] / shape["r"])
            change = Change(weights[name], scaled)
            found[layer] = found[layer].plus(change) if layer in found else change
    return found


@contextmanager
def shipped(name: str) -> Iterator[Path]:
    """The folder of an adapter that comes with this package, within."""
    with resources.as_file(resources.files("memory").joinpath(name)) as folder:
        yield folder


def merged(language: Language, *names: str) -> Language:
    """The same model with these shipped adapters merged into its weights, one after the other."""
    from peft import PeftModel

    model = language.model
    for name in names:
        with shipped(name) as folder:
            model = PeftModel.from_pretrained(model, str(folder)).merge_and_unload()
    return Language(model, language.tokenizer)


def copy_over(folder: Path, base: Path, target: Path) -> None:
    """A copy of a PEFT adapter that names the folder of its base, so that both can be loaded from it."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    shape = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    named = {**shape, "base_model_name_or_path": str(base.absolute())}
    (target / _CONFIG).write_text(json.dumps(named, indent=2), encoding="utf-8")


def rank_of(changes: dict[str, Change]) -> int:
    """The largest rank among them."""
    return max(change.a.shape[0] for change in changes.values())


def cut(changes: dict[str, Change], rank: int) -> tuple[dict[str, Change], float]:
    """Each change at most of that rank, and the share lost: ‖Δ - Δ'‖ / ‖Δ‖ in the Frobenius norm over all layers."""
    parts = {layer: change.cut(rank) for layer, change in changes.items()}
    lost, whole = sum(part[1] for part in parts.values()), sum(part[2] for part in parts.values())
    return {layer: part[0] for layer, part in parts.items()}, (lost / whole) ** 0.5 if whole else 0.0


def save(changes: dict[str, Change], base: str, folder: Path) -> None:
    """Write them as one PEFT adapter over `base`; layers of a smaller rank are padded with zeros.

    Raises:
        StorageError: the disk is full.
    """
    from peft import LoraConfig

    rank = rank_of(changes)
    even = {layer: change.padded(rank) for layer, change in changes.items()}
    weights = {f"{_PREFIX}{layer}{_A}": change.a.contiguous() for layer, change in even.items()}
    weights |= {f"{_PREFIX}{layer}{_B}": change.b.contiguous() for layer, change in even.items()}
    shape = LoraConfig(
        r=rank, lora_alpha=rank, target_modules=sorted(changes), base_model_name_or_path=base, task_type="CAUSAL_LM",
        inference_mode=True,
    )  # fmt: skip
    with disk(folder):
        shape.save_pretrained(str(folder))
        try:
            save_file(weights, folder / _WEIGHTS, metadata={"format": "pt"})
        except SafetensorError as error:
            raise StorageError(f"cannot write {folder} ({error}): free disk space, then export again") from error
