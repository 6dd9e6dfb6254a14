"""What a folder of weights is, from its JSON files: quantised, or an adapter over the weights of another folder."""

import json
from contextlib import suppress
from pathlib import Path


def quantised(folder: Path) -> str:
    """What the weights of a folder are quantised by, "" if they are not."""
    with suppress(OSError, ValueError, AttributeError):  # loading says what is wrong with the file
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if found := config.get("quantization_config"):
            return str(found.get("quant_method", "unknown means"))
    return ""


def base_of(folder: Path) -> Path:
    """The folder of the weights that the adapter in a folder is over; of a whole model that very folder."""
    shape = folder / "adapter_config.json"
    if (folder / "config.json").exists() or not shape.exists():
        return folder
    return Path(json.loads(shape.read_text(encoding="utf-8"))["base_model_name_or_path"])
