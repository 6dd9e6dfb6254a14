"""What is done with the last message and its reply: another reply, more of it, the message otherwise, either copied.

Knows the log and the prompt; the work is the session's, done as turns like any other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from textual.message import Message

from agent.session import Session
from memory.conversations import Turn
from memory.errors import BusyError, UsageError
from memory.forget import check_replaceable
from tui.commands import last_reply
from tui.log import ChatLog
from tui.markdown import code_blocks
from tui.prompt import Prompt
from tui.turns import Turns

EDITING = "the last message · Enter sends it anew, Esc leaves it as it was"
WHOLE = "the reply had come to its end: nothing was added"


@dataclass(frozen=True)
class _Act:
    """A turn in the place of the last. begun: of its reply there is this much; said: the message in other words."""

    begun: str = ""
    said: str = ""


class Again:
    """The commands about what was said last, by name."""

    @dataclass
    class Replaced(Message):
        """The last message was said otherwise: what was written to be learned of it no longer holds."""

    def __init__(
        self, session: Session, turns: Turns, log: ChatLog, prompt: Prompt, post: Callable[[Message], object],
        copy: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._session, self._turns, self._log, self._prompt = session, turns, log, prompt
        self._post, self._copy = post, copy
        self._acts: dict[int, _Act] = {}
        self._draft = ""
        self.editing = False
        self.commands: dict[str, Callable[[str], None]] = {
            "/regenerate": self._regenerate, "/continue": self._go_on, "/edit": self._edit, "/copy": self._copy_reply,
            "/code": self._copy_code,
        }  # fmt: skip

    def say(self, text: str) -> None:
        """The last message in other words: it and its reply leave the conversation.

        Raises:
            SelfparamError: it is empty or too long, or can no longer be replaced.
        """
        self._check()
        text = self._session.accept(text)
        self._log.drop_last(self._last_said().text)
        self._add(lambda: self._session.say_instead(text), _Act(said=text), text)

    def leave(self) -> None:
        """What was being edited stays as it was; what was being typed before is back."""
        if self.editing:
            self.editing, self._prompt.text, self._prompt.border_title = False, self._draft, ""

    def ended(self, turn: int, error: str) -> None:
        """The app has seen that a turn ended: show what the conversation has of it."""
        act = self._acts.pop(turn, None)
        if act is None:
            return
        if act.said and error:
            self._log.clear()
            self._log.show_turns(self._session.conversation.turns)
            self._take_up(act.said)
        elif act.said:
            self._post(self.Replaced())
        last = self._session.conversation.turns[-1]
        if last.role == "assistant":
            self._log.settle(turn, last)
        if act.begun and not error and last.text == act.begun:
            self._log.note(WHOLE)

    def _regenerate(self, _: str) -> None:
        self._repeat(self._session.say_again, _Act())

    def _go_on(self, _: str) -> None:
        self._check()
        begun = last_reply(self._session)
        self._repeat(lambda: chain([begun], self._session.go_on()), _Act(begun))

    def _edit(self, text: str) -> None:
        self._check()
        if text:
            self.say(text)
        elif not self.editing:
            self._take_up(self._last_said().text)

    def _copy_reply(self, _: str) -> None:
        reply = last_reply(self._session)
        self._copy(reply)
        self._log.note(f"copied the reply, {len(reply):,} characters")

    def _copy_code(self, argument: str) -> None:
        blocks = code_blocks(last_reply(self._session))
        if not blocks:
            raise UsageError("the last reply has no code block: /copy takes all of it")
        if argument and not (argument.isascii() and argument.isdecimal() and 1 <= int(argument) <= len(blocks)):
            raise UsageError(f"{argument!r} is none of the reply's code blocks: /code 1 to /code {len(blocks)}")
        number = int(argument or len(blocks))
        self._copy(blocks[number - 1])
        lines = blocks[number - 1].count("\n")
        self._log.note(f"copied code block {number} of {len(blocks)}, {lines} {'line' if lines == 1 else 'lines'}")

    def _last_said(self) -> Turn:
        turn = self._session.conversation.turns[self._session.last_said()]
        if not self._session.conversation.temporary:
            check_replaceable(self._session.home, turn.id)
        return turn

    def _check(self) -> None:
        if self._turns.busy:
            raise BusyError("a reply is under way: stop it with Esc, or wait for its end")

    def _take_up(self, text: str) -> None:
        """Put a message into the prompt, to be sent in the place of the last."""
        self._draft, self._prompt.text = self._prompt.text, text
        self.editing, self._prompt.border_title = True, EDITING
        self._prompt.move_cursor(self._prompt.document.end)

    def _repeat(self, ask: Callable[[], Iterator[str]], act: _Act) -> None:
        self._check()
        said = self._session.conversation.turns[self._session.last_said()].text
        self._log.drop_last(said)
        self._add(ask, act, said)

    def _add(self, ask: Callable[[], Iterator[str]], act: _Act, text: str) -> None:
        turn = self._turns.add(ask)
        self._acts[turn] = act
        self._log.ask(turn, text)
        self._turns.proceed()
