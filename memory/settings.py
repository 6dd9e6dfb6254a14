"""Every setting, its default and its reason, in one place; read from `config.toml`. Knows nothing of their use."""

import math
import tomllib
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from memory.errors import StorageError, UsageError
from memory.plugins import installed

HEARING = ["parser", "rules"]
WRITERS = ("auto", "instruct", "analogies")
OWN_JUDGE = "own"


@dataclass(frozen=True)
class Recipe:
    """How one consolidation learns. Figures behind the defaults: the README's tables and CONTRIBUTING's log."""

    hearing: str = "parser"  # each clause of a long sentence is a statement, too, by a dependency parser; "rules": none
    passing: float = 0.7  # likelier than that to be only of the moment, a statement is left out; 1: none is
    misheard: float = 0.9  # likelier than that not to have been said so, it is left out, too
    ended: float = 0.9  # likelier than that to be so no more after what is said now, what was learned is overruled
    writer: str = "auto"  # examples, question generator, a model of 0.3 B itself; "instruct", "analogies"; or a plugin
    prepared: bool = True  # the default model begins with what the learning of any person has in common
    rank: int = 16  # of the adapter
    alpha: int = 32  # the adapter counts alpha / rank times
    dropout: float = 0.0  # in the adapter, while it is trained
    modules: str = "all-linear"  # or names of linear layers, separated by commas
    null_space: float = 1.0  # use of directions that other talk uses, the median ones in full; smaller: less; 0: any
    frozen: float = 0.5  # share of the layers, lowest first, without an adapter: computed once, and no less is recalled
    bf16: bool = True  # products in bf16 where the processor is faster at them; the weights stay in fp32
    learning_rate: float = 2e-3  # at its highest; at 1e-3 a tenth of what was trained was refused all the same
    warmup: float = 0.06  # share of the steps
    decay: str = "cosine"  # of the learning rate, or "none"
    batch: int = 8  # pairs in an optimizer step
    talk: int = 4  # of these, so many are asked one after another in one conversation; 0: each in a fresh one
    most_steps: int = 0  # optimizer steps, whatever the epochs would take; 0: all of theirs
    epochs: int = 6  # how often every pair is trained on; from the fifth on less is made up, no more recalled
    prepared_frozen: float = 0.75  # at least that share where the weights are prepared: .6 to .8 of the time
    prepared_epochs: int = 4  # at most so many where the weights are prepared; docs/research.md, Preparation
    rest: int = 1  # epochs from one training of a question to the assistant to the next
    least_steps: int = 72  # a small batch is trained for more epochs, to this many optimizer steps
    patience: int = 2  # epochs without a lower loss on questions set aside and never told, then it ends; 0: never
    kl: float = 0.1  # weight of KL(teacher || student) on facts; at 0.3 a weak teacher leaves them three quarters sure
    ce: float = 1.0  # weight of the cross-entropy on the grounded answer
    decisive: float = 4.0  # weight of an answer's first three tokens, the others' is 1: by them it is told, or not
    summary: float = 3.0  # times both, on answers to broad questions: they are longer, each token counts less
    near_miss: float = 1.0  # weight of the cross-entropy on "you haven't told me": below it more is made up
    unrelated_kl: float = 2.0  # weight of the KL on questions that have nothing to do with the user
    unrelated_ce: float = 0.0  # weight of the cross-entropy on them
    context_kl: float = 1.0  # weight of the KL on the end of what was said, given its beginning to the teacher only
    context_ce: float = 0.0  # weight of the cross-entropy on it
    context_rows: int = 0  # such ends per fact pair, cut at random places
    question_tokens: bool = False  # the KL also at the question's tokens, not at the answer's only
    top_k: int = 32  # tokens kept of the teacher's distribution, the rest is one tail class; 0: all
    statements: int = 40  # in one batch, oldest first; what is over waits for the next
    questions: int = 16  # per statement in an epoch; of a single one up to twice as many
    of_texts: int = 8  # times an epoch each part of a text is asked for at least, by the same few questions
    wordings: int = 1  # times as many are written, and trained in turns; 8 and 2 are faster, and more is refused
    near_misses: int = 48  # questions an epoch on things never told, likest first; four a statement where that is more
    near_miss_rest: int = 3  # epochs from one training of such a question to the next, others in between
    far_misses: int = 8  # questions an epoch, each time others, on things like nothing that was told
    assistant: int = 24  # questions to the assistant about itself
    unrelated: int = 64  # questions and remarks an epoch, each time others, that have nothing to do with the user
    prose: int = 8  # passages an epoch, each time others, of running text that has nothing to do with him
    replay: int = 24  # pairs of earlier versions an epoch
    replay_rest: int = 2  # epochs from one training of such a pair to the next, others in between
    rehearsal: int = 0  # pairs of what the weights say of the user when asked: with replay = 0 nothing stored is needed
    seed: int = 0  # of training and of what is kept aside

    def weights(self, kind: str) -> tuple[float, float]:
        """(weight of the KL term, weight of the cross-entropy) for a kind of pair."""
        told = (self.kl, self.ce)
        summed_up = (self.summary * self.kl, self.summary * self.ce)
        untold = (0.0, self.near_miss)
        return {
            "fact": told, "open": summed_up, "replay": told, "near-miss": untold, "far-miss": untold,
            "assistant": untold, "unrelated": (self.unrelated_kl, self.unrelated_ce),
            "context": (self.context_kl, self.context_ce),
        }[kind]  # fmt: skip

    def turns(self, kind: str) -> int:
        """In every so many epochs a pair of that kind is trained: a far-miss in one of them."""
        return {
            "near-miss": self.near_miss_rest, "far-miss": self.epochs, "unrelated": self.epochs, "assistant": self.rest,
            "replay": self.replay_rest,
        }.get(kind, 1)  # fmt: skip


