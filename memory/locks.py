"""One owner at a time for work that two processes must not do at once. The system frees a dead owner's lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memory.errors import BusyError
from memory.home import private_folder
from memory.storage import cannot_write


@contextmanager
def owning(data: Path, work: str, advice: str) -> Iterator[None]:
    """Hold the lock of `work` under the home's data folder for the body.

    Raises:
        BusyError: another living process holds it; `advice` tells what to do.
        StorageError: the home cannot be written.
    """
    from filelock import FileLock, Timeout

    path = private_folder(data / "locks") / f"{work}.lock"
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(f"another process is at work on {work}: {advice}") from error
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield
    finally:
        lock.release()
