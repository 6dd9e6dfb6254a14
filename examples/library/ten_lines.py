"""The library in ten lines. `python examples/library/ten_lines.py`: in the user's own home, or in SELFPARAM_HOME."""

from agent.library import Agent

with Agent(say=print) as agent:
    agent.tell("My name is Priyanka and I live in Tromsø.")
    agent.tell("I have a parrot called Captain Pickle.")
    print(agent.consolidate().words)
    for question in ("What is my name?", "Where do I live?", "What is my parrot called?"):
        print(question, "→", agent.ask(question))
