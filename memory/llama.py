"""llama.cpp as an engine, for those who have it (the extra `llama`): its server's code within this process.

Weights are written as GGUF by our own export. Of a conversation the server keeps what it has read.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from memory.errors import UsageError
from memory.language import GREEDY, Drawing, Engine, window_of

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerBase
    from transformers.generation.streamers import BaseStreamer

WINDOW = 8192
"""Most tokens that all conversations under way have together, of models that could read more."""

TOGETHER = 8
"""Prompts answered at a time."""


def check_installed() -> None:
    """
    Raises:
        UsageError: it is not.
    """
    if find_spec("xllamacpp") is None:
        raise UsageError(
            "the engine llama answers by xllamacpp, which is not installed: "
            "`pip install 'selfparam-agent[llama]'`, or set engine to auto"
        )


class LlamaCpp(Engine):
    """The weights of a GGUF file; tokenizer and configuration are those of the model they were written from."""

    def __init__(
        self, file: Path, tokenizer: "PreTrainedTokenizerBase", config: "PretrainedConfig", together: int = TOGETHER
    ) -> None:
        check_installed()
        import xllamacpp

        self.tokenizer, self._together = tokenizer, together
        self._window = min(window_of(config), WINDOW)
        how = xllamacpp.CommonParams()
        how.model.path, how.n_ctx, how.n_parallel, how.kv_unified = str(file), self._window, together, True
        how.verbosity = -1
        how.cpuparams.n_threads = how.cpuparams_batch.n_threads = torch.get_num_threads()
        self._server = xllamacpp.Server(how)

    @property
    def context_window(self) -> int:
        return self._window

    def answers(self, prompts: Sequence[list[int]], tokens: int) -> list[str]:
        with ThreadPoolExecutor(self._together) as pool:
            return [*pool.map(lambda prompt: self._whole(prompt, tokens), prompts)]

    def _whole(self, prompt: list[int], tokens: int) -> str:
        said: dict[str, Any] = self._server.handle_completions(_order(prompt, tokens, GREEDY))
        return str(said["choices"][0]["text"]).strip()

    def generate(
        self, prompt: list[int], tokens: int, streamer: "BaseStreamer", stopped: Callable[[], bool],
        drawing: Drawing = GREEDY,
    ) -> None:  # fmt: skip
        streamer.put(torch.tensor(prompt))  # type: ignore[no-untyped-call]  # untyped upstream

        def piece(said: dict[str, Any]) -> bool:
            if ids := self.encode(said["choices"][0]["text"]) if said.get("choices") else []:
                streamer.put(torch.tensor(ids))  # type: ignore[no-untyped-call]  # untyped upstream
            return stopped()

        self._server.handle_completions({**_order(prompt, tokens, drawing), "stream": True}, piece)
        streamer.end()  # type: ignore[no-untyped-call]  # untyped upstream


def _order(prompt: list[int], tokens: int, drawing: Drawing) -> dict[str, Any]:
    """What the server is asked; nothing that changes what is likeliest is left at its own defaults."""
    plain = {"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0}
    seed = {} if drawing.seed is None else {"seed": drawing.seed}
    drawn = {"temperature": drawing.temperature, "top_p": drawing.top_p, **seed}
    return {"prompt": prompt, "max_tokens": tokens, **plain, **drawn}
