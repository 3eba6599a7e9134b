"""What must hold of any bytes, where no disk and no program is needed."""

import re
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from typing import TypeVar

from fuzz.texts import DIRECTORY, NAMES, lost, merged, sources, split, stamped, state
from prisma_combine import (
    combined,
    config,
    edits,
    merge,
    newlines,
    plan,
    psl,
    script,
    source,
    verdict,
)
from prisma_combine.combined import HEADER, lines_of, places, render
from prisma_combine.config import Target
from prisma_combine.errors import CombineError
from prisma_combine.locate import Lines, Spot
from prisma_combine.source import Source
from prisma_combine.verdict import Status

_T = TypeVar("_T")


def reads_a_configuration(data: bytes) -> None:
    """Targets within the root, which can be written and read again; or an error with its line."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    targets, said = _or_error(lambda: config.parse(text, "c.toml"))
    if targets is None:
        place = re.match(r"c\.toml:([0-9]+): ", said)
        if said != "c.toml: not valid TOML: too large or too deep; mend it":
            assert place, said
            assert 1 <= int(place[1]) <= text.count("\n") + 1, said
        return
    assert len({target.output for target in targets}) == len(targets) > 0
    for target in targets:
        for path in (target.output, target.directory, *map(target.path, target.names or ())):
            assert not path.startswith(("/", "../"))
            assert path not in ("", "..")
            assert "\0" not in path
        assert target.output not in map(target.path, target.names or ())
    found = config.of(text, "c.toml", "/")
    assert found.targets == targets
    for target in targets:
        for key in ("output", "files"):
            line = int(found.where(target, key).removeprefix("c.toml:"))
            lines = text.split("\n")
            assert line == 1 or key in lines[line - 1] or "schema" in lines[line - 1]
    if all(one.isprintable() for target in targets for one in _strings(target)):
        assert config.parse(plan.toml(targets), "c.toml") == targets


def _or_error(run: Callable[[], _T]) -> tuple[_T | None, str]:
    """What it returns; what a CombineError says, which is all that it may raise."""
    try:
        return run(), ""
    except CombineError as error:
        return None, str(error)


def _strings(target: Target) -> tuple[str, ...]:
    return (target.output, target.directory, *(target.names or ()), *target.exclude)


def reads_a_source(data: bytes) -> None:
    """A tidy body, and where it stands in the file; a rewrite changes nothing but the body."""
    text, said = _or_error(lambda: source.decode(data, "a"))
    if text is None:
        assert said.startswith("a:")
        return
    assert "\r" not in text
    body, skipped = source.trim(text)
    assert source.trim(body) == (body, 0)
    assert source.read("n", "a", data) == Source("n", "a", body, skipped + 1)
    lines, kept = text.split("\n"), body.split("\n")[:-1]
    assert lines[skipped : skipped + len(kept)] == kept
    assert not "".join(lines[:skipped] + lines[skipped + len(kept) :]).strip(" \t")
    newline = newlines.used(data)
    if body:
        same = source.decode(edits.rewritten(data, body, "a"), "a")
        assert same.removesuffix("\n") == text.removesuffix("\n")
    for new in ("", "x\n", "x\n\n y\n", f"{body}x\n"):
        written = edits.rewritten(data, new, "a")
        assert source.read("", "", written).body == new
        assert newlines.used(written) == newline or not re.search(rb"[\r\n]", written)


def reads_a_combined_file(data: bytes) -> None:
    """Sections that tile the text, know their lines, and are the same when they are written."""
    committed, *texts = split(data, 4)
    text = lines_of(committed)
    lines = text.split("\n")
    found = places(text)
    assert len(found) == len(HEADER.findall(text))
    if found:
        before = text[: len(text) + 1 - sum(len(place.text) for place in found)]
        assert before + "".join(place.text for place in found) == text + "\n"
        assert before.count("\n") + 1 == found[0].top
        assert found[-1].end == text.count("\n") + 2
    for place, after in pairwise([*found, None]):
        assert place
        name, stamp, body = place.section
        assert place.top <= place.header <= place.body
        assert place.header < place.body or not body
        assert after is None or place.body <= after.top == place.end
        assert lines[place.header - 1] == f"// {name} {stamp}"
        own = body.split("\n")[:-1]
        assert lines[place.body - 1 : place.body - 1 + len(own)] == own
        assert "\n".join(lines[place.top - 1 :]).startswith(place.text.removesuffix("\n"))
    sections = [place.section for place in found]
    assert combined.parse(render(DIRECTORY, sections)) == sections
    made = [combined.section(one.name, one.body) for one in sources(texts)]
    bodies = {one.name: one.body.encode() for one in made}
    whole = render(DIRECTORY, made).encode()
    for other in (committed, whole, whole + committed, whole[:-1]):
        names = combined.rendered(BytesIO(other), DIRECTORY, bodies.get)
        as_read = [one for name in names or () for one in made if one.name == name]
        assert (names is not None) == (other == render(DIRECTORY, as_read).encode())
        assert names == list(bodies) or other != whole


def scans_the_language(data: bytes) -> None:
    """Whatever is found stands on the line that is told."""
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    found = psl.scan(text)
    for block in found.blocks:
        assert block.name in lines[block.line - 1]
        assert block.keyword in lines[block.line - 1]
        for field in block.fields:
            assert re.search(
                rf"{re.escape(field.name)}\s.*{re.escape(field.type)}", lines[field.line - 1]
            )
    for line in found.strays:
        assert "}" in lines[line - 1]
    if found.open:
        sign = {"block": "{", "string": '"', "comment": "/*"}[found.open.what]
        assert sign in lines[found.open.line - 1]


def judges(data: bytes) -> None:
    """In sync is what is equal, and what a rewrite may drop unsaid was nobody's own."""
    committed, *texts = split(data, 4)
    made_of = sources(texts)
    now = state(made_of, stamped(committed, [one.body for one in made_of]))
    text = lines_of(now.committed or b"")
    judged = verdict.judge(text, DIRECTORY, now.sections)
    equal = text == render(DIRECTORY, now.sections)
    assert (judged.status is Status.IN_SYNC) == equal
    lines = text.split("\n")
    for one in judged.sections:
        if one.line is not None:
            assert lines[one.line - 1].startswith(f"// {one.name} ")
    if judged.status is not Status.CONFLICTED:
        named = [one.name for one in judged.sections]
        assert named[: len(made_of)] == [one.name for one in made_of]
    if judged.status in (Status.IN_SYNC, Status.STALE, Status.REFORMATTED):
        assert not lost(text, [one.body for one in made_of])


