"""Time grows linearly with every input: nobody can make a commit wait for minutes."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from prisma_combine.compare import blocks
from prisma_combine.compare.formatting import equal_but_for_formatting
from prisma_combine.config import patterns, table
from prisma_combine.errors import CombineError
from prisma_combine.report.visible import visible, visible_lines
from prisma_combine.schema import format as formats
from prisma_combine.schema import language, source, wildcards
from prisma_combine.setup import infer
from support.growth import assert_linear
from support.repository import CONFIG, OUTPUT, SOURCES, USER, Repository, make, start

LARGE = 120_000
"""characters; texts of many short lines are larger, as copying what is left is quick"""
RULE = "// " + "=" * 44

LINES = {
    "headers": f"{RULE}\n// user.prisma\n{RULE}\n\n",
    "half-headers": f"{RULE}\n// user.prisma\n",
    "rules": f"{RULE}\n",
    "conflicts": "<<<<<<< a\n=======\n>>>>>>> b\n",
    "half-conflicts": "<<<<<<< a\n",
    "a-source": SOURCES["user.prisma"],
    "half-a-source": SOURCES["user.prisma"][:30] + "\n",
}
REPEATED = {
    "letters": "x",
    "spaces": " ",
    "tabs": "\t",
    "blank-lines": "\n",
    "lines-of-blanks": " \t\n",
    "cr": "\r",
    "crlf": "\r\n",
    "nul": "\0",
    "bom": "\ufeff",
    "names": "a.prisma ",
    "endings": ".prisma",
    "commented-names": "// a.prisma ",
    "quotes": '"',
    "lines-of-quotes": '"\n',
    "empty-strings": '""',
    "single-quotes": "'",
    "triple-quotes": "'''",
    "joined-strings": "' / '",
    "backticks": "`",
    "open-braces": "{",
    "empty-braces": "{}",
    "closing-braces": "}\n",
    "parentheses": "(",
    "brackets": "[",
    "lists": '["a.prisma"] ',
    "tables": "[a]\n",
    "slashes": "/",
    "slashes-apart": "/ ",
    "comments-opened": "/* ",
    "lines-of-comments-opened": "/*\n",
    "comments": "/**/",
    "comments-closed": "*/",
    "documentation": "/// a\n \n",
    "fields": " a Int\n",
    "words": "a b ",
    "models": "model A {\n}\n",
    "placeholders": "{name}",
    "wildcards": "{any}",
    "lines-of-wildcards": "{any}\n",
    "stars": "*",
    "double-stars": "**/",
    "stars-and-letters": "*a",
    "sets": "[a",
    "commands": ":: ",
}
AFTER = {
    "backslashes-in-a-string": ('"', "\\"),
    "escapes-in-a-string": ('"', '\\"'),
    "a-name": ("// ", "a.prisma "),
    "relations": ("model A {\n a B ", "@relation("),
    "lines-of-relations": ("model A {\n", " a B @relation(\n"),
    "fields-of-a-model": ("model A {\n", " a Int\n"),
    "blanks-in-documentation": ("/// a", " "),
    "blanks-in-a-comment": ("/* a", " "),
    "blank-lines-in-a-comment": ("/* a", " \n"),
    "blanks-after-a-quote": ("'", " "),
}


def _shapes() -> Iterator[tuple[str, str, str, int]]:
    """Yield a shape's name, what it begins with, what is repeated, and how much larger it is."""
    yield from ((name, "", line, 10) for name, line in LINES.items())
    yield from ((name, "", part, 1) for name, part in REPEATED.items())
    yield from ((name, before, part, 1) for name, (before, part) in AFTER.items())


def _trim(text: str) -> None:
    for trim in formats.TRIMS:
        formats.Format(trim=trim).trimmed(text)
        formats.Format(trim=trim).trimmed(f"x{text}x")


def _expand(text: str) -> None:
    formats.expanded(text, "a/b.prisma", "d")
    formats.expanded("{stem:title:upper} {dir:words}", text, "d")


