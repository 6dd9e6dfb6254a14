"""Export and import: the same talk and the same weights in another home; bad archives change nothing."""

import tarfile
from pathlib import Path
from typing import Any

import pytest

from memory.backup import export, restore
from memory.errors import UsageError
from memory.home import Home
from memory.models import load
from memory.pending import pending
from memory.versions import MERGED, Weights
from tests.learning import tell


def test_there_and_back(home: Home, learn: Any, tiny_model: Path, tmp_path: Path) -> None:
    """Learned, pending, settings and provenance arrive; the merged weights are made again and equal the old ones."""
    tell(home, "My name is Wanjiru.")
    learn()
    tell(home, "I keep goats.")
    home.config.mkdir()
    home.settings_file.write_text("[schedule]\nminutes = 7\n")
    archive = tmp_path / "me.tar"
    mode = tmp_path.stat().st_mode
    assert export(home, archive) > 5
    assert tmp_path.stat().st_mode == mode
    with tarfile.open(archive) as inside:
        assert not [name for name in inside.getnames() if f"/{MERGED}/" in name or "locks" in name]
    other = Home(tmp_path / "b" / "config", tmp_path / "b" / "data", home.cache)
    restore(other, archive)
    assert [e.text for e in pending(other, learn.model)] == ["I keep goats."]
    assert other.settings_file.read_text() == home.settings_file.read_text()
    assert all(path.stat().st_mode & 0o077 == 0 for path in other.data.rglob("*"))
    ours, theirs = (
        load(Weights(at, learn.model).folder_to_load(1, tiny_model)).model.state_dict() for at in (home, other)
    )
    assert max(float((ours[k] - theirs[k]).abs().max()) for k in ours) <= 1e-5
    with pytest.raises(UsageError, match="holds a life"):
        restore(other, archive)
    with pytest.raises(UsageError, match="there already"):
        export(home, archive)


def test_a_chat_goes_on_meanwhile(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written anew or deleted while the archive is made leaves it whole: each file is read once."""
    tell(home, "My name is Wanjiru.")
    tell(home, "I keep goats.")
    first, second = sorted(home.conversations.glob("*/0001.json"))
    said = first.read_text()
    read = Path.read_bytes

    def said_meanwhile(path: Path) -> bytes:
        content = read(path)
        if path == first:
            first.write_text("{}")
            second.unlink()
        return content

    monkeypatch.setattr(Path, "read_bytes", said_meanwhile)
    export(home, tmp_path / "me.tar")
    monkeypatch.undo()
    other = Home(tmp_path / "b" / "config", tmp_path / "b" / "data", home.cache)
    restore(other, tmp_path / "me.tar")
    assert (other.conversations / first.parent.name / first.name).read_text() == said


def test_settings_alone(home: Home, tmp_path: Path) -> None:
    """An archive of a home in which nothing was said yet is imported like any other."""
    home.config.mkdir()
    home.settings_file.write_text("[schedule]\nminutes = 7\n")
    assert export(home, tmp_path / "me.tar") == 1
    other = Home(tmp_path / "b" / "config", tmp_path / "b" / "data", home.cache)
    restore(other, tmp_path / "me.tar")
    assert other.settings_file.read_text() == home.settings_file.read_text()


def test_bad_archives(home: Home, tmp_path: Path) -> None:
    """Nothing to export, no archive, a foreign one, an altered one: a word each, and the home stays empty."""
    with pytest.raises(UsageError, match="nothing to export"):
        export(home, tmp_path / "none.tar")
    tell(home, "My name is Wanjiru.")
    good = tmp_path / "good.tar"
    export(home, good)
    other = Home(tmp_path / "b" / "config", tmp_path / "b" / "data", home.cache)
    (tmp_path / "text.tar").write_text("hello")
    foreign, altered = tmp_path / "foreign.tar", tmp_path / "altered.tar"
    with tarfile.open(foreign, "w") as archive:
        archive.add(tmp_path / "text.tar", arcname="data/x")
    altered.write_bytes(good.read_bytes().replace(b"Wanjiru", b"Mallory"))
    for path in (tmp_path / "absent.tar", tmp_path / "text.tar", foreign):
        with pytest.raises(UsageError, match="no export"):
            restore(other, path)
    with pytest.raises(UsageError, match="altered"):
        restore(other, altered)
    assert not other.data.exists()
