"""The one exception type, which `__main__` turns into exit 2, and what its messages quote."""

_QUOTED = 80
"""characters of foreign text in a message"""


class CombineError(Exception):
    """Stop the command; the message says `path:line: problem; fix`."""


def quoted(text: str) -> str:
    """Return foreign text for a message: in quotes, printable and short."""
    return f'"{shortened(text)}"'


def shortened(text: str) -> str:
    """Return foreign text for a message: printable and short."""
    if len(text) > _QUOTED:
        text = text[: _QUOTED - 1] + "…"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
