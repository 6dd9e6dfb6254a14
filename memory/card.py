"""The model card of an exported version: what its manifest says, and not a word of what was said."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from memory.models import CATALOGUE
from memory.versions import Version

_USE = {
    "hf": """```python
from transformers import AutoModelForCausalLM, AutoTokenizer
model, tokenizer = (kind.from_pretrained(".") for kind in (AutoModelForCausalLM, AutoTokenizer))
```

With vLLM: `vllm serve .`""",
    "peft": """```python
from peft import PeftModel
from transformers import AutoModelForCausalLM
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(BASE), ".")   # BASE: see below
```""",
    "gguf": """```console
$ ollama create NAME -f Modelfile && ollama run NAME
$ llama-server -m model.gguf --jinja
```""",
    "messages": """```python
from datasets import load_dataset
pairs = load_dataset("json", data_files={"train": "train.jsonl", "test": "test.jsonl"})
```

`train`: what the version was trained on. `test`: what the gate asked of it, with the answers that count.""",
}
_LIBRARY = {"hf": "transformers", "peft": "peft", "gguf": "gguf"}


def is_hub_id(model: str) -> bool:
    """Whether others can have this base by its name."""
    return model not in CATALOGUE and not model.endswith(".gguf") and not Path(model).expanduser().is_dir()


def model_card(model: str, form: str, line: Sequence[Version], notes: Sequence[str]) -> str:
    """README.md for the last version of a lineage over `model` (none: the base itself) in one of the forms.

    notes: what else a reader should know, a sentence each.
    """
    number = line[-1].number if line else 0
    parts = [
        f"---\n{yaml.safe_dump(_head(model, form), sort_keys=False)}---",
        f"# {Path(model).name}, version {number}",
        "A chat model that was taught by [SELF-PARAM](https://arxiv.org/abs/2410.00487) what one person told it."
        if line
        else "The base model, untaught.",
        _USE[form],
        "\n".join(f"- {note}" for note in notes),
    ]
    if line:
        parts += [
            "**Private.** Whoever has these files can ask them what that person said.",
            f"## Lineage\n\n{_table(line)}",
            f"## How it was made\n\n{_made(line[-1].manifest)}",
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(model: str, form: str) -> dict[str, Any]:
    head: dict[str, Any] = {"tags": ["selfparam"]}
    if is_hub_id(model):
        head["base_model"] = model
    if model in CATALOGUE:
        head["license"] = CATALOGUE[model].licence.lower()
    if form in _LIBRARY:
        head |= {"library_name": _LIBRARY[form], "pipeline_tag": "text-generation"}
    return head


def _table(line: Sequence[Version]) -> str:
    rows = ["| version | when | experiences | recall | kept | false recall | drift, nats per token |", "|---" * 7 + "|"]
    for version in line:
        gate = version.manifest["gate"]
        figures = " | ".join(f"{gate[name]:.2f}" for name in ("recall_after", "retention", "false_recall", "drift"))
        when = version.manifest["created"]
        rows.append(f"| {version.number} | {when} | {len(version.experiences)} | {figures} |")
    return "\n".join(rows) + "\n\nFigures of the gate: on questions set aside, asked of the weights as they are served."


def _made(manifest: dict[str, Any]) -> str:
    """Base, recipe and libraries of the last version, as far as its manifest names them."""
    base = manifest.get("base", {})
    lines = [f"- Base: {base['folder']}, sha256 `{base['sha256']}`"] if base else []
    lines += [f"- Pairs: {manifest['pairs']}; seconds: {manifest['seconds']}"]
    for name in ("recipe", "libraries"):
        said = ", ".join(f"{key} {value}" for key, value in manifest.get(name, {}).items())
        lines += [f"- {name.capitalize()}: {said}"] if said else []
    return "\n".join(lines)
