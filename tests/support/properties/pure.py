"""What must hold for any bytes, without a disk or a program."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from io import BytesIO
from typing import BinaryIO

from prisma_combine.compare import alignment, edits, formatting, verdict
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.compare.verdict import Status
from prisma_combine.config import load, patterns, table
from prisma_combine.errors import CombineError
from prisma_combine.report.visible import visible, visible_lines
from prisma_combine.repository import listing
from prisma_combine.schema import language, order, rules, stream, wildcards
from prisma_combine.schema.format import join
from prisma_combine.setup import infer, toml
from support.properties.seeds import DIRECTORY
from support.properties.texts import format_of, sources, split, text


def configure(data: bytes) -> None:
    """A configuration is valid, and then stays below its folder, or is an error with a line."""
    written = text(data)
    targets, error = _parsed(written)
    if error:
        place = re.match(r"c\.toml:([0-9]+): [^\n]+\Z", error)
        if not error.startswith("c.toml: "):
            assert place, error
            assert 1 <= int(place[1]) <= written.count("\n") + 1, error
        assert visible(error) == error
        assert len(error) < 1000
        return
    assert len({target.output for target in targets}) == len(targets) > 0
    for target in targets:
        assert _parsed(toml.written(target)) == ((target._replace(table=0),), "")
    for target in targets:
        for path in (target.output, target.directory, *map(target.path, target.files or ())):
            assert not path.startswith(("/", "../"))
            assert path not in ("", "..")
            assert "\0" not in path
        assert target.output not in map(target.path, target.files or ())
        for name in target.files or ():
            if not patterns.is_pattern(name):
                assert target.name(target.path(name)) == name
    config = load.of(written, "c.toml", "/")
    lines = written.split("\n")
    for target in targets:
        for key in ("output", "directory"):
            line = int(config.where(target, key).removeprefix("c.toml:"))
            assert key in lines[line - 1] or "schema" in lines[line - 1] or "\\u" in written


def _parsed(written: str) -> tuple[tuple[table.Target, ...], str]:
    """Return the targets, and the message of the only exception that may be raised."""
    try:
        return table.parse(written, "c.toml"), ""
    except CombineError as error:
        return (), str(error)


def scan(data: bytes) -> None:
    """Each block stands on the line that it is said to stand on."""
    written = text(data)
    lines = written.split("\n")
    found = language.scan(written)
    for block in found.blocks:
        assert block.name in lines[block.line - 1]
        assert block.keyword in lines[block.line - 1]
    for mistake in found.mistakes:
        assert 1 <= mistake.line <= len(lines)
        assert mistake.message
    fast = language.scan(written, fields=False)
    assert [block[:3] for block in fast.blocks] == [block[:3] for block in found.blocks]
    assert fast.mistakes == found.mistakes


def find(data: bytes) -> None:
    """The rules name lines that are there, and the order has every source, a datasource first."""
    found = sources(split(data, 3))
    facts = rules.Facts("c.toml", DIRECTORY, None, (), tuple(found), lambda _: [])
    lines = {one.path: one.text.count("\n") + 1 for one in found}
    for finding in rules.findings(facts):
        assert 1 <= finding.line <= lines[finding.path]
        assert visible(finding.message) == finding.message
        assert len(finding.message) < 1000
    ordered = order.in_dependency_order(found)
    assert sorted(ordered) == sorted(found)
    first = order.with_datasource({one.name: language.scan(one.text) for one in found})
    assert {one.name for one in ordered[: len(first)]} == first


def unformat(data: bytes) -> None:
    """Formatting is gone after the first time, and alignment and blank lines are formatting."""
    # Without the blanks between them, signs would begin a comment that Prisma refuses as they are.
    written = re.sub(r"(?<=/)\s+(?=[/*])", "", text(data))
    once = formatting.unformatted(written)
    assert formatting.unformatted(once) == once
    assert formatting.equal_but_for_formatting(written, written + "\n\n")


class Files:
    """The empty files of a folder that is not there."""

    absent = "does not exist"

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths

    def find(self, directory: str) -> list[str]:
        """Return all files below a directory."""
        above = "" if directory == "." else f"{directory}/"
        return [path.removeprefix(above) for path in self._paths if path.startswith(above)]

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes."""
        return b"" if path in self._paths else None

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """Open a file."""
        return nullcontext(BytesIO() if path in self._paths else None)


