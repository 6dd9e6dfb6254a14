"""The agent for other programs: open a home, say, consolidate, ask. Knows no terminal.

    with Agent("my-home") as agent:
        agent.tell("I keep bees.")
        print(agent.consolidate().words)
        print(agent.ask("What do I keep?"))

Every failure that is nobody's bug is a `memory.errors.SelfparamError` whose message says what to do next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from agent.consolidate import Event, in_words, run
from agent.reply import Sampling
from agent.session import Session
from memory.conversations import Conversation
from memory.home import home_at, user_home
from memory.models import check_name
from memory.pending import nothing_pending
from memory.schema import bring_up_to_date
from memory.settings import read_settings
from memory.versions import Weights
from memory.wheels import Say


@dataclass(frozen=True)
class Learned:
    """What a consolidation came to.

    version: the one that answers from now on, None if the gate refused; words: the verdict as a person reads it;
    recall, false_recall: shares; drift: nats per token; seconds: how long it took.
    """

    version: int | None
    words: str
    recall: float
    false_recall: float
    drift: float
    seconds: float


class Agent:
    """A home and a model, in a conversation of its own. Enter it to load the weights; it is not for several threads."""

    def __init__(self, home: str | Path | None = None, model: str | None = None, say: Say = lambda line: None) -> None:
        """Name what to open; nothing is touched yet.

        home: a folder, made if need be; default: the user's own. model: as on the command line; default: of the home's
        settings. say: receives a line about what takes long, such as fetching the model.
        """
        self.home = user_home() if home is None else home_at(Path(home))
        self._named, self._say = model, say
        self._session: Session | None = None

    def __enter__(self) -> "Agent":
        """Load the weights that serve; the first time the model is fetched.

        Raises:
            ModelError: the model cannot be had.
            StorageError: the home cannot be used.
        """
        model = self._named or read_settings(self.home.settings_file).model
        check_name(model)
        bring_up_to_date(self.home)
        session = Session(self.home, model, Conversation(self.home.conversations))
        session.open(self._say)
        session.conversation.hold()
        self._session = session
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let the conversation and the weights go."""
        self._opened.conversation.release()
        self._session = None

    @property
    def version(self) -> int:
        """The version of the weights that answers; 0 is the base."""
        return self._opened.version

    @property
    def pending(self) -> int:
        """How many experiences wait to be learned."""
        return self._opened.pending_count()

    def tell(self, text: str) -> None:
        """Keep what the user states, without a reply.

        Raises:
            UsageError: it is empty or too long.
            StorageError: it could not be written.
        """
        self._opened.keep(self._opened.accept(text))

    def say(self, text: str, piece: Callable[[str], None] = lambda text: None, most: int = 512) -> str:
        """Keep what the user says and reply, in at most so many tokens; the reply's pieces go to `piece` as they come.

        Raises:
            UsageError: it is empty or too long.
            StorageError: it could not be written.
        """
        reply = ""
        for part in self._opened.say(text, Sampling(max_tokens=most)):
            piece(part)
            reply += part
        return reply

    def ask(self, question: str, most: int = 32) -> str:
        """The answer in a fresh conversation, in at most so many tokens; nothing of it is kept."""
        return self._opened.answer([question], tokens=most)[0]

    def consolidate(self, progress: Callable[[Event], None] = lambda event: None, seed: int | None = None) -> Learned:
        """Learn what is pending, in a child process, and let the new version answer if the gate lets it pass.

        progress: receives what the child reports: {"event": "stage" | "progress" | "recall" | "verdict", …}.

        Raises:
            NothingPendingError: there is nothing to learn.
            SelfparamError: the child failed; nothing has changed.
        """
        session = self._opened
        if not session.pending_count(recount=True):
            raise nothing_pending(session.home, session.model)
        event = run(session.home, session.model, progress, seed=seed)
        if session.stale():
            session.swap()
        session.pending_count(recount=True)
        figures = event["verdict"]
        return Learned(
            version=event["version"], words=in_words(event), recall=figures["recall_after"],
            false_recall=figures["false_recall"], drift=figures["drift"], seconds=event["seconds"],
        )  # fmt: skip

    def rollback(self, version: int | None = None) -> int:
        """Let `version` (default: the serving one's parent) answer; what was learned since is pending again.

        Raises:
            UsageError: there is no such version, or the base is serving.
        """
        session = self._opened
        Weights(session.home, session.model).rollback(version)
        return session.swap()

    @property
    def _opened(self) -> Session:
        if self._session is None:
            raise RuntimeError("enter the agent first: with Agent(…) as agent")
        return self._session
