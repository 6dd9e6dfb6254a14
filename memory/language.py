"""The language model as functions of token ids: render a prompt, write answers, log-probabilities of answers.

Knows nothing of experiences, versions or where the weights came from.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase
    from transformers.generation.streamers import BaseStreamer

Message = dict[str, str]
"""One turn for the chat template: {"role": "system" | "user" | "assistant", "content": text}."""

_PLAIN = {"repetition_penalty": 1.0}
"""Whatever a model's own generation settings say: every engine answers alike."""

_ANSWER = "answer"

_TOGETHER = 24
_TOGETHER_ON_CUDA = 96
"""Prompts answered at a time: a GPU takes as long for many as for few."""


@dataclass(frozen=True)
class Drawing:
    """How the next token is chosen: the likeliest at temperature 0, else by lot among the likeliest that have `top_p`.

    seed: of the lot; none: another each time.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


GREEDY = Drawing()


class Engine(ABC):
    """What answers prompts: a chat model's tokenizer and template, and greedy decoding by one library or another."""

    tokenizer: "PreTrainedTokenizerBase"

    @property
    @abstractmethod
    def context_window(self) -> int:
        """Tokens the model can attend to."""

    @abstractmethod
    def answers(self, prompts: Sequence[list[int]], tokens: int) -> list[str]:
        """The greedy continuation of each prompt, of at most `tokens` tokens."""

    @abstractmethod
    def generate(
        self, prompt: list[int], tokens: int, streamer: "BaseStreamer", stopped: Callable[[], bool],
        drawing: Drawing = GREEDY,
    ) -> None:  # fmt: skip
        """Put the prompt and each token of its continuation into the streamer as it is decoded.

        Ends after `tokens` tokens, at the end of the turn, or within one token of `stopped` being true.
        """

    @cached_property
    def end_of_turn(self) -> int:
        """The id that ends an answer: what the template puts behind one, else what the tokenizer names.

        Of Gemma the former is <end_of_turn> and the latter <eos>, which no answer ends with.
        """
        end = next(iter(self._behind_an_answer()), None)
        if end not in self.tokenizer.added_tokens_decoder:
            end = self.tokenizer.eos_token_id
        if not isinstance(end, int):
            raise ValueError("the tokenizer names no single end-of-turn token")
        return end

    def _behind_an_answer(self) -> list[int]:
        from jinja2 import TemplateError

        turns = [{"role": "user", "content": "?"}, {"role": "assistant", "content": _ANSWER}]
        try:
            text = self.tokenizer.apply_chat_template(turns, tokenize=False)
        except (TemplateError, ValueError):  # a template for other turns than these, or none
            return []
        return self.encode(str(text).rpartition(_ANSWER)[2].lstrip())

    def render(self, messages: Sequence[Message], answering: bool = True) -> list[int]:
        """Token ids of the messages in the model's own chat template, opened for the answer if `answering`.

        A template that refuses a system turn, or leaves it out, gets its text at the head of the first user turn.
        """
        from jinja2 import TemplateError

        text = ""
        try:
            text = str(
                self.tokenizer.apply_chat_template(list(messages), add_generation_prompt=answering, tokenize=False)
            )
        except TemplateError:
            if messages[0]["role"] != "system":
                raise
        if messages[0]["role"] == "system" and messages[0]["content"].strip() not in text:
            head, first, *rest = messages
            joined = {"role": "user", "content": f"{head['content']}\n\n{first['content']}"}
            return self.render([joined, *rest], answering)
        return self.encode(text)

    def question(self, text: str, system: str | None = None) -> list[int]:
        """Token ids of a fresh conversation that asks `text`."""
        turns: list[Message] = [{"role": "system", "content": system}] if system else []
        return self.render([*turns, {"role": "user", "content": text}])

    def again(self, prompt: Sequence[int]) -> tuple[int, ...]:
        """What asks the question of a fresh conversation's prompt as a later turn, to stand behind an answer's ids.

        Nothing, if the template writes earlier turns in another form than it wrote them when they were answered.
        """
        if self._next_turn is None:
            return ()
        between, begin = self._next_turn
        return (*between, *prompt[begin:])

    @cached_property
    def _next_turn(self) -> tuple[list[int], int] | None:
        """The ids between an answer and the next turn, and at which of a fresh prompt's ids such a turn begins."""
        turns = [{"role": "user", "content": "?"}, {"role": "assistant", "content": _ANSWER}]
        first = self.question("?")
        answered, both = [*first, *self.answer_ids(_ANSWER)], self.render([*turns, turns[0]])
        if both[: len(answered)] != answered:
            return None
        rest = both[len(answered) :]
        most = min(len(rest), len(first))
        same = next((n for n in range(most) if rest[-1 - n] != first[-1 - n]), most)
        return rest[: len(rest) - same], len(first) - same

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text, no special tokens added."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=False).input_ids
        return ids

    def answer_ids(self, text: str) -> list[int]:
        """Token ids of an answer, closed by the end of its turn."""
        return [*self.encode(text), self.end_of_turn]

    def decode(self, ids: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True))


