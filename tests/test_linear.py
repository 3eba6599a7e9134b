"""Time grows as the text does, whatever it holds: nobody can make a commit wait for minutes."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from conftest import Repository
from prisma_combine import (
    combined,
    config,
    edits,
    git,
    layout,
    listing,
    locate,
    merge,
    order,
    psl,
    rules,
    script,
    source,
    state,
    verdict,
)
from prisma_combine.check import Report
from prisma_combine.combined import RULE, Section, render, section
from prisma_combine.config import Target
from prisma_combine.diff import Diff, Edit, diff
from prisma_combine.errors import CombineError
from prisma_combine.report import github, json, text
from prisma_combine.report.visible import visible, visible_lines
from prisma_combine.source import Source
from prisma_combine.state import State
from prisma_combine.tree import Disk
from prisma_combine.verdict import SectionVerdict, Status, Verdict

GROWTH = 8
MOST = 20
"""times as long for `GROWTH` times as much; where time goes by the square it is 64"""
UNMEASURABLE = 0.0005
"""seconds of CPU: less may be anything's"""
LARGE = 120_000
"""characters; texts of many short lines are larger, as copying what is left is quick"""

HEADER = "// a.prisma 0123456789ab\n"
OLD = "model A {\n}\n"

LINES = {
    "headers": HEADER,
    "whole headers": f"{RULE}\n{HEADER}{RULE}\n\n",
    "half headers": f"{RULE}\n// a.prisma 0123\n",
    "rules": f"{RULE}\n",
    "conflicts": "<<<<<<< a\n=======\n>>>>>>> b\n",
}
REPEATED = {
    "letters": "x",
    "spaces": " ",
    "tabs": "\t",
    "blank lines": "\n",
    "lines of blanks": " \t\n",
    "CR": "\r",
    "CRLF": "\r\n",
    "NUL": "\0",
    "names": "a.prisma ",
    "endings": ".prisma",
    "commented names": "// a.prisma ",
    "quotes": '"',
    "lines of quotes": '"\n',
    "empty strings": '""',
    "single quotes": "'",
    "joined strings": "' / '",
    "backticks": "`",
    "{": "{",
    "{}": "{}",
    "}": "}\n",
    "(": "(",
    "[": "[",
    "[]": "[]",
    "calls": "join('",
    "lists": '["a.prisma"] ',
    "lists left out": "skip [a.prisma] ",
    "/": "/",
    "/ ": "/ ",
    "/*": "/* ",
    "lines of /*": "/*\n",
    "/**/": "/**/",
    "*/": "*/",
    "documentation": "/// a\n \n",
    "fields": " a Int\n",
    "words": "a b ",
    "models": "model A {\n}\n",
    "&&": " &&",
    "#": "#",
    "::": ":: ",
}
AFTER = {
    "backslashes in a string": ('"', "\\"),
    "escapes in a string": ('"', '\\"'),
    "a name": ("// ", "a.prisma "),
    "@relation(": ("model A {\n a B ", "@relation("),
    "lines of @relation(": ("model A {\n", " a B @relation(\n"),
    "blanks in documentation": ("/// a", " "),
    "blanks in a comment": ("/* a", " "),
    "blank lines in a comment": ("/* a", " \n"),
    "blanks after a quote": ("'", " "),
    "lines after a word": ("exclude", "\n"),
}


def _shapes() -> Iterator[tuple[str, str, str, int]]:
    """Each shape's name, what it begins with, what is repeated, and how much larger it is."""
    yield from ((name, "", line, 10) for name, line in LINES.items())
    yield from ((name, "", part, 1) for name, part in REPEATED.items())
    yield from ((name, before, part, 1) for name, (before, part) in AFTER.items())


def _state(committed: str, bodies: Mapping[str, str]) -> State:
    sources = tuple(Source(name, f"d/{name}", body, 1) for name, body in bodies.items())
    return State(Target("o.prisma", "d", None, ()), sources, [], committed.encode())


def _one_side(_: str, ours: str, __: str) -> tuple[str, bool]:
    return ours, False


def _edited(body: str) -> str:
    """A combined file in which hands put this into a section."""
    return render("d", [section("a.prisma", OLD)]).replace(OLD, body)


def _judge(text: str) -> None:
    sections = [section("a.prisma", OLD)]
    verdict.judge(text, "d", sections)
    verdict.judge(_edited(text), "d", sections)


def _adopt(text: str) -> None:
    for committed in (text, _edited(text)):
        now = _state(committed, {"a.prisma": OLD})
        edits.regenerated(now, edits.plan(now, lambda *_: None, _one_side))
    edits.rewritten(text.encode(), OLD, "a.prisma")


def _find(text: str) -> None:
    one = source.read("a.prisma", "d/a.prisma", text.encode())
    rules.findings(rules.Facts("c", "d", None, {}, ("a.prisma",), (one,)))
    list(layout.lines(layout.file("a.prisma", text, ignored=False)))


def _merge(text: str) -> None:
    ours = _edited(f"a\n{text}")
    merge.merge(_edited(text).encode(), ours.encode(), _edited(f"b\n{text}").encode(), _one_side)
    merge.conflicting(ours.encode())


