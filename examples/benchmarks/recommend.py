"""Conversational recommendation as the paper scores it: dialogues are learned, then prompts of others are answered.

Two ways: in words (ten titles asked for) and by rank over the catalogue. Four scenarios: titles that are not in the
catalogue keep their place or are dropped; titles that the prompt mentions already, as answers and as targets, count or
are dropped. Recall@k is over targets; a target that the catalogue lacks is skipped and counted. What the seekers said
they like or dislike is asked for by its title ("What do I think of Heat?"), found or missed by the judge. Resumable:
`--out` holds a line per arm, seed, prompt and way (records.jsonl) and a home per trained arm; table.md and recall.svg
are drawn from the records.

usage: python examples/benchmarks/recommend.py --dialogues F --prompts F --catalogue F --out FOLDER [--arms …]
       [--inject batch|sequence] [--first-dialogues N] [--first-prompts N] [--ways rank generate preferences]
       [--questions 1] [--writer analogies] [--seeds 0]
"""

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from arms import ARMS as RECIPES
from arms import OPEN_GATE
from bootstrap import interval
from dialogues import WISH, Dialogue, accepted, read_dialogues, read_prompts, told

from agent.consolidate import run
from agent.reply import Sampling, fit
from memory.catalogue import Catalogue, normalised, read_catalogue
from memory.conversations import Conversation, Experience
from memory.engine import serve, serve_base
from memory.errors import SelfparamError, UsageError
from memory.home import Home, user_home
from memory.judge import Encoder, judge_named
from memory.language import Engine, ask
from memory.matching import titles_in
from memory.models import base_folder, load, sentence_folder
from memory.pending import pending
from memory.ranking import Ranker
from memory.settings import OWN_JUDGE, WRITERS
from memory.targets import extract
from memory.tastes import tastes_now
from memory.versions import Weights
from memory.writers import ANALOGIES

TRAINED: dict[str, dict[str, Any]] = {
    "fine-tuning on the dialogues": RECIPES["fine-tuning on the context"],
    "fine-tuning on the target set": RECIPES["fine-tuning on the target set"],
    "SELF-PARAM paper": RECIPES["paper"],
    "SELF-PARAM default": RECIPES["default"],
}
ARMS = ("base", "popularity", "nearest dialogues", *TRAINED)
WAYS = ("rank", "generate", "preferences")
KS = (1, 5, 10, 20)
STATED = 100
"""Preferences asked for at most, the latest."""
THINK = "What do I think of {title}?"
KEPT = 80
"""Titles of an answer in its record: enough for 20 when those mentioned are dropped."""
WORDS = 128
TOGETHER = 16
"""Prompts that are answered in words at a time."""
TEN = "\n\nRecommend ten films that I might like, one a line, only the titles."
SCENARIOS = {
    "all": (False, False), "matched only": (True, False), "new only": (False, True), "matched and new": (True, True),
}  # fmt: skip
"""Name → (drop what is not in the catalogue, drop what the prompt mentions)."""

Record = dict[str, Any]
Answers = Callable[[Dialogue], tuple[list[str], str]]
"""Titles, best first, and the words they were read from."""


@dataclass(frozen=True)
class Task:
    """The data, and what was left out of it."""

    dialogues: list[Dialogue]
    prompts: list[Dialogue]
    catalogue: Catalogue
    skipped: Counter[str]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("dialogues", "prompts", "catalogue", "out"):
        cli.add_argument(f"--{name}", type=Path, required=True)
    cli.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    cli.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    cli.add_argument("--inject", choices=("batch", "sequence"), default="batch")
    cli.add_argument("--first-dialogues", type=int)
    cli.add_argument("--first-prompts", type=int)
    cli.add_argument("--seeds", type=int, nargs="+", default=[0])
    cli.add_argument("--questions", type=int, default=1, help="per statement; a batch of dialogues makes hundreds")
    cli.add_argument("--writer", choices=WRITERS, default=ANALOGIES, help="of these questions")
    cli.add_argument("--model", default="smollm2-135m-instruct")
    options = cli.parse_args()
    try:
        measure(options)
    except SelfparamError as error:
        sys.exit(f"recommend.py: {error}")


