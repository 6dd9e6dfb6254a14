"""Trains the adapter of `memory/preparation.py` on made-up people, and measures it on people of statements kept aside.

A made-up person says seven to sixteen statements of the example bank and of `question_generation/statements.jsonl`.
USERS of them learn at a time, each in an adapter of rank 16 on the upper half of the layers, by AdamW in INNER steps on
half of what each statement may be asked, half of what is not told, questions to the assistant and unrelated ones. From
step FROM on the common adapter, rank 16 on all layers, is given the gradient of the other half, asked of the weights
with both: first-order MAML (arXiv 1703.03400). At the end its A is kept out of the directions that unrelated talk uses.

The shipped adapter was trained so on an H200, for 217 s beside other work there: ten rounds, 160 people. Needs a GPU.

usage: python examples/preparation/train.py OUT_FOLDER [--seconds 220] [--seed 0]
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from memory.anchors import anchors, unrelated_rows
from memory.assembly import NOT_TOLD, near_misses
from memory.bank import bank
from memory.distill import add_lora
from memory.home import user_home
from memory.judge import Encoder, fold
from memory.language import Example, Language
from memory.models import DEFAULT_MODEL, base_folder, load, sentence_folder
from memory.null_space import used_directions
from memory.objective import Distribution, kl_divergence
from memory.persons import second_person
from memory.settings import Recipe
from memory.teacher import Row
from memory.wording import embedded, in_haste, rewordings

STATEMENTS = Path(__file__).parents[1] / "question_generation" / "statements.jsonl"
HELD = 200
"""Statements of which the people are made that measure."""
USERS, INNER, FROM = 16, 50, 12
SUPPORT, QUERY = 10, 12
"""Rows of each person in a step: what his adapter learns from, what the common one does."""
RANK, SCALE, RATE, OWN_RATE = 16, 2.0, 1e-3, 2e-3
UNRELATED_KL, FIRST, FIRST_WEIGHT = 2.0, 3, 4.0
TOO_LIKE = 0.78
"""Cosine of two questions from which on one person does not say what answers both."""
FACTS, NOT_TOLDS, ASSISTANT, CHAT = 0.53, 0.83, 0.87, 0.96
"""Shares of the rows, added up: on what was told, on what was not, on the assistant, unrelated; the rest is prose."""


@dataclass(frozen=True)
class Said:
    """A statement: its answer, what it may be asked, plainly and obliquely, in other forms, and what it leaves open."""

    answer: str
    plain: list[str]
    oblique: list[str]
    other: list[str]
    open: list[str]
    like: frozenset[int]
    """Numbers of the statements that answer a question of it, too."""


@dataclass(frozen=True)
class Asked:
    kind: str
    row: Row


def refusal(question: str) -> str:
    clause = second_person(embedded(question)) or "that"
    return NOT_TOLD.format(clause=clause[0].lower() + clause[1:])


def read_statements(encoder: Encoder, rng: random.Random) -> tuple[list[Said], list[Said]]:
    """Those to train on and those kept aside."""
    entries = [
        {**e, "oblique": [q for qs in e.get("obliquely", {}).values() for q in qs], "not": []} for e in bank()["facts"]
    ]
    entries += [json.loads(line) for line in STATEMENTS.read_text(encoding="utf-8").splitlines()]
    entries = [e for e in entries if len(e["statement"].split()) <= 28 and len(e["questions"]) >= 4]
    rng.shuffle(entries)
    return [*_of(encoder, entries[HELD:])], [*_of(encoder, entries[:HELD])]


def _of(encoder: Encoder, entries: Sequence[dict[str, Any]]) -> Iterator[Said]:
    vectors = [encoder(e["questions"]) for e in entries]
    everything = torch.cat([torch.from_numpy(v) for v in vectors])
    owner = torch.tensor([i for i, v in enumerate(vectors) for _ in v])
    for i, entry in enumerate(entries):
        near = owner[(torch.from_numpy(vectors[i]) @ everything.T > TOO_LIKE).any(0)]
        other = [form for n, q in enumerate(entry["questions"]) for form in [*rewordings(q, n)][:1]]
        yield Said(
            second_person(entry["statement"]), entry["questions"], entry["oblique"], other, entry["not"],
            frozenset(near.tolist()) - {i},
        )  # fmt: skip


class Person:
    """Made up: what he may be asked, half of it for his own adapter, the other half for the common one."""

    def __init__(self, language: Language, all_said: Sequence[Said], unrelated: Sequence[Row], rng: random.Random):
        self._language, self._unrelated = language, unrelated
        chosen: list[int] = []
        for i in rng.sample(range(len(all_said)), len(all_said)):
            if len(chosen) < rng.randint(7, 16) and not all_said[i].like & set(chosen):
                chosen.append(i)
        said = [all_said[i] for i in chosen]
        taken = set(chosen).union(*(one.like for one in said))
        strange = [all_said[i] for i in rng.sample(range(len(all_said)), 60) if i not in taken]
        known = {fold(q) for one in said for q in one.plain}
        told: list[tuple[str, str, str]] = []
        for one in said:
            told += [("fact", in_haste(q) if rng.random() < 0.15 else q, one.answer) for q in (*one.plain, *one.other)]
            told += [("oblique fact", q, one.answer) for q in one.oblique]
        untold = [("not told", q, refusal(q)) for one in said for q in one.open]
        untold += [("not told", q, refusal(q)) for one in strange for q in one.plain]
        untold += [("oblique not told", q, refusal(one.plain[0])) for one in strange for q in one.oblique]
        heard = [one.answer for one in said]
        untold += [("not told", pair.question, pair.answer) for pair in [*near_misses(heard, rng)][:80]]
        untold = [entry for entry in untold if fold(entry[1]) not in known]
        rng.shuffle(told)
        rng.shuffle(untold)
        self.halves = [(told[::2], untold[::2]), (told[1::2], untold[1::2])]

    def rows(self, half: int, count: int, rng: random.Random) -> list[Asked]:
        told, untold = self.halves[half]
        itself = bank()["assistant"]
        found = []
        for _ in range(count):
            lot = rng.random()
            if lot < NOT_TOLDS:
                kind, question, answer = rng.choice(told if lot < FACTS else untold)
                found.append(Asked(kind, self._row(question, answer)))
            elif lot < ASSISTANT:
                entry = rng.choice(itself)
                found.append(Asked("assistant", self._row(entry["question"], entry["answer"])))
            else:
                chat = [row for row in self._unrelated if row.again] if lot < CHAT else self._unrelated
                found.append(Asked("unrelated", rng.choice(chat)))
        return found

    def _row(self, question: str, answer: str) -> Row:
        language = self._language
        example = Example(tuple(language.question(question)), tuple(language.answer_ids(answer)))
        return Row(example, NOTHING, 0.0, 1.0, decisive=FIRST_WEIGHT)


NOTHING = Distribution(torch.zeros(0, 1, dtype=torch.long), torch.zeros(0, 1), torch.zeros(0))


class TwoAdapters(nn.Module):
    """A frozen linear layer with the common adapter and, on the upper half, one of each person's.

    The first `support` rows of a batch, each person's in a block, teach his own; those behind them the common one.
    """

    support = 0

    def __init__(self, layer: nn.Linear, own: bool) -> None:
        super().__init__()
        out, size = layer.weight.shape
        half = torch.bfloat16 if layer.weight.is_cuda else torch.float32
        self.register_buffer("weight", layer.weight.detach().to(half))
        new = {"device": layer.weight.device}
        self.a, self.b = nn.Parameter(torch.empty(RANK, size, **new)), nn.Parameter(torch.zeros(out, RANK, **new))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))
        self.own = own
        if own:
            self.own_a = nn.Parameter(torch.empty(USERS, RANK, size, **new))
            self.own_b = nn.Parameter(torch.zeros(USERS, out, RANK, **new))

    def forget(self) -> None:
        if self.own:
            bound = self.own_a.shape[-1] ** -0.5
            self.own_a.data.uniform_(-bound, bound)
            self.own_b.data.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # (B, T, in) -> (B, T, out)
        plain, linear = functional.linear(x, self.weight), functional.linear
        teach, ask = x[: self.support], x[self.support :]
        added = [linear(linear(teach, self.a.detach()), self.b.detach()), linear(linear(ask, self.a), self.b)]
        plain = plain + SCALE * torch.cat(added)
        if not self.own:
            return plain
        parts = [self._own(teach, self.own_a, self.own_b), self._own(ask, self.own_a.detach(), self.own_b.detach())]
        return plain + SCALE * torch.cat(parts)

    def _own(self, x: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        count, length, size = x.shape
        each = x.reshape(USERS, count // USERS * length, size)
        added = torch.bmm(torch.bmm(each, a.transpose(1, 2).to(x.dtype)), b.transpose(1, 2).to(x.dtype))
        return added.reshape(count, length, b.shape[1])


class Preparation:
    """The model with both kinds of adapters, and how it learns."""

    def __init__(self, language: Language) -> None:
        self.language, model = language, language.model
        model.requires_grad_(False)
        lower = model.config.num_hidden_layers // 2
        self.layers: dict[str, TwoAdapters] = {}
        for name, layer in [*model.named_modules()]:
            if isinstance(layer, nn.Linear) and "layers." in name:
                parent, _, last = name.rpartition(".")
                self.layers[name] = TwoAdapters(layer, int(name.split("layers.")[1].split(".")[0]) >= lower)
                setattr(model.get_submodule(parent), last, self.layers[name])
        self.common = [p for layer in self.layers.values() for p in (layer.a, layer.b)]
        self.owns = [p for layer in self.layers.values() if layer.own for p in (layer.own_a, layer.own_b)]
        self.optimizer = torch.optim.AdamW(self.common, lr=RATE, weight_decay=0.01)

    def losses(self, rows: Sequence[Row]) -> tuple[torch.Tensor, list[bool]]:
        """(B,) the loss of each row, and whether each token of its answer is the likeliest."""
        language, device = self.language, self.language.device
        width = max(len(row.example.prompt) + len(row.example.answer) for row in rows)
        ids = torch.full((len(rows), width), language.end_of_turn)
        where, gold, owner, share = [], [], [], []
        for i, row in enumerate(rows):
            prompt, answer = row.example.prompt, row.example.answer
            ids[i, : len(prompt) + len(answer)] = torch.tensor([*prompt, *answer])
            where += range(i * width + len(prompt) - 1, i * width + len(prompt) + len(answer) - 1)
            gold += answer
            owner += [i] * len(answer)
            share += row.shares
        gold_, owner_, share_ = (torch.tensor(x, device=device) for x in (gold, owner, share))
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            hidden = language.model.model(input_ids=ids.to(device), use_cache=False).last_hidden_state.flatten(0, 1)
            logits = language.model.lm_head(hidden[where])
        log_probs = logits.float().log_softmax(-1)  # (N, V)
        each = functional.nll_loss(log_probs, gold_, reduction="none")
        for i in [i for i, row in enumerate(rows) if row.kl]:
            said = rows[i].teacher
            teacher = Distribution(said.ids.to(device), said.log_probs.to(device), said.tail.to(device))
            each = each.masked_scatter(owner_ == i, UNRELATED_KL * kl_divergence(teacher, log_probs[owner_ == i]))
        wrong = {owner[n] for n in (log_probs.argmax(-1) != gold_).nonzero()[:, 0].tolist()}
        loss = torch.zeros(len(rows), device=device).index_add(0, owner_, each * share_)
        return loss, [i not in wrong for i in range(len(rows))]

    def round(self, people: Sequence[Person], rate: float, rng: random.Random) -> float:
        """The people learn; at rate > 0 so does the common adapter. Its mean loss."""
        for layer in self.layers.values():
            layer.forget()
        own = torch.optim.AdamW(self.owns, lr=OWN_RATE, weight_decay=0.0)
        losses = []
        for step in range(INNER):
            warm, falling = min(1, (step + 1) / 3), 0.5 * (1 + math.cos(math.pi * step / INNER))
            own.param_groups[0]["lr"] = OWN_RATE * warm * falling
            taught = [asked.row for person in people for asked in person.rows(0, SUPPORT, rng)]
            learns = bool(rate) and step >= FROM
            asks = [asked.row for person in people for asked in person.rows(1, QUERY, rng)] if learns else []
            TwoAdapters.support = len(taught)
            loss, _ = self.losses([*taught, *asks])
            total = loss[: len(taught)].view(USERS, -1).mean(1).sum()
            if learns:
                total = total + loss[len(taught) :].mean()
                losses.append(loss[len(taught) :].mean().item())
            total.backward()
            norms = sum((p.grad**2).flatten(1).sum(1) for p in self.owns).sqrt()  # (USERS,)
            for p in self.owns:
                p.grad.mul_((1 / (norms + 1e-6)).clamp(max=1)[:, None, None])
            own.step()
            own.zero_grad(set_to_none=True)
            if learns:
                torch.nn.utils.clip_grad_norm_(self.common, 1.0)
                self.optimizer.param_groups[0]["lr"] = rate
                self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
        return sum(losses) / max(1, len(losses))

    @torch.no_grad()
    def report(self, title: str, people: Sequence[Person], rng: random.Random) -> None:
        """What the other half's questions are answered once these people have been learned."""
        TwoAdapters.support = 0
        found: dict[str, list[tuple[float, bool]]] = {}
        for _ in range(6):
            asked = [one for person in people for one in person.rows(1, QUERY, rng)]
            losses, right = self.losses([one.row for one in asked])
            for one, loss, hit in zip(asked, losses.tolist(), right, strict=True):
                found.setdefault(one.kind, []).append((loss, hit))
        for kind, each in sorted(found.items()):
            loss, hits = (sum(values) / len(each) for values in zip(*each, strict=True))
            print(f"| {title} | {kind} | {len(each)} | {loss:.3f} | {hits:.2f} |", flush=True)

    def save(self, folder: Path, kept: Sequence[Row]) -> None:
        """The common adapter as PEFT keeps one, out of the directions of unrelated talk."""
        fresh = load(base_folder(DEFAULT_MODEL, user_home()), training=True)
        model: PeftModel = add_lora(fresh, replace(Recipe(), frozen=0.0))
        used = used_directions(model, [row.example for row in kept], Recipe().null_space)
        weights = {}
        for name, layer in self.layers.items():
            directions = used[f"base_model.model.{name}.lora_A.default"].to(layer.a.device)
            weights[f"base_model.model.{name}.lora_A.weight"] = directions.keep(layer.a.detach())
            weights[f"base_model.model.{name}.lora_B.weight"] = layer.b.detach()
        LoraConfig(
            r=RANK, lora_alpha=round(SCALE * RANK), target_modules="all-linear", task_type="CAUSAL_LM",
            base_model_name_or_path=DEFAULT_MODEL, inference_mode=True,
        ).save_pretrained(str(folder))  # fmt: skip
        half = {name: weight.half().cpu().contiguous() for name, weight in weights.items()}
        save_file(half, folder / "adapter_model.safetensors", metadata={"format": "pt"})


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("out", type=Path)
    cli.add_argument("--seconds", type=float, default=220)
    cli.add_argument("--seed", type=int, default=0)
    options = cli.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    home = user_home()
    language = load(base_folder(DEFAULT_MODEL, home, print), training=True)
    kept = anchors([*bank()["unrelated"], *bank()["remarks"]], DEFAULT_MODEL, home, "auto", Recipe().top_k, print)
    unrelated = unrelated_rows(language, kept, replace(Recipe(), prose=22))
    train, held = read_statements(Encoder(sentence_folder(home, print)), rng)
    both = Preparation(language)

    def people(said: Sequence[Said], seed: random.Random) -> list[Person]:
        return [Person(language, said, unrelated, seed) for _ in range(USERS)]

    def measure(title: str) -> None:
        seed = random.Random(1)
        aside = people(held, seed)
        both.round(aside, 0.0, seed)
        both.report(title, aside, seed)

    print("| | of people of statements kept aside | asked | loss | right |\n|---|---|---|---|---|")
    measure("before")
    started, rounds = time.monotonic(), 0
    while (spent := (time.monotonic() - started) / options.seconds) < 1:
        rounds += 1
        rate = RATE * min(1, rounds / 3) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * spent)))
        print(f"round {rounds}: {both.round(people(train, rng), rate, rng):.3f}", flush=True)
    measure("after")
    both.save(options.out, unrelated)


if __name__ == "__main__":
    main()
