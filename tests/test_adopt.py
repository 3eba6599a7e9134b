"""Hand edits in a combined file find their way back to the sources."""

import re
import stat
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SOURCES, Ran, Repository, ordinary_user
from prisma_combine import adopt, config, git
from prisma_combine.combined import HEADER, RULE, render, section
from prisma_combine.edits import rewritten
from prisma_combine.errors import CombineError
from prisma_combine.source import read
from prisma_combine.verdict import layout_free

MANY = settings().max_examples // 2
DIRECTORY = "prisma/schema"
OUTPUT = "prisma/schema.prisma"
CONFIG = f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "{DIRECTORY}"\n'

BODIES = {
    "base.prisma": """\
generator client {
  provider = "prisma-client"
  // The output is relative to the schema.
  output   = "../generated"
}

datasource db {
  provider = "postgresql"
}
""",
    "user.prisma": """\
/// A person.
model User {
  id    Int    @id
  email String @unique
  name  String // shown
  posts Post[]

  @@map("users")
}

enum Role {
  ADMIN
  GUEST
}
""",
    "post.prisma": """\
// Posts and
// what belongs to them.

model Post {
  id       Int  @id
  authorId Int
  title    String
  author   User @relation(fields: [authorId], references: [id])

  @@index([authorId])
}
""",
}
# Without `files` they are combined in this order, and no edit below changes it.
NAMES = ["base.prisma", "user.prisma", "post.prisma"]
LINES = [
    "  nick  String?",
    "  nick  String? // two  blanks",
    "/// about what follows",
    "//// four",
    "// ============================================",
    "// base.prisma 123456",
    "  trailing Int  ",
    "\ttab\tInt",
    "  ünï Int // \u2028 \x0b \x0c \x85 \N{GRINNING FACE}",
    "  cr Int // a\rb Int",
    "\ufeff// a BOM",
    "",
    "   ",
]


class Style(NamedTuple):
    """How a source is saved around its body."""

    newline: str
    bom: str
    head: str
    tail: str

    def save(self, body: str) -> bytes:
        return (self.bom + (self.head + body[:-1] + self.tail).replace("\n", self.newline)).encode()


styles = st.builds(
    Style,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff"]),
    st.sampled_from(["", "\n", " \n\n"]),
    st.sampled_from(["", "\n", "\n\n", "\n  "]),
)


def editable(line: str) -> bool:
    """Whether the sources stay sound, and in order, wherever this line goes."""
    return not any(sign in line for sign in ("{", "}", '"', "@relation"))


@st.composite
def hand_edits(draw: st.DrawFn) -> dict[str, str]:
    """What hands made of the sections: lines inserted, deleted, changed and moved."""
    lines = {name: body.split("\n")[:-1] for name, body in BODIES.items()}
    for _ in range(draw(st.integers(1, 5))):
        here = lines[draw(st.sampled_from(NAMES))]
        there = lines[draw(st.sampled_from(NAMES))]
        at, to = draw(st.integers(0, len(here))), draw(st.integers(0, len(there)))
        new = draw(st.sampled_from(LINES) | st.integers().map("  // {}".format))
        # The line above may be one that Prisma reads to its end.
        kind = draw(st.sampled_from(["insert", "delete", "change", "move"]))
        if kind == "insert":
            here.insert(at, new)
        elif at < len(here) and editable(here[at]):
            if kind == "change":
                here[at] += new.strip("\ufeff")
            else:
                line = here.pop(at)
                if kind == "move":
                    there.insert(min(to, len(there)), line)
    return {name: "".join(f"{line}\n" for line in own) for name, own in lines.items()}


def body_of(text: str) -> str:
    return read("", "", text.encode()).body


