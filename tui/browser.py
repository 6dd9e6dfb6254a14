"""The chat's screen in a browser on this machine, over textual-serve (the extra `browser`). Knows nothing of the chat.

By itself textual-serve lets in whoever reaches the port (every page open in the browser does) and its page asks Google
for a font. Here a visitor needs the token, other pages' requests are refused, and styles and fonts come from here only.
"""

import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from textual_serve.server import Server

HOST = "127.0.0.1"
_COOKIE = "selfparam-agent"
_OURS_ONLY = "style-src 'self' 'unsafe-inline'; font-src 'self' data:"


class LoopbackServer(Server):  # type: ignore[misc]  # an extra that need not be installed
    """Serves `selfparam-agent ARGUMENTS` to whoever has the address that `address` gives."""

    def __init__(self, arguments: list[str], port: int) -> None:
        super().__init__(shlex.join([sys.executable, "-m", "tui", *arguments]), HOST, port, title="selfparam-agent")
        self._token = secrets.token_urlsafe(24)

    @property
    def address(self) -> str:
        """Where the chat is, with what lets a browser in."""
        return f"{self.public_url}/?token={self._token}"

    async def on_startup(self, app: web.Application) -> None:
        """Say where to look."""
        print(f"the chat is at {self.address}\nfor this machine only; Ctrl-C ends it", flush=True)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    @web.middleware  # type: ignore[untyped-decorator]  # as above
    async def _guard(self, request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> Any:
        if self._is_token(request.query.get("token", "")):
            response = web.HTTPFound("/")
            response.set_cookie(_COOKIE, self._token, httponly=True, samesite="Strict")
            return response
        foreign = request.headers.get("Origin", self.public_url) != self.public_url
        if foreign or not self._is_token(request.cookies.get(_COOKIE, "")):
            raise web.HTTPForbidden(text="open the address that `selfparam-agent chat --browser` printed")
        response = await handler(request)
        response.headers["Content-Security-Policy"] = _OURS_ONLY
        return response

    def _is_token(self, text: str) -> bool:
        return secrets.compare_digest(text.encode(), self._token.encode())
