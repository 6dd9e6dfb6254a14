"""The plainest writer, the strictest judge, and an engine that never says much.

`pip install ./examples/plugin`, then in config.toml: `engine = "brief"`, `[recipe]` `writer = "plain"`, `[gate]`
`judge = "exact"`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.language import Engine, Language
    from memory.targets import Statement


def questions(language: "Language", statements: "Sequence[Statement]") -> list[list[str]]:
    """For each statement questions in the user's voice that it answers; those that it does not are dropped later."""
    return [[f"What did I say about my {statement.text.split()[-1].strip('.')}?"] for statement in statements]


def exact(question: str, answer: str, reference: str) -> bool:
    """Whether the answer is the reference, but for case and the full stop."""
    return answer.casefold().strip(" .") == reference.casefold().strip(" .")


def brief(folder: Path) -> "Engine":
    """The weights of a folder by transformers, which write at most eight tokens of an answer."""
    from memory.language import Language
    from memory.models import load

    class Brief(Language):
        def answers(self, prompts: Sequence[list[int]], tokens: int) -> list[str]:
            return super().answers(prompts, min(tokens, 8))

    loaded = load(folder)
    return Brief(loaded.model, loaded.tokenizer)
