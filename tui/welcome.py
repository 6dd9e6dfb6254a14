"""What stands in a conversation before anything was said; to one who was never here it says where he is."""

from memory.conversations import Conversation, names
from memory.home import Home
from memory.models import ready_folder
from tui.status import TEMPORARY

FETCHED = "The model is fetched first, once; the last line says how far it is, and you can type meanwhile."
FIRST = """\
Welcome. What you tell this chat is learned into the model's own weights.
All of it stays on this machine, in {data}; nothing you say leaves it.{fetched}

To see it learn, say something like: My name is Ada, I live in Oslo and I keep bees.
Then /consolidate (some minutes, you can go on talking), /new, and ask: Where do I live?
A demo with a scripted user: selfparam-agent demo examples/memory/sam.yaml
F1 lists the keys, /help the commands, /quit leaves."""
KNOWN = """\
A chat whose memory is the model's own weights. /help: commands and keys.
What you say is kept on this machine; /consolidate lets the model learn it."""


def is_first(home: Home) -> bool:
    """Whether nothing was ever said in this home."""
    return not names(home)


def greeting(home: Home, model: str, conversation: Conversation) -> str:
    """The words for this home and conversation."""
    if is_first(home):
        fetched = "" if ready_folder(model, home) else f"\n{FETCHED}"
        words = FIRST.format(data=home.data, fetched=fetched)
    else:
        words = KNOWN
    return f"{words}\nThis conversation is {TEMPORARY}." if conversation.temporary else words