@dataclass(frozen=True)
class Language(Engine):
    """A causal chat model and its tokenizer, on one device: the engine that can be trained, too."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"

    @property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def context_window(self) -> int:
        return window_of(self.model.config)

    def answers(self, prompts: Sequence[list[int]], tokens: int) -> list[str]:
        return write(self, prompts, tokens)

    def generate(
        self, prompt: list[int], tokens: int, streamer: "BaseStreamer", stopped: Callable[[], bool],
        drawing: Drawing = GREEDY,
    ) -> None:  # fmt: skip
        from transformers import StoppingCriteria, StoppingCriteriaList

        class Stopped(StoppingCriteria):
            def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:
                return torch.full((input_ids.shape[0],), stopped(), device=input_ids.device)

        how: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if drawing.temperature:
            how = {"do_sample": True, "temperature": drawing.temperature, "top_p": drawing.top_p, "top_k": 0}
            if drawing.seed is not None:
                torch.manual_seed(drawing.seed)
        ids = torch.tensor([prompt], device=self.device)
        with torch.inference_mode():
            self.model.generate(  # type: ignore[operator]  # typed as Tensor | Module upstream
                input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, **how, **_PLAIN,
                pad_token_id=self.end_of_turn, eos_token_id=self.end_of_turn, streamer=streamer,
                stopping_criteria=StoppingCriteriaList([Stopped()]),
            )  # fmt: skip


def window_of(config: Any) -> int:
    """Tokens that a model of this configuration can attend to."""
    return int(getattr(config, "max_position_embeddings", 2048))


@torch.no_grad()
def write(language: Language, prompts: Sequence[list[int]], tokens: int, temperature: float = 0.0) -> list[str]:
    """One continuation of at most `tokens` tokens per prompt: greedy at temperature 0, else sampled (top-p 0.95).

    Prompts are taken in batches of like length, padded on the left.
    """
    answers = [""] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    batch = _TOGETHER_ON_CUDA if language.device.type == "cuda" else _TOGETHER
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        for i, text in zip(part, _write_batch(language, [prompts[i] for i in part], tokens, temperature), strict=True):
            answers[i] = text
    return answers


def _write_batch(language: Language, prompts: list[list[int]], tokens: int, temperature: float) -> list[str]:
    width = max(map(len, prompts))
    ids = torch.full((len(prompts), width), language.end_of_turn, device=language.device)  # (B, T)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt, device=language.device)
        mask[row, width - len(prompt) :] = 1
    how: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None, **_PLAIN}
    if temperature:
        how = {"do_sample": True, "temperature": temperature, "top_p": 0.95, "top_k": 0}
    written = language.model.generate(  # type: ignore[operator]  # typed as Tensor | Module upstream
        input_ids=ids, attention_mask=mask, max_new_tokens=tokens, pad_token_id=language.end_of_turn,
        eos_token_id=language.end_of_turn, **how,
    )  # fmt: skip
    return [language.decode(row[width:].tolist()).strip() for row in written]


def ask(engine: Engine, questions: Sequence[str], tokens: int = 48, system: str | None = None) -> list[str]:
    """Greedy answers, each in a fresh conversation of its own."""
    return engine.answers([engine.question(text, system) for text in questions], tokens)


@dataclass(frozen=True)
class Example:
    """A rendered prompt and the answer's token ids, as the loss sees them."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]


