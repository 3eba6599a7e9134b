"""What holds for any format, any sources and any edit."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from prisma_combine.actions import adopt as adoption
from prisma_combine.actions.compare import LOSING, compare
from prisma_combine.compare.alignment import Hunk, align
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.compare.surroundings import surroundings
from prisma_combine.compare.verdict import Status, Verdict, judge
from prisma_combine.config import load
from prisma_combine.config.load import Config
from prisma_combine.errors import CombineError
from prisma_combine.git import texts
from prisma_combine.repository import record
from prisma_combine.repository.disk import Disk
from prisma_combine.schema.format import OWN, TRIMS, Format, join
from prisma_combine.schema.source import Source
from support.repository import Repository

FIELDS = (
    *("  id Int @id", "  name String", "  email String @unique", "  a Int", "  b Int?"),
    *("  @@index([a])", "", "  // note", "  /// about"),
)
OUTPUT = "combined.prisma"
TODAY, SETTINGS = "Monday 12:30", "generator client {\n}\n"


class Text(NamedTuple):
    """A source, in parts."""

    start: str
    blocks: tuple[tuple[str, ...], ...]
    gap: str
    end: str

    @property
    def text(self) -> str:
        return self.start + self.gap.join("\n".join(one) for one in self.blocks) + self.end


class Story(NamedTuple):
    """Sources, and how a script joins them."""

    form: Format
    texts: Mapping[str, Text]

    def sources(self, changes: Mapping[str, Text] | None = None) -> list[Source]:
        """Return the sources, some of them changed."""
        now = {**self.texts, **(changes or {})}
        return [Source(name, f"schema/{name}", one.text) for name, one in now.items()]

    def written(self, changes: Mapping[str, Text] | None = None) -> str:
        """Return the combined file of the sources."""
        return combined(self.form, self.sources(changes))


def combined(form: Format, sources: Sequence[Source]) -> str:
    made = join(form, "schema", sources)
    return made.text(filled(made.banner), filled(made.footer))


def filled(template: str) -> str:
    return template.replace("{any}", TODAY).replace("{lines}", SETTINGS)


@st.composite
def blocks(draw: st.DrawFn, name: str) -> tuple[str, ...]:
    above = draw(st.sampled_from([(), (), ("/// about",), ("// about",)]))
    keyword = draw(st.sampled_from(["model", "enum"]))
    fields = draw(st.lists(st.sampled_from(FIELDS), max_size=4))
    return (*above, f"{keyword} {name} {{", *fields, "}")


@st.composite
def sources(draw: st.DrawFn, number: int) -> Text:
    count = draw(st.integers(1, 3))
    return Text(
        draw(st.sampled_from(["", "", "\n", f"// about {number}\n\n"])),
        tuple(draw(blocks(f"M{number}x{one}")) for one in range(count)),
        draw(st.sampled_from(["\n\n", "\n\n", "\n", "\n\n\n"])),
        draw(st.sampled_from(["\n", "\n", "", "\n\n"])),
    )


@st.composite
def formats(draw: st.DrawFn, *, lines: bool = True) -> Format:
    banners = ["", "// made by a script\n\n", "// made on {any}\n"]
    footers = ["", "\n", "\n// end\n", "\n// {any}\n"]
    if lines:
        banners += ["/* a */\n{lines}\n// b\n", "{lines}\n"]
        footers += ["\n// end\n{lines}"]
    form = Format(
        banner=draw(st.sampled_from(banners)),
        header=draw(
            st.sampled_from(
                ["", "// {name}\n", "// ===\n// {stem:upper}\n// ===\n\n", "\n/* {path} */\n"]
            )
        ),
        first_header=draw(st.booleans()),
        separator=draw(st.sampled_from(["\n", "\n\n", "\n// ----\n"])),
        footer=draw(st.sampled_from(footers)),
        trim=draw(st.sampled_from(TRIMS)),
    )
    return draw(st.sampled_from([form, form, form, OWN]))


@st.composite
def stories(draw: st.DrawFn, *, lines: bool = True) -> Story:
    names = [
        f"{draw(st.sampled_from(['', 'sub/']))}s{number}.prisma"
        for number in range(draw(st.integers(1, 4)))
    ]
    texts = {name: draw(sources(number)) for number, name in enumerate(names)}
    return Story(draw(formats(lines=lines)), texts)


@st.composite
def edited(draw: st.DrawFn, text: Text, mark: str) -> Text:
    """Return a source after a hand edit that leaves every block closed."""
    own = list(text.blocks)
    at = draw(st.integers(0, len(own) - 1))
    block = own[at]
    opens = next(number for number, line in enumerate(block) if line.endswith("{"))
    line = draw(st.integers(opens + 1, len(block) - 1))
    new = draw(st.sampled_from([f"  new{mark} Int", f"  // new{mark}", "  name String"]))
    kind = draw(st.sampled_from(["insert", "delete", "change", "add", "drop"]))
    if kind == "add":
        own.insert(at + 1, (f"model New{mark} {{", "  id Int @id", "}"))
    elif kind == "drop" and len(own) > 1:
        del own[at]
    elif kind in ("delete", "change") and line < len(block) - 1:
        own[at] = (*block[:line], *([new] if kind == "change" else []), *block[line + 1 :])
    else:
        own[at] = (*block[:line], new, *block[line:])
    return text._replace(blocks=tuple(own))


@st.composite
def edits(draw: st.DrawFn, story: Story) -> dict[str, Text]:
    """Return the sources that change."""
    names = draw(st.sets(st.sampled_from(sorted(story.texts)), min_size=1, max_size=3))
    return {
        name: draw(edited(story.texts[name], str(number)))
        for number, name in enumerate(sorted(names))
    }


def hunks(pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[Hunk]]:
    found = texts.hunks(pairs)
    assert found is not None
    return found


def judged(story: Story, text: str) -> tuple[Verdict, dict[str, str]]:
    """Judge an edited file, with all there is to know; also, return its sections' bodies."""
    form, frame = story.form, Frame(story.form, "schema")
    lineages = [Lineage(one.name, form.trimmed(one.text)) for one in story.sources()]
    before = surroundings(story.written(), lineages, frame)
    banner, footer = surroundings(text, lineages, frame, before).otherwise(before)
    found = align(text, lineages, frame.filled(banner or "", footer or ""), hunks)
    generated = {one.name: one.now or "" for one in lineages}
    verdict = judge(found, lineages, [generated], history=True)
    return verdict, {one.name: one.body for one in found.places}


