"""The recommendation benchmark from end to end on a tiny model: injected, asked both ways, scored, resumed."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from memory.catalogue import Catalogue
from memory.consolidation import consolidate
from memory.errors import UsageError
from memory.home import Home
from memory.job import Job
from memory.settings import read_settings

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared/data"
sys.path.append(str(ROOT / "examples/benchmarks"))  # benchmarks are commands: their imports are their folder's

import dialogues  # noqa: E402
import recommend  # noqa: E402

DIALOGUES = [
    {"id": "a", "turns": [
        {"speaker": "recommender", "text": "Hello"},
        {"speaker": "seeker", "text": "I love films about space. I love Up."},
        {"speaker": "recommender", "text": "Try Heat", "movies": ["Heat (1995)"]},
        {"speaker": "seeker", "text": "No, something else."},
        {"speaker": "recommender", "text": "Then Alien?", "movies": ["Alien (1979)"]},
        {"speaker": "seeker", "text": "Great, thanks!"},
    ]},
    {"id": "b", "turns": [{"speaker": "recommender", "text": "Anybody?"}]},
    {"id": "c", "turns": [
        {"speaker": "seeker", "text": "I hate horror, I want Paddington."},
        {"speaker": "recommender", "text": "Paddington it is", "movies": ["Paddington"]},
    ]},
]  # fmt: skip
PROMPTS = [
    {"id": "p", "turns": [{"speaker": "seeker", "text": "I liked Heat. What next?"}], "targets": ["Alien", "Zardoz"]},
    {"id": "q", "turns": [{"speaker": "seeker", "text": "long " * 5000}], "targets": ["Heat"]},
]


@pytest.fixture
def task(tmp_path: Path) -> list[str]:
    """The three files, as arguments."""
    lines = {"dialogues": DIALOGUES, "prompts": PROMPTS}
    for name, entries in lines.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, entries)))
    (tmp_path / "catalogue.json").write_text(json.dumps(["Heat", "Alien", "Paddington", "Up", "", "up"]))
    files = {"dialogues": "dialogues.jsonl", "prompts": "prompts.jsonl", "catalogue": "catalogue.json", "out": "out"}
    return [part for name, file in files.items() for part in (f"--{name}", str(tmp_path / file))]


def test_what_is_told(task: list[str]) -> None:
    """The seeker's words and the recommendations he did not decline are told; without a seeker nothing, counted."""
    found, skipped = dialogues.read_dialogues(Path(task[1]))
    assert [dialogue.id for dialogue in found] == ["a", "c"]
    assert skipped == {"without a seeker": 1}
    assert dialogues.told(found[0])[-1] == "I would love to watch Alien."
    assert "I would love to watch Heat." not in dialogues.told(found[0])
    assert dialogues.accepted(found[1]) == ["Paddington"]


def test_what_declines(tmp_path: Path) -> None:
    """A film he has not seen yet is not declined; a curly apostrophe denies like a straight one."""
    for reply, kept in (("I haven't seen it but I will", True), ("I’ve never seen that, thanks", True),
                        ("I don’t like that", False), ("No, thanks", False), ("no problem, great", True)):  # fmt: skip
        turns = [*DIALOGUES[2]["turns"], {"speaker": "seeker", "text": reply}]  # type: ignore[index]
        (tmp_path / "one.jsonl").write_text(json.dumps({"id": "a", "turns": turns}))
        ([dialogue], _) = dialogues.read_dialogues(tmp_path / "one.jsonl")
        assert (dialogues.accepted(dialogue) == ["Paddington"]) is kept, reply


