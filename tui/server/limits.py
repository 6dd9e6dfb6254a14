"""Who may ask, and how much: checked before a request is read further. ASGI middleware."""

import asyncio
import hmac
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse

from tui.server.shapes import error_body

MOST_BYTES = 1_000_000
"""Of a request's body."""
SECONDS = 20.0
"""For a body to arrive."""
OPEN = ("/health",)
"""Paths that need no token."""


class Limits:
    """Refuses a wrong token, a body that is too large or too slow, and without a token pages of other sites."""

    def __init__(self, app: Any, token: str = "", seconds: float = SECONDS) -> None:
        self._app, self._token, self._seconds = app, token, seconds

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["path"], headers)
        body = b""
        if refusal is None:
            try:
                body = await asyncio.wait_for(_read(receive), self._seconds)
            except TimeoutError:
                refusal = _error(408, f"the request took longer than {self._seconds:g} s to arrive: send it again")
            except _TooLargeError:
                refusal = _error(413, f"the request is over {MOST_BYTES:,} bytes: send fewer or shorter messages")
        if refusal:
            await refusal(scope, receive, send)
            return
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Any:
            return parts.pop() if parts else await receive()

        await self._app(scope, again, send)

    def _refusal(self, path: str, headers: dict[str, str]) -> JSONResponse | None:
        if self._token:
            said = headers.get("authorization", "").removeprefix("Bearer ")
            if path in OPEN or hmac.compare_digest(said.encode(), self._token.encode()):
                return None
            return _error(401, "wrong token: send the server's SELFPARAM_TOKEN as the API key", "invalid_api_key")
        origin = headers.get("origin")
        asked = (f"//{headers.get('host', '')}", *([origin] if origin else []))
        if all(is_loopback(urlsplit(address).hostname or "") for address in asked):
            return None
        return _error(403, "only programs of this machine may ask without a token: set SELFPARAM_TOKEN")


class _TooLargeError(Exception):
    """Raised when a body goes over the limit."""


async def _read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            raise _TooLargeError
        if not message.get("more_body"):
            return body


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by name or address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _error(status: int, message: str, code: str | None = None) -> JSONResponse:
    return JSONResponse(error_body(message, "invalid_request_error", code), status)
