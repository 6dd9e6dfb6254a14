"""One target set learned by a consolidation and by a plain transformers + peft loop, then both asked the script.

The loop makes as many steps over the same batches: adapter, pairs as they come in turns, conversations, learning rate
and losses of the default recipe, but not its null space; padded, logits everywhere, the teacher asked in each step,
every layer computed. Its time is the training alone, the consolidation's is loading, teaching, training, merging and
the gate; the writing is in neither. Prints a table.

usage: OMP_WAIT_POLICY=passive python examples/benchmarks/plain_loop.py SCRIPT [--model M] [--seed 0]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from arms import measure, target_set
from speed import RECIPE, Lesson, lessons, plain

from agent.scripts import Script, read_script
from memory.anchors import anchors, unrelated_rows
from memory.bank import bank
from memory.distill import add_lora, epochs_of, learning_rate, talked
from memory.home import user_home
from memory.language import ask
from memory.models import base_folder, load
from memory.settings import Recipe
from memory.targets import TargetSet
from memory.teacher import Row


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("script", type=Path)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    cli.add_argument("--seed", type=int, default=0)
    options = cli.parse_args()
    script = read_script(options.script)
    with tempfile.TemporaryDirectory() as folder:
        targets = Path(folder) / "targets.yaml"
        target_set(targets, script, options.seed, options.model)
        ours = measure(script, options.seed, "default", options.model, targets, 0)
        recall = sum(probe["hit"] for probe in ours["probes"]) / len(ours["probes"])
        print("| what | steps | s | recall |\n|---|---|---|---|", flush=True)
        print(f"| consolidation | {ours['steps']} | {ours['seconds']:.0f} | {recall:.2f} |", flush=True)
        seconds, recall = loop(script, TargetSet.load(targets), ours["steps"], options)
    print(f"| plain loop | {ours['steps']} | {seconds:.0f} | {recall:.2f} |")
    print(f"\nthe consolidation takes {ours['seconds'] / seconds:.2f} of the plain loop's time")


def loop(script: Script, targets: TargetSet, steps: int, options: argparse.Namespace) -> tuple[float, float]:
    """Seconds of the plain loop's training, and the share of the script's last questions it answers afterwards."""
    torch.manual_seed(options.seed)
    language = load(base_folder(options.model, user_home()), training=True)
    told = [text for turns in script.sessions for text in turns]
    learned = [lesson for batch in lessons(language, targets, told) for lesson in batch]
    asked = random.Random(options.seed).sample(bank()["unrelated"], RECIPE.unrelated * RECIPE.epochs)
    kept = anchors(asked, options.model, user_home(), "auto", Recipe().top_k)
    learned += [Lesson(row, row.example) for row in unrelated_rows(language, kept, RECIPE)]
    batches = batches_of(learned, options.seed)
    started = time.perf_counter()
    model = add_lora(language, RECIPE)
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=RECIPE.learning_rate, weight_decay=0.0)
    model.train()
    for step in range(steps):
        if step % 20 == 0:
            print(f"plain loop: step {step} of {steps} …", file=sys.stderr, flush=True)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, RECIPE)
        plain(model, batches[step % len(batches)])
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    model.eval()
    seconds = time.perf_counter() - started
    probes = [probe for probe in script.probes if probe.session == len(script.sessions)]
    answers = ask(language, [probe.ask for probe in probes])
    return seconds, sum(probe.hit(answer) for probe, answer in zip(probes, answers, strict=True)) / len(probes)


def batches_of(learned: Sequence[Lesson], seed: int) -> list[list[Lesson]]:
    """The batches of all epochs, as a consolidation makes them."""
    told = {id(lesson.row): lesson.told for lesson in learned}

    def batch(rows: Sequence[Row]) -> list[Lesson]:
        return [Lesson(as_asked, told[id(row)]) for row, as_asked in zip(rows, talked(rows, RECIPE.talk), strict=True)]

    epochs = epochs_of([lesson.row for lesson in learned], RECIPE, random.Random(seed))
    return [
        batch(order[start : start + RECIPE.batch]) for order in epochs for start in range(0, len(order), RECIPE.batch)
    ]


if __name__ == "__main__":
    main()
