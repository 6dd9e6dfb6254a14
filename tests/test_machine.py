"""Any order of saying, learning, refusing, rolling back, pruning, forgetting: the home agrees with a model of it."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from memory.conversations import Conversation, user_turns
from memory.forget import find, forget, plan
from memory.home import Home
from memory.pending import pending
from memory.refusals import TRIES, count_refusal, retry
from memory.versions import ADAPTER, MERGED, Weights
from tests.test_faults import MODEL, publish


class Memory(RuleBasedStateMachine):
    """The home under test beside what a person would expect of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home = Home(self.folder / "config", self.folder / "data", self.folder / "cache")
        self.weights = Weights(self.home, MODEL)
        self.talk = Conversation(self.home.conversations)
        self.said: dict[str, str] = {}
        self.versions: dict[int, tuple[int, list[str]]] = {}
        self.current = self.last = 0
        self.refused: Counter[str] = Counter()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def lineage(self) -> list[int]:
        return self.lineage_of(self.current)

    def lineage_of(self, number: int) -> list[int]:
        chain, at = [], number
        while at:
            chain.append(at)
            at = self.versions[at][0]
        return chain

    def waiting(self) -> list[str]:
        learned = {key for number in self.lineage() for key in self.versions[number][1]}
        return [key for key in self.said if key not in learned and self.refused[key] < TRIES]

    @initialize()
    def a_life_so_far(self) -> None:
        """Two versions, one on the other, and something pending."""
        for _ in range(2):
            self.say()
            self.say()
            self.learn()
        self.say()

    @rule()
    def say(self) -> None:
        turn = self.talk.add("user", f"I keep {len(self.said)} goats and {len(self.versions)} bees.", self.current)
        self.talk.add("assistant", "Good.", self.current)
        self.said[turn.id] = turn.text

    @rule()
    def begin_another_conversation(self) -> None:
        last = self.talk.name
        self.talk = Conversation(self.home.conversations, None)
        self.talk.name = f"{last}x"  # later in the order of names, as a later second would be

    @precondition(lambda self: self.waiting())
    @rule()
    def learn(self) -> None:
        ids = self.waiting()
        publish(self.home)
        number = self.last = self.last + 1  # none is given twice, though pruned or forgotten
        self.versions[number] = (self.current, ids)
        self.current = number

    @precondition(lambda self: self.waiting())
    @rule()
    def refuse(self) -> None:
        self.refused.update(self.waiting())
        count_refusal(self.weights.root, [experience.id for experience in pending(self.home, MODEL)], "drift")

    @rule()
    def try_again(self) -> None:
        retry(self.weights.root)
        for key in [key for key, count in self.refused.items() if count >= TRIES]:
            self.refused[key] = 0

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        self.current = data.draw(st.sampled_from([0, *self.versions]))
        assert self.weights.rollback(self.current) == self.current

    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """The serving version's adapter, if there is one: the last whole version serves instead; mended afterwards."""
        if not self.current:
            return
        adapter = self.weights.get(self.current).folder / ADAPTER / "weights"
        adapter.write_text("x")
        shutil.rmtree(self.weights.get(self.current).folder / MERGED, ignore_errors=True)
        whole = [n for n in self.versions if self.current not in self.lineage_of(n)]
        self.current = max(whole, default=0)
        assert self.weights.fall_back() == self.current
        adapter.write_text("w")

    @rule(everything=st.booleans())
    def prune(self, everything: bool) -> None:
        self.weights.prune(self.weights.surplus(0 if everything else self.weights.size()))
        if everything:
            line = self.lineage()
            self.versions = {number: version for number, version in self.versions.items() if number in line}

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(list(self.said)))
        forget(self.home, plan(self.home, find(self.home, [key])))
        del self.said[key]
        gone = {number for number, (_, ids) in self.versions.items() if key in ids}
        for number, (parent, _) in sorted(self.versions.items()):
            gone |= {number} if parent in gone else set()
        while self.current in gone:
            self.current = self.versions[self.current][0]
        self.versions = {number: version for number, version in self.versions.items() if number not in gone}

    @invariant()
    def agrees(self) -> None:
        assert [turn.text for turn in user_turns(self.home) if turn.text] == list(self.said.values())
        assert self.weights.current() == self.current
        assert [version.number for version in self.weights.all()] == sorted(self.versions)
        assert all(self.weights.whole(version) for version in self.weights.all())
        assert [experience.id for experience in pending(self.home, MODEL)] == self.waiting()


Memory.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMemory = Memory.TestCase
