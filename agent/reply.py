"""A reply, streamed and stoppable: the stopping criterion ends the computation itself, not only what is shown."""

import re
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.errors import UsageError

if TYPE_CHECKING:
    from memory.language import Engine, Message

MAX_REPLY_TOKENS = 512
DEGENERATED = "the model said the same over and over, so the reply was ended"
REPEATED = range(30, 401)
"""Characters of a passage that is looked for three times over."""


@dataclass(frozen=True)
class Sampling:
    """How a reply is drawn, up to how many tokens: greedily, or at a temperature above 0 by lot."""

    max_tokens: int = MAX_REPLY_TOKENS
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


def fit(language: "Engine", messages: Sequence["Message"], sampling: Sampling, begun: str = "") -> list[int]:
    """Token ids of the system prompt and as many of the last messages as leave room for the answer, from a user's on.

    begun: what there is of the answer already; it stands at the end.

    However long the conversation, only as much is rendered as may fit, a few times (galloping search).

    Raises:
        UsageError: the last message alone is too long.
    """
    behind = language.encode(begun)
    room = language.context_window - min(sampling.max_tokens, language.context_window // 4) - len(behind)
    head = messages[:1] if messages[0]["role"] == "system" else []
    ids = language.render([*head, messages[-1]])
    if len(ids) > room:
        what = " with the system prompt" * bool(head) + " and its reply" * bool(behind)
        size, most = len(ids) + len(behind), room + len(behind)
        raise UsageError(f"the message{what} is {size} tokens, the model reads {most}: send it in parts")
    starts = [at for at, message in enumerate(messages[:-1]) if message["role"] == "user"]
    fits, most, step = 0, len(starts), 1  # earlier messages of the user that are known to fit; at most; to try more
    while fits < most:
        tried = min(fits + step, most)
        longer = language.render([*head, *messages[starts[-tried] :]])
        if len(longer) <= room:
            ids, fits, step = longer, tried, 2 * step
        else:
            most, step = tried - 1, max(1, (tried - 1 - fits) // 2)
    return [*ids, *behind]


def degenerates(text: str) -> bool:
    """Whether a text ends in degenerate repetition: one passage of several words three times over.

    A small model that is decoded greedily never finds out of it. Source: Holtzman et al., ICLR 2020, arXiv 1904.09751.
    """
    for size in REPEATED[: max(0, len(text) // 3 - REPEATED.start + 1)]:
        passage = text[-size:]
        if text.endswith(3 * passage) and len({*re.findall(r"[^\W\d_]{2,}", passage)}) > 3:
            return True
    return False


def stream(
    language: "Engine",
    prompt: list[int],
    sampling: Sampling,
    stop: threading.Event,
    decoded: Callable[[], None] = lambda: None,
) -> Generator[str, None, None]:
    """Pieces of the reply to a rendered prompt as they are decoded; ends within one token of `stop` being set.

    decoded: called at each token, which a piece may have none or several of.
    """
    from transformers import TextIteratorStreamer

    from memory.language import Drawing

    streamer = TextIteratorStreamer(language.tokenizer, skip_prompt=True, skip_special_tokens=True)
    failure: list[BaseException] = []
    left = threading.Event()

    def stopped() -> bool:
        decoded()
        return stop.is_set() or left.is_set()

    def compute() -> None:
        try:
            drawing = Drawing(sampling.temperature, sampling.top_p, sampling.seed)
            language.generate(prompt, sampling.max_tokens, streamer, stopped, drawing)
        except BaseException as error:  # handed to the reader below, which raises it in its own thread
            failure.append(error)
            streamer.end()  # type: ignore[no-untyped-call]  # untyped upstream

    thread = threading.Thread(target=compute, daemon=True)
    thread.start()
    try:
        yield from (str(piece) for piece in streamer if piece)
    finally:
        left.set()
        thread.join()
    if failure:
        raise failure[0]
