"""What clients send and are sent, as the OpenAI API has it. Source: its reference, "Chat completions",
"Completions" and "Models"."""

import json
import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from agent.reply import MAX_REPLY_TOKENS, Sampling
from agent.serving import Done
from agent.text import plain

NAME = "selfparam-agent"
"""The model that serves now; NAME-vN is version N, NAME-v0 the base."""


TEXT_TOKENS = 16
"""What the API writes behind a text where a request does not say."""


class Part(BaseModel):
    """A part of a message; only text is understood."""

    type: Literal["text"]
    text: str


class Said(BaseModel):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[Part]

    def message(self) -> dict[str, str]:
        """As the chat template takes it."""
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return {"role": "system" if self.role == "developer" else self.role, "content": plain(text)}


class StreamOptions(BaseModel):
    include_usage: bool = False


class Options(BaseModel):
    """What both bodies have; what is not named here is ignored."""

    model: str = NAME
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    max_tokens: int | None = Field(None, ge=1, le=100_000)
    temperature: float = Field(0.0, ge=0, le=2)
    top_p: float = Field(1.0, gt=0, le=1)
    seed: int | None = Field(None, ge=0, lt=2**32)
    stop: str | list[str] | None = None
    n: Literal[1] = 1

    def most(self) -> int:
        """Tokens that the answer may have."""
        return self.max_tokens or MAX_REPLY_TOKENS

    def sampling(self) -> Sampling:
        """How the answer is drawn: greedily unless a temperature is asked for."""
        return Sampling(self.most(), self.temperature, self.top_p, self.seed)

    def stops(self) -> tuple[str, ...]:
        """Up to four texts, as the API has it; more are cut off."""
        said = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(text for text in said if text)[:4]


class ChatRequest(Options):
    """The body of /v1/chat/completions."""

    messages: list[Said] = Field(min_length=1)
    max_completion_tokens: int | None = Field(None, ge=1, le=100_000)

    def most(self) -> int:
        return self.max_completion_tokens or super().most()


class CompletionRequest(Options):
    """The body of /v1/completions."""

    prompt: str | Annotated[list[str], Field(min_length=1, max_length=1)]

    def text(self) -> str:
        return plain(self.prompt if isinstance(self.prompt, str) else self.prompt[0])

    def most(self) -> int:
        return self.max_tokens or TEXT_TOKENS


class Chunks:
    """One answer of a chat: whole, or as events."""

    kind, part = "chat.completion", "chat.completion.chunk"

    def __init__(self, name: str, request: Options) -> None:
        self._name, self._request = name, request

    def whole(self, text: str, done: Done) -> dict[str, Any]:
        choice = {"index": 0, **self._all(text), "finish_reason": _reason(done)}
        return {**self._head(self.kind, done.version), "choices": [choice], "usage": usage(done)}

    def first(self) -> str:
        return self._event({"delta": {"role": "assistant", "content": ""}})

    def piece(self, text: str) -> str:
        return self._event({"delta": {"content": text}})

    def end(self, done: Done) -> str:
        """How it ended, and what it took if that was asked for."""
        events = self._event(self._nothing(), _reason(done))
        if self._request.stream_options.include_usage:
            events += event({**self._head(self.part, done.version), "choices": [], "usage": usage(done)})
        return f"{events}data: [DONE]\n\n"

    def _all(self, text: str) -> dict[str, Any]:
        return {"message": {"role": "assistant", "content": text}}

    def _nothing(self) -> dict[str, Any]:
        return {"delta": {}}

    def _event(self, said: dict[str, Any], reason: str | None = None) -> str:
        return event({**self._head(self.part), "choices": [{"index": 0, **said, "finish_reason": reason}]})

    def _head(self, kind: str, version: int | None = None) -> dict[str, Any]:
        head: dict[str, Any] = {
            "id": self._name, "object": kind, "created": int(time.time()), "model": self._request.model
        }  # fmt: skip
        return head if version is None else {**head, "system_fingerprint": f"v{version}"}


class TextChunks(Chunks):
    """One continuation of a text: whole, or as events."""

    kind = part = "text_completion"

    def first(self) -> str:
        return ""

    def piece(self, text: str) -> str:
        return self._event(self._all(text))

    def _all(self, text: str) -> dict[str, Any]:
        return {"text": text, "logprobs": None}

    def _nothing(self) -> dict[str, Any]:
        return self._all("")


def event(value: dict[str, Any]) -> str:
    """A server-sent event."""
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def usage(done: Done) -> dict[str, int]:
    """Tokens read and written."""
    return {
        "prompt_tokens": done.prompt, "completion_tokens": done.written, "total_tokens": done.prompt + done.written
    }  # fmt: skip


def error_body(message: str, kind: str, code: str | None = None) -> dict[str, Any]:
    """An error as the API has it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def model_card(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "you"}


def _reason(done: Done) -> str:
    return "length" if done.cut else "stop"
