"""The log of what was done: there, private, and without a word of what was said."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.journal import FILE, FOLDER, note_bug, open_journal
from agent.reply import Sampling
from agent.session import Session
from memory.conversations import Conversation
from memory.home import Home
from tests.test_cli import ROOT, run

SECRET = "quokkas"


def log_of(home: Home) -> str:
    path = home.data / FOLDER / FILE
    return path.read_text() if path.exists() else ""


def test_no_message_text(home: Home, tiny_model: Path) -> None:
    """A chat, a bug and a forgetting are in it; what was said, also inside an error's message, is not."""
    open_journal(home)
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    list(session.say(f"I keep {SECRET}.", Sampling(max_tokens=5)))
    try:
        raise ValueError(f"cannot parse I keep {SECRET}.")
    except ValueError as error:
        note_bug(error)
    root = home.data.parent
    assert run("memories", "forget", "--matching", SECRET, "--yes", home=root).returncode == 0
    assert run("memories", "forget", "--matching", SECRET, "--yes", home=root).returncode == 2
    text = log_of(home)
    name = session.conversation.name
    for part in (f"message {name}/1, 15 char", f"reply {name}/2", "bug: ValueError at test_journal.py", "forgotten",
                 "ended by UsageError, exit code 2"):  # fmt: skip
        assert part in text
    assert SECRET not in text
    assert (home.data / FOLDER / FILE).stat().st_mode & 0o077 == 0


def test_a_temporary_chat_leaves_no_trace(home: Home, tiny_model: Path) -> None:
    """Neither file nor folder: not the conversation, not the log."""
    open_journal(home)
    session = Session(home, str(tiny_model), Conversation(None))
    session.open()
    list(session.say(f"I keep {SECRET}.", Sampling(max_tokens=5)))
    session.conversation.hold()
    session.new_conversation()
    assert not home.data.exists()


def test_a_log_that_cannot_be_written_stops_nobody(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """The work goes on, and nothing is printed over the screen."""
    home.data.parent.mkdir(exist_ok=True)
    home.data.write_text("a file where the folder should be")
    open_journal(home)
    note_bug(ValueError())
    assert capsys.readouterr() == ("", "")


def test_a_bug_on_the_command_line_is_noted(tmp_path: Path) -> None:
    """A traceback on the screen, its place in the log."""
    code = (
        "import memory.pending, tui.cli.main as cli, sys\n"
        f"def broken(*_): raise KeyError('{SECRET}')\n"
        "memory.pending.memories = broken\n"
        "sys.argv = ['selfparam-agent', 'memories', 'list', '--json']\ncli.main()"
    )
    environment = {**os.environ, "SELFPARAM_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    text = log_of(Home(tmp_path / "config", tmp_path / "data", tmp_path / "cache"))
    assert "bug: KeyError" in text
    assert SECRET not in text
    assert json.dumps(SECRET) not in text
