"""Seconds to rank a catalogue for a prompt, and how near the two-stage order comes to scoring every title in whole.

Prints a markdown table: a row a prompt; the first prompt also pays for the titles' unconditional likelihood.

usage: python examples/benchmarks/rank_speed.py CATALOGUE PROMPTS.jsonl [--prompts 5] [--whole] [--model M]
"""

import argparse
import resource
import time
from pathlib import Path

from recommend import asked, read_prompts

from memory.catalogue import read_catalogue
from memory.home import user_home
from memory.models import base_folder, load
from memory.ranking import Ranker

TOP = 20


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("catalogue", type=Path)
    cli.add_argument("prompts", type=Path)
    cli.add_argument("--prompts", dest="count", type=int, default=5)
    cli.add_argument("--whole", action="store_true", help="score every title in whole too (minutes)")
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    language = load(base_folder(options.model, user_home()))
    ranker = Ranker(language, read_catalogue(options.catalogue))
    print(f"{len(ranker.catalogue.titles)} titles\n\n| prompt, tokens | s | of the whole order's top {TOP} |")
    print("|---|---|---|")
    for prompt in read_prompts(options.prompts)[: options.count]:
        ids, started = asked(language, prompt), time.monotonic()
        order = ranker.rank(ids)
        seconds, shared = time.monotonic() - started, ""
        if options.whole:
            best = ranker.scores(ids).topk(TOP).indices.tolist()
            shared = str(len({*order[:TOP]} & {ranker.catalogue.titles[number] for number in best}))
        print(f"| {len(ids)} | {seconds:.1f} | {shared} |", flush=True)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
