"""An Ollama Modelfile for a GGUF file: the model's chat template in Ollama's language, found out by rendering it.

Knows nothing of versions.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import TemplateError

if TYPE_CHECKING:
    from memory.language import Language, Message

_SYSTEM, _USER, _ANSWER, _AGAIN = (f"\u2063{name}\u2063" for name in ("system", "user", "answer", "again"))


@dataclass(frozen=True)
class Frame:
    """What a chat template puts around each turn, and the system text it adds when there is none."""

    before_system: str
    after_system: str
    before_user: str
    after_user: str
    after_answer: str
    system: str

    def template(self) -> str:
        """In Ollama's template language; on one line, for line breaks count."""
        return (
            f'{{{{ range .Messages }}}}{{{{ if eq .Role "system" }}}}{self.before_system}{{{{ .Content }}}}'
            f'{self.after_system}{{{{ else if eq .Role "user" }}}}{self.before_user}{{{{ .Content }}}}{self.after_user}'
            f'{{{{ else if eq .Role "assistant" }}}}{{{{ .Content }}}}{self.after_answer}{{{{ end }}}}{{{{ end }}}}'
        )


def frame_of(language: "Language") -> Frame | None:
    """The frame of the model's chat template, None for one that is more than a frame around each turn."""

    def render(*turns: tuple[str, str], answering: bool = True) -> str:
        messages: list[Message] = [{"role": role, "content": text} for role, text in turns]
        return str(language.tokenizer.apply_chat_template(messages, add_generation_prompt=answering, tokenize=False))

    system, user, answer = ("system", _SYSTEM), ("user", _USER), ("assistant", _ANSWER)
    try:
        before_system, _, behind = render(system, user).partition(_SYSTEM)
        head, _, after_user = render(user).partition(_USER)
        after_answer = render(user, answer, answering=False).partition(_ANSWER)[2]
        before_user = render(user, answer, ("user", _AGAIN)).partition(_ANSWER + after_answer)[2].partition(_AGAIN)[0]
    except TemplateError:
        return None
    after_system = behind.partition(before_user + _USER)[0]
    own = head.removeprefix(before_system).removesuffix(after_system + before_user) if head != before_user else ""
    frame = Frame(before_system, after_system, before_user, after_user, after_answer, own)
    whole = before_user + _USER + after_user + _ANSWER + after_answer + before_user + _AGAIN + after_user
    said = f"{before_system}{own}{after_system}" if own else ""
    return frame if render(user, answer, ("user", _AGAIN)) == said + whole else None


def modelfile(language: "Language", gguf: str) -> str:
    """A Modelfile beside the GGUF file of that name; answers are greedy, as the gate asked for them."""
    frame = frame_of(language)
    lines = [f"FROM ./{gguf}"]
    if frame:
        lines.append(f'TEMPLATE """{frame.template()}"""')
        lines += [f'SYSTEM """{frame.system}"""'] if frame.system else []
    stop = language.tokenizer.decode([language.end_of_turn])
    return "\n".join([*lines, f'PARAMETER stop "{stop}"', "PARAMETER temperature 0", ""])