def put(root: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def run_adopt(root: Path) -> adopt.Adoption:
    """Runs `adopt` in this process: what it says of the one target."""
    adopted = adopt.adopt(config.load(str(root / "prisma-combine.toml")))
    adopted.write()
    (adoption,) = adopted.adoptions
    return adoption


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@settings(max_examples=20 * MANY, deadline=None)
@given(
    edited=hand_edits(),
    saved=st.fixed_dictionaries(dict.fromkeys(NAMES, styles)),
    crlf=st.booleans(),
    listed=st.booleans(),
)
def test_any_hand_edit(
    shared: Path, edited: dict[str, str], saved: dict[str, Style], crlf: bool, listed: bool
) -> None:
    combined = render(DIRECTORY, [section(name, BODIES[name]) for name in NAMES])
    headers = [header[0] for header in HEADER.finditer(combined)]
    for name in NAMES:
        combined = combined.replace(BODIES[name], edited[name])
    expected = {name: body_of(edited[name]) for name in NAMES}
    for name, body in expected.items():
        if layout_free(body) == layout_free(BODIES[name]):
            expected[name] = BODIES[name]
    put(
        shared,
        {
            "prisma-combine.toml": (CONFIG + (f"files = {NAMES}\n" if listed else "")).encode(),
            OUTPUT: (combined.replace("\n", "\r\n") if crlf else combined).encode(),
        }
        | {f"{DIRECTORY}/{name}": saved[name].save(BODIES[name]) for name in NAMES},
    )

    assert run_adopt(shared).passes

    assert len(headers) == len(NAMES)
    for name in NAMES:
        assert (shared / DIRECTORY / name).read_bytes() == saved[name].save(expected[name])
    regenerated = render(DIRECTORY, [section(name, expected[name]) for name in NAMES])
    written = (shared / OUTPUT).read_bytes()
    assert written == (regenerated.replace("\n", "\r\n") if crlf else regenerated).encode()


@st.composite
def two_edits(draw: st.DrawFn) -> tuple[str, str, set[str], set[str]]:
    """A source and its section after an edit each, what both must hold, and what they must not."""
    texts, kept, gone = [], set(), set()
    for side in ("source", "section"):
        lines = BODIES["user.prisma"].split("\n")[:-1]
        for number in range(draw(st.integers(1, 3))):
            at = draw(st.integers(0, len(lines) - 1))
            kind = draw(st.sampled_from(["insert", "delete", "change"]))
            if kind == "insert" or not editable(lines[at]) or not lines[at]:
                lines.insert(at, f"  // {side} {number}")
                kept.add(f"// {side} {number}")
            elif kind == "delete":
                removed = lines.pop(at)
                kept = {token for token in kept if token not in removed}
                gone.add(removed)
            else:
                lines[at] += f" // {side} {number} change"
                kept.add(f"// {side} {number} change")
        texts.append("".join(f"{line}\n" for line in lines))
    return texts[0], texts[1], kept, gone


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Repository:
    """A repository that has the sources as `BODIES`, with LF and then with CRLF."""
    repository = Repository(tmp_path_factory.mktemp("committed"), environment)
    repository.git("init", "--quiet")
    repository.write("prisma-combine.toml", CONFIG)
    for name in NAMES:
        repository.write(f"{DIRECTORY}/{name}", BODIES[name])
    repository.commit()
    return repository


@settings(max_examples=4 * MANY, deadline=None)
@given(texts=two_edits())
def test_a_source_that_has_changed_too(
    committed: Repository, texts: tuple[str, str, set[str], set[str]]
) -> None:
    """Either both edits are in the source afterwards, or nothing is written."""
    source, edited, kept, gone = texts
    combined = render(DIRECTORY, [section(name, BODIES[name]) for name in NAMES])
    combined = combined.replace(BODIES["user.prisma"], edited)
    committed.write(f"{DIRECTORY}/user.prisma", source)
    committed.write(OUTPUT, combined)
    before = committed.files()

    adoption = run_adopt(committed.root)

    if adoption.passes:
        body = body_of(committed.read(f"{DIRECTORY}/user.prisma"))
        for token in kept:
            assert token in body
        for line in gone - {""}:
            assert f"\n{line}\n" not in body
        sections = [section(name, BODIES[name]) for name in NAMES]
        sections[1] = section("user.prisma", body)
        assert committed.read() == render(DIRECTORY, sections)
    else:
        (refused,) = adoption.refused
        assert refused.why == "its source has changed the same lines"
        assert committed.files() == before


@settings(max_examples=3 * MANY, deadline=None)
@given(edited=hand_edits(), texts=two_edits(), data=st.data())
def test_some_sources_written_already(
    committed: Repository,
    edited: dict[str, str],
    texts: tuple[str, str, set[str], set[str]],
    data: st.DataObject,
) -> None:
    """After an end between two writes the next run does what the first one would have done."""
    source, section_text, _, _ = texts
    edited["user.prisma"] = section_text
    combined = render(DIRECTORY, [section(name, BODIES[name]) for name in NAMES])
    for name in NAMES:
        committed.write(f"{DIRECTORY}/{name}", source if name == "user.prisma" else BODIES[name])
        combined = combined.replace(BODIES[name], edited[name])
    committed.write(OUTPUT, combined)

    adopted = adopt.adopt(config.load(str(committed.root / "prisma-combine.toml")))
    written = data.draw(st.sets(st.sampled_from(sorted(adopted.sources) or [""])))
    for path in written - {""}:
        Path(path).write_bytes(adopted.sources[path])
    again = adopt.adopt(config.load(str(committed.root / "prisma-combine.toml")))

    assert [one.refused for one in again.adoptions] == [one.refused for one in adopted.adoptions]
    assert again.outputs == adopted.outputs
    assert again.sources == {
        path: text for path, text in adopted.sources.items() if path not in written
    }


USER = "prisma/schema/user.prisma"
POST = "prisma/schema/post.prisma"
STAYS = (
    "what is not adopted stays in prisma/schema.prisma: bring it into a source by hand, then run"
    " `prisma-combine combine`\n"
)
IN_SYNC = Ran(0, "", "prisma/schema.prisma: in sync\n")
BANNER = "// @generated by prisma-combine from prisma/schema. Do not edit this file:\n"
TAG = "\nmodel Tag {\n  id Int @id\n}\n"


def test_what_it_says(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")
    repository.write(OUTPUT, repository.read() + "\nmodel Tag {\n  id Int @id\n}\n")
    edited = repository.read()
    assert repository.tool("adopt") == Ran(
        0,
        "",
        """\
prisma/schema/user.prisma: adopted
prisma/schema/post.prisma: adopted
prisma/schema.prisma: written
commit it: git add prisma/schema/user.prisma prisma/schema/post.prisma prisma/schema.prisma
""",
    )
    assert repository.read(USER) == SOURCES["user.prisma"].replace(" @unique", "")
    assert repository.read(POST) == SOURCES["post.prisma"] + "\nmodel Tag {\n  id Int @id\n}\n"
    assert HEADER.sub("", repository.read()) == HEADER.sub("", edited)
    assert repository.tool("check") == IN_SYNC
    assert repository.tool("adopt") == Ran(0, "", "prisma/schema.prisma: nothing to adopt\n")


def test_dry_run(repository: Repository) -> None:
    repository.write(USER, repository.read(USER).replace("\n", "\r\n").encode())
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt")
    before = repository.files()
    ran = repository.tool("adopt", "--dry-run")
    assert ran.code == 0
    assert ran.err == (
        "prisma/schema/user.prisma: would be adopted\nprisma/schema/post.prisma: would be adopted\n"
    )
    assert repository.files() == before
    assert "--- a/prisma/schema/post.prisma\n+++ b/prisma/schema/post.prisma\n" in ran.out

    assert repository.tool("adopt").code == 0
    adopted = {name: repository.read(name) for name in (USER, POST)}
    for name in (USER, POST):
        repository.write(name, before[name])
    applied = repository.run("git", "apply", stdin=ran.out.encode())
    assert applied.code == 0, applied
    assert {name: repository.read(name) for name in (USER, POST)} == adopted


def test_dry_run_from_elsewhere(folder: Repository) -> None:
    """Its labels are then those below the root, wherever that is from here."""
    folder.tool("combine")
    folder.replace("email String @unique", "email String")
    (folder.root / "apps/web").mkdir(parents=True)
    options = ("--dry-run", "--config", "../../prisma-combine.toml")
    ran = folder.tool("adopt", *options, cwd="apps/web")
    assert ran.out.startswith(f"--- a/{USER}\n+++ b/{USER}\n@@ ")
    without_git = {"PATH": str(folder.root)}
    assert folder.tool("adopt", *options, cwd="apps/web", environment=without_git) == Ran(
        2, "", "prisma-combine: --dry-run prints a diff, and git makes it; install git\n"
    )


@pytest.mark.parametrize(("damage", "line"), [("// post.prisma ", 22), ("==\n// post.prisma ", 23)])
def test_a_damaged_header(repository: Repository, damage: str, line: int) -> None:
    """Its section has become a part of another's, whose source must not get it."""
    text = repository.read()
    at = text.index(damage)
    end = text.index("\n", at + len(damage))
    repository.write("prisma/schema.prisma", text[:at] + "// post.prisma" + text[end:])
    before = repository.files()
    assert repository.tool("adopt") == Ran(
        1,
        "",
        f"prisma/schema.prisma:{line}: not adopted: a section header is damaged here; put it back,"
        " or discard all edits of this file\n" + STAYS,
    )
    assert repository.files() == before


def test_a_source_that_has_no_section_yet(repository: Repository) -> None:
    repository.replace('"post.prisma"', '"post.prisma", "tag.prisma"', "prisma-combine.toml")
    repository.write("prisma/schema/tag.prisma", TAG.lstrip())
    repository.git("add", "--all")
    repository.replace("email String @unique", "email String")
    assert repository.tool("adopt").code == 0
    assert "email String\n" in repository.read(USER)
    assert repository.read().endswith(TAG)
    assert repository.tool("check") == IN_SYNC


@pytest.mark.parametrize(
    ("nothing", "saved"),
    [("", TAG.lstrip()), ("\ufeff\r\n", "\ufeff" + TAG.lstrip().replace("\n", "\r\n"))],
)
def test_nothing_in_a_source_or_in_its_section(
    repository: Repository, nothing: str, saved: str
) -> None:
    """What comes into an empty source is all of it, and so is what goes out of one."""
    repository.write("prisma/schema/post.prisma", nothing)
    repository.tool("combine")
    repository.write(OUTPUT, repository.read().replace(SOURCES["user.prisma"], "") + TAG)
    assert repository.tool("adopt").code == 0
    assert repository.read(USER) == ""
    assert repository.read(POST) == saved
    assert repository.tool("check") == IN_SYNC


def test_permissions_and_links_stay(repository: Repository) -> None:
    repository.write("common/user.prisma", repository.read(USER))
    (repository.root / USER).unlink()
    (repository.root / USER).symlink_to("../../common/user.prisma")
    (repository.root / POST).chmod(0o640)
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt")
    assert repository.tool("adopt").code == 0
    assert (repository.root / USER).is_symlink()
    assert "email String\n" in repository.read("common/user.prisma")
    assert stat.S_IMODE((repository.root / POST).stat().st_mode) == 0o640


def test_merged(repository: Repository) -> None:
    repository.replace("id    Int    @id", "id    BigInt @id")
    repository.replace("posts Post[]", "posts Post[]\n  name  String", USER)
    assert repository.tool("adopt") == Ran(
        0,
        "",
        """\
prisma/schema/user.prisma: adopted, merged with what has changed there since
prisma/schema.prisma: written
commit it: git add prisma/schema/user.prisma prisma/schema.prisma
""",
    )
    assert repository.read(USER) == (
        "model User {\n  id    BigInt @id\n  email String @unique\n  posts Post[]\n"
        "  name  String\n}\n"
    )
    assert repository.tool("check") == IN_SYNC


def test_the_same_edit_on_both_sides(repository: Repository) -> None:
    for path in (OUTPUT, USER):
        repository.replace("email String @unique", "email String", path)
    assert repository.tool("adopt") == Ran(
        0,
        "",
        "prisma/schema.prisma: nothing to adopt\nprisma/schema.prisma: written\n"
        "commit it: git add prisma/schema.prisma\n",
    )


def test_conflict(repository: Repository) -> None:
    repository.replace("email String @unique", "email String", USER)
    repository.replace("email String @unique", "email String? @unique")
    repository.replace("authorId Int", "authorId BigInt")
    assert repository.tool("adopt") == Ran(
        1,
        "",
        """\
prisma/schema/post.prisma: adopted
prisma/schema.prisma:13: not adopted: user.prisma: its source has changed the same lines
  <<<<<<< the source
    email String
  =======
    email String? @unique
  >>>>>>> the combined file
"""
        + STAYS
        + """\
prisma/schema.prisma: written
commit it: git add prisma/schema/post.prisma prisma/schema.prisma
""",
    )
    assert "  email String\n" in repository.read(USER)
    assert "  email String? @unique\n" in repository.read()
    assert "authorId BigInt" in repository.read(POST)
    ran = repository.tool("check")
    assert "user.prisma   +1 -1   belongs in" in ran.err
    assert "post.prisma" not in ran.err


@pytest.mark.parametrize("keep", ["commit", "amend", "stage", "branch", "mistake"])
def test_what_a_section_was_made_with_is_found(repository: Repository, keep: str) -> None:
    """Where a source has CRLF, git knows its text by another id than the stamp."""
    old = SOURCES["user.prisma"].replace("@unique", "@unique @db.Text")
    repository.write(USER, old.replace("\n", "\r\n"))
    repository.tool("combine")
    repository.git("add", "--all")
    if keep == "branch":
        repository.git("switch", "--quiet", "--create", "other")
    if keep != "stage":
        repository.commit()
    if keep == "mistake":
        repository.write(USER, "// caf\N{LATIN SMALL LETTER E WITH ACUTE}\n".encode("latin-1"))
        repository.commit()
    if keep == "branch":
        repository.git("switch", "--quiet", "main")
        repository.git("checkout", "--quiet", "other", "--", OUTPUT)
    repository.write(USER, old.replace("posts Post[]", "posts Post[] // all").encode())
    if keep == "amend":
        repository.git("commit", "--quiet", "--all", "--amend", "--message", "Again")
    repository.replace("id    Int    @id", "id    BigInt @id")
    assert repository.tool("adopt").code == 0
    assert repository.read(USER) == old.replace("Int    @id", "BigInt @id").replace(
        "posts Post[]", "posts Post[] // all"
    )


def test_what_git_has_in_no_branch(repository: Repository) -> None:
    """A tidy source's text is found by the stamp itself."""
    repository.replace("email String @unique", "email String", USER)
    repository.tool("combine")
    repository.git("add", "--all")
    repository.replace("posts Post[]", "posts Post[] // all", USER)
    repository.git("add", "--all")
    repository.replace("id    Int    @id", "id    BigInt @id")
    assert repository.tool("adopt").code == 0
    assert repository.read(USER) == (
        "model User {\n  id    BigInt @id\n  email String\n  posts Post[] // all\n}\n"
    )


def test_a_source_changed_and_its_section_not(folder: Repository) -> None:
    folder.tool("combine")
    folder.replace("email String @unique", "email String", USER)
    folder.replace("authorId Int", "authorId BigInt")
    assert folder.tool("adopt").err.startswith("prisma/schema/post.prisma: adopted\n")
    assert "email String\n" in folder.read()
    assert folder.tool("check") == IN_SYNC


def test_what_is_refused_keeps_its_newlines(repository: Repository) -> None:
    repository.write(OUTPUT, repository.read().replace("\n", "\r\n"))
    repository.replace("authorId Int\r\n", "authorId Int {\r\n")
    repository.replace("email String @unique", "email String")
    before = HEADER.sub("", repository.read().replace("\r", ""))
    assert repository.tool("adopt").code == 1
    assert repository.read().count("\n") == repository.read().count("\r\n")
    assert HEADER.sub("", repository.read().replace("\r", "")) == before


def test_nobody_knows_what_a_section_was_made_with(repository: Repository) -> None:
    repository.replace("email String @unique", "email String", USER)
    repository.tool("combine")
    repository.replace("email String", "email String?", USER)
    repository.replace("posts Post[]", "articles Post[]")
    before = repository.files()
    assert repository.tool("adopt") == Ran(
        1,
        "",
        "prisma/schema.prisma:13: not adopted: user.prisma: its source has changed too, and git"
        " lacks the text that both started from\n" + STAYS,
    )
    assert repository.files() == before


def test_a_partial_clone_fetches_nothing(repository: Repository) -> None:
    """To fetch, git would run what the repository's own configuration names."""
    texts = [SOURCES["user.prisma"] + line for line in ("// lacking\n", "// known\n", "// now\n")]
    for text in texts:
        repository.write(USER, text.replace("\n", "\r\n"))
        if text is not texts[2]:
            repository.tool("combine")
        repository.commit()
    lacking = repository.git("rev-parse", f"HEAD~2:{USER}").strip()
    (repository.root / ".git/objects" / lacking[:2] / lacking[2:]).unlink()
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "ssh://localhost/nowhere",
        "core.sshCommand": f"touch {repository.root}/fetched; false",
        "protocol.ssh.allow": "always",
    }.items():
        repository.git("config", name, value)
    repository.replace("posts Post[]", "articles Post[]")
    assert repository.tool("adopt").code == 0
    assert "articles Post[]" in repository.read(USER)

    root = str(repository.root)
    assert git.blobs(root, [lacking]) == []
    assert not (repository.root / "fetched").exists()
    assert repository.run("git", "cat-file", "-p", lacking).code != 0
    assert (repository.root / "fetched").exists()  # which git by itself does


def test_layout_alone_stays_out_of_the_sources(repository: Repository) -> None:
    repository.replace("  id    Int    @id\n", "  id Int @id\n\n")
    repository.replace("authorId Int", "authorId BigInt")
    assert repository.tool("adopt").code == 0
    assert repository.read(USER) == SOURCES["user.prisma"]
    assert repository.tool("check") == IN_SYNC


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            BANNER,
            "/// mine\n" + BANNER,
            "1: not adopted: text before the first section belongs to no source; move it into a"
            " section",
        ),
        (
            BANNER,
            BANNER + "  /// mine\n",
            "2: not adopted: text before the first section belongs to no source; move it into a"
            " section",
        ),
        (
            BANNER,
            BANNER.replace("Do not", "TODO: rename User. Do not").replace("file:", "file, Ada:"),
            "1: not adopted: text before the first section belongs to no source; move it into a"
            " section",
        ),
        (
            "references: [id])\n}\n",
            "references: [id])\n}\n\n// tag.prisma 0123456789ab\n" + TAG,
            "32: not adopted: tag.prisma: there is no source prisma/schema/tag.prisma; make it, or"
            " move this text into another section",
        ),
        (
            "references: [id])\n}\n",
            "references: [id])\n}\n\n// ../../../tag\0.prisma 0123456789ab\n" + TAG,
            "32: not adopted: ../../../tag\\x00.prisma: there is no source ../tag\\x00.prisma; make"
            " it, or move this text into another section",
        ),
        (
            "references: [id])\n}\n",
            "references: [id])\n}\n\n// user.prisma 0123456789ab\n" + TAG,
            "32: not adopted: user.prisma: a second section of this name; move its text into the"
            " first",
        ),
        (
            "references: [id])\n}\n",
            "authorId])\n",
            "26: not adopted: post.prisma: unbalanced: this block is still open at the end of the"
            " file; close it with `}`",
        ),
        (
            "  authorId Int\n",
            "<<<<<<< a\n  authorId Int\n=======\n  authorId BigInt\n>>>>>>> b\n",
            "23: not adopted: post.prisma: holds a conflict; resolve it",
        ),
        (
            "  authorId Int\n",
            "  authorId Int // \udcff\n",
            "23: not adopted: post.prisma: holds bytes that are not UTF-8; mend them",
        ),
        (
            'datasource db {\n  provider = "postgresql"\n}\n',
            'datasource db {\n  provider = "postgresql"\n}\n\nmodel Post {\n  id Int @id\n}\n',
            "5: not adopted: base.prisma: prisma/schema/post.prisma:1: duplicate-name: model Post"
            " is also defined in prisma/schema/base.prisma:5; rename or remove one of them",
        ),
    ],
)
def test_refused(repository: Repository, old: str, new: str, message: str) -> None:
    """What is refused stays; the other edit goes into its source."""
    text = repository.read().replace("email String @unique", "email String")
    assert text.count(old) == 1
    edited = text.replace(old, new).encode(errors="surrogateescape")
    repository.write(OUTPUT, edited)
    before = repository.files()
    assert repository.tool("adopt") == Ran(
        1,
        "",
        "prisma/schema/user.prisma: adopted\nprisma/schema.prisma:"
        + message
        + "\n"
        + STAYS
        + "prisma/schema.prisma: written\n"
        "commit it: git add prisma/schema/user.prisma prisma/schema.prisma\n",
    )
    stamps = re.findall(rb"user.prisma ([0-9a-f]{12})", (repository.root / OUTPUT).read_bytes())
    after = edited.replace(b"b6c864772be2", stamps[0])
    assert repository.files() == before | {
        USER: SOURCES["user.prisma"].replace(" @unique", "").encode(),
        OUTPUT: after,
    }
    assert repository.tool("adopt").code == 1
    assert repository.files()[OUTPUT] == after


