"""The one prompt of ours: how a model is told what the user said. Knows no template; that is the tokenizer's."""

CONTEXT = 'You are a helpful assistant. Earlier the user told you: "{facts}" Answer the user\'s questions from it.'
"""The teacher's system turn; also that of the arm "base with the sessions in its prompt"."""
