"""Distillation: cache what the teacher says with the context, train LoRA to say it without. Source: arXiv 2410.00487.

The teacher is the same weights with the adapter off, so one copy stays in memory. A weak teacher answers badly even
with the context before it; the cross-entropy on the grounded answer carries the facts then, the KL the manners.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from memory.assembly import questions_each
from memory.errors import ModelError
from memory.folders import quantised
from memory.frozen import Frozen
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.null_space import kept_out, used_directions
from memory.objective import Distribution, condense, kl_divergence
from memory.precision import half
from memory.preparation import prepared
from memory.prompts import CONTEXT
from memory.settings import Recipe
from memory.targets import Pair, Statement, TargetSet
from memory.team import ALONE, Team

if TYPE_CHECKING:
    from peft import PeftModel

CONTEXT_TOKENS = 800
"""Longest context given to the teacher; more statements than fit are split into several contexts."""

DECISIVE = 3
"""An answer's first tokens: they decide between things told ("You're seeing …") and "You haven't told me …"."""

STEP_MEMORY = 1.8
"""What a step takes for each byte of the weights, beside them (measured for the default model; `estimate.TRAINING`)."""

_TEACHER_BATCH = 32


@dataclass(frozen=True)
class Row:
    """One training example: the student's prompt and answer, the teacher's words, the weights of both loss terms.

    turns: it is trained in every so many epochs. again: what asks it as a later turn of a conversation, if it can be.
    decisive: how much more the answer's first DECISIVE tokens count than each of the others.
    """

    example: Example
    teacher: Distribution
    kl: float
    ce: float
    turns: int = 1
    again: tuple[int, ...] = ()
    decisive: float = 1.0

    @property
    def shares(self) -> list[float]:
        """What each of the answer's tokens counts of its loss; together 1."""
        each = [self.decisive if i < DECISIVE else 1.0 for i in range(len(self.example.answer))]
        return [one / sum(each) for one in each]

    def behind(self, before: "Row") -> "Row":
        """The same asked in the conversation that the other one began."""
        said = (*before.example.prompt, *before.example.answer)
        return replace(self, example=Example((*said, *self.again), self.example.answer))


@dataclass(frozen=True)
class Progress:
    """How far training is: optimizer steps done and in all, and the last step's loss in nats."""

    step: int
    steps: int
    loss: float


def context_for(language: Language, facts: Sequence[Statement]) -> dict[str, str]:
    """experience id → the system text that tells the teacher what was said, at most CONTEXT_TOKENS of it."""
    groups: list[list[Statement]] = [[]]
    used = 0
    for fact in {fact.text: fact for fact in facts}.values():
        length = len(language.encode(fact.text))
        if used + length > CONTEXT_TOKENS and groups[-1]:
            groups.append([])
            used = 0
        groups[-1].append(fact)
        used += length
    return {
        fact.experience: CONTEXT.format(facts=" ".join(dict.fromkeys(f.text for f in group)))
        for group in groups
        for fact in group
    }


def rows_for(language: Language, targets: TargetSet, facts: Sequence[Statement], recipe: Recipe) -> list[Row]:
    """Every pair with the teacher's distribution at its answer, computed once, before training."""
    contexts = context_for(language, facts)
    whole = next(iter(contexts.values()), None)
    rows: list[Row] = []
    turns = turns_of(targets, questions_each(len(facts), recipe.questions), recipe)
    often = repeats_of(targets, facts, recipe.of_texts)
    groups: dict[tuple[str | None, bool], list[Pair]] = {}
    for pair in targets.pairs:
        context = whole if pair.kind == "open" else contexts.get(pair.experience)
        groups.setdefault((context, bool(recipe.weights(pair.kind)[0])), []).append(pair)
    for (context, taught), pairs in groups.items():
        taught_once = zip(pairs, _teach(language, pairs, context, taught, recipe, turns), strict=True)
        rows += [row for pair, row in taught_once for _ in range(often.get(pair, 1))]
    told = [contexts[pair.experience] for pair in targets.of_kind("fact") if pair.experience in contexts]
    chance = random.Random(recipe.seed)
    rows += [_end_of(language, context, recipe, chance) for context in told for _ in range(recipe.context_rows)]
    return [row for row in rows if row.kl or row.ce]


