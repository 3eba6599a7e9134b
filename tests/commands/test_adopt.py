"""Hand edits in a combined file find their way into the sources, or stay where they are."""

import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from support.repository import BASE, CONFIG, OUTPUT, POST, SOURCES, USER, Build, Repository
from support.script import FORMATS, Report, Tell, generate, report, written

IN_SYNC = Report("in-sync", {}, {})
TAG = "model Tag {\n  id Int @id\n}\n"


@pytest.fixture
def tell(
    tmp_path: Path,
    environment: dict[str, str],
    prepared: dict[str, Repository],
    tmp_path_factory: pytest.TempPathFactory,
) -> Tell:
    return Tell(prepared, environment, tmp_path_factory.mktemp, tmp_path / "story")


@pytest.fixture(params=["own", "headers", "plain"])
def story(tell: Tell, request: pytest.FixtureRequest) -> Repository:
    return tell(request.param)


def edit_by_hand(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")


class Refusal(NamedTuple):
    """An edit that `adopt` refused."""

    line: int
    why: str


def adopt(repository: Repository) -> list[Refusal]:
    """Adopt what can be, and return what was refused."""
    ran = repository.tool("adopt")
    found = re.findall(rf"^{re.escape(OUTPUT)}:([0-9]+): not adopted: (.*)", ran.err, re.MULTILINE)
    assert (ran.code, ran.out) == (bool(found), ""), ran
    return [Refusal(int(line), why) for line, why in found]


def line_of(repository: Repository, text: str) -> int:
    return repository.read()[: repository.read().index(text)].count("\n") + 1


def changed(repository: Repository, before: dict[str, bytes]) -> set[str]:
    return {path for path, data in repository.files().items() if data != before.get(path)}


# What goes into the sources.


def test_edits_in_several_sections(story: Repository) -> None:
    story.replace('"postgresql"', '"sqlite"')
    edit_by_hand(story)
    story.replace("  authorId Int\n", "  authorId Int\n  title    String\n")
    edited = story.read()
    assert adopt(story) == []
    assert story.read(BASE) == SOURCES["base.prisma"].replace("postgresql", "sqlite")
    assert story.read(USER) == SOURCES["user.prisma"].replace(" @unique", "")
    assert "  authorId Int\n  title    String\n" in story.read(POST)
    assert story.read() == edited
    assert report(story) == IN_SYNC
    generate(story)
    assert story.read() == edited
    before = story.files()
    assert adopt(story) == []
    assert story.files() == before


@pytest.mark.parametrize(
    ("above", "path"),
    [("postgresql", BASE), ("posts Post[]", USER), ("references: [id]", POST)],
    ids=["below-the-first", "between-two", "at-the-end"],
)
def test_a_new_model(story: Repository, above: str, path: str) -> None:
    text = story.read()
    at = text.index("}\n", text.index(above)) + 2
    story.write(OUTPUT, text[:at] + "\n" + TAG + text[at:])
    edited = story.read()
    assert adopt(story) == []
    assert story.read(path) == SOURCES[path.rpartition("/")[2]] + "\n" + TAG
    assert story.read() == edited
    assert report(story) == IN_SYNC


def test_a_comment_directly_above_a_block(story: Repository) -> None:
    story.replace("model User", "/// A person.\nmodel User")
    edited = story.read()
    assert adopt(story) == []
    assert story.read(USER) == "/// A person.\n" + SOURCES["user.prisma"]
    assert story.read() == edited


def test_what_a_section_was_generated_from_may_be_old(story: Repository) -> None:
    edit_by_hand(story)
    story.commit()
    story.write("README.md", "")
    story.commit()
    assert adopt(story) == []
    assert story.read(USER) == SOURCES["user.prisma"].replace(" @unique", "")
    assert report(story) == IN_SYNC


def test_what_is_stale_is_regenerated(story: Repository) -> None:
    story.replace("authorId Int", "authorId BigInt", POST)
    edit_by_hand(story)
    assert adopt(story) == []
    assert "  email String\n" in story.read(USER)
    assert "  authorId BigInt\n" in story.read()
    assert report(story) == IN_SYNC


def test_a_moved_section_is_moved_back(story: Repository) -> None:
    listed = '"user.prisma", "post.prisma"'
    story.replace(listed, '"post.prisma", "user.prisma"', "prisma-combine.toml")
    edit_by_hand(story)
    assert adopt(story) == []
    assert "  email String\n" in story.read(USER)
    assert report(story) == IN_SYNC
    assert story.read().index("model Post") < story.read().index("model User")


def test_a_source_that_has_no_section_yet(story: Repository) -> None:
    story.write("prisma/schema/tag.prisma", TAG)
    story.replace('"post.prisma"', '"post.prisma", "tag.prisma"', "prisma-combine.toml")
    story.git("add", "--all")
    edit_by_hand(story)
    assert adopt(story) == []
    assert "  email String\n" in story.read(USER)
    assert report(story) == IN_SYNC


def test_a_section_in_which_nothing_is_left(story: Repository) -> None:
    """What was deleted by hand is deleted; the file stays."""
    story.write(POST, SOURCES["post.prisma"] + "\n" + TAG)
    generate(story)
    story.commit()
    story.write(OUTPUT, story.read().replace(SOURCES["post.prisma"] + "\n", ""))
    assert adopt(story) == []
    assert story.read(POST) == TAG
    assert report(story) == IN_SYNC


def test_the_format_has_changed_since(tmp_path: Path, environment: dict[str, str]) -> None:
    story = written(tmp_path, environment, CONFIG + FORMATS["headers"])
    story.write("prisma-combine.toml", CONFIG + FORMATS["plain"])
    edit_by_hand(story)
    assert adopt(story) == []
    assert story.read(USER) == SOURCES["user.prisma"].replace(" @unique", "")
    assert report(story) == IN_SYNC


# Both have changed.


def test_merged(story: Repository) -> None:
    story.replace("id    Int    @id", "id    BigInt @id")
    story.replace("posts Post[]", "posts Post[]\n  name  String", USER)
    assert adopt(story) == []
    assert story.read(USER) == (
        "model User {\n  id    BigInt @id\n  email String @unique\n  posts Post[]\n"
        "  name  String\n}\n"
    )
    assert report(story) == IN_SYNC


def test_the_same_edit_on_both_sides(story: Repository) -> None:
    edit_by_hand(story)
    story.replace("email String @unique", "email String", USER)
    story.replace("authorId Int", "authorId BigInt")
    before = story.files()
    assert adopt(story) == []
    assert changed(story, before) == {POST}


def test_conflict(story: Repository) -> None:
    edit_by_hand(story)
    story.replace("email String @unique", "email String?", USER)
    story.replace("authorId Int", "authorId BigInt")
    before = story.files()
    ran = story.tool("adopt")
    assert ran.code == 1
    assert f"\n{OUTPUT}:{line_of(story, 'model User')}: not adopted: {USER}" in f"\n{ran.err}"
    assert (
        """
  <<<<<<< the source
    email String?
  =======
    email String
  >>>>>>> the combined file
"""
        in ran.err
    )
    # The other section's edit went in, and is still in the combined file.
    assert changed(story, before) == {POST}
    assert "authorId BigInt" in story.read(POST)
    assert report(story).sections == {"user.prisma": "diverged"}


def test_nothing_tells_which_is_newer(story: Repository) -> None:
    (story.root / ".git").rename(story.root / "git")
    edit_by_hand(story)
    story.replace("  authorId Int\n", "  authorId Int\n  title    String\n")
    (refusal,) = adopt(story)
    assert (refusal.line, USER in refusal.why) == (line_of(story, "model User"), True)
    # Only lines were added to the other section, so that nothing is lost.
    assert "  title    String\n" in story.read(POST)
    assert story.read(USER) == SOURCES["user.prisma"]
    assert "  email String\n" in story.read()


# What stays in the combined file.


@pytest.mark.parametrize(
    ("old", "new", "at", "word"),
    [
        pytest.param("// @gen", "// mine\n// @gen", "// mine", "banner", id="above-the-banner"),
        pytest.param("// @gen", "// gen", "// gen", "banner", id="banner"),
        pytest.param("ate it.\n", "ate it.\n// mine\n", "// mine", "banner", id="below-the-banner"),
        pytest.param("// post.prisma", "// posts", "// posts", "header", id="header"),
        pytest.param(
            "references: [id])\n}\n",
            "references: [id])\n",
            "model Post",
            "unbalanced",
            id="finding",
        ),
        pytest.param(
            "authorId Int\n", "authorId Int // \udcff\n", "model Post", "UTF-8", id="not-utf-8"
        ),
    ],
)
def test_refused(repository: Repository, old: str, new: str, at: str, word: str) -> None:
    text = repository.read().replace("email String @unique", "email String")
    assert text.count(old) == 1
    text = text.replace(old, new)
    line = text[: text.index(at)].count("\n") + 1
    edited = text.encode(errors="surrogateescape")
    repository.write(OUTPUT, edited)
    before = repository.files()
    refused = adopt(repository)
    assert [(one.line, word in one.why) for one in refused] == [(line, True)]
    assert changed(repository, before) == {USER}  # the other edit went in
    assert repository.files()[OUTPUT] == edited
    assert adopt(repository) == refused


def test_a_conflict_is_left_alone(repository: Repository) -> None:
    repository.replace(
        "  authorId Int\n", "<<<<<<< a\n  authorId Int\n=======\n  authorId BigInt\n>>>>>>> b\n"
    )
    before = repository.files()
    ran = repository.tool("adopt")
    assert (ran.code, "prisma-combine combine" in ran.err) == (1, True)
    assert repository.files() == before


def test_a_deleted_section(story: Repository) -> None:
    config = story.read("prisma-combine.toml")
    story.replace(', "post.prisma"', "", "prisma-combine.toml")
    generate(story)
    story.write("prisma-combine.toml", config)
    edit_by_hand(story)
    before = story.files()
    (refusal,) = adopt(story)
    assert POST in refusal.why
    assert changed(story, before) == {USER}


def test_an_edit_of_a_removed_source(story: Repository) -> None:
    story.replace("authorId Int", "authorId BigInt")
    story.replace(', "post.prisma"', "", "prisma-combine.toml")
    story.remove(POST)
    before = story.files()
    (refusal,) = adopt(story)
    assert (refusal.line, POST in refusal.why) == (line_of(story, "model Post"), True)
    assert story.files() == before


def test_findings_refuse_the_edits_of_their_file(repository: Repository) -> None:
    """A file takes all of its edits, or none."""
    repository.replace("id    Int    @id", "id    BigInt @id")
    repository.replace(
        "  posts Post[]\n}\n", "  posts Post[]\n}\n\nmodel Post {\n  id Int @id\n}\n"
    )
    repository.replace("authorId Int", "authorId BigInt")
    before = repository.files()
    refused = adopt(repository)
    assert len(refused) == 2
    assert all("duplicate-name: model Post" in one.why for one in refused)
    assert repository.files() == before


def test_findings_of_one_file_leave_the_others_alone(repository: Repository) -> None:
    repository.replace('"postgresql"\n}\n', '"postgresql"\n}\n}\n')
    repository.replace("  posts Post[]\n", "  posts Post[] // {\n")
    repository.replace("authorId Int", "authorId BigInt")
    before = repository.files()
    (refusal,) = adopt(repository)
    assert "stray-brace" in refusal.why
    assert changed(repository, before) == {USER, POST}
    assert "}\n}\n" in repository.read()


def test_sources_with_findings(repository: Repository) -> None:
    repository.write(POST, SOURCES["post.prisma"] + "}\n")
    edit_by_hand(repository)
    before = repository.files()
    ran = repository.tool("adopt")
    assert ran.code == 1
    assert f"{POST}:6: stray-brace" in ran.err
    assert repository.files() == before


def test_what_is_refused_keeps_its_newlines(repository: Repository) -> None:
    repository.write(OUTPUT, repository.read().replace("\n", "\r\n"))
    repository.replace("// post.prisma", "// posts")
    repository.replace("email String @unique", "email String")
    edited = repository.files()[OUTPUT]
    assert len(adopt(repository)) == 1
    assert "  email String\n" in repository.read(USER)
    assert repository.files()[OUTPUT] == edited


# Formatting.


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("source", "edited"),
    [
        pytest.param(
            "model User {\n  id   Int    @id   \n  name String  \n}\n",
            "model User {\n  id   Int    @id\n  name String\n}\n",
            id="trailing-blanks",
        ),
        pytest.param(
            "model User {\nid Int @id\n  name   String\n\n\n}\n",
            "model User {\n  id   Int    @id\n  name String\n}\n",
            id="prisma-format",
        ),
    ],
)
def test_formatting(
    tmp_path: Path, environment: dict[str, str], name: str, source: str, edited: str
) -> None:
    """A hook formats the combined file; the source follows, or both would fight forever."""
    config = CONFIG + FORMATS[name]
    story = written(tmp_path, environment, config, SOURCES | {"user.prisma": source})
    story.write(OUTPUT, story.read().replace(source, edited))
    text = story.read()
    assert report(story).status == "reformatted"
    assert adopt(story) == []
    assert story.read(USER) == edited
    assert story.read() == text
    assert report(story) == IN_SYNC


