"""A theme of the sixteen colours that every terminal has: what stands out here stands out there, too."""

from textual.theme import Theme

from memory.errors import UsageError

SIXTEEN = Theme(
    name="selfparam",
    primary="#00aaaa",
    secondary="#55ffff",
    accent="#ffff55",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#0000aa",
    variables={
        "text-muted": "#aaaaaa",
        "text-disabled": "#aaaaaa",
        "text-error": "#ff5555",
        "footer-background": "#0000aa",
        "footer-key-foreground": "#ffff55",
        "footer-description-foreground": "#ffffff",
        "block-cursor-background": "#00aaaa",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#0000aa",
        "block-cursor-blurred-foreground": "#ffffff",
        "input-selection-background": "#0000aa",
    },
)


def checked_theme(name: str, known: list[str]) -> str:
    """The name, if there is such a theme.

    Raises:
        UsageError: there is none.
    """
    if name not in known:
        raise UsageError(f"config.toml: there is no theme {name!r}; there are {', '.join(known)}")
    return name