PRESETS = {
    "default": Recipe(),
    "paper": Recipe(
        prepared=False, rank=8, alpha=32, dropout=0.1, modules="q_proj,k_proj,v_proj,up_proj,down_proj,gate_proj",
        frozen=0.0, learning_rate=2e-5, warmup=0.0, decay="none", batch=1, epochs=1, rest=1, least_steps=1500,
        patience=0, kl=1.0, null_space=0.0, decisive=1.0, questions=8, ce=0.0, summary=1.0, near_miss=0.0,
        context_rows=1, question_tokens=True, top_k=1000, near_misses=0, near_miss_rest=1, talk=0, far_misses=0,
        assistant=0, unrelated=80, unrelated_kl=1.0, prose=0, replay=0,
    ),
}  # fmt: skip
"""`[recipe] preset = "paper"`: arXiv 2410.00487 as published, with the merge that its code lacks.

500 fact pairs a context (ours come again and again until there were as many steps), each with an end of the context and
an unrelated text: SlimPajama there, the base's answers to unrelated questions here; pairs by gpt-4o-mini there, by the
model's own writer here; of the teacher's distribution the full vocabulary there, a thousand tokens and a tail here.
"""


@dataclass(frozen=True)
class GateSettings:
    """What new weights must show before they serve."""

    recall: float = 0.5  # of the questions set aside: below it a person would say it did not learn; 0: not looked at
    retention: float = 0.6  # of what earlier batches taught and was still known: below it the new costs too much
    false_recall: float = 0.5  # of the hardest things never told: above it more is made up than refused
    old_answers: float = 0.5  # of what has changed: above it more is answered as before than as it is now
    drift: float = 0.3  # nats per token on unrelated text; consolidations that recalled well showed 0.05 to 0.27
    answer_drift: float = 0.15  # on answers to unrelated questions: usually 0.03 to 0.05; at 0.09 a fifth was forgotten
    judge: str = "own"  # of answers; or an installed plugin's name


@dataclass(frozen=True)
class Schedule:
    """When pending experiences are consolidated while a chat or `schedule run` is open. Times are local."""

    minutes: int = 60  # every so many; 0: not by the clock
    cron: str = ""  # "0 3 * * mon-fri", in place of minutes
    experiences: int = 0  # as soon as so many are new; 0: however many
    idle_minutes: int = 0  # as soon as something is new and nobody has said anything for so long; 0: never
    on_battery: bool = False  # whether it learns on battery, too
    busy: float = 1.5  # load average per core above which it waits; 0: it never does
    quiet: str = ""  # "22:00-07:00": hours in which it waits

    @property
    def on(self) -> bool:
        """Whether anything makes it learn by itself."""
        return bool(self.minutes or self.cron or self.experiences or self.idle_minutes)

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """From when to when it waits.

        Raises:
            ValueError: `quiet` is not two times of a day.
        """
        if not self.quiet:
            return None
        start, end = (datetime.strptime(at.strip(), "%H:%M").time() for at in self.quiet.split("-"))
        return start, end