def test_blank_lines_around_sections_are_the_format_s(repository: Repository) -> None:
    generated = repository.read()
    repository.write(OUTPUT, generated.replace("}\n\n//", "}\n\n\n\n//") + "\n")
    before = repository.files()
    assert adopt(repository) == []
    assert changed(repository, before) == {OUTPUT}
    assert repository.read() == generated


# The bytes of a source.


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_source_keeps_its_bytes(story: Repository, newline: str, bom: str) -> None:
    def saved(text: str) -> bytes:
        return (bom + "\n" + text + "\n").replace("\n", newline).encode()

    story.write(USER, saved(SOURCES["user.prisma"]))
    generate(story)
    story.commit()
    edit_by_hand(story)
    story.replace("authorId Int", "authorId BigInt")
    assert adopt(story) == []
    expected = saved(SOURCES["user.prisma"].replace(" @unique", ""))
    assert story.files()[USER] == expected
    assert b"\r" not in story.files()[POST]
    assert report(story) == IN_SYNC


def test_a_combined_file_keeps_its_newlines(story: Repository) -> None:
    story.write(OUTPUT, story.read().replace("\n", "\r\n"))
    edit_by_hand(story)
    story.replace("Post[]", "Post[]\n  name  String", USER)
    assert adopt(story) == []
    assert story.read().count("\n") == story.read().count("\r\n")
    assert "\r" not in story.read(USER)
    assert report(story) == IN_SYNC


