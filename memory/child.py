"""The process that consolidates (`python -m memory.child JOB`): the chat stays alive, and a crash harms nothing.

Its memory comes back when it ends, and it ends with its parent. Reports on standard output, one JSON object a line.
"""

import json
import os
import sys
import threading
from typing import Any

from memory.consolidation import consolidate
from memory.distill import follow
from memory.errors import SelfparamError
from memory.job import Job
from memory.settings import read_settings
from memory.team import team


def _die_with_parent() -> None:
    """The parent holds our standard input open; when it ends, however it ends, so do we."""

    def watch() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> int:
    """Entry point of the child: the job is the only argument, events go to standard output."""
    out = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not mix with the events

    def emit(event: dict[str, Any]) -> None:
        out.write(json.dumps(event, ensure_ascii=False) + "\n")

    _die_with_parent()
    job, mates = Job(**json.loads(sys.argv[1])), team()
    if not mates.first:
        follow(mates)
        return 0
    try:
        verdict = consolidate(job, read_settings(job.home.settings_file), emit, team=mates)
    except SelfparamError as error:
        emit({"event": "error", "message": str(error), "exit_code": error.exit_code, "kind": type(error).__name__})
        return error.exit_code
    finally:
        mates.agree(None)
    return 0 if verdict is None or verdict.passed else 4


if __name__ == "__main__":
    sys.exit(main())
