"""One consolidation, read top to bottom: freeze the batch, write, keep aside, teach, train, merge, gate, publish.

In a process of its own: `memory/child.py`.
"""

import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
import torch

from memory.adapters import copy_over
from memory.anchors import Anchor, anchors, to_be_kept, unrelated_rows
from memory.assembly import Counts, assemble, questions_written
from memory.catalogue import chosen
from memory.changes import Changes, changes, said_in, still_so
from memory.conversations import Experience, check_writable, experiences
from memory.distill import add_lora, check_trainable, train, validation_loss
from memory.engine import CONVERTED, convert, open_eight, serve, serve_base, serve_in_eight_bits, wanted
from memory.errors import StorageError
from memory.estimate import check_disk, check_memory, generates, peak_mb
from memory.events import Emit, Events
from memory.folders import quantised
from memory.gate import (
    Verdict,
    answers_before,
    better_served,
    judge,
    kept_share,
    measure_drift,
    measure_false_recall,
    measure_old_answers,
    measure_recall,
    text_before,
)
from memory.home import Home
from memory.job import Job, basis_of, check_basis
from memory.judge import Encoder, Judge, judge_named
from memory.language import Engine, Language
from memory.locks import owning
from memory.models import base_folder, base_hash, load
from memory.naming import named_in
from memory.parser import fetch_readers, parser
from memory.passing import without_remarks
from memory.pending import nothing_pending, pending
from memory.precision import half
from memory.preparation import as_trained, is_prepared, prepared, prepares, take_up_preparation
from memory.question_generation import question_generator
from memory.refusals import count_refusal, refusals, strike
from memory.rehearsal import recollected
from memory.replay import asked_before, overruled_questions, replay, standing, without
from memory.settings import EIGHT_BITS, Recipe, Settings
from memory.storage import disk
from memory.targets import Pair, Statement, TargetSet, as_reviewed, extract, first_that_fit, latest_of_each
from memory.tastes import taste_pairs, tastes, tastes_now, with_tastes
from memory.teacher import rows_for
from memory.team import ALONE, Team
from memory.versions import ADAPTER, AS_ADAPTER, MERGED, MERGED_WEIGHTS, TARGETS, VECTORS, Version, Weights
from memory.writers import write_questions

if TYPE_CHECKING:
    from peft import PeftModel

LIBRARIES = ("torch", "transformers", "peft", "sentence-transformers", "ctranslate2")
EARLIER = 12
"""Questions of earlier batches asked again, to see what the new one costs."""
NOTHING_HEARD = "nothing in it was heard that is said of you: say it in another sentence"
CHANGED = 8
"""Questions whose answer has changed that are asked, to see whether the old one is gone."""
MEANWHILE = 3
"""Epochs between two looks at how much is recalled already."""
ASKED_MEANWHILE = 8
"""Questions asked in such a look: one batch, two seconds with the default model on two cores."""


def consolidate(
    job: Job, settings: Settings, emit: Emit, encoder: Encoder | None = None, team: Team = ALONE
) -> Verdict | None:
    """Learn what is pending into a new version, if the gate lets it pass; None after a dry run.

    encoder: default the judge's own. team: the processes that train with this one, which `follow`.

    Raises:
        NothingPendingError: there is nothing to learn.
        UsageError: what was reviewed was written for something else than what is pending now.
        BusyError: another process is consolidating.
        StorageError, ModelError: the home or the model's files cannot be used; nothing has changed.
    """
    home, named = job.home, job.catalogue
    settings = settings if named is None else replace(settings, catalogue=named)
    check_writable(home)
    with owning(home.data, "consolidation", "wait for it, or look at `selfparam-agent versions list` later"):
        waiting = [e for e in pending(home, job.model) if not job.only or e.id in job.only]
        batch = first_that_fit(waiting, settings.recipe.statements)
        if not batch:
            raise nothing_pending(home, job.model)
        weights = Weights(home, job.model)
        check_basis(job, batch, weights.current())
        refused = refusals(weights.root)
        attempts = max(refused[e.id].count if e.id in refused else 0 for e in batch)
        recipe = as_trained(settings.recipe, job.model, weights.lineage())
        recipe = replace(recipe, seed=attempts + (recipe.seed if job.seed is None else job.seed))
        torch.manual_seed(recipe.seed)
        base = base_folder(job.model, home)
        check_disk(weights.root, base)
        check_memory(base, settings.memory, "learn", settings.processes, generates(home, recipe))
        events = Events(emit)
        encoder = encoder or Encoder(fetch_readers(home, events.say, recipe.hearing))
        return _Run(home, weights, base, recipe, settings, encoder, events, team).learn(batch, job)


