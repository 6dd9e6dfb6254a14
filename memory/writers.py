"""Writers of questions: for each statement, the questions a person would later ask about it.

Four sources. `analogies` carries the questions of the nearest examples over ("What is my manager's name?" for "My
manager is called Dagny." becomes "What is my husband's name?" for "My husband is called Olav."). A `QuestionGenerator`
writes what such a statement is likely to be asked, and says of its own questions and of those carried over whether the
statement answers them. `instruct` tells a capable model what to write; `slots` asks for each part of a sentence in its
own words. None of them invents answers: an answer is always the statement itself, said back. What does not belong to
its statement is dropped, with the reason.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from itertools import islice, zip_longest
from typing import Any

from memory.bank import bank, kinds, roles_in, words
from memory.carrying import STEM, carry_over, of_whom, sloppy
from memory.claims import Draft, settle
from memory.classes import class_missed
from memory.judge import Encoder, Vectors, content_words, fold
from memory.language import Language, write
from memory.oblique import MOST, Oblique, in_other_words, obliquely
from memory.persons import first_person
from memory.plugins import plugin
from memory.question_generation import QuestionGenerator
from memory.settings import WRITERS
from memory.slots import slot_questions
from memory.spelling import in_full
from memory.targets import Statement, taken_apart
from memory.wording import misworded, names_in, of_another, one_as_we, one_indirectly

Writer = Callable[[Language, Sequence[Statement]], Sequence[Sequence[str]]]
"""For each statement questions that it answers, in the user's voice: what a plugin brings."""

ANALOGIES = "analogies"
"""The writer that asks only what the examples ask, and the model for nothing: hundreds of statements in a minute."""

CAPABLE_PARAMETERS = 300_000_000
"""From this size on a model writes questions by instruction (`method.md`, section 3, last paragraphs)."""

_SURE, _LIKELY = 2.0, 1.0
"""Rank of a question made of the statement's own words, and of one that the generator wrote."""
_ANSWERED, _GENERATED_ANSWERED = 0.5, 0.9
"""How likely the statement must answer a question, and one that the generator wrote, which trusts itself too much."""

_NEAREST, _NEAR_ENOUGH, _NEAR_BEST, _FORM, _MARGIN, _LEAST_COSINE = 4, 0.4, 0.8, 0.8, 0.08, 0.4
_NEAREST_OBLIQUE = 8
"""Examples that lend what asks in other words: of these it is checked whether the statement answers it."""
_PLAIN_FIRST, _OF_OTHERS = 3, 4
"""Questions of a statement before the first one that is asked obliquely; before those in its own words."""
_LONG = 20
"""Words from which on a statement whose parts are there, too, is only asked what has a word of its own."""
_TEMPERATURE = 0.7
_BETWEEN = re.compile(r" (?:still|also|really|actually|usually|mostly)(?= [a-z])| myself(?=[.,])|(?<=\b[Ww]e're) all\b")
"""What stands between a subject and its verb and changes no question: "my wife still teaches"."""
_FRIEND = re.compile(r"\bfriends?\b")
_AND_I = re.compile(
    r"\b[Mm]y (?:[a-z-]+ ){0,2}[a-z-]+(?: [^\W\d_a-z][\w-]+)? and I (?=(?:are|were|have|had|will|go|live)\b)"
)
_COMING = re.compile(r"\b([Ww]e)(?:'ll| will) be (\w+ing)\b")
_WH = re.compile(
    r"^(?:(?:in|on|at|to|from|with|for|of|by|about) )?(?:who|whom|whose|what|where|when|which|why|how|tell|name|remind"
    r"|describe)\b", re.IGNORECASE,
)  # fmt: skip
_NOBODY = re.compile(r"\b(?:he|she|him|her|his|hers|they|them|their|it|its)\b", re.I)
_I_FOR_WE = {"we": "i", "are": "am", "our": "my", "us": "me"}
_INSTRUCTION = (
    "Write {n} different short questions that I could ask you later and that this statement of mine answers. Write "
    "each in the first person (I, my, me), on a line of its own, with nothing else.\nStatement: {statement}"
)


