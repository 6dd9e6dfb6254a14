"""One consolidation end to end on a tiny random model: published, refused, rolled back, repeated, interrupted."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from agent.consolidate import in_words
from agent.provenance import provenance, show_provenance, show_version
from agent.session import Session
from memory import consolidation
from memory.conversations import Conversation
from memory.distill import validation_loss
from memory.errors import BusyError, NothingPendingError, StorageError, UsageError
from memory.forget import find, forget, plan
from memory.home import Home
from memory.locks import owning
from memory.models import load
from memory.pending import memories, pending
from memory.refusals import refusals, retry
from memory.settings import PRESETS, Recipe
from memory.targets import Pair, Statement, TargetSet, as_reviewed, extract
from memory.teacher import context_for, rows_for
from memory.versions import MERGED, TARGETS
from tests.learning import OPEN_GATE, tell


def test_published(home: Home, learn: Any) -> None:
    """A passed batch becomes version 1: it serves, its experiences are learned, its files are private and readable."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    assert learn().passed
    assert learn.weights.current() == 1
    assert pending(home, learn.model) == []
    version = learn.weights.get(1)
    assert {p.answer for p in TargetSet.load(version.folder / TARGETS).of_kind("fact")} == {
        "Your name is Wanjiru.", "You live in Nakuru."
    }  # fmt: skip
    assert all(f.stat().st_mode & 0o077 == 0 for f in version.folder.rglob("*"))
    stages = ["write", "teach", "train", "merge", "gate"]
    assert [e["stage"] for e in learn.events if e["event"] == "stage"] == stages
    assert [*version.manifest["stages"]] == ["load", *stages]
    assert sum(version.manifest["stages"].values()) == pytest.approx(version.manifest["seconds"], abs=0.5)
    assert "(load " in show_version(version)
    with pytest.raises(NothingPendingError):
        learn()


def test_recall_is_looked_at_while_it_trains(home: Home, learn: Any) -> None:
    """Before training and after every third epoch a few questions set aside are asked; what is learned is the same."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn(epochs=6)
    kinds = [event["event"] for event in learn.events if event["event"] in ("recall", "progress")]
    asked = {event["asked"] for event in learn.events if event["event"] == "recall"}
    assert kinds.count("recall") == 3
    assert kinds[0] == kinds[-1] == "recall"
    assert asked == {len(TargetSet.of(learn.weights.get(1)).set_aside)}


@pytest.mark.parametrize(("patience", "epochs"), [(1, 3), (2, 6), (0, 8)])
def test_it_stops_when_learned(
    home: Home, learn: Any, monkeypatch: pytest.MonkeyPatch, patience: int, epochs: int
) -> None:
    """Training ends when the loss on the questions set aside has not fallen for so many epochs."""
    told = iter([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 2.1, 2.0])
    never = iter([3.0, 3.0, 3.0, 2.5, 3.0, 3.0, 2.8, 2.6])
    monkeypatch.setattr(
        "memory.consolidation.validation_loss", lambda _, pairs: next(told if pairs[0].kind == "fact" else never)
    )
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn(epochs=8, patience=patience, near_miss_rest=1, far_misses=0)  # as many steps in each epoch
    steps = [event for event in learn.events if event["event"] == "progress"]
    assert len(steps) == steps[-1]["steps"] * epochs // 8


def test_loss_on_the_questions_set_aside(home: Home, learn: Any, tiny_model: Path) -> None:
    """It is the cross-entropy per token of each answer, and falls as they are learned."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn(epochs=8)
    aside = TargetSet.of(learn.weights.get(1)).set_aside
    before, after = (load(folder) for folder in (tiny_model, learn.weights.get(1).folder / MERGED))
    assert validation_loss(after, aside) < validation_loss(before, aside)
    prompt, answer = before.question(aside[0].question), before.answer_ids(aside[0].answer)
    logits = before.model(torch.tensor([[*prompt, *answer]])).logits[0, len(prompt) - 1 : -1]
    assert validation_loss(before, aside[:1]) == pytest.approx(
        F.cross_entropy(logits, torch.tensor(answer)).item(), 1e-4
    )