# `check` and `combine`.


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Path]:
    """Return a folder with an empty repository, and let git know nothing else."""
    folder = tmp_path_factory.mktemp("properties")
    Repository(folder, environment).git("init", "--quiet", "--template=")
    with mock.patch.dict(os.environ, environment, clear=True):
        yield folder


def put(root: Path, story: Story, text: str, sources: Sequence[Source] | None = None) -> Config:
    """Write a configuration, sources and a combined file; the story's own was recorded."""
    form = story.form
    config = f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "schema"\nfiles = [%s]\n'
    written = config % ", ".join(map(json.dumps, story.texts))
    if form != OWN:
        keys = {"banner": form.banner, "header": form.header, "separator": form.separator}
        keys |= {"footer": form.footer, "trim": form.trim}
        written += "[schema.format]\n"
        written += "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        written += f"first-header = {json.dumps(form.first_header)}\n"
    (root / "prisma-combine.toml").write_bytes(written.encode())
    shutil.rmtree(root / "schema", ignore_errors=True)
    for one in sources or story.sources():
        (root / one.path).parent.mkdir(parents=True, exist_ok=True)
        (root / one.path).write_bytes(one.text.encode())
    (root / OUTPUT).write_bytes(text.encode())
    record.write(str(root), OUTPUT, {one.path: one.text for one in story.sources()})
    return load.load(str(root / "prisma-combine.toml"))


def status(config: Config) -> Status:
    found = compare(config, config.targets, Disk(config.root), tracking=False, label=None)
    assert found.errors == ()
    return found.comparisons[0].verdict.status


@given(stories(lines=False))
def test_what_combine_wrote_is_in_sync(
    root: Path, environment: dict[str, str], story: Story
) -> None:
    put(root, story, story.written())
    repository = Repository(root, environment)
    assert repository.tool("combine").code == 0
    assert repository.read(OUTPUT) == story.written()
    assert repository.tool("check", "--format", "json").out.count('"in-sync"') >= 1
    (root / OUTPUT).write_bytes(b"")
    if "{any}" not in story.form.banner + story.form.footer:
        assert repository.tool("combine").code == 0
        assert repository.read(OUTPUT) == story.written()


