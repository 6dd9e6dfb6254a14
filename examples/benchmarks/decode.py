"""How fast the engines answer, and whether they say the same: transformers' `generate`, CTranslate2, and it in int8.

Prints a markdown table. Each figure is a median of five, the engines in turn in one process: tokens per second of one
answer and of batches (end of turn counted, what follows it not), and seconds to the first piece of a reply in a
conversation that goes on.

usage: python examples/benchmarks/decode.py [--model M] [--repeats 5]
"""

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing

from agent.reply import Sampling, stream
from memory.engine import CTranslate2, engine_folder, open_converted, serve_base
from memory.home import user_home
from memory.language import Engine, Message
from memory.models import base_folder, load
from memory.settings import INT8

TOKENS = 48
BATCHES = (1, 8, 32)
TURNS = (1, 8)
TOPICS = ("gravity", "bread", "Paris", "bees", "music", "rain", "chess", "tea", "ships", "the moon", "maps", "wool",
          "salt", "trains", "cats", "ice")  # fmt: skip
QUESTIONS = [form.format(topic) for topic in TOPICS for form in ("Tell me about {}.", "Why do people like {}?")]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--model", default="smollm2-135m-instruct")
    cli.add_argument("--repeats", type=int, default=5)
    options = cli.parse_args()
    base = base_folder(options.model, user_home())
    converted = serve_base(base, options.model, user_home(), "ctranslate2")
    assert isinstance(converted, CTranslate2), "this architecture is not converted"
    eight = open_converted(engine_folder(options.model, user_home()), base, INT8)
    engines = (load(base), converted, eight)
    said = [all_answers(engine) for engine in engines]
    print("| what | transformers | CTranslate2 | ratio | int8 | ratio |\n|---|---|---|---|---|---|")
    for batch in BATCHES:
        row(f"batch of {batch}, tokens/s", engines, options.repeats, lambda e, n, b=batch: speed(e, b, n))
    for turns in TURNS:
        row(f"first piece of turn {turns}, s", engines, options.repeats, lambda e, n, t=turns: first_piece(e, t, n))
    same = [sum(one == other for one, other in zip(said[0], others, strict=True)) for others in said[1:]]
    print(f"\nthe same of {len(said[0])} greedy answers of {TOKENS} tokens: {same[0]}, in int8 {same[1]}")


def all_answers(engine: Engine) -> list[str]:
    return engine.answers([engine.question(text) for text in QUESTIONS], TOKENS)


def row(what: str, engines: tuple[Engine, ...], repeats: int, measure: Callable[[Engine, int], float]) -> None:
    measured = [[measure(engine, number) for engine in engines] for number in range(repeats)]
    one, *others = (statistics.median(figures) for figures in zip(*measured, strict=True))
    print(f"| {what} | {one:.2f} | {' | '.join(f'{it:.2f} | {it / one:.2f}' for it in others)} |", flush=True)


def speed(engine: Engine, batch: int, number: int) -> float:
    """Tokens of answers per second, prompts read included."""
    asked = [QUESTIONS[(number + at) % len(QUESTIONS)] for at in range(batch)]
    started = time.perf_counter()
    said = engine.answers([engine.question(text) for text in asked], TOKENS)
    return sum(len(engine.answer_ids(text)) for text in said) / (time.perf_counter() - started)


def first_piece(engine: Engine, turns: int, number: int) -> float:
    """Seconds from the last of so many messages to the first piece of the reply; those before it were answered, too."""
    messages: list[Message] = []
    for turn in range(turns):
        messages.append({"role": "user", "content": f"{QUESTIONS[(number + turn) % len(QUESTIONS)]} Be brief."})
        started = time.perf_counter()
        with closing(stream(engine, engine.render(messages), Sampling(TOKENS), threading.Event())) as pieces:
            next(pieces)
            seconds = time.perf_counter() - started
        messages.append({"role": "assistant", "content": "People have written whole books about that. " * 3})
    return seconds


if __name__ == "__main__":
    main()
