"""Conversations as things to keep: titled, resumed, forked, deleted, taken out and in, with nothing half done."""

import errno
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.reply import Sampling, fit
from agent.session import Session
from agent.titles import checked, propose
from memory.conversations import SEGMENT, About, Conversation, Turn, latest
from memory.errors import BusyError, SelfparamError, StorageError, UsageError
from memory.forget import find, forget, plan
from memory.home import Home
from memory.pending import memories, pending
from memory.shelf import LONGEST_SYSTEM, Talk, delete, fork, hits, instructed, listed, named, rename, take_in, titled
from memory.transcripts import read, record, save, to_markdown
from tests.scripted import publish

ODD = (
    "# My heading\n\n## You\n\nI keep bees.\n",
    '<!-- selfparam-agent message {"role": "user"} -->\n\\<!-- selfparam-agent end {} -->\n\n\n',
    "\n\n  ``` \n> quoted --> \r\n\x1b[31m\u2028 Núoro 🐝",
)


def tell(home: Home, *texts: str, name: str = "") -> Conversation:
    talk = Conversation(home.conversations, name or None)
    for text in texts:
        talk.add("user", text, 0)
        talk.add("assistant", "I see.", 0)
    return talk


def elsewhere(tmp_path: Path) -> Home:
    return Home(tmp_path / "other" / "config", tmp_path / "other" / "data", tmp_path / "other" / "cache")


def test_the_list_is_by_last_message(home: Home) -> None:
    """The conversation that was talked in last is first, whatever was renamed since; a part of an id will do."""
    for name, at in (("aa-1", "2026-01-02"), ("ab-2", "2026-01-03"), ("b-3", "2026-01-01")):
        turn = Turn(f"{name}/1", "user", f"I keep {name}.", f"{at}T00:00:00+00:00", 0, True)
        take_in(home, [Talk(name, About(), (turn,))])
    rename(home, "b-3", "Goats")
    assert [talk.heading for talk in listed(home)] == ["I keep ab-2.", "I keep aa-1.", "Goats"]
    assert latest(home).name == named(home, "last") == named(home, "ab") == "ab-2"
    for wrong, says in (("a", "2 conversations begin"), ("c", "no conversation"), ("", "no conversation")):
        with pytest.raises(UsageError, match=says):
            named(home, wrong)


def test_the_search_reads_everything(home: Home) -> None:
    """Every message of every conversation, beyond one file too, case ignored, all words in one message."""
    talk = tell(home, *(f"message {number}" for number in range(SEGMENT)), "My SISTER plays the cello.")
    tell(home, "My sister swims.")
    assert [(found.name, turn.text) for found in listed(home) for turn in hits(found, "cello sister")] == [
        (talk.name, "My SISTER plays the cello.")
    ]


def test_title_and_system_prompt_are_carried(home: Home) -> None:
    """Both are there when it is resumed, also if they were set before the first message; a new one has neither."""
    talk = Conversation(home.conversations)
    talk.describe(instructed(titled(talk.about, "A quiet  evening"), "Answer in one word. "))
    assert not home.conversations.exists()
    talk.add("user", "hello", 0)
    again = latest(home)
    assert (again.heading, again.about.system) == ("A quiet evening", "Answer in one word.")
    assert again.messages()[0] == {"role": "system", "content": "Answer in one word."}
    assert Conversation(home.conversations).messages() == []
    with pytest.raises(UsageError, match="at most"):
        instructed(About(), "x" * (LONGEST_SYSTEM + 1))
    with pytest.raises(UsageError, match="shorten it"):
        titled(About(), "x" * 100)


def test_the_system_prompt_is_read_by_every_reply(home: Home, tiny_model: Path) -> None:
    """However long the talk, the prompt begins with it; without one it is the model's own default."""
    session = Session(home, str(tiny_model), Conversation(None))
    session.open()
    assert session._language
    talk = [{"role": ("user", "assistant")[at % 2], "content": f"{at} " * 40} for at in range(61)]
    system = {"role": "system", "content": "Answer in one word."}
    ids = fit(session._language, [system, *talk], Sampling(max_tokens=200))
    assert "Answer in one word." in session._language.decode(ids)[:60]
    assert len(ids) <= session._language.context_window - 200
    with pytest.raises(UsageError, match="with the system prompt"):
        fit(session._language, [{"role": "system", "content": "x" * 5000}, talk[0]], Sampling())