def choose(data: bytes) -> None:
    """A file is a source once, unlisted or left out, and git is asked about every source."""
    toml_text, *names = split(data, 2)
    written = text(toml_text)
    targets, _ = _parsed(written)
    lines = names[0].decode("utf-8", "replace").split("\n")
    paths = sorted(
        {path for path in lines if re.fullmatch(r"(?!\.)[\w.-]+(/(?!\.)[\w.-]+)*", path)}
    )
    config = load.Config("c.toml", "/", written, targets, frozenset(one.output for one in targets))
    asked = listing.paths(config)
    for target in targets:
        present = listing.present(config, target, Files(paths))
        assert set(map(target.path, present)) <= set(paths) - config.outputs
        chosen = listing.chosen(target, present)
        literal = [name for name in target.files or () if not patterns.is_pattern(name)]
        assert len(set(chosen)) == len(chosen) or len(set(literal)) < len(literal)
        assert set(chosen) <= {*present, *literal}
        left = listing.unlisted(target, present, chosen)
        assert not set(left) & set(chosen)
        for name in chosen:
            path = target.path(name)
            assert listing.is_chosen(target, path), path
            assert any(one in (".", path) or path.startswith(f"{one}/") for one in asked), path


def match_wildcards(data: bytes) -> None:
    """What the wildcards matched makes the text again, and a filled template matches."""
    banner, middle, footer, committed = map(text, split(data, 4))
    form = format_of([banner.encode(), b"", b"", footer.encode(), b"", b""])
    banner, footer = form.banner, form.footer
    for template in (banner, footer):
        values = wildcards.match(template, committed)
        if values is not None:
            assert wildcards.fill(template, values) == committed
    values = wildcards.match_around(banner, middle, footer, committed)
    if values is not None:
        count = len(wildcards.split(banner)) // 2
        top = wildcards.fill(banner, values[:count])
        assert top + middle + wildcards.fill(footer, values[count:]) == committed
    for values in (["", "", ""], ["x", " y ", "z\tz"]):
        count = len(wildcards.split(banner)) // 2
        if count <= len(values):
            filled = wildcards.fill(banner, values[:count])
            assert wildcards.match(banner, filled) is not None