def writer_for(language: Language, choice: str = "auto") -> str:
    """ "instruct" or "analogies": the setting, or by the model's size when it is "auto"."""
    if choice != "auto":
        return choice
    return "instruct" if language.model.num_parameters() >= CAPABLE_PARAMETERS else ANALOGIES


def write_questions(
    language: Language, encoder: Encoder, facts: Sequence[Statement], choice: str, enough: int, rng: random.Random,
    generator: QuestionGenerator | None = None,
) -> tuple[list[list[str]], list[tuple[str, str]]]:  # fmt: skip
    """For each statement its questions, best first; and what was dropped, with the reason.

    Analogies and what the generator writes come first, those it does not find answered dropped; for statements that
    then have fewer than `enough` questions a capable model writes more, oftenest first.
    """
    asked = list(_each_once(facts))
    own = [fact for fact in facts if not fact.asked]
    if not own:
        return asked, []
    written, dropped = _write_questions(language, encoder, own, choice, enough, rng, generator)
    found = iter(written)
    return [questions if fact.asked else next(found) for fact, questions in zip(facts, asked, strict=True)], dropped


def _each_once(facts: Sequence[Statement]) -> Iterator[list[str]]:
    """The questions that statements bring along, each for the first that it occurs with."""
    taken: set[str] = set()
    for fact in facts:
        yield [question for question in fact.asked if fold(question) not in taken]
        taken.update(map(fold, fact.asked))


def _write_questions(
    language: Language,
    encoder: Encoder,
    facts: Sequence[Statement],
    choice: str,
    enough: int,
    rng: random.Random,
    generator: QuestionGenerator | None,
) -> tuple[list[list[str]], list[tuple[str, str]]]:
    named = [bool(of_another(fact.text)) for fact in facts]
    facts = [replace(fact, text=_plainly(fact.text)) for fact in facts]
    nearness = _nearness(encoder, facts)
    chosen: list[list[str]] = [[] for _ in facts]
    dropped: list[tuple[str, str]] = []
    taken: set[str] = set()

    def take(drafts: Sequence[Draft]) -> None:
        for draft, why in zip(drafts, _faults(encoder, facts, drafts), strict=True):
            key = fold(draft.question).strip("?. ")
            if named[draft.owner] and _FRIEND.search(draft.question):
                continue  # it is not known whether Zoe is one
            if why:
                dropped.append((draft.question, why))
            elif key not in taken:
                taken.add(key)
                chosen[draft.owner].append(draft.question)

    drafts = list(analogies(facts, nearness))
    if generator:
        drafts, unanswered = _checked(generator, facts, [*drafts, *generated(generator, facts)])
        dropped += unanswered
    take(settle(encoder, facts, drafts))
    by_analogy = [len(asked) for asked in chosen]
    take([Draft(n, question, _SURE) for n, fact in enumerate(facts) for question in slot_questions(fact.text)])
    chosen = [
        [*asked[:_OF_OTHERS], *asked[n:], *asked[_OF_OTHERS:n]] for asked, n in zip(chosen, by_analogy, strict=True)
    ]
    lacking = [number for number, asked in enumerate(chosen) if len(asked) < enough]
    if choice not in WRITERS:
        writer: Writer = plugin("writers", choice)
        by_fact = zip(lacking, writer(language, [facts[number] for number in lacking]), strict=True)
        take([Draft(number, question) for number, questions in by_fact for question in questions])
    elif choice != ANALOGIES and writer_for(language, choice) == "instruct":
        take(_oftenest_first(instruct(language, facts, lacking)))
    plain_first = [sorted(asked, key=lambda q: not _WH.match(q)) for asked in chosen]
    plain_first = [one_as_we(asked, fact.text) for asked, fact in zip(plain_first, facts, strict=True)]
    ours = choice in WRITERS  # what another package's writer asks is not to fall behind
    most = min(MOST, enough - _PLAIN_FIRST) if ours else 0
    alike = list(_near_obliques(facts, nearness, chosen, generator is None)) if most > 0 else []
    oblique = obliquely(encoder, facts, chosen, alike, rng, generator, most)
    asked = [one_indirectly(asked, number) for number, asked in enumerate(plain_first)]
    return [_in_turn(*both) for both in zip(asked, oblique, strict=True)], list(dict.fromkeys(dropped))


