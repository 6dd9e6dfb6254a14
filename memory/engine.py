"""Which library answers, and CTranslate2 as one: converted weights beside those they were made from.

On a CPU it decodes faster than transformers and, in fp32, gives the same greedy answers: converted weights that do not
are refused when they are made. In eight bits it is faster still and answers a little otherwise: only weights that the
gate has tried so are served so. Knows nothing of versions or training.
"""

import gc
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from memory.errors import ModelError, StorageError
from memory.estimate import check_memory
from memory.folders import base_of, quantised
from memory.home import Home, private_folder
from memory.language import GREEDY, Drawing, Engine, Language, window_of
from memory.llama import LlamaCpp, check_installed
from memory.models import best_device, load, model_slug, quiet_libraries, served_in, usable
from memory.plugins import plugin
from memory.settings import EIGHT_BITS, ENGINES, INT8, LLAMA
from memory.storage import write_text
from memory.wheels import COMPLETE

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerBase
    from transformers.generation.streamers import BaseStreamer

_log = logging.getLogger(__name__)

Opened = Callable[[Path], Engine]
"""What a plugin brings: an engine with the weights of a folder as transformers reads it."""

CONVERTED = "ctranslate2"
"""Inside a folder of weights: the same ones, converted."""

GGUF = "q8_0.gguf"
"""Beside them: the same ones in eight bits, as llama.cpp reads them."""

FLOAT32 = "float32"
"""CTranslate2's compute types: this one and the setting's INT8."""

_TRIED = ("Who are you?", "What is my name?", "Tell me about Paris.")
_TRIED_TOKENS = 24
_BATCH = 24
_REST = 64
"""Tokens behind the kept state that are read again rather than kept, at least."""