def test_a_second_section_stays_the_second(repository: Repository) -> None:
    """Or the next run would take it for the section itself."""
    names = ("base.prisma", "post.prisma", "user.prisma")
    moved = render("prisma/schema", [section(name, SOURCES[name]) for name in names])
    repository.write(OUTPUT, f"{moved}\n// post.prisma 0123456789ab\n{TAG}")
    refused = "second section of this name; move its text into the first"
    for _ in range(2):
        ran = repository.tool("adopt")
        assert ran.code == 1
        assert refused in ran.err
        assert repository.read(POST) == SOURCES["post.prisma"]
        assert TAG in repository.read()


def test_a_conflict_across_sections(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "other")
    repository.replace("email String @unique", "email String", USER)
    repository.tool("combine")
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.replace("authorId Int", "authorId BigInt", POST)
    repository.replace("posts Post[]", "posts Post[] // all", USER)
    repository.tool("combine")
    repository.commit()
    assert repository.run("git", "merge", "other").code == 1
    repository.write(USER, SOURCES["user.prisma"])
    before = repository.files()
    assert repository.tool("adopt") == Ran(
        1,
        "",
        "prisma/schema.prisma:13: not adopted: a merge conflict reaches across sections\n" + STAYS,
    )
    assert repository.files() == before


