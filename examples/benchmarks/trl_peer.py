"""A training step of ours beside TRL's self-distillation trainer (SDFT, arXiv 2601.19897), on the same pairs.

TRL's trainer samples the student's own answers and pulls them to what the same model says with the context before it.
`given` makes it do our work: its answers are those of the target set, its loss the KL to the teacher over the whole
vocabulary, its LoRA, batch and rate ours. `own` is the trainer as it comes, sampling eight answers of at most so many
tokens as ours have. After each of its steps ours is made on the same eight pairs (of `own`: on the pair it sampled for
and seven more). It has no grounded term: what the teacher does not know, it does not teach. With --whole it trains as
many batches as a consolidation of the script does, and both are asked the script. Prints markdown tables.

usage: pip install trl; OMP_WAIT_POLICY=passive python examples/benchmarks/trl_peer.py [SCRIPT] [--whole]
"""

import argparse
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from arms import measure, target_set
from speed import RECIPE, SCRIPT, Lesson, as_asked, conversed, heard
from transformers import TrainerCallback
from trl.experimental.sdft import SDFTConfig, SDFTTrainer

from agent.scripts import Script, read_script
from memory.distill import add_lora
from memory.frozen import Frozen
from memory.home import user_home
from memory.language import Example, Language, ask
from memory.models import base_folder, load
from memory.prompts import CONTEXT
from memory.targets import Pair, TargetSet
from memory.teacher import context_for, rows_for


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("script", type=Path, nargs="?", default=SCRIPT)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    cli.add_argument("--steps", type=int, default=5, help="that count, of each way; the first one does not")
    cli.add_argument("--seed", type=int, default=0)
    cli.add_argument("--whole", action="store_true", help="train all of a consolidation and ask the script")
    options = cli.parse_args()
    script = read_script(options.script)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "targets.yaml"
        target_set(file, script, options.seed, options.model)
        if options.whole:
            whole(script, file, options)
        else:
            steps(script, TargetSet.load(file), options)


def steps(script: Script, targets: TargetSet, options: argparse.Namespace) -> None:
    """A step of each way, in turn."""
    pairs = random.Random(options.seed).sample(targets.pairs, (options.steps + 1) * RECIPE.batch)
    print("| a step of eight pairs | s | ours | ours against it |\n|---|---|---|---|")
    for name, own in (("TRL SDFT, answers given", False), ("TRL SDFT as it comes, sampling its answers", True)):
        language = load(base_folder(options.model, user_home()), training=True)
        ours = our_steps(language, script, targets, pairs)
        beside = Beside(ours)
        trainer(options, script, pairs, options.steps + 1, own, [beside]).train()
        theirs, mine = (statistics.median(times[1:]) for times in (beside.theirs, beside.ours))
        print(f"| {name} | {theirs:.2f} | {mine:.2f} | {mine / theirs:.2f} |", flush=True)


def whole(script: Script, file: Path, options: argparse.Namespace) -> None:
    """A consolidation, then TRL on as many batches of the same pairs, answers given."""
    print("| what | steps | s | recall | false recall |\n|---|---|---|---|---|", flush=True)
    ours = measure(script, options.seed, "default", options.model, file, 0)
    recall = statistics.fmean(probe["hit"] for probe in ours["probes"])
    false = statistics.fmean(never["false_recall"] for never in ours["never_told"])
    print(f"| consolidation | {ours['steps']} | {ours['seconds']:.0f} | {recall:.2f} | {false:.2f} |", flush=True)
    pairs = TargetSet.load(file).pairs
    count, chance = ours["steps"] * RECIPE.batch, random.Random(options.seed)
    epochs = [pair for _ in range(math.ceil(count / len(pairs))) for pair in chance.sample(pairs, len(pairs))]
    peer = trainer(options, script, epochs[:count], ours["steps"], False, [Steps()])
    started = time.perf_counter()
    peer.train()
    seconds = time.perf_counter() - started
    language = replace(load(base_folder(options.model, user_home())), model=peer.model.merge_and_unload().eval())
    probes = [probe for probe in script.probes if probe.session == len(script.sessions)]
    said = ask(language, [probe.ask for probe in probes])
    never = ask(language, [never.ask for never in script.never_told])
    recall = statistics.fmean(probe.hit(answer) for probe, answer in zip(probes, said, strict=True))
    false = statistics.fmean(n.false_recall(answer) for n, answer in zip(script.never_told, never, strict=True))
    print(f"| TRL SDFT, answers given | {ours['steps']} | {seconds:.0f} | {recall:.2f} | {false:.2f} |")
    print(f"\nthe consolidation takes {ours['seconds'] / seconds:.2f} of TRL's time")


