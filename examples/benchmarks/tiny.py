"""A tiny real chat model, for tests and for benchmarks that measure what is around a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_llama(folder: Path, brief: bool = False, window: int = 4096) -> Path:
    """Write a two-layer random Llama with a byte-level tokenizer and a chat template.

    brief: it ends its replies after a few letters. window: tokens it reads.
    """
    more = {"max_position_embeddings": window}
    return tiny(folder, "llama", brief, **more)


def tiny(
    folder: Path, kind: str, brief: bool = False, merges: Sequence[tuple[str, str]] = (), template: str = CHAT_TEMPLATE,
    **more: Any,
) -> Path:  # fmt: skip
    """Write a two-layer random model of that `model_type`; `more`: what its configuration says otherwise."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    tokenizer = byte_tokenizer(merges)
    tokenizer.chat_template = template
    end = tokenizer.eos_token_id
    shape: dict[str, Any] = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "eos_token_id": end, "pad_token_id": end,
        "bos_token_id": None,
    }  # fmt: skip
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **shape | more))
    if brief:
        model.generation_config.exponential_decay_length_penalty = (3, 100.0)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def byte_tokenizer(merges: Sequence[tuple[str, str]] = ()) -> "PreTrainedTokenizerFast":
    """A byte-level tokenizer of single bytes and these merges."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*alphabet, *map("".join, merges)])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=list(merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|im_end|>")