@pytest.mark.parametrize("text", ["model Mine {\n  id Int @id\n}\n", "", "\n"])
def test_not_ours(repository: Repository, text: str) -> None:
    repository.write(OUTPUT, text)
    ran = repository.tool("adopt")
    if text.strip():
        assert ran == Ran(
            1,
            "",
            "prisma/schema.prisma:1: not adopted: this file has no section written by"
            " prisma-combine, so its text has no source\n" + STAYS,
        )
        assert repository.read() == text
    else:
        assert ran.code == 0
        assert repository.tool("check") == IN_SYNC


def test_a_removed_source(repository: Repository) -> None:
    """Its section goes, as it stands nowhere else only when hands were at it."""
    repository.replace(', "post.prisma"', "", "prisma-combine.toml")
    (repository.root / POST).unlink()
    generated = repository.read()
    repository.replace("authorId Int", "authorId BigInt")
    repository.replace("email String @unique", "email String")
    ran = repository.tool("adopt")
    assert (ran.code, "post.prisma: there is no source" in ran.err) == (1, True)
    assert "email String\n" in repository.read(USER)
    assert repository.read().endswith(
        generated[generated.index("model Post") :].replace("authorId Int", "authorId BigInt")
    )
    repository.write(OUTPUT, generated)
    assert repository.tool("adopt").code == 0
    assert "model Post" not in repository.read()


