"""Recall, false recall, general questions, later turns, seconds and memory of scripted users over seeds: a `demo` each.

Resumable: what RESULTS holds already is not run again. Prints a markdown table.

usage: python examples/benchmarks/recall.py RESULTS.jsonl SCRIPT… [--seeds 0 1 2] [--model M]
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bootstrap import interval
from general import right_before_and_after
from talk import KINDS, in_talk
from untold import elsewhere, made_up

from memory.home import home_at


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("results", type=Path)
    cli.add_argument("scripts", type=Path, nargs="+")
    cli.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    cli.add_argument("--model", default=None)
    options = cli.parse_args()
    records = read(options.results)
    for script in options.scripts:
        elsewhere(script)  # ends here, not after the demo, if it is not known which of the others' questions it answers
    for seed in options.seeds:
        for script in options.scripts:
            if not any(r["script"] == script.stem and r["seed"] == seed for r in records):
                records.append(measure(script, seed, options.model))
                with options.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(records[-1], ensure_ascii=False) + "\n")
    print(table(records, [script.stem for script in options.scripts]))


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def measure(script: Path, seed: int, model: str | None) -> dict[str, Any]:
    """One demo in a process of its own; peak_mb is the largest process of it, parent or child."""
    print(f"{script.stem}, seed {seed} …", file=sys.stderr, flush=True)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        command = [sys.executable, "-m", "tui", "demo", str(script), "--json", "--seed", str(seed), "--keep", str(home)]
        done = subprocess.run(command + (["--model", model] if model else []), stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(done.returncode)  # it has said why
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        record = json.loads(done.stdout)
        base, after = right_before_and_after(home_at(home), record["model"])
        untold, asked = made_up(home_at(home), script, record["model"])
        later = in_talk(home_at(home), record["model"], script)
    return {
        **record,
        "untold": {"after": untold, "asked": asked},
        "general": {"base": base, "after": after},
        "later": {kind: statistics.mean(later[kind, True]) for kind in KINDS},
        "seed": seed,
        "peak_mb": round(peak),
    }


def table(records: list[dict[str, Any]], scripts: list[str]) -> str:
    """A row a script, means over its seeds; the last row over all, with a bootstrap interval over scripts and seeds."""
    lines = [
        "| script | probes | base | with context | after, by seed | mean | false recall (base) "
        "| of others' questions | general questions (base) | later in a talk: told, never told, general "
        "| consolidation, s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    chosen = [record for record in records if record["script"] in scripts]
    for script in scripts:
        mine = [record for record in chosen if record["script"] == script]
        if mine:
            lines.append(row(script, mine))
    lines.append(row("**all**", chosen))
    low, high = interval([record["recall"]["after"] for record in chosen])
    peak = max(record["peak_mb"] for record in chosen)
    lines.append(f"\n95 % bootstrap interval of the mean: {low:.2f} to {high:.2f}; peak memory of a process: {peak} MB")
    return "\n".join(lines)


def row(name: str, records: list[dict[str, Any]]) -> str:
    def mean(*path: str) -> float:
        return statistics.mean(record[path[0]][path[1]] for record in records)

    seeds = " ".join(f"{record['recall']['after']:.2f}" for record in records) if name[0] != "*" else ""
    probes = sum(len(record["probes"]) for record in records)
    seconds = statistics.mean(session["seconds"] for record in records for session in record["sessions"])
    later = ", ".join(f"{mean('later', kind):.2f}" for kind in KINDS)
    return (
        f"| {name} | {probes} | {mean('recall', 'base'):.2f} | {mean('recall', 'context'):.2f} | {seeds} "
        f"| {mean('recall', 'after'):.2f} | {mean('false_recall', 'after'):.2f} ({mean('false_recall', 'base'):.2f}) "
        f"| {mean('untold', 'after'):.2f} of {mean('untold', 'asked'):.0f} "
        f"| {mean('general', 'after'):.2f} ({mean('general', 'base'):.2f}) "
        f"| {later} | {seconds:.0f} |"
    )


if __name__ == "__main__":
    main()