def test_the_paper_s_preset(home: Home, learn: Any) -> None:
    """It runs as any recipe does: no near-misses, an end of the context beside each fact, LoRA on its six modules."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn(**asdict(replace(PRESETS["paper"], least_steps=30)))
    version = learn.weights.get(1)
    assert {pair.kind for pair in TargetSet.load(version.folder / TARGETS).pairs} == {"fact"}
    steps = [event for event in learn.events if event["event"] == "progress"]
    facts = TargetSet.load(version.folder / TARGETS).of_kind("fact")
    assert steps[-1]["steps"] == len(steps) == max(30, 2 * len(facts) + 80)
    adapter = load_file(version.folder / "adapter" / "adapter_model.safetensors")
    assert {name.split(".")[-3] for name in adapter} == {*PRESETS["paper"].modules.split(",")}


def test_what_the_student_sees(tiny_model: Path) -> None:
    """With `question_tokens` the loss begins at the question, alike for teacher and student; an end of the context
    comes to the student without its beginning."""
    language = load(tiny_model)
    fact = Statement("I keep goats.", "You keep goats.", "I keep goats.", "c/1")
    pair = Pair("What do I keep?", "You keep goats.", "fact", "c/1")
    targets = TargetSet((pair,), (), ())
    (plain,) = rows_for(language, targets, [fact], Recipe())
    whole, end = rows_for(language, targets, [fact], Recipe(question_tokens=True, context_rows=1))
    assert language.decode(plain.example.answer).strip() == "You keep goats."
    assert "What do I keep?" in language.decode(whole.example.answer)
    assert whole.example.prompt + whole.example.answer == plain.example.prompt + plain.example.answer
    assert len(whole.teacher.tail) == len(whole.example.answer)
    assert context_for(language, [fact])["c/1"].endswith(language.decode(end.example.answer))
    assert end.example.prompt == (language.end_of_turn,)
    assert rows_for(language, targets, [fact], Recipe(kl=0.0, ce=0.0)) == []


def test_loss_falls(home: Home, learn: Any) -> None:
    """Training lowers the objective: over whole epochs of the same pairs, for batches differ in what they have."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn(epochs=8, near_miss_rest=1, far_misses=0, unrelated=0)
    losses = [e["loss"] for e in learn.events if e["event"] == "progress"]
    half = len(losses) // 2
    assert sum(losses[-half:]) < sum(losses[:half])


def test_refused(home: Home, learn: Any) -> None:
    """A refused batch leaves the weights, stays pending, and is counted; the next attempt has another seed."""
    tell(home, "My name is Wanjiru.")
    verdict = learn(replace(OPEN_GATE, recall=1.1))
    assert not verdict.passed
    assert "recall" in verdict.reason
    assert learn.weights.current() == 0
    assert learn.weights.all() == []
    [refused] = refusals(learn.weights.root).values()
    assert (refused.count, refused.why) == (1, verdict.reason)
    [told] = memories(home, learn.model)
    assert told.words == "pending: refused once"
    found = provenance(home, learn.model, told.turn.id)
    assert verdict.reason in show_provenance(found)
    assert len(pending(home, learn.model)) == 1
    learn()
    assert learn.weights.get(1).manifest["recipe"]["seed"] == 1


def test_set_aside_after_three_refusals(home: Home, learn: Any) -> None:
    """What was refused three times is not tried again by itself; `retry` makes it pending, with yet another seed."""
    tell(home, "My name is Wanjiru.")
    for _ in range(3):
        learn(replace(OPEN_GATE, recall=1.1))
    assert pending(home, learn.model) == []
    with pytest.raises(NothingPendingError, match="--retry"):
        learn()
    assert retry(learn.weights.root) == 1
    assert retry(learn.weights.root) == 0
    learn()
    assert learn.weights.get(1).manifest["recipe"]["seed"] == 3


def test_dry_run_and_review(home: Home, learn: Any, tmp_path: Path) -> None:
    """A dry run reports the set and learns nothing; a reviewed set is learned as it was left, of its batch only; what
    was struck is set aside until it is taken up again."""
    tell(home, "My name is Wanjiru.", "I keep goats.")
    assert learn(job={"dry_run": True}) is None
    assert learn.weights.all() == []
    written = learn.events[-1]
    assert "Your name is Wanjiru." in written["targets"]
    reviewed = tmp_path / "targets.yaml"
    reviewed.write_text(written["targets"])
    full = TargetSet.load(reviewed)
    struck = replace(full, pairs=tuple(pair for pair in full.pairs if "goats" not in pair.answer))
    assert len(struck.pairs) < len(full.pairs)
    forgotten = replace(full.of_kind("fact")[0], experience="forgotten/1", answer="You have a parrot.")
    replace(struck, pairs=(forgotten, *struck.pairs)).save(reviewed)
    tell(home, "I live in Nakuru.")
    job = {"reviewed": str(reviewed), "only": tuple(written["experiences"]), "basis": written["basis"]}
    assert learn(job=job).passed
    learned = TargetSet.load(learn.weights.get(1).folder / TARGETS)
    assert learned.pairs == struck.pairs
    assert not any("goats" in pair.answer for pair in learned.set_aside)
    assert {e.text for e in pending(home, learn.model)} == {"I live in Nakuru."}
    states = {memory.turn.text: memory.words for memory in memories(home, learn.model)}
    assert states["I keep goats."] == "set aside: struck in review"
    assert retry(learn.weights.root) == 1
    assert {e.text for e in pending(home, learn.model)} == {"I keep goats.", "I live in Nakuru."}
    reviewed.write_text("pairs: [what")
    with pytest.raises(UsageError, match="strike whole entries"):
        learn(job={"reviewed": str(reviewed)})