@pytest.mark.parametrize(
    "section",
    [
        # as it was generated
        "// tag.prisma e8c7277709d1\n" + TAG,
        # a second one, as the source is by now
        "// post.prisma 0123456789ab\n\n" + SOURCES["post.prisma"],
    ],
)
def test_a_section_of_which_nothing_is_lost(folder: Repository, section: str) -> None:
    folder.tool("combine")
    generated = folder.read()
    folder.write(OUTPUT, f"{generated}\n{section}")
    assert folder.tool("adopt").code == 0
    assert folder.read() == generated


def test_a_removed_source_whose_section_is_reformatted(repository: Repository) -> None:
    repository.replace(', "post.prisma"', "", "prisma-combine.toml")
    (repository.root / POST).unlink()
    repository.replace("id       Int  @id", "id Int @id")
    assert repository.tool("adopt").code == 0
    assert "model Post" not in repository.read()


def test_a_formatted_banner_of_another_directory(repository: Repository) -> None:
    """Nobody wrote that by hand, so it goes, however much else is refused."""
    for path in (USER, POST, "prisma/schema/base.prisma"):
        repository.write(path.replace("schema/", "models/"), repository.read(path))
    repository.replace('"prisma/schema"', '"prisma/models"', "prisma-combine.toml")
    repository.replace("authorId Int", "authorId Int {")
    repository.write(OUTPUT, "\ufeff" + repository.read().replace("combine`.\n\n", "combine`.  \n"))
    ran = repository.tool("adopt")
    assert (ran.code, ran.err.count(": not adopted: ")) == (1, 1)
    assert repository.read().startswith(BANNER.replace("prisma/schema", "prisma/models"))
    assert "authorId Int {\n" in repository.read()