def test_unusual_line_separators(story: Repository) -> None:
    line = "  nick  String // a\u2028b\x0bc\x85d\x1ce\n"
    story.replace("  posts Post[]\n", f"  posts Post[]\n{line}")
    edited = story.read()
    assert adopt(story) == []
    assert line in story.read(USER)
    assert story.read() == edited


@pytest.mark.posix
def test_permissions_and_links_stay(repository: Repository) -> None:
    repository.write("common/user.prisma", repository.read(USER))
    repository.remove(USER)
    (repository.root / USER).symlink_to("../../common/user.prisma")
    (repository.root / POST).chmod(0o640)
    edit_by_hand(repository)
    repository.replace("authorId Int", "authorId BigInt")
    assert adopt(repository) == []
    assert (repository.root / USER).is_symlink()
    assert "  email String\n" in repository.read("common/user.prisma")
    assert stat.S_IMODE(os.stat(repository.root / POST).st_mode) == 0o640


# `--dry-run`.


def test_dry_run(story: Repository) -> None:
    story.write(USER, story.read(USER).replace("\n", "\r\n"))
    edit_by_hand(story)
    story.replace("authorId Int", "authorId BigInt")
    before = story.files()
    ran = story.tool("adopt", "--dry-run")
    assert ran.code == 0
    assert story.files() == before
    assert f"--- a/{POST}\tsource\n+++ b/{POST}\tadopted\n@@ " in ran.out

    assert adopt(story) == []
    adopted = {path: story.read(path) for path in (USER, POST)}
    for path in (USER, POST):
        story.write(path, before[path])
    applied = story.run("git", "apply", stdin=ran.out.encode())
    assert applied.code == 0, applied
    assert {path: story.read(path) for path in (USER, POST)} == adopted


