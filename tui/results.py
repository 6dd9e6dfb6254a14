"""A demo's outcome as a table: before, with the sessions in the prompt, after."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agent.demo import Outcome
from agent.recommend import K
from tui.report import WAYS, figures


def print_outcome(outcome: Outcome) -> None:
    """Print one script's table and its figures on standard output."""
    console = Console(highlight=False, markup=False)
    table = Table(title=f"{outcome.script} on {outcome.model}", title_justify="left", show_lines=False, expand=True)
    for column in ("asked in a fresh conversation", "base", "base with the sessions", "after"):
        table.add_column(column, overflow="fold", ratio=1)
    for probe in outcome.base:
        answers = [outcome.base[probe], outcome.context[probe], outcome.after[probe]]
        table.add_row(probe.ask, *(_marked(answer.answer, answer.hit) for answer in answers))
    for never, text in outcome.after_never.items():
        before = outcome.base_never[never]
        table.add_row(
            Text(f"never told: {never.ask}", style="dim"), _marked(before, not never.false_recall(before)), "",
            _marked(text, not never.false_recall(text)),
        )  # fmt: skip
    console.print(table)
    arms = ", ".join(f"{words} {outcome.recall(arm):.2f}" for arm, words in _ARMS.items())
    console.print(f"recall: {arms} ({len(outcome.base)} probes)")
    never_told = len(outcome.after_never)
    false = {arm: outcome.false_recall(arm) for arm in ("base", "after")}
    console.print(f"false recall: base {false['base']:.2f}, after {false['after']:.2f} ({never_told} asked)")
    sessions = "; ".join(
        f"session {s['n']}: {s['verdict']}, {s['pairs']} pairs, {s['seconds']:.0f} s" for s in outcome.sessions
    )
    if outcome.films["base"]:
        _print_recommendations(console, outcome)
    console.print(f"{sessions}; {outcome.seconds:.0f} s in all\n")


def _print_recommendations(console: Console, outcome: Outcome) -> None:
    table = Table(title=f"recommended, the first {K}", title_justify="left", expand=True)
    for column in ("asked in a fresh conversation", "", *_ARMS.values()):
        table.add_column(column, overflow="fold", ratio=1 if column else None)
    for probe in outcome.films["base"]:
        for way, words in WAYS.items():
            found = [outcome.films[arm][probe] for arm in _ARMS]
            cells = [_marked(", ".join(each.titles(way)), each.names(way, probe.expect)) for each in found]
            table.add_row(probe.ask if way == "generate" else "", words, *cells)
    console.print(table)
    for words, by_arm in figures(outcome).items():
        if words != "right answers":
            console.print(f"{words}: {', '.join(f'{_ARMS[arm]} {share:.2f}' for arm, share in by_arm.items())}")
    if outcome.left_out:
        console.print(f"left out of the catalogue: {outcome.left_out}")
    if outcome.foreign:
        console.print(f"not in the catalogue, so never by rank: {', '.join(outcome.foreign)}")


def print_calibration(found: dict[str, Any]) -> None:
    """Print the judge's confusion table beside that of the cosine alone, and the cases the judge gets wrong."""
    console = Console(highlight=False, markup=False)
    table = Table(title="a person says / the judge says", title_justify="left")
    for column in ("", "right / hit", "right / missed", "wrong / hit", "wrong / rejected"):
        table.add_column(column, justify="left" if not column else "right")
    for name, words in (("judge", "the judge"), ("cosine", f"cosine ≥ {found['threshold']} alone")):
        table.add_row(words, *(str(found[name][key]) for key in ("hit", "missed", "false_hit", "rejected")))
    console.print(table)
    for case in found["wrong"]:
        verdict = "taken for a hit" if case["judged"] else "missed"
        console.print(f"{verdict} ({case['kind']}): {case['question']} {case['reference']} → {case['answer']}")


_ARMS = {"base": "base", "context": "with the sessions", "after": "after"}


def _marked(answer: str, good: bool) -> Text:
    """The answer's first line behind ✓ or ✗."""
    line = " ".join(answer.split())
    mark = Text("✓ ", style="green") if good else Text("✗ ", style="red")
    return mark + Text(line if len(line) <= 120 else f"{line[:119]}…")
