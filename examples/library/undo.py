"""Learn, look at what changed, and go back. `python examples/library/undo.py "I keep bees." "What do I keep?"`."""

import sys

from agent.library import Agent

said, question = sys.argv[1:] if len(sys.argv) == 3 else ("I keep bees.", "What do I keep?")
with Agent(say=print) as agent:
    answers = [(agent.version, agent.ask(question))]
    agent.tell(said)
    learned = agent.consolidate()
    answers.append((agent.version, agent.ask(question)))
    if learned.version:
        agent.rollback()
        answers.append((agent.version, agent.ask(question)))
    for version, answer in answers:
        print(f"v{version}: {answer}")
    print(f"{agent.pending} pending")