def test_dry_run_of_a_conflict(repository: Repository) -> None:
    edit_by_hand(repository)
    repository.replace("email String @unique", "email String?", USER)
    before = repository.files()
    ran = repository.tool("adopt", "--dry-run")
    assert (ran.code, ran.out) == (1, "")
    assert repository.files() == before


def test_dry_run_without_git(repository: Repository) -> None:
    repository.replace("  posts Post[]\n", "  posts Post[]\n  name  String\n")
    ran = repository.tool("adopt", "--dry-run", environment={"PATH": str(repository.root)})
    assert (ran.code, ran.out) == (2, "")
    assert "--dry-run prints a diff, which git makes; install git" in ran.err


# Several schemas.

SHARED = "enum Role {\n  ADMIN\n}\n"


@pytest.fixture
def shared(build: Build) -> Repository:
    """Return a repository of two schemas with one source in common."""
    table = """\
[[schema]]
output = "{0}.prisma"
directory = "prisma/schema"
files = ["{1}.prisma", "../../common/role.prisma"]
exclude = ["*"]
"""
    repository = build(CONFIG)
    repository.write("common/role.prisma", SHARED)
    repository.write(USER, TAG.replace("Tag", "User"))
    repository.write(POST, TAG.replace("Tag", "Post"))
    text = table.format("a", "user") + table.format("b", "post")
    repository.write("prisma-combine.toml", text)
    repository.remove(OUTPUT)
    assert repository.tool("combine").code == 0
    repository.commit()
    return repository


