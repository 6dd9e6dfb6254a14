"""A home of an earlier layout is brought up to date and loses nothing; one of a later layout is left alone."""

from pathlib import Path

import pytest

from memory import schema
from memory.conversations import SEGMENT, Conversation, experiences, latest, names
from memory.errors import StorageError
from memory.home import Home
from memory.schema import bring_up_to_date
from memory.storage import open_table


def flat(home: Home, name: str, texts: list[str]) -> None:
    """A conversation as layout 1 had it."""
    with open_table(home.conversations / f"{name}.json") as database:
        for number, text in enumerate(texts, 1):
            role = "user" if number % 2 else "assistant"
            turn = {"id": f"{name}/{number}", "role": role, "text": text, "at": "2026-01-01T00:00:00", "version": 0}
            database.table("turns").insert(turn)


def test_layout_1(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flat files become folders; killed between two of them, the next start goes on; then nothing is left to do."""
    texts = ["I keep goats.", "Good.", *["What is gravity?", "A force."] * SEGMENT]
    flat(home, "20260101-000000-aaaa", texts)
    flat(home, "20260102-000000-bbbb", ["I live in Nakuru."])
    with monkeypatch.context() as patch:
        patch.setattr(schema.shutil, "rmtree", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bring_up_to_date(home)
    (home.conversations / ".20260101-000000-aaaa").mkdir()
    (home.conversations / ".20260101-000000-aaaa" / "0001.json").write_text("half")
    for _ in range(2):
        bring_up_to_date(home)
        assert names(home) == ["20260101-000000-aaaa", "20260102-000000-bbbb"]
        assert [t.text for t in Conversation(home.conversations, names(home)[0]).turns] == texts
        assert [e.text for e in experiences(home)] == ["I keep goats.", "I live in Nakuru."]
        assert {path.name for path in home.conversations.iterdir()} == set(names(home))


def test_moved_but_not_removed(home: Home) -> None:
    """Killed after the folder was put in place: the flat file goes, what was said since stays."""
    flat(home, "20260101-000000-aaaa", ["I keep goats."])
    bring_up_to_date(home)
    latest(home).add("user", "I sold the goats.", 0)
    flat(home, "20260101-000000-aaaa", ["I keep goats."])
    (home.data / "SCHEMA").write_text("1")
    bring_up_to_date(home)
    assert [t.text for t in latest(home).turns] == ["I keep goats.", "I sold the goats."]


@pytest.mark.parametrize(("note", "word"), [("99", "newer"), ("one", "backup")])
def test_not_ours(home: Home, note: str, word: str) -> None:
    """A layout of the future, and a note that is none: a word, nothing touched."""
    Conversation(home.conversations).add("user", "I keep goats.", 0)
    (home.data / "SCHEMA").write_text(note)
    with pytest.raises(StorageError, match=word):
        bring_up_to_date(home)
    assert (home.data / "SCHEMA").read_text() == note


def test_new_home(home: Home, tmp_path: Path) -> None:
    """Nothing is made where nothing is."""
    bring_up_to_date(home)
    assert not list(tmp_path.iterdir())
