"""llama.cpp as an engine, to be measured beside ours: `pip install xllamacpp`, its server's code within this process.

Weights are written as GGUF by our own export. What is not needed to measure it is not here: answers only, greedy.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from memory.gguf_file import write_gguf
from memory.language import GREEDY, Drawing, Engine, Language

if TYPE_CHECKING:
    from transformers.generation.streamers import BaseStreamer

WINDOW = 512
"""Tokens of each conversation."""


class LlamaCpp(Engine):
    """The model in one of the export's precisions, `together` prompts at once at most, on as many threads as torch."""

    def __init__(self, language: Language, folder: Path, precision: str, together: int) -> None:
        import xllamacpp

        file = folder / f"{precision}.gguf"
        write_gguf(language, file, "model", precision)
        self.tokenizer, self._together = language.tokenizer, together
        how = xllamacpp.CommonParams()
        how.model.path, how.n_ctx, how.n_parallel, how.verbosity = str(file), WINDOW * together, together, -1
        how.cpuparams.n_threads = how.cpuparams_batch.n_threads = torch.get_num_threads()
        self._server = xllamacpp.Server(how)

    @property
    def context_window(self) -> int:
        return WINDOW

    def answers(self, prompts: Sequence[list[int]], tokens: int) -> list[str]:
        with ThreadPoolExecutor(self._together) as pool:
            return [*pool.map(lambda prompt: self._whole(prompt, tokens), prompts)]

    def _whole(self, prompt: list[int], tokens: int) -> str:
        said: dict[str, Any] = self._server.handle_completions(self._order(prompt, tokens))
        return str(said["choices"][0]["text"]).strip()

    def generate(
        self, prompt: list[int], tokens: int, streamer: "BaseStreamer", stopped: Callable[[], bool],
        drawing: Drawing = GREEDY,
    ) -> None:  # fmt: skip
        streamer.put(torch.tensor(prompt))

        def piece(said: dict[str, Any]) -> bool:
            ids = self.encode(said["choices"][0]["text"]) if "choices" in said else []
            if ids:
                streamer.put(torch.tensor(ids))
            return stopped()

        self._server.handle_completions({**self._order(prompt, tokens), "stream": True}, piece)
        streamer.end()

    def _order(self, prompt: list[int], tokens: int) -> dict[str, Any]:
        return {"prompt": prompt, "max_tokens": tokens, "temperature": 0}
