"""The prompts of ours. Knows no template; that is the tokenizer's."""

CONTEXT = 'You are a helpful assistant. Earlier the user told you: "{facts}" Answer the user\'s questions from it.'
"""The teacher's system turn; also that of the arm "base with the sessions in its prompt"."""

TITLE = """Write a title of two to five words for this conversation. Write only the title.

User: {said}
Assistant: {reply}"""
"""Asked in a conversation of its own, after the first exchange."""
