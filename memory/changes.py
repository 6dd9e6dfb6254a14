"""What is so no more after what is said now: "You drive an old Hilux." once "You got a yellow Vespa." was said.

Said by the question generator's weights with an adapter of their own, a LoRA of rank 16, trained on pairs of statements
that language models wrote (`examples/question_generation/changes.py`); which statement answers an earlier question now
is said by the generator's own check. Knows nothing of questions' pairs or of the model that learns.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from memory.conversations import Experience
from memory.home import Home
from memory.language import Language, word_logits
from memory.overruling import may_speak_of
from memory.persons import second_person
from memory.precision import pays
from memory.question_generation import QuestionGenerator, adapted, question_generator
from memory.spelling import NAME
from memory.targets import Statement
from memory.texts import sentences, split

ASKED = "Earlier: {earlier}\nNow: {now}\nEarlier is"
ANSWERED = 0.5
"""How likely a statement must answer a question to be its answer now."""
LONGEST = 400
"""Characters of a message up to which it is read whole."""
_SPEAKING = re.compile(rf"(?:(?:It|This|Here) is|It's|You are|You're) {NAME}(?: here)? again\b|Here is {NAME}\b")
_OWN_NAME = re.compile(rf"(?:You're|You are|Your name is|You are called) (?P<name>{NAME})\.?")
_RENAMED = 0.5
"""Who he is, only what names him otherwise ends, if it is likelier to than not."""


@dataclass(frozen=True)
class Changes:
    """language: the base with both adapters merged in; generator: says what a statement answers; over: how likely an
    earlier statement must be so no more to be taken for it."""

    language: Language
    generator: QuestionGenerator
    over: float

    def ended(self, earlier: str, said: Sequence[str]) -> list[float]:
        """How likely an earlier statement is so no more after each of those said now, 0 to 1: P(wrong) against
        P(right), from packed passes."""
        asked = [ASKED.format(earlier=earlier, now=now) for now in said]
        right, wrong = word_logits(self.language, asked, (" right", " wrong")).T
        likely: list[float] = (wrong - right).sigmoid().tolist()
        return likely

    def overruled(self, earlier: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Earlier statement → what ends it, of those that something said now (its list) ends."""
        found: dict[str, str] = {}
        for told, said in earlier.items():
            about = [now for now in said if may_speak_of(now, told)]
            over = self.over
            if own := _OWN_NAME.fullmatch(told):
                about, over = [now for now in said if _OWN_NAME.match(now) and own["name"] not in now], _RENAMED
            likely = self.ended(told, about)
            if likely and max(likely) > over:
                found[told] = about[likely.index(max(likely))]
        return found

    def answers(self, questions: Sequence[str], said: Sequence[str]) -> list[str]:
        """To each question the one of these statements that answers it likeliest, if it does rather than not; else the
        first, which ended what answered it."""
        likely = [self.generator.answered(statement, questions) for statement in said]
        best = [max(range(len(said)), key=lambda one: likely[one][number]) for number in range(len(questions))]
        return [said[one if likely[one][number] > ANSWERED else 0] for number, one in enumerate(best)]


@dataclass(frozen=True)
class Said:
    """What is said now, in the second person: statement → experience; experience → the whole message, which says what
    "it" is, and what no statement was made of.

    texts: experiences with a text to remember, whose answers ("In 1066.") are no statements.
    """

    statements: Mapping[str, str]
    messages: Mapping[str, str]
    texts: Collection[str] = ()

    def read(self) -> dict[str, str]:
        """What is read → its experience; a message that is one statement once. "It is Una again, …" ends nothing."""
        stated = {text: experience for text, experience in self.statements.items() if not _SPEAKING.match(text)}
        return {**{text: experience for experience, text in self.messages.items()}, **stated}

    def behind(self, ending: str) -> list[str]:
        """What may be said in place of what a statement or a message ends: it, and what else its message says."""
        experience = self.read()[ending]
        heard = [one for one, key in self.statements.items() if key == experience]
        first = [ending] if ending in self.statements else []
        return list(dict.fromkeys([*first, *heard, *sentences(self.messages.get(experience, ""))]))


def said_in(batch: Iterable[Experience], facts: Iterable[Statement], earlier: Iterable[Experience] = ()) -> Said:
    """What a batch says; a long message is not read whole, nor a text to remember, of earlier experiences neither."""
    batch = list(batch)
    texts = {e.id for e in (*earlier, *batch) if split(e.text)[1]}
    statements = {fact.answer: fact.experience for fact in facts if not fact.asked}
    short = [e for e in batch if len(e.text) <= LONGEST and e.id not in texts]
    return Said(statements, {e.id: second_person(e.text) for e in short}, texts)


def still_so(
    changes: Changes, facts: Sequence[Statement], messages: Mapping[str, str]
) -> tuple[list[Statement], list[tuple[str, str]]]:
    """The statements of one batch that none of a later message ends, and the others, with the reason.

    Parts of a text to remember are no statements, and neither end nor are ended.
    """
    kept, dropped = [], []
    for number, fact in enumerate(facts):
        behind = facts[number + 1 :] if not fact.asked else ()
        later: dict[str, str] = {}
        for one in behind:
            if one.experience != fact.experience and one.answer != fact.answer and not one.asked:
                later |= {messages.get(one.experience, one.answer): one.source, one.answer: one.text}
        if ended := changes.overruled({fact.answer: [*later]}):
            dropped.append((fact.text, f"said otherwise later: {later[ended[fact.answer]]}"))
        else:
            kept.append(fact)
    return kept, dropped


def changes(home: Home, over: float, bf16: bool = False) -> Changes | None:
    """What reads changes, if the default model is on this machine already; else None, for nothing is fetched for it.

    over: 1 for nothing; bf16: whether it computes in bf16 where the processor is faster at it.

    Raises:
        ModelError: the model's files cannot be used.
    """
    language = adapted(home, "question_generator", "changes_adapter") if over < 1 else None
    generator = question_generator(home, bf16) if language else None
    if not language or not generator:
        return None
    if bf16 and pays(language.device.type):
        language.model.bfloat16()
    return Changes(language, generator, over)