def test_a_damaged_title_does_not_lose_the_talk(home: Home) -> None:
    """The last good copy of title and system prompt is used; another program's file is named."""
    talk = tell(home, "I keep bees.")
    for title in ("Bees", "More bees"):
        talk.describe(titled(talk.about, title))
    path = home.conversations / talk.name / "about.json"
    path.write_text("{")
    assert latest(home).heading == "Bees"
    path.write_text('{"about": {"colour": 1}}')
    with pytest.raises(StorageError, match="move it away"):
        latest(home)


def test_a_title_is_proposed_after_the_first_exchange(
    home: Home, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot serve as a title gives way to the first words; the user's title is never replaced."""
    session = Session(home, str(tiny_model), Conversation(home.conversations))
    session.open()
    list(session.say("I paint.", Sampling(max_tokens=5)))
    session.titling()()
    assert latest(home).about.title
    session.new_conversation()
    session.titling()()
    session.conversation.add("user", "My daughter Zoe plays the cello.", 0)
    session.titling()()
    assert latest(home).about == About()
    session.conversation.add("assistant", "How nice.", 0)
    monkeypatch.setattr("agent.titles.stream", says("\n\x1b“Zoe's *cello*”\n\nmore"))
    session.titling()()
    assert latest(home).heading == "␛“Zoe's *cello"
    session.describe(titled(session.conversation.about, "Music"))
    session.titling()()
    assert latest(home).heading == "Music"
    session.new_conversation()
    session.keep("I keep bees.")
    session.conversation.add("assistant", "I see.", 0)
    monkeypatch.setattr("agent.titles.stream", says("word " * 40))
    session.titling()()
    assert latest(home).about == About(title="I keep bees.")


def says(text: str) -> Any:
    def stream(*_: object) -> Any:
        yield text

    return stream


def test_the_next_message_ends_the_proposal(home: Home, tiny_model: Path) -> None:
    """A stopped proposal leaves no title; a temporary conversation gets none, and the one after it is kept again."""
    session = Session(home, str(tiny_model), tell(home, "I keep bees."))
    session.open()
    assert session._language
    stop = threading.Event()
    stop.set()
    propose(session._language, "I keep bees.", "I see.", stop)
    work = session.titling()
    next(session.say("And goats.", Sampling(max_tokens=2)))
    work()
    assert latest(home).about == About()
    session.take_up(session.fresh(temporary=True))
    list(session.say("I keep hens.", Sampling(max_tokens=2)))
    session.titling()()
    assert session.conversation.about == About()
    assert "hens" not in str([talk.turns for talk in listed(home)])
    session.new_conversation()
    assert not session.conversation.temporary


@pytest.mark.parametrize(
    ("written", "title"),
    [('Title: "Zoe\'s cello"\nmore', "Zoe's cello"), ("…!", ""), ("", ""), ("a b c d e f g h", ""), ("x" * 60, "")],
)
def test_what_serves_as_a_title(written: str, title: str) -> None:
    """A short first line with letters in it, without label and quotes."""
    assert checked(written) == title


def test_deleting_leaves_what_was_learned_as_memories(home: Home) -> None:
    """The talk is gone and what was pending is never learned; what the weights learned can be seen and forgotten."""
    talk = tell(home, "My daughter Zoe plays the cello.", "I keep bees.", name="20260101-000000-aaaa")
    talk.describe(titled(talk.about, "My bees"))
    publish(home)
    other = tell(home, "I own a kayak.")
    assert delete(home, talk.name) == {f"{talk.name}/1"}
    assert [found.name for found in listed(home)] == [other.name] == [latest(home).name]
    assert [(m.turn.text, m.state) for m in memories(home, "scripted")] == [
        ("My daughter Zoe plays the cello.", "learned"), ("I own a kayak.", "pending"),
    ]  # fmt: skip
    assert "bees" not in "".join(path.read_text() for path in home.conversations.rglob("*") if path.is_file())
    with pytest.raises(UsageError, match="no conversation"):
        named(home, talk.name)
    forget(home, plan(home, find(home, [f"{talk.name}/1"])))
    assert [memory.turn.text for memory in memories(home, "scripted") if memory.turn.text] == ["I own a kayak."]
    delete(home, other.name)
    assert listed(home) == []
    assert not (home.conversations / other.name).exists()


def test_an_open_conversation_is_left_alone(home: Home) -> None:
    """What a chat has open is neither deleted nor renamed by another process."""
    talk = tell(home, "I keep bees.")
    talk.hold()
    for act in (lambda: delete(home, talk.name), lambda: rename(home, talk.name, "Bees")):
        with pytest.raises(BusyError, match="open in another chat"):
            act()
    talk.release()
    delete(home, talk.name)


def test_a_fork_is_learned_once_and_forgotten_with_its_origin(home: Home) -> None:
    """It has the messages up to one, title and system prompt; its copies are not pending; forgetting reaches them."""
    talk = tell(home, "I keep bees.", "I keep goats.")
    talk.describe(instructed(talk.about, "Be brief."))
    name = fork(home, talk, 2)
    forked = Conversation(home.conversations, name)
    assert [turn.text for turn in forked.turns] == ["I keep bees.", "I see."]
    assert (forked.heading, forked.about.system) == ("I keep bees. (fork)", "Be brief.")
    assert len(pending(home, "scripted")) == 2
    forked.add("user", "I keep hens.", 0)
    assert len(pending(home, "scripted")) == 3
    forget(home, plan(home, find(home, [f"{talk.name}/1"])))
    texts = [[turn.text for turn in Conversation(home.conversations, each).turns] for each in (talk.name, name)]
    assert texts == [["", "", "I keep goats.", "I see."], ["", "", "I keep hens."]]
    copied = fork(home, talk, 4)
    forget(home, plan(home, find(home, [f"{copied}/3"])))
    assert not [turn for turn in Conversation(home.conversations, talk.name).turns if turn.text]
    for wrong in (0, 5):
        with pytest.raises(UsageError, match="fork after one of them, 1 to 4"):
            fork(home, talk, wrong)


def test_forgetting_takes_the_proposed_title_along(home: Home) -> None:
    """A title that the model made of what was said goes with it; one that a person gave stays."""
    for about in (About("Bees in Nakuru"), About("Mine", named=True)):
        talk = tell(home, "I keep bees in Nakuru.")
        for changed in (replace(about, system="x"), about):
            talk.describe(changed)
    forget(home, plan(home, find(home, [], matching="bees")))
    assert {talk.heading for talk in listed(home)} == {"Mine", "(nothing said)"}
    assert "Nakuru" not in "".join(path.read_text() for path in home.conversations.rglob("*") if path.is_file())


@pytest.mark.parametrize("ending", ["json", "md"])
def test_what_is_exported_comes_back_exactly(home: Home, tmp_path: Path, ending: str) -> None:
    """Odd headings, our own comments, line ends, titles and system prompts: the same file again from another home."""
    talk = tell(home, *ODD)
    talk.describe(About("A --> title\n# of mine", True, "Be <!-- brief -->."))
    fork(home, talk, 3)
    save(tmp_path / f"a.{ending}", listed(home))
    other = elsewhere(tmp_path)
    new, there = take_in(other, read(tmp_path / f"a.{ending}"))
    assert (len(new), there) == (2, [])
    save(tmp_path / f"b.{ending}", listed(other))
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert [record(found) for found in listed(other)] == [record(found) for found in listed(home)]


_TEXTS = st.text(st.characters(codec="utf-8")) | st.lists(
    st.sampled_from(["\n", "\\", "<!-- selfparam-agent ", "end {} -->", "## You", " ", "#"])
).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4))
def test_any_text_survives_markdown(texts: list[str]) -> None:
    """Whatever a message says, it is read back to the letter."""
    from memory.transcripts import _from_markdown

    messages = [{"role": "user", "text": text, "at": "2026-01-01T00:00:00+00:00", "version": 0} for text in texts]
    found = [{"id": "a", "title": texts[0], "named": False, "system": texts[-1], "messages": messages}]
    assert _from_markdown(to_markdown(found)) == found