def test_what_is_refused_stays_where_it_was(repository: Repository) -> None:
    """Behind the section that it stood behind, though that be a new one by now."""
    own = [f"{RULE}\n// {name}.prisma 0123456789ab\n{RULE}\n{TAG}\n" for name in "abc"]
    banner, base, user, post = re.split(rf"(?={RULE}\n// )", repository.read())
    edited = user.replace("email String @unique", "email String")
    repository.write(OUTPUT, "".join([banner, own[0], base, edited, own[1], own[2], post]))
    assert repository.tool("adopt").code == 1
    stamped = section("user.prisma", repository.read(USER)).stamp
    edited = re.sub("user.prisma .*", f"user.prisma {stamped}", edited)
    assert repository.read() == "".join([banner, own[0], base, edited, own[1], own[2], post])


def test_a_model_moved_by_hand(repository: Repository) -> None:
    """Also after an end between the two writes, when both sources define it."""
    model = SOURCES["user.prisma"]
    role = "\nenum Role {\n  ADMIN\n}\n"
    repository.write(USER, model + role)
    repository.tool("combine")
    repository.write(OUTPUT, repository.read().replace(role, "") + role)
    repository.write(POST, SOURCES["post.prisma"] + role)
    assert repository.tool("check").code == 1
    assert repository.tool("adopt").code == 0
    assert repository.read(USER) == model
    assert repository.read(POST) == SOURCES["post.prisma"] + role
    assert repository.tool("check") == IN_SYNC