def adopts(data: bytes) -> None:
    """Nothing is lost: what is taken is in its source, what is refused stands where it stood."""
    committed, first, second, third, old = split(data, 5)
    before = (first, second, third)
    made_of = sources(before)
    base = source.trim(lines_of(old))[0]
    # Kept by number, whichever of them can be read.
    bodies = {one.name: one.body for one in made_of}
    numbered = [*(bodies.get(name, "") for name in NAMES), base]
    now = state(made_of, stamped(committed, numbered))
    text = lines_of(now.committed or b"")

    def ancestor(_: str, stamp: str) -> str | None:
        return next((body for body in numbered if combined.stamp(body) == stamp), None)

    made = edits.plan(now, ancestor, merged)
    assert not made.taken.keys() & made.refused.keys()
    lines = text.split("\n")
    for refused in [*made.refused.values(), *([made.whole] if made.whole else [])]:
        assert 1 <= refused.line <= len(lines)
        assert refused.why
    if made.whole:
        assert not made.taken
        return
    data_of = dict(zip(NAMES, before, strict=True))
    for taken in made.taken.values():
        name = taken.place.section.name
        data_of[name] = edits.rewritten(data_of[name], taken.body, name)
    then = now._replace(
        sources=tuple(source.read(one.name, one.path, data_of[one.name]) for one in made_of)
    )
    for taken in made.taken.values():
        assert _body(then.sources, taken.place.section.name) == taken.body
    if any(HEADER.search(one.body) for one in then.sources):
        return  # a finding, with which nothing is written
    written = edits.regenerated(then, made)
    after = lines_of(written)
    for index, refused in made.refused.items():
        own = made.before if index < 0 else made.found[index].text
        # A CR before a CRLF is one that the next reader takes for a part of it.
        assert own.removesuffix("\n").replace("\r", "") in after.replace("\r", ""), refused
    kept = [base, *bodies.values(), *(one.body for one in then.sources)]
    assert not lost(text, [after, *kept])
    if not made.refused:
        assert combined.parse(after) == then.sections
    then = then._replace(committed=written)
    again = edits.plan(then, ancestor, merged)
    assert not again.taken
    if not again.whole:
        assert not lost(after, [lines_of(edits.regenerated(then, again)), *kept])


