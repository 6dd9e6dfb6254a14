"""Recommendations asked of a chat in two ways, in words and by rank, and what they are worth against a script's probes.

Knows nothing of how results are shown.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agent.scripts import Preferences, Probe, Script
from agent.session import Session
from memory.catalogue import normalised
from memory.judge import Encoder, recalled
from memory.matching import Match, titles_in

K = 5
"""Titles of a recommendation that a person reads."""
WORDS = 96
"""Tokens of a recommendation in words."""
LIKES, DISLIKES = "What kinds of films do I like?", "What kinds of films do I dislike?"
_ANY = re.compile(r"\S")
_OF_HIM = re.compile(r"\byou(?:r|rs)?\b(?!['’](?:ll|d)\b| (?:should|might|could|can|may|would|will)\b)", re.IGNORECASE)
"""What speaks of him: "I recommend The Shining." gives no reason, though he had named it."""


@dataclass(frozen=True)
class Recommendation:
    """One probe's answer in words, the titles and the reason read from it, and the catalogue's best titles by rank."""

    answer: str
    generated: tuple[Match, ...]
    ranked: tuple[str, ...]
    reason: str = ""
    """The stated liking that the answer gives as its reason, by the judge."""

    def titles(self, way: str, k: int = K) -> list[str]:
        """The first k titles; way: "generate", where what is not in the catalogue takes its place, or "rank"."""
        named = [match.title or match.said for match in self.generated] if way == "generate" else list(self.ranked)
        return named[:k]

    def names(self, way: str, wanted: Sequence[str]) -> bool:
        """Whether any wanted title is among the first K."""
        return bool({normalised(title) for title in wanted} & {normalised(title) for title in self.titles(way)})


@dataclass(frozen=True)
class Recalled:
    """A stated preference, the answer in which it was looked for, and whether the judge found it there."""

    stated: str
    ask: str
    answer: str
    hit: bool


def recommend(
    session: Session, probes: Sequence[Probe], script: Script, encoder: Encoder, system: str | None = None
) -> dict[Probe, Recommendation]:
    """Ask every recommendation probe of the script both ways, each in a fresh conversation."""
    catalogue = script.catalogue
    if catalogue is None:
        return {}
    asked = [probe for probe in probes if probe.recommends]
    answers = session.answer([probe.ask for probe in asked], system, WORDS)
    return {
        probe: Recommendation(
            answer, tuple(titles_in(answer, catalogue, encoder)),
            tuple(session.rank(probe.ask, catalogue, system)[:20]),
            _reason(encoder, probe.ask, answer, script.preferences.likes),
        )
        for probe, answer in zip(asked, answers, strict=True)
    }  # fmt: skip


def _reason(encoder: Encoder, ask: str, answer: str, likes: Sequence[str]) -> str:
    """The first of these that a sentence about him gives; "" if none."""
    return next((liked for liked in likes if _gives(encoder, ask, answer, liked, _OF_HIM)), "")


def _gives(encoder: Encoder, ask: str, answer: str, stated: str, kind: re.Pattern[str] = _ANY) -> bool:
    """Whether a sentence of the answer, one of a kind, gives what was stated, by the judge."""
    said = [sentence for sentence in re.split(r"(?<=[.!?])\s+|\n+", answer) if kind.search(sentence)]
    return any(recalled(encoder, ask, sentence, stated) for sentence in said)


def preferences_recalled(
    session: Session, stated: Preferences, encoder: Encoder, system: str | None = None
) -> list[Recalled]:
    """Each stated preference, found in the answer to the question for its side or not; a sentence of it is enough."""
    if not (stated.likes or stated.dislikes):
        return []
    found = []
    for ask, answer in zip((LIKES, DISLIKES), session.answer([LIKES, DISLIKES], system, WORDS), strict=True):
        for statement in stated.likes if ask == LIKES else stated.dislikes:
            found.append(Recalled(statement, ask, answer, _gives(encoder, ask, answer, statement)))
    return found


def shares(recommended: dict[Probe, Recommendation]) -> dict[str, dict[str, float]]:
    """hit@K and the share of probes with an avoided title among the first K, by way; in words also with a reason."""

    def share(way: str, wanted: str) -> float:
        asked = [probe for probe in recommended if getattr(probe, wanted)]
        hits = sum(recommended[probe].names(way, getattr(probe, wanted)) for probe in asked)
        return round(hits / max(1, len(asked)), 4)

    found = {way: {"hit": share(way, "expect"), "avoided": share(way, "forbid")} for way in ("generate", "rank")}
    reasons = sum(bool(recommended[probe].reason) for probe in recommended)
    found["generate"]["reason"] = round(reasons / max(1, len(recommended)), 4)
    return found


def record_of(recommendation: Recommendation) -> dict[str, Any]:
    """The object that `demo --json` prints of one answer."""
    return {
        "answer": recommendation.answer,
        "generated": [asdict(match) for match in recommendation.generated],
        "ranked": list(recommendation.ranked),
        "reason": recommendation.reason,
    }