def _match(text: str) -> None:
    for template in ("{any}", "a{any}b{any}\n", "{lines}", "a{any}\n{lines}b{any}", text):
        wildcards.match(template, text)
        wildcards.match_around(template, "x", template, text)
    wildcards.match(text, "x" * len(text))


def _infer(text: str) -> None:
    infer.read("d", text, {"a.prisma": SOURCES["user.prisma"], "b.prisma": text[:100]})
    infer.read("d", f"{text}x{text}", {"a.prisma": text, "b.prisma": f"x{text}"})


def _configure(text: str) -> None:
    written = [
        text,
        f"[[schema]]\n{text}",
        f"{CONFIG}[schema.format]\nbanner = '{text}'\nheader = '{text}'\nfooter = '{text}'\n",
        f"{CONFIG}[schema.format]\nbanner = '''{text}'''\n",
        CONFIG.replace("post.prisma", text),
        f"{CONFIG}exclude = ['{text}']\n",
    ]
    for one in written:
        with suppress(CombineError):
            table.parse(one, "c")


def _match_patterns(text: str) -> None:
    for pattern in ("*a*a*a*b", "**/a/**/a/**/b", "[!a]?*[a-z]*.prisma"):
        patterns.matches(text, pattern)
    for name in ("a" * 100, "a/" * 100, text):
        patterns.matches(name, text)


def _show(text: str) -> None:
    visible_lines(text.encode())
    visible(text)


OF_A_TEXT: dict[str, Callable[[str], object]] = {
    # A text that begins with NUL is taken for UTF-16.
    "decode": lambda text: source.decode(b"//" + text.encode(), "a"),
    "scan": lambda text: language.scan(text, fields=True),
    "ignore-formatting": lambda text: equal_but_for_formatting(text, f"{text} x"),
    "carry-blocks": lambda text: blocks.carry(text, {"a.prisma": text, "b.prisma": "x"}, "x"),
    "trim": _trim,
    "expand": _expand,
    "match-wildcards": _match,
    "infer": _infer,
    "configure": _configure,
    "match-patterns": _match_patterns,
    "show": _show,
}


@pytest.mark.parametrize("name", OF_A_TEXT)
def test_a_text_of_any_shape_is_read_in_linear_time(name: str) -> None:
    read = OF_A_TEXT[name]
    for shape, before, part, larger in _shapes():

        def run(size: int, before: str = before, part: str = part) -> Callable[[], object]:
            text = f"{before}{part * (size // len(part))}z\n"
            return lambda: read(text)

        assert_linear(f"{name}, {shape}", run, LARGE * larger)


WORDS = {
    "check": ("check", "--format=json"),
    "adopt": ("adopt", "--dry-run"),
}
"""between them, these do what all commands do"""


def _write_edited(repository: Repository, text: str) -> None:
    """Put a text into the middle of a section."""
    repository.write(OUTPUT, FRESH.replace("  email", f"{text}  email"))


def _write_output(repository: Repository, text: str) -> None:
    repository.write(OUTPUT, text)


def _write_source(repository: Repository, text: str) -> None:
    repository.write(USER, f"{SOURCES['user.prisma']}/*\n{text}*/\n")


def _write_both(repository: Repository, text: str) -> None:
    _write_source(repository, text)
    _write_edited(repository, f"x{text}")


PLACES = {
    "section": _write_edited,
    "output": _write_output,
    "source": _write_source,
    "both": _write_both,
}
FRESH = ""


@pytest.mark.parametrize("command", WORDS)
@pytest.mark.parametrize("place", PLACES)
def test_a_command_takes_linear_time_whatever_a_file_holds(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, place: str, command: str
) -> None:
    monkeypatch.setitem(globals(), "FRESH", repository.read())
    for shape, before, part, larger in _shapes():

        def run(
            size: int, shape: str = shape, before: str = before, part: str = part
        ) -> Callable[[], object]:
            text = f"{before}{part * (size // len(part))}z\n"

            def call() -> None:
                PLACES[place](repository, text)
                ran = repository.tool(*WORDS[command])
                # A NUL makes a text UTF-16, or binary.
                assert ran.code in (0, 1) or shape == "nul", ran

            return call

        assert_linear(f"{command}, {place}, {shape}", run, LARGE * larger)


