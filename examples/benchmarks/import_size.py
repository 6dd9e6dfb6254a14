"""What taking in a large export costs: a ChatGPT archive is made up, then imported into an empty home, then again.

Prints a markdown table: seconds of the dry run, of the import and of the import again, and the peak memory of this
process over all, in MB.

usage: python examples/benchmarks/import_size.py [--megabytes 200]
"""

import argparse
import io
import json
import random
import resource
import tempfile
import time
import zipfile
from pathlib import Path

from memory.home import home_at
from memory.imports import Choice, Counts, arrivals, bring_in

EXCHANGES = 12
"""In one conversation."""
WORDS = ("glacier", "parrot", "cello", "Sunday", "river", "because", "mountain", "often", "train", "window", "harbour")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--megabytes", type=int, default=200)
    with tempfile.TemporaryDirectory() as folder:
        export, home = Path(folder) / "export.zip", home_at(Path(folder) / "home")
        conversations = write(export, cli.parse_args().megabytes << 20)
        seconds = []
        for act in (
            lambda: sum((found.counts for found in arrivals(home, [export], Choice())), Counts()),
            lambda: bring_in(home, [export], Choice()),
            lambda: bring_in(home, [export], Choice()),
        ):
            started = time.perf_counter()
            counts = act()
            seconds.append(f"{time.perf_counter() - started:.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| conversations | messages of the user | dry run, s | import, s | again, s | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    print(f"| {conversations:,} | {counts.messages:,} | {' | '.join(seconds)} | {peak:.0f} |")


def write(path: Path, size: int) -> int:
    """An archive with a conversations.json of about so many bytes; how many conversations it has."""
    lot, written, count = random.Random(0), 0, 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("conversations.json", "w") as file:
        out = io.TextIOWrapper(file, encoding="utf-8")
        out.write("[")
        while written < size:
            written += out.write(("," if count else "") + json.dumps(conversation(count, lot)))
            count += 1
        out.write("]")
        out.flush()
    return count


def conversation(number: int, lot: random.Random) -> dict[str, object]:
    mapping: dict[str, object] = {"r": {"id": "r", "message": None, "parent": None, "children": ["1"]}}
    for turn in range(1, 2 * EXCHANGES + 1):
        role = "user" if turn % 2 else "assistant"
        text = f"I keep {number}-{turn} goats and " if turn % 2 else ""
        text += " ".join(lot.choices(WORDS, k=40 if turn % 2 else 250))
        at = 1.6e9 + 1000 * number + turn
        mapping[str(turn)] = {
            "id": str(turn), "parent": str(turn - 1) if turn > 1 else "r", "children": [str(turn + 1)],
            "message": {"author": {"role": role}, "create_time": at, "recipient": "all", "metadata": {},
                        "content": {"content_type": "text", "parts": [text]}},
        }  # fmt: skip
    return {"id": str(number), "title": f"Talk {number}", "create_time": 1.6e9, "mapping": mapping,
            "current_node": str(2 * EXCHANGES)}  # fmt: skip


if __name__ == "__main__":
    main()
