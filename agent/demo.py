"""Runs a script in a home of its own and asks every probe three times: base, base with the sessions, consolidated.

Base with the sessions in its prompt is the upper bound that the paper uses. Knows nothing of how results are shown.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from agent.consolidate import Event, run
from agent.recommend import K, Recalled, Recommendation, preferences_recalled, recommend, record_of, shares
from agent.reply import Sampling
from agent.scripts import NeverTold, Probe, Script
from agent.session import Session
from memory.catalogue import shipped
from memory.conversations import Conversation
from memory.home import Home
from memory.judge import Encoder
from memory.models import sentence_folder
from memory.prompts import CONTEXT
from memory.storage import write_text

REPLY_TOKENS = 40
"""Replies while the script is told are short: they are context, never learned."""


ARMS = ("base", "context", "after")


@dataclass(frozen=True)
class Answer:
    answer: str
    hit: bool


@dataclass
class Outcome:
    """What came of one script; `record` is the published form."""

    script: str
    model: str
    base: dict[Probe, Answer] = field(default_factory=dict)
    context: dict[Probe, Answer] = field(default_factory=dict)
    after: dict[Probe, Answer] = field(default_factory=dict)
    base_never: dict[NeverTold, str] = field(default_factory=dict)
    after_never: dict[NeverTold, str] = field(default_factory=dict)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    told: list[tuple[int, str, str]] = field(default_factory=list)
    """(session, what the user said, the reply)."""
    films: dict[str, dict[Probe, Recommendation]] = field(default_factory=lambda: {arm: {} for arm in ARMS})
    preferences: dict[str, list[Recalled]] = field(default_factory=lambda: {arm: [] for arm in ARMS})
    foreign: tuple[str, ...] = ()
    left_out: str = ""
    """What of the catalogue is no title of its own."""
    seconds: float = 0.0

    def recall(self, arm: str) -> float:
        answers: dict[Probe, Answer] = getattr(self, arm)
        return sum(answer.hit for answer in answers.values()) / max(1, len(answers))

    def false_recall(self, arm: str) -> float:
        answers: dict[NeverTold, str] = getattr(self, f"{arm}_never")
        return sum(never.false_recall(text) for never, text in answers.items()) / max(1, len(answers))

    def preferences_share(self, arm: str) -> float:
        found = self.preferences[arm]
        return sum(preference.hit for preference in found) / max(1, len(found))

    def _recommendation(self) -> dict[str, Any]:
        return {
            "k": K,
            "missing_targets": list(self.foreign),
            "left_out": self.left_out,
            "at_k": {arm: shares(self.films[arm]) for arm in ARMS},
            "preferences": {arm: round(self.preferences_share(arm), 4) for arm in ARMS},
            "stated": {arm: [asdict(found) for found in self.preferences[arm]] for arm in ARMS},
            "probes": [
                {"ask": probe.ask, "session": probe.session, **{arm: record_of(self.films[arm][probe]) for arm in ARMS}}
                for probe in self.films["base"]
            ],
        }

    def record(self) -> dict[str, Any]:
        """The object that `demo --json` prints; `recommendation` only of a script that has such probes."""
        more = {"recommendation": self._recommendation()} if self.films["base"] else {}
        return more | {
            "script": self.script,
            "model": self.model,
            "recall": {arm: round(self.recall(arm), 4) for arm in ARMS},
            "false_recall": {arm: round(self.false_recall(arm), 4) for arm in ("base", "after")},
            "sessions": self.sessions,
            "probes": [
                {"ask": p.ask, "session": p.session, **{arm: asdict(getattr(self, arm)[p]) for arm in ARMS}}
                for p in self.base
            ],
            "never_told": [
                {
                    "ask": never.ask,
                    "base": {
                        "answer": self.base_never[never],
                        "false_recall": never.false_recall(self.base_never[never]),
                    },
                    "after": {"answer": text, "false_recall": never.false_recall(text)},
                }
                for never, text in self.after_never.items()
            ],
            "seconds": round(self.seconds, 1),
        }


def play(script: Script, home: Home, model: str, seed: int | None, show: Callable[[Event], None]) -> Outcome:
    """Tell the sessions, consolidating after each, and ask every probe of all three arms.

    Events of the consolidations go to `show`, besides its own: {"event": "said", "user": …}, {"event": "piece",
    "text": …} and {"event": "replied"} of each turn, {"event": "asked", "ask": …, "answer": …} afterwards, afresh.

    Raises:
        SelfparamError: whatever stops a chat or a consolidation.
    """
    started = time.monotonic()
    left_out = script.catalogue.left_out if script.catalogue else ""
    outcome = Outcome(script.name, model, foreign=script.foreign, left_out=left_out)
    tastes = _Tastes(script, outcome, Encoder(sentence_folder(home)) if script.catalogue else None)
    session = Session(home, model, Conversation(home.conversations))
    session.open()
    _ask_base(session, script, outcome, tastes)
    for number, turns in enumerate(script.sessions, start=1):
        session.new_conversation()
        for text in turns:
            outcome.told.append((number, text, _said(session, text, show)))
        last = run(home, model, show, seed=seed, catalogue=_catalogue_file(script, home))
        verdict = "published" if last["version"] else f"refused: {last['verdict']['reason']}"
        outcome.sessions.append({"n": number, "seconds": last["seconds"], "pairs": last["pairs"], "verdict": verdict})
        session.swap()
        answered = _asked(session, [probe for probe in script.probes if probe.session == number])
        outcome.after |= answered
        tastes.ask(session, "after", number)
        for probe, answer in answered.items():
            film = outcome.films["after"].get(probe)
            show({"event": "asked", "ask": probe.ask, "answer": film.answer if film else answer.answer})
    outcome.after_never |= _never(session, script.never_told)
    outcome.seconds = time.monotonic() - started
    return outcome


def _said(session: Session, text: str, show: Callable[[Event], None]) -> str:
    """The reply to what the user says, shown as it comes."""
    show({"event": "said", "user": text})
    pieces = []
    for piece in session.say(text, Sampling(max_tokens=REPLY_TOKENS)):
        pieces.append(piece)
        show({"event": "piece", "text": piece})
    show({"event": "replied"})
    return "".join(pieces)


def _catalogue_file(script: Script, home: Home) -> str | None:
    """The script's own catalogue as a file, to learn from; "" for the shipped one, None if films do not matter."""
    if script.catalogue is None:
        return None
    if script.catalogue == shipped():
        return ""
    file = home.data.parent / "catalogue.json"
    write_text(file, json.dumps(script.catalogue.titles, ensure_ascii=False))
    return str(file.absolute())


