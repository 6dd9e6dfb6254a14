"""Distillation: train LoRA to say without the context what the teacher said with it. Source: arXiv 2410.00487.

The teacher (`memory/teacher.py`) is the same weights with the adapter off, so one copy stays in memory. A weak teacher
answers badly even with the context before it; the cross-entropy on the grounded answer carries the facts then, the KL
the manners.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from memory.errors import ModelError
from memory.folders import quantised
from memory.frozen import Frozen
from memory.language import Example, Language, answer_logits
from memory.models import load
from memory.null_space import kept_out, used_directions
from memory.objective import Distribution, kl_divergence
from memory.precision import half
from memory.preparation import prepared
from memory.settings import Recipe
from memory.targets import Pair
from memory.teacher import TEACHER_BATCH, Row
from memory.team import ALONE, Team

if TYPE_CHECKING:
    from peft import PeftModel

STEP_MEMORY = 1.8
"""What a step takes for each byte of the weights, beside them (measured for the default model; `estimate.TRAINING`)."""


@dataclass(frozen=True)
class Progress:
    """How far training is: optimizer steps done and in all, and the last step's loss in nats."""

    step: int
    steps: int
    loss: float


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
    for start in range(0, len(examples), TEACHER_BATCH):
        part = examples[start : start + TEACHER_BATCH]
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
