"""Figures for Prometheus: requests by status, seconds, tokens, what waits, which version answers."""

import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from agent.serving import Done, Serving

_SECONDS = (0.1, 0.3, 1, 3, 10, 30, 100)


class Metrics:
    """The figures of one server."""

    def __init__(self, serving: Serving) -> None:
        self._all = CollectorRegistry()
        self._requests = Counter("selfparam_requests", "Requests answered", ["status"], registry=self._all)
        self._seconds = Histogram(
            "selfparam_request_seconds", "From a request to the end of its answer", registry=self._all, buckets=_SECONDS
        )
        self._tokens = Counter("selfparam_tokens", "Tokens read and written", ["kind"], registry=self._all)
        Gauge("selfparam_waiting", "Requests that wait", registry=self._all).set_function(lambda: serving.waiting)
        Gauge("selfparam_version", "Version that answers", registry=self._all).set_function(lambda: serving.version)

    def answered(self, done: Done) -> None:
        self._tokens.labels("prompt").inc(done.prompt)
        self._tokens.labels("completion").inc(done.written)

    def ended(self, status: int, seconds: float) -> None:
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._all)


class Counted:
    """ASGI middleware that counts each request with the status it got."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def noting(message: dict[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.ended(status, time.monotonic() - started)
