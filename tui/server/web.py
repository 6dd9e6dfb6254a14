"""The routes of the server: each thin, the answers come from `agent.serving`."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from agent.histories import Histories
from agent.serving import Asked, Done, Job, Serving
from agent.session import MAX_MESSAGE
from memory.errors import BusyError, SelfparamError, UsageError
from tui.server.limits import SECONDS, Limits
from tui.server.metrics import Counted, Metrics
from tui.server.shapes import (
    NAME,
    ChatRequest,
    Chunks,
    CompletionRequest,
    Options,
    TextChunks,
    error_body,
    event,
    model_card,
)

LEARN = "x-selfparam-learn"
"""Header: "true" or "false", in place of the setting."""
_LOOK = 0.25
"""Seconds after which it is looked whether the client is still there."""
_GONE = 499
"""The status of a request whose client did not wait for it; nobody reads it."""

_log = logging.getLogger(__name__)


def web(
    serving: Serving, histories: Histories, learn: bool = False, token: str = "", seconds: float = SECONDS
) -> FastAPI:
    """The application.

    learn: whether what is said is kept to be learned, where a request's header does not say; token: what clients must
    send, none: they must be of this machine; seconds: for a request to arrive.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    metrics = Metrics(serving)
    app.add_middleware(Limits, token=token, seconds=seconds)
    app.add_middleware(Counted, metrics=metrics)
    for kind, handler in ((SelfparamError, _failed), (RequestValidationError, _malformed), (HTTPException, _unknown)):
        app.add_exception_handler(kind, handler)

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"status": "ok", "version": serving.version, "waiting": serving.waiting}

    @app.get("/metrics")
    def figures() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        names = [NAME, *(f"{NAME}-v{version}" for version in serving.versions())]
        return {"object": "list", "data": [model_card(name) for name in names]}

    @app.get("/v1/models/{name}")
    def model(name: str) -> dict[str, Any]:
        _version_of(name, serving)
        return model_card(name)

    @app.post("/v1/chat/completions")
    async def chat(request: ChatRequest, connection: Request) -> Response:
        messages = [said.message() for said in request.messages]
        _check(messages)
        version = _version_of(request.model, serving)
        job = serving.ask(Asked(messages, request.sampling(), version, request.stops()))
        answer = _Answer(job, connection, metrics)
        await answer.begin()
        said = connection.headers.get(LEARN, "").lower()
        learns = said == "true" or (learn and said != "false")
        kept = histories.keep(messages, serving.version, serving.names()) if learns else None

        async def remembered() -> AsyncIterator[str]:
            text = ""
            async for piece in answer.pieces():
                text += piece
                yield piece
            if kept and text:
                histories.reply(kept, text, serving.version)

        return await _respond(request, answer, remembered(), Chunks(f"chatcmpl-{secrets.token_hex(12)}", request))

    @app.post("/v1/completions")
    async def continued(request: CompletionRequest, connection: Request) -> Response:
        _check_length("the prompt", request.text())
        version = _version_of(request.model, serving)
        job = serving.ask(Asked((), request.sampling(), version, request.stops(), request.text()))
        answer = _Answer(job, connection, metrics)
        await answer.begin()
        return await _respond(request, answer, answer.pieces(), TextChunks(f"cmpl-{secrets.token_hex(12)}", request))

    return app


async def _respond(request: Options, answer: "_Answer", said: AsyncIterator[str], chunks: Chunks) -> Response:
    """The answer as events, or whole."""

    async def events() -> AsyncIterator[str]:
        if begun := chunks.first():
            yield begun
        try:
            async for piece in said:
                yield chunks.piece(piece)
        except SelfparamError as error:
            yield event(error_body(str(error), "server_error"))
        if answer.done:
            yield chunks.end(answer.done)

    if request.stream:
        return StreamingResponse(events(), media_type="text/event-stream")
    text = "".join([piece async for piece in said])
    return JSONResponse(chunks.whole(text, answer.done)) if answer.done else Response(status_code=_GONE)


class ModelNotFoundError(UsageError):
    """Raised when a request names a model that is not of /v1/models."""


class _Answer:
    """One answer as it comes; the computation ends when its client has gone."""

    def __init__(self, job: Job, connection: Request, metrics: Metrics) -> None:
        self._job, self._connection, self._metrics = job, connection, metrics
        self._first: str | None = None
        self.done: Done | None = None

    async def begin(self) -> None:
        """Wait for the first piece: what cannot be answered is an error then, not half an answer.

        Raises:
            SelfparamError: it cannot be answered.
        """
        self._first = await self._next()

    async def pieces(self) -> AsyncIterator[str]:
        """The pieces from the first on; `done` is set if it came to its end."""
        try:
            piece = self._first
            while piece is not None:
                if piece:
                    yield piece
                piece = await self._next()
        finally:
            self._job.leave()

    async def _next(self) -> str | None:
        while not (self.done or await self._connection.is_disconnected()):
            said = await asyncio.to_thread(self._job.next, _LOOK)
            if isinstance(said, str):
                return said
            self.done = said
        self._job.leave()
        if self.done:
            self._metrics.answered(self.done)
        return None


def _check(messages: list[dict[str, str]]) -> None:
    """The last one asks something, and is no file."""
    last = messages[-1]
    if last["role"] != "user" or not last["content"].strip():
        raise UsageError("the last message must be the user's, and say something")
    _check_length("the last message", last["content"])


def _check_length(what: str, text: str) -> None:
    if len(text) > MAX_MESSAGE:
        raise UsageError(f"{what} has more than {MAX_MESSAGE:,} characters: send it in parts")


def _version_of(name: str, serving: Serving) -> int | None:
    """The version that a model's name names; None for the one that serves."""
    if name == NAME:
        return None
    number = name.removeprefix(f"{NAME}-v")
    if number.isdecimal() and int(number) in serving.versions():
        return int(number)
    raise ModelNotFoundError(f"there is no model {name!r}: see /v1/models")


async def _failed(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, BusyError):
        return JSONResponse(error_body(str(error), "rate_limit_error"), 429, {"Retry-After": "5"})
    if isinstance(error, ModelNotFoundError):
        return JSONResponse(error_body(str(error), "invalid_request_error", "model_not_found"), 404)
    usage = isinstance(error, UsageError)
    return JSONResponse(
        error_body(str(error), "invalid_request_error" if usage else "server_error"), 400 if usage else 500
    )


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    words = "the body is not JSON" if first["type"] == "json_invalid" else f"{where}: {first['msg']}".removeprefix(": ")
    return JSONResponse(error_body(words, "invalid_request_error"), 400)


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse(error_body(error.detail, "invalid_request_error"), error.status_code)
