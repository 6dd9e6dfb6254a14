"""Texts instead of talk: SQuAD contexts told with "Remember this: …", consolidated, and asked without them (QA-F1).

Each item is a home of its own in which one context, or `--together N` at once, is consolidated. Arms and target
sets are those of `arms.py`; the score is QA-F1, the overlap of words of answer and reference (articles, case and
punctuation away), the best over a question's references. Resumable: FOLDER/results.jsonl holds a line per item and arm.

usage: python examples/benchmarks/squad.py FOLDER CONTEXTS.jsonl [--contexts 40] [--together 1] [--arms …] [--model M]
"""

import argparse
import json
import re
import statistics
import string
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from arms import ARMS, Record, measure, target_set
from bootstrap import interval

from agent.scripts import Probe, Script

Context = dict[str, Any]
BASES = ("base", "base with context")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("contexts", type=Path)
    cli.add_argument("--contexts", type=int, default=40, dest="count")
    cli.add_argument("--together", type=int, default=1)
    cli.add_argument("--arms", nargs="+", choices=[*ARMS], default=[*BASES, "default"])
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    results = options.folder / "results.jsonl"
    records = [json.loads(line) for line in results.read_text("utf-8").splitlines()] if results.exists() else []
    done = {(record["script"], record["arm"]): record for record in records}
    lines = options.contexts.read_text(encoding="utf-8").splitlines()
    for script in scripts([json.loads(line) for line in lines], options.count, options.together):
        for arm in options.arms:
            if (script.name, arm) in done:
                continue
            print(f"{script.name}, {arm} …", file=sys.stderr, flush=True)
            targets = options.folder / f"{script.name}.yaml"
            if arm not in BASES:
                target_set(targets, script, 0, options.model)
            steps = done.get((script.name, "default"), {}).get("steps", 0)
            record = scored(measure(script, 0, arm, options.model, targets.absolute(), steps), script)
            done[script.name, arm] = record
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
    (options.folder / "table.md").write_text(table([*done.values()]) + "\n", encoding="utf-8")
    print(table([*done.values()]))


def scripts(contexts: Sequence[Context], count: int, together: int) -> Iterator[Script]:
    """Contexts as scripts of one session, drawn across the articles."""
    drawn = across(contexts)[:count]
    for start in range(0, len(drawn), together):
        part = drawn[start : start + together]
        probes = tuple(probe for context in part for probe in probes_of(context, 1))
        yield Script(f"{part[0]['title'].replace(' ', '_')}-{start}", "", (tuple(map(told, part)),), probes, ())


def one_a_session(contexts: Path, count: int) -> Script:
    """So many contexts as one script, each a session of its own."""
    lines = contexts.read_text(encoding="utf-8").splitlines()
    drawn = across([json.loads(line) for line in lines])[:count]
    probes = tuple(probe for number, context in enumerate(drawn, 1) for probe in probes_of(context, number))
    return Script(contexts.stem, "", tuple((told(context),) for context in drawn), probes, ())


def across(contexts: Sequence[Context]) -> list[Context]:
    """The first of each article, then the second of each, …"""
    seen: Counter[str] = Counter()
    turn = {id(context): seen.update([context["title"]]) or seen[context["title"]] for context in contexts}
    return sorted(contexts, key=lambda context: turn[id(context)])


def told(context: Context) -> str:
    return f"Remember this: {context['context']}"


def probes_of(context: Context, session: int) -> list[Probe]:
    """Each question once, with every reference that it has."""
    references: dict[str, list[str]] = {}
    for asked in context["questions"]:
        references.setdefault(asked["question"], []).append(asked["answer"])
    return [Probe(question, tuple(expect), (), session) for question, expect in references.items()]


def scored(record: Record, script: Script) -> Record:
    """The record with the QA-F1 of each answer."""
    asked = zip(record["probes"], script.probes, strict=True)
    return {
        **record,
        "probes": [{**given, "expect": p.expect, "f1": f1(given["answer"], p.expect)} for given, p in asked],
    }


def f1(answer: str, references: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over words, the best of the references (SQuAD, Rajpurkar et al. 2016)."""
    return max(_f1(_words(answer), _words(reference)) for reference in references)


def _f1(said: list[str], meant: list[str]) -> float:
    common = sum((Counter(said) & Counter(meant)).values())
    return 2 * common / (len(said) + len(meant)) if common else 0.0


def _words(text: str) -> list[str]:
    plain = "".join(
        " " if char == "-" else char for char in text.casefold() if char == "-" or char not in string.punctuation
    )
    return re.sub(r"\b(?:a|an|the)\b", " ", plain).split()


def table(records: Sequence[Record]) -> str:
    """A row an arm: QA-F1, and its ratio to the base with context with the bootstrap interval over the items."""
    means = {
        arm: {r["script"]: statistics.mean(p["f1"] for p in r["probes"]) for r in records if r["arm"] == arm}
        for arm in ARMS
    }
    lines = [
        "| arm | items | questions | QA-F1 | ÷ base with context, 95 % | refused | drift | s | MB |",
        "|" + "---|" * 9,
    ]
    for arm, items in means.items():
        if not items:
            continue
        mine = [record for record in records if record["arm"] == arm]
        bound = means["base with context"]
        both = [(items[name], bound[name]) for name in items if name in bound]
        low, high = interval(both, ratio)
        lines.append(
            f"| {arm} | {len(items)} | {sum(len(r['probes']) for r in mine)} | {statistics.mean(items.values()):.3f} | "
            f"{ratio(both):.2f} ({low:.2f} to {high:.2f}) | {sum(bool(r['refused']) for r in mine)} | "
            f"{statistics.mean(r['drift'] for r in mine):.2f} | {statistics.mean(r['seconds'] for r in mine):.0f} | "
            f"{max(r['peak_mb'] for r in mine)} |"
        )
    return "\n".join(lines)


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """Mean of the first over mean of the second; 0 if there is nothing to divide by."""
    bound = sum(theirs for _, theirs in pairs)
    return sum(ours for ours, _ in pairs) / bound if bound else 0.0


if __name__ == "__main__":
    main()
