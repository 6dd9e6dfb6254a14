"""Conversations on disk, every turn durable before anything is done with it.

    conversations/NAME/0001.json     TinyDB, SEGMENT turns; the next ones stand in 0002.json
    conversations/NAME/about.json    its title and system prompt, once it has one

An experience is what the user stated in one turn. Whether it is pending is derived, never stored: it is when no version
in the current lineage names it.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten

from memory.errors import StorageError, UsageError
from memory.home import Home, private_folder
from memory.locks import owning
from memory.statements import MOST, introduced, stated
from memory.storage import AtomicJSONStorage, disk, open_table
from memory.texts import split

SEGMENT = 50
"""Turns in one file, and the reply to the last: what one more turn has to rewrite, however long the talk."""
ABOUT = "about.json"
LONGEST = 10_000
"""Characters of a message from which on it is a pasted text, unless he asks for it to be remembered."""
RECENT = 200
"""Turns back in which a name is looked for that a message begins with."""
_OF_SOMEBODY = re.compile(
    r"^(?:he|she|his|her)\b|(?:^|[.!?]\s+)(?!(?:Is|Are|Do|Does|Did|Can|Could|Will|Would|Should|What|Which|Who|Where|When"
    r"|Why|How|The|It|That|This|Please|Thanks|Yes|No|OK|Tell|Give|I|You)\b)"
    r"(?-i:[A-Z\u00c0-\u024f])[\w'-]+ (?:[a-z'-]+ )?[a-z]",
    re.IGNORECASE,
)
"""A message that may speak of somebody by name, or of the one before."""
HEADING = 48
"""Characters of the first message that stand for a title."""


@dataclass(frozen=True)
class Turn:
    """One message. id: "CONVERSATION/NUMBER"; role: "user" | "assistant"; at: ISO time; version: of the weights;
    learnable: whether it is an experience."""

    id: str
    role: str
    text: str
    at: str
    version: int
    learnable: bool


@dataclass(frozen=True)
class Experience:
    """What the user stated in one turn: the turn's id, his words as typed, and when."""

    id: str
    text: str
    at: str


@dataclass(frozen=True)
class About:
    """What a conversation is called and how the model is to behave in it. named: a person gave the title; deleted: only
    what versions of the weights have learned of it is left."""

    title: str = ""
    named: bool = False
    system: str = ""
    deleted: bool = False


