"""A version for other programs: a Hugging Face folder, a PEFT adapter, a GGUF file, or its target set as messages.

Each is a new folder with a model card, built aside and put in place whole.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memory.card import is_hub_id, model_card
from memory.errors import ModelError, UsageError
from memory.folders import quantised
from memory.home import PRIVATE_FILE, PRIVATE_FOLDER, Home
from memory.locks import owning
from memory.models import base_folder, load
from memory.storage import disk
from memory.targets import Pair, TargetSet
from memory.versions import Version, Weights

FORMS = ("hf", "peft", "gguf", "messages")
PRECISIONS = ("f16", "f32", "q8_0")
CARD, GGUF = "README.md", "model.gguf"
_PARTS_OF_A_MODEL = ("config.json", "generation_config.json", "tokenizer*", "special_tokens_map.json", "vocab*",
                     "merges.txt", "*.jinja", "*.model", "*.safetensors", "*.safetensors.index.json")  # fmt: skip


@dataclass(frozen=True)
class Order:
    """Which version (0: the base), in which of `FORMS`; of an adapter the rank, of a GGUF the precision."""

    number: int
    form: str
    rank: int | None = None
    precision: str = "f16"


def export_version(home: Home, model: str, order: Order, target: Path) -> list[str]:
    """Write the new folder `target`; what else there is to know about it, a sentence each.

    Raises:
        UsageError: no such version, an order that cannot be meant, or something at `target` already.
        VersionError: the version's files are not as they were published.
        ModelError: the model cannot be had in this form.
        BusyError: a consolidation is under way.
        StorageError: it cannot be written; nothing half-written is left.
    """
    target = target.expanduser().absolute()
    _check(order, target)
    weights = Weights(home, model)
    line = weights.lineage(order.number)
    with (
        owning(home.data, "consolidation", "wait for it, then export"),
        disk(target),
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as scratch,
    ):
        made = Path(scratch) / "made"
        made.mkdir()
        notes = _Export(home, model, weights, line, order).write(made)
        (made / CARD).write_text(model_card(model, order.form, line, notes), encoding="utf-8")
        for path in made.iterdir():
            path.chmod(PRIVATE_FILE)
        made.chmod(PRIVATE_FOLDER)
        made.replace(target)
    return notes


def _check(order: Order, target: Path) -> None:
    if order.form not in FORMS:
        raise UsageError(f"--as {order.form!r} is none of {', '.join(FORMS)}")
    if order.rank is not None and (order.form != "peft" or order.rank < 1):
        raise UsageError("--rank is a number from 1 on, and of `--as peft` only")
    if order.precision not in PRECISIONS:
        raise UsageError(f"--precision {order.precision!r} is none of {', '.join(PRECISIONS)}")
    if order.form in ("peft", "messages") and not order.number:
        raise UsageError(f"the base has learned nothing: name a version for `--as {order.form}`")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already: name a new folder")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}: name a new folder in one")


@dataclass(frozen=True)
class _Export:
    """What every form needs."""

    home: Home
    model: str
    weights: Weights
    line: Sequence[Version]
    order: Order

    def write(self, made: Path) -> list[str]:
        """Fill the folder; what a reader should know."""
        forms = {"hf": self.hugging_face, "peft": self.adapter, "gguf": self.gguf, "messages": self.messages}
        return forms[self.order.form](made)

    @property
    def folder(self) -> Path:
        """The merged weights.

        Raises:
            ModelError: there are none, for the base is quantised.
        """
        base = base_folder(self.model, self.home)
        if quantised(base) and (self.order.number or self.order.form == "gguf"):
            raise ModelError(
                f"{base.name} is quantised, so that nothing is merged: export the adapter (`--as peft`) and, as "
                f"version 0, the base (`--as hf`)"
            )
        return self.weights.folder_to_load(self.order.number, base)

    def hugging_face(self, made: Path) -> list[str]:
        """The merged weights; the configuration also in the words of transformers 4, which many servers run on."""
        for pattern in _PARTS_OF_A_MODEL:
            for file in self.folder.glob(pattern):
                shutil.copyfile(file, made / file.name)
        config = _read(made / "config.json")
        rope = config.get("rope_parameters") or {}
        if "rope_theta" in rope:
            config.setdefault("rope_theta", rope["rope_theta"])
        config["torch_dtype"] = config.get("dtype")
        _write(made / "config.json", config)
        words = _read(made / "tokenizer_config.json")
        if words.get("tokenizer_class") == "TokenizersBackend":
            words["tokenizer_class"] = "PreTrainedTokenizerFast"
        _write(made / "tokenizer_config.json", words)
        return []

    def adapter(self, made: Path) -> list[str]:
        """All the lineage's adapters as one over the base."""
        from memory import adapters

        changes = adapters.stack(self.weights.adapters(self.line[-1]))
        whole, lost = adapters.rank_of(changes), 0.0
        if self.order.rank is not None and self.order.rank < whole:
            changes, lost = adapters.cut(changes, self.order.rank)
        on_hub = is_hub_id(self.model)
        adapters.save(changes, self.model if on_hub else str(base_folder(self.model, self.home)), made)
        said = f"cut from {whole}, {lost:.1%} of the change is lost" if lost else "exactly the sum of the lineage's"
        where = f"`{self.model}`" if on_hub else "what `selfparam-agent versions export 0 BASE` writes"
        return [f"Rank {adapters.rank_of(changes)}: {said}.", f"BASE is {where}; over another the figures do not hold."]

    def gguf(self, made: Path) -> list[str]:
        """The merged weights as one file, and a Modelfile."""
        from memory.gguf_file import write_gguf
        from memory.modelfile import modelfile

        language = load(self.folder, training=True)
        write_gguf(language, made / GGUF, f"{Path(self.model).name} v{self.order.number}", self.order.precision)
        (made / "Modelfile").write_text(modelfile(language, GGUF), encoding="utf-8")
        return [f"Matrices in {self.order.precision}."]

    def messages(self, made: Path) -> list[str]:
        """What the version was trained on, and what it was asked."""
        targets = TargetSet.of(self.line[-1])
        parts = {"train": targets.pairs, "test": targets.set_aside + targets.never_told}
        for name, pairs in parts.items():
            (made / f"{name}.jsonl").write_text("".join(_lines(pairs)), encoding="utf-8")
        return [f"{len(pairs)} pairs in {name}.jsonl." for name, pairs in parts.items()]


def _lines(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        turns = [{"role": "user", "content": pair.question}, {"role": "assistant", "content": pair.answer}]
        yield (
            json.dumps({"messages": turns, "kind": pair.kind, "experience": pair.experience}, ensure_ascii=False) + "\n"
        )


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
