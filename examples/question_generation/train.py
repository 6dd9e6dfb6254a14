"""Trains the adapter of `memory/question_generation.py`, and measures it on statements kept aside.

Four tasks, one line of text each, the loss on what stands behind the arrow:
  "Statement: S\\nQuestion:" → a question that S answers; "Statement: S\\nNot told:" → one that it does not;
  "Statement: S\\nQuestion: Q\\nTold:" → yes or no; "Before: B\\nSaid: M\\nStatements:" → the facts of a message.
The last is trained for what may come: the program does not ask for it (CONTRIBUTING, "A hearer").

Data: the statements of `memory/exemplars.yaml` and `statements.jsonl` with questions on them ("not": what they do not
answer), `judged.jsonl` (what a writer asked of a statement, judged by a language model), `messages.jsonl` (with what
they say), all but a part of the bank written by language models. The shipped adapter is of an earlier state of the last
two files and of a script from which this one was written; this one has been run on thirty lines. Needs a GPU.

usage: python examples/question_generation/train.py OUT_FOLDER [--epochs 3] [--rank 16] [--seed 0]
"""

import argparse
import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from sklearn.metrics import roc_auc_score

from memory.bank import bank, kinds, roles_in, words
from memory.home import user_home
from memory.judge import fold
from memory.language import Language
from memory.models import DEFAULT_MODEL, base_folder, load
from memory.question_generation import QuestionGenerator

HERE = Path(__file__).parent
HELD = 140
"""Statements kept aside, and of the scripts that judged pairs come from every HELD_SCRIPTS-th."""
HELD_SCRIPTS = 4
TOLD_WEIGHT = 4.0
"""A yes or no weighs as much as a short question."""
IGNORED = -100


@dataclass(frozen=True)
class Entry:
    """A statement, questions that it answers, plain and in other words, and others that it does not."""

    statement: str
    questions: Sequence[str]
    oblique: Sequence[str] = ()
    unanswered: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """What is read and what is to follow; `told`: a yes or no."""

    prompt: str
    completion: str
    told: bool = False


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("out", type=Path)
    cli.add_argument("--epochs", type=int, default=3)
    cli.add_argument("--rank", type=int, default=16)
    cli.add_argument("--rate", type=float, default=1.5e-3)
    cli.add_argument("--tokens", type=int, default=16_000, help="of a batch, with its padding")
    cli.add_argument("--seed", type=int, default=0)
    options = cli.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    entries = read_entries()
    rng.shuffle(entries)
    pairs = read("judged.jsonl")
    scripts = sorted({pair["script"] for pair in pairs if "script" in pair})
    aside = set(scripts[::HELD_SCRIPTS])
    lines = [*tasks(entries[HELD:], rng), *messages()]
    lines += [told(p["statement"], p["question"], p["answered"]) for p in pairs if p.get("script") not in aside] * 2
    language = load(base_folder(DEFAULT_MODEL, user_home(), print), training=True)
    trained = train(language, lines, options, rng)
    trained.save_pretrained(str(options.out))
    generator = QuestionGenerator(Language(trained.merge_and_unload(), language.tokenizer))
    judged = [(p["statement"], p["question"], bool(p["answered"])) for p in pairs if p.get("script") in aside]
    written = [(e.statement, q, True) for e in entries[:HELD] for q in e.questions]
    written += [(e.statement, q, False) for e in entries[:HELD] for q in e.unanswered]
    print("| kept aside | pairs | right at .5 | area under the curve |\n|---|---|---|---|")
    for name, asked in (("what a writer asked", judged), ("what was written for them", written)):
        likely = [generator.answered(statement, [question])[0] for statement, question, _ in asked]
        right = sum((p > 0.5) == answered for p, (*_, answered) in zip(likely, asked, strict=True)) / len(asked)
        area = roc_auc_score([answered for *_, answered in asked], likely)
        print(f"| {name} | {len(asked)} | {right:.3f} | {area:.3f} |")