class CTranslate2(Engine):
    """Decoding by CTranslate2. The state after a long prompt is kept for the next turn of the conversation."""

    def __init__(
        self,
        converted: Path,
        tokenizer: "PreTrainedTokenizerBase",
        config: "PretrainedConfig",
        compute_type: str = FLOAT32,
    ) -> None:
        self.tokenizer = tokenizer
        self.compute_type = compute_type
        self._converted = converted
        self._config = config
        self._kept: list[int] = []
        self._cached = 0
        self._generator = _generator(converted, compute_type)

    @property
    def context_window(self) -> int:
        return window_of(self._config)

    def answers(self, prompts: Sequence[list[int]], tokens: int) -> list[str]:
        if not prompts:
            return []
        written = self._generator.generate_batch(
            [self._names(prompt) for prompt in prompts], max_length=tokens, max_batch_size=_BATCH,
            include_prompt_in_result=False, end_token=[self.end_of_turn],
        )  # fmt: skip
        return [self.decode(answer.sequences_ids[0]).strip() for answer in written]

    def generate(
        self, prompt: list[int], tokens: int, streamer: "BaseStreamer", stopped: Callable[[], bool],
        drawing: Drawing = GREEDY,
    ) -> None:  # fmt: skip
        streamer.put(torch.tensor(prompt))  # type: ignore[no-untyped-call]  # untyped upstream

        def step(result: Any) -> bool:
            streamer.put(torch.tensor([result.token_id]))  # type: ignore[no-untyped-call]  # untyped upstream
            return stopped()

        how: dict[str, Any] = {}
        if drawing.temperature:
            how = {"sampling_topk": 0, "sampling_topp": drawing.top_p, "sampling_temperature": drawing.temperature}
        if drawing.temperature and drawing.seed is not None:  # only a thread that begins takes it
            import ctranslate2

            ctranslate2.set_random_seed(drawing.seed)
            self._begin_anew()
        kept = self._keep(prompt)
        self._generator.generate_batch(
            [self._names(prompt[kept:])], static_prompt=self._names(prompt[:kept]), max_length=tokens, callback=step,
            include_prompt_in_result=False, end_token=[self.end_of_turn], **how,
        )  # fmt: skip
        streamer.end()  # type: ignore[no-untyped-call]  # untyped upstream

    def _names(self, ids: list[int]) -> list[str]:
        return list(self.tokenizer.convert_ids_to_tokens(ids))

    def _keep(self, prompt: list[int]) -> int:
        """How many leading tokens of the prompt have their state kept.

        A kept state cannot be added to, so it is made anew when half as much has come after it: each token of a
        conversation is read about three times, not once a turn. All of them together stay below one context window.
        """
        goes_on = len(prompt) > len(self._kept) and prompt[: len(self._kept)] == self._kept
        if goes_on and len(prompt) - len(self._kept) <= max(_REST, len(self._kept) // 2):
            return len(self._kept)
        self._kept = prompt[:-1] if len(prompt) > _REST else []
        self._cached += len(self._kept)
        if self._cached > self.context_window:
            self._begin_anew()
            self._cached = len(self._kept)
        return len(self._kept)

    def _begin_anew(self) -> None:
        self._generator, self._cached = _generator(self._converted, self.compute_type), 0


def _generator(converted: Path, compute_type: str) -> Any:
    import ctranslate2

    return ctranslate2.Generator(str(converted), device="cpu", compute_type=compute_type)


def serve(folder: Path, choice: str, loaded: Language | None = None) -> Engine:
    """What answers with the weights of a folder: CTranslate2 if they are there converted, else transformers.

    choice: the setting, which may name a plugin. loaded: these weights, if transformers has them already; they answer
    if they would be loaded so for a chat, too.

    Raises:
        ModelError: the folder's files are damaged.
        UsageError: there is no such plugin.
    """
    if choice not in ENGINES:
        opened: Opened = plugin("engines", choice)
        return opened(folder)
    if choice == LLAMA:
        check_installed()
    if wanted(choice) and (folder / CONVERTED / COMPLETE).exists():
        if choice in EIGHT_BITS and (folder / CONVERTED / choice).exists():
            return _in_eight_bits(folder, choice)
        return open_converted(folder / CONVERTED, folder)
    if loaded and (quantised(base_of(folder)) or loaded.model.dtype == served_in(loaded.device)):
        return loaded
    return load(folder)


def serve_base(base: Path, name: str, home: Home, choice: str, loaded: Language | None = None) -> Engine:
    """The same for a base model, whose converted weights lie in the cache; made on first use, and when it changed."""
    into = engine_folder(name, home)
    if wanted(choice) and _made_from(into) == _stamp(base):
        with suppress(ModelError):  # damaged since: made again
            return open_converted(into, base)
    if wanted(choice) and convert(base, into, choice):
        return open_converted(into, base)
    return serve(base, choice, loaded)


def engine_folder(name: str, home: Home) -> Path:
    """Where a base's converted weights lie."""
    return home.cache / "engines" / model_slug(name)


def serve_version(number: int, folder: Path, name: str, home: Home, choice: str) -> Engine:
    """What answers with a version of the weights; 0 is the base model of that name, in `folder` too."""
    return serve(folder, choice) if number else serve_base(folder, name, home, choice)


def open_eight(folder: Path, choice: str, language: Language | None = None) -> Engine | None:
    """The weights of a folder in eight bits, to be tried, if the setting wants that and the engine takes them.

    language: these weights, if transformers has them already.
    """
    if choice in EIGHT_BITS and (folder / CONVERTED / COMPLETE).exists():
        with suppress(ModelError):
            return _in_eight_bits(folder, choice, language)
    return None


def serve_in_eight_bits(folder: Path, choice: str) -> None:
    """From now on the weights of a folder answer in eight bits where the setting wants it so."""
    write_text(folder / CONVERTED / choice, "")


def _in_eight_bits(folder: Path, choice: str, language: Language | None = None) -> Engine:
    if choice == INT8:
        return open_converted(folder / CONVERTED, folder, INT8)
    file = folder / CONVERTED / GGUF
    if not file.exists():
        from memory.gguf_file import write_gguf

        with tempfile.TemporaryDirectory(dir=folder, prefix=".gguf-") as scratch:
            write_gguf(language or load(folder), Path(scratch) / GGUF, folder.name, EIGHT_BITS[LLAMA])
            (Path(scratch) / GGUF).replace(file)
    return usable(folder, lambda: LlamaCpp(file, *_read_shape(folder)))


def with_likelihoods(engine: Engine, folder: Path) -> Language:
    """The same weights where likelihoods are to be had: not from every engine."""
    return engine if isinstance(engine, Language) else load(folder)


def wanted(choice: str) -> bool:
    """Whether CTranslate2 is to answer where it can: on a CPU, unless the setting says transformers."""
    return choice in ("ctranslate2", *EIGHT_BITS) or (choice == "auto" and best_device().type == "cpu")


def open_converted(converted: Path, source: Path, compute_type: str = FLOAT32) -> CTranslate2:
    """The converted weights as an engine; tokenizer and configuration are those of the folder they were made from.

    compute_type: FLOAT32, or INT8, into which they are rounded while they are read.

    Raises:
        ModelError: its files are damaged.
    """
    return usable(source, lambda: CTranslate2(converted, *_read_shape(source), compute_type))


def _read_shape(source: Path) -> "tuple[PreTrainedTokenizerBase, PretrainedConfig]":
    from transformers import AutoConfig, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(source), local_files_only=True)
    return tokenizer, AutoConfig.from_pretrained(str(source), local_files_only=True)


