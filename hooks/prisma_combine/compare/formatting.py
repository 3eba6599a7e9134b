"""Comparison of texts without their formatting: blank lines, alignment, trailing whitespace."""

import re

_TOKEN = re.compile(
    r"""
    (?P<string> "(?:\\[^\n]|[^"\\\n])*"? )
  | (?P<doc> (?: ///[^\n]* | /\*.*?(?:\*/|\Z) ) [ \t\n]* )
  | (?P<comment> //[^\n]* )
  | (?P<line> [ \t]*\n[ \t\n]* )
  | (?P<blanks> [ \t]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
# The lookbehind anchors the match at the start of a run; without it long runs are quadratic.
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)


def equal_but_for_formatting(one: str, other: str) -> bool:
    """Return whether a formatter could have turned one text into the other."""
    if one == other:
        return True
    # Comparing without whitespace first settles most edits at a fraction of the cost.
    return _without_blanks(one) == _without_blanks(other) and unformatted(one) == unformatted(other)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def unformatted(text: str) -> str:
    """Return a text without blank lines, alignment and trailing whitespace.

    Two texts that agree in it mean the same to Prisma, documentation comments included.
    """
    return _TOKEN.sub(_plain, text).strip("\n")


def _plain(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "doc":
            # A blank line ends the documentation, so it is no mere formatting.
            bare = token[0].rstrip(" \t\n")
            newlines = token[0].count("\n", len(bare))
            return _TRAILING.sub("", bare) + "\n" * min(newlines, 2)
        case "comment":
            return token[0].rstrip(" \t")
        case "line":
            return "\n"
        case "blanks":
            words = _is_word(token.string[max(token.start() - 1, 0) : token.start()]) and _is_word(
                token.string[token.end() : token.end() + 1]
            )
            return " " if words else ""
    return token["string"]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