def read(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def read_entries() -> list[Entry]:
    own = [
        Entry(e["statement"], e["questions"], [q for qs in e.get("obliquely", {}).values() for q in qs])
        for e in bank()["facts"]
    ]
    return own + [Entry(e["statement"], e["questions"], e["oblique"], e["not"]) for e in read("statements.jsonl")]


def told(statement: str, question: str, answered: bool) -> Line:
    return Line(f"Statement: {statement}\nQuestion: {question}\nTold:", " yes" if answered else " no", told=True)


def tasks(entries: Sequence[Entry], rng: random.Random) -> Iterator[Line]:
    """Of each statement its questions, what it does not answer, and whether it answers these and others."""
    for entry in entries:
        said = entry.statement
        for question in entry.questions:
            yield Line(f"Statement: {said}\nQuestion:", f" {question}")
            if rng.random() < 0.5:
                yield told(said, question, True)
            if rng.random() < 0.25 and (other := of_another_relative(question, said, rng)):
                yield told(said, other, False)
            stranger = rng.choice(entries)
            if rng.random() < 0.25 and fold(question) not in map(fold, [*stranger.questions, *stranger.oblique]):
                yield told(stranger.statement, question, False)
        for question in entry.oblique:
            yield told(said, question, True)
            if rng.random() < 0.5:
                yield told(rng.choice(entries).statement, question, False)
        for question in entry.unanswered:
            yield Line(f"Statement: {said}\nNot told:", f" {question}")
            yield told(said, question, False)


def of_another_relative(question: str, statement: str, rng: random.Random) -> str | None:
    """ "What is my son called?" → "What is my aunt called?", if the statement speaks of no aunt."""
    if not (named := roles_in(question)):
        return None
    known = {fold(word) for word in [*roles_in(statement), named[0]]}
    known |= {word for role in known for group in kinds().get(role, ()) for word in group}
    others = [role for group in words()["roles"] for role in group if fold(role) not in known]
    return re.sub(rf"\b{re.escape(named[0])}\b", rng.choice(others), question)


def messages() -> Iterator[Line]:
    for entry in read("messages.jsonl"):
        before = f"Before: {entry['before']}\n" if entry["before"] else ""
        said = "".join(f"\n{fact}" for fact in entry["facts"]) or "\nnone"
        yield Line(f"{before}Said: {entry['say']}\nStatements:", said)


def train(language: Language, lines: Sequence[Line], options: argparse.Namespace, rng: random.Random):
    """The model with the adapter: AdamW, a cosine to a twentieth, batches of lines of like length."""
    shape = LoraConfig(r=options.rank, lora_alpha=2 * options.rank, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(language.model, shape).train()
    end = [language.end_of_turn]
    rows = [(language.encode(x.prompt), language.encode(x.completion) + ([] if x.told else end), x.told) for x in lines]
    todo = [batch for _ in range(options.epochs) for batch in batches(rows, options.tokens, rng)]
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=options.rate, weight_decay=0.0)
    half = torch.autocast(language.device.type, dtype=torch.bfloat16, enabled=language.device.type == "cuda")
    for step, batch in enumerate(todo):
        falling = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / len(todo)))
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 50) * falling
        with half:
            loss = loss_of(model, [rows[i] for i in batch], language)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 50 == 0:
            print(f"step {step} of {len(todo)}: {loss.item():.3f}", flush=True)
    return model.eval()


def batches(rows: Sequence[tuple[list[int], list[int], bool]], tokens: int, rng: random.Random) -> list[list[int]]:
    """Numbers of the rows, of like length together, so many that with their padding they have `tokens` at most."""
    found: list[list[int]] = []
    batch: list[int] = []
    for i in sorted(range(len(rows)), key=lambda i: len(rows[i][0]) + len(rows[i][1]) + 6 * rng.random()):
        longest = max(len(rows[j][0]) + len(rows[j][1]) for j in [*batch, i])
        if batch and longest * (len(batch) + 1) > tokens:
            found.append(batch)
            batch = []
        batch.append(i)
    rng.shuffle(found := [*found, batch])
    return found


def loss_of(model, rows: Sequence[tuple[list[int], list[int], bool]], language: Language) -> torch.Tensor:
    """Mean cross-entropy of the completions' tokens, with logits at these alone."""
    width = max(len(prompt) + len(rest) for prompt, rest, _ in rows)
    ids = torch.full((len(rows), width), language.end_of_turn)  # (B, T)
    labels, mask = torch.full_like(ids, IGNORED), torch.zeros_like(ids)
    for i, (prompt, rest, _) in enumerate(rows):
        ids[i, : len(prompt) + len(rest)] = torch.tensor(prompt + rest)
        labels[i, len(prompt) : len(prompt) + len(rest)] = torch.tensor(rest)
        mask[i, : len(prompt) + len(rest)] = 1
    ids, labels, mask = (t.to(language.device) for t in (ids, labels, mask))
    core = model.base_model.model
    hidden = core.model(input_ids=ids, attention_mask=mask).last_hidden_state  # (B, T, H)
    asked = labels[:, 1:] != IGNORED  # (B, T - 1)
    losses = torch.nn.functional.cross_entropy(
        core.lm_head(hidden[:, :-1][asked]).float(), labels[:, 1:][asked], reduction="none"
    )
    yes_or_no = torch.tensor([told for *_, told in rows], device=language.device)[:, None].expand_as(asked)[asked]
    weight = torch.where(yes_or_no, TOLD_WEIGHT, 1.0)
    return (losses * weight).sum() / weight.sum()


if __name__ == "__main__":
    main()