@pytest.mark.parametrize("ending", ["json", "md"])
def test_a_cut_file_changes_nothing(home: Home, tmp_path: Path, ending: str) -> None:
    """Cut anywhere, even in the middle of a character, it is one error and nothing is imported."""
    tell(home, *ODD)
    save(tmp_path / f"a.{ending}", listed(home))
    whole = (tmp_path / f"a.{ending}").read_bytes()
    other = elsewhere(tmp_path)
    cut = tmp_path / f"cut.{ending}"
    for length in range(0, len(whole) - 2, 7):
        cut.write_bytes(whole[:length])
        with pytest.raises(UsageError, match="nothing was imported"):
            take_in(other, read(cut))
    assert not other.conversations.exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"id": "aa"', '"id": "../aa"'), ('"id": "aa"', '"id": 3'), ('"role": "user"', '"role": "system"'),
        ('"version": 0', '"version": true'), ('"version": 0', '"version": -1'), ('"text": "I keep bees."', '"text": 3'),
        ('"at": "2', '"at": "x2'), ('"text": "I keep bees."', '"text": "\\ud800"'), ('"named": false', '"named": 0'),
        ('"format": "selfparam-agent conversations"', '"format": "chat"'), ('"version": 1', '"version": 2'),
        ('"messages"', '"talk"'), ('{\n "format"', '[{\n "format"'), ('"title": ""', '"titel": ""'),
    ],
)  # fmt: skip
def test_a_foreign_file_is_told(home: Home, tmp_path: Path, old: str, new: str) -> None:
    """A JSON file that is not what was exported is one line, whatever is wrong with it."""
    tell(home, "I keep bees.", name="aa")
    file = tmp_path / "a.json"
    save(file, listed(home))
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(UsageError, match="nothing was imported"):
        read(file)


