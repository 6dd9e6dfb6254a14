"""From which cosine on a title in other words is the catalogue's: what each threshold finds and mistakes.

A title that the catalogue lacks must match nothing; a title without its subtitle, or only its subtitle, is looked for
where that is no other title. Both only as far as neither normal form nor edit distance decides. Prints a table.

usage: python examples/benchmarks/titles.py CATALOGUE ELSEWHERE     (what ELSEWHERE has and CATALOGUE lacks is foreign)
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from memory.catalogue import Catalogue, normalised, read_catalogue
from memory.home import user_home
from memory.judge import Encoder
from memory.matching import nearest_in_meaning, nearest_in_spelling
from memory.models import sentence_folder


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("catalogue", type=Path)
    cli.add_argument("elsewhere", type=Path)
    options = cli.parse_args()
    catalogue, elsewhere = read_catalogue(options.catalogue), read_catalogue(options.elsewhere)
    encoder = Encoder(sentence_folder(user_home()))
    parts = {part: title for title in catalogue.titles for part in title.split(": ", 1) if part != title}
    shortened = undecided(list(parts), catalogue)
    foreign = undecided(elsewhere.titles, catalogue)
    found = [(nearest_in_meaning(part, catalogue, encoder), parts[part]) for part in shortened]
    mistaken = [nearest_in_meaning(title, catalogue, encoder) for title in foreign]
    print(f"| cosine from | of {len(shortened)} shortened found | another | of {len(foreign)} foreign mistaken |")
    print("|---|---|---|---|")
    for threshold in (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        right = sum(title == wanted for (title, cosine), wanted in found if cosine >= threshold)
        wrong = sum(title != wanted for (title, cosine), wanted in found if cosine >= threshold)
        false = sum(cosine >= threshold for _, cosine in mistaken)
        print(
            f"| {threshold:.2f} | {right / len(found):.2f} | {wrong / len(found):.2f} | {false / len(mistaken):.3f} |"
        )


def undecided(titles: Sequence[str], catalogue: Catalogue) -> list[str]:
    """Those that the steps before the cosine do not find."""
    return [title for title in titles if normalised(title) not in catalogue.by_name
            and not nearest_in_spelling(normalised(title), catalogue)]  # fmt: skip


if __name__ == "__main__":
    main()
