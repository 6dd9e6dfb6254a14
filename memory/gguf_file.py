"""A model as one GGUF file, with the `gguf` library, for llama.cpp and what is built on it.

The two architectures and the kinds of tokenizer that were tried; everything else is refused rather than written
wrongly. Knows nothing of versions.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from gguf import (
    GGML_QUANT_SIZES,
    MODEL_ARCH,
    MODEL_ARCH_NAMES,
    GGMLQuantizationType,
    GGUFWriter,
    LlamaFileType,
    TokenType,
    get_tensor_name_map,
    quants,
)

from memory.errors import ModelError
from memory.storage import disk

if TYPE_CHECKING:
    from memory.language import Language

ARCHITECTURES = {"llama": MODEL_ARCH.LLAMA, "qwen2": MODEL_ARCH.QWEN2}
"""`model_type` of transformers → that of GGUF."""
_PRECISIONS = {
    "f16": (GGMLQuantizationType.F16, LlamaFileType.MOSTLY_F16),
    "f32": (GGMLQuantizationType.F32, LlamaFileType.ALL_F32),
    "q8_0": (GGMLQuantizationType.Q8_0, LlamaFileType.MOSTLY_Q8_0),
}
"""Of the matrices; vectors are always f32. q8_0: eight bits and a scale for each 32 weights of a row."""
_BLOCK, _ = GGML_QUANT_SIZES[GGMLQuantizationType.Q8_0]

_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_SPLITS = {rf"{_WORDS}|\p{{N}}|{_REST}": "qwen2", rf"{_WORDS}|\p{{N}}{{1,3}}|{_REST}": "llama-bpe"}
"""How a tokenizer splits text before it merges → what llama.cpp calls that."""


def write_gguf(language: "Language", file: Path, name: str, precision: str) -> None:
    """Write the model with its tokenizer and chat template; `name` is what it calls itself.

    Raises:
        ModelError: its architecture or tokenizer is not one of those tried.
        StorageError: the disk is full.
    """
    config, kind = language.model.config, _architecture(language)
    tokenizer = json.loads(language.tokenizer.backend_tokenizer.to_str())
    splitting = _splitting(tokenizer)
    with disk(file):
        writer = GGUFWriter(file, MODEL_ARCH_NAMES[kind])
        writer.add_name(name)
        _describe(writer, config)
        writer.add_file_type(_PRECISIONS[precision][1])
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(splitting)
        _add_tokens(writer, language.tokenizer, tokenizer, config.vocab_size)
        _add_weights(writer, language.model, kind, _PRECISIONS[precision][0])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def _architecture(language: "Language") -> MODEL_ARCH:
    """GGUF's word for the model, if all of it can be said in GGUF and read back."""
    config = language.model.config
    kind = ARCHITECTURES.get(config.model_type)
    odd = ""
    if kind is None:
        odd = f"its architecture is {config.model_type}, written are {' and '.join(ARCHITECTURES)}"
    elif config.rope_parameters["rope_type"] != "default":
        odd = f"its positions are scaled ({config.rope_parameters['rope_type']})"
    elif getattr(config, "use_sliding_window", False):
        odd = "its attention slides"
    elif kind is MODEL_ARCH.LLAMA and (config.attention_bias or config.mlp_bias):
        odd = "its layers have biases"
    if kind is None or odd:
        raise ModelError(f"this model cannot be written as GGUF ({odd}): export it with `--as hf`")
    return kind


def _splitting(tokenizer: dict[str, Any]) -> str:
    """llama.cpp's name for the way the tokenizer splits text."""
    first = tokenizer["pre_tokenizer"] or {}
    steps = first.get("pretokenizers", [first])
    kinds = [step.get("type") for step in steps]
    found = None
    if kinds[-1] == "ByteLevel" and not steps[-1]["add_prefix_space"] and tokenizer["model"].get("merges"):
        if kinds == ["ByteLevel"] and steps[0]["use_regex"]:
            found = "gpt-2"
        elif kinds == ["Digits", "ByteLevel"] and steps[0]["individual_digits"]:
            found = "smollm"
        elif kinds == ["Split", "ByteLevel"]:
            found = _SPLITS.get(steps[0]["pattern"].get("Regex"))
    if not found or (tokenizer["normalizer"] or {"type": "NFC"})["type"] != "NFC":
        raise ModelError(
            "this model cannot be written as GGUF (its tokenizer is not byte-level BPE as SmolLM, Qwen2 or Llama 3 "
            "have it): export it with `--as hf`"
        )
    return found


def _describe(writer: GGUFWriter, config: Any) -> None:
    """The model's shape."""
    width = config.hidden_size // config.num_attention_heads
    head = getattr(config, "head_dim", None) or width
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_rope_dimension_count(head)
    writer.add_vocab_size(config.vocab_size)
    if head != width:
        writer.add_key_length(head)
        writer.add_value_length(head)


def _add_tokens(writer: GGUFWriter, named: Any, tokenizer: dict[str, Any], size: int) -> None:
    """Every token with its kind, the merges, the special ones and the chat template.

    The model's rows count: one without a token is padded, a token without a row is left out.
    """
    tokens = [f"[PAD{number}]" for number in range(size)]
    kinds = [TokenType.UNUSED] * size
    for text, number in tokenizer["model"]["vocab"].items():
        tokens[number], kinds[number] = text, TokenType.NORMAL
    for token in (token for token in tokenizer["added_tokens"] if token["id"] < size):
        tokens[token["id"]] = token["content"]
        kinds[token["id"]] = TokenType.CONTROL if token["special"] else TokenType.USER_DEFINED
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    for kind in ("bos", "eos", "unk", "pad"):
        number = getattr(named, f"{kind}_token_id")
        if kind == "bos" and number is None:  # transformers 5.0 to 5.12 cannot read a file without one
            number = named.eos_token_id
        if number is not None and number < size:
            getattr(writer, f"add_{kind}_token_id")(number)
    writer.add_add_bos_token(False)  # the chat template writes it if it wants it
    writer.add_chat_template(named.chat_template)


def _add_weights(writer: GGUFWriter, model: Any, kind: MODEL_ARCH, precision: GGMLQuantizationType) -> None:
    """Every tensor under GGUF's name; a head tied to the embedding is left out, which is how GGUF says so."""
    config = model.config
    names = get_tensor_name_map(kind, config.num_hidden_layers)
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        if kind is MODEL_ARCH.LLAMA and "q_proj" in name:
            tensor = _interleaved(tensor, config.num_attention_heads)
        elif kind is MODEL_ARCH.LLAMA and "k_proj" in name:
            tensor = _interleaved(tensor, config.num_key_value_heads)
        plain = tensor.dim() == 1 or (precision is GGMLQuantizationType.Q8_0 and tensor.shape[-1] % _BLOCK)
        wanted = GGMLQuantizationType.F32 if plain else precision
        called = names.get_name(name, (".weight", ".bias"))
        if called is None:
            raise ModelError(f"this model cannot be written as GGUF (GGUF has no {name}): export it with `--as hf`")
        values = tensor.to("cpu", torch.float32).contiguous().numpy()
        writer.add_tensor(called, quants.quantize(values, wanted), raw_dtype=wanted)


def _interleaved(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows in the order in which llama.cpp turns them: pairs side by side, where transformers has halves."""
    return weight.reshape(heads, 2, -1, weight.shape[-1]).transpose(1, 2).reshape(weight.shape)