def render(data: bytes) -> None:
    """What a format makes of sources passes the comparison, and a changed character does not."""
    *parts, first, second, third = split(data, 9)
    form = format_of(parts)
    found = sources((first, second, third))
    bodies = {one.name: form.trimmed(one.text).encode() for one in found}
    names = [one.name for one in found]
    made = join(form, DIRECTORY, found)
    count = len(wildcards.split(made.banner)) // 2
    top = wildcards.fill(made.banner, [f"{number}" for number in range(count)])
    end = wildcards.fill(form.footer, ["z"] * (len(wildcards.split(form.footer)) // 2))
    combined = made.text(top, end).encode()

    def matches(committed: bytes) -> bool:
        file = BytesIO(committed)
        return stream.matches(file, form, DIRECTORY, names, bodies.__getitem__, ordered=True)

    assert matches(combined)
    if b"\r" not in combined:
        assert matches(combined.replace(b"\n", b"\r\n"))
    assert matches(b"\xef\xbb\xbf" + combined)
    if not form.has_wildcards:
        assert not matches(combined + b"x")
        if combined:
            at = combined.index(third[:1]) if third[:1] in combined else len(combined) // 2
            other = b"x" if combined[at : at + 1] != b"x" else b"y"
            assert not matches(combined[:at] + other + combined[at + 1 :])


def match_pattern(data: bytes) -> None:
    """A pattern matches what a slow, obvious reading of `.gitignore` says."""
    pattern, name = (part.decode("utf-8", "replace")[:40] for part in split(data, 2))
    name = "/".join(part for part in name.split("/") if part not in ("", ".", ".."))
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if not name or not parts or "[" in pattern or pattern.endswith("/"):
        patterns.matches(name, pattern)  # and does not raise
        return
    if "/" not in pattern:
        parts = ["**", *parts]
    assert patterns.matches(name, pattern) == _fits(tuple(name.split("/")), tuple(parts))


def _fits(names: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    @cache
    def fits(at: int, part: int) -> bool:
        if part == len(parts):
            return at == len(names)
        if parts[part] == "**":
            last = part == len(parts) - 1
            starts = range(at, len(names)) if last else range(at, len(names) + 1)
            return bool(starts) if last else any(fits(start, part + 1) for start in starts)
        return at < len(names) and _names(names[at], parts[part]) and fits(at + 1, part + 1)

    return fits(0, 0)


def _names(name: str, part: str) -> bool:
    @cache
    def fits(at: int, to: int) -> bool:
        if to == len(part):
            return at == len(name)
        if part[to] == "*":
            return any(fits(start, to + 1) for start in range(at, len(name) + 1))
        return at < len(name) and part[to] in ("?", name[at]) and fits(at + 1, to + 1)

    return fits(0, 0)


def align(data: bytes) -> None:
    """Sections stand where they are said to stand, in order, and cover what is not stray."""
    compared = _Compared(data)
    written, made = compared.written, compared.alignment
    end = 0
    for place in made.places:
        assert end <= place.start <= place.end <= len(written)
        assert 0 <= place.top <= place.start
        assert written[place.start : place.end] == place.body
        end = place.end
    names = [place.name for place in made.places]
    assert len(set(names)) == len(names)
    for stray in made.strays:
        assert 0 <= stray.start <= stray.end <= len(written)
    if compared.is_generated and not compared.frame.form.has_wildcards:
        assert all(place.known is not None for place in made.places)


def judge(data: bytes) -> None:
    """A file that is said to be stale or reformatted has no line that stands nowhere else."""
    compared = _Compared(data)
    for history in (True, False):
        made = verdict.judge(compared.alignment, compared.lineages, [], history=history)
        names = [one.name for one in made.sections]
        assert len(set(names)) == len(names)
        lines = compared.written.count("\n") + 1
        found = edits.edits(
            made, compared.written, compared.sources, compared.frame.form, _no_hunks
        )
        assert found.keys() <= set(names)
        assert all(1 <= one.line <= lines + 1 for own in found.values() for one in own)
        if made.status in (Status.STALE, Status.REFORMATTED):
            lost = set(map(_bare, compared.written.split("\n"))) - compared.known
            assert not lost, lost


class _Compared:
    """A combined file, and its sources with an earlier version of each."""

    def __init__(self, data: bytes) -> None:
        *parts, committed, first, second, third = split(data, 10)
        form = format_of(parts)
        self.frame = Frame(form, DIRECTORY)
        self.written = text(committed)
        self.sources = sources((first, second, third))
        # Of one source git knows the text that another one has now.
        bodies = [form.trimmed(one.text) for one in self.sources]
        self.lineages = [
            Lineage(
                one.name, now, ("model Old {\n}\n", *(old for old in [bodies[-1]] if old != now))
            )
            for one, now in zip(self.sources, bodies, strict=True)
        ]
        self.is_generated = self.written == join(form, DIRECTORY, self.sources).text()
        self.alignment = alignment.align(self.written, self.lineages, self.frame, _no_hunks)

    @property
    def known(self) -> set[str]:
        """Return every line that the sources or the format make, without blanks."""
        versions = [version for one in self.lineages for version in one.versions]
        glue = [
            self.frame.header(one.name, first=first)
            for one in self.lineages
            for first in (True, False)
        ]
        form = self.frame.form
        joined = [*versions, *glue, self.frame.banner, form.separator, form.footer]
        return {_bare(line) for one in joined for line in one.split("\n")}


def _bare(line: str) -> str:
    return "".join(line.split())


def _no_hunks(pairs: Sequence[tuple[str, str]]) -> list[list[alignment.Hunk]]:
    """Return one hunk for each pair: everything has changed."""
    return [[(0, _count(old), 0, _count(new))] if old != new else [] for old, new in pairs]


def _count(lines: str) -> int:
    return lines.count("\n") + (not lines.endswith("\n") and bool(lines))


def infer_format(data: bytes) -> None:
    """A format that is read from a combined file makes that file, byte for byte."""
    *parts, first, second, third = split(data, 9)
    form = format_of(parts)
    found = sources((first, second, third))
    made = join(form, DIRECTORY, found)
    combined = made.text(made.banner.replace(wildcards.ANY, "x"))
    reading = infer.read(DIRECTORY, combined, {one.name: one.text for one in found})
    if reading is None:
        return
    texts = {one.name: one for one in found}
    for one in reading.formats:
        order = [texts[name] for name in reading.names]
        assert infer.renders(one, DIRECTORY, combined, order)


def show(data: bytes) -> None:
    """Whatever a text holds, what is shown of it is one line that can be encoded and printed."""
    shown = visible_lines(data)
    for line in shown.split("\n"):
        assert visible(line) == line
        assert line.encode().decode().replace("\t", "").isprintable()
