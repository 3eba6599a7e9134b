"""Makes untrusted text safe to look at."""

# Python calls these printable, but they show nothing, or a blank.
# Source: Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt; U+2800 is the
# Braille pattern without a dot.
_UNSEEN = frozenset(
    map(
        chr,
        (
            0x34F,
            *(0x115F, 0x1160, 0x3164, 0xFFA0),
            *(0x17B4, 0x17B5),
            *range(0x180B, 0x1810),
            0x2800,
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
# Lines of a diff that are git's, not the file's.
_GIT = ("--- ", "+++ ", "@@ ", "\\ ")


def visible(text: str) -> str:
    r"""Return a line with control, bidirectional and invisible characters escaped: `\x1b`.

    Newlines and lone surrogates are escaped, too; tabs are harmless and stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_visible(c) else _escaped(c) for c in text)


def visible_lines(data: bytes) -> str:
    """Return a text or a diff with its lines made visible, without the CR if all end with one."""
    *lines, last = data.decode("utf-8", "surrogateescape").split("\n")
    if all(line.endswith("\r") for line in lines if not line.startswith(_GIT)):
        lines = [line.removesuffix("\r") for line in lines]
    return "\n".join(map(visible, [*lines, last]))


def _is_visible(character: str) -> bool:
    return (character.isprintable() or character == "\t") and character not in _UNSEEN


def _escaped(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
