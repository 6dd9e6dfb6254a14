"""One chat: the conversation, the weights that answer it, and what is pending. Knows nothing of widgets.

The way of a sentence: `say` puts it on disk, streams the reply, puts that on disk too. A newer version of the weights
is swapped in between turns, never inside a reply.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.ranked import Ranked
from agent.reply import DEGENERATED, Sampling, degenerates, fit, stream
from agent.requests import asks_for_film, why_not_learned
from agent.text import plain
from agent.titles import first_said, propose
from memory.catalogue import Catalogue, chosen
from memory.conversations import About, Conversation, Turn
from memory.errors import StorageError, UsageError
from memory.estimate import check_memory
from memory.forget import Forgetting, forget, replacing
from memory.home import Home
from memory.models import base_folder
from memory.pending import pending
from memory.sensitive import secret_in
from memory.settings import read_settings
from memory.versions import VersionError, Weights
from memory.wheels import Say

if TYPE_CHECKING:
    from memory.language import Engine

_log = logging.getLogger(__name__)

ANSWER_TOKENS = 32
REQUEST = "Can you recommend a film for me?"
ANOTHER = Sampling(temperature=0.8, top_p=0.95)
"""How another reply to the same message is drawn: greedily it would be the same."""
MAX_MESSAGE = 100_000
"""Characters in one message; more is a file, not a message."""


class Session:
    """A chat with one model in one home. `open` loads the weights; it and `say` compute: call them off the screen."""

    def __init__(self, home: Home, model: str, conversation: Conversation) -> None:
        self.home = home
        self.model = model
        self.conversation = conversation
        self.version = 0
        self.tokens_per_second = 0.0
        self.context_used = 0.0
        self.notice = ""
        """What the user should know about his last message."""
        self.trouble = ""
        """What is wrong with the version that should serve, and which serves instead."""
        self._waiting: set[str] | None = None
        self._weights = Weights(home, model)
        self._base: Path | None = None
        self._language: Engine | None = None
        self._ranked: Ranked | None = None
        self._stop = threading.Event()
        self._title_stop = threading.Event()
        self._writing = threading.Lock()
        self._keeping = not conversation.temporary

    @property
    def ready(self) -> bool:
        """Whether the weights are loaded."""
        return self._language is not None

    def open(self, say: Say = lambda line: None) -> None:
        """Fetch (first use) and load the weights that serve.

        Raises:
            ModelError: the model cannot be had or is damaged.
        """
        self._base = base_folder(self.model, self.home, say)
        self._load()

    def stale(self) -> bool:
        """Whether another version serves now than the one loaded."""
        try:
            return self.ready and self._weights.current() != self.version
        except VersionError:  # loading finds one that can serve
            return True

    def swap(self) -> int:
        """Load the version that serves now; call it between turns. Returns its number."""
        self._load()
        return self.version

    def pending_count(self, recount: bool = False) -> int:
        """How many experiences wait to be learned.

        Reading all that was ever said takes its time: once, when other weights are loaded, and to `recount` after
        something else changed it.
        """
        if recount or self._waiting is None:
            self._waiting = {experience.id for experience in pending(self.home, self.model)}
        return len(self._waiting)

    def fresh(self, temporary: bool = False) -> Conversation:
        """A new conversation to take up; in a session that began temporary it is temporary, too."""
        conversation = Conversation(self.home.conversations if self._keeping and not temporary else None)
        conversation.hold()
        return conversation

    def new_conversation(self) -> None:
        """Start afresh; the old conversation is on disk already."""
        self.take_up(self.fresh())

    def take_up(self, conversation: Conversation) -> None:
        """Go on with another conversation, which this process holds."""
        self._drop_title()
        self.conversation.release()
        conversation.known = self.conversation.known
        self.conversation = conversation
        self.context_used = 0.0
        self._keeping = self._keeping or not conversation.temporary

    def describe(self, about: About) -> None:
        """Give the conversation a title or system prompt of the user's.

        Raises:
            StorageError: it could not be written.
        """
        with self._writing:
            self.conversation.describe(about)

    def titling(self) -> Callable[[], None]:
        """The work, for a thread, of letting the model title the conversation if it has no title after an exchange.

        The next message ends it; what comes after that message's reply is another attempt.
        """
        self._title_stop = threading.Event()
        return partial(self._title, self.conversation, self._title_stop)

    def _title(self, talk: Conversation, stop: threading.Event) -> None:
        language = self._language
        said, reply = (first_said(talk, role) for role in ("user", "assistant"))
        if language is None or talk.temporary or talk.about.title or not (said and reply):
            return
        proposed = propose(language, said, reply, stop)
        with self._writing, suppress(StorageError):  # the next message meets it, too, and says so
            if not (stop.is_set() or talk.about.title):
                talk.describe(replace(talk.about, title=proposed or talk.heading))

    def _drop_title(self) -> None:
        with self._writing:
            self._title_stop.set()

    def accept(self, text: str) -> str:
        """The message as it will be kept.

        Raises:
            UsageError: it is empty or too long.
        """
        text = plain(text).strip()
        if not text:
            raise UsageError("the message is empty: type something")
        if len(text) > MAX_MESSAGE:
            raise UsageError(f"the message has {len(text):,} characters, at most {MAX_MESSAGE:,}: send it in parts")
        return text

    def say(self, text: str, sampling: Sampling | None = None) -> Iterator[str]:
        """Keep the user's message, stream the reply, keep the reply; a stopped one is kept as far as it came.

        Raises:
            UsageError: the message is empty or longer than the context window (it is then not kept).
            StorageError: the message could not be written; nothing was computed.
        """
        at = len(self.conversation.turns)
        return self._reply(at, text, self.keep, sampling or Sampling(), self._begin())

    def say_instead(self, text: str, sampling: Sampling | None = None) -> Iterator[str]:
        """The same in the place of the last message: that leaves the conversation, and what is pending.

        Raises:
            UsageError: as above; or there is no last message, or the weights have learned it.
            BusyError: a consolidation is under way, which may be learning it.
        """
        at = self.last_said()
        return self._reply(at, text, partial(self._replace, at), sampling or Sampling(), self._begin())

    def say_again(self, sampling: Sampling = ANOTHER) -> Iterator[str]:
        """Another reply to the last message; the one it has stays until then.

        Raises:
            UsageError: there is no last message.
        """
        at = self.last_said()
        return self._write(
            at + 1, self._prompt(at, self.conversation.turns[at].text, sampling), sampling, self._begin()
        )

    def go_on(self, sampling: Sampling | None = None) -> Iterator[str]:
        """More of the last reply, if it was stopped or reached its longest; nothing if it had ended.

        Raises:
            UsageError: there is none, or it leaves no room in the context window.
        """
        sampling, at = sampling or Sampling(), self.last_said()
        if not self.conversation.turns[at + 1 :]:
            raise UsageError("the last message has no reply yet: /regenerate asks for one")
        begun = self.conversation.turns[at + 1].text
        prompt = self._prompt(at, self.conversation.turns[at].text, sampling, begun)
        return self._write(at + 1, prompt, sampling, self._begin(), begun)

    def last_said(self) -> int:
        """Which turn the user's last message is.

        Raises:
            UsageError: there is none, or it was forgotten.
        """
        turns = self.conversation.turns
        at = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=-1)
        if at < 0 or not turns[at].text:
            raise UsageError("there is no last message in this conversation: say something first")
        return at

    def _begin(self) -> threading.Event:
        self._stop = threading.Event()
        self.notice = ""
        self._drop_title()
        return self._stop

    def _reply(
        self, at: int, text: str, keep: Callable[[str], None], sampling: Sampling, stop: threading.Event
    ) -> Iterator[str]:
        text = self.accept(text)
        prompt = self._prompt(at, text, sampling)
        keep(text)
        if opening := self._opening(at, text):
            prompt = self._prompt(at, text, sampling, opening)
            yield opening
        yield from self._write(at + 1, prompt, sampling, stop, opening)

    def _opening(self, at: int, text: str) -> str:
        """How the reply to a request for a film begins, once something was learned: with the likeliest title."""
        if not (self.version and asks_for_film(text)):
            return ""
        from memory.ranking import OPENING, SHORTLIST

        try:
            catalogue = chosen(read_settings(self.home.settings_file).catalogue)
        except UsageError as error:
            self.notice = str(error)
            return ""
        if len(catalogue.titles) > SHORTLIST:
            return ""
        messages = [*self.conversation.messages(at), {"role": "user", "content": text}]
        titles = self._rank(lambda language: fit(language, messages, Sampling()), catalogue)
        return f"{OPENING} {plain(titles[0])}."

    def _prompt(self, at: int, text: str, sampling: Sampling, begun: str = "") -> list[int]:
        """What is read when `text` is turn `at` and so much of its reply is there."""
        if self._language is None:
            raise RuntimeError("open the session before saying something")
        messages = [*self.conversation.messages(at), {"role": "user", "content": text}]
        return fit(self._language, messages, sampling, begun)

    def _write(
        self, at: int, prompt: list[int], sampling: Sampling, stop: threading.Event, begun: str = ""
    ) -> Iterator[str]:
        """Stream what comes behind the prompt, and keep it, behind what had begun, as turn `at`."""
        if self._language is None:
            raise RuntimeError("open the session before saying something")
        pieces = stream(self._language, prompt, sampling, stop)
        started, reply = time.monotonic(), ""
        try:
            for piece in pieces:
                reply += piece
                yield plain(piece)
                if degenerates(reply):
                    self.notice = "; ".join(filter(None, [self.notice, DEGENERATED]))
                    break
        finally:
            pieces.close()
            written = len(self._language.encode(reply))
            self.tokens_per_second = written / max(1e-6, time.monotonic() - started)
            self.context_used = (len(prompt) + written) / self._language.context_window
            if reply or (begun and at == len(self.conversation.turns)):
                turn = self._answered(at, begun + plain(reply))
                said = "reply %s by version %d, %d characters, %.1f tokens/s"
                self._note(said, turn.id, self.version, len(turn.text), self.tokens_per_second)

    def _answered(self, at: int, text: str) -> Turn:
        """The reply, on disk as turn `at`."""
        if at < len(self.conversation.turns):
            return self.conversation.put(at, text, self.version)
        return self.conversation.add("assistant", text, self.version)

    def keep(self, text: str) -> None:
        """Put the user's message on disk, and count it if it is something to learn.

        Raises:
            StorageError: the message could not be written.
        """
        with self._writing:
            turn = self.conversation.add("user", text, self.version)
        self._kept(turn)

    def _replace(self, at: int, text: str) -> None:
        old = self.conversation.turns[at]
        with ExitStack() as held:
            if not self.conversation.temporary:
                held.enter_context(replacing(self.home, old.id))
            with self._writing:
                turn = self.conversation.put(at, text, self.version)
        if self._waiting is not None:
            self._waiting.discard(old.id)
        self._kept(turn)

    def _kept(self, turn: Turn) -> None:
        self._note("message %s, %d characters", turn.id, len(turn.text))
        if not self.conversation.temporary:
            self.notice = why_not_learned(turn)
        if turn.learnable and not self.conversation.temporary:
            if secret := secret_in(turn.text):
                self.notice = (
                    f"that looks like {secret}: it stays in this conversation and is not learned "
                    f"(`selfparam-agent memories confirm {turn.id}` changes that)"
                )
            elif self._waiting is not None:
                self._waiting.add(turn.id)

    def forget(self, going: Forgetting) -> None:
        """Take back what was told, here too; not while a reply is under way. What is said meanwhile waits.

        Raises:
            BusyError: a consolidation is under way, or another chat has one of the conversations open.
        """
        self._drop_title()
        with self._writing:
            self.conversation.release()
            try:
                forget(self.home, going)
            finally:
                self.conversation.hold()
                self.conversation.read_again()

    def answer(self, questions: Sequence[str], system: str | None = None, tokens: int = ANSWER_TOKENS) -> list[str]:
        """Greedy answers, each in a fresh conversation; nothing is kept."""
        from memory.language import ask

        if self._language is None:
            raise RuntimeError("open the session before asking")
        return [plain(text) for text in ask(self._language, questions, tokens, system)]

    def rank(self, question: str, catalogue: Catalogue, system: str | None = None) -> list[str]:
        """The catalogue's titles as answers to the question in a fresh conversation, the likeliest first."""
        return self._rank(lambda language: language.question(question, system), catalogue)

    def recommend(self, catalogue: Catalogue) -> list[str]:
        """The catalogue's titles as answers to a request for one at this point of the conversation; nothing is kept.

        Raises:
            UsageError: the weights are not loaded yet.
        """
        messages = [*self.conversation.messages(), {"role": "user", "content": REQUEST}]
        return self._rank(lambda language: fit(language, messages, Sampling()), catalogue)

    def _rank(self, prompt: Callable[["Engine"], list[int]], catalogue: Catalogue) -> list[str]:
        if self._ranked is None:
            raise UsageError("the model is not loaded yet: ask again in a moment")
        return self._ranked.titles(prompt, catalogue)

    def stop(self) -> None:
        """End the reply, or the title, under way at its next token."""
        self._stop.set()
        self._title_stop.set()

    def _load(self) -> None:
        if self._base is None:
            raise RuntimeError("open the session first")
        from memory.engine import serve_version

        self._waiting = None
        self._drop_title()
        settings = read_settings(self.home.settings_file)
        started = time.monotonic()
        self._language = self._ranked = None  # give the memory back before the next weights come
        check_memory(self._base, settings.memory)
        self.version, folder, self.trouble = self._weights.to_serve(self._base)
        self.conversation.known = self._weights.get(self.version).names if self.version else frozenset()
        self._language = serve_version(self.version, folder, self.model, self.home, settings.engine)
        self._ranked = Ranked(self._language, folder, self._base if self.version else None)
        self._note("version %d of %s loaded in %.1f s", self.version, self.model, time.monotonic() - started)

    def _note(self, words: str, *what: object) -> None:
        """Into the log; of a temporary conversation nothing is."""
        if not self.conversation.temporary:
            _log.info(words, *what)
