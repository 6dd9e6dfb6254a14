"""What clients send and are sent, as the OpenAI API has it. Source: its reference, "Chat completions" and "Models"."""

import json
import time
from typing import Any, Literal

from pydantic import BaseModel, Field

from agent.reply import MAX_REPLY_TOKENS, Sampling
from agent.serving import Done

NAME = "selfparam-agent"
"""The model that serves now; NAME-vN is version N, NAME-v0 the base."""


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
        return {"role": "system" if self.role == "developer" else self.role, "content": text}


class StreamOptions(BaseModel):
    include_usage: bool = False


class ChatRequest(BaseModel):
    """The body of /v1/chat/completions; what is not named here is ignored."""

    model: str = NAME
    messages: list[Said] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    max_tokens: int | None = Field(None, ge=1, le=100_000)
    max_completion_tokens: int | None = Field(None, ge=1, le=100_000)
    temperature: float = Field(0.0, ge=0, le=2)
    top_p: float = Field(1.0, gt=0, le=1)
    seed: int | None = Field(None, ge=0, lt=2**32)
    stop: str | list[str] | None = None
    n: Literal[1] = 1

    def sampling(self) -> Sampling:
        """How the answer is drawn: greedily unless a temperature is asked for."""
        most = self.max_completion_tokens or self.max_tokens or MAX_REPLY_TOKENS
        return Sampling(most, self.temperature, self.top_p, self.seed)

    def stops(self) -> tuple[str, ...]:
        """Up to four texts, as the API has it; more are cut off."""
        said = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(text for text in said if text)[:4]


def completion(name: str, request: ChatRequest, text: str, done: Done) -> dict[str, Any]:
    """A whole answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": _reason(done)}
    return {**_head(name, "chat.completion", request, done.version), "choices": [choice], "usage": usage(done)}


class Chunks:
    """The events of one streamed answer."""

    def __init__(self, name: str, request: ChatRequest) -> None:
        self._name, self._request = name, request

    def first(self) -> str:
        return self._event({"role": "assistant", "content": ""})

    def piece(self, text: str) -> str:
        return self._event({"content": text})

    def end(self, done: Done) -> str:
        """How it ended, and what it took if that was asked for."""
        events = self._event({}, _reason(done))
        if self._request.stream_options.include_usage:
            head = _head(self._name, "chat.completion.chunk", self._request, done.version)
            events += event({**head, "choices": [], "usage": usage(done)})
        return f"{events}data: [DONE]\n\n"

    def _event(self, delta: dict[str, str], reason: str | None = None) -> str:
        head = _head(self._name, "chat.completion.chunk", self._request)
        return event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


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


def _head(name: str, kind: str, request: ChatRequest, version: int | None = None) -> dict[str, Any]:
    head: dict[str, Any] = {"id": name, "object": kind, "created": int(time.time()), "model": request.model}
    return head if version is None else {**head, "system_fingerprint": f"v{version}"}


def _reason(done: Done) -> str:
    return "length" if done.cut else "stop"