@dataclass(frozen=True)
class _Tastes:
    """What a recommendation script asks beside its probes' answers; of another script nothing."""

    script: Script
    outcome: Outcome
    encoder: Encoder | None

    def ask(self, session: Session, arm: str, number: int, system: str | None = None) -> None:
        """The recommendations due after session `number`, and after the last one what the user likes and dislikes."""
        if self.script.catalogue is None or self.encoder is None:
            return
        due = [probe for probe in self.script.probes if probe.session == number]
        self.outcome.films[arm] |= recommend(session, due, self.script, self.encoder, system)
        if number == len(self.script.sessions):
            stated = self.script.preferences
            self.outcome.preferences[arm] += preferences_recalled(session, stated, self.encoder, system)


def _ask_base(session: Session, script: Script, outcome: Outcome, tastes: _Tastes) -> None:
    """The base model's answers, alone and with everything told so far in its prompt."""
    outcome.base |= _asked(session, script.probes)
    outcome.base_never |= _never(session, script.never_told)
    for number in range(1, len(script.sessions) + 1):
        told = " ".join(text for turns in script.sessions[:number] for text in turns)
        probes = [probe for probe in script.probes if probe.session == number]
        outcome.context |= _asked(session, probes, CONTEXT.format(facts=told))
        tastes.ask(session, "base", number)
        tastes.ask(session, "context", number, CONTEXT.format(facts=told))


def _asked(session: Session, probes: Sequence[Probe], system: str | None = None) -> dict[Probe, Answer]:
    texts = session.answer([probe.ask for probe in probes], system)
    return {probe: Answer(text, probe.hit(text)) for probe, text in zip(probes, texts, strict=True)}


def _never(session: Session, never_told: Sequence[NeverTold]) -> dict[NeverTold, str]:
    return dict(zip(never_told, session.answer([never.ask for never in never_told]), strict=True))
