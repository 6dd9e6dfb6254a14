"""The command line as a person meets it: light, documented, and clear about mistakes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from memory.conversations import Conversation
from memory.home import Home
from tui.cli.main import app

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "transformers", "peft", "sentence_transformers", "textual")


def run(*args: str, home: Path, text: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *args], capture_output=True, text=True, input=text, cwd=ROOT, check=False,
        stdin=None if text is not None else subprocess.DEVNULL,
        env={**os.environ, "SELFPARAM_HOME": str(home), **environment},
    )  # fmt: skip


def told(home: Path, *texts: str) -> Conversation:
    conversation = Conversation(Home(home / "config", home / "data", home / "cache").conversations)
    for text in texts:
        conversation.add("user", text, 0)
    return conversation


@pytest.mark.parametrize("args", [["--help"], ["memories", "list"], ["versions", "list"], ["models", "list"],
                                  ["conversations", "list"], ["conversations", "search", "bees"]])  # fmt: skip
def test_light_commands_load_nothing_heavy(tmp_path: Path, args: list[str]) -> None:
    """Help and lists import neither torch nor any other heavy library."""
    told(tmp_path, "I keep bees.")
    code = (
        f"import sys; sys.argv = ['selfparam-agent', *{args!r}]\n"
        "from tui.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "SELFPARAM_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr.strip() == "[]"


def commands() -> list[str]:
    found = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    for group in app.registered_groups:
        assert group.typer_instance
        for command in group.typer_instance.registered_commands:
            assert command.callback
            found.append(f"{group.name} {command.name or command.callback.__name__.split('_')[-1]}")
    return found


def test_every_command_has_an_example() -> None:
    """Every command's help has one."""
    assert len(commands()) > 10
    for group in [app, *(g.typer_instance for g in app.registered_groups)]:
        assert group
        assert all("Example:" in (c.callback.__doc__ or "") for c in group.registered_commands if c.callback)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["consolidate"], 3, "nothing is pending"),
        (["--consolidate-now"], 3, "nothing is pending"),
        (["ask", "-m", "no-such-model", "hi"], 1, "unknown model"),
        (["ask", "-m", "missing.gguf", "hi"], 1, "unknown model"),
        (["ask", ""], 2, "empty"),
        (["ask", "x" * 100_001], 2, "100,001 characters"),
        (["chat", "-m", "no-such-model"], 1, "unknown model"),
        (["chat", "--continue", "--temporary"], 2, "exclude each other"),
        (["chat", "--continue", "--resume", "last"], 2, "exclude each other"),
        (["chat", "--resume", "../x"], 2, "no conversation '../x'"),
        (["chat", "--resume", "last"], 2, "no conversation to continue"),
        (["conversations", "show", "x"], 2, "no conversation 'x'"),
        (["conversations", "export", "x.md"], 2, "nothing to export"),
        (["conversations", "import", "x.md"], 2, "no file x.md"),
        (["conversations", "import", "x.txt"], 2, "must end in .json or .md"),
        (["versions", "show", "7"], 2, "no version 7"),
        (["versions", "diff", "0", "7"], 2, "no version 7"),
        (["versions", "export", "7", "new"], 2, "no version 7"),
        (["versions", "export", "0", "new", "--as", "onnx"], 2, "none of hf, peft, gguf, messages"),
        (["memories", "confirm", "x/1"], 2, "not held back"),
        (["versions", "rollback"], 2, "base model is serving"),
        (["memories", "show", "x/1"], 2, "no experience x/1"),
        (["demo", "missing.yaml"], 2, "cannot read"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_mistakes_are_one_clear_line(tmp_path: Path, args: list[str], code: int, says: str) -> None:
    """A user's mistake: the documented exit code, words, no traceback."""
    done = run(*args, home=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert code == 2 or len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("args", [["consolidate"], ["schedule", "run"]])
def test_nothing_is_learned_unseen(tmp_path: Path, args: list[str]) -> None:
    """With review = always neither a pipe nor the clock learns: each says what to do instead."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('review = "always"')
    done = run(*args, home=tmp_path)
    assert done.returncode == 2
    assert "review" in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sessions: [", "not YAML"),
        ("[]", "keys sessions and probes"),
        ("sessions: []\nprobes: []", "sessions is empty"),
        ("sessions: [[1]]\nprobes: []", r"sessions[0]"),
        ("sessions: [[hi]]\nprobes: [{expect: [a]}]", "probes[0] needs a question"),
        ("sessions: [[hi]]\nprobes: [{ask: q, expect: [a], session: 2}]", "number from 1 to 1"),
        ("sessions: [[hi]]\nprobes: [{ask: q, expect: []}]", "expect is empty"),
        ("sessions: [[hi]]\nprobes: [{ask: q, expect: [a]}]\nnever_told: 3", "never_told must be a list"),
    ],
)
def test_malformed_script(tmp_path: Path, text: str, says: str) -> None:
    """A malformed script is refused with the file and the place, before any model is touched."""
    script = tmp_path / "bad.yaml"
    script.write_text(text)
    done = run("demo", str(script), home=tmp_path)
    assert done.returncode == 2
    assert "bad.yaml" in done.stderr
    assert says in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("model = 3", "of type str"),
        ("[recipe]\nepoch = 3", "no setting recipe.epoch"),
        ("recipe = 3", "is a section"),
        ("= x", "mend it"),
        ("[recipe]\nlr = 1", "no setting"),
        ('[recipe]\npreset = "best"', "there are default, paper"),
        ("[recipe]\npreset = 3", "no preset 3"),
        ('[recipe]\ndecay = "linear"', "one of cosine, none"),
        ("[schedule]\nminutes = -5", "schedule.minutes is from 0 to 525600, not -5"),
        ("[schedule]\nbusy = nan", "schedule.busy is from 0 to 1000"),
        ("[schedule]\nexperiences = true", "schedule.experiences must be of type int"),
        ('[schedule]\nquiet = "22:00"', 'schedule.quiet is two different times, "22:00-07:00"'),
        ('[schedule]\nquiet = "22:00-25:00"', "schedule.quiet is two different times"),
        ('[schedule]\nquiet = "07:00-07:00"', "schedule.quiet is two different times"),
        ('[schedule]\ncron = "every day"', "schedule.cron is minute, hour, day, month, weekday by name"),
        ('[schedule]\ncron = "61 * * * *"', "schedule.cron is minute"),
        ('[schedule]\ncron = "0 3 * * 0"', "weekday by name"),
        ('[schedule]\ncron = "0 0 30 2 *"', "never comes"),
    ],
)
def test_malformed_settings(tmp_path: Path, text: str, says: str) -> None:
    """A mistake in config.toml names the file and the setting."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text(text)
    done = run("memories", "list", home=tmp_path)
    assert done.returncode == 2
    assert "config.toml" in done.stderr
    assert says in done.stderr


def test_foreign_and_truncated_gguf(tmp_path: Path) -> None:
    """A file that is no GGUF, or a torn one, is named; nothing is cached."""
    (tmp_path / "foreign.gguf").write_bytes(b"PK\x03\x04 not a model")
    (tmp_path / "torn.gguf").write_bytes(b"GGUF\x03\x00\x00\x00" + b"\x01" * 40)
    for name, says in (("foreign.gguf", "is not a GGUF file"), ("torn.gguf", "cannot be converted")):
        done = run("ask", "-m", str(tmp_path / name), "hi", home=tmp_path)
        assert done.returncode == 1
        assert says in done.stderr
        assert "Traceback" not in done.stderr
    assert not list((tmp_path / "cache").rglob("*.json"))


def test_no_network_and_nothing_cached(tmp_path: Path) -> None:
    """Without network and cache the error says what to run once there is one."""
    done = run("models", "pull", home=tmp_path, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_NO_INDEX="1",
               PIP_FIND_LINKS="", PIP_RETRIES="0", PIP_CONFIG_FILE="/dev/null")  # fmt: skip
    assert done.returncode == 1
    assert "models pull" in done.stderr
    assert "Traceback" not in done.stderr


def test_home_not_writable(tmp_path: Path) -> None:
    """A home below a file is refused in words."""
    (tmp_path / "file").write_text("")
    done = run("consolidate", home=tmp_path / "file")
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr


def test_memories_list(tmp_path: Path) -> None:
    """Pending experiences are listed, as text and as JSON; control sequences are shown, not obeyed."""
    told(tmp_path, "I keep bees.", "What is honey?", "I live in \x1b[31mOsh.")
    rows = json.loads(run("memories", "list", "--json", home=tmp_path).stdout)
    assert (rows[0]["text"], rows[0]["version"]) == ("I keep bees.", None)
    shown = run("memories", "list", home=tmp_path).stdout
    assert "\x1b" not in shown
    assert "pending" in shown


def test_ask_a_tiny_model(tmp_path: Path, tiny_model: Path) -> None:
    """`ask` answers from an argument or a pipe, says which version answered, and keeps nothing."""
    piped = run("ask", "-m", str(tiny_model), "--json", home=tmp_path, text="Hello?\n")
    assert json.loads(piped.stdout)["version"] == 0
    assert not (tmp_path / "data" / "conversations").exists()


def test_message_longer_than_the_context(tmp_path: Path, tiny_model: Path) -> None:
    """A message that the model cannot read whole is refused with its size."""
    done = run("ask", "-m", str(tiny_model), "word " * 2000, home=tmp_path)
    assert done.returncode == 2
    assert "tokens" in done.stderr


def test_purge(tmp_path: Path) -> None:
    """It lists, asks first, refuses beside an open chat, and leaves nothing of ours."""
    home = Home(tmp_path / "config", tmp_path / "data", tmp_path / "cache")
    home.cache.mkdir()
    (home.cache / "model.bin").write_bytes(b"x" * 1000)
    (tmp_path / "mine.txt").write_text("not the program's")
    talk = Conversation(home.conversations)
    talk.add("user", "I keep goats.", 0)
    listed = run("purge", "--dry-run", home=tmp_path).stdout
    assert [line.split("  ")[1].split(",")[0] for line in listed.splitlines()] == ["1 files", "1 files"]
    assert run("purge", home=tmp_path).returncode == 2
    talk.hold()
    busy = run("purge", "--yes", home=tmp_path)
    assert (busy.returncode, "end it" in busy.stderr) == (1, True)
    talk.release()
    assert home.cache.exists()
    assert run("purge", "--yes", home=tmp_path).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert "nothing" in run("purge", home=tmp_path).stdout


def test_conversations_from_the_command_line(tmp_path: Path) -> None:
    """Listed, searched, shown, renamed, forked, exported, deleted and imported again: all by what is printed."""
    name = told(tmp_path, "My daughter Zoe plays the cello.", "She began at six.").name
    assert "My daughter Zoe plays the cello." in run("conversations", "list", home=tmp_path).stdout
    assert "2  you: She began at six." in run("conversations", "search", "BEGAN six", home=tmp_path).stdout
    assert run("conversations", "search", "goats", home=tmp_path).stdout == "nothing matches\n"
    assert run("conversations", "rename", "last", "  Music  at home ", home=tmp_path).returncode == 0
    assert "Music at home" in run("conversations", "show", name[:12], home=tmp_path).stdout
    assert "the title is empty" in run("conversations", "rename", "last", " ", home=tmp_path).stderr
    forked = run("conversations", "fork", name, "--after", "1", home=tmp_path).stdout.partition(":")[0]
    found = json.loads(run("conversations", "list", "--json", home=tmp_path).stdout)
    assert {(talk["id"], talk["title"], talk["messages"]) for talk in found} == {
        (name, "Music at home", 2), (forked, "Music at home (fork)", 1),
    }  # fmt: skip
    file = tmp_path / "talk.md"
    assert run("conversations", "export", str(file), name, home=tmp_path).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "add --yes" in run("conversations", "delete", name, home=tmp_path).stderr
    assert run("conversations", "delete", name, "--yes", home=tmp_path).returncode == 0
    assert "no conversation" in run("conversations", "show", name, home=tmp_path).stderr
    assert run("conversations", "import", str(file), home=tmp_path).stdout == f"{name} imported\n"
    assert run("conversations", "import", str(file), home=tmp_path).stdout == f"{name} is here already\n"


def test_the_screen_comes_without_the_model_libraries() -> None:
    """Importing the app loads no model library, so that the screen is up at once."""
    code = "import sys, tui.app; print({'torch', 'transformers', 'peft', 'apscheduler'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_how_a_message_is_heard(tmp_path: Path) -> None:
    """What is pending is shown with the statements it will be learned as."""
    said = Conversation(tmp_path / "data" / "conversations").add("user", "im rowan, 31, love opera", 0)
    shown = run("memories", "show", said.id, home=tmp_path).stdout
    assert "heard as:\n  You're Rowan.\n  You're 31 years old.\n  You love opera." in shown
