"""ENOSPC and EIO at every step that touches the disk: an error in words, the old state or the new, and a second try."""

import errno
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memory.conversations import About, Conversation, Turn, latest, names, user_turns
from memory.errors import StorageError
from memory.forget import find, forget, plan
from memory.home import Home
from memory.pending import pending
from memory.refusals import count_refusal, refusals
from memory.shelf import Talk, delete, fork, listed, take_in
from memory.targets import Pair, TargetSet
from memory.versions import ADAPTER, MERGED, TARGETS, Weights

Act = Callable[[Home], None]
MODEL = "tiny"
FAILING = [(os, "fsync"), (os, "link"), (tempfile, "mkstemp"), (shutil, "rmtree"), (Path, "replace"), (Path, "mkdir"),
           (Path, "chmod"), (Path, "unlink")]  # fmt: skip


def publish(home: Home) -> None:
    """A version with a word in place of weights."""
    weights = Weights(home, MODEL)
    ids = [experience.id for experience in pending(home, MODEL)]
    staged = weights.staging()
    try:
        pair = Pair("What do I keep?", "You keep goats.", "fact", ids[0])
        TargetSet((pair,), (), ()).save(staged / TARGETS)
        for name in (ADAPTER, MERGED):
            (staged / name).mkdir()
            (staged / name / "weights").write_text("w")
        weights.publish(staged, weights.current(), {"created": "2026-01-01T00:00:00+00:00", "experiences": ids})
    except OSError as error:  # as the child's `merge` has it
        raise StorageError(str(error)) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def say(home: Home) -> None:
    latest(home).add("user", "I keep bees.", 0)


def say_otherwise(home: Home) -> None:
    talk = latest(home)
    if talk.turns[0].text != "I keep bees.":
        talk.put(0, "I keep bees.", 0)


def forget_goats(home: Home) -> None:
    forget(home, plan(home, find(home, [], matching="goats")))


def find_goats(home: Home) -> bool:
    return any("goats" in turn.text for turn in user_turns(home))


def delete_goats(home: Home) -> None:
    delete(home, names(home)[0])


def fork_goats(home: Home) -> None:
    fork(home, latest(home), 1)


def take_in_two(home: Home) -> None:
    hens, geese = (Turn(f"{name}/1", "user", name, "2026-01-01T00:00:00+00:00", 0, False) for name in ("hens", "geese"))
    take_in(home, [Talk("hens", About("Hens"), (hens,)), Talk("geese", About(), (geese,))])


def roll_back(home: Home) -> None:
    Weights(home, MODEL).rollback(0)


def refuse(home: Home) -> None:
    count_refusal(Weights(home, MODEL).root, ["a/1"], "it made things up")


def prune(home: Home) -> None:
    weights = Weights(home, MODEL)
    weights.prune(weights.surplus(0))
    assert weights.surplus(0) == []


def state(home: Home) -> tuple[Any, ...]:
    """What a user can see of the home."""
    weights = Weights(home, MODEL)
    assert all(weights.whole(version) for version in weights.all())
    turns = list(user_turns(home))
    assert len({turn.id for turn in turns}) == len(turns)
    return (
        [turn.text for turn in turns], bool(weights.current()), [e.text for e in pending(home, MODEL)],
        list(refusals(weights.root).values()),
    )  # fmt: skip


UNFINISHED: dict[Act, Callable[[Home], bool]] = {
    forget_goats: find_goats,
    delete_goats: lambda home: bool(listed(home)),
    fork_goats: lambda home: len(listed(home)) < 2,
    take_in_two: lambda home: len(listed(home)) < 3,
}
"""What can be left half done, and how to see it."""


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("act", [say, say_otherwise, publish, roll_back, prune, refuse, *UNFINISHED])
def test_every_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Act, fault: int) -> None:
    """The n-th call that touches the disk fails, for every n. With `-s` the figures of the README."""
    failed, ours = 0, threading.get_ident()
    ends: list[tuple[Any, ...]] = []
    for at in range(1, 200):
        root = tmp_path / str(at)
        home = Home(root / "config", root / "data", root / "cache")
        Conversation(home.conversations).add("user", "I keep goats.", 0)
        refuse(home)
        if act in (forget_goats, roll_back, prune, delete_goats):
            publish(home)
        if act is delete_goats:
            say(home)
        if act is prune:
            roll_back(home)
        before, calls = state(home), 0

        def failing(real: Any) -> Any:
            def call(*args: Any, **kwargs: Any) -> Any:
                nonlocal calls
                if threading.get_ident() != ours:  # what an earlier test left running
                    return real(*args, **kwargs)
                calls += 1
                if calls == at:  # noqa: B023  # called in this turn of the loop only
                    if kwargs.get("ignore_errors"):
                        return None
                    raise OSError(fault, os.strerror(fault))
                return real(*args, **kwargs)

            return call

        with monkeypatch.context() as patch:
            for owner, name in FAILING:
                patch.setattr(owner, name, failing(getattr(owner, name)))
            try:
                act(home)
            except StorageError as error:
                failed += 1
                assert os.strerror(fault) in str(error)
                assert len(str(error).splitlines()) == 1
        if state(home) == before or (act in UNFINISHED and UNFINISHED[act](home)):
            act(home)  # what failed can be done again
        ends.append(state(home))
        if calls < at:
            break
    assert failed >= 3
    otherwise = {at: end for at, end in enumerate(ends, start=1) if end != ends[-1]}
    assert not otherwise, f"done twice, or not at all; without a fault it ends as {ends[-1]}"
    print(f"\n{act.__name__}: {len(ends) - 1} faults ({errno.errorcode[fault]}), {failed} told in words")
