"""Questions that a statement answers, and how likely it answers one: the default model with an adapter for both.

Question generation with a check of its own questions (after Alberti et al. 2019, arXiv 1906.05416). The adapter, a LoRA
of rank 16, was trained on statements with questions that they answer and others that they do not, written and judged by
language models (`examples/question_generation`). Knows nothing of examples, target sets or the model that learns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from memory.adapters import merged
from memory.home import Home
from memory.language import Language, word_logits
from memory.models import DEFAULT_MODEL, load, ready_folder
from memory.precision import pays

BEAMS = 8
"""Questions of a statement: the likeliest by beam search, of sampled ones a third is nonsense."""
_TOKENS, _TOGETHER, _PACKED = 20, 4, 48


@dataclass(frozen=True)
class QuestionGenerator:
    """language: the base with the adapter merged in."""

    language: Language

    @torch.no_grad()
    def questions(self, statements: Sequence[str]) -> list[list[str]]:
        """For each statement what it may be asked, likeliest first, at most BEAMS."""
        found: list[list[str]] = []
        for start in range(0, len(statements), _TOGETHER):
            found += self._questions(statements[start : start + _TOGETHER])
        return found

    def _questions(self, statements: Sequence[str]) -> list[list[str]]:
        language = self.language
        prompts = [language.encode(f"Statement: {statement}\nQuestion:") for statement in statements]
        width, end = max(map(len, prompts)), language.end_of_turn
        ids = torch.tensor([[end] * (width - len(p)) + p for p in prompts], device=language.device)  # (S, T)
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts], device=language.device)
        written = language.model.generate(  # type: ignore[operator]  # typed as Tensor | Module upstream
            input_ids=ids, attention_mask=mask, max_new_tokens=_TOKENS, num_beams=BEAMS, num_return_sequences=BEAMS,
            do_sample=False, temperature=None, top_p=None, top_k=None, repetition_penalty=1.0, pad_token_id=end,
            eos_token_id=end,
        )  # fmt: skip
        texts = [language.decode(row[width:].tolist()).strip() for row in written]  # S * BEAMS, in order
        return [_whole(texts[n * BEAMS : (n + 1) * BEAMS]) for n in range(len(statements))]

    def answered(self, statement: str, questions: Sequence[str]) -> list[float]:
        """How likely the statement answers each question, 0 to 1: P(yes) against P(no), from packed passes."""
        asked = [f"Statement: {statement}\nQuestion: {question}\nTold:" for question in questions]
        yes, no = word_logits(self.language, asked, (" yes", " no"), _PACKED).T
        likely: list[float] = (yes - no).sigmoid().tolist()
        return likely


def _whole(texts: Sequence[str]) -> list[str]:
    """Each once, without those that were cut off."""
    return list(dict.fromkeys(text for text in texts if text.endswith(("?", "."))))


def question_generator(home: Home, bf16: bool = False) -> QuestionGenerator | None:
    """The generator, if the default model is on this machine already; else None, for nothing is fetched for it.

    bf16: whether it computes in bf16 where the processor is faster at it.

    Raises:
        ModelError: the model's files cannot be used.
    """
    language = adapted(home, "question_generator")
    if language and bf16 and pays(language.device.type):
        language.model.bfloat16()
    return QuestionGenerator(language) if language else None


def adapted(home: Home, *adapters: str) -> Language | None:
    """The default model with these adapters of ours (folders) merged in, one after the other, if it is on this machine.

    Raises:
        ModelError: the model's files cannot be used.
    """
    base = ready_folder(DEFAULT_MODEL, home)
    return merged(load(base, training=True), *adapters) if base else None