def turns_of(targets: TargetSet, an_epoch: int, recipe: Recipe) -> dict[Pair, int]:
    """In every so many epochs each pair is trained: of a fact's questions about `an_epoch` in one, by kind the others.

    Twice as many wordings at the same cost: what was never asked is more often like one that was.
    """
    asked = Counter(pair.answer for pair in targets.of_kind("fact"))
    return {
        pair: max(1, round(asked[pair.answer] / an_epoch)) if pair.kind == "fact" else recipe.turns(pair.kind)
        for pair in targets.pairs
    }


def repeats_of(targets: TargetSet, facts: Sequence[Statement], least: int) -> dict[Pair, int]:
    """How many times an epoch a question about a text is trained, so that each of its parts is asked for `least` times.

    Of what was said of oneself there are as many questions; of a text two or three, by which little of it is learned.
    """
    parts = {fact.answer for fact in facts if fact.asked}
    asked = Counter(pair.answer for pair in targets.of_kind("fact"))
    return {pair: max(1, -(-least // asked[pair.answer])) for pair in targets.of_kind("fact") if pair.answer in parts}


@torch.no_grad()
def distributions(language: Language, examples: Sequence[Example], top_k: int) -> list[Distribution]:
    """What the model holds likely at each example's answer; of every token the `top_k` likeliest, 0: all of them."""
    found: list[Distribution] = []
    for start in range(0, len(examples), _TEACHER_BATCH):
        part = examples[start : start + _TEACHER_BATCH]
        said = condense(answer_logits(language.model, part), _kept(language, top_k)).cpu()  # for all of a team
        lengths = [len(example.answer) for example in part]
        each = (torch.split(kept, lengths) for kept in (said.ids, said.log_probs, said.tail))
        found += [Distribution(*one) for one in zip(*each, strict=True)]
    return found


def _end_of(language: Language, context: str, recipe: Recipe, chance: random.Random) -> Row:
    """The context from a random place on: the teacher reads what stands before it, the student nothing."""
    ids = language.encode(context)
    cut = chance.randrange(1, max(2, len(ids) - 1))
    end = tuple(ids[cut:])
    (said,) = distributions(language, [Example(tuple(ids[:cut]), end)], recipe.top_k)
    return Row(Example((language.end_of_turn,), end), said, *recipe.weights("context"))


def _kept(language: Language, top_k: int) -> int:
    """Tokens of a distribution that are kept."""
    size = int(language.model.config.vocab_size)
    return min(top_k or size, size)


def _teach(
    language: Language,
    pairs: Sequence[Pair],
    context: str | None,
    taught: bool,
    recipe: Recipe,
    turns: dict[Pair, int],
) -> Iterator[Row]:
    """The pairs' rows. taught: whether the KL counts for anything; else the teacher is not asked."""
    asked: list[Example] = []
    alone: list[Example] = []
    for pair in pairs:
        answer = tuple(language.answer_ids(pair.answer))
        told, untold = language.question(pair.question, context), language.question(pair.question)
        shared = _common_end(told, untold) if recipe.question_tokens else 0
        for examples, prompt in ((asked, told), (alone, untold)):
            cut = len(prompt) - shared
            examples.append(Example(tuple(prompt[:cut]), (*prompt[cut:], *answer)))
    if taught:
        said = distributions(language, asked, recipe.top_k)
    else:
        size = _kept(language, recipe.top_k)
        said = [condense(torch.zeros(len(example.answer), size), size) for example in asked]
    for pair, example, teacher in zip(pairs, alone, said, strict=True):
        again = language.again(language.question(pair.question)) if not recipe.question_tokens else ()
        yield Row(example, teacher, *recipe.weights(pair.kind), turns[pair], again, recipe.decisive)


def _common_end(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both end with, leaving each at least one before them."""
    most = min(len(one), len(other)) - 1
    return next((n for n in range(most) if one[-1 - n] != other[-1 - n]), most)


def loss_of(model: Any, rows: Sequence[Row]) -> torch.Tensor:
    """kl · KL(teacher ‖ student) + ce · cross-entropy in nats: of an answer by its tokens' shares, mean of rows."""
    return loss_at(answer_logits(model, [row.example for row in rows]), rows)


def loss_at(logits: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
    """The same from the student's logits at the answers, (N, V)."""
    log_probs = logits.float().log_softmax(-1)  # (N, V)
    device = log_probs.device
    teacher = Distribution(
        *(torch.cat([getattr(r.teacher, part) for r in rows]).to(device) for part in ("ids", "log_probs", "tail"))
    )
    gold = torch.tensor([token for row in rows for token in row.example.answer], device=device)  # (N,)

    def per_token(values: Sequence[float]) -> torch.Tensor:  # one value a row -> (N,)
        lengths = torch.tensor([len(row.example.answer) for row in rows], device=device)
        return torch.tensor(values, device=device).repeat_interleave(lengths)

    share = torch.tensor([token for row in rows for token in row.shares], device=device) / len(rows)  # (N,)
    kl = per_token([row.kl for row in rows]) * kl_divergence(teacher, log_probs)
    ce = per_token([row.ce for row in rows]) * F.nll_loss(log_probs, gold, reduction="none")
    return (share * (kl + ce)).sum()


@torch.no_grad()
def validation_loss(language: Language, pairs: Sequence[Pair]) -> float:
    """Cross-entropy of the grounded answers to these questions, without context: nats per token, mean over pairs."""
    examples = [Example(tuple(language.question(p.question)), tuple(language.answer_ids(p.answer))) for p in pairs]
    losses: list[float] = []
    for start in range(0, len(examples), _TEACHER_BATCH):
        part = examples[start : start + _TEACHER_BATCH]
        gold = torch.tensor([token for example in part for token in example.answer], device=language.device)  # (N,)
        each = F.cross_entropy(answer_logits(language.model, part).float(), gold, reduction="none")  # (N,)
        losses += [tokens.mean().item() for tokens in torch.split(each, [len(example.answer) for example in part])]
    return sum(losses) / max(1, len(losses))


def epochs_of(rows: Sequence[Row], recipe: Recipe, rng: random.Random) -> list[list[Row]]:
    """The rows of each epoch, shuffled; of those whose turn comes in every so many epochs another share in each."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.turns, []).append(row)

    def of(epoch: int) -> list[Row]:
        share = [row for turns, group in groups.items() for row in group[epoch % turns :: turns]]
        return rng.sample(share, len(share))

    first = of(0)
    count = max(recipe.epochs, math.ceil(recipe.least_steps / math.ceil(len(first) / recipe.batch)))
    return [first, *(of(epoch) for epoch in range(1, count))]


def talked(batch: Sequence[Row], count: int) -> list[Row]:
    """The batch with its last `count` rows asked one after another in one conversation, where their template allows it
    and no running text stands between them.

    A chat is more than its first question: trained on that alone, later ones are answered with what was said before.
    """
    single = max(0, len(batch) - count)
    rows = list(batch[: single + 1])
    for row in batch[single + 1 :]:
        rows.append(row.behind(rows[-1]) if row.again and rows[-1].again else row)
    return rows


def check_trainable(language: Language, base: Path) -> None:
    """Quantised weights stay as they are; gradients have to go through them all the same.

    Raises:
        ModelError: they cannot.
    """
    quantizer = getattr(language.model, "hf_quantizer", None)
    if quantizer and not quantizer.is_trainable:
        raise ModelError(
            f"{base.name} is quantised by {quantised(base)}, over which no adapter can be trained: use the same model "
            f"unquantised, in 4 or 8 bits of bitsandbytes, or as a .gguf file, which is dequantised"
        )


def add_lora(language: Language, recipe: Recipe) -> "PeftModel":
    """The model with a fresh LoRA adapter on every linear layer but the head; B = 0, so nothing changes yet.

    The lowest layers stay as they are: no gradient has to go through them; the highest learns always. An adapter that
    is on it already, for nothing is merged into a quantised base, is trained on.
    """
    from peft import LoraConfig, PeftModel, get_peft_model

    if isinstance(language.model, PeftModel):
        return language.model
    layers = language.model.config.num_hidden_layers
    lowest = range(min(round(recipe.frozen * layers), layers - 1))
    shape = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=recipe.modules if recipe.modules == "all-linear" else recipe.modules.split(","),
        exclude_modules=rf".*\.layers\.(?:{'|'.join(map(str, lowest))})\..*" if lowest else None,
        task_type="CAUSAL_LM",
    )
    return get_peft_model(language.model, shape)


def learning_rate(step: int, steps: int, recipe: Recipe) -> float:
    """Linear warm-up, then a cosine to zero, or no decay."""
    warm = max(1, round(recipe.warmup * steps))
    decay = 0.5 * (1 + math.cos(math.pi * step / steps)) if recipe.decay == "cosine" else 1.0
    return recipe.learning_rate * min(1.0, (step + 1) / warm) * decay


def short_of_memory(model: "PeftModel") -> bool:
    """Whether a step's activations may not fit on the GPU: they are then computed twice, not kept (checkpointing)."""
    if model.device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(model.device)
    return free < STEP_MEMORY * sum(weight.numel() * weight.element_size() for weight in model.parameters())


def train(
    model: "PeftModel",
    rows: Sequence[Row],
    recipe: Recipe,
    rng: random.Random,
    report: Callable[[Progress], None] = lambda progress: None,
    after_epoch: Callable[[int], bool] = lambda epoch: False,
    team: Team = ALONE,
    unrelated: Sequence[Example] = (),
) -> int:
    """AdamW over the LoRA weights; stops early when `after_epoch` says so. The model is left in eval mode.

    Returns the optimizer steps taken. Rows, reports, `after_epoch` and the unrelated examples, out of whose directions
    the adapter keeps, are those of the team's first process.
    """
    from peft.helpers import disable_input_dtype_casting

    with half(model, recipe.bf16):
        used = team.agree(used_directions(model, unrelated, recipe.null_space) if team.first else {})
    with kept_out(model, used), half(model, recipe.bf16), disable_input_dtype_casting(model):
        return _train(model, rows, recipe, rng, report, after_epoch, team)


def _train(
    model: "PeftModel",
    rows: Sequence[Row],
    recipe: Recipe,
    rng: random.Random,
    report: Callable[[Progress], None],
    after_epoch: Callable[[int], bool],
    team: Team,
) -> int:
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    team.start_alike(weights)
    optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=0.0, fused=True)
    if short_of_memory(model):
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    epochs, frozen, step = team.agree(epochs_of(rows, recipe, rng) if team.first else []), Frozen(model), 0
    steps = sum(math.ceil(len(order) / recipe.batch) for order in epochs)
    steps = min(steps, recipe.most_steps or steps)
    for epoch, order in enumerate(epochs):
        model.train()
        places = range(0, len(order), recipe.batch)[: steps - step]
        batches = [talked(order[start : start + recipe.batch], recipe.talk) for start in places]
        for batch, following in zip(batches, [*batches[1:], []], strict=True):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, steps, recipe)
            shares = team.share(batch), team.share(following)
            loss = team.add_up(weights, _backward(model, frozen, *shares, len(batch)))
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            report(Progress(step, steps, loss.item()))
        model.eval()
        if team.agree(after_epoch(epoch + 1)) or step == steps:
            break
    return step


def follow(team: Team) -> None:
    """What every process of a team but the first does: train its share, until there is nothing to train any more."""
    while lesson := team.agree(None):
        folder, recipe, fresh = lesson
        language = load(folder, training=True)
        model = add_lora(prepared(language) if fresh else language, recipe)
        train(model, (), recipe, random.Random(), team=team)


def _backward(
    model: "PeftModel", frozen: Frozen, share: Sequence[Row], following: Sequence[Row], batch: int
) -> torch.Tensor:
    """What a share of a batch adds to its mean loss; the gradients are left at the weights.

    following: the next one's share.
    """
    if not share:
        return torch.zeros((), device=model.device)
    with frozen.once([row.example for row in share], [row.example for row in following]):
        loss = loss_of(model, share) * (len(share) / batch)
    loss.backward()  # type: ignore[no-untyped-call]  # untyped upstream
    return loss