def shared_prefix(examples: Sequence[Example]) -> int:
    """How many leading tokens all prompts have in common, leaving each at least one of its own."""
    first, last = min(e.prompt for e in examples), max(e.prompt for e in examples)
    common = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return min([common, *(len(e.prompt) - 1 for e in examples)])


def starts(examples: Sequence[Example]) -> list[int]:
    """Of how many leading tokens each example needs no copy of its own, packed: the shared prefix, or all of the one
    before it but its last token, where it goes on with that one's conversation."""
    prefix = shared_prefix(examples)
    found = [prefix]
    for before, example in pairwise(examples):
        said = (*before.prompt, *before.answer)
        found.append(len(said) - 1 if example.prompt[: len(said)] == said else prefix)
    return found


def word_logits(language: Language, asked: Sequence[str], words: Sequence[str], packed: int = 32) -> torch.Tensor:
    """Logits of each of these words, a token each, behind each text: (texts, words), from passes of `packed` texts."""
    ids = [language.encode(word)[-1] for word in words]
    rows = [Example(tuple(language.encode(text)), (ids[0],)) for text in asked]
    with torch.no_grad():
        found = [
            answer_logits(language.model, rows[start : start + packed])[:, ids].float()
            for start in range(0, len(rows), packed)
        ]
    return torch.cat(found) if found else torch.empty(0, len(ids))


def answer_logits(model: Any, examples: Sequence[Example]) -> torch.Tensor:
    """Logits at the answers' positions, (sum of answer lengths, V), from one packed forward pass.

    The examples stand behind one copy of their shared prefix; a block mask keeps each from seeing the others, but for
    those whose conversation it goes on with, and position ids restart behind the prefix, so the result equals that of
    separate passes up to rounding. Logits exist only where an answer token is predicted: a full (T, V) tensor would
    dominate memory.
    """
    device = next(model.parameters()).device
    begins = starts(examples)
    prefix = begins[0]
    ids, positions, owner = list(examples[0].prompt[:prefix]), list(range(prefix)), [0] * prefix
    sees = torch.eye(len(examples) + 1, dtype=torch.bool, device=device)  # block 0 is the prefix
    sees[:, 0] = True
    wanted: list[int] = []  # the positions before each answer token
    for number, (example, start) in enumerate(zip(examples, begins, strict=True), 1):
        if start != prefix:
            sees[number] |= sees[number - 1]
        tail = [*example.prompt, *example.answer[:-1]][start:]
        wanted += range(len(ids) + len(example.prompt) - start - 1, len(ids) + len(tail))
        ids += tail
        positions += range(start, start + len(tail))
        owner += [number] * len(tail)
    who = torch.tensor(owner, device=device)
    block = sees[who[:, None], who].tril()  # (T, T), True where attention is allowed
    mask = torch.zeros(block.shape, dtype=model.dtype, device=device).masked_fill(~block, torch.finfo(model.dtype).min)
    logits: torch.Tensor = model(
        input_ids=torch.tensor([ids], device=device), position_ids=torch.tensor([positions], device=device),
        attention_mask=mask[None, None], use_cache=False, logits_to_keep=torch.tensor(wanted, device=device),
    ).logits[0]  # fmt: skip
    return logits
