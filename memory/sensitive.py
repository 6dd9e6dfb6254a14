"""What should not go into weights by accident: keys, passwords, card and account numbers in what the user typed.

Keys and tokens are found by detect-secrets, numbers by their check digits (python-stdnum), passwords by how people
introduce them. What is found stays in the conversation and is held back from learning until the user confirms it.
"""

import re
from functools import cache

from memory.home import Home
from memory.storage import open_table

CONFIRMED = "confirmed.json"
_PASSWORD = re.compile(
    r"\b(?:password|passcode|passphrase|passwd|pin(?: code| number)?|cvv|security code|secret key|api key|token)\b"
    r"(?: \w+){0,4}? ?(?:is|was|:|=)\s*['\"]?(?=\S*\d|\S*[^\w\s.,!?'\"]|['\"])\S{3,}"
    r"|\b(?:log-?in|credentials)\b[^.\n]*?(?:[:=/,]|\band\b)\s*(?=\S*\d|\S*[!@#$%^&*])\S{4,}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<!\w)\d(?:[ -]?\d){12,18}(?!\w)")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_TOKEN = re.compile(r"(?<![\w/.])(?=[\w+=-]*\d)(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])[\w+=-]{20,}")
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
    if (digits := _DIGITS.findall(text)) and any(_luhn(found) for found in digits):
        return "a card number"
    if (accounts := _ACCOUNT.findall(text)) and any(_iban(found) for found in accounts):
        return "an account number"
    if _PASSWORD.search(text):
        return "a password"
    return "a key" if _TOKEN.search(text) or _known_key(text) else ""


def _luhn(number: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(re.sub(r"\D", "", number)))


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
