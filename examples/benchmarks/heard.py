"""How much of what people tell becomes a statement that can be learned, by rules and parser or rules alone.

Of each message of FILE.jsonl, {"say": …, "plain": [a fact in plain words, …], "facts": [[words that say it, …], …]},
a fact is heard if all its words stand in one statement of at most MOST words. Prints a markdown table; --missed: the
facts that are not heard, too. `heard/*.jsonl` were written blind to the rules; each was read once its first figures
were known.

usage: python examples/benchmarks/heard.py FILE.jsonl… [--missed] [--rules]
"""

import argparse
import json
from pathlib import Path

from bootstrap import interval

from memory.home import user_home
from memory.parser import fetch_parser, parser
from memory.statements import statements

MOST = 16
"""Words: a longer one is learned, too, but few questions can be asked of it."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("files", type=Path, nargs="+")
    cli.add_argument("--missed", action="store_true")
    cli.add_argument("--rules", action="store_true", help="without the parser")
    options = cli.parse_args()
    fetch_parser(user_home(), print)
    parse = parser(user_home(), "rules" if options.rules else "parser")
    print("| messages | facts | heard | 95 % |\n|---|---|---|---|")
    for file in options.files:
        heard: list[float] = []
        for line in file.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            short = [text.lower() for text, _ in statements(message["say"], parse=parse) if len(text.split()) <= MOST]
            for words, plain in zip(message["facts"], message["plain"], strict=True):
                heard.append(any(all(word.lower() in text for word in words) for text in short))
                if options.missed and not heard[-1]:
                    print(f"{message['say']}\n    {plain}")
        low, high = interval(heard)
        print(f"| {file.stem} | {len(heard)} | {sum(heard) / len(heard):.2f} | {low:.2f} to {high:.2f} |")


if __name__ == "__main__":
    main()