def test_a_shared_source(shared: Repository) -> None:
    shared.replace("  ADMIN\n", "  ADMIN\n  GUEST\n", "a.prisma")
    edited = shared.read("a.prisma")
    assert shared.tool("adopt").code == 0
    assert shared.read("common/role.prisma") == "enum Role {\n  ADMIN\n  GUEST\n}\n"
    assert shared.read("a.prisma") == edited
    assert "  ADMIN\n  GUEST\n" in shared.read("b.prisma")
    assert shared.tool("check").code == 0


def test_a_shared_source_edited_in_both(shared: Repository) -> None:
    shared.replace("  ADMIN\n", "  ADMIN\n  GUEST\n", "a.prisma")
    shared.replace("enum Role {\n", "/// Who may do what.\nenum Role {\n", "b.prisma")
    assert shared.tool("adopt").code == 0
    expected = "/// Who may do what.\nenum Role {\n  ADMIN\n  GUEST\n}\n"
    assert shared.read("common/role.prisma") == expected
    for output in ("a.prisma", "b.prisma"):
        assert expected in shared.read(output)
    assert shared.tool("check").code == 0


def test_a_shared_source_edited_in_both_at_one_place(shared: Repository) -> None:
    shared.replace("  ADMIN\n", "  GUEST\n", "a.prisma")
    shared.replace("  ADMIN\n", "  OWNER\n", "b.prisma")
    ran = shared.tool("adopt")
    assert ran.code == 1
    assert "b.prisma:" in ran.err
    assert "  GUEST\n" in shared.read("common/role.prisma")
    assert "  OWNER\n" in shared.read("b.prisma")