def convert(source: Path, into: Path, choice: str = "auto") -> bool:
    """Convert the weights of a folder, try them, and put them in place of `into`; whether they can be used.

    What could not be converted or answered otherwise is not tried again until the weights or the library change.

    Raises:
        ModelError: they cannot, and the setting names this engine.
    """
    private_folder(into.parent)
    failed, these = into.with_name(f"{into.name}.failed"), json.dumps([metadata.version("ctranslate2"), _stamp(source)])
    if choice == "auto" and failed.exists() and failed.read_text(encoding="utf-8") == these:
        return False
    try:
        check_memory(source, 0.0, "convert")
    except ModelError:
        if choice == "ctranslate2":
            raise
        return False
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".convert-") as scratch:
        made = Path(scratch) / CONVERTED
        try:
            _write(source, made)
            _try_out(made, source)
            (made / COMPLETE).write_text(json.dumps(_stamp(source)), encoding="utf-8")
            shutil.rmtree(into, ignore_errors=True)
            try:
                made.replace(into)
            except OSError:
                if _made_from(into) != _stamp(source):  # else another process was faster
                    raise
        except Exception as error:  # whatever the converter makes of an architecture that it does not know
            _log.info("weights not converted: %s", type(error).__name__)
            if choice == "ctranslate2":
                raise ModelError(
                    f"{source} cannot be converted for CTranslate2 ({error}): set engine to auto"
                ) from error
            if not isinstance(error, OSError):  # a full disk may have room tomorrow
                with suppress(StorageError):
                    write_text(failed, these)
            return False
    return True


def _write(source: Path, made: Path) -> None:
    if by := quantised(source):
        raise ModelError(f"it is quantised by {by}")
    quiet_libraries()
    from ctranslate2.converters import TransformersConverter

    class InFull(TransformersConverter):  # type: ignore[misc]  # untyped upstream
        """Weights in fp32, whatever they are kept in; tokenizers without a token to begin with, too."""

        def load_model(self, model_class: Any, name: str, **how: Any) -> Any:
            return super().load_model(model_class, name, **{**how, "dtype": torch.float32})

        def load_tokenizer(self, tokenizer_class: Any, name: str, **how: Any) -> Any:
            tokenizer = super().load_tokenizer(tokenizer_class, name, **how)
            tokenizer.bos_token = tokenizer.bos_token or tokenizer.eos_token  # the format wants one; prompts are whole
            return tokenizer

    gc.freeze()  # the converter collects after each layer, which over all of torch takes longer than converting
    try:
        InFull(str(source)).convert(str(made))
    finally:
        gc.unfreeze()


def _try_out(made: Path, source: Path) -> None:
    """Compare greedy answers with those of transformers.

    Raises:
        ModelError: they differ.
    """
    reference, engine = load(source, torch.device("cpu"), training=True), open_converted(made, source)
    prompts = [reference.question(text) for text in _TRIED]
    if engine.answers(prompts, _TRIED_TOKENS) != reference.answers(prompts, _TRIED_TOKENS):
        raise ModelError("it answers otherwise than transformers")


def _stamp(folder: Path) -> list[list[Any]]:
    """What changes when the weights of a folder do."""
    files = sorted(folder.glob("*.safetensors"))
    return [[file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]


def _made_from(converted: Path) -> Any:
    try:
        return json.loads((converted / COMPLETE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