@dataclass(frozen=True)
class _Run:
    """What every stage needs."""

    home: Home
    weights: Weights
    base: Path
    recipe: Recipe
    settings: Settings
    encoder: Encoder
    events: Events
    team: Team = ALONE

    @cached_property
    def judge(self) -> Judge:
        """Says whether an answer recalls."""
        return judge_named(self.settings.gate.judge, self.encoder)

    def learn(self, batch: Sequence[Experience], job: Job) -> Verdict | None:
        rng = random.Random(self.recipe.seed)
        parent = self.weights.current()
        kept = [] if job.dry_run else self.anchors(job.model, rng)  # before the parent lies in memory, too
        self.events.start()
        folder = self.weights.folder_to_load(parent, self.base)
        language = load(folder, training=True)
        check_trainable(language, self.base)
        if parent:
            answering = serve(folder, self.settings.engine, language)
        else:
            answering = serve_base(folder, job.model, self.home, self.settings.engine, language)

        self.events.stage("write")
        known = named_in({pair.answer for pair in standing(self.learned_sets)})
        said = extract(batch, parser(self.home, self.recipe.hearing), known)
        facts, contradicted = latest_of_each(said)
        ids = [experience.id for experience in batch]
        if job.reviewed:
            targets = TargetSet.load(Path(job.reviewed)).only_of(ids)
        else:
            films = " ".join(
                taste.said.text for taste in tastes(facts, chosen(self.settings.catalogue)) if taste.titles
            )
            facts, remarks = without_remarks(self.home, facts, batch, self.recipe, films)
            heard = changes(self.home, self.recipe.ended, self.recipe.bf16) if self.learned_sets or ids[1:] else None
            facts, ended = still_so(heard, facts, said_in(batch, facts).messages) if heard else (facts, [])
            dropped = [*contradicted, *remarks, *ended]
            targets = self.write_targets(language, answering, batch, facts, rng, dropped, heard)
            del heard
        if job.dry_run:
            basis = basis_of(batch, parent)
            self.events.emit({"event": "targets", "targets": targets.text(), "experiences": ids, "basis": basis})
            return None
        ends = [one for one in as_reviewed(facts, targets) if one.experience not in {fact.experience for fact in said}]
        facts = [*facts, *ends]  # of a message of which nothing else was heard, what ends an earlier statement
        unheard = {*ids} - {one.experience for one in (*said, *ends)}
        left_out = targets.left_out(said) | dict.fromkeys(unheard, NOTHING_HEARD)
        if job.reviewed:  # what was struck is set aside, and the teacher does not read it
            struck = [key for key in ids if not left_out.get(key, "?")]
            strike(self.weights.root, struck)
            ids = [key for key in ids if key not in struck]
            targets, left_out = targets.only_of(ids), {key: why for key, why in left_out.items() if why}
            facts = as_reviewed(facts, targets)
        if not targets.of_kind("fact"):
            return self.nothing_to_ask(ids, targets)
        self.events.stage("teach", pairs=len(targets.pairs))
        with half(language.model, self.recipe.bf16):
            unrelated = unrelated_rows(language, kept, self.recipe)
            rows = rows_for(language, targets, facts, self.recipe) + unrelated
        before = measure_recall(self.judge, answering, targets.set_aside)
        earlier = [pair for pair in asked_before(self.learned_sets) if pair.answer not in targets.overruled][:EARLIER]
        knew = measure_recall(self.judge, answering, earlier)
        known_before = standing(self.learned_sets)
        changed = overruled_questions(known_before, targets)[:CHANGED]
        told = [*(fact.text for fact in facts), *{pair.answer for pair in known_before} - {*targets.overruled}]
        text, answers = text_before(language), answers_before(language, answering)
        del answering

        self.events.stage("train")
        fresh = prepares(job.model, parent, self.recipe)
        self.team.agree((folder, self.recipe, fresh))
        language = prepared(language) if fresh else language
        model = add_lora(language, self.recipe)
        self.events.recalled(before[:ASKED_MEANWHILE])
        look, others = self.look_meanwhile(language, targets), [row.example for row in unrelated]
        steps = train(model, rows, self.recipe, rng, self.events.progress, look, self.team, others)

        self.events.stage("merge")
        staged = self.weights.staging()
        try:
            targets.save(staged / TARGETS)
            self.save_vectors(staged / VECTORS, [pair.question for pair in targets.of_kind("fact")])
            self.write_weights(language, model, staged, fresh)
            del language, model, rows, unrelated
            if self.served_as == MERGED_WEIGHTS and wanted(self.settings.engine):
                convert(staged / MERGED, staged / MERGED / CONVERTED, self.settings.engine)

            self.events.stage("gate")
            reloaded = load(staged / MERGED, training=True)
            answering = serve(staged / MERGED, self.settings.engine, reloaded)
            drifts = measure_drift(reloaded, text), measure_drift(reloaded, answers)

            def verdict_on(engine: Engine) -> Verdict:
                return judge(
                    targets.set_aside, before, measure_recall(self.judge, engine, targets.set_aside),
                    measure_false_recall(engine, targets.never_told, told), *drifts,
                    kept_share(knew, measure_recall(self.judge, engine, earlier)), self.settings.gate,
                    measure_old_answers(self.judge, engine, changed),
                )  # fmt: skip

            verdict = verdict_on(answering)
            choice = self.settings.engine
            eight = open_eight(staged / MERGED, choice, reloaded) if verdict.passed else None
            if verdict.passed and not eight and choice in EIGHT_BITS:
                verdict = replace(verdict, precision=f"fp32, for the engine {choice} does not take these weights")
            elif eight:
                verdict = better_served(verdict, verdict_on(eight), EIGHT_BITS[choice])
                if verdict.precision == EIGHT_BITS[choice]:
                    serve_in_eight_bits(staged / MERGED, choice)
            if verdict.passed:
                ready = fresh or is_prepared(self.weights.lineage())
                manifest = self.manifest(ids, left_out, targets, verdict) | {"steps": steps, "prepared": ready}
                version = self.weights.publish(staged, parent, manifest)
                self.report(verdict, targets, version.number)
                with suppress(StorageError):  # what is left over goes after the next one
                    self.weights.prune(self.weights.surplus(int(self.settings.versions.budget * 1e9)))
            else:
                count_refusal(self.weights.root, ids, verdict.reason)
                self.report(verdict, targets, None)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return verdict

    def nothing_to_ask(self, ids: list[str], targets: TargetSet) -> Verdict:
        """The refusal of a batch of which nothing can be trained on."""
        verdict = judge([], [], [], 0.0, 0.0, 0.0, 1.0, self.settings.gate)
        count_refusal(self.weights.root, ids, verdict.reason)
        self.report(verdict, targets, None)
        return verdict

    def anchors(self, model: str, rng: random.Random) -> list[Anchor]:
        """What must not change: what the base says to others' questions and remarks."""
        recipe = self.recipe
        asked = to_be_kept(any(recipe.weights("unrelated")) * recipe.unrelated * recipe.epochs, rng)
        return anchors(asked, model, self.home, self.settings.engine, recipe.top_k, self.events.say)

    def write_targets(
        self,
        language: Language,
        answering: Engine,
        batch: Sequence[Experience],
        facts: Sequence[Statement],
        rng: random.Random,
        contradicted: Sequence[tuple[str, str]] = (),
        heard: Changes | None = None,
    ) -> TargetSet:
        """The target set of this batch."""
        recipe, catalogue = self.recipe, chosen(self.settings.catalogue)
        learned = self.weights.learned()
        earlier = [e for e in experiences(self.home) if e.id in learned]
        holding, overturned = tastes_now(facts, earlier, catalogue)
        opposite = [(fact.text, "the opposite was said later") for fact in facts if fact.answer in overturned]
        contradicted = [*contradicted, *opposite]
        facts = [fact for fact in facts if fact.answer not in overturned]
        each = questions_written(len(facts), recipe.questions, recipe.wordings)
        unasked = recipe.writer == "auto" and not all(fact.asked for fact in facts)
        generator = None
        if unasked:
            generator = heard.generator if heard else question_generator(self.home, recipe.bf16)
        questions, dropped = write_questions(language, self.encoder, facts, recipe.writer, each + 1, rng, generator)
        known = [e.text for e in (*earlier, *batch)]
        dropped, far = [*contradicted, *dropped], recipe.far_misses * recipe.epochs
        counts = Counts(each, recipe.near_misses, recipe.near_miss_rest, far, recipe.assistant)
        old, gone = without(standing(self.learned_sets), overturned)
        targets = assemble(facts, questions, counts, self.encoder, known, rng, dropped, [pair.question for pair in old])
        targets = with_tastes(self.encoder, targets, taste_pairs(holding, catalogue))
        now, count = said_in(batch, facts, earlier), recipe.replay * recipe.replay_rest
        again = replay(self.encoder, old, targets.of_kind("fact"), count, rng, heard, now)
        own = self.rehearsed(language, answering, targets, [*overturned, *again.overruled], rng)
        pairs = (*targets.pairs, *again.corrected, *again.pairs, *own)
        return replace(targets, pairs=pairs, overruled=(*again.overruled, *gone))

    def rehearsed(
        self, language: Language, answering: Engine, targets: TargetSet, gone: Sequence[str], rng: random.Random
    ) -> Sequence[Pair]:
        """Of what the weights know before this learning and it does not overrule, pairs that nobody stored."""
        recipe = self.recipe
        if not recipe.rehearsal or not self.weights.lineage():
            return ()
        known = recollected(answering, rng)
        questions, _ = write_questions(language, self.encoder, known, "analogies", recipe.questions, rng)
        pairs = [Pair(q, fact.answer, "fact") for fact, asked in zip(known, questions, strict=True) for q in asked]
        pairs, _ = without(pairs, gone)
        return replay(self.encoder, pairs, targets.of_kind("fact"), recipe.rehearsal * recipe.replay_rest, rng).pairs

    @cached_property
    def learned_sets(self) -> list[TargetSet]:
        """The target sets of the versions these weights come from, oldest first."""
        return [self._learned_set(version) for version in self.weights.lineage()]

    def _learned_set(self, version: Version) -> TargetSet:
        """What it was trained on, its questions' vectors given to the encoder; early versions have none."""
        targets = TargetSet.of(version)
        with suppress(OSError, ValueError):
            questions = [pair.question for pair in targets.of_kind("fact")]
            self.encoder.remember(questions, numpy.load(version.folder / VECTORS, allow_pickle=False))
        return targets

    def save_vectors(self, path: Path, questions: Sequence[str]) -> None:
        if questions:
            with disk(path):
                numpy.save(path, self.encoder(questions))

    def look_meanwhile(self, language: Language, targets: TargetSet) -> Callable[[int], bool]:
        """Early stopping, called after each epoch: whether neither what was told nor what never was is learned better.

        By the loss on the questions set aside and on those never told: of so few, answers are right or wrong by chance.
        Now and then some are asked, to be looked at only.
        """
        losses: list[float] = []

        def learned(epoch: int) -> bool:
            if epoch % MEANWHILE == 0:
                self.events.recalled(measure_recall(self.judge, language, targets.set_aside[:ASKED_MEANWHILE]))
            losses.append(validation_loss(language, targets.set_aside) + validation_loss(language, targets.never_told))
            risen = len(losses) - 1 - losses.index(min(losses))
            return bool(targets.set_aside) and 0 < self.recipe.patience <= risen

        return learned

    @cached_property
    def served_as(self) -> str:
        """Into quantised weights nothing can be merged."""
        return AS_ADAPTER if quantised(self.base) else MERGED_WEIGHTS

    def write_weights(self, language: Language, model: "PeftModel", staged: Path, fresh: bool) -> None:
        """Write the adapter and the weights with it merged in, W + BA·α/r in fp32; over a quantised base it alone.

        fresh: whether the weights were prepared; then the adapter holds that, too.

        Raises:
            StorageError: the disk is full.
        """
        from safetensors import SafetensorError

        try:
            model.save_pretrained(str(staged / ADAPTER))
            if fresh:
                take_up_preparation(staged / ADAPTER, self.base)
            if self.served_as == AS_ADAPTER:
                copy_over(staged / ADAPTER, self.base, staged / MERGED)
                return
            merged: Any = model.merge_and_unload()
            merged.save_pretrained(staged / MERGED)
            language.tokenizer.save_pretrained(staged / MERGED)
        except (OSError, SafetensorError) as error:
            raise StorageError(
                f"cannot write the new version ({error}): free disk space, then consolidate again"
            ) from error

    def manifest(
        self, ids: list[str], left_out: dict[str, str], targets: TargetSet, verdict: Verdict
    ) -> dict[str, Any]:
        return {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "base": {"folder": self.base.name, "sha256": base_hash(self.base)},
            "experiences": ids,
            "left_out": {key: why or "no question could be written about it" for key, why in left_out.items()},
            "names": sorted(named_in({pair.answer for pair in standing([*self.learned_sets, targets])})),
            "overruled": targets.overruled,
            "pairs": len(targets.pairs),
            "recipe": asdict(self.recipe),
            "libraries": {name: metadata.version(name) for name in LIBRARIES},
            "gate": asdict(verdict),
            "served_as": self.served_as,
            "peak_mb": peak_mb(),
            "seconds": self.events.seconds,
            "stages": self.events.stages,
        }

    def report(self, verdict: Verdict, targets: TargetSet, version: int | None) -> None:
        self.events.verdict(verdict, len(targets.pairs), version, self.served_as, targets.overruled)