def _locate(text: str) -> None:
    lines = locate.Lines(_state(text, {"a.prisma": OLD}))
    for number in range(0, 10_000, 100):
        lines.spot(number, str)
    written = 'schema = [{output = "src/o.prisma", directory = "d"}]'
    outputs = locate.Outputs(config.of(written, "c", "/"), lambda path: path)
    outputs.replaced(text)


def _read(suffix: str) -> Callable[[str], None]:
    def read(text: str) -> None:
        found = script.read(f"s{suffix}", f'writeFile > .prisma "a.prisma" prismix {text}')
        if found:
            script.reading(found, ["d/a.prisma", "d/b.prisma"], "d", "o.prisma", [])
            list(script.outputs(found, ["d/a.prisma"], []))

    return read


def _replace(text: str) -> None:
    script.replaced(f"{text} node s.js; {text}", "s.js", "prisma-combine combine")
    script.replaced(text, "package.json", "prisma-combine combine")


def _show(text: str) -> None:
    visible_lines(text.encode())
    visible(text)
    github.limited([github.Annotation("error", "a", line) for line in text.split("\n")], 10)


OF_A_TEXT: dict[str, Callable[[str], object]] = {
    "source": lambda text: source.read("a", "a", text.encode()),
    "combined": combined.places,
    "psl": psl.scan,
    "rules": _find,
    "verdict": _judge,
    "adopt": _adopt,
    "merge": _merge,
    "locate": _locate,
    "a script in JavaScript": _read(".js"),
    "a script in Python": _read(".py"),
    "a script of a shell": _read(".sh"),
    "a package.json": lambda text: script.read("package.json", f"prismix a.prisma {text}"),
    "a command": _replace,
    "a path in a script": lambda text: script.resolve(text, "a/b.js", ["a/b.prisma"], ["c"]),
    "report": _show,
}


def _seconds(run: Callable[[], object]) -> float:
    # The collector's time grows with all that other tests have left, and comes when it will.
    gc.disable()
    try:
        started = time.process_time()
        run()
        return time.process_time() - started
    finally:
        gc.enable()


