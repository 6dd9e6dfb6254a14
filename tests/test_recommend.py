"""Recommendation scripts: read, played on a tiny model, scored, and shown as a page; `/recommend` in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent import demo
from agent.demo import play
from agent.recommend import Recommendation, recommend, shares
from agent.scripts import Probe, read_script
from agent.session import Session
from memory.catalogue import shipped
from memory.conversations import Conversation
from memory.errors import UsageError
from memory.home import Home
from memory.matching import Match
from tests.scripted import VERDICT
from tui import commands
from tui.report import check_report, write_report

SCRIPTS = sorted(Path("examples/recommendation").glob("*.yaml"))
SCRIPT = """
title: <b>A film</b>
kind: recommendation
catalogue: [Heat, Up, Alien, heat, The Matrix]
sessions: [["I love <i>space</i> films.", "I hate cartoons."], ["Alien is my favourite film."]]
probes:
  - {ask: "Which film?", targets: [Alien, Zardoz], avoid: [Up], session: 1}
  - {ask: "Which film?", targets: [Alien], avoid: [Up]}
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "film.yaml"
    path.write_text(SCRIPT)
    return path


def test_script(script: Path) -> None:
    """A script brings its catalogue; preferences it does not name are its statements of liking and disliking."""
    read = read_script(script)
    assert read.catalogue is not None
    assert (read.catalogue.titles, read.catalogue.merged) == (("Heat", "Up", "Alien", "The Matrix"), 1)
    assert read.foreign == ("Zardoz",)
    assert read.preferences.dislikes == ("You hate cartoons.",)
    assert "Alien is your favourite film." in read.preferences.likes


def test_an_empty_catalogue(script: Path) -> None:
    """Titles are wanted and there are none: said before anything is loaded."""
    script.write_text(SCRIPT.replace("[Heat, Up, Alien, heat, The Matrix]", "[]"))
    with pytest.raises(UsageError, match="catalogue is empty"):
        read_script(script)


def test_a_change_of_mind_is_not_asked_back(script: Path) -> None:
    """A liking that the script itself takes back later is no stated preference."""
    told = '[["I love horror films."], ["I don\'t like horror films any more."]]'
    script.write_text(
        SCRIPT.replace('[["I love <i>space</i> films.", "I hate cartoons."], ["Alien is my favourite film."]]', told)
    )
    read = read_script(script)
    assert read.preferences.likes == ()
    assert read.preferences.dislikes == ("You don't like horror films any more.",)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_shipped_scripts(path: Path) -> None:
    """Every shipped script wants titles of the shipped catalogue and names what the user likes and dislikes."""
    read = read_script(path)
    assert len(SCRIPTS) >= 5
    assert read.foreign == ()
    assert read.preferences.likes
    assert read.preferences.dislikes


def test_shares() -> None:
    """A wanted title among the first five is a hit, an avoided one is counted; in words a foreign one takes a place."""
    probe = Probe("Which?", ("Alien",), ("Up",), 1, recommends=True)
    foreign = tuple(Match(f"Film {n}", "", "") for n in range(5))
    ranked = ("Heat", "The Matrix", "Up", "alien (1979)")
    found = shares({probe: Recommendation("…", (*foreign, Match("Alien", "Alien", "name")), ranked)})
    assert found == {"generate": {"hit": 0.0, "avoided": 0.0, "reason": 0.0}, "rank": {"hit": 1.0, "avoided": 1.0}}


def test_a_reason(script: Path, encoder: Any) -> None:
    """An answer gives a reason if one of its sentences says what was stated; the first such is taken."""

    class Chat:
        """Says one thing."""

        def answer(self, *_: Any) -> list[str]:
            return ["I recommend Alien. It is great. Alien is your favourite film."]

        def rank(self, *_: Any) -> list[str]:
            return ["Alien"]

    read = read_script(script)
    (found,) = recommend(Chat(), read.probes[:1], read, encoder).values()  # type: ignore[arg-type]  # asked only
    assert found.reason == "Alien is your favourite film."
    assert shares({read.probes[0]: found})["generate"]["reason"] == 1.0
    Chat.answer = lambda *_: ["I recommend Alien. You should watch Alien."]  # type: ignore[method-assign]
    (found,) = recommend(Chat(), read.probes[:1], read, encoder).values()  # type: ignore[arg-type]  # asked only
    assert found.reason == ""  # a title is no reason