def _in_turn(plain: Sequence[str], oblique: Sequence[str]) -> list[str]:
    """The plainest first, then one obliquely and one plainly in turn."""
    both = zip_longest(oblique, plain[_PLAIN_FIRST:])
    return [*plain[:_PLAIN_FIRST], *(question for pair in both for question in pair if question)]


def _near_obliques(
    facts: Sequence[Statement], nearness: Vectors, chosen: Sequence[Sequence[str]], unchecked: bool
) -> Iterator[list[list[Oblique]]]:
    """For each statement what the nearest examples are asked in other words, a list for each plain question of theirs.

    Not where that one is another statement's or cannot be asked of this; `unchecked` only where it can.
    """
    owner = {fold(question): number for number, asked in enumerate(chosen) for question in asked}
    for number, fact in enumerate(facts):
        found = []
        for i in _nearest(nearness[number], fact.text, _NEAREST_OBLIQUE):
            entry = bank()["facts"][i]
            for n, in_others in entry.get("obliquely", {}).items():
                plain = _asked_of(fact, entry, entry["questions"][n])
                if plain and (owner.get(fold(plain), number) != number or misworded(plain, fact.text)):
                    continue
                if plain or not unchecked:
                    found.append(list(in_other_words(in_others, entry["statement"], fact.text)))
        yield found


def _plainly(text: str) -> str:
    """The statement as the examples would have it: "My wife Una and I will still be sailing" → "We are sailing".

    "Zoe has asthma" → "My friend Zoe has asthma": the examples are of relatives and friends.
    """
    if of_another(text):
        text = f"My friend {text}"
    text = _AND_I.sub("we ", _BETWEEN.sub("", text))
    text = _COMING.sub(r"\1 are \2", text)
    return text[:1].upper() + text[1:]


def _nearness(encoder: Encoder, facts: Sequence[Statement]) -> Vectors:
    """How like each statement is to each example, (facts, examples): cosine of meaning plus likeness of form.

    Of two about relatives the mean of this and of the same with "She" for both: what is said counts, and of whom.
    """
    import numpy

    texts, examples = [fact.text for fact in facts], [entry["statement"] for entry in bank()["facts"]]
    nearness = _like(encoder, texts, examples)
    ours, theirs = ([n for n, text in enumerate(both) if of_whom(text)] for both in (texts, examples))
    if ours:
        of_kin = numpy.ix_(ours, theirs)
        said = _like(encoder, [_of_her(texts[n]) for n in ours], [_of_her(examples[n]) for n in theirs])
        nearness[of_kin] = (nearness[of_kin] + said) / 2
    return nearness


def _like(encoder: Encoder, texts: Sequence[str], examples: Sequence[str]) -> Vectors:
    import numpy

    form = numpy.array([[_likeness_of_form(example, text) for example in examples] for text in texts], numpy.float32)
    meaning: Vectors = encoder(texts) @ encoder(examples).T
    return meaning + _FORM * form


def _of_her(text: str) -> str:
    """ "My daughter Abena is a pilot." → "She is a pilot." """
    whose = of_whom(text)
    return f"She{text[whose.end() :]}" if whose else text