class Given(SDFTTrainer):  # type: ignore[misc]  # untyped upstream
    """The trainer with the answers that its examples bring instead of sampled ones."""

    def sample_rollouts(self, inputs: list[dict[str, Any]]) -> Any:
        self._given = [example["answer"] for example in inputs]
        return super().sample_rollouts(inputs)

    def _generate(self, prompt_ids: list[list[int]]) -> tuple[list[list[int]], list[list[int]]]:
        return prompt_ids, self._given


class Beside(TrainerCallback):  # type: ignore[misc]
    """Times each step of the trainer, and one of ours right after it."""

    def __init__(self, ours: Callable[[int], None]) -> None:
        self._ours = ours
        self.theirs: list[float] = []
        self.ours: list[float] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._started = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = time.perf_counter()
        self.theirs.append(now - self._started)
        self._ours(len(self.ours))
        self.ours.append(time.perf_counter() - now)


class Steps(TrainerCallback):  # type: ignore[misc]
    """Says how far it is."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step % 20 == 0:
            print(f"TRL: step {state.global_step} of {state.max_steps} …", file=sys.stderr, flush=True)


def trainer(
    options: argparse.Namespace, script: Script, pairs: Sequence[Pair], count: int, own: bool, callbacks: list[Any]
) -> Any:
    """TRL's trainer with a fresh base, for `count` steps over the pairs as they come."""
    language = load(base_folder(options.model, user_home()), training=True)
    shape = add_lora(load(base_folder(options.model, user_home()), training=True), RECIPE).peft_config["default"]
    facts = heard([text for turns in script.sessions for text in turns])
    contexts = context_for(language, facts)
    whole = next(iter(contexts.values()), CONTEXT.format(facts=""))
    answers = [language.answer_ids(pair.answer) for pair in pairs]
    settings = SDFTConfig(
        output_dir=tempfile.mkdtemp(), report_to="none", save_strategy="no", logging_strategy="no", disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(), bf16=False, gradient_checkpointing=False, max_steps=count,
        per_device_train_batch_size=RECIPE.batch, num_generations=RECIPE.batch if own else 1,
        shuffle_dataset=False, learning_rate=RECIPE.learning_rate, lr_scheduler_type="cosine",
        warmup_steps=round(RECIPE.warmup * count), weight_decay=0.0, seed=options.seed,
        distillation_mode="full_logits", distillation_alpha=0.0, teacher_model_kind="base", max_prompt_length=None,
        max_completion_length=max(map(len, answers)), teacher_prompt_template="{privileged_context}\n\n{prompt}",
    )  # fmt: skip
    asked = [
        {
            "prompt": [{"role": "user", "content": pair.question}],
            "privileged_context": contexts.get(pair.experience, whole),
            "answer": answer,
        }
        for pair, answer in zip(pairs, answers, strict=True)
    ]
    kind = SDFTTrainer if own else Given
    return kind(
        language.model, settings, asked, processing_class=language.tokenizer,
        callbacks=callbacks, peft_config=shape,
    )  # fmt: skip


def our_steps(language: Language, script: Script, targets: TargetSet, pairs: Sequence[Pair]) -> Callable[[int], None]:
    """What makes the n-th step of ours on the n-th eight of these pairs, as a consolidation does."""
    facts = heard([text for turns in script.sessions for text in turns])
    rows = {row.example: row for row in rows_for(language, targets, facts, RECIPE)}
    asked = [Example(tuple(language.question(p.question)), tuple(language.answer_ids(p.answer))) for p in pairs]
    lessons = [Lesson(rows[example], example) for example in asked]
    model = add_lora(language, RECIPE)
    model.train()
    optimizer = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], lr=1e-4)
    frozen = Frozen(model)

    def step(number: int) -> None:
        batch = lessons[number * RECIPE.batch : (number + 1) * RECIPE.batch]
        with frozen.once([row.example for row in as_asked(batch)]):
            conversed(model, batch)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


if __name__ == "__main__":
    main()