def assert_linear(what: str, run: Callable[[int], Callable[[], object]], size: int) -> None:
    """Runs what is made for a size, and for an eighth of it.

    The longest are measured again, as another program may have been in the way.
    """
    large = run(size)
    longest = _seconds(large)
    if longest <= MOST * UNMEASURABLE:
        return
    small = run(size // GROWTH)
    shortest = max(UNMEASURABLE, min(_seconds(small) for _ in range(3)))
    for _ in range(5):
        if longest <= MOST * shortest:
            return
        longest = min(longest, _seconds(large))
        shortest = max(shortest, _seconds(small))
    if longest <= MOST * shortest:
        return
    pytest.fail(f"{what}: {longest:.3f} s, and {shortest:.4f} s for an eighth of it")


@pytest.mark.parametrize("name", OF_A_TEXT)
def test_texts(name: str) -> None:
    read = OF_A_TEXT[name]
    for shape, before, part, larger in _shapes():

        def run(size: int, before: str = before, part: str = part) -> Callable[[], object]:
            text = f"{before}{part * (size // len(part))}z\n"
            return lambda: read(text)

        assert_linear(f"{name}, {shape}", run, LARGE * larger)


def _names(count: int) -> list[str]:
    return [f"{number:06}.prisma" for number in range(count)]


def _merge_in_other_orders(count: int) -> Callable[[], object]:
    """The sections stand in three orders, and no side has those of another."""
    sections = {name: Section(name, "0123456789ab", "") for name in _names(count)}
    names = list(sections)
    base, ours, theirs = (
        render("d", (sections[name] for name in order)).encode()
        for order in (names[: count // 2], names[::-2], names[::-3])
    )
    return lambda: merge.merge(base, ours, theirs, _one_side)


def _adopt_many(count: int) -> Callable[[], object]:
    """Every section was edited and has no source, or a twin, or another text beneath."""
    edited = "".join(f"{RULE}\n// {name} 0123456789ab\n{RULE}\n\nx\n\n" for name in _names(count))
    now = _state(edited + edited, dict.fromkeys(_names(count)[::2], OLD))
    return lambda: edits.regenerated(now, edits.plan(now, lambda *_: None, _one_side))


def _judge_many(count: int) -> Callable[[], object]:
    sections = [section(name, OLD) for name in _names(count)]
    text = render("d", sections[::-1])
    return lambda: verdict.judge(text, "d", sections)


def _find_many(count: int) -> Callable[[], object]:
    """Each file needs the next one; all define one name twice, and half of them are not there."""
    names = _names(count)
    sources = tuple(
        Source(
            name,
            f"d/{name}",
            f"model M{number} {{\n n M{number + 1} @relation(fields: [n])\n}}\nenum E {{\n}}\n" * 2,
            1,
        )
        for number, name in enumerate(names[::2])
    )
    listed = tuple(names * 2)
    lines = {name: (number, number) for number, name in enumerate(names)}
    facts = rules.Facts("c", "d", listed, lines, tuple(names), sources)
    return lambda: rules.findings(facts)


def _order_many(count: int) -> Callable[[], object]:
    names = _names(count)
    ring = dict(zip(names, ([name] for name in [*names[1:], names[0]]), strict=True))
    chain = ring | {names[-1]: []}
    return lambda: (order.order(names, ring, names[:1]), order.order(names, chain, ()))


def _report_many(count: int) -> Callable[[], object]:
    names = _names(count)
    report = Report(
        _state("", {}),
        Verdict(
            Status.HAND_EDITED,
            tuple(SectionVerdict(name, Status.HAND_EDITED, 1) for name in names),
        ),
        [rules.Finding("untracked", name, 1, "x") for name in names],
        Diff(b"", [Edit(name, 1, 1, 1, 1) for name in names]),
    )
    return lambda: (
        list(text.report(report, str, None, verbose=True)),
        json.render([report]),
        github.annotations([report], str, None),
        github.summary([report], str, None, github.SUMMARY),
    )


def _resolve_many(count: int) -> Callable[[], object]:
    paths = [f"{number}/a.prisma" for number in range(count)]
    return lambda: script.resolve("a.prisma", "s.js", paths)


def _diff_many(count: int) -> Callable[[], object]:
    """One section with an edit in each tenth line."""
    body = "".join(f"// {line}\n" for line in range(count * 10))
    old, new = (
        render("d", [section("a.prisma", text)]).encode()
        for text in (body.replace("0\n", "x\n"), body)
    )
    return lambda: diff(old, new, "o.prisma", [Source("a.prisma", "d/a.prisma", body, 1)])


def _locate_many(count: int) -> Callable[[], object]:
    """Every line of a section whose source has another text in each tenth line."""
    body = "".join(f"// {line}\n" for line in range(count * 10))
    committed = render("d", [section("a.prisma", body)])
    now = _state(committed, {"a.prisma": body.replace("0\n", "x\n")})
    lines = range(1, count * 10)

    def locate_all() -> None:
        made = locate.Lines(now)
        assert all(made.spot(line, str) for line in lines)

    return locate_all


def _configure_many(count: int) -> Callable[[], object]:
    """A table for each file, the last one wrong."""
    tables = (f'[[schema]]\noutput = "{name}"\ndirectory = "d"\n' for name in _names(count))
    text = f'{"".join(tables)}files = "{"x" * count}"'

    def parse() -> None:
        with pytest.raises(CombineError):
            config.parse(text, "c")

    return parse


@pytest.mark.parametrize("separator", [", ", ",\n"])
def test_many_files_that_are_listed(folder: Repository, separator: str) -> None:
    """All of them listed, half of them there, half of these in a combined file."""

    def run(count: int) -> Callable[[], object]:
        names = _names(count)
        for name in names[::2]:
            folder.write(f"{count}/{name}", OLD)
        text = render(str(count), [section(name, OLD) for name in names[::4]])
        folder.write(f"{count}.prisma", text)
        listed = separator.join(f'"{name}"' for name in names)
        one = f'[[schema]]\noutput = "{count}.prisma"\ndirectory = "{count}"\nfiles = [{listed}]\n'

        def read() -> None:
            made = config.of(one, "c", str(folder.root))
            state.of(made, made.targets[0], Disk(made.root))
            listing.touched(made, [f"{count}/{name}" for name in names[::2]], Disk(made.root))

        return read

    with chdir(folder.root):
        assert_linear("many files", run, 2_000)


def test_many_schemas(folder: Repository) -> None:
    def run(count: int) -> Callable[[], object]:
        for name in _names(count):
            folder.write(f"{count}/{name}/a.prisma", OLD)
        tables = (
            f'[[schema]]\noutput = "{count}/o{name}"\ndirectory = "{count}/{name}"\n'
            for name in _names(count)
        )
        text = "".join(tables)

        def read() -> None:
            made = config.of(text, "c", str(folder.root))
            tree = Disk(made.root)
            for target in listing.touched(made, ["prisma"], tree) or made.targets:
                state.of(made, target, tree)

        return read

    with chdir(folder.root):
        assert_linear("many schemas", run, 1_000)


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (_diff_many, 4_000),
        (_locate_many, 4_000),
        (_configure_many, 4_000),
        (_merge_in_other_orders, 8_000),
        (_adopt_many, 32_000),
        (_judge_many, 8_000),
        (_find_many, 4_000),
        (_order_many, 8_000),
        (_report_many, 4_000),
        (_resolve_many, 16_000),
    ],
)
def test_many(make: Callable[[int], Callable[[], object]], count: int) -> None:
    assert_linear(make.__name__, make, count)


def test_many_texts_of_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in repository.environment.items():
        monkeypatch.setenv(name, value)
    root = Path(repository.root)
    name = git.store(str(root), b"x" * 5_000) or ""

    def run(count: int) -> Callable[[], object]:
        return lambda: git.blobs(str(root), [name] * count)

    assert_linear("git's texts", run, 4_000)
