"""What gives a secret away is kept out of learning until it is confirmed; ordinary talk never is."""

from pathlib import Path

import pytest
import yaml

from memory.bank import bank
from memory.conversations import Conversation
from memory.errors import NothingPendingError
from memory.home import Home
from memory.pending import memories, nothing_pending, pending
from memory.sensitive import confirm, secret_in

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("My card is 4111 1111 1111 1111, valid until May.", "a card number"),
        ("My card number is 4111 1111 1111 1111 12/25.", "a card number"),
        ("In 2024 4111-1111-1111-1111 was my card.", "a card number"),
        ("my account is DE89 3704 0044 0532 0130 00", "an account number"),
        ("My IBAN is DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX.", "an account number"),
        ("my iban is de89 3704 0044 0532 0130 00 I think", "an account number"),
        ("I use AKIAIOSFODNN7EXAMPLE for the backups.", "a key"),
        ("my token: ghp_16C7e42F292c6912E7710c838347Ae178B4a", "a password"),
        ("I put ghp_16C7e42F292c6912E7710c838347Ae178B4a into the script", "a key"),
        ("My key is sk-proj-abc123DEF456ghi789JKL012mno345PQR.", "a key"),
        ("my wifi password is hunter2", "a password"),
        ("My PIN is 4821.", "a password"),
        ("my login is bob / hunter2!", "a password"),
        ("My credentials are ann and gr33nTea.", "a password"),
        ("The password for my mail is Tr0ub4dor&3", "a password"),
        ("I keep -----BEGIN RSA PRIVATE KEY----- in my notes", "a key"),
        ("I push to https://me:s3cret@example.org/my.git", "a key"),
    ],
)
def test_found(text: str, what: str) -> None:
    """Each kind of secret is named."""
    assert secret_in(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "My password is very long.", "I forgot my password again.", "My phone number is 07700 900123.",
        "I was born on 14 March 1961.", "I live in Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch.",
        "My secret garden is in Nakuru.", "I ran 5000 metres in 1985, 1990, 1995 and 2000.",
        "The token gesture was nice.", "My order number is 4111 1111 1111 1112.",
        "My numbers are 0171 1234567 and 0171 7654321.", f"I ran {' '.join(map(str, range(10, 900)))} metres.",
    ],
)  # fmt: skip
def test_ordinary(text: str) -> None:
    """Talk about secrets, numbers that fail their check, long words: nothing."""
    assert secret_in(text) == ""


def test_nothing_in_the_bank_or_the_scripts() -> None:
    """None of the example statements and scripted users gives anything away."""
    said = [entry["statement"] for entry in bank()["facts"]]
    for path in (ROOT / "examples" / "memory").glob("*.yaml"):
        said += [text for session in yaml.safe_load(path.read_text())["sessions"] for text in session]
    assert len(said) > 700
    assert [text for text in said if secret_in(text)] == []


def test_held_back_until_confirmed(home: Home) -> None:
    """It is shown with the reason and pending only when the user says so."""
    talk = Conversation(home.conversations)
    talk.add("user", "My PIN is 4821.", 0)
    talk.add("user", "I keep goats.", 0)
    assert [(m.state, m.why) for m in memories(home, "any")] == [("held back", "a password"), ("pending", "")]
    assert [e.text for e in pending(home, "any")] == ["I keep goats."]
    assert isinstance(nothing_pending(home, "any"), NothingPendingError)
    assert "memories confirm" in str(nothing_pending(home, "any"))
    confirm(home, talk.turns[0].id)
    confirm(home, talk.turns[0].id)
    assert len(pending(home, "any")) == 2