def measure(options: argparse.Namespace) -> None:
    """Every arm that is not done yet, then the table and the plot."""
    if options.out.exists() and not options.out.is_dir():
        raise UsageError(f"{options.out} is a file: name a folder for --out")
    options.out.mkdir(parents=True, exist_ok=True)
    task = read_task(options)
    results = options.out / "records.jsonl"
    records = read_records(results)
    if other := next((r for r in records if (r["inject"], r["model"]) != (options.inject, options.model)), None):
        raise UsageError(f"{options.out} holds records of {other['model']} by {other['inject']}: name another --out")
    for seed in options.seeds:
        for arm in options.arms:
            for record in answered(arm, seed, task, options, records):
                records.append(record)
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
    unanswered = Counter(record["arm"] for record in records if record["trouble"])
    task.skipped.update({f"unanswered by {arm}, too long": count for arm, count in unanswered.items()})
    notes = ", ".join(f"{count} {why}" for why, count in sorted(task.skipped.items())) or "nothing"
    shown = f"{table(records)}\n\nleft out: {notes}\n"
    (options.out / "table.md").write_text(shown, encoding="utf-8")
    (options.out / "recall.svg").write_text(bars(records), encoding="utf-8")
    print(shown)


def read_records(path: Path) -> list[Record]:
    """Those of earlier runs; one that was being written when a run was broken off is dropped."""
    if not path.exists():
        return []
    whole, _, torn = path.read_text("utf-8").rpartition("\n")
    if torn:
        path.write_text(f"{whole}\n" if whole else "", encoding="utf-8")
    return [json.loads(line) for line in whole.split("\n") if line]


def read_task(options: argparse.Namespace) -> Task:
    """The three files; what they hold that cannot be used is counted."""
    dialogues, skipped = read_dialogues(options.dialogues)
    if not dialogues:
        raise UsageError(f"{options.dialogues} holds no dialogue with a seeker: nothing to learn")
    catalogue = read_catalogue(options.catalogue)
    skipped |= Counter({"duplicate titles": catalogue.merged, "empty titles": catalogue.skipped})
    prompts = read_prompts(options.prompts)[: options.first_prompts]
    missing = sum(normalised(title) not in catalogue.by_name for prompt in prompts for title in prompt.targets)
    skipped["targets missing from the catalogue"] = missing
    return Task(dialogues[: options.first_dialogues], prompts, catalogue, +skipped)


def answered(
    arm: str, seed: int, task: Task, options: argparse.Namespace, records: Sequence[Record]
) -> Iterator[Record]:
    """One arm's records, as they come, of the prompts that have none; one too long for the model is without titles."""
    done = {(r["prompt"], r["way"]) for r in records if (r["arm"], r["seed"]) == (arm, seed)}
    counting = arm in ("popularity", "nearest dialogues")
    ways = [way for way in options.ways if way == "rank" or not counting]
    todo = [(p, way) for way in ways if way != "preferences" for p in task.prompts if (p.id, way) not in done]
    named = preferences(task) if "preferences" in ways else []
    stated = [one for one in named if (one[0], "preferences") not in done]
    if not (todo or stated) or (arm not in TRAINED and seed != options.seeds[0]):
        return
    answers, engine = ways_of(arm, seed, task, options)
    versions = Weights(home_of(arm, seed, options), options.model).lineage()
    trained = sum(version.manifest["seconds"] for version in versions)
    for number, (prompt, way) in enumerate(todo, start=1):
        if number % 10 == 1:
            print(f"{arm}, seed {seed}, {way}: {number} of {len(todo)} …", file=sys.stderr, flush=True)
        started, trouble, titles, words = time.monotonic(), "", list[str](), ""
        try:
            titles, words = answers[way](prompt)
        except UsageError as error:
            trouble = str(error)
        yield {
            "arm": arm, "seed": seed, "way": way, "prompt": prompt.id, "model": options.model, "inject": options.inject,
            "targets": [task.catalogue.by_name[normalised(t)] for t in prompt.targets
                        if normalised(t) in task.catalogue.by_name],
            "mentioned": prompt.titles(task.catalogue), "titles": titles[:KEPT], "answer": words, "trouble": trouble,
            "foreign": [title for title in titles[:KEPT] if title not in task.catalogue.titles],
            "seconds": round(time.monotonic() - started, 2), "trained": trained,
        }  # fmt: skip
    judge = judge_named(OWN_JUDGE, Encoder(sentence_folder(user_home())))
    for start in range(0, len(stated), TOGETHER):
        if engine is None:
            return
        part = stated[start : start + TOGETHER]
        questions = [THINK.format(title=title) for title, _ in part]
        for (title, said), question, answer in zip(part, questions, ask(engine, questions), strict=True):
            yield {
                "arm": arm, "seed": seed, "way": "preferences", "prompt": title, "model": options.model,
                "inject": options.inject, "stated": said, "answer": answer, "hit": judge(question, answer, said),
                "trouble": "", "trained": trained,
            }  # fmt: skip


def preferences(task: Task) -> list[tuple[str, str]]:
    """(title, what was said of it, to him who said it) of the seekers' likes and dislikes, as they stood in the end."""
    texts = [text for dialogue in task.dialogues for text in told(dialogue)]
    facts = extract(Experience(str(number), text, "") for number, text in enumerate(texts))
    found, _ = tastes_now(facts, (), task.catalogue)
    wishes = {WISH.format(title=title) for dialogue in task.dialogues for title in accepted(dialogue)}
    named = [taste for taste in found if taste.titles and taste.said.text not in wishes]
    return [*{taste.titles[0]: taste.said.answer for taste in named}.items()][-STATED:]


