"""How fast a training step is: packed as ours, unpacked, in a plain transformers + peft loop; and on how many threads.

All ways make AdamW steps over the same eight pairs at a time of one target set, in turn in one process. A figure is the
median over the steps (the first one left out) of the pairs' own tokens, prompt and answer, per second: what is padded,
or read again, counts as time only. The lower half of the layers has no adapter in any of them; what the default keeps
of them is there of pairs that come in more than one epoch, as it is from the second on. The plain loop pads,
has logits everywhere and asks the teacher in each step, with the context before the question. The rows on threads are
the default step in processes of their own; a consolidation has passive ones. Prints a markdown table, and how far
packed and unpacked losses are apart.

usage: OMP_WAIT_POLICY=passive python examples/benchmarks/speed.py [SCRIPT] [--targets FILE] [--model M] [--steps 5]
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from arms import target_set

from agent.scripts import read_script
from memory.conversations import Experience
from memory.distill import add_lora, loss_at, loss_of, talked
from memory.frozen import Frozen
from memory.home import user_home
from memory.language import Example, Language, answer_logits
from memory.models import base_folder, load
from memory.parser import parser
from memory.settings import Recipe
from memory.targets import Statement, TargetSet, extract
from memory.teacher import Row, context_for, rows_for

SCRIPT = Path(__file__).parents[1] / "memory" / "ingrid.yaml"
RECIPE = Recipe()
DEFAULT = "packed, half of it a conversation, layers without an adapter kept"
THREADS = ({"OMP_NUM_THREADS": "1"}, {"OMP_WAIT_POLICY": "active"}, {"OMP_WAIT_POLICY": "passive"})


@dataclass(frozen=True)
class Lesson:
    """A row, and what its teacher reads: the same question behind the context."""

    row: Row
    told: Example


Way = Callable[[Any, Sequence[Lesson]], None]
"""Forward and backward over a batch."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("script", type=Path, nargs="?", default=SCRIPT)
    cli.add_argument("--targets", type=Path, help="a target set of the script; default: written first")
    cli.add_argument("--model", default="smollm2-135m-instruct")
    cli.add_argument("--steps", type=int, default=5)
    cli.add_argument("--packed-alone", action="store_true", help="print the packed step's tokens per second")
    options = cli.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        targets = options.targets or Path(folder) / "targets.yaml"
        script = read_script(options.script)
        target_set(targets, script, 0, options.model)
        language = load(base_folder(options.model, user_home()), training=True)
        told = [text for turns in script.sessions for text in turns]
        batches = lessons(language, TargetSet.load(targets), told, options.steps + 1)
        model = add_lora(language, RECIPE)
        if options.packed_alone:
            print(measure(model, {DEFAULT: (conversed, batches)})[DEFAULT])
            return
        table(measure(model, ways(batches)))
        on_threads([*map(str, (options.script, "--targets", targets, "--model", options.model)),
                    "--steps", str(options.steps), "--packed-alone"])  # fmt: skip
        print(f"\nlargest difference of packed and unpacked losses: {difference(model, batches):.1e}")


def lessons(
    language: Language, targets: TargetSet, told: Sequence[str], count: int | None = None
) -> list[list[Lesson]]:
    """So many batches of a shuffled target set's pairs, or all, the teacher asked."""
    pairs = random.Random(0).sample(targets.pairs, count * RECIPE.batch if count else len(targets.pairs))
    facts = heard(told)
    contexts = context_for(language, facts)
    behind = {}
    for pair in pairs:
        answer = tuple(language.answer_ids(pair.answer))
        asked = language.question(pair.question, contexts.get(pair.experience))
        behind[Example(tuple(language.question(pair.question)), answer)] = Example(tuple(asked), answer)
    rows = rows_for(language, replace(targets, pairs=tuple(pairs)), facts, RECIPE)
    random.Random(0).shuffle(rows)
    found = [Lesson(row, behind[row.example]) for row in rows]
    return [found[start : start + RECIPE.batch] for start in range(0, len(found), RECIPE.batch)]


def heard(told: Sequence[str]) -> list[Statement]:
    """The messages' statements, as a consolidation hears them."""
    said = [Experience(f"told/{number}", text, "2026-01-01T00:00:00+00:00") for number, text in enumerate(told, 1)]
    return extract(said, parser(user_home(), RECIPE.hearing))


def ways(batches: list[list[Lesson]]) -> dict[str, tuple[Way, list[list[Lesson]]]]:
    """What is compared, each with its batches: the same pairs."""
    ordered = sorted((lesson for batch in batches for lesson in batch), key=lambda lesson: length(lesson.row.example))
    alike = [ordered[start : start + RECIPE.batch] for start in range(0, len(ordered), RECIPE.batch)]
    return {
        "plain transformers + peft loop": (plain, batches),
        "one pair at a time, logits at answers": (one_by_one, batches),
        "padded, logits at answers": (padded, batches),
        "padded, pairs of like length together": (padded, alike),
        "packed, pairs of like length together": (packed, alike),
        "packed, every layer computed": (packed, batches),
        DEFAULT: (conversed, batches),
    }


