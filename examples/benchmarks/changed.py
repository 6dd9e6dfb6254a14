"""Whether the question generator's check hears what has changed: which new statement answers an old question.

Nothing is trained. Of each two-session script (`examples/memory/corrections`) every question of the second session is
put to every statement of that session; the likeliest is taken. Prints, for some thresholds, for how many questions
about changes one is found, for how many the right one, and for how many about what had not changed one is found.

usage: python examples/benchmarks/changed.py SCRIPT…
"""

import argparse
from pathlib import Path

from agent.scripts import Script, read_script
from memory.conversations import Conversation, Experience
from memory.home import user_home
from memory.judge import contains_any
from memory.naming import named_in
from memory.parser import Parse, parser
from memory.question_generation import QuestionGenerator, question_generator
from memory.targets import extract, latest_of_each

THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
Found = tuple[str, float, bool]
"""Whether what is asked "changed", is the "same" or "new"; how likely a new statement answers it; if the right one."""


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("scripts", type=Path, nargs="+")
    options = cli.parse_args()
    home = user_home()
    generator, parse = question_generator(home, True), parser(home)
    if generator is None:
        raise SystemExit("the default model is not on this machine yet: `selfparam-agent ask hello` fetches it")
    found = [one for path in options.scripts for one in asked(generator, parse, read_script(path))]
    changed, same = ([one for one in found if one[0] == kind] for kind in ("changed", "same"))
    print("| threshold | of changed, a statement | the right one | of the same, a statement |\n|---|---|---|---|")
    for least in THRESHOLDS:
        heard = [one for one in changed if one[1] >= least]
        print(
            f"| {least} | {len(heard)} of {len(changed)} | {sum(right for *_, right in heard)} | "
            f"{sum(likely >= least for _, likely, _ in same)} of {len(same)} |"
        )


def asked(generator: QuestionGenerator, parse: Parse | None, script: Script) -> list[Found]:
    """Each question of the last session, with what its statements say to it."""
    told: list[list[str]] = []
    for session in script.sessions:
        told.append(heard(session, parse, named_in(answer for answers in told for answer in answers)))
    probes = [probe for probe in script.probes if probe.session == len(script.sessions)]
    questions = [probe.ask for probe in probes]
    likely = [generator.answered(answer, questions) for answer in told[-1]]
    found: list[Found] = []
    for number, probe in enumerate(probes):
        best = max(range(len(likely)), key=lambda each: likely[each][number])
        before, now = (any(contains_any(answer, probe.expect) for answer in answers) for answers in (told[0], told[-1]))
        kind = "changed" if probe.forbid else "new" if now and not before else "same"
        found.append((kind, likely[best][number], contains_any(told[-1][best], probe.expect)))
    return found


def heard(session: tuple[str, ...], parse: Parse | None, known: frozenset[str]) -> list[str]:
    """What the statements of a session say, in the second person."""
    talk = Conversation(None)
    talk.known = known
    turns = [talk.add("user", text, 0) for text in session]
    experiences = [Experience(turn.id, turn.text, turn.at) for turn in turns if turn.learnable]
    return [fact.answer for fact in latest_of_each(extract(experiences, parse, known))[0]]


if __name__ == "__main__":
    main()