@pytest.mark.parametrize("meanwhile", ["forgotten", "said otherwise", "another version"])
def test_what_changed_since_it_was_reviewed_is_not_learned(
    home: Home, learn: Any, tmp_path: Path, meanwhile: str
) -> None:
    """A set that was written before a message was forgotten or edited, or other weights served, is refused."""
    tell(home, "My name is Wanjiru.")
    learn()
    tell(home, "I keep goats.", "I live in Nakuru.")
    learn(job={"dry_run": True})
    written = learn.events[-1]
    reviewed = tmp_path / "targets.yaml"
    reviewed.write_text(written["targets"])
    if meanwhile == "forgotten":
        forget(home, plan(home, find(home, [], matching="goats")))
    elif meanwhile == "another version":
        learn.weights.rollback()
    else:
        Conversation(home.conversations, written["experiences"][0].partition("/")[0]).put(0, "I keep geese.", 1)
    job = {"reviewed": str(reviewed), "only": tuple(written["experiences"]), "basis": written["basis"]}
    with pytest.raises(UsageError, match="review it anew"):
        learn(job=job)
    assert [version.number for version in learn.weights.all()] == [1]


def test_what_is_left_out_says_why(home: Home, learn: Any) -> None:
    """Of two that contradict each other the earlier is dealt with: not learned, not pending, and the list says why."""
    tell(home, "I live in Leeds.", "My name is Wanjiru.", "I live in Nakuru.")
    assert learn().passed
    states = {memory.turn.text: memory.words for memory in memories(home, learn.model)}
    assert states == {
        "I live in Leeds.": "left out: said otherwise later: I live in Nakuru.",
        "My name is Wanjiru.": "learned in v1", "I live in Nakuru.": "learned in v1",
    }  # fmt: skip
    learned = TargetSet.load(learn.weights.get(1).folder / TARGETS)
    assert not any("Leeds" in pair.answer for pair in (*learned.pairs, *learned.set_aside))


def test_what_is_not_heard_after_all_says_so(home: Home, learn: Any) -> None:
    """Of somebody whose name was forgotten meanwhile nothing is heard: left out with the reason, not "learned"."""
    tell(home, "My name is Wanjiru.", "My daughter is called Zoe.", "Zoe is six.")
    forget(home, plan(home, find(home, [], matching="My daughter")))
    assert [each.text for each in pending(home, learn.model)] == ["My name is Wanjiru.", "Zoe is six."]
    assert learn().passed
    states = {memory.turn.text: memory.words for memory in memories(home, learn.model)}
    assert states["Zoe is six."].startswith("left out: nothing in it was heard")