def _body(made_of: tuple[Source, ...], name: str) -> str:
    return next(one.body for one in made_of if one.name == name)


def locates(data: bytes) -> None:
    """Every line of a combined file has a line of a source that is there, or words for none."""
    committed, *texts = split(data, 4)
    made_of = sources(texts)
    now = state(made_of, stamped(committed, [one.body for one in made_of]))
    text = lines_of(now.committed or b"")
    lines = Lines(now)
    for number in range(text.count("\n") + 3):
        spot = lines.spot(number, str)
        assert spot
        if isinstance(spot, Spot):
            (one,) = (one for one in made_of if one.path == spot.path)
            own = one.body.split("\n")
            assert 0 <= spot.line - one.line < max(len(own) - 1, 1)
            if spot.exact:
                assert own[spot.line - one.line] == text.split("\n")[number - 1]


def merges(data: bytes) -> None:
    """What either side wrote is in the merge, and where one changed nothing, it is the other's."""
    base, ours, theirs, *texts = split(data, 5)
    bodies = [source.trim(lines_of(text))[0] for text in texts]
    base, ours, theirs = (stamped(one, bodies) for one in (base, ours, theirs))
    result, clean = merge.merge(base, ours, theirs, merged)
    merge.conflicting(result)
    text = lines_of(result)
    for side in (ours, theirs):
        assert not lost(lines_of(side), [text, lines_of(base)])
    if ours == theirs:
        assert clean
        assert combined.parse(text) == combined.parse(lines_of(ours))
    if clean and ours == base:
        assert _bodies(text) == _bodies(lines_of(theirs))
    if clean and theirs == base:
        assert _bodies(text) == _bodies(lines_of(ours))


def _bodies(text: str) -> set[tuple[str, str]]:
    return {(section.name, section.body) for section in combined.parse(text)}


def reads_a_script(data: bytes) -> None:
    """A foreign script's words stand on lines that it has; a command keeps its other steps."""
    path, text, command = (part.decode("utf-8", "replace") for part in split(data, 3))
    found = script.read(path, text)
    if found:
        assert 0 <= found.folder_line <= text.count("\n") + 1
        for mention in found.mentions:
            assert 1 <= mention.line <= text.count("\n") + 1
            assert mention.word.endswith(".prisma")
        known = [f"{DIRECTORY}/{name}" for name in NAMES]
        told = script.reading(found, known, DIRECTORY, "o.prisma", ["x.prisma"])
        if told:
            assert set(told.order) <= {*known, "o.prisma"}
        for mention in script.outputs(found, known, []):
            assert mention in found.mentions
    for name in ("s.js", "package.json"):
        new = script.replaced(command, name, "COMBINE")
        assert new is None or "COMBINE" in new