def test_bad_lines(tmp_path: Path) -> None:
    """A line that is no dialogue is named; a prompt that the recommender ends is asked to go on."""
    (tmp_path / "bad.jsonl").write_text('{"id": "a", "turns": []}\n{"turns": 3}\n')
    with pytest.raises(UsageError, match=r"bad.jsonl, line 2: not a dialogue"):
        dialogues.read_dialogues(tmp_path / "bad.jsonl")
    for bad in ('{"id": "a", "turns": [{"speaker": "seeker", "text": null}]}', '{"id": "a", "turns": [3]}',
                '{"id": "a", "turns": [{"speaker": "seeker", "text": "hi", "movies": [1]}]}'):  # fmt: skip
        (tmp_path / "bad.jsonl").write_text(bad)
        with pytest.raises(UsageError, match=r"bad.jsonl, line 1: not a dialogue"):
            dialogues.read_dialogues(tmp_path / "bad.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"id": "a", "turns": []}\n{"id": "a", "turns": []}\n')
    with pytest.raises(UsageError, match="line 2: there is a second 'a'"):
        dialogues.read_dialogues(tmp_path / "bad.jsonl")
    odd = {"id": "a", "turns": [{"speaker": "seeker", "text": "one\u2028two"}]}
    (tmp_path / "bad.jsonl").write_text(json.dumps(odd, ensure_ascii=False))
    assert len(dialogues.read_dialogues(tmp_path / "bad.jsonl")[0]) == 1
    (tmp_path / "bad.jsonl").write_text(json.dumps(DIALOGUES[1]))
    (prompt,) = dialogues.read_prompts(tmp_path / "bad.jsonl")
    assert prompt.messages()[-1] == {"role": "user", "content": "Go on."}


def test_scenarios() -> None:
    """Foreign titles and those mentioned keep their places or are dropped, a mentioned target with them."""
    record = {"titles": ["Zardoz", "Heat", "Alien"], "foreign": ["Zardoz"], "mentioned": ["Heat"],
              "targets": ["Heat", "Alien"]}  # fmt: skip
    assert {name: recommend.hits(record, name, 2) for name in recommend.SCENARIOS} == {
        "all": [True, False], "matched only": [True, True], "new only": [True], "matched and new": [True],
    }  # fmt: skip
    assert recommend.hits(record, "new only", 1) == [False]


@pytest.mark.parametrize("inject", ["batch", "sequence"])
def test_from_end_to_end(
    task: list[str], inject: str, tiny_model: Path, encoder: Any, home: Home, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Arms that count and arms that learn answer every prompt; a second run asks nothing again."""

    def run(home: Home, model: str, show: Any) -> dict[str, Any]:
        events: list[dict[str, Any]] = []
        job = Job(str(home.config), str(home.data), str(home.cache), model)
        consolidate(job, read_settings(home.settings_file), events.append, encoder)
        return events[-1]

    monkeypatch.setattr(recommend, "run", run)
    monkeypatch.setattr(recommend, "sentence_folder", lambda home: tmp_path)
    monkeypatch.setattr(recommend, "Encoder", lambda folder: encoder)
    monkeypatch.setenv("SELFPARAM_HOME", str(tmp_path / "home"))
    arms = ["base", "popularity", "nearest dialogues", "SELF-PARAM default"]
    command = ["recommend.py", *task, "--arms", *arms, "--inject", inject, "--model", str(tiny_model)]
    monkeypatch.setattr(sys, "argv", command)
    recommend.main()
    results = tmp_path / "out/records.jsonl"
    records = [json.loads(line) for line in results.read_text().splitlines()]
    assert len(records) == 2 * (2 + 1 + 1 + 2) + 2  # the prompts, and of two arms the preference
    for record in records:
        if record["way"] == "rank" and not record["trouble"]:
            assert sorted(record["titles"]) == ["Alien", "Heat", "Paddington", "Up"]
    assert {r["prompt"] for r in records if "send it in parts" in r["trouble"]} == {"q"}
    assert records[0]["mentioned"] == ["Heat"]
    shown = capsys.readouterr().out
    assert "1 duplicate titles, 1 empty titles, 1 targets missing from the catalogue, 2 unanswered by" in shown
    assert "| SELF-PARAM default | generate | matched and new |" in shown
    assert "| base | 1 | 0.000" in shown  # of preferences
    assert "<svg" in (tmp_path / "out/recall.svg").read_text()
    assert "2 unanswered by base, too long, 1 without a seeker" in shown
    monkeypatch.setattr(recommend, "load", None)
    with results.open("a") as file:
        file.write('{"torn')
    recommend.main()
    assert capsys.readouterr().out == shown
    monkeypatch.setattr(sys, "argv", [*command, "--model", "another"])
    with pytest.raises(SystemExit, match="name another --out"):
        recommend.main()


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
@pytest.mark.parametrize("name", ["inspired", "redial"])
def test_data_is_read(name: str) -> None:
    """The development data is of the form, and every target of it is a title of its catalogue."""
    found, skipped = dialogues.read_dialogues(DATA / name / "dialogues.jsonl")
    prompts = dialogues.read_prompts(DATA / name / "prompts.jsonl")
    assert len(found) > 90
    assert len(prompts) > 100
    assert not skipped
    assert any(dialogues.accepted(dialogue) for dialogue in found)
    assert Catalogue.of(title for dialogue in found for title in dialogues.accepted(dialogue)).titles
