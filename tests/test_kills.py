"""SIGKILL at random instants of chatting, editing, consolidating, rolling back, forgetting, pruning; tiny model.

After every kill the home is examined, and the next process goes on in it. `KILLS=200 pytest -s tests/test_kills.py`
prints the figures of the README; without it a few kills are made.
"""

import json
import os
import random
import shutil
import signal
import time
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch

from memory.consolidation import consolidate
from memory.conversations import Conversation, experiences, latest, user_turns
from memory.errors import NothingPendingError, UsageError
from memory.forget import find, forget, plan, replacing
from memory.home import Home
from memory.job import Job
from memory.locks import owning
from memory.pending import pending
from memory.refusals import retry, set_aside
from memory.settings import Recipe, Settings
from memory.versions import GONE, MERGED, STAGING, Weights
from tests.learning import OPEN_GATE

KILLS = int(os.environ.get("KILLS", "8"))
LONGEST = 3.0
"""Seconds a process may live."""
RECIPE = Recipe(epochs=1, questions=2, near_misses=2, assistant=1, unrelated=1, least_steps=0, replay=4, statements=4)
THINGS = ("goats", "bees", "parrots", "cellos", "secrets", "chess sets")


@dataclass
class Life:
    """One process: it does one thing after another and says before and after each what it does, until it is killed."""

    home: Home
    model: str
    encoder: Any
    rng: random.Random
    learns: bool = True
    out: int = -1

    def tell(self, **event: Any) -> None:
        os.write(self.out, json.dumps(event).encode() + b"\n")

    def live(self) -> None:
        weights = Weights(self.home, self.model)
        acts = [self.say, self.say, self.say, self.mend, self.rebuild, self.go_back, self.prune]
        acts += [self.learn, self.learn] * self.learns
        while True:
            if self.rng.random() < 0.1:
                self.take_back(weights)
            try:
                talk = latest(self.home) if self.rng.random() < 0.8 else Conversation(self.home.conversations)
            except UsageError:
                talk = Conversation(self.home.conversations)
            talk.hold()
            for act in self.rng.choices(acts, k=5):
                act(talk, weights)
            talk.release()

    def say(self, talk: Conversation, weights: Weights) -> None:
        text = f"I keep {self.rng.randint(10**6, 10**7)} {self.rng.choice(THINGS)}."
        self.tell(begin="say", text=text)
        turn = talk.add("user", text, weights.current())
        self.tell(end="say", text=text, id=turn.id)
        talk.add("assistant", "Good.", weights.current())

    def mend(self, talk: Conversation, weights: Weights) -> None:
        at = max((number for number, turn in enumerate(talk.turns) if turn.role == "user" and turn.text), default=-1)
        if at < 0:
            return
        old, text = talk.turns[at], f"I keep {self.rng.randint(10**6, 10**7)} {self.rng.choice(THINGS)}."
        with suppress(UsageError), replacing(self.home, old.id):
            self.tell(begin="mend", old=old.text, text=text)
            turn = talk.put(at, text, weights.current())
            self.tell(end="mend", old=old.text, text=text, id=turn.id)

    def learn(self, _: Conversation, weights: Weights) -> None:
        self.tell(begin="learn")
        learn(self.home, self.model, self.encoder)
        self.tell(end="learn", current=weights.current())

    def rebuild(self, _: Conversation, weights: Weights) -> None:
        self.tell(begin="rebuild")
        number = weights.current()
        if number:
            shutil.rmtree(weights.get(number).folder / MERGED, ignore_errors=True)
        weights.folder_to_load(number, Path(self.model))
        self.tell(end="rebuild", current=number)

    def go_back(self, _: Conversation, weights: Weights) -> None:
        number = self.rng.choice([0, *(version.number for version in weights.all())])
        self.tell(begin="go back", to=number)
        weights.rollback(number)
        self.tell(end="go back", current=number)

    def prune(self, _: Conversation, weights: Weights) -> None:
        budget = self.rng.choice([0, weights.size() // 2])
        self.tell(begin="prune")
        with owning(self.home.data, "consolidation", ""):
            weights.prune(weights.surplus(budget))
        self.tell(end="prune", current=weights.current())

    def take_back(self, weights: Weights) -> None:
        turns = [turn for turn in user_turns(self.home) if turn.text]
        if turns:
            turn = self.rng.choice(turns)
            self.tell(begin="forget", text=turn.text)
            forget(self.home, plan(self.home, find(self.home, [turn.id])))
            self.tell(end="forget", text=turn.text, current=weights.current())


def learn(home: Home, model: str, encoder: Any, recipe: Recipe = RECIPE) -> bool:
    """Whether there was something to learn."""
    job = Job(str(home.config), str(home.data), str(home.cache), model)
    try:
        consolidate(job, Settings(recipe=recipe, gate=OPEN_GATE), lambda event: None, encoder)
    except NothingPendingError:
        return False
    return True


def one_life(life: Life, seconds: float) -> list[dict[str, Any]]:
    """Fork, let it live, kill it; what it said."""
    reading, life.out = os.pipe()
    child = os.fork()
    if not child:
        try:
            torch.set_num_threads(1)  # those of the parent, if another test has started some, are not there any more
            life.live()
        except BaseException:
            life.tell(error=traceback.format_exc())
        finally:
            os._exit(1)
    os.close(life.out)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert not os.WIFSIGNALED(status) or os.WTERMSIG(status) == signal.SIGKILL, "it died of itself"
    with os.fdopen(reading, encoding="utf-8") as said:
        return [json.loads(line) for line in said.read().splitlines() if line.endswith("}")]


@dataclass
class Witness:
    """What was acknowledged over all lives, held against what the home says."""

    home: Home
    model: str
    said: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    current: int = 0
    checks: int = 0
    died: Counter[str] = field(default_factory=Counter)

    def hear(self, events: list[dict[str, Any]]) -> None:
        """Take in what a process said, then look at the home it left."""
        doing: dict[str, Any] = {}
        for event in events:
            assert "error" not in event, event["error"]
            doing = event if "begin" in event else {}
            self.current = event.get("current", self.current)
            if event.get("end") in ("say", "mend"):
                self.said[event["text"]] = event["id"]
            if event.get("begin") == "mend":
                self.said.pop(event["old"], None)
            if event.get("end") == "mend":
                self.gone.add(event["old"])
            if event.get("begin") == "forget":
                self.said.pop(event["text"], None)  # until it is acknowledged it may be there or not
            if event.get("end") == "forget":
                self.gone.add(event["text"])
        self.died[doing.get("begin", "between two")] += 1
        self.look(doing)

    def look(self, doing: dict[str, Any]) -> None:
        there = {turn.text: turn.id for turn in user_turns(self.home) if turn.text}
        lost = [text for text, key in self.said.items() if there.get(text) != key]
        assert not lost, "acknowledged and not there"
        assert not self.gone & set(there), "forgotten and there"
        if doing.get("begin") == "mend":
            assert len({doing["old"], doing["text"]} & set(there)) == 1, "neither the old message nor the new"
        self.checks += len(self.said)
        weights = Weights(self.home, self.model)
        published = [version.number for version in weights.all()]
        may_serve = {
            "learn": {self.current, *published[-1:]}, "go back": {self.current, doing.get("to", 0)},
            "forget": {0, *published},
        }.get(doing.get("begin", ""), {self.current})  # fmt: skip
        assert weights.current() in may_serve, "a version serves that nobody asked for"
        assert all(weights.whole(version) for version in weights.all()), "a version in parts"
        self.current = weights.current()
        learned = {key for version in weights.lineage() for key in version.experiences}
        waiting = {e.id for e in experiences(self.home)} - learned - set_aside(weights.root)
        assert {e.id for e in pending(self.home, self.model)} == waiting


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need fork")
def test_kills(home: Home, tiny_model: Path, encoder: Any) -> None:
    """Nothing acknowledged is lost, the version that serves is whole, and a last run learns all that is pending."""
    rng, witness = random.Random(0), Witness(home, str(tiny_model))
    for number in range(KILLS):
        learns = number % 2 == 0  # it takes most of a life: every second one goes without, and the kill meets the rest
        life = Life(home, str(tiny_model), encoder, random.Random(number), learns)
        witness.hear(one_life(life, rng.uniform(0.05, LONGEST if learns else LONGEST / 3)))
    weights = Weights(home, str(tiny_model))
    for _ in range(50):  # the gate refuses a random model's batch now and then
        retry(weights.root)
        if not learn(home, str(tiny_model), encoder, replace(RECIPE, statements=100)):
            break
    assert {key for version in weights.lineage() for key in version.experiences} == {e.id for e in experiences(home)}
    witness.current = weights.current()
    witness.look({})
    left = [path.name for path in (weights.root / "versions").iterdir()]
    assert not {STAGING, GONE} & set(left)
    remains = b"".join(path.read_bytes() for path in home.data.rglob("*") if path.is_file())
    assert not [text for text in witness.gone if text.split()[2].encode() in remains], "forgotten and on the disk"
    words = ", ".join(f"{doing} {count}" for doing, count in witness.died.most_common())
    print(f"\n{KILLS} kills ({words}); {witness.checks} turns checked, {len(witness.gone)} forgotten for good, "
          f"{len(left)} versions at the end")  # fmt: skip