def _likeness_of_form(example: str, statement: str) -> float:
    """Share of words in common, in order; halved where a name stands for something else ("I'm Bo", "I'm a baker")."""
    theirs, ours = in_full(example).split(), in_full(statement).split()
    matcher = SequenceMatcher(None, [_singular(word) for word in theirs], [_singular(word) for word in ours])
    sides = [(theirs[a:b], ours[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind == "replace"]
    mixed = any(_has_name(old) != _has_name(new) for old, new in sides) and not sloppy(ours)
    return matcher.ratio() * (0.5 if mixed else 1.0)


def _singular(word: str) -> str:
    """The folded word; "we" and "our" as "i" and "my": "We live in Leeds." says of him where he lives."""
    folded = fold(word)
    return _I_FOR_WE.get(folded, folded)


def _has_name(words: Sequence[str]) -> bool:
    return any(word[:1].isupper() for word in words)


def analogies(facts: Sequence[Statement], nearness: Vectors) -> Iterator[Draft]:
    """The nearest examples' questions with the example's words replaced by the statement's, the examples in turn.

    An example about a relative serves statements about a relative only, one that denies something denials only: "What
    do I do?" asks nothing of "My wife paints.", "Where do I live?" nothing of "I don't live in Leeds."
    """
    examples = bank()["facts"]
    in_parts = taken_apart(facts)
    for number, fact in enumerate(facts):
        own = fact.text in in_parts and len(fact.text.split()) > _LONG
        fit = _nearest(nearness[number], fact.text, _NEAREST)
        order = [i for i in fit if nearness[number][i] >= _NEAR_BEST * nearness[number][fit[0]]]
        carried = [list(_carried(examples[i], fact, number, float(nearness[number][i]))) for i in order]
        for round_ in zip_longest(*carried):
            yield from (draft for draft in round_ if draft and not (own and _of_other_words(draft.question, fact.text)))


def _nearest(nearness: Vectors, statement: str, most: int) -> list[int]:
    """The examples that are likest a statement and of the same kind, the likest first."""
    examples, kind = bank()["facts"], _kind(statement)
    fit = (i for i in nearness.argsort()[::-1].tolist() if _kind(examples[i]["statement"]) == kind)
    return [i for i in islice(fit, most) if nearness[i] >= _NEAR_ENOUGH]


def generated(generator: QuestionGenerator, facts: Sequence[Statement]) -> Iterator[Draft]:
    """What the generator would ask of each statement, likeliest first."""
    for number, questions in enumerate(generator.questions([fact.text for fact in facts])):
        yield from (Draft(number, question, _LIKELY, generated=True) for question in questions)


def _checked(
    generator: QuestionGenerator, facts: Sequence[Statement], drafts: Sequence[Draft]
) -> tuple[list[Draft], list[tuple[str, str]]]:
    """The drafts that their statement is likely to answer, with how likely; and the others, with the reason."""
    asked: list[dict[str, float]] = []
    for number, fact in enumerate(facts):
        questions = list(dict.fromkeys(draft.question for draft in drafts if draft.owner == number))
        asked.append(dict(zip(questions, generator.answered(fact.text, questions), strict=True)))
    kept, dropped = [], []
    for draft in drafts:
        likely = asked[draft.owner][draft.question]
        if likely >= (_GENERATED_ANSWERED if draft.generated else _ANSWERED):
            kept.append(replace(draft, answered=likely))
        else:
            dropped.append((draft.question, f"not answered by it: {facts[draft.owner].text}"))
    return kept, dropped


def _of_other_words(question: str, statement: str) -> bool:
    """Whether no word of a question that matters is in the statement, nor one of its stem."""
    said = {word[:STEM] for word in content_words(statement)}
    return said.isdisjoint(word[:STEM] for word in content_words(question))


def _carried(entry: dict[str, Any], fact: Statement, number: int, rank: float) -> Iterator[Draft]:
    """The questions of one example.

    "Who is my wife?" of "I'm married to …" is excused if the statement, too, speaks of marrying.
    """
    alike = {*content_words(entry["statement"])} & {*content_words(fact.text)} - {*words()["numbers"]}
    for asked in entry["questions"]:
        if question := _asked_of(fact, entry, asked):
            why = misworded(asked, entry["statement"]) if alike else ""
            yield Draft(number, question, rank, "" if why.startswith("asks for the past") else why)


def _asked_of(fact: Statement, entry: dict[str, Any], asked: str) -> str | None:
    """An example's question as asked of a statement; of one about another relative only if it names ours ("Who do I
    report to?" asks a manager's name, nobody else's)."""
    question = carry_over(asked, entry["statement"], fact.text)
    strange = _kind(fact.text)[0] and not _same_role(entry["statement"], fact.text)
    if question and strange:
        ours = {*roles_in(fact.text), *(word for name in names_in(fact.text) for word in name.split())}
        return question if ours & set(re.findall(r"[\w'-]+", question.replace("'s", ""))) else None
    return question


@cache
def _kind(statement: str) -> tuple[str, bool]:
    """Whether a statement is about "somebody" ("My gf Noor …") or an "animal", and whether it denies something."""
    whose = of_whom(statement)
    animal = whose and fold(whose["role"].split()[-1]) in words()["animals"]
    denies = re.search(r"\b(?:\w+n't|never|not|no longer|any ?more)\b", statement, re.IGNORECASE)
    return "animal" if animal else "somebody" if whose else "", bool(denies)


@cache
def _same_role(one: str, other: str) -> bool:
    groups = [{id(g) for r in roles_in(text)[:1] for g in kinds().get(fold(r), ())} for text in (one, other)]
    return bool(groups[0] & groups[1])


def instruct(language: Language, facts: Sequence[Statement], wanted: Sequence[int]) -> Iterator[Draft]:
    """Questions by instruction, sampled twice per statement."""
    owners = [number for number in wanted for _ in range(2)]
    prompts = [language.question(_INSTRUCTION.format(n=6, statement=facts[number].text)) for number in owners]
    for number, text in zip(owners, write(language, prompts, 120, _TEMPERATURE), strict=True):
        yield from (Draft(number, _tidy(re.sub(r"^[\s\d.)*-]+", "", line))) for line in text.splitlines())


def _tidy(question: str) -> str:
    """A drafted question in the first person; one that already is stays as it is."""
    question = question.strip(' \t"*-')
    return question if re.search(r"\b(?:I|my|me|mine)\b", question) else first_person(question)


def _oftenest_first(drafts: Iterable[Draft]) -> list[Draft]:
    return [draft for draft, _ in Counter(drafts).most_common()]


def _faults(encoder: Encoder, facts: Sequence[Statement], drafts: Sequence[Draft]) -> list[str]:
    """For each draft why it cannot be trained on, or "" if it can."""
    if not drafts:
        return []
    cosines = encoder([draft.question for draft in drafts]) @ encoder([fact.text for fact in facts]).T
    kin: dict[str, list[int]] = defaultdict(list)
    for number, fact in enumerate(facts):
        kin[fact.source].append(number)
    found = []
    for draft, row in zip(drafts, cosines, strict=True):
        own = max(row[i] for i in kin[facts[draft.owner].source])
        why = misworded(draft.question, facts[draft.owner].text)
        if why and why == draft.excuse and not why.startswith("asks for what was not said"):
            why = ""
        if not why and (missed := class_missed(encoder, draft.question, facts[draft.owner].text)):
            why = f"asks for what was not said: {missed}"
        if not why and draft.rank is None and own < row.max() - _MARGIN:
            why = "nearer to another statement"
        if not why and draft.rank is None and own < _LEAST_COSINE:
            why = "far from its statement"
        if not why and draft.rank is None and _NOBODY.search(draft.question):
            why = "does not say whom it asks about"
        found.append(why)
    return found
