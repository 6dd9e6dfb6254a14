"""How fast the engines answer, and whether they say the same: transformers' `generate`, CTranslate2, and it in int8.

With `--llama` (`pip install xllamacpp`) also llama.cpp, on GGUF files of the same weights in fp32 and in q8_0. Prints a
markdown table, each engine's ratio to the first behind its figure. Each figure is a median of five, the engines in turn
in one process: tokens per second of one answer and of batches (end of turn counted, what follows it not), and seconds
to the first piece of a reply in a conversation that goes on.

usage: python examples/benchmarks/decode.py [--model M] [--repeats 5] [--llama]
"""

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.reply import Sampling, stream
from memory.engine import CTranslate2, engine_folder, open_converted, serve_base
from memory.gguf_file import write_gguf
from memory.home import user_home
from memory.language import Engine, Message
from memory.llama import LlamaCpp
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
    cli.add_argument("--llama", action="store_true")
    options = cli.parse_args()
    base = base_folder(options.model, user_home())
    converted = serve_base(base, options.model, user_home(), "ctranslate2")
    assert isinstance(converted, CTranslate2), "this architecture is not converted"
    eight = open_converted(engine_folder(options.model, user_home()), base, INT8)
    engines: dict[str, Engine] = {"transformers": load(base), "CTranslate2": converted, "int8": eight}
    with TemporaryDirectory() as folder:
        if options.llama:
            language = load(base)
            for name, precision in (("llama.cpp", "f32"), ("llama.cpp q8_0", "q8_0")):
                write_gguf(language, file := Path(folder) / f"{precision}.gguf", "model", precision)
                engines[name] = LlamaCpp(file, language.tokenizer, language.model.config, max(BATCHES))
        compare(engines, options.repeats)


def compare(engines: dict[str, Engine], repeats: int) -> None:
    """Print the table, and how many answers are the first engine's."""
    first, *others = engines
    said = {name: all_answers(engine) for name, engine in engines.items()}
    print(f"| what | {first} | {' | '.join(f'{name} | ratio' for name in others)} |")
    print("|" + "---|" * 2 * len(engines))
    for batch in BATCHES:
        row(f"batch of {batch}, tokens/s", [*engines.values()], repeats, lambda e, n, b=batch: speed(e, b, n))
    for turns in TURNS:
        row(f"first piece of turn {turns}, s", [*engines.values()], repeats, lambda e, n, t=turns: first_piece(e, t, n))
    print(f"\nthe same of {len(QUESTIONS)} greedy answers of {TOKENS} tokens as {first}:")
    for name in others:
        print(f"- {name}: {sum(one == other for one, other in zip(said[first], said[name], strict=True))}")


def all_answers(engine: Engine) -> list[str]:
    return engine.answers([engine.question(text) for text in QUESTIONS], TOKENS)


def row(what: str, engines: Sequence[Engine], repeats: int, measure: Callable[[Engine, int], float]) -> None:
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