def test_findings_in_the_sources(repository: Repository) -> None:
    repository.write(USER, SOURCES["user.prisma"] + "}\n")
    repository.replace("authorId Int", "authorId BigInt")
    before = repository.files()
    found = (
        "  prisma/schema/user.prisma:6: stray-brace: this `}` closes nothing; remove it, or open"
        " its block in this file\n"
    )
    assert repository.tool("adopt") == Ran(
        1, "", "prisma/schema.prisma: can't be combined; mend the sources first\n" + found
    )
    assert repository.files() == before


def test_an_edit_that_breaks_more(repository: Repository) -> None:
    repository.write(USER, SOURCES["user.prisma"] + "}\n")
    repository.replace("authorId Int", "authorId Int {")
    repository.replace('"postgresql"', '"mysql"')
    before = repository.files()
    assert repository.tool("adopt") == Ran(
        1,
        "",
        "prisma/schema.prisma:26: not adopted: post.prisma: unbalanced: this block is still open"
        " at the end of the file; close it with `}`\n"
        "prisma/schema.prisma: can't be combined; mend the sources first\n"
        "  prisma/schema/user.prisma:6: stray-brace: this `}` closes nothing; remove it, or open"
        " its block in this file\n",
    )
    assert repository.files() == before


def test_of_two_edits_that_clash_the_second_is_refused(repository: Repository) -> None:
    text = repository.read().replace(SOURCES["user.prisma"], SOURCES["user.prisma"] + TAG)
    repository.write(OUTPUT, text + TAG)
    assert repository.tool("adopt").err.startswith(
        "prisma/schema/user.prisma: adopted\n"
        "prisma/schema.prisma:36: not adopted: post.prisma: duplicate-name: model Tag is also"
        " defined in prisma/schema/user.prisma:7; rename or remove one of them\n"
    )
    assert repository.read(USER) == SOURCES["user.prisma"] + TAG
    assert repository.read(POST) == SOURCES["post.prisma"]
    assert repository.read().endswith(TAG)


def test_edits_that_do_not_go_one_by_one(repository: Repository) -> None:
    """Two enums change places, and a brace comes too many: neither half is sound alone."""
    user, post = "enum A {\n  A\n}\n", "enum B {\n  B\n}\n"
    repository.write(USER, user)
    repository.write(POST, post)
    repository.tool("combine")
    text = repository.read().replace(post, user).replace(user, post + "}\n", 1)
    repository.write(OUTPUT, text)
    before = repository.files()
    brace = "stray-brace: this `}` closes nothing; remove it, or open its block in this file\n"
    assert repository.tool("adopt") == Ran(
        1,
        "",
        f"prisma/schema.prisma:19: not adopted: user.prisma: {brace}"
        f"prisma/schema.prisma:22: not adopted: post.prisma: prisma/schema/user.prisma:4: {brace}"
        + STAYS,
    )
    assert repository.files() == before


