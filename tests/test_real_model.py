"""The real default model, from its wheel: it learns, offline, and a kill in the middle changes nothing. Minutes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.consolidate import Consolidation
from memory.changes import changes
from memory.conversations import Conversation
from memory.home import Home, user_home
from memory.models import DEFAULT_MODEL, base_folder, load
from memory.parser import fetch_readers
from memory.passing import listener as listener_of
from memory.pending import pending
from memory.question_generation import question_generator
from memory.versions import Weights

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
BLOCK = """
import socket
def refuse(*args, **kwargs):
    raise RuntimeError("the network was touched")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


@pytest.fixture(scope="module")
def cache() -> Path:
    """The user's model cache, filled once: from here on no network is needed."""
    home = user_home()
    base_folder(DEFAULT_MODEL, home)
    fetch_readers(home, print)
    return home.cache


@pytest.fixture
def real_home(tmp_path: Path, cache: Path) -> Home:
    return Home(tmp_path / "config", tmp_path / "data", cache)


def test_demo_learns_without_network(tmp_path: Path, cache: Path) -> None:
    """With sockets blocked in parent and child the demo learns: the gate passes, and more is recalled than before."""
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "tui", "demo", "examples/memory/ingrid.yaml", "--json"],
        capture_output=True, text=True, cwd=ROOT, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    record = json.loads(done.stdout)
    assert set(record) == {
        "script", "model", "recall", "false_recall", "sessions", "probes", "never_told", "seconds"
    }  # fmt: skip
    assert record["sessions"][0]["verdict"] == "published"
    assert record["recall"]["base"] <= 0.2
    assert record["recall"]["after"] >= 0.5
    assert set(record["probes"][0]) == {"ask", "session", "base", "context", "after"}
    assert all(set(probe["after"]) == {"answer", "hit"} for probe in record["probes"])
    assert set(record["never_told"][0]["after"]) == {"answer", "false_recall"}


def test_the_block_blocks(tmp_path: Path) -> None:
    """The socket block used above does stop a connection."""
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    code = "import urllib.request as u; u.urlopen('http://127.0.0.1:9')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(tmp_path)})  # fmt: skip
    assert "the network was touched" in done.stderr


def test_kill_in_training_changes_nothing(real_home: Home) -> None:
    """A consolidation ended in the middle of training leaves base weights, no version, the experience pending."""
    conversation = Conversation(real_home.conversations)
    conversation.add("user", "My name is Wanjiru and I keep bees in Nakuru.", 0)
    consolidation = Consolidation(real_home, DEFAULT_MODEL)
    events = []
    for event in consolidation:
        events.append(event)
        if event["event"] == "progress" and event["step"] == 2:
            consolidation.stop()
    assert events[-1]["event"] == "error"
    assert "nothing was changed" in events[-1]["message"]
    weights = Weights(real_home, DEFAULT_MODEL)
    assert weights.current() == 0
    assert weights.all() == []
    assert not list((real_home.data / "weights").rglob("*.safetensors"))
    assert len(pending(real_home, DEFAULT_MODEL)) == 1


def test_child_dies_with_its_parent(real_home: Home) -> None:
    """When the parent is killed, the child does not go on alone."""
    Conversation(real_home.conversations).add("user", "I keep bees in Nakuru.", 0)
    code = (
        "from pathlib import Path; from memory.home import Home; from agent.consolidate import Consolidation\n"
        f"home = Home(*map(Path, {[str(real_home.config), str(real_home.data), str(real_home.cache)]!r}))\n"
        f"c = Consolidation(home, {DEFAULT_MODEL!r}); print(c._child.pid, flush=True); list(c)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not alive(child):
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent by ten seconds")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_packed_equals_separate_on_the_default_model(cache: Path) -> None:
    """On the real weights too, packing changes logits only by rounding."""
    import torch

    from memory.language import Example, answer_logits

    language = load(base_folder(DEFAULT_MODEL, user_home()))
    asked = ["Where do I live?", "Who is Olav?", "What do I do for a living, by the way?"]
    rows = [Example(tuple(language.question(q)), tuple(language.answer_ids("You live in Tromsø."))) for q in asked]
    with torch.no_grad():
        packed = answer_logits(language.model, rows)
        apart = torch.cat([answer_logits(language.model, [row]) for row in rows])
    assert (packed.log_softmax(-1) - apart.log_softmax(-1)).abs().max() < 1e-3


def test_what_is_so_no_more(real_home: Home) -> None:
    """A sale, a successor, an end and a birthday are read for what they are; what comes beside is not."""
    reader = changes(real_home, 0.9)
    assert reader
    now = ["You've sold the Hilux.", "Your Hilux is white.", "Your brother sold his Hilux.", "You also ride a bicycle."]
    assert [one > reader.over for one in reader.ended("You drive an old Hilux.", now)] == [True, False, False, False]
    assert reader.overruled(
        {"You live in Gyumri.": ["You have moved to Yerevan.", "You like tea."], "You sing.": now}
    ) == {"You live in Gyumri.": "You have moved to Yerevan."}
    asked = ["Where do I live?", "Which instrument do I play?"]
    assert reader.answers(asked, ["You play the harp now.", "You live in Yerevan."]) == [
        "You live in Yerevan.",
        "You play the harp now.",
    ]


def test_the_question_generator(real_home: Home) -> None:
    """Of a husband's trade his name and his trade are asked, and the user's own is found not to be told."""
    statement = "My husband Emeric repairs accordions."
    generator = question_generator(real_home)
    assert generator
    (asked,) = generator.questions([statement])
    assert {"What is my husband called?", "What is my husband's job?", "Who is Emeric?"} <= {*asked}
    told, mine, age = generator.answered(
        statement, ["What does my husband do for a living?", "What do I do for a living?", "How old is Emeric?"]
    )
    assert told > 0.9
    assert mine < 0.5
    assert age < 0.1


def test_remarks_of_the_moment(real_home: Home) -> None:
    """What lasts is told from what does not, of one message and of another that has nothing else."""
    listener = listener_of(real_home)
    assert listener
    said = "Long day. I'm a bargeman on the Danube and I'm off to bed now. My son Ivo is nine."
    (trade, _), (bed, _), (son, _) = listener.judged(
        said, ["I'm a bargeman on the Danube.", "I'm off to bed now.", "My son Ivo is nine."]
    )
    assert max(trade, son) < 0.3
    assert bed > 0.7
    assert listener.judged("Oh, that has made my day!", ["That has made my day."])[0][0] > 0.7
