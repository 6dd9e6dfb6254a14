"""The chat's screen: puts what the session, the turns and the consolidation report on it. Computes nothing itself.

Importing it never loads a model library: the weights come when the session opens, in a thread, with the screen up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from agent.consolidate import Consolidation
from agent.session import Session
from memory.conversations import Conversation, last_said
from memory.errors import BusyError, SelfparamError, UsageError
from memory.forget import Forgetting
from memory.settings import Settings
from tui import commands, keys
from tui.again import Again
from tui.clock import Clock
from tui.consolidation_screen import ConsolidationScreen
from tui.conversations_screen import ConversationsScreen
from tui.learning import Learning, Start, outcome
from tui.log import ChatLog
from tui.look import Look
from tui.memory_screen import MemoryScreen
from tui.page import Page
from tui.prompt import Prompt
from tui.review_screen import ReviewScreen
from tui.status import StatusLine
from tui.turns import Turns
from tui.twice import Twice
from tui.versions_screen import VersionsScreen
from tui.welcome import greeting

LOOK_EVERY = 3.0
"""Seconds between looks for a version that another process published."""
SETTLE = 3.0
"""Seconds that quitting waits for a stopped reply to be kept."""


class ChatApp(Look):
    """A chat with one model; see `/help` for what it can do."""

    CSS_PATH = "chat.tcss"
    TITLE = "selfparam-agent"
    BINDINGS: ClassVar[list[BindingType]] = keys.CHAT

    @dataclass
    class Counted(Message):
        """The pending experiences were counted."""

        pending: int

    def __init__(
        self, session: Session, settings: Settings, consolidate_at_start: bool = False, start: Start = Consolidation
    ) -> None:
        super().__init__(settings, self._do)
        self.session = session
        self.turns = Turns(session, self._report, self.background)
        self.learning = Learning(start, self.post_message, self.background)
        self.review = settings.review
        self.clock = Clock(session, settings.schedule, self.post_message, self.in_background, self.tell)
        self._consolidate_when_ready = consolidate_at_start
        self._held_back: dict[str, bool] | None = None
        self._interrupted, self._doubted = Twice(), Twice()
        self._pages: dict[str, Callable[[], Page]] = {
            "memories": lambda: MemoryScreen(session.home, session.model, self._forget),
            "consolidation": lambda: ConsolidationScreen(session.home, session.model, self.learning),
            "versions": lambda: VersionsScreen(session.home, session.model, self.learning),
            "conversations": lambda: ConversationsScreen(session),
            "review": lambda: ReviewScreen(session.home, session.model, self.learning),
        }
        self._commands: dict[str, Callable[[str], None]] = {
            "/consolidate": self._consolidate,
            **{f"/{name}": partial(self._open, name) for name in self._pages},
            "/review": lambda _: self.action_review(),
            "/schedule": lambda _: self.look_up(lambda: commands.schedule(session.home, session.model)),
            "/rollback": self._roll_back,
            "/forget": partial(self._open, "memories"),
            "/recommend": lambda argument: self.look_up(lambda: commands.recommend(session, argument)),
            "/new": lambda _: self._take_up(session.fresh()),
            "/temporary": lambda _: self._take_up(session.fresh(temporary=True)),
            "/rename": lambda title: self.look_up(lambda: commands.rename(session, title)),
            "/system": lambda text: self.look_up(lambda: commands.system(session, text)),
            "/help": lambda _: self.log_view.note(commands.help_text()),
            "/quit": lambda _: self._leave(),
        }

    def compose(self) -> ComposeResult:
        yield ChatLog()
        yield Prompt(partial(last_said, self.session.home), [name.split()[0] for name in commands.COMMANDS])
        yield StatusLine(self.session.model, self.session.conversation.temporary)

    def on_mount(self) -> None:
        self.log_view, self.prompt, self.status = (
            self.query_one(ChatLog), self.query_one(Prompt), self.query_one(StatusLine),
        )  # fmt: skip
        self.again = Again(
            self.session, self.turns, self.log_view, self.prompt, self.post_message, self.copy_to_clipboard
        )
        self._commands |= self.again.commands
        self.prompt.focus()
        self._show_conversation(self.session.conversation)
        self.status.notice = "loading the model…"
        self.turns.load()
        self._count()
        self.set_interval(LOOK_EVERY, self._look)
        if not self.session.conversation.temporary:
            self.call_after_refresh(self.clock.start)

    def on_unmount(self) -> None:
        self.clock.stop()
        self.turns.settle(SETTLE)

    # What the user types

    @on(Prompt.Sent)
    def _send(self, event: Prompt.Sent) -> None:
        command = commands.parse(event.text)
        if command:
            self._do(*command)
            return
        try:
            self._say(event.text)
        except SelfparamError as error:
            self.prompt.text = event.text
            self.log_view.note(str(error), "error")

    def _say(self, text: str) -> None:
        if self.again.editing:
            self.again.say(text)
            self.again.leave()
        else:
            text = self.session.accept(text)
            self.log_view.ask(self.turns.add(partial(self.session.say, text)), text)
            self.turns.proceed()

    def _do(self, name: str, argument: str) -> None:
        try:
            if name not in self._commands:
                raise UsageError(f"there is no command {name}: /help lists them")
            self._commands[name](argument)
        except SelfparamError as error:
            self.log_view.note(str(error), "error")
        self.log_view.anchor()

    def _open(self, page: str, _: str) -> None:
        self.action_show(page)

    @on(ConsolidationScreen.Wanted)
    def _consolidate(self, _: object = None) -> None:
        if self.review == "always" or self.learning.draft:
            self.action_review()
        else:
            self._begin()

    def _begin(self, **options: bool) -> None:
        if self.learning.under_way:
            self.log_view.note("a consolidation is under way already")
            return
        if self.turns.unkept:
            self._held_back = options
            self.log_view.note("it begins once what you said before is on disk, which is when it is answered")
            return
        try:
            self.learning.begin(self.session.home, self.session.model, **options)
        except SelfparamError as error:  # such as a settings file that was broken meanwhile
            self.log_view.note(str(error), "error")
        else:
            self.status.learning = "consolidation starts"

    def _begin_held_back(self) -> None:
        """A consolidation that was asked for behind messages, once they are kept."""
        if self._held_back is not None and not self.turns.unkept:
            options, self._held_back = self._held_back, None
            self._begin(**options)

    def _roll_back(self, argument: str) -> None:
        if self.learning.under_way:
            self.log_view.note("a consolidation is under way: roll back when it has ended")
        else:
            self.in_background(partial(self._rolled_back, argument))

    def _rolled_back(self, argument: str) -> None:
        number = commands.rollback(self.session.home, self.session.model, argument)
        self.tell(f"rolled back to {commands.version_name(number)}; what was learned since is pending again")
        self.post_message(Page.Changed())

    def _take_up(self, conversation: Conversation) -> None:
        self.again.leave()
        dropped = self.turns.switch(conversation)
        self._begin_held_back()
        self.status.context = 0.0
        self.log_view.clear()
        self._show_conversation(conversation)
        if dropped:
            self.log_view.note(f"{dropped} queued {'message was' if dropped == 1 else 'messages were'} not sent")

    @on(ConversationsScreen.Chosen)
    def _take_up_chosen(self, event: ConversationsScreen.Chosen) -> None:
        if isinstance(self.screen, Page):
            self.screen.dismiss()
        self._take_up(event.conversation)

    # What the turns report

    @on(Turns.Loading)
    def _show_loading(self, event: Turns.Loading) -> None:
        self.status.notice = event.line

    @on(Turns.Loaded)
    def _show_version(self, event: Turns.Loaded) -> None:
        if self.status.version is not None and self.status.version != event.version:
            self.log_view.note(f"now answering with {commands.version_name(event.version)}")
        if self.session.trouble:
            self.log_view.note(self.session.trouble, "error")
            self._count(recount=True)
        self.status.notice, self.status.version = "", event.version
        if self._consolidate_when_ready:
            self._consolidate_when_ready = False
            self._consolidate()

    @on(Turns.LoadEnded)
    def _end_loading(self, event: Turns.LoadEnded) -> None:
        self._failed(event.error)
        self.turns.load_ended(failed=bool(event.error))

    @on(Turns.Kept)
    def _count_kept(self) -> None:
        self._count()
        self._begin_held_back()

    @on(Turns.Ended)
    def _end_turn(self, event: Turns.Ended) -> None:
        self.again.ended(event.turn, event.error)
        self.log_view.end(event.turn)
        self._failed(event.error)
        if self.session.notice:
            self.log_view.note(self.session.notice)
        self._count()
        self.turns.turn_ended()
        self._begin_held_back()
        self.status.speed, self.status.context = self.session.tokens_per_second, self.session.context_used

    def _failed(self, error: str) -> None:
        if error:
            self.log_view.note(error, "error")
            self.status.notice = ""
            if not self.session.ready:
                self.status.version = None

    # What the consolidation, the clock and other work report

    @on(Learning.Advanced)
    def _show_progress(self) -> None:
        self.status.learning = self.learning.course.words

    @on(Learning.Ended)
    def _end_learning(self, event: Learning.Ended) -> None:
        self.learning.ended()
        self.clock.ended(event.event)
        self.status.learning = ""
        kind, words = outcome(event.event)
        self.log_view.note(words, kind)
        self._count(recount=True)
        self.turns.proceed()

    @on(ReviewScreen.Decided)
    def _show_decided(self, event: ReviewScreen.Decided) -> None:
        if event.approved:
            self.status.learning = "consolidation starts"
        else:
            self.log_view.note("the target set was thrown away; what it was written for stays pending")

    @on(Clock.CameDue)
    def _consolidate_on_time(self) -> None:
        if self.learning.under_way or self.learning.draft:
            self.log_view.note("learning came due beside a consolidation or a review: it waits for the next time")
        else:
            self._consolidate()

    @on(Look.Told)
    def _show_told(self, event: Look.Told) -> None:
        self.log_view.note(event.text, event.kind)

    @on(Counted)
    def _show_count(self, event: Counted) -> None:
        self.status.pending = event.pending

    @on(MemoryScreen.Forgot)
    def _show_turns_again(self) -> None:
        self.learning.draft = None
        self.log_view.clear()
        self.log_view.show_turns(self.session.conversation.turns)

    @on(ConversationsScreen.Deleted)
    @on(Again.Replaced)
    def _drop_draft(self) -> None:
        self.learning.draft = None

    @on(Page.Changed)
    def _show_change(self) -> None:
        self._count(recount=True)
        if self.session.ready:
            self.turns.proceed()
        else:
            self.turns.load()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the chat do nothing while something stands over it."""
        return action not in keys.ONLY_IN_CHAT or len(self.screen_stack) == 1

    def action_obey(self, command: str) -> None:
        self._do(command, "")

    def action_show(self, name: str) -> None:
        """Open a page, in the place of another that is open."""
        (self.switch_screen if isinstance(self.screen, Page) else self.push_screen)(self._pages[name]())

    def action_review(self) -> None:
        """Open what waits for approval; with nothing waiting, have it written first."""
        if self.learning.draft and not self.learning.under_way:
            self.action_show("review")
        else:
            self._begin(dry_run=True)

    def action_stop_reply(self) -> None:
        if reply := self.log_view.reply(self.turns.stop()):
            reply.stop()
        else:
            self.again.leave()

    def action_interrupt(self) -> None:
        """Ctrl+C: copy what is selected, else stop the reply, put aside what is typed, or (or pressed twice) leave."""
        again = self._interrupted()
        selected = self.prompt.selected_text or self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
            self.prompt.move_cursor(self.prompt.cursor_location)
        elif self.turns.replying and not again:
            self.action_stop_reply()
        elif self.prompt.text and not again:
            self.prompt.put_aside()
        else:
            self._leave()

    def action_roll_back(self) -> None:
        """Ctrl+R, twice: the version before answers again, what was learned since is pending."""
        if self._doubted():
            self._roll_back("")
        elif self.status.version:
            self.log_view.note(f"once more rolls back from {commands.version_name(self.status.version)}")
        else:
            self.log_view.note("nothing to roll back: the base model is answering")

    def action_scroll_log(self, pages: int) -> None:
        (self.log_view.scroll_page_up if pages < 0 else self.log_view.scroll_page_down)(animate=False)

    async def action_quit(self) -> None:
        self._leave()

    def _leave(self) -> None:
        self.turns.close()
        stopped = self.learning.stop()
        self.exit(message="The consolidation under way was stopped; nothing was changed." if stopped else None)

    # Off the screen

    def _report(self, message: Message) -> None:
        """The log sees first what the turns report."""
        self.log_view.post_message(message)

    def _forget(self, going: Forgetting) -> None:
        """In a thread."""
        if self.turns.busy:
            raise BusyError("a reply is under way: forget when it has ended")
        self.session.forget(going)

    def _count(self, recount: bool = False) -> None:
        if not self.session.conversation.temporary:

            def counted() -> None:
                self.post_message(self.Counted(self.session.pending_count(recount)))

            self.in_background(counted)

    def _look(self) -> None:
        self.status.due = self.clock.due
        self.turns.proceed()

    def _show_conversation(self, conversation: Conversation) -> None:
        self.status.temporary = conversation.temporary
        self.log_view.show_turns(conversation.turns)
        if words := commands.shown(conversation):
            self.log_view.note(words)
        if not conversation.turns:
            self.log_view.note(greeting(self.session.home, self.session.model, conversation), "hint")