class Conversation:
    """A conversation and its turns; with no folder it is temporary and leaves no trace.

    known: names of people and animals that the weights have learned of; what is said of them is an experience, too.
    """

    known: frozenset[str] = frozenset()

    def __init__(self, folder: Path | None, name: str | None = None) -> None:
        self.name = name or f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        self._folder = folder
        self._lock = ExitStack()
        self.turns: list[Turn] = list(_read(folder / self.name)) if folder and name else []
        self.about = read_about(folder / name) if folder and name else About()

    @property
    def temporary(self) -> bool:
        return self._folder is None

    @property
    def heading(self) -> str:
        """Its title, else the first words of the user."""
        first = next((turn.text for turn in self.turns if turn.role == "user" and turn.text), "")
        return self.about.title or shorten(first, HEADING, placeholder=" …") or "(nothing said)"

    @property
    def at(self) -> str:
        """When the last message was said; "" if there is none."""
        return self.turns[-1].at if self.turns else ""

    def describe(self, about: About) -> None:
        """Give it another title or system prompt; on disk as soon as something is said in it.

        Raises:
            StorageError: it could not be written; nothing changed.
        """
        if self._folder and self.turns:
            write_about(self._folder / self.name, about)
        self.about = about

    def add(self, role: str, text: str, version: int) -> Turn:
        """Append a turn; when this returns it is on disk.

        Raises:
            StorageError: the home is full or not writable; `turns` is what the disk has.
        """
        turn = self._turn(len(self.turns), role, text, version)
        if self._folder:
            private_folder(self._folder)
            if not self.turns and self.about != About():
                write_about(self._folder / self.name, self.about)
            before = len(self.turns) - (role == "assistant")  # a reply stands in the file of its message
            with self._as_on_disk(), open_table(self._folder / self.name / _segment(before)) as database:
                database.table("turns").insert(asdict(turn))
        self.turns.append(turn)
        return turn

    def put(self, at: int, text: str, version: int) -> Turn:
        """Let turn `at` (from 0) say something else; what came after it goes. When this returns it is so on disk.

        Killed in between, the old turns stand or the new one; of two files, which an import may have cut between a
        message and its reply, the second goes first.

        Raises:
            StorageError: the home is full or not writable; `turns` is what the disk has.
        """
        turn = self._turn(at, self.turns[at].role, text, version)
        gone = {old.id for old in self.turns[at:]}
        if self._folder:
            with self._as_on_disk():
                if turn.role == "user":
                    _drop_proposed(self._folder / self.name)
                _put(self._folder / self.name, gone, turn)
                if turn.role == "user":
                    _drop_copies(self._folder / self.name)
                self.about = read_about(self._folder / self.name)
        self.turns[at:] = [turn]
        return turn

    def _turn(self, at: int, role: str, text: str, version: int) -> Turn:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        states = role == "user" and learnable(text, self.turns[:at], self.known)
        return Turn(f"{self.name}/{at + 1}", role, text, now, version, states)

    @contextmanager
    def _as_on_disk(self) -> Iterator[None]:
        """If the body cannot write, it may have failed after something was written: take what is there."""
        try:
            yield
        except StorageError:
            self.read_again()
            raise

    def read_again(self) -> None:
        """Take the turns from the disk, after something else changed them."""
        if self._folder:
            self.turns = list(_read(self._folder / self.name))
            self.about = read_about(self._folder / self.name)

    def hold(self) -> None:
        """Be the only process that writes this conversation, until `release`.

        Raises:
            BusyError: another chat has it open.
        """
        if self._folder:
            advice = "it is open in another chat; begin a new one there, or here without --continue"
            self._lock.enter_context(owning(self._folder.parent, f"conversation-{self.name}", advice))
            _sweep(self._folder / self.name)

    def release(self) -> None:
        """Let another process write it."""
        self._lock.close()

    def messages(self, before: int | None = None) -> list[dict[str, str]]:
        """The system prompt and the turns, up to turn `before` (from 0), as the chat template takes them.

        Those that were forgotten are left out.
        """
        system = [{"role": "system", "content": self.about.system}] if self.about.system else []
        return [*system, *({"role": turn.role, "content": turn.text} for turn in self.turns[:before] if turn.text)]


def learnable(text: str, before: Sequence[Turn] = (), known: frozenset[str] = frozenset()) -> bool:
    """Whether a message states something about the user or his own and is no pasted text.

    before: the turns of the conversation until then; known: names that were told of in others.
    """
    if len(split(text)[0]) > LONGEST:
        return False
    count = stated(text)
    if not count and _OF_SOMEBODY.search(text):  # "Zoe is six.", "She plays the cello.": if it was said who that is
        said = [turn for turn in before[-RECENT:] if turn.role == "user"]
        latest = said[-1].text if said and said[-1].learnable else ""
        named = {name for turn in said if turn.learnable for name in introduced(turn.text)}
        count = stated(text, known | named, latest)
    return 0 < count <= MOST


def heard(turns: Iterable[Turn], may: Callable[[Turn], bool]) -> tuple[Turn, ...]:
    """The turns of a conversation, those of the user experiences that may be and state something."""
    found: list[Turn] = []
    for turn in turns:
        found.append(replace(turn, learnable=turn.role == "user" and may(turn) and learnable(turn.text, found)))
    return tuple(found)


def segments(folder: Path) -> list[Path]:
    """The files of one conversation, oldest first."""
    return sorted(folder.glob("[0-9]*.json"))


def _read(folder: Path) -> Iterator[Turn]:
    for path in segments(folder):
        yield from _turns(path)


def _segment(turn: int) -> str:
    return f"{turn // SEGMENT + 1:04d}.json"


def _put(folder: Path, gone: set[str], turn: Turn) -> None:
    """Write the turn in the place of these, which are the last."""
    for path in reversed(segments(folder)):
        kept = [old for old in _turns(path) if old.id not in gone]
        if turn.id in {old.id for old in _turns(path)}:
            rows = {str(number): asdict(each) for number, each in enumerate([*kept, turn], start=1)}
            AtomicJSONStorage(path).write({"turns": rows})
            return
        with disk(path):
            path.unlink()


def _turns(path: Path) -> Iterator[Turn]:
    with open_table(path) as database:
        yield from (Turn(**document) for document in database.table("turns").all())


