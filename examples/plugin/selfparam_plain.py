"""The plainest writer and the strictest judge.

`pip install ./examples/plugin`, then in config.toml: `[recipe]` `writer = "plain"`, `[gate]` `judge = "exact"`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.language import Language
    from memory.targets import Statement


def questions(language: "Language", statements: "Sequence[Statement]") -> list[list[str]]:
    """For each statement questions in the user's voice that it answers; those that it does not are dropped later."""
    return [[f"What did I say about my {statement.text.split()[-1].strip('.')}?"] for statement in statements]


def exact(question: str, answer: str, reference: str) -> bool:
    """Whether the answer is the reference, but for case and the full stop."""
    return answer.casefold().strip(" .") == reference.casefold().strip(" .")
