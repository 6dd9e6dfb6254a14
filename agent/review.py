"""A target set under a person's pen, before anything is learned: lines struck, reworded, approved. Knows no screen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.consolidate import Event
from memory.errors import UsageError
from memory.targets import Pair, TargetSet


@dataclass(frozen=True)
class Line:
    """A question and its answer. aside: asked by the gate, not trained on; struck: not to be learned or asked."""

    pair: Pair
    aside: bool
    struck: bool = False


@dataclass(frozen=True)
class Draft:
    """What a dry run wrote, the experiences it was written for, and its lines on what was said, in their order.

    basis: what the child compares before it learns the draft: what was said, and over which version.
    """

    targets: TargetSet
    experiences: tuple[str, ...]
    lines: tuple[Line, ...]
    basis: dict[str, str]

    @staticmethod
    def of(event: Event) -> "Draft":
        """The draft in the last event of a dry run."""
        targets = TargetSet.parse(event["targets"], "the target set")
        asked = [Line(pair, True) for pair in targets.set_aside]
        lines = [*(Line(pair, False) for pair in targets.of_kind("fact", "open")), *asked]
        ids = [*event["experiences"], ""]  # "": broad questions, of all experiences
        ordered = tuple(line for key in ids for line in lines if line.pair.experience == key)
        return Draft(targets, tuple(event["experiences"]), ordered, event["basis"])

    @property
    def others(self) -> int:
        """Pairs that are not about what was said: near-misses, the assistant, what must not change, earlier batches."""
        return len(self.targets.pairs) - sum(not line.aside for line in self.lines)

    def strike(self, numbers: Sequence[int]) -> "Draft":
        """These lines struck; if all of them are already, taken back."""
        struck = not all(self.lines[number].struck for number in numbers)
        return self._changed({number: replace(self.lines[number], struck=struck) for number in numbers})

    def ask(self, number: int, question: str) -> "Draft":
        """The line with another question."""
        line = self.lines[number]
        return self._changed({number: replace(line, pair=replace(line.pair, question=question))})

    def answer(self, number: int, answer: str) -> "Draft":
        """The line, and all of its experience that have the same answer, with another."""
        old = self.lines[number].pair
        return self._changed({
            other: replace(line, pair=replace(line.pair, answer=answer)) for other, line in enumerate(self.lines)
            if (line.pair.experience, line.pair.answer) == (old.experience, old.answer)
        })  # fmt: skip

    def of_experience(self, experience: str) -> list[int]:
        """The numbers of its lines."""
        return [number for number, line in enumerate(self.lines) if line.pair.experience == experience]

    def approved(self) -> tuple[TargetSet, tuple[str, ...]]:
        """The set to learn and the experiences it is of; one with nothing left to train on stays pending.

        Raises:
            UsageError: everything is struck.
        """
        kept = [line for line in self.lines if not line.struck]
        trained = {line.pair.experience for line in kept if not line.aside}
        experiences = tuple(key for key in self.experiences if key in trained)
        if not experiences:
            raise UsageError("everything is struck: nothing would be learned")
        others = [pair for pair in self.targets.pairs if pair.kind not in ("fact", "open")]
        pairs = [line.pair for line in kept if not line.aside] + others
        aside = [line.pair for line in kept if line.aside and line.pair.experience in trained]
        return self.targets.rewritten(pairs, aside), experiences

    def _changed(self, changes: dict[int, Line]) -> "Draft":
        return replace(self, lines=tuple(changes.get(number, line) for number, line in enumerate(self.lines)))
