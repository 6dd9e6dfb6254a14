"""The chat in lines: what a screen reader reads and a pipe carries."""

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.consolidate import Event
from memory.errors import SelfparamError, StorageError
from memory.home import Home
from memory.settings import Schedule, Settings
from memory.shelf import listed
from tests.scripted import QUIET, VERDICT, ScriptedSession, publish, sees, send
from tests.test_cli import ROOT, run
from tui.app import ChatApp
from tui.cli.common import read_as_text
from tui.plain import PlainChat
from tui.progress import ProgressLine


def talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], chat: PlainChat, *typed: str
) -> list[str]:
    """The lines that the user reads when he types these."""
    lines = iter(typed)

    def typing(_: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", typing)
    chat.run()
    return capsys.readouterr().out.splitlines()


def learned(home: Home, model: str, show: object) -> Event:
    show({"event": "stage", "stage": "train", "number": 3, "of": 5})  # type: ignore[operator]
    for step in range(1, 91):
        show({"event": "progress", "step": step, "steps": 90, "loss": 1.0})  # type: ignore[operator]
    return {"event": "verdict", "verdict": VERDICT, "pairs": 9, "seconds": 1.0, "version": publish(home)}


def test_a_talk(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Replies carry their version, learning says where it is in a few lines, and the new version answers then."""
    chat = PlainChat(ScriptedSession(home), QUIET, consolidate=learned)
    said = talk(monkeypatch, capsys, chat, "My cat is called Tom.", "", "/consolidate", "hello", "/quit", "not read")
    assert said[:4] == [
        "note: loading the model", "note: v0 (base) answers; /help lists the commands",
        "v0 (base): Nice to meet you.", "note: learning; Ctrl-C stops it",
    ]  # fmt: skip
    assert said[4:9] == ["note: stage 3 of 5, training"] + [f"note: training, step {n} of 90" for n in (23, 45, 68, 90)]
    assert said[9].startswith("note: learned: version 1 answers now; recall of the questions set aside 1/2")
    assert said[10:] == ["note: now answering with v1", "v1: Nice to meet you."]


def test_the_last_message_and_reply(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another reply, more of it and the message otherwise are lines like any reply; a mistake says what to type."""
    typed = ("/regenerate", "I keep goats.", "/regenerate", "/continue", "/edit", "/edit I keep geese.")
    said = talk(monkeypatch, capsys, PlainChat(ScriptedSession(home), QUIET), *typed)
    reply = "v0 (base): Nice to meet you."
    mistakes = ["error: there is no last message in this conversation: say something first"]
    mistakes += ["error: say it otherwise in the same line: /edit TEXT"]
    assert said[2:] == [mistakes[0], reply, reply, reply, mistakes[1], reply]
    assert [turn.text for turn in listed(home)[0].turns] == ["I keep geese.", "Nice to meet you."]


def test_forgetting(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What was learned is not edited but forgotten, by its id, asked for twice; then it can be said anew."""
    session = ScriptedSession(home)
    key = f"{session.conversation.name}/1"
    chat = PlainChat(session, QUIET, consolidate=learned)
    typed = ("I keep goats.", "/consolidate", "/edit I keep geese.", "/forget", f"/forget {key}", f"/forget {key}")
    said = talk(monkeypatch, capsys, chat, *typed, "I keep geese.")
    assert said.count("note: that cannot be undone: the same line once more does it") == 1
    assert f"  {key}  I keep goats." in said
    assert "error: the weights have learned that message: take it back with /forget, then say it anew" in said
    assert "error: nothing matches: see `selfparam-agent memories list --all`" in said
    assert "note: forgotten for good: 1 of your messages, with version 1" in said
    assert [turn.text for turn in listed(home)[0].turns] == ["", "", "I keep geese.", "Nice to meet you."]


def test_what_is_no_text(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte that is no UTF-8 is �, in a pipe as in an argument."""
    piped = io.TextIOWrapper(io.BytesIO(b"I live in Z\xfcrich.\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", piped)
    read_as_text()
    assert input() == "I live in Z�rich."
    given = b"I live in Z\xfcrich.".decode("utf-8", "surrogateescape")
    assert ScriptedSession(home).accept(given) == "I live in Z�rich."


def test_conversations(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Title and system prompt are given, a temporary conversation says so and is kept nowhere, /new is kept again."""
    session = ScriptedSession(home)
    said = talk(
        monkeypatch, capsys, PlainChat(session, QUIET), "I keep bees.", "/rename Bees", "/system Be brief.",
        "/temporary", "I keep a secret.", "/system", "/new", "I keep goats.", "/rename",
    )  # fmt: skip
    assert [line for line in said if line.startswith(("note", "error"))][2:] == [
        "note: this conversation is called 'Bees'", "note: system prompt: Be brief.",
        "note: temporary: nothing of this conversation is kept or learned",
        "note: no system prompt: the model's own default", "note: a new conversation",
        "error: the title is empty: name the conversation something",
    ]  # fmt: skip
    assert {talk.heading for talk in listed(home)} == {"I keep goats.", "Bees"}
    again = ScriptedSession(home)
    again.take_up(next(talk for talk in listed(home) if talk.heading == "Bees"))
    assert "note: system prompt: Be brief." in talk(monkeypatch, capsys, PlainChat(again, QUIET))


def test_commands(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands of the screen; what they say is the same, and a mistake is a line that begins with error."""
    session = ScriptedSession(home)
    first = session.conversation.name
    said = talk(
        monkeypatch, capsys, PlainChat(session, QUIET), "I own two bicycles.", "/memories", "/versions", "/schedule",
        "/rollback", "/nonsense", "/help", "/new",
    )  # fmt: skip
    assert {"1 pending, 0 learned, newest first", "→ v0 (base)", "note: a new conversation"} <= set(said)
    assert any(line.startswith("next at ") for line in said)
    assert any(line.startswith("error: ") and "base model" in line for line in said)
    assert "error: there is no command /nonsense here: /help lists them" in said
    assert "/quit: leave" in said
    assert session.conversation.name != first


def test_failures_are_lines(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk and nothing to learn are told, and the chat goes on; a secret is held back and said so."""

    def nothing(*_: object) -> Event:
        error = SelfparamError("nothing is pending")
        error.exit_code = 3
        raise error

    session = ScriptedSession(home)
    chat = PlainChat(session, QUIET, consolidate_at_start=True, consolidate=nothing)
    assert "note: nothing is pending" in talk(monkeypatch, capsys, chat, "My PIN is 4821.")
    session.failure = StorageError("the disk is full")
    said = talk(monkeypatch, capsys, PlainChat(session, QUIET), "hello", "/versions")
    assert said[2:] == ["error: the disk is full", "→ v0 (base)"]


def test_nothing_is_learned_unseen(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With review = always the lines say where to review; neither the user nor the schedule learns from here."""
    session = ScriptedSession(home)
    said = talk(monkeypatch, capsys, PlainChat(session, Settings(review="always"), consolidate=learned), "/consolidate")
    assert said[2].startswith("note: the schedule rests: review = always: `selfparam-agent consolidate` shows")
    assert said[3].startswith("error: review = always")
    assert session._weights.current() == 0


def test_the_schedule_runs_beside(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes due while the user thinks is learned meanwhile, and told."""
    monkeypatch.setattr("agent.schedule.AT_REST", 0.01)
    monkeypatch.setattr("agent.headless.run", lambda home, model, show: learned(home, model, show))
    session = ScriptedSession(home)
    session.conversation.add("user", "My cat is called Tom.", 0)
    soon = Settings(schedule=Schedule(experiences=1, busy=0.0, on_battery=True))

    def thinking(_: str) -> str:
        record = home.data / "schedule.json"
        while "version 1" not in record.read_text():
            time.sleep(0.01)
        raise EOFError

    monkeypatch.setattr("builtins.input", thinking)
    PlainChat(session, soon).run()
    assert "note: learned: version 1 answers now" in capsys.readouterr().out


def test_a_pipe(tmp_path: Path, tiny_model: Path) -> None:
    """Without a terminal the chat is lines by itself, keeps what was said, and ends with its input."""
    done = run("chat", "-m", str(tiny_model), home=tmp_path, text="I keep bees.\n/memories\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 pending, 0 learned, newest first" in done.stdout
    assert "\x1b" not in done.stdout


def test_ctrl_c_in_a_terminal(tmp_path: Path, tiny_model: Path) -> None:
    """Ctrl-C stops the reply, a second one at the prompt leaves with exit code 0; no control sequence is printed."""
    ours, theirs = pty.openpty()
    chat = subprocess.Popen(
        [sys.executable, "-m", "tui", "chat", "--plain", "-m", str(tiny_model)], cwd=ROOT,
        stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "SELFPARAM_HOME": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background is born ignoring it
    )  # fmt: skip
    shown = ""

    def sees(text: str, after: int = 0) -> None:
        nonlocal shown
        while text not in shown[after:]:
            assert select.select([ours], [], [], 60)[0], shown
            shown += os.read(ours, 4096).decode(errors="replace")

    sees("you: ")
    os.write(ours, b"Tell me more.\n")
    sees("v0 (base): ")
    chat.send_signal(signal.SIGINT)
    sees("note: the reply was stopped")
    sees("you: ", after=shown.index("was stopped"))
    chat.send_signal(signal.SIGINT)
    os.write(ours, b"\n")  # a signal between prompt and read is seen when the read returns
    assert chat.wait(60) == 0
    assert "Traceback" not in shown
    assert "\x1b" not in shown
    os.close(ours)
    os.close(theirs)


@pytest.mark.asyncio
async def test_no_color_on_the_screen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR every cell of the screen is grey."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = ChatApp(ScriptedSession(home), QUIET)
    async with app.run_test() as pilot:
        await send(pilot, "hello")
        await sees(pilot, "Nice to meet you.")
        styles = [segment.style for strip in pilot.app.screen._compositor.render_strips() for segment in strip]
        pairs = [(style.color, style.bgcolor) for style in styles if style]
        colours = [colour.get_truecolor() for pair in pairs for colour in pair if colour]
        assert colours
        assert all(red == green == blue for red, green, blue in colours)


def test_a_demo_is_told_as_it_happens() -> None:
    """What is said, the reply piece by piece, and what is asked afterwards: a line each, controls made harmless."""
    stream = io.StringIO()
    with ProgressLine(stream) as line:
        line.show({"event": "said", "user": "I keep goats.\x1b[2J"})
        for piece in ("That is", " nice.\n\n", "Tell me [more]."):
            line.show({"event": "piece", "text": piece})
        line.show({"event": "replied"})
        line.show({"event": "stage", "stage": "train", "number": 3, "of": 5})
        line.show({"event": "verdict", "verdict": VERDICT, "pairs": 9, "seconds": 1.0, "version": 1})
        line.show({"event": "asked", "ask": "What do I keep?", "answer": "You keep goats."})
    shown = [text.rstrip() for text in stream.getvalue().splitlines() if text.strip()]
    assert "\x1b[2J" not in stream.getvalue()
    assert shown[0].startswith("  you: I keep goats.")
    assert shown[1] == "  agent: That is nice. Tell me [more]."
    assert shown[-2:] == ["  asked afresh: What do I keep?", "  agent: You keep goats."]


def test_no_color_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets progress in colours, with NO_COLOR without any."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    for value, coloured in ("", True), ("1", False):
        monkeypatch.setenv("NO_COLOR", value)
        stream = io.StringIO()
        with ProgressLine(stream) as line:
            line.show({"event": "stage", "stage": "train", "number": 3, "of": 5})
            line.show({"event": "progress", "step": 30, "steps": 90})
        assert bool(re.search(r"\x1b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7])[;m]", stream.getvalue())) is coloured
