"""The weights that a version answers with, made again from base + adapters by one process at a time."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from memory.errors import StorageError
from memory.folders import base_of
from memory.home import PRIVATE_FILE
from memory.models import load
from memory.seals import seal, sealed
from memory.settings import EIGHT_BITS
from memory.storage import disk


def has_copy(copy: Path, base: Path) -> bool:
    """Whether the folder holds what was written into it, over this base."""
    return sealed(copy) and base_of(copy) in (copy, base.absolute())


def rebuild(copy: Path, base: Path, adapters: Sequence[Path], as_adapter: bool, precision: str) -> None:
    """Put the base with all adapters merged in at `copy`, unless another process has just done so.

    as_adapter: the base is quantised; the last adapter, over it, takes the place of merged weights. precision: in which
    the gate found them good.

    Raises:
        StorageError: the disk is full.
    """
    from filelock import FileLock
    from safetensors import SafetensorError

    from memory.adapters import copy_over

    made = copy.with_name(f".{copy.name}")
    with disk(made), FileLock(copy.with_name("rebuilding.lock"), mode=PRIVATE_FILE):
        if has_copy(copy, base):
            return
        shutil.rmtree(made, ignore_errors=True)
        try:
            if as_adapter:
                copy_over(adapters[-1], base, made)
            else:
                _merge(adapters, base, made, precision)
            seal(made)
            shutil.rmtree(copy, ignore_errors=True)
            made.replace(copy)
        except SafetensorError as error:  # its way of saying that the disk is full
            raise StorageError(f"cannot write {made} ({error}): free disk space, then again") from error
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _merge(adapters: Sequence[Path], base: Path, made: Path, precision: str) -> None:
    from peft import PeftModel

    from memory.engine import CONVERTED, convert, serve_in_eight_bits, wanted

    language = load(base, training=True)
    model: Any = language.model
    for adapter in adapters:
        model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    model.save_pretrained(made)
    language.tokenizer.save_pretrained(made)
    if wanted("auto"):
        convert(made, made / CONVERTED)
    for choice in (choice for choice, called in EIGHT_BITS.items() if called == precision):  # the gate tried them so
        serve_in_eight_bits(made, choice)