def test_an_edit_that_mends_a_source(repository: Repository) -> None:
    broken = SOURCES["user.prisma"] + "}\n"
    repository.write(USER, broken)
    combined = render(
        DIRECTORY,
        [section(name, SOURCES[name] + "}\n" * (name == "user.prisma")) for name in NAMES],
    )
    repository.write(OUTPUT, combined.replace(broken, SOURCES["user.prisma"]))
    assert repository.tool("adopt").code == 0
    assert repository.read(USER) == SOURCES["user.prisma"]
    assert repository.tool("check") == IN_SYNC


def test_the_order_follows_the_edit(repository: Repository) -> None:
    repository.write("prisma-combine.toml", CONFIG)
    repository.tool("combine")
    repository.replace("author   User @relation(fields: [authorId], references: [id])", "// none")
    repository.replace("posts Post[]", "post Post @relation(fields: [id], references: [id])")
    assert repository.tool("adopt").code == 0
    assert repository.read().index("// post.prisma") < repository.read().index("// user.prisma")
    assert repository.tool("check") == IN_SYNC


def test_two_schemas_share_a_source(folder: Repository) -> None:
    """What the second one's edit is merged with is on the disk, and nowhere else."""
    repository = folder
    repository.write("common/enums.prisma", "enum Color {\n  RED\n  GREEN\n  BLUE\n  GREY\n}\n")
    table = (
        CONFIG.replace("prisma/", "{0}/") + 'files = ["a.prisma", "../../common/enums.prisma"]\n'
    )
    repository.write("prisma-combine.toml", "\n".join(table.format(name) for name in "xyz"))
    for name in "xyz":
        repository.write(f"{name}/schema/a.prisma", "model A {\n  id Int @id\n}\n")
    repository.tool("combine")
    repository.replace("  RED\n", "  RED // hot\n", "x/schema.prisma")
    repository.replace("  GREY\n", "  GREY\n  BLACK\n", "y/schema.prisma")
    assert repository.tool("adopt") == Ran(
        0,
        "",
        """\
common/enums.prisma: adopted
common/enums.prisma: adopted, merged with what has changed there since
z/schema.prisma: nothing to adopt
x/schema.prisma: written
y/schema.prisma: written
z/schema.prisma: written
commit it: git add common/enums.prisma x/schema.prisma y/schema.prisma z/schema.prisma
""",
    )
    assert repository.read("common/enums.prisma") == (
        "enum Color {\n  RED // hot\n  GREEN\n  BLUE\n  GREY\n  BLACK\n}\n"
    )
    assert repository.tool("check").code == 0


def test_a_source_that_is_no_text_any_more() -> None:
    """It is read again when it is rewritten."""
    with pytest.raises(CombineError, match=f"^{USER}:2: not UTF-8: "):
        rewritten(b"\n\xff", "model A {\n}\n", USER)


@pytest.mark.parametrize("path", [POST, OUTPUT])
def test_all_or_nothing(repository: Repository, path: str) -> None:
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt")
    before = repository.files()
    (repository.root / path).chmod(0o444)
    with (
        ordinary_user(repository.root),
        pytest.raises(CombineError, match=f"{path}: can't be written: the file is read-only; "),
    ):
        run_adopt(repository.root)
    assert repository.files() == before


def test_in_a_hook(repository: Repository) -> None:
    """Git's own variables name the repository and the index, from a work tree elsewhere too."""
    repository.git("worktree", "add", "--quiet", "tree")
    tree = Repository(repository.root / "tree", repository.environment)
    tree.replace("id    Int    @id", "id    BigInt @id")
    tree.replace("posts Post[]", "posts Post[]\n  name  String", USER)
    folder = tree.git("rev-parse", "--absolute-git-dir").strip()
    ran = tree.tool("adopt", environment={"GIT_DIR": folder, "GIT_INDEX_FILE": f"{folder}/index"})
    assert ran.code == 0
    assert "id    BigInt @id" in tree.read(USER)
    assert tree.tool("check") == IN_SYNC


def test_many_edits_that_are_wrong(repository: Repository) -> None:
    """Those in whose sources something would be wrong stay; the others go into theirs."""
    repository.write("prisma-combine.toml", CONFIG)
    names = [f"m{number:03}.prisma" for number in range(120)]
    for number, name in enumerate(names):
        repository.write(f"{DIRECTORY}/{name}", f"model M{number} {{\n  id Int @id\n}}\n")
    assert repository.tool("combine").code == 0
    text = repository.read()
    for number in range(120):
        brace = "}\n" if number % 2 else ""
        old = f"model M{number} {{\n  id Int @id\n}}\n"
        text = text.replace(old, f"{old}{brace}// by hand\n")
    repository.write(OUTPUT, text)
    ran = repository.tool("adopt")
    assert ran.code == 1
    assert ran.err.count(": stray-brace: ") == 60
    for number, name in enumerate(names):
        source = repository.read(f"{DIRECTORY}/{name}")
        assert ("// by hand" in source) is (number % 2 == 0)
        assert repository.read().count(f"model M{number} {{\n  id Int @id\n}}\n") == 1
    assert repository.read().count("// by hand") == 120
