"""Many homes on a cluster: all learned, each once, though a node dies; mistakes in a line."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memory.home import home_at
from memory.locks import owning
from memory.models import SENTENCE_MODEL
from memory.pending import pending
from memory.versions import Weights
from tests.learning import tell
from tests.test_cli import ROOT
from tests.test_library import SETTINGS

STEPS = "least_steps = 300"
"""Some seconds of training, in which a node can die."""


@pytest.fixture
def cache(tmp_path: Path, tiny_sentences: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sentence transformer; the parser, which is not there, cannot be fetched."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    shutil.copytree(tiny_sentences, tmp_path / "cache" / "models" / SENTENCE_MODEL.name)
    return tmp_path / "cache"


@pytest.fixture
def homes(tmp_path: Path, tiny_model: Path) -> list[Path]:
    """Three homes, each with something pending of its own."""
    roots = [tmp_path / name for name in ("ada", "bo", "cy")]
    for root in roots:
        home = home_at(root)
        home.config.mkdir(parents=True)
        text = SETTINGS.format(model=tiny_model).replace("least_steps = 0", STEPS)
        home.settings_file.write_text(f"{text}answer_drift = 100.0\n")
        tell(home, f"My name is {root.name.title()}.", "I keep goats.")
    return roots


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A cluster of two nodes with one core each."""
    pytest.importorskip("ray", reason="needs the extra `fleet`")
    from ray.cluster_utils import Cluster

    small = {"num_cpus": 1, "object_store_memory": 80_000_000}
    environment = {"PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)  # its nodes inherit it
    made = Cluster(initialize_head=True, head_node_args={**small, "include_dashboard": False})
    made.add_node(**small)
    yield made
    made.shutdown()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def consolidate(homes: list[Path], cache: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "tui", "fleet", "consolidate", *map(str, homes), "--cache", str(cache), "--cpus", "1",
            *more]  # fmt: skip


def at_work(root: Path) -> bool:
    return (root / "data" / "locks" / "consolidation.lock").exists()


def test_a_node_dies(homes: list[Path], cache: Path, cluster: Any, tiny_model: Path) -> None:
    """Two nodes learn, one is killed midway: each home learns what it was told, once, and nothing is left over."""
    command = consolidate(homes, cache, "--json", "--address", cluster.address)
    fleet = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 240
    while sum(map(at_work, homes)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    said, _ = fleet.communicate(timeout=400)
    assert fleet.returncode == 0, said
    outcomes = json.loads(said)
    assert [Path(outcome["home"]) for outcome in outcomes] == homes
    assert [outcome["state"] for outcome in outcomes] == ["learned"] * 3
    assert sorted(outcome["tries"] for outcome in outcomes) == [1, 1, 2]
    for root in homes:
        home = home_at(root)
        [version] = Weights(home, str(tiny_model)).all()
        assert len(set(version.experiences)) == len(version.experiences) == 2
        assert pending(home, str(tiny_model)) == []
        assert [path.name for path in version.folder.parent.iterdir()] == ["0001"]


def test_one_line_a_home(homes: list[Path], cache: Path) -> None:
    """A home that is busy, one to be reviewed, one with nothing new and one that is none: each says so."""
    pytest.importorskip("ray", reason="needs the extra `fleet`")
    ada, bo, cy = homes
    shutil.rmtree(cy / "data" / "conversations")
    settings = home_at(bo).settings_file
    settings.write_text(f'review = "always"\n{settings.read_text()}')
    with owning(home_at(ada).data, "consolidation", ""):
        done = subprocess.run(consolidate(homes, cache, "no-such-home"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    for said in (
        "no-such-home is no home",
        f"{ada}: another process is at work",
        f"{bo}: review = always",
        f"{cy}: nothing is pending",
    ):
        assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (done.stdout.count("failed"), done.stdout.count("nothing pending")) == (3, 1)


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--address", "127.0.0.1:9"], 1, "nothing answers at 127.0.0.1:9"),
        (["--address", "somewhere"], 2, "HOST:PORT"),
        (["--address", "auto"], 1, "no cluster"),
        (["--cpus", "4000"], 2, "no node has 4000 cores"),
    ],
)
def test_mistakes(homes: list[Path], cache: Path, more: list[str], code: int, says: str) -> None:
    """A cluster or a home that is not there, and a wish no node can fulfil, are one line; nothing was learned."""
    pytest.importorskip("ray", reason="needs the extra `fleet`")
    done = subprocess.run(consolidate(homes, cache, *more), cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not at_work(homes[0])


def test_no_home_at_all(cache: Path) -> None:
    """Nothing to begin with is a mistake of the command."""
    pytest.importorskip("ray", reason="needs the extra `fleet`")
    done = subprocess.run(consolidate([Path("no-such-home")], cache), cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "no-such-home is no home" in done.stderr) == (2, True), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_the_extra_it_says_what_to_install() -> None:
    """One line and exit code 2."""
    code = (
        "import sys; sys.modules['ray'] = None; sys.argv = ['selfparam-agent', 'fleet', 'consolidate', 'x']\n"
        "from tui.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr.strip()) == (
        2, "selfparam-agent: fleet needs an extra: pip install 'selfparam-agent[fleet]'",
    )  # fmt: skip
