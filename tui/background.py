"""Work off the screen's thread, in daemon threads: unlike an executor's, they never hold up quitting.

A bug in such work crashes the app as any other bug does. Work posts messages; it never touches a widget.
"""

import threading
from collections.abc import Callable
from typing import NoReturn

from textual.message_pump import MessagePump

from agent.journal import note_bug

Background = Callable[[Callable[[], None]], threading.Thread]
"""Starts work in a thread of its own."""


def in_background(app: MessagePump, work: Callable[[], None]) -> threading.Thread:
    """Start `work` in a thread of its own."""

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # raised again in the app's own thread
            note_bug(error)
            app.call_later(_raise, error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    return thread


def _raise(error: BaseException) -> NoReturn:
    raise error