def _names(count: int) -> list[str]:
    return [f"{number:06}.prisma" for number in range(count)]


def _model(number: int, lines: int = 1) -> str:
    fields = "".join(f"  a{line} Int\n" for line in range(lines))
    return f"model M{number} {{\n{fields}  n M{number + 1} @relation(fields: [a0])\n}}\n"


MANY: dict[str, Callable[[str], str]] = {
    "edited": lambda text: text.replace("  a0 Int\n", "  a0 BigInt\n"),
    "doubled": lambda text: text + text,
    "cut": lambda text: text[: len(text) // 2],
    "without-headers": lambda text: "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith("//")
    ),
    "in-reverse": lambda text: "\n\n".join(reversed(text.split("\n\n"))),
}


@pytest.mark.parametrize("command", WORDS)
@pytest.mark.parametrize("change", MANY)
@pytest.mark.parametrize("form", ["own", "plain"])
def test_a_command_takes_linear_time_in_the_number_of_sources(
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
    form: str,
    change: str,
    command: str,
) -> None:
    extra = "" if form == "own" else '[schema.format]\nseparator = "\\n"\n'

    def run(count: int) -> Callable[[], object]:
        config = f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "prisma/schema"\n'
        files = ", ".join(f'"{name}"' for name in _names(count))
        sources = {name: _model(number) for number, name in enumerate(_names(count))}
        folder = tmp_path_factory.mktemp("many")
        repository = make(folder, environment, f"{config}files = [{files}]\n{extra}", sources)
        start(repository)
        repository.write(OUTPUT, MANY[change](repository.read()))
        repository.tool(*WORDS[command])
        return lambda: repository.tool(*WORDS[command])

    assert_linear(f"{command}, {change}", run, 800)


@pytest.mark.parametrize("command", WORDS)
def test_a_command_takes_linear_time_in_the_number_of_edits(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str], command: str
) -> None:
    """One section with an edit in each tenth line."""

    def run(count: int) -> Callable[[], object]:
        sources = SOURCES | {"user.prisma": _model(1, count)}
        repository = make(tmp_path_factory.mktemp("edits"), environment, CONFIG, sources)
        start(repository)
        repository.write(OUTPUT, repository.read().replace("0 Int\n", "0 BigInt\n"))
        return lambda: repository.tool(*WORDS[command])

    assert_linear(command, run, 16_000)


@pytest.mark.parametrize("command", WORDS)
def test_a_command_takes_linear_time_in_the_number_of_schemas(
    folder: Repository, command: str
) -> None:
    def run(count: int) -> Callable[[], object]:
        tables = []
        for name in _names(count):
            folder.write(f"{count}/{name}/a.prisma", "model A {\n}\n")
            folder.write(f"{count}/o{name}", "model B {\n}\n")
            tables.append(f'[[schema]]\noutput = "{count}/o{name}"\ndirectory = "{count}/{name}"\n')
        folder.write(f"{count}.toml", "".join(tables))
        return lambda: folder.tool(*WORDS[command], "--config", f"{count}.toml")

    assert_linear(command, run, 320)


def test_an_error_takes_linear_time_in_the_size_of_the_configuration() -> None:
    def run(count: int) -> Callable[[], object]:
        tables = (f'[[schema]]\noutput = "{name}"\ndirectory = "d"\n' for name in _names(count))
        text = f'{"".join(tables)}files = "{"x" * count}"'

        def parse() -> None:
            with pytest.raises(CombineError):
                table.parse(text, "c")

        return parse

    assert_linear("configuration", run, 4_000)
