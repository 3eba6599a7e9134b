"""Random sets of Prisma files: valid ones, and valid ones with a mutation."""

import re
from collections.abc import Iterable
from random import Random

File = tuple[str, bytes]
"""name and content"""

URL = b'url = env("DATABASE_URL")'
"""a line of each datasource: Prisma before 7 wants it, Prisma 7 refuses it"""

_NASTY = [
    "", " ", "x", "{", "}", "}}", '"', '\\"', "/*", "//", "///", "model X {", "model X {}", "enum",
    "// ====", "@relation(fields: [x])", "ünï 用户", "\u2028", "\u0085", "\x0b", "'", "$", "\\",
]  # fmt: skip
_NAMES = ["User", "user", "model", "enum", "type", "Ünï", "用户", "A_1", "Status", "generator"]
_STRINGS = ["", "a", "{", "}", "{}", "//", "/*", "*/", '\\"', "\\\\", "\\n", "}\\\\", "用户 \u2028"]


def random_files(random: Random) -> list[File]:
    """Return a few files that Prisma may accept, accept only when they are joined, or refuse."""
    parts = _spread(random, _blocks(random))
    for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
        random.choice([_cut, _cut, _insert, _remove, _repeat])(random, parts)
    names = random.sample(
        ["a.prisma", "b.prisma", "base.prisma", "ü 1.prisma", "z.prisma", "x/y.prisma", "c.prisma",
         "d.prisma", "e.prisma", "f.prisma"],
        len(parts),
    )  # fmt: skip
    return [(name, _encode(random, part)) for name, part in zip(names, parts, strict=True)]


def _blocks(random: Random) -> list[str]:
    """Return the blocks of one valid schema."""
    comments = _Comments(random)
    provider = random.choice(["", "postgresql", "postgresql", "mongodb"])
    names = [
        name if random.random() < 0.4 else f"{name}{number}"
        for number, name in enumerate(random.sample(_NAMES, random.randint(1, 6)))
    ]
    enums = _take(random, names, 2)
    types = _take(random, names, 2) if provider == "mongodb" else []
    views = _take(random, names, 1) if provider == "postgresql" else []
    blocks = []
    if provider:
        lines = [f'provider = "{provider}"', URL.decode()]
        blocks.append(comments.block("datasource", "db", lines))
    if views or random.random() < 0.3:
        lines = ['provider = "x"', 'previewFeatures = ["views"]']
        blocks.append(comments.block("generator", random.choice(["client", "db"]), lines))
    for name in enums:
        lines = random.sample(["A", "B", "model", f'C @map("{random.choice(_STRINGS)}x")'], 2)
        blocks.append(comments.block("enum", name, lines))
    for name in types:
        lines = ["a Int", *_uses(random, provider, enums)]
        blocks.append(comments.block("type", name, lines))
    for name in views:
        lines = ["id Int @unique", *_uses(random, provider, enums)]
        blocks.append(comments.block("view", name, lines))
    for name, relations in _relations(random, provider, names).items():
        lines = [_id(provider), *relations, *_uses(random, provider, enums + types)]
        if random.random() < 0.5:
            lines.append(f's String @default("{random.choice(_STRINGS)}")')
        if random.random() < 0.3:
            lines.append(f'@@map("{random.choice(_STRINGS)}{name}")')
        blocks.append(comments.block("model", name, lines))
    random.shuffle(blocks)
    return blocks


def _take(random: Random, names: list[str], most: int) -> list[str]:
    """Move some names out of a list."""
    count = random.randint(0, min(most, len(names)))
    taken = names[:count]
    del names[:count]
    return taken


def _uses(random: Random, provider: str, types: list[str]) -> list[str]:
    """Return fields of enums and composite types."""
    return [
        f"u{number} {name}{random.choice(['', '?', '[]'] if provider else [''])}"
        for number, name in enumerate(types)
        if random.random() < 0.4
    ]


def _relations(random: Random, provider: str, models: list[str]) -> dict[str, list[str]]:
    """Return for each model the fields of its relations."""
    fields: dict[str, list[str]] = {name: [] for name in models}
    for number in range(random.randint(0, 3) if models else 0):
        one, many = random.choice(models), random.choice(models)
        arguments = [f'"r{number}"', f"fields: [k{number}]", "references: [id]"]
        if one == many:
            arguments += ["onDelete: NoAction", "onUpdate: NoAction"]
        gap = random.choice([" ", "", "  "])
        fields[many] += [
            f"o{number} {one} @relation{gap}({', '.join(arguments)})",
            f"k{number} {'String' if provider == 'mongodb' else 'Int'}",
        ]
        fields[one].append(f'm{number} {many}[]{gap}@relation("r{number}")')
    return fields


def _id(provider: str) -> str:
    return 'id String @id @map("_id")' if provider == "mongodb" else "id Int @id"