def write_turns(folder: Path, turns: Sequence[Turn]) -> None:
    """Start a conversation's files with these turns.

    Raises:
        StorageError: they could not be written.
    """
    for start in range(0, len(turns), SEGMENT):
        with open_table(folder / f"{start // SEGMENT + 1:04d}.json") as database:
            database.table("turns").insert_multiple(asdict(turn) for turn in turns[start : start + SEGMENT])


def read_about(folder: Path) -> About:
    """The title and system prompt of the conversation in `folder`.

    Raises:
        StorageError: neither the file nor its last good copy can be read.
    """
    path = folder / ABOUT
    try:
        return About(**(AtomicJSONStorage(path).read() or {}).get("about", {}))
    except TypeError as error:
        raise StorageError(f"{path} is not of this program: move it away") from error


def write_about(folder: Path, about: About) -> None:
    """Put them on disk."""
    AtomicJSONStorage(folder / ABOUT).write({"about": asdict(about)})


def names(home: Home) -> list[str]:
    """Every conversation, oldest first."""
    return sorted(path.parent.name for path in home.conversations.glob("[!.]*/0001.json"))


def latest(home: Home) -> Conversation:
    """The conversation with the last message.

    Raises:
        UsageError: there is none yet.
    """
    folders = [home.conversations / name for name in names(home) if not read_about(home.conversations / name).deleted]
    if not folders:
        raise UsageError("there is no conversation to continue: start one with `selfparam-agent chat`")
    return Conversation(home.conversations, max(folders, key=_last_said).name)


def _last_said(folder: Path) -> tuple[str, int]:
    """When, by its last turn; in the same second by the file."""
    last = segments(folder)[-1]
    return max((turn.at for turn in _turns(last)), default=""), last.stat().st_mtime_ns


def experiences(home: Home) -> Iterator[Experience]:
    """Every user turn that states something about the user, oldest first."""
    return (Experience(turn.id, turn.text, turn.at) for turn in user_turns(home) if turn.learnable)


def user_turns(home: Home) -> Iterator[Turn]:
    """Every user turn, oldest first."""
    for name in names(home):
        yield from (turn for turn in _read(home.conversations / name) if turn.role == "user")


def last_said(home: Home, count: int = 200) -> list[str]:
    """The user's last messages, oldest first: of the conversations begun last as many as give `count`."""
    said: list[str] = []
    for name in reversed(names(home)):
        if read_about(home.conversations / name).deleted:
            continue
        said = [*(turn.text for turn in _read(home.conversations / name) if turn.role == "user" and turn.text), *said]
        if len(said) >= count:
            break
    return said[-count:]


def blank(home: Home, name: str, ids: set[str]) -> None:
    """Empty these user turns and the replies to them; nothing of them stays, in a proposed title neither."""
    emptied = False
    folder = home.conversations / name
    for path in segments(folder):
        with open_table(path) as database:
            table = database.table("turns")
            for document in table.all():
                emptied = document["id"] in ids if document["role"] == "user" else emptied
                if emptied:
                    table.update({"text": "", "learnable": False}, doc_ids=[document.doc_id])
    _drop_proposed(folder)
    _drop_copies(folder)


def _drop_proposed(folder: Path) -> None:
    """A title that the model proposed goes with what it was made of."""
    about = read_about(folder)
    if about.title and not about.named:
        write_about(folder, replace(about, title=""))


def keep_only(home: Home, name: str, ids: set[str]) -> None:
    """Remove all of a conversation but these turns; killed in between, call it again."""
    folder = home.conversations / name
    for path in segments(folder):
        with open_table(path) as database:
            table = database.table("turns")
            table.remove(doc_ids=[document.doc_id for document in table.all() if document["id"] not in ids])
    write_about(folder, About(deleted=True))
    _drop_copies(folder)


def _drop_copies(folder: Path) -> None:
    """Remove the last good copies, which hold what was just removed."""
    with disk(folder):
        for pattern in ("*.json.bak", "*.json.damaged"):
            for path in folder.glob(pattern):
                path.unlink()
    _sweep(folder)


def _sweep(folder: Path) -> None:
    """Remove what a killed write left beside the files; the conversation's lock is held."""
    with disk(folder):
        for path in folder.glob(".*"):
            path.unlink()


def check_writable(home: Home) -> None:
    """Fail early and in words when the home cannot be written.

    Raises:
        StorageError: it cannot.
    """
    probe = private_folder(home.data) / ".writable"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise StorageError(
            f"cannot write to {home.data} ({error.strerror}): free it or point SELFPARAM_HOME at a folder you own"
        ) from error
