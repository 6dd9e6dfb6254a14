"""Demos as one page to share: an HTML file that needs nothing else. Text of people and models is escaped."""

import os
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from agent.demo import ARMS, Outcome
from agent.recommend import K, shares
from agent.scripts import Probe
from agent.text import plain
from memory.catalogue import normalised
from memory.errors import UsageError
from memory.storage import write_atomically

ARM_WORDS = {"base": "before", "context": "with the talk in its prompt", "after": "after"}
WAYS = {"generate": "in words", "rank": "by rank"}
_COLOURS = {"base": "#9aa5b1", "context": "#e0a458", "after": "#1d4e89"}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1f2933 }
body { overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 } svg { max-width: 100% }
th, td { border-bottom: 1px solid #cbd2d9; padding: .4rem; min-width: 4rem; text-align: left; vertical-align: top }
.you { margin: .6rem 0 0 } .agent { color: #7b8794; margin: 0 0 .6rem 1.5rem }
td { unicode-bidi: plaintext }
.hit::before { content: "✓ "; color: #207227 } .miss::before { content: "✗ "; color: #b23a48 }
"""


def check_report(path: Path) -> None:
    """Refuse a file that cannot be written before an hour of work goes into it.

    Raises:
        UsageError: its folder is missing or not writable, or it is a folder itself.
    """
    folder = path.absolute().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write the report {path}: name a file in a folder of yours that exists")


def write_report(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the page.

    Raises:
        StorageError: the file cannot be written.
    """
    parts = "\n".join(part for outcome in outcomes for part in _sections(outcome))
    page = (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        f"<title>selfparam-agent: what was learned</title><style>{_STYLE}</style>\n<body>{parts}</body></html>\n"
    )
    write_atomically(path.absolute(), lambda file: file.write(page.encode()), ours=False)


def _sections(outcome: Outcome) -> Iterator[str]:
    yield f"<h1>{_safe(outcome.script)}</h1><p>{_safe(outcome.model)}, {outcome.seconds:.0f} s in all</p>"
    yield _bars(figures(outcome))
    yield "<h2>What was said</h2>"
    for number, user, reply in outcome.told:
        yield f'<p class="you">{number} · you: {_safe(user)}</p><p class="agent">agent: {_safe(reply)}</p>'
    verdicts = (f"{s['n']}: {s['verdict']}, {s['pairs']} pairs, {s['seconds']:.0f} s" for s in outcome.sessions)
    yield f"<p>Consolidation after session {_safe('; '.join(verdicts))}</p>"
    yield "<h2>What a fresh conversation answers</h2>"
    arms = (outcome.base, outcome.context, outcome.after)
    yield _table([(probe.ask, [(arm[probe].answer, arm[probe].hit) for arm in arms]) for probe in outcome.base])
    if outcome.films["base"]:
        for way, words in (("generate", "titles that the answers name"), ("rank", "of the catalogue by likelihood")):
            yield f"<h2>The first {K} {words}</h2>"
            yield _table(
                [(probe.ask, [_named(outcome, way, arm, probe) for arm in ARMS]) for probe in outcome.films["base"]]
            )
        if outcome.foreign:
            yield f"<p>Not in the catalogue, so never by rank: {_safe(', '.join(outcome.foreign))}</p>"
    if outcome.preferences["base"]:
        yield "<h2>Stated preferences recalled</h2>"
        rows = zip(*(outcome.preferences[arm] for arm in ARMS), strict=True)
        yield _table([(row[0].stated, [(found.answer, found.hit) for found in row]) for row in rows])


def figures(outcome: Outcome) -> dict[str, dict[str, float]]:
    """What the chart shows: figure → arm → share."""
    found = {"right answers": {arm: outcome.recall(arm) for arm in ARMS}}
    if outcome.films["base"]:
        by_arm = {arm: shares(outcome.films[arm]) for arm in ARMS}
        for way, words in WAYS.items():
            found[f"hit@{K} {words}"] = {arm: by_arm[arm][way]["hit"] for arm in ARMS}
            found[f"avoided title in {K}, {words} (0 is best)"] = {arm: by_arm[arm][way]["avoided"] for arm in ARMS}
        found["reason that was stated"] = {arm: by_arm[arm]["generate"]["reason"] for arm in ARMS}
    if outcome.preferences["base"]:
        found["preferences recalled"] = {arm: outcome.preferences_share(arm) for arm in ARMS}
    return found


def _named(outcome: Outcome, way: str, arm: str, probe: Probe) -> tuple[str, bool]:
    """The titles, which of them were to be avoided, in words also the reason given; and whether one is wanted."""
    found = outcome.films[arm][probe]
    titles = found.titles(way)
    unwanted = {normalised(title) for title in probe.forbid}
    avoided = [title for title in titles if normalised(title) in unwanted]
    parts = ["; ".join(titles), f"to be avoided: {'; '.join(avoided)}" if avoided else ""]
    parts.append(f"because: {found.reason}" if way == "generate" and found.reason else "")
    return " — ".join(filter(None, parts)), found.names(way, probe.expect)


def _table(rows: Sequence[tuple[str, Sequence[tuple[str, bool]]]]) -> str:
    heads = "".join(f"<th>{ARM_WORDS[arm]}</th>" for arm in ARMS)
    lines = [
        f"<tr><td>{_safe(ask)}</td>"
        + "".join(f'<td class="{"hit" if hit else "miss"}">{_safe(text)}</td>' for text, hit in cells)
        + "</tr>"
        for ask, cells in rows
    ]
    return f"<table><tr><th></th>{heads}</tr>{''.join(lines)}</table>"


def _bars(shown: dict[str, dict[str, float]]) -> str:
    """A group a figure, a bar an arm, 300 units for all of it."""
    drawn, y, x = [], 20, 260
    for arm, colour in _COLOURS.items():
        drawn.append(f'<rect x="{x}" y="2" width="10" height="10" fill="{colour}"/>'
                     f'<text x="{x + 14}" y="12" font-size="11">{ARM_WORDS[arm]}</text>')  # fmt: skip
        x += 40 + 7 * len(ARM_WORDS[arm])
    for words, by_arm in shown.items():
        drawn.append(f'<text x="4" y="{y + 26}">{words}</text>')
        for arm, share in by_arm.items():
            width = round(300 * share)
            drawn.append(f'<rect x="260" y="{y + 2}" width="{width}" height="11" fill="{_COLOURS[arm]}"/>'
                         f'<text x="{266 + width}" y="{y + 12}" font-size="10">{share:.2f}</text>')  # fmt: skip
            y += 13
        y += 12
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {y}" font-family="sans-serif" font-size="13" '
        f'role="img">{"".join(drawn)}</svg>'
    )


def _safe(text: str) -> str:
    return escape(" ".join(plain(text).split()))