def measure(model: Any, compared: dict[str, tuple[Way, list[list[Lesson]]]]) -> dict[str, float]:
    """Each way's tokens per second, all in turn."""
    frozen = Frozen(model)
    for batch in compared[DEFAULT][1]:
        first = batch[: len(batch) - RECIPE.talk + 1]  # behind them the conversation, another one in each epoch
        if again := [lesson.row.example for lesson in first if lesson.row.turns < RECIPE.epochs]:
            with torch.no_grad(), frozen.once(again):
                answer_logits(model, again)
    model.train()
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=1e-4)
    figures: dict[str, list[float]] = {name: [] for name in compared}
    for number in range(len(next(iter(compared.values()))[1])):
        for name, (way, batches) in compared.items():
            started = time.perf_counter()
            asked = [row.example for row in as_asked(batches[number])] if name == DEFAULT else []
            with frozen.once(asked) if asked else nullcontext():
                way(model, batches[number])
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            seconds = time.perf_counter() - started
            figures[name].append(sum(length(lesson.row.example) for lesson in batches[number]) / seconds)
    return {name: statistics.median(found[1:]) for name, found in figures.items()}


def length(example: Example) -> int:
    return len(example.prompt) + len(example.answer)


def packed(model: Any, batch: Sequence[Lesson]) -> None:
    loss_of(model, [lesson.row for lesson in batch]).backward()  # type: ignore[no-untyped-call]


def conversed(model: Any, batch: Sequence[Lesson]) -> None:
    loss_of(model, as_asked(batch)).backward()  # type: ignore[no-untyped-call]


def as_asked(batch: Sequence[Lesson]) -> list[Row]:
    """The batch as a consolidation trains it."""
    return talked([lesson.row for lesson in batch], RECIPE.talk)


def one_by_one(model: Any, batch: Sequence[Lesson]) -> None:
    for lesson in batch:
        (loss_of(model, [lesson.row]) / len(batch)).backward()  # type: ignore[no-untyped-call]


def padded(model: Any, batch: Sequence[Lesson]) -> None:
    ids, mask, at = pad([lesson.row.example for lesson in batch])
    whole = model.get_base_model()
    hidden = whole.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state  # (B, T, H)
    loss_at(whole.lm_head(hidden[at]), [lesson.row for lesson in batch]).backward()  # type: ignore[no-untyped-call]


def plain(model: Any, batch: Sequence[Lesson]) -> None:
    """As it is written where nobody looks at the cost: both models see padded batches whole, in every step."""
    with torch.no_grad(), model.disable_adapter():
        said = everywhere(model, [lesson.told for lesson in batch]).log_softmax(-1)  # (N, V)
    rows = [lesson.row for lesson in batch]
    student = everywhere(model, [row.example for row in rows]).log_softmax(-1)
    start, loss = 0, torch.zeros(())
    for row in rows:
        part = slice(start, start := start + len(row.example.answer))
        kl = F.kl_div(student[part], said[part], log_target=True, reduction="none").sum(-1)  # (tokens,)
        ce = F.nll_loss(student[part], torch.tensor(row.example.answer), reduction="none")
        loss = loss + (torch.tensor(row.shares) * (row.kl * kl + row.ce * ce)).sum()
    (loss / len(rows)).backward()  # type: ignore[no-untyped-call]


def everywhere(model: Any, examples: Sequence[Example]) -> torch.Tensor:
    """Logits at the answers, (N, V), taken from those at every position."""
    ids, mask, at = pad(examples)
    logits: torch.Tensor = model(input_ids=ids, attention_mask=mask, use_cache=False).logits  # (B, T, V)
    return logits[at]


def pad(examples: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
    """Ids and mask, (B, T), padded on the right, and (rows, columns) before each answer token."""
    ids = torch.zeros(len(examples), max(map(length, examples)) - 1, dtype=torch.long)
    mask = torch.zeros_like(ids)
    rows, columns = [], []
    for row, example in enumerate(examples):
        read = [*example.prompt, *example.answer[:-1]]
        ids[row, : len(read)], mask[row, : len(read)] = torch.tensor(read), 1
        columns += range(len(example.prompt) - 1, len(read))
        rows += [row] * len(example.answer)
    return ids, mask, (torch.tensor(rows), torch.tensor(columns))


@torch.no_grad()
def difference(model: Any, batches: Sequence[Sequence[Lesson]]) -> float:
    """The largest between a batch's loss packed and the mean of its rows' own."""
    model.eval()
    rows = [[lesson.row for lesson in batch] for batch in batches]
    return max(
        abs(float(loss_of(model, batch)) - statistics.fmean(float(loss_of(model, [row])) for row in batch))
        for batch in rows
    )


def table(figures: dict[str, float]) -> None:
    print("| a step of eight pairs | tokens/s | the default against it |\n|---|---|---|")
    for name, speed in figures.items():
        print(f"| {name} | {speed:.0f} | {figures[DEFAULT] / speed:.2f} |", flush=True)


def on_threads(arguments: Sequence[str]) -> None:
    """The packed step with other settings of the threads."""
    for environment in THREADS:
        done = subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True,
                              env={**os.environ, **environment})  # fmt: skip
        said = ", ".join(f"{name}={value}" for name, value in environment.items())
        print(f"| packed, {said} | {float(done.stdout):.0f} | |", flush=True)


if __name__ == "__main__":
    main()