# `prisma db pull`.

PULLED = """\
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
}

model User {
  id    Int     @id @default(autoincrement())
  email String  @unique
  nick  String?
}

model Tag {
  id   Int    @id @default(autoincrement())
  name String
}

model Label {
  id Int @id @default(autoincrement())
}
"""
SHOP = {
    "base.prisma": (
        '// the shop\ndatasource db {\n  provider = "sqlite"\n}\n\n'
        'generator client {\n  provider = "prisma-client-js"\n}\n'
    ),
    "tag.prisma": "model Tag {\n  id   Int    @id @default(autoincrement())\n  name String\n}\n",
    "user.prisma": (
        "// people\nmodel User {\n  id    Int    @id @default(autoincrement())\n"
        "  // lower case\n  email String @unique // by law\n}\n"
    ),
}
FILES = '"base.prisma", "tag.prisma", "user.prisma"'


@pytest.fixture(params=["own", "headers"])
def pulled(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Repository:
    """Return a repository whose combined file `prisma db pull` has rewritten."""
    config = CONFIG.replace('"base.prisma", "user.prisma", "post.prisma"', FILES)
    repository = written(tmp_path, environment, config + FORMATS[request.param], SHOP)
    repository.write(OUTPUT, PULLED)
    return repository


def test_db_pull(pulled: Repository) -> None:
    assert report(pulled).status == "unmanaged"
    assert adopt(pulled) == []
    assert pulled.read(BASE) == SHOP["base.prisma"]
    assert pulled.read("prisma/schema/tag.prisma") == (
        SHOP["tag.prisma"] + "\nmodel Label {\n  id Int @id @default(autoincrement())\n}\n"
    )
    assert pulled.read(USER) == (
        "// people\nmodel User {\n  id    Int     @id @default(autoincrement())\n"
        "  // lower case\n  email String  @unique // by law\n  nick  String?\n}\n"
    )
    assert report(pulled) == IN_SYNC


def test_db_pull_that_lacks_a_model(pulled: Repository) -> None:
    pulled.write(OUTPUT, PULLED[: PULLED.index("model Tag")])
    text = pulled.read()
    (refusal,) = adopt(pulled)
    assert "model Tag" in refusal.why
    assert "  nick  String?\n" in pulled.read(USER)
    assert pulled.read() == text


def test_db_pull_with_text_of_someone_else(pulled: Repository) -> None:
    pulled.write(OUTPUT, "\n\n// keep me\n\n" + PULLED)
    text = pulled.read()
    assert [one.line for one in adopt(pulled)] == [3]
    assert pulled.read() == text


def test_another_file_altogether(pulled: Repository) -> None:
    pulled.write(OUTPUT, "hello\n")
    before = pulled.files()
    assert [one.line for one in adopt(pulled)] == [1]
    assert pulled.files() == before


def test_db_pull_with_a_generator_in_the_banner(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """The script's own text stays in the script."""
    generator = PULLED[: PULLED.index("datasource")]
    banner = f"banner = '''\n// do not edit\n{generator}'''\n"
    form = f'[schema.format]\n{banner}header = "// {{name}}\\n"\nseparator = "\\n"\n'
    sources = SHOP | {"base.prisma": 'datasource db {\n  provider = "sqlite"\n}\n'}
    config = CONFIG.replace('"base.prisma", "user.prisma", "post.prisma"', FILES)
    repository = written(tmp_path, environment, config + form, sources)
    repository.write(OUTPUT, PULLED)
    assert adopt(repository) == []
    assert repository.read(BASE) == sources["base.prisma"]
    assert repository.read().count("generator client") == 1
    assert report(repository) == IN_SYNC


def test_nothing_to_adopt(story: Repository) -> None:
    before = story.files()
    assert adopt(story) == []
    story.remove(OUTPUT)
    assert adopt(story) == []
    del before[OUTPUT]
    assert story.files() == before
