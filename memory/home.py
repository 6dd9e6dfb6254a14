"""Where things live on disk: one home, private to its user. Knows nothing of what the files hold."""

import os
from dataclasses import dataclass
from pathlib import Path

from memory.errors import StorageError, UsageError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True)
class Home:
    """Three folders: `config` (settings), `data` (talk and weights, private), `cache` (models)."""

    config: Path
    data: Path
    cache: Path

    @property
    def conversations(self) -> Path:
        return self.data / "conversations"

    @property
    def settings_file(self) -> Path:
        return self.config / "config.toml"


def home_at(root: Path) -> Home:
    """The home in one folder. Creates nothing."""
    base = root.expanduser().absolute()
    return Home(base / "config", base / "data", base / "cache")


def user_home() -> Home:
    """The home named by `SELFPARAM_HOME`, else the platform's folders. Creates nothing."""
    root = os.environ.get("SELFPARAM_HOME")
    if root:
        return home_at(Path(root))
    import platformdirs  # costs 30 ms, not needed when the variable is set

    dirs = platformdirs.PlatformDirs("selfparam-agent", appauthor=False)
    return Home(Path(dirs.user_config_path), Path(dirs.user_data_path), Path(dirs.user_cache_path))


def path_of(said: str) -> Path:
    """The path that a person wrote, `~` for a home resolved.

    Raises:
        UsageError: there is no such person as in `~name`.
    """
    try:
        return Path(said).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{said}: there is no such user on this machine: write the path in full") from error


def check_new_file(path: Path) -> None:
    """Refuse to write a file where something is already, or where there is no folder that may be looked into.

    Raises:
        UsageError: it cannot be a new file.
    """
    try:
        there, folder = path.exists(), path.absolute().parent.is_dir()
    except OSError as error:
        raise UsageError(f"{path} cannot be looked at ({error.strerror}): name a file elsewhere") from error
    if there:
        raise UsageError(f"{path} is there already: name a new file")
    if not folder:
        raise UsageError(f"there is no folder {path.absolute().parent}: name a file in one")


def private_folder(path: Path) -> Path:
    """Create `path`, and what is missing above it, with mode 0700.

    Raises:
        StorageError: the folder cannot be created or written.
    """
    try:
        for missing in [p for p in reversed([path, *path.parents]) if not p.exists()]:
            missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        path.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise StorageError(
            f"cannot write to {path} ({error.strerror}): free it or point SELFPARAM_HOME at a folder you own"
        ) from error
    return path
