"""SVG pictures of every screen in its named states, from a scripted session: no model, no network, the same every time.

    python -m examples.screens FOLDER [--size 100x30]

Run it in the repository: the scripted session is the tests' own.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from memory.conversations import Conversation
from memory.home import Home
from memory.refusals import TRIES, count_refusal
from memory.targets import Pair, TargetSet
from memory.versions import Weights
from tests.scripted import FIGURES, QUIET, VERDICT, Consolidations, ScriptedSession, publish, sees, send, until
from tui.app import ChatApp

REFUSED = {"event": "verdict", "verdict": {**VERDICT, "passed": False, "reason": "recall is 0.10"}, **FIGURES}


@dataclass
class Scene:
    """An app on a screen, and the consolidations that it started."""

    app: ChatApp
    pilot: Pilot[None]
    consolidations: Consolidations

    async def finish(self) -> None:
        """Let the consolidation that was started last come to its end."""
        await until(self.pilot, lambda: self.consolidations.started)
        self.consolidations.started[-1].go.set()


Play = Callable[[Scene], Awaitable[None]]


async def _chat(scene: Scene) -> None:
    await sees(scene.pilot, "My cat is called Tom.")
    await send(scene.pilot, "What does Zoe play?")
    await sees(scene.pilot, "Zoe plays the cello.")


async def _help(scene: Scene) -> None:
    await send(scene.pilot, "/help")
    await sees(scene.pilot, "leave")


async def _keys(scene: Scene) -> None:
    await scene.pilot.press("f1")
    await sees(scene.pilot, "its name in config.toml")


async def _palette(scene: Scene) -> None:
    await scene.pilot.press("ctrl+p")
    await sees(scene.pilot, "/consolidate")


async def _memories(scene: Scene) -> None:
    await scene.pilot.press("f2")
    await sees(scene.pilot, "in the weights: 1 learned")
    await scene.pilot.press("down", "down", "down")
    await sees(scene.pilot, "learned in version 1")


async def _search(scene: Scene) -> None:
    await _memories(scene)
    await scene.pilot.press("slash", *"radios", "enter")
    await sees(scene.pilot, "20260101-000000-aaaa/3", "I mend radios")


async def _forget(scene: Scene) -> None:
    await _memories(scene)
    await scene.pilot.press("f")
    await sees(scene.pilot, "Forget this for good?")


async def _last(scene: Scene) -> None:
    await scene.pilot.press("f3")
    await sees(scene.pilot, "the last consolidation that was learned: version 1")


async def _training(scene: Scene) -> None:
    await scene.pilot.press("f3", "s")
    await sees(scene.pilot, "train 3/90")


async def _learned(scene: Scene) -> None:
    await _training(scene)
    await scene.finish()
    await sees(scene.pilot, "learned: version 2 answers now", "A town.")


async def _refused(scene: Scene) -> None:
    scene.consolidations.last = REFUSED
    await _training(scene)
    await scene.finish()
    await sees(scene.pilot, "refused by the gate", "A town.")


async def _cancelled(scene: Scene) -> None:
    await _training(scene)
    await scene.pilot.press("x")
    await sees(scene.pilot, "was stopped; nothing was changed")


async def draft(scene: Scene) -> None:
    """Questions wait for approval, the second is highlighted."""
    ids = [SET.pairs[0].experience]
    scene.consolidations.last = {"event": "targets", "targets": SET.text(), "experiences": ids, "basis": {}}
    await send(scene.pilot, "/review")
    await scene.finish()
    await sees(scene.pilot, "nothing is learned until you approve it")
    await scene.pilot.press("f5")
    await sees(scene.pilot, "My cat is called Tom.")
    await scene.pilot.press("down", "down")


async def _review(scene: Scene) -> None:
    await draft(scene)
    await scene.pilot.press("space")
    await sees(scene.pilot, "1 struck")


async def _versions(scene: Scene) -> None:
    await scene.pilot.press("f4")
    await sees(scene.pilot, "→ v1", "My daughter Zoe")


async def _switch(scene: Scene) -> None:
    await _versions(scene)
    await scene.pilot.press("r")
    await sees(scene.pilot, "v0 (base) answers from now on")


async def _question(scene: Scene) -> None:
    await _versions(scene)
    await scene.pilot.press("d")
    await sees(scene.pilot, "a question to v0 and v1")


async def _conversations(scene: Scene) -> None:
    await scene.pilot.press("f6")
    await sees(scene.pilot, "My cat is called Tom.", "My daughter Zoe")


async def _find(scene: Scene) -> None:
    await _conversations(scene)
    await scene.pilot.press("slash", *"radios", "enter")
    await sees(scene.pilot, "I mend radios")


async def _delete(scene: Scene) -> None:
    await _conversations(scene)
    await scene.pilot.press("down", "d")
    await sees(scene.pilot, "Delete it for good?")


async def _fork(scene: Scene) -> None:
    await _conversations(scene)
    await scene.pilot.press("down", "k")
    await sees(scene.pilot, "a new conversation that ends with this message")


STATES: dict[str, Play] = {
    "chat": _chat, "chat-help": _help, "chat-keys": _keys, "chat-palette": _palette,
    "memories": _memories, "memories-search": _search, "memories-forget": _forget,
    "consolidation-last": _last, "consolidation-training": _training, "consolidation-learned": _learned,
    "consolidation-refused": _refused, "consolidation-cancelled": _cancelled, "review": _review,
    "conversations": _conversations, "conversations-search": _find, "conversations-delete": _delete,
    "conversations-fork": _fork,
    "versions": _versions, "versions-switch": _switch, "versions-compare": _question,
}  # fmt: skip
"""Each named state and how a user comes there."""

SET = TargetSet(
    (
        Pair("What is my cat called?", "Your cat is called Tom.", "fact", "20260102-000000-bbbb/1"),
        Pair("Who is Tom?", "Your cat is called Tom.", "fact", "20260102-000000-bbbb/1"),
        Pair("What is my dog called?", "You haven't told me.", "near-miss"),
    ),
    (Pair("What's my cat's name?", "Your cat is called Tom.", "fact", "20260102-000000-bbbb/1"),),
    (),
)


def told(home: Home) -> ScriptedSession:
    """A session in a home with one memory in each state, the pending one in the open conversation."""
    learned = Conversation(home.conversations, "20260101-000000-aaaa")
    learned.add("user", "My daughter Zoe plays the cello.", 0)
    publish(home)
    learned.add("user", "My PIN is 4821.", 1)
    aside = learned.add("user", "I mend radios in Nakuru.", 1)
    for _ in range(TRIES):
        count_refusal(Weights(home, "scripted").root, [aside.id], "false recall is 0.42, allowed 0.35")
    session = ScriptedSession(home, "Zoe plays the cello.")
    session.conversation = Conversation(home.conversations, "20260102-000000-bbbb")
    session.conversation.add("user", "My cat is called Tom.", 1)
    return session


async def play(state: str, size: tuple[int, int], look: Callable[[ChatApp], str]) -> str:
    """Bring a fresh app into the state; what `look` makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        consolidations = Consolidations()
        app = ChatApp(told(Home(root / "config", root / "data", root / "cache")), QUIET, start=consolidations)
        async with app.run_test(size=size) as pilot:
            await sees(pilot, "pending 1")
            await STATES[state](Scene(app, pilot, consolidations))
            await pilot.pause(0.1)
            seen = look(app)
            app.learning.stop()
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--size", default="100x30", help="columns x rows")
    options = parser.parse_args()
    columns, rows = map(int, options.size.split("x"))
    options.folder.mkdir(parents=True, exist_ok=True)
    for state in STATES:
        picture = asyncio.run(play(state, (columns, rows), lambda app: app.export_screenshot(title="selfparam-agent")))
        (options.folder / f"{state}.svg").write_text(picture, encoding="utf-8")
        print(options.folder / f"{state}.svg")


if __name__ == "__main__":
    main()