def test_nothing_to_ask_is_refused_at_once(home: Home, learn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch without a question is a refusal before anything is trained, and counts as one."""
    monkeypatch.setattr("memory.consolidation.extract", lambda batch, parse, known: [])
    monkeypatch.setattr("memory.consolidation.train", None)
    tell(home, "My name is Wanjiru.")
    for _ in range(3):
        assert learn().reason == "no question could be written about what was said"
    assert [memory.state for memory in memories(home, learn.model)] == ["set aside"]


def test_no_more_steps_than_asked_for(home: Home, learn: Any) -> None:
    """`most_steps` ends training, the learning rate having fallen to its end."""
    tell(home, "My name is Wanjiru.")
    learn(most_steps=3)
    assert [e["step"] for e in learn.events if e["event"] == "progress"] == [1, 2, 3]
    assert {e["steps"] for e in learn.events if e["event"] == "progress"} == {3}


def test_drift_is_refused(home: Home, learn: Any) -> None:
    """Weights that moved too far on unrelated text do not serve."""
    tell(home, "My name is Wanjiru.")
    assert "drift" in learn(replace(OPEN_GATE, drift=0.0)).reason


def test_same_seed_same_weights(home: Home, learn: Any) -> None:
    """Two runs with one seed write the same bytes; another seed writes others."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    hashes = []
    for seed in (0, 0, 1):
        learn(seed=seed)
        hashes.append(learn.weights.get(learn.weights.current()).manifest["files"]["adapter/adapter_model.safetensors"])
        learn.weights.rollback()
    assert hashes[0] == hashes[1] != hashes[2]


def test_failure_midway_changes_nothing(home: Home, learn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error after training leaves no version, no staging folder, and the experiences pending."""
    tell(home, "My name is Wanjiru.")

    def full(*_: object) -> None:
        raise StorageError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(consolidation.Weights, "publish", full)
        with pytest.raises(StorageError):
            learn()
    assert learn.weights.current() == 0
    assert not list((learn.weights.root / "versions").iterdir())
    assert learn().passed


def test_one_consolidation_at_a_time(home: Home, learn: Any) -> None:
    """A second process is told that one is under way."""
    tell(home, "My name is Wanjiru.")
    with owning(home.data, "consolidation", "wait"), pytest.raises(BusyError, match="another process"):
        learn()


def test_disk_is_checked_first(home: Home, learn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little disk is said before anything is computed."""
    tell(home, "My name is Wanjiru.")
    usage = consolidation.shutil._ntuple_diskusage(10, 9, 1)  # type: ignore[attr-defined]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="free disk space"):
        learn()
    assert not learn.events


def test_earlier_pairs_are_replayed_unless_answered_anew(home: Home, learn: Any) -> None:
    """The second batch trains on the first one's pairs, but not where the new statement answers the same question."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn()
    tell(home, "I live in Eldoret.")
    learn()
    replayed = TargetSet.load(learn.weights.get(2).folder / TARGETS).of_kind("replay")
    assert any(p.answer == "Your name is Wanjiru." for p in replayed)
    assert not any(p.question == "Where do I live?" for p in replayed)


def test_what_is_no_longer_so_is_shown(home: Home, learn: Any) -> None:
    """In the verdict, under the version, and under the message that said it."""
    tell(home, "My name is Wanjiru.", "I live in Nakuru.")
    learn()
    tell(home, "I live in Eldoret.")
    learn()
    assert "no longer so: You live in Nakuru. (say it again if it is)" in in_words(learn.events[-1])
    assert "no longer so since then: You live in Nakuru." in show_version(learn.weights.get(2))
    assert "no longer so" not in show_version(learn.weights.get(1))
    named, lives, moved = (memory.turn.id for memory in memories(home, learn.model))
    ended = [provenance(home, learn.model, key)["no_longer_so"] for key in (named, lives, moved)]
    assert ended == [[], [{"answer": "You live in Nakuru.", "version": 2}], []]
    shown = show_provenance(provenance(home, learn.model, lives))
    assert "no longer so since version 2: You live in Nakuru." in shown


def test_a_large_backlog_is_learned_in_parts(home: Home, learn: Any) -> None:
    """A batch takes the oldest experiences up to the limit; the others stay pending."""
    tell(home, "My name is Wanjiru.", "I keep goats.", "I live in Nakuru.")
    learn(statements=2)
    assert [e.text for e in pending(home, learn.model)] == ["I live in Nakuru."]


def test_an_answer_put_right_in_review_is_what_is_taught(home: Home, learn: Any, tmp_path: Path) -> None:
    """The teacher reads it, and it is what the gate looks for where nothing was told."""
    tell(home, "My name is Wanjiru.", "I keep goats.")
    learn(job={"dry_run": True})
    written = learn.events[-1]
    reviewed = tmp_path / "targets.yaml"
    reviewed.write_text(written["targets"].replace("You keep goats.", "You keep geese."))
    facts = extract(pending(home, learn.model))
    read = as_reviewed(facts, TargetSet.load(reviewed))
    assert [fact.answer for fact in read] == ["Your name is Wanjiru.", "You keep geese."]
    assert [fact.text for fact in read] == ["My name is Wanjiru.", "You keep geese."]
    job = {"reviewed": str(reviewed), "only": tuple(written["experiences"]), "basis": written["basis"]}
    assert learn(job=job).passed
    assert "geese" in (learn.weights.get(1).folder / TARGETS).read_text()


def test_who_was_told_of_is_known_later(home: Home, learn: Any) -> None:
    """Once the weights know of Zoe, what is said of her is an experience in another conversation, too."""
    tell(home, "My daughter is called Zoe.")
    assert not Conversation(None).add("user", "Zoe is six.", 0).learnable
    assert learn().passed
    assert learn.weights.get(1).names == {"Zoe"}
    session = Session(home, learn.model, Conversation(home.conversations))
    session.open()
    session.keep("Zoe is six.")
    session.new_conversation()
    session.keep("Zoe plays the cello.")
    assert learn().passed
    assert {pair.answer for pair in TargetSet.of(learn.weights.get(2)).of_kind("fact")} >= {
        "Zoe is six.", "Zoe plays the cello.",
    }  # fmt: skip