def ways_of(arm: str, seed: int, task: Task, options: argparse.Namespace) -> tuple[dict[str, Answers], Engine | None]:
    """How an arm answers, by way; and what answers in words, if anything does."""
    encoder = Encoder(sentence_folder(user_home()))
    if arm == "popularity":
        order = popular(task)
        return {"rank": lambda prompt: (order, "")}, None
    if arm == "nearest dialogues":
        named = [(dialogue.sought, dialogue.titles(task.catalogue)) for dialogue in task.dialogues]
        return {"rank": partial(nearest, named, popular(task), encoder)}, None
    base = base_folder(options.model, user_home())
    folder = learned(arm, seed, task, options, base) if arm in TRAINED else base
    language = load(folder)
    ranker = Ranker(language, task.catalogue, base=load(base) if arm in TRAINED else None)
    if arm in TRAINED:
        engine = serve(folder, "auto", language)
    else:
        engine = serve_base(folder, options.model, user_home(), "auto", language)
    return {
        "rank": lambda prompt: (ranker.rank(asked(language, prompt)), ""),
        "generate": InWords(engine, task.catalogue, encoder, task.prompts),
    }, engine


def popular(task: Task) -> list[str]:
    """The catalogue by the number of dialogues that name a title."""
    counts = Counter(title for dialogue in task.dialogues for title in dialogue.titles(task.catalogue))
    return sorted(task.catalogue.titles, key=lambda title: -counts[title])


def nearest(
    named: list[tuple[str, list[str]]], otherwise: list[str], encoder: Encoder, prompt: Dialogue
) -> tuple[list[str], str]:
    """The titles of the dialogue whose seeker spoke most alike, then of the next; behind them what is popular."""
    likeness = encoder([sought for sought, _ in named]) @ encoder([prompt.sought])[0]
    titles = (title for number in likeness.argsort()[::-1].tolist() for title in named[number][1])
    return list(dict.fromkeys([*titles, *otherwise])), ""


def asked(engine: Engine, prompt: Dialogue, request: str = "") -> list[int]:
    """The prompt in the model's chat template, as much of its end as the model reads.

    Raises:
        UsageError: its last turn alone is too long.
    """
    *before, last = prompt.messages()
    return fit(engine, [*before, {**last, "content": last["content"] + request}], Sampling(max_tokens=WORDS))


@dataclass
class InWords:
    """Ten titles asked for in words; the prompts that come next are answered together with the one that is asked."""

    engine: Engine
    catalogue: Catalogue
    encoder: Encoder
    prompts: Sequence[Dialogue]
    said: dict[str, str] = field(default_factory=dict)

    def __call__(self, prompt: Dialogue) -> tuple[list[str], str]:
        ids = {prompt.id: asked(self.engine, prompt, TEN)}
        if prompt.id not in self.said:
            start = self.prompts.index(prompt)
            for later in self.prompts[start + 1 : start + TOGETHER]:
                with suppress(UsageError):  # said when it is its turn
                    ids[later.id] = asked(self.engine, later, TEN)
            self.said |= zip(ids, self.engine.answers([*ids.values()], WORDS), strict=True)
        answer = self.said[prompt.id]
        return [match.title or match.said for match in titles_in(answer, self.catalogue, self.encoder)], answer


def learned(arm: str, seed: int, task: Task, options: argparse.Namespace, base: Path) -> Path:
    """The weights after the dialogues were told and consolidated, all together or one after the other."""
    home = home_of(arm, seed, options)
    home.config.mkdir(parents=True, exist_ok=True)
    recipe = {**TRAINED[arm], "seed": seed, "questions": options.questions, "writer": options.writer}
    recipe |= {"statements": 1_000_000} if options.inject == "batch" else {}
    lines = [f"{name} = {json.dumps(value)}" for name, value in recipe.items()]
    films = f"catalogue = {json.dumps(str(options.catalogue.absolute()))}"
    home.settings_file.write_text("\n".join([films, "[recipe]", *lines, OPEN_GATE]), encoding="utf-8")
    for number, dialogue in enumerate(task.dialogues, start=1):
        tell(home, f"{number:05d}", dialogue)
        if options.inject == "sequence" or number == len(task.dialogues):
            print(f"{arm}: dialogue {number} of {len(task.dialogues)} …", file=sys.stderr, flush=True)
            while pending(home, options.model) and run(home, options.model, lambda event: None)["version"]:
                pass
    weights = Weights(home, options.model)
    return weights.folder_to_load(weights.current(), base)