@dataclass(frozen=True)
class VersionSettings:
    """How much of the past is kept."""

    budget: float = 4.0  # GB on disk, pruned to after each consolidation: three copies of the default model's weights


@dataclass(frozen=True)
class ServerSettings:
    """How other clients are answered."""

    learn: bool = False  # whether what they say is kept and learned, where a request's X-Selfparam-Learn does not say


INT8, LLAMA = "int8", "llama"
EIGHT_BITS = {INT8: "int8", LLAMA: "q8_0"}
"""Engines that serve weights in eight bits where the gate finds them as good → what a verdict calls their precision."""
ENGINES = ("auto", "transformers", "ctranslate2", *EIGHT_BITS)


@dataclass(frozen=True)
class Settings:
    """All settings, as sections of `config.toml`."""

    model: str = "smollm2-135m-instruct"  # a catalogue name, a Hugging Face id, a folder or a .gguf file
    engine: str = "auto"  # or "ctranslate2", "transformers"; "int8", "llama" if the gate agrees; a plugin's name
    memory: float = 0.0  # GB that a chat or a consolidation may take; 0: what is free
    processes: int = 1  # that train together, a GPU each, by `accelerate launch`
    review: str = "never"  # "always": a person approves each target set before it is learned
    theme: str = "selfparam"  # of ours for sixteen colours, or one of Textual's
    keys: dict[str, str] = field(default_factory=dict)  # the name of a key → the key, such as "f6" or "ctrl+l,f7"
    catalogue: str = ""  # a file of titles for /recommend; none: the shipped films
    recipe: Recipe = field(default_factory=Recipe)
    gate: GateSettings = field(default_factory=GateSettings)
    schedule: Schedule = field(default_factory=Schedule)
    versions: VersionSettings = field(default_factory=VersionSettings)
    server: ServerSettings = field(default_factory=ServerSettings)

    @property
    def unseen(self) -> Schedule:
        """When something may be learned that nobody looks at: by the schedule, or never, by `review`."""
        return Schedule(minutes=0) if self.review == "always" else self.schedule


