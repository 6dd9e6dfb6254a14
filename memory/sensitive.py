"""What should not go into weights by accident: keys, passwords, card and account numbers in what the user typed.

Keys and tokens are found by detect-secrets, numbers by their check digits (python-stdnum), passwords by how people
introduce them. What is found stays in the conversation and is held back from learning until the user confirms it.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, takewhile

from memory.home import Home
from memory.storage import open_table

CONFIRMED = "confirmed.json"
_PASSWORD = re.compile(
    r"\b(?:password|passcode|passphrase|passwd|pin(?: code| number)?|cvv|security code|secret key|api key|token)\b"
    r"(?: \w+){0,4}? ?(?:is|was|:|=)\s*['\"]?(?=\S*\d|\S*[^\w\s.,!?'\"]|['\"])\S{3,}"
    r"|\b(?:log-?in|credentials)\b[^.\n]*?(?:[:=/,]|\band\b)\s*(?=\S*\d|\S*[!@#$%^&*])\S{4,}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<!\w)\d+(?:[ -]\d+)*(?!\w)")
_CARD = range(13, 20)
"""Digits of a card number."""
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)
_TOKEN = re.compile(r"(?<![\w/.])(?=[\w+=-]*\d)(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])[\w+=-]{20,}")
_ISSUERS, _GROUP = "23456", 3
"""First digits of card numbers; digits that a group has at least, the first one more."""
_MAYBE_A_KEY = re.compile(r"\S{16}|://|-----BEGIN")
"""Without it there is no need to load the detectors."""
_PLUGINS = (
    "ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector",
    "DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector", "IbmCloudIamDetector", "JwtTokenDetector",
    "MailchimpDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector",
    "SlackDetector", "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
"""Of detect-secrets those that know one shape; its measures of entropy are made for source code."""


@cache
def secret_in(text: str) -> str:
    """What the text gives away: "a card number", "an account number", "a password", "a key"; "" for nothing."""
    if any(_luhn(found) for digits in _DIGITS.findall(text) for found in _windows(digits) if len(found) in _CARD):
        return "a card number"
    if any(_iban(number) for account in _ACCOUNT.findall(text) for number in _beginnings(account)):
        return "an account number"
    if _PASSWORD.search(text):
        return "a password"
    return "a key" if _TOKEN.search(text) or _known_key(text) else ""


def _windows(digits: str) -> Iterator[str]:
    """Groups one after another that may be a card number: before them may stand a year, behind them an expiry date."""
    groups = re.split("[ -]", digits)
    yield "".join(groups)
    for start, first in enumerate(groups):
        if first[0] in _ISSUERS and len(first) > _GROUP:
            following = takewhile(lambda group: len(group) >= _GROUP, groups[start + 1 : start + _CARD.stop // _GROUP])
            yield from accumulate([first, *following])


def _beginnings(account: str) -> Iterator[str]:
    """All of it, and as many of its words: behind an account number a bank's code or any word may stand."""
    words = account.split(" ")
    return (" ".join(words[:count]) for count in range(len(words), 0, -1))


def _luhn(number: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(number))


def _iban(account: str) -> bool:
    from stdnum import iban

    return bool(iban.is_valid(account))


def _known_key(text: str) -> bool:
    if not _MAYBE_A_KEY.search(text):
        return False
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    with transient_settings({"plugins_used": [{"name": name} for name in _PLUGINS]}):
        return any(True for line in text.splitlines() for _ in scan_line(line))


def confirmed(home: Home) -> set[str]:
    """Ids of the experiences that the user wants learned all the same."""
    path = home.data / CONFIRMED
    if not path.exists():
        return set()
    with open_table(path) as database:
        return {str(row["experience"]) for row in database.table("confirmed").all()}


def confirm(home: Home, experience: str) -> None:
    """Let it be learned although it gives something away."""
    if experience not in confirmed(home):
        with open_table(home.data / CONFIRMED) as database:
            database.table("confirmed").insert({"experience": experience})