def home_of(arm: str, seed: int, options: argparse.Namespace) -> Home:
    """Where an arm is told the dialogues and learns them."""
    root = (options.out / "homes" / f"{arm}, seed {seed}, {options.inject}".replace(" ", "-")).absolute()
    return Home(root / "config", root / "data", user_home().cache)


def tell(home: Home, name: str, dialogue: Dialogue) -> None:
    """Say what a dialogue tells that was not said before a run was broken off."""
    talk = Conversation(home.conversations, name)
    for text in told(dialogue)[len(talk.turns) :]:
        talk.add("user", text, 0)


def hits(record: Record, scenario: str, k: int) -> list[bool]:
    """Of each target that counts in the scenario, whether it is among the first k titles."""
    matched, new = SCENARIOS[scenario]
    dropped = {*(record["foreign"] if matched else ()), *(record["mentioned"] if new else ())}
    titles = [title for title in record["titles"] if title not in dropped][:k]
    return [target in titles for target in record["targets"] if target not in dropped]


def table(records: Sequence[Record]) -> str:
    """A row an arm, way and scenario; R@10 against the base, the same way, with its paired bootstrap interval."""
    lines = ["| arm | way | scenario | targets | R@1 | R@5 | R@10 | R@20 | R@10 over base, 95 % "
             "| over popularity | s a prompt | s to learn |", f"|{'---|' * 12}"]  # fmt: skip
    groups = _groups(records)
    stated = {arm: mine for (arm, way), mine in groups.items() if way == "preferences"}
    for (arm, way), mine in groups.items():
        if way == "preferences":
            continue
        seconds, trained = (statistics.mean(record.get(what, 0) for record in mine) for what in ("seconds", "trained"))
        for scenario in SCENARIOS:
            if way == "rank" and SCENARIOS[scenario][0]:
                continue  # all of them are in the catalogue
            found = [[hit for record in mine for hit in hits(record, scenario, k)] for k in KS]
            shown = " | ".join(f"{statistics.mean(each or [0]):.3f}" for each in found)
            others = (("base", way), ("popularity", "rank"))
            over = " | ".join(
                "" if arm == other[0] else _over(mine, groups.get(other, []), scenario) for other in others
            )
            lines.append(
                f"| {arm} | {way} | {scenario} | {len(found[0])} | {shown} | {over} | {seconds:.1f} | {trained:.0f} |"
            )
    if stated:
        lines += ["", "| arm | preferences | recalled, 95 % |", "|---|---|---|"]
    for arm, mine in stated.items():
        low, high = interval([record["hit"] for record in mine])
        share = statistics.mean(record["hit"] for record in mine)
        lines.append(f"| {arm} | {len(mine)} | {share:.3f} ({low:.3f} to {high:.3f}) |")
    return "\n".join(lines)


def _groups(records: Sequence[Record]) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        found.setdefault((record["arm"], record["way"]), []).append(record)
    return found


def _over(mine: Sequence[Record], base: Sequence[Record], scenario: str) -> str:
    """The mean difference over the same targets and its interval; of several seeds the first only."""
    mine = [record for record in mine if record["seed"] == mine[0]["seed"]]
    theirs = {record["prompt"]: hits(record, scenario, 10) for record in base}
    pairs = [(hits(record, scenario, 10), theirs[record["prompt"]]) for record in mine if record["prompt"] in theirs]
    both = [int(one) - int(other) for ours, others in pairs for one, other in zip(ours, others, strict=True)]
    low, high = interval(both)
    return f"{statistics.mean(both):+.3f} ({low:+.3f} to {high:+.3f})" if both else ""


def bars(records: Sequence[Record]) -> str:
    """R@10 of each arm and way, all titles (blue) and only new ones (grey)."""
    drawn = []
    groups = {key: mine for key, mine in _groups(records).items() if key[1] != "preferences"}
    for row, ((arm, way), mine) in enumerate(groups.items()):
        drawn.append(f'<text x="4" y="{row * 34 + 20}">{arm}, {way}</text>')
        for place, (scenario, colour) in enumerate((("all", "#1d4e89"), ("new only", "#9aa5b1"))):
            share = statistics.mean([hit for record in mine for hit in hits(record, scenario, 10)] or [0])
            y, width = row * 34 + 4 + 12 * place, round(600 * share)
            drawn.append(f'<rect x="280" y="{y}" width="{width}" height="11" fill="{colour}"/>'
                         f'<text x="{286 + width}" y="{y + 10}" font-size="10">{share:.3f}</text>')  # fmt: skip
    height = 34 * len(groups)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="700" height="{height}" font-family="sans-serif" '
        f'font-size="13">{"".join(drawn)}</svg>\n'
    )


if __name__ == "__main__":
    main()