class _Comments:
    """Comments for every place in a block that may have one."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._often = random.choice([0, 0.1, 0.5])
        # Prisma before 6.1 refuses these wherever they stand.
        self._starred = random.random() < 0.4

    def block(self, keyword: str, name: str, lines: Iterable[str]) -> str:
        random = self._random
        glued = name.isascii() and name[0].isupper() and random.random() < 0.1
        head = f"{keyword}{'' if glued else random.choice([' ', '  ', chr(9), chr(160)])}{name}"
        noise = random.choice(_NASTY) if random.random() < self._often else ""
        parts = [self._above(""), f"{head}{random.choice(['', ' '])}{{{noise}\n"]
        for line in lines:
            parts += [self._above("  "), f"  {line}{self._beside()}\n"]
        return "".join([*parts, self._above("  "), "}", self._beside()])

    def _above(self, indent: str) -> str:
        """Return nothing, or some comments on lines of their own."""
        random = self._random
        text = ""
        while random.random() < self._often:
            kind = random.choice(["//", "///", "////", "// ", "/*" if self._starred else "//", ""])
            text += indent + self._starred_comment() if kind == "/*" else indent + kind
            if kind.startswith("//"):
                text += random.choice(_NASTY)
            # Prisma reads what follows a `*/` on the same line.
            text += " " if kind == "/*" and random.random() < 0.2 else "\n"
        return text

    def _beside(self) -> str:
        random = self._random
        if random.random() >= self._often:
            return ""
        if self._starred and random.random() < 0.3:
            return " " + self._starred_comment()
        return f" {random.choice(['//', '///', '//// '])}{random.choice(_NASTY)}"

    def _starred_comment(self) -> str:
        random = self._random
        lines = [
            random.choice(_NASTY).replace("*/", "") for _ in range(random.choice([1, 1, 2, 3]))
        ]
        return f"/*{chr(10).join(lines)}*/"


def _spread(random: Random, blocks: list[str]) -> list[str]:
    """Return the blocks in one to five files."""
    parts = [""] * random.choice([1, 2, 2, 3, 3, 4, 5])
    for block in blocks:
        at = random.randrange(len(parts))
        # A block may begin on the line on which another ends.
        closed = parts[at].endswith("}") and random.random() < 0.2
        gap = " " if closed else "\n" * random.choice([1, 2, 2, 4])
        parts[at] += (gap if parts[at] else "") + block
    for at, part in enumerate(parts):
        if random.random() < 0.2:
            last = random.choice(["///", "//", "// x", "/// x", "////", "/* x */", "/**/"])
            parts[at] = f"{part}\n{last}"
    return parts


def _cut(random: Random, parts: list[str]) -> None:
    """Cut one file in two, usually at the end of a line."""
    at = random.randrange(len(parts))
    text = parts[at]
    places = [place for place, char in enumerate(text) if char == "\n" or random.random() < 0.02]
    if places and len(parts) < 9:
        place = random.choice(places) + random.choice([0, 1])
        parts[at : at + 1] = [text[:place], text[place:]]


def _insert(random: Random, parts: list[str]) -> None:
    at = random.randrange(len(parts))
    place = random.randint(0, len(parts[at]))
    tokens = [
        "{", "}", '"', "/*", "*/", "//", "///", "\\", "(", "@", "\n", "}\n", "\n}", "\n/*", "*/\n",
        "model X {\n", "\nmodel X {\n  id Int @id\n}\n", "namespace X {\n", "x {\n",
        "\nenum X { A }\n", "\nmodel X {}\n", 'import { X } from "x"\n', "x\n", "\u2028", "\f", " }\n",
    ]  # fmt: skip
    parts[at] = parts[at][:place] + random.choice(tokens) + parts[at][place:]


def _remove(random: Random, parts: list[str]) -> None:
    at = random.randrange(len(parts))
    place = random.randint(0, len(parts[at]))
    parts[at] = parts[at][:place] + parts[at][place + random.choice([1, 1, 2, 10]) :]


def _repeat(random: Random, parts: list[str]) -> None:
    """Copy one file, which doubles its names."""
    if len(parts) < 9:
        parts.insert(random.randint(0, len(parts)), random.choice(parts))


def _encode(random: Random, text: str) -> bytes:
    text = random.choice(["", "", "", "\n", "\n \t\n"]) + text
    text += random.choice(["\n", "\n", "\n", "", "\n\n\n", " \n\t"])
    newline = random.choice(["\n", "\n", "\n", "\r\n", "\r", ""])
    if newline:
        text = text.replace("\n", newline)
    else:
        text = "".join(
            random.choice(["\n", "\r\n", "\r"]) if char == "\n" else char for char in text
        )
        # With LF newlines a lone CR before CRLF would be one newline, and not two.
        text = re.sub("\r+\r\n", "\r\n", text)
    return (b"\xef\xbb\xbf" if random.random() < 0.1 else b"") + text.encode()