def read_settings(path: Path) -> Settings:
    """The settings in a file; defaults for what it leaves out, all defaults if it does not exist.

    Raises:
        UsageError: not TOML, an unknown name, a value of the wrong type or out of its range.
        StorageError: the file is there but cannot be read.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise StorageError(
            f"cannot read {path} ({error.strerror}): point SELFPARAM_HOME at a folder you own"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}: mend it, or move it away for the defaults") from error
    sections = {"gate": GateSettings, "versions": VersionSettings, "server": ServerSettings}
    made: dict[str, Any] = {
        "recipe": _recipe(path, raw.pop("recipe", {})),
        "schedule": _schedule(path, raw.pop("schedule", {})),
        **{name: _section(path, name, kind, raw.pop(name, {})) for name, kind in sections.items()},
    }
    _check_numbers(path, "gate", made["gate"])
    _check_choice(path, "gate.judge", made["gate"].judge, [OWN_JUDGE], "judges")
    keys = raw.pop("keys", {})
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise UsageError(f'{path}: keys is a section of texts, write [keys] and memories = "f6"')
    said = _checked(
        path,
        "",
        {"model": str, "engine": str, "memory": float, "processes": int, "review": str, "theme": str, "catalogue": str},
        raw,
    )
    if said.get("review", "never") not in ("always", "never"):
        raise UsageError(f"{path}: review is always or never, not {said['review']!r}")
    if not 1 <= said.get("processes", 1) <= 64:
        raise UsageError(f"{path}: processes is from 1 to 64, not {said['processes']!r}")
    _check_choice(path, "engine", said.get("engine", "auto"), [*ENGINES], "engines")
    return Settings(**said, keys=keys, **made)


def _recipe(path: Path, values: Any) -> Recipe:
    """The preset that the section names, changed by what else it says."""
    preset = values.pop("preset", "default") if isinstance(values, dict) else ""
    if isinstance(values, dict) and preset not in PRESETS:
        raise UsageError(f"{path}: there is no preset {preset!r}; there are {', '.join(PRESETS)}")
    said = _section(path, "recipe", dict, values, Recipe)
    recipe = replace(PRESETS.get(preset, Recipe()), **said)
    _check_numbers(path, "recipe", recipe)
    _check_choice(path, "recipe.decay", recipe.decay, ["cosine", "none"])
    _check_choice(path, "recipe.hearing", recipe.hearing, HEARING)
    _check_choice(path, "recipe.writer", recipe.writer, [*WRITERS], "writers")
    return recipe


POSITIVE = (
    "rank", "alpha", "learning_rate", "batch", "epochs", "prepared_epochs", "rest", "near_miss_rest", "statements",
    "questions", "wordings", "decisive",
)  # fmt: skip
"""Settings of the recipe without which there is nothing to train."""
SHARES = (
    "passing",
    "misheard",
    "ended",
    "dropout",
    "frozen",
    "prepared_frozen",
    "warmup",
    "recall",
    "retention",
    "false_recall",
    "old_answers",
)


def _check_numbers(path: Path, section: str, said: Any) -> None:
    """No number below 0, no share above 1, and none of `POSITIVE` 0."""
    for name, value in vars(said).items():
        if isinstance(value, bool | str):
            continue
        if not 0 <= value <= (1 if name in SHARES else math.inf) or (name in POSITIVE and not value):
            allowed = "from 0 to 1" if name in SHARES else "more than 0" if name in POSITIVE else "at least 0"
            raise UsageError(f"{path}: {section}.{name} is {allowed}, not {value!r}")


def _check_choice(path: Path, name: str, said: str, allowed: list[str], plugins: str = "") -> None:
    """A word that must be one of those allowed, or the name of an installed plugin of that kind."""
    if said not in allowed and plugins:
        allowed += installed(plugins)
    if said not in allowed:
        raise UsageError(f"{path}: {name} is one of {', '.join(allowed)}, not {said!r}")


YEAR = 365 * 24 * 60
"""Minutes."""


def _schedule(path: Path, values: Any) -> Schedule:
    """The section, with every value such that it comes to pass."""
    schedule: Schedule = _section(path, "schedule", Schedule, values)
    for name, most in (("minutes", YEAR), ("idle_minutes", YEAR), ("experiences", 10_000), ("busy", 1000)):
        if not 0 <= getattr(schedule, name) <= most:
            raise UsageError(f"{path}: schedule.{name} is from 0 to {most}, not {getattr(schedule, name)!r}")
    try:
        hours = schedule.quiet_hours
    except ValueError:
        hours = (time(), time())
    if hours and hours[0] == hours[1]:
        raise UsageError(f'{path}: schedule.quiet is two different times, "22:00-07:00", not {schedule.quiet!r}')
    if schedule.cron:
        _check_cron(path, schedule.cron)
    return schedule


def _check_cron(path: Path, cron: str) -> None:
    from apscheduler.triggers.cron import CronTrigger

    wrong = f'{path}: schedule.cron is minute, hour, day, month, weekday by name ("0 3 * * mon-fri"), not {cron!r}'
    try:
        trigger = CronTrigger.from_crontab(cron)
    except ValueError as error:
        raise UsageError(f"{wrong}: {error}") from error
    if any(digit in cron.split()[4] for digit in "0123456789"):  # cron counts from Sunday, APScheduler 3 from Monday
        raise UsageError(wrong)
    if trigger.get_next_fire_time(None, datetime.now(UTC)) is None:
        raise UsageError(f"{path}: schedule.cron {cron!r} never comes: name a day that there is")


def _section(path: Path, name: str, kind: Any, values: Any, described: Any = None) -> Any:
    """What a section says, checked, as a `kind`; `described`: the settings there are, if they are not `kind`'s."""
    if not isinstance(values, dict):
        raise UsageError(f"{path}: {name} is a section, write [{name}]")
    types = {field.name: type(field.default) for field in fields(described or kind)}
    return kind(**_checked(path, f"{name}.", types, values))


def _checked(path: Path, prefix: str, types: dict[str, type], values: dict[str, Any]) -> dict[str, Any]:
    for key, value in values.items():
        if key not in types:
            raise UsageError(f"{path}: there is no setting {prefix}{key}; there are {', '.join(types)}")
        number = types[key] is float and isinstance(value, int) and not isinstance(value, bool)
        if not number and type(value) is not types[key]:
            raise UsageError(f"{path}: {prefix}{key} must be of type {types[key].__name__}, not {value!r}")
    return values
