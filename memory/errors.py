"""The errors a user can cause or meet. Each message is one line that says what to do next."""


class SelfparamError(Exception):
    """Raised for a failure that is nobody's bug: shown as one line, exit code 1."""

    exit_code = 1


class UsageError(SelfparamError):
    """Raised when what the user typed or wrote in a file cannot be meant: exit code 2."""

    exit_code = 2


class ModelError(SelfparamError):
    """Raised when a model is unknown, cannot be fetched, or its files are not what they should be."""


class StorageError(SelfparamError):
    """Raised when the home cannot be read or written (full, read-only, damaged)."""


class ArchiveError(SelfparamError):
    """Raised when a file of another program is damaged, unknown, or larger than what it claims to be ever is."""


class BusyError(SelfparamError):
    """Raised when another process holds the lock that this work needs."""


class NothingPendingError(SelfparamError):
    """Raised when consolidation is asked for and every experience is already in a published version."""

    exit_code = 3