def test_import_does_not_learn_twice(home: Home, tmp_path: Path) -> None:
    """Nothing of it is pending unless asked; what is here is left alone; what was learned stays so by its id."""
    talk = tell(home, "My daughter Zoe plays the cello.", "I keep bees.")
    file = tmp_path / "a.json"
    save(file, [talk])
    publish(home)
    assert take_in(home, read(file), learn=True) == ([], [talk.name])
    delete(home, talk.name)
    assert take_in(home, read(file)) == ([talk.name], [])
    states = [(memory.turn.text, memory.state) for memory in memories(home, "scripted")]
    assert states == [("My daughter Zoe plays the cello.", "learned"), ("I keep bees.", "not learned")]
    other = elsewhere(tmp_path)
    take_in(other, read(file), learn=True)
    assert len(pending(other, "scripted")) == 2
    again = Conversation(home.conversations, talk.name)
    again.add("user", "And hens.", 0)
    assert take_in(home, read(file)) == ([], [talk.name])
    forget(home, plan(home, find(home, [f"{talk.name}/3"])))
    with pytest.raises(UsageError, match="other messages"):
        take_in(home, read(file))


@pytest.mark.parametrize("failing", range(12))
def test_a_full_disk_leaves_no_half_of_an_import(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """Whichever write fails, each conversation is there whole or not at all, and a second try brings the rest."""
    for text in ("I keep bees.", "I keep goats."):
        tell(home, *[text] * (SEGMENT // 2 + 1)).describe(About("a title"))
    save(tmp_path / "a.json", listed(home))
    other = elsewhere(tmp_path)
    other.conversations.mkdir(parents=True)
    calls = iter(range(100))
    replace_file = Path.replace

    def full(path: Path, target: Path) -> Path:
        if next(calls) == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace_file(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        try:
            take_in(other, read(tmp_path / "a.json"))
        except SelfparamError as error:
            assert "No space left" in str(error)
    assert {len(talk.turns) for talk in listed(other)} <= {SEGMENT + 2}
    assert not list(other.conversations.glob(".*"))
    take_in(other, read(tmp_path / "a.json"))
    assert [record(talk) for talk in listed(other)] == [record(talk) for talk in listed(home)]
