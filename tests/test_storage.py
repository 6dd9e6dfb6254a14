"""Nothing acknowledged is lost, and what is damaged is named."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from memory import storage
from memory.archives import streams
from memory.conversations import Conversation, experiences, latest
from memory.errors import BusyError, ModelError, StorageError, UsageError
from memory.home import Home, check_new_file, home_at, path_of
from memory.locks import owning
from memory.models import check_name
from memory.schema import bring_up_to_date
from memory.storage import open_table, write_text


def test_turn_is_on_disk_when_add_returns(home: Home) -> None:
    """Another process reads a turn as soon as `add` returned, privately stored."""
    conversation = Conversation(home.conversations)
    conversation.add("user", "I live in Núoro.", 0)
    again = latest(home)
    assert [turn.text for turn in again.turns] == ["I live in Núoro."]
    file = home.conversations / conversation.name / "0001.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert home.conversations.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_full_disk_loses_nothing(home: Home, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """A write that fails leaves the old content, one error in words, and no turn that is not on disk."""
    conversation = Conversation(home.conversations)
    conversation.add("user", "I keep bees.", 0)

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*((storage.os, "fsync", fail) if failing == "fsync" else (Path, "replace", fail)))
        with pytest.raises(StorageError, match="No space left"):
            conversation.add("user", "I keep goats.", 0)
    assert [turn.text for turn in conversation.turns] == ["I keep bees."]
    assert [turn.text for turn in latest(home).turns] == ["I keep bees."]
    assert not list(home.conversations.rglob(".*"))


def test_damaged_file_is_set_aside(tmp_path: Path) -> None:
    """A torn file gives way to the last good copy and is kept under another name."""
    path = tmp_path / "a.json"
    for number in range(2):
        with open_table(path) as database:
            database.insert({"n": number})
    path.write_text('{"_default": {"1"')
    with open_table(path) as database:
        assert [row["n"] for row in database.all()] == [0]
    assert path.with_suffix(".json.damaged").exists()


def test_a_damaged_conversation_is_found_again(home: Home) -> None:
    """What the last good copy holds is still there when the home is read a second time."""
    talk = Conversation(home.conversations)
    talk.add("user", "I keep bees.", 0)
    talk.add("user", "I keep goats.", 0)
    (home.conversations / talk.name / "0001.json").write_text('{"turns": {"1"')
    for _ in range(2):
        assert [e.text for e in experiences(home)] == ["I keep bees."]


def test_a_damaged_file_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be put in the place of a torn file leaves that where it is: with room it is found again."""
    path = tmp_path / "a.json"
    for number in range(2):
        with open_table(path) as database:
            database.insert({"n": number})
    path.write_text("torn {")
    monkeypatch.setattr("memory.storage.write_text", full)
    with pytest.raises(StorageError), open_table(path) as database:
        database.all()
    monkeypatch.undo()
    with open_table(path) as database:
        assert [row["n"] for row in database.all()] == [0]


def full(path: Path, text: str) -> None:
    raise OSError(28, "No space left on device")


def test_damaged_without_copy_is_an_error(tmp_path: Path) -> None:
    """With no copy the error names the file."""
    (tmp_path / "a.json").write_text("[1, 2")
    with pytest.raises(StorageError, match=r"a\.json"), open_table(tmp_path / "a.json") as database:
        database.all()


def test_temporary_leaves_no_trace(home: Home) -> None:
    """A temporary conversation writes nothing."""
    Conversation(None).add("user", "I have a secret.", 0)
    assert not home.data.exists()


def test_experiences_are_what_the_user_stated(home: Home) -> None:
    """The assistant's words and the user's questions are nothing to learn."""
    conversation = Conversation(home.conversations)
    conversation.add("user", "What is my name?", 0)
    conversation.add("assistant", "I am your friend and I live in Rome.", 0)
    conversation.add("user", "My name is Itziar.", 0)
    assert [(e.id, e.text) for e in experiences(home)] == [(f"{conversation.name}/3", "My name is Itziar.")]


def test_one_writer_per_conversation(home: Home) -> None:
    """A second chat on the same conversation is refused in words."""
    conversation = Conversation(home.conversations)
    conversation.add("user", "I paint.", 0)
    conversation.hold()
    with pytest.raises(BusyError, match="another chat"):
        latest(home).hold()
    conversation.release()
    latest(home).hold()


def test_a_dead_owner_s_lock_is_free(home: Home) -> None:
    """A lock whose owner was killed is nobody's, without a wait."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom memory.locks import owning\n"
        f"with owning(Path({str(home.data)!r}), 'consolidation', ''):\n"
        "    print('mine', flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == "mine\n"
        with pytest.raises(BusyError, match="another process"), owning(home.data, "consolidation", "wait"):
            pass
        owner.kill()
    with owning(home.data, "consolidation", "wait"):
        pass


def test_nothing_to_continue(home: Home) -> None:
    """With no conversation, --continue says what to do."""
    with pytest.raises(UsageError, match="start one"):
        latest(home)


def test_home_that_is_a_file(tmp_path: Path) -> None:
    """A home below a file is one clear error."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="SELFPARAM_HOME"):
        write_text(tmp_path / "file" / "x" / "a.txt", "a")


def test_paths_that_cannot_be(tmp_path: Path) -> None:
    """A home of nobody's, a name no disk takes: a word each, whatever the path is for."""
    with pytest.raises(UsageError, match="no such user"):
        path_of("~nobody-of-that-name/talk.md")
    endless = tmp_path / ("x" * 300 + ".md")
    with pytest.raises(UsageError, match="cannot be looked at"):
        check_new_file(endless)
    with pytest.raises(UsageError, match="there is no file"):
        next(streams(endless))
    with pytest.raises(ModelError, match="unknown model"):
        check_name(f"{endless}.gguf")


def test_a_home_that_cannot_be_looked_into(tmp_path: Path) -> None:
    """A line that says what to do instead."""
    with pytest.raises(StorageError, match="SELFPARAM_HOME"):
        bring_up_to_date(home_at(tmp_path / ("x" * 300)))
