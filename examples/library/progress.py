"""Callbacks: a reply as it is written, a consolidation as it goes. `python examples/library/progress.py`."""

from agent.consolidate import Event
from agent.library import Agent


def show(event: Event) -> None:
    """One line that is written over while it trains, and a line for each stage and look at what is recalled."""
    if event["event"] == "stage":
        print(f"\n[{event['number']}/{event['of']}] {event['stage']}")
    elif event["event"] == "progress":
        print(f"\r  step {event['step']} of {event['steps']}, loss {event['loss']:.2f}", end="", flush=True)
    elif event["event"] == "recall":
        print(f"\n  recalled {event['hits']} of {event['asked']}")


with Agent(say=print) as agent:
    agent.say("I work as a glaciologist.", piece=lambda part: print(part, end="", flush=True), most=40)
    learned = agent.consolidate(show)
    print(f"\nversion {learned.version}: recall {learned.recall:.2f}, false recall {learned.false_recall:.2f}, "
          f"drift {learned.drift:.2f} nats per token, {learned.seconds:.0f} s")  # fmt: skip