@given(st.data())
def test_a_changed_character_is_found(data: st.DataObject) -> None:
    story = data.draw(stories())
    text = story.written()
    name = data.draw(st.sampled_from(sorted(story.texts)))
    body = story.form.trimmed(story.texts[name].text)
    start = text.index(body)
    at = data.draw(st.integers(start, start + len(body) - 1))
    new = data.draw(st.sampled_from(["", "x", " ", "\n", "\t", '"', "/", "{", "}", "\u00e9"]))
    changed = text[:at] + new + text[at + data.draw(st.integers(0, 1)) :]
    assume(changed != text)
    verdict, _ = judged(story, changed)
    assert verdict.status in (Status.HAND_EDITED, Status.REFORMATTED)
    # What is added or lost where a section begins or ends may be said of its neighbor.
    names = list(story.texts)
    number = names.index(name)
    near = set(names[max(number - 1, 0) : number + 2])
    found = {one.name for one in verdict.sections if one.status is not Status.IN_SYNC}
    assert found <= near
    # Without headers the first lines of its blocks are what a section is known by.
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    known = bool(story.form.header and story.form.first_header) or not line.endswith("{")
    first, last = body.find("\n"), body.rfind("\n", 0, len(body.rstrip()))
    if known and start + first < at < start + last and changed[at - 1 : at] != "\n":
        assert found == {name}


@given(st.data())
def test_edits_are_told_from_what_is_as_generated(data: st.DataObject) -> None:
    story = data.draw(stories())
    changes = data.draw(edits(story))
    text = story.written(changes)
    assume(text != story.written())
    verdict, bodies = judged(story, text)
    expected = {one.name: one.text for one in story.sources(changes)}
    differ = {
        name
        for name, one in story.texts.items()
        if story.form.trimmed(expected[name]) != story.form.trimmed(one.text)
    }
    found = {one.name: one.status for one in verdict.sections if one.status is not Status.IN_SYNC}
    if story.form.header and story.form.first_header:
        assert found.keys() == differ
        assert bodies == {name: story.form.trimmed(one) for name, one in expected.items()}
    else:
        # Without a header a blank line may be either section's.
        assert differ <= found.keys()
    assert set(found.values()) <= {Status.HAND_EDITED, Status.REFORMATTED}


# `adopt`.


def adopt(config: Config) -> list[adoption.Refused]:
    """Adopt what can be, and return what was refused."""
    adopted = adoption.adopt(config, config.targets)
    adoption.write(config, adopted)
    return [refused for one in adopted.adoptions for refused in one.refused]


@given(st.data())
def test_adopt_keeps_the_edited_file(root: Path, data: st.DataObject) -> None:
    story = data.draw(stories(lines=False))
    changes = data.draw(edits(story))
    text = story.written(changes)
    assume(text != story.written())
    config = put(root, story, text)
    assert adopt(config) == []
    assert (root / OUTPUT).read_bytes().decode() == text
    assert status(config) is Status.IN_SYNC
    now = [one._replace(text=(root / one.path).read_bytes().decode()) for one in story.sources()]
    assert combined(story.form, now) == text


@st.composite
def mangled(draw: st.DrawFn, text: str, more: Sequence[str]) -> str:
    """Return a text after any edits at all."""
    lines = text.split("\n")
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["insert", "delete", "move", "copy", "change", "join"]))
        at = draw(st.integers(0, len(lines) - 1))
        some = lines[at : at + draw(st.integers(1, 6))]
        to = draw(st.integers(0, len(lines)))
        if kind == "insert":
            new = (f"  hand{number} Int", f"// hand{number}", f"model H{number} {{", "}", "", *more)
            lines.insert(to, draw(st.sampled_from(new)))
        elif kind in ("delete", "move"):
            del lines[at : at + len(some)]
            if kind == "move":
                lines[to:to] = some
        elif kind == "copy":
            lines[to:to] = some
        elif kind == "join":
            lines[at : at + 2] = ["".join(lines[at : at + 2])]
        else:
            column = draw(st.integers(0, len(lines[at])))
            lines[at] = (
                lines[at][:column] + draw(st.sampled_from('xX {}/\t"')) + lines[at][column + 1 :]
            )
        lines = lines or [""]
    return "\n".join(lines)