def test_played(
    script: Path, home: Home, tiny_model: Path, encoder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, with the talk in the prompt and after, each probe is asked both ways; the page shows it all, escaped."""

    learned_from = []

    def refuse(*_: Any, catalogue: str, **__: Any) -> dict[str, Any]:
        learned_from.append(json.loads(Path(catalogue).read_text()))
        return {"event": "verdict", "version": None, "verdict": VERDICT, "seconds": 1.0, "pairs": 9}

    monkeypatch.setattr(demo, "run", refuse)
    monkeypatch.setattr(demo, "sentence_folder", lambda home: tmp_path)
    monkeypatch.setattr(demo, "Encoder", lambda folder: encoder)
    events: list[dict[str, Any]] = []
    outcome = play(read_script(script), home, str(tiny_model), 0, events.append)
    streamed = "".join(event["text"] for event in events if event["event"] == "piece")
    assert streamed == "".join(reply for _, _, reply in outcome.told)
    assert [event["ask"] for event in events if event["event"] == "asked"] == ["Which film?"] * 2
    assert learned_from == [["Heat", "Up", "Alien", "The Matrix"]] * 2
    record = outcome.record()["recommendation"]
    assert record["missing_targets"] == ["Zardoz"]
    assert [probe["session"] for probe in record["probes"]] == [1, 2]
    for probe in record["probes"]:
        assert sorted(probe["after"]["ranked"]) == ["Alien", "Heat", "The Matrix", "Up"]
        assert probe["after"] == probe["base"]  # nothing was learned
    assert all(record["at_k"][arm]["rank"] == {"hit": 1.0, "avoided": 1.0} for arm in ("base", "context", "after"))
    write_report(tmp_path / "film.html", [outcome])
    page = (tmp_path / "film.html").read_text()
    assert page.count("<svg") == 1
    assert "I love &lt;i&gt;space&lt;/i&gt; films." in page
    assert "You hate cartoons." in page
    assert "to be avoided: Up" in page
    assert "never by rank: Zardoz" in page
    assert "src=" not in page


def test_report_file(tmp_path: Path) -> None:
    """A report that could not be written is refused before the demo begins."""
    with pytest.raises(UsageError, match="folder of yours that exists"):
        check_report(tmp_path / "missing" / "film.html")


def test_recommend_in_the_chat(home: Home, tiny_model: Path, tmp_path: Path) -> None:
    """`/recommend` numbers the first titles of the shipped films, or of the user's file; what is wrong is said."""
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    with pytest.raises(UsageError, match="not loaded yet"):
        commands.recommend(session, "")
    session.open()
    shown = commands.recommend(session, "3").splitlines()[1:]
    assert [line[:4] for line in shown] == ["  1.", "  2.", "  3."]
    assert all(line[5:] in shipped().titles for line in shown)
    (tmp_path / "own.txt").write_text("Jaws\nJaws (1975)\n\nTampopo\n")
    home.config.mkdir()
    home.settings_file.write_text(f'catalogue = "{tmp_path}/own.txt"\n')
    assert sorted(line[5:] for line in commands.recommend(session, "").splitlines()[1:]) == ["Jaws", "Tampopo"]
    (tmp_path / "own.txt").unlink()
    with pytest.raises(UsageError, match="cannot read the catalogue"):
        commands.recommend(session, "")
    with pytest.raises(UsageError, match="no number of films"):
        commands.recommend(session, "many")


def test_rank_reads_the_context(home: Home, tiny_model: Path) -> None:
    """A system turn, the arm with the talk in the prompt, changes the scores behind the rank."""
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    alone = session.rank("Which film?", shipped())
    assert sorted(session.rank("Which film?", shipped(), "I love musicals and nothing else.")) == sorted(alone)
    assert session.rank("Which film?", shipped(), "I love musicals and nothing else.") != alone
