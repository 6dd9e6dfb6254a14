"""What is done only when asked for twice in a row."""

import time

SECONDS = 2.0


class Twice:
    """Called whenever the user asks."""

    def __init__(self) -> None:
        self._last = -SECONDS

    def __call__(self) -> bool:
        """Whether he asked a moment before, too."""
        before, self._last = self._last, time.monotonic()
        return self._last - before < SECONDS