def words(text: Iterable[str]) -> set[str]:
    """Return what stands on the lines, whitespace aside."""
    return {"".join(line.split()) for one in text for line in one.split("\n")} - {""}


@given(st.data())
def test_no_line_is_lost(root: Path, data: st.DataObject) -> None:
    """Neither by what `adopt` does, nor by regenerating where nobody is said to have edited."""
    story = data.draw(stories())
    frame = Frame(story.form, "schema")
    headers = [frame.header(name, first=False) for name in story.texts]
    framing = [line for one in (*headers, filled(frame.banner)) for line in one.split("\n")]
    text = data.draw(mangled(story.written(), framing))
    sources = story.sources()
    if data.draw(st.booleans()):
        changes = data.draw(edits(story))
        sources = story.sources(changes)
    config = put(root, story, text, sources)
    known = [story.written(), combined(story.form, sources)]
    known += [one.text for one in (*story.sources(), *sources)]
    (comparison,) = compare(
        config, config.targets, Disk(config.root), tracking=False, label=None
    ).comparisons
    event(f"{comparison.verdict.status}")
    if comparison.fixable and comparison.verdict.status not in LOSING:
        kept = (comparison.regenerated or text.encode()).decode()
        assert words([text]) <= words([*known, kept])
    with suppress(CombineError):  # what a wildcard stands for is lost
        adopt(config)
    after = [path.read_bytes().decode() for path in root.glob("**/*.prisma")]
    assert words([text]) <= words([*known, *after])


# Histories.


class Past(NamedTuple):
    """What has happened."""

    committed: list[dict[str, Text]]
    """the sources of each commit, newest first"""
    outputs: list[str]
    """the combined files, newest first"""
    now: dict[str, Text]
    generated: dict[str, Text]
    """what the combined file was last generated from"""
    output: dict[str, Text]
    """what its sections hold"""


@st.composite
def pasts(draw: st.DrawFn, story: Story) -> Past:
    """Return a history of commits, changes to sources, generations and hand edits."""
    past = Past([dict(story.texts)], [story.written()], *(dict(story.texts) for _ in range(3)))
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["source", "generate", "hand", "commit"]))
        name = draw(st.sampled_from(sorted(story.texts)))
        if kind == "source":
            past.now[name] = draw(edited(past.now[name], f"{number}s"))
        elif kind == "hand":
            past.output[name] = draw(edited(past.output[name], f"{number}h"))
        elif kind == "generate":
            past.generated.update(past.now)
            past.output.update(past.now)
        else:
            past.committed.insert(0, dict(past.now))
            past.outputs.insert(0, story.written(past.output))
    return past


def nothing_in_common(pairs: Sequence[tuple[str, str]]) -> list[list[Hunk]]:
    return [[(0, old.count("\n") + 1, 0, new.count("\n") + 1)] for old, new in pairs]


@given(st.data())
def test_a_hand_edit_is_never_called_stale(data: st.DataObject) -> None:
    """Unless each of its lines is in the source, or is as it once was."""
    form = data.draw(st.sampled_from([OWN, Format(separator="\n"), Format(header="// {name}\n")]))
    texts = data.draw(stories()).texts
    story = Story(form, {name: one._replace(end="\n") for name, one in texts.items()})
    past = data.draw(pasts(story))
    text = story.written(past.output)
    assume(text != story.written(past.now))
    lineages = []
    for name, one in past.now.items():
        now = form.trimmed(one.text)
        earlier = dict.fromkeys(form.trimmed(older[name].text) for older in past.committed)
        lineages.append(Lineage(name, now, tuple(older for older in earlier if older != now)))
    frame = Frame(form, "schema")
    outputs = (
        {one.name: one.known or "" for one in align(old, lineages, frame, nothing_in_common).places}
        for old in past.outputs
        if old != text
    )
    verdict = judge(align(text, lineages, frame, hunks), lineages, outputs, history=True)
    event(f"{verdict.status}")
    if verdict.status not in LOSING:
        versions = [body for one in lineages for body in one.versions]
        assert words([text]) <= words([*versions, story.written()])
    if past.generated == past.output and past.generated in past.committed:
        assert verdict.status in (Status.STALE, Status.REFORMATTED)
