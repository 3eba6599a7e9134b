"""Which lines of a combined file belong to which source, whatever has been done to it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from prisma_combine.compare.alignment import Alignment, align
from prisma_combine.compare.lineage import Frame, Lineage
from prisma_combine.compare.surroundings import NOTHING, Surroundings, surroundings
from prisma_combine.git import texts
from prisma_combine.schema.format import OWN, Format, Join, join
from prisma_combine.schema.source import Source
from support.repository import CONFIG, OUTPUT, USER, Repository
from support.script import FORMATS, Report, generate, report, written

BASE = 'datasource db {\n  provider = "postgresql"\n}\n'
USERS = (
    "model User {\n  id Int @id\n  name String\n}\n\nmodel Role {\n  id Int @id\n  name String\n}\n"
)
POSTS = "/// A post.\nmodel Post {\n  id Int @id\n  name String\n}\n\nenum Kind {\n  A\n  B\n}\n"
BODIES = {"base.prisma": BASE, "user.prisma": USERS, "post.prisma": POSTS}
ROLE = "\nmodel Role {\n  id Int @id\n  name String\n}\n"
TAG = "\nmodel Tag {\n  id Int @id\n}\n"

HEADERS = Format(header="// {name}\n", separator="\n\n", footer="\n", trim="both")
FORMS = {
    "own": OWN,
    "headers": HEADERS,
    "header-below-a-blank-line": Format(header="\n// {stem:upper}\n"),
    "no-first-header": HEADERS._replace(first_header=False),
    "header-for-one": HEADERS._replace(header="", headers={"user.prisma": "// People\n\n"}),
    "separator-line": Format(separator="\n// ----\n", footer="\n// end\n", trim="end"),
    "banner": Format(banner="// made by a script\n\n", separator="\n", trim="none"),
    "plain": Format(separator="\n"),
    "joined": Format(separator="\n\n", trim="both"),
    "concatenated": Format(),
}

every_form = pytest.mark.parametrize("form", [pytest.param(FORMS[one], id=one) for one in FORMS])


def made(form: Format, bodies: Mapping[str, str]) -> Join:
    sources = [Source(name, f"schema/{name}", text) for name, text in bodies.items()]
    return join(form, "schema", sources)


def hunks(pairs: Sequence[tuple[str, str]]) -> Sequence[Sequence[texts.Hunk]]:
    found = texts.hunks(pairs)
    assert found is not None
    return found


def aligned(form: Format, text: str, bodies: Mapping[str, str] = BODIES) -> Alignment:
    lineages = [Lineage(name, form.trimmed(body)) for name, body in bodies.items()]
    return align(text, lineages, Frame(form, "schema"), hunks)


@every_form
def test_nothing_is_edited(form: Format) -> None:
    text = made(form, BODIES).text()
    found = aligned(form, text)
    assert found.strays == ()
    assert [one.name for one in found.places] == list(BODIES)
    for place in found.places:
        assert place.body == place.known == text[place.start : place.end]
        assert text[place.top :].startswith(text[place.top : place.start] + place.body)


EDITS = {
    "one-line": {"user.prisma": ("  name String\n}\n\nmodel", "  name Int\n}\n\nmodel")},
    "first-line": {"user.prisma": ("model User {", "model Person {")},
    "every-section": {
        "base.prisma": ("postgresql", "sqlite"),
        "user.prisma": ("model User {\n", "model User {\n  nick String\n"),
        "post.prisma": ("  B\n", "  B\n  C\n"),
    },
    "last-block-deleted": {"user.prisma": (ROLE, "")},
    "block-added": {"user.prisma": (ROLE, TAG + ROLE)},
    "block-added-at-the-end": {"user.prisma": (ROLE, ROLE + TAG)},
    "block-added-and-the-next-section-edited": {
        "user.prisma": (ROLE, ROLE + TAG),
        "post.prisma": ("  id Int @id\n", "  id Int @id\n  tag Int\n"),
    },
    "block-added-to-the-last": {"post.prisma": ("  B\n}\n", "  B\n}\n" + TAG)},
    "lines-that-stand-elsewhere-too": {
        "user.prisma": ("  name String\n}\n\n", "  name String\n  A\n}\n\n"),
        "post.prisma": ("  A\n", "  A\n  name String\n"),
    },
    "comment-on-top": {"post.prisma": ("/// A post.\n", "/// A post,\n/// or two.\n")},
}


@every_form
@pytest.mark.parametrize("changes", EDITS.values(), ids=EDITS)
def test_edited(form: Format, changes: Mapping[str, tuple[str, str]]) -> None:
    bodies = dict(BODIES)
    for name, (old, new) in changes.items():
        assert bodies[name].count(old) == 1
        bodies[name] = bodies[name].replace(old, new)
    found = aligned(form, made(form, bodies).text())
    assert {one.name: one.body for one in found.places} == {
        name: form.trimmed(body) for name, body in bodies.items()
    }
    assert {one.name for one in found.places if one.known is None} == changes.keys()
    assert found.strays == ()


@every_form
def test_sections_in_another_order(form: Format) -> None:
    text = made(form, {name: BODIES[name] for name in reversed(BODIES)}).text()
    found = aligned(form, text)
    assert [(one.name, one.known is not None) for one in found.places] == [
        (name, True) for name in reversed(BODIES)
    ]


@every_form
def test_a_moved_section_and_an_edited_one(form: Format) -> None:
    order = ("post.prisma", "base.prisma", "user.prisma")
    bodies = {name: BODIES[name] for name in order}
    bodies["user.prisma"] = USERS.replace("model Role {\n", "model Role {\n  rank Int\n")
    found = aligned(form, made(form, bodies).text())
    assert {one.name: one.body for one in found.places} == {
        name: form.trimmed(body) for name, body in bodies.items()
    }


def strays(found: Alignment) -> list[tuple[str, bool, str | None]]:
    return [(one.where, one.formatting, one.name) for one in found.strays]


@pytest.mark.parametrize(
    ("form", "old", "new", "expected"),
    [
        pytest.param(
            OWN, "// user.prisma", "// users", ("header", False, "user.prisma"), id="header"
        ),
        pytest.param(
            OWN, "// user.prisma", "//  user.prisma", ("header", False, "user.prisma"), id="comment"
        ),
        pytest.param(OWN, "// @gen", "// gen", ("banner", False, None), id="banner"),
        pytest.param(
            FORMS["separator-line"],
            "// end",
            "// END",
            ("footer", False, "post.prisma"),
            id="footer",
        ),
        pytest.param(
            HEADERS,
            "\n\n// user.prisma",
            "\n// user.prisma",
            ("separator", True, "base.prisma"),
            id="blank-line",
        ),
        pytest.param(
            HEADERS,
            "// user.prisma\nmodel",
            "// user.prismamodel",
            ("header", False, "user.prisma"),
            id="header-that-swallows-a-line",
        ),
        pytest.param(
            HEADERS, "}\n\n// user", "}// user", ("header", False, "user.prisma"), id="joined-lines"
        ),
    ],
)
def test_text_of_the_format_edited(
    form: Format, old: str, new: str, expected: tuple[str, bool, str | None]
) -> None:
    text = made(form, BODIES).text()
    assert text.count(old) == 1
    found = aligned(form, text.replace(old, new))
    assert strays(found) == [expected]
    assert {one.name: one.known for one in found.places} == {
        name: form.trimmed(body) for name, body in BODIES.items()
    }


@every_form
def test_a_section_that_stands_there_twice(form: Format) -> None:
    parts = made(form, BODIES)
    first, second, third = parts.sections
    text = parts._replace(sections=(first, second, second, third)).text()
    assert strays(aligned(form, text)) == [("copy", True, "user.prisma")]


def test_a_section_whose_header_is_gone() -> None:
    text = made(HEADERS, BODIES).text().replace("// user.prisma\n", "")
    found = aligned(HEADERS, text)
    assert strays(found) == [("header", False, "user.prisma")]
    assert len(found.places) == 3


def test_a_removed_source_is_told_by_its_header() -> None:
    """Another source has its models now; both sections have been edited."""
    form = HEADERS
    old = made(form, {"people.prisma": USERS, "post.prisma": POSTS}).text()
    lineages = [
        Lineage("user.prisma", form.trimmed(USERS), ("",)),
        Lineage("post.prisma", form.trimmed(POSTS)),
        Lineage("people.prisma", None, (form.trimmed(USERS),)),
    ]
    edited = old.replace("model User {\n", "model User {\n  nick String\n")
    found = align(edited, lineages, Frame(form, "schema"), hunks)
    assert [one.name for one in found.places] == ["people.prisma", "post.prisma"]
    assert found.strays == ()


def test_a_removed_source_has_no_claim_on_the_models_of_another() -> None:
    form = FORMS["plain"]
    edited = USERS.replace("model User {\n", "model User {\n  nick String\n")
    lineages = [
        Lineage("user.prisma", USERS, ("",)),
        Lineage("post.prisma", POSTS),
        Lineage("people.prisma", None, (USERS.replace("name", "called"),)),
    ]
    text = made(form, {"user.prisma": edited, "post.prisma": POSTS}).text()
    found = align(text, lineages, Frame(form, "schema"), hunks)
    assert [(one.name, one.body) for one in found.places] == [
        ("user.prisma", edited),
        ("post.prisma", POSTS),
    ]


def test_an_older_version_may_be_the_beginning_of_a_newer_one() -> None:
    old = USERS.replace(ROLE, "")
    lineages = [
        Lineage("base.prisma", BASE),
        Lineage("user.prisma", USERS, (old,)),
        Lineage("post.prisma", POSTS),
    ]
    form = FORMS["plain"]
    for body, known in ((USERS, USERS), (old, old), (USERS.replace("Role", "Rank"), None)):
        text = made(form, BODIES | {"user.prisma": body}).text()
        found = align(text, lineages, Frame(form, "schema"), hunks)
        assert found.places[1][4:] == (body, known)
        assert found.strays == ()


def test_without_git_a_changed_section_is_still_one() -> None:
    form = HEADERS
    text = made(form, BODIES | {"user.prisma": USERS.replace("name", "nick")}).text()

    def none(pairs: Sequence[tuple[str, str]]) -> list[list[texts.Hunk]]:
        return [[(0, old.count("\n") + 1, 0, new.count("\n") + 1)] for old, new in pairs]

    lineages = [Lineage(name, form.trimmed(body)) for name, body in BODIES.items()]
    found = align(text, lineages, Frame(form, "schema"), none)
    assert [one.name for one in found.places] == list(BODIES)


# Wildcards.

DATED = Format(banner="// {any}\n", header="// {name}\n", separator="\n", footer="// {any}\n")
SETTINGS = Format(banner="// settings\n{lines}\n", separator="\n", footer="\n{lines}")


def around(form: Format, text: str, before: Surroundings = NOTHING) -> Surroundings:
    lineages = [Lineage(name, form.trimmed(body)) for name, body in BODIES.items()]
    return surroundings(text, lineages, Frame(form, "schema"), before)


def test_what_wildcards_stand_for() -> None:
    text = made(DATED, BODIES).text("// Monday\n", "// 3 files\n")
    assert around(DATED, text) == ("// Monday\n", "// 3 files\n")
    text = made(SETTINGS, BODIES).text("// settings\na\n\nb\n\n", "\nc\nd\n")
    assert around(SETTINGS, text) == ("// settings\na\n\nb\n\n", "\nc\nd\n")


def test_what_wildcards_stand_for_beside_an_edited_section() -> None:
    bodies = BODIES | {"base.prisma": "model New {\n}\n", "post.prisma": "model Old {\n}\n"}
    text = made(DATED, bodies).text("// Monday\n", "// 3 files\n")
    assert around(DATED, text) == ("// Monday\n", "// 3 files\n")
    text = made(SETTINGS, bodies).text("// settings\na\n\n", "\nc\n")
    assert around(SETTINGS, text) == (None, None)
    before = Surroundings("// settings\na\n\n", "\nc\n")
    assert around(SETTINGS, text, before) == before


def test_what_wildcards_stand_for_has_changed() -> None:
    before = Surroundings("// settings\na\n\n", "\nc\n")
    text = made(SETTINGS, BODIES).text("// settings\nb\n\n", "\nd\n")
    assert around(SETTINGS, text, before) == ("// settings\nb\n\n", "\nd\n")


def test_what_wildcards_stand_for_beside_an_empty_source() -> None:
    form = SETTINGS._replace(footer="\n")
    bodies = {"base.prisma": "", **BODIES}
    text = made(form, {"empty.prisma": "", **BODIES}).text("// settings\na\n\n")
    lineages = [Lineage(name, body) for name, body in {"empty.prisma": "", **bodies}.items()]
    found = surroundings(text, lineages, Frame(form, "schema"))
    assert found == ("// settings\na\n\n", "\n")


def test_the_banner_itself_is_edited() -> None:
    text = made(DATED, BODIES).text("Monday\n", "// 3 files\n")
    assert around(DATED, text) == (None, "// 3 files\n")


# The whole of it.


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("own", "// ============================================"),
        ("headers", "// ===== user.prisma ====="),
        ("plain", "model User {"),
        ("dated", "/* USER */"),
    ],
)
def test_where_a_section_begins(
    tmp_path: Path, environment: dict[str, str], name: str, line: str
) -> None:
    repository = written(tmp_path, environment, CONFIG + FORMATS[name])
    text = repository.read()
    for code, edited in ((0, text), (1, text.replace("email String @unique", "email String"))):
        repository.write(OUTPUT, edited)
        ran = repository.tool("check", "--format", "json")
        (schema,) = json.loads(ran.out)["schemas"]
        assert ran.code == code
        assert edited.split("\n")[schema["sections"][1]["line"] - 1] == line


SCRIPT = CONFIG + '[schema.format]\nbanner = "{lines}// ----\\n"\nseparator = "\\n"\n'


def settings(repository: Repository, text: str) -> None:
    """Let the script write these settings into the banner."""
    generate(repository)
    repository.replace("{lines}", text)


def test_settings_in_the_banner(tmp_path: Path, environment: dict[str, str]) -> None:
    repository = written(tmp_path, environment, SCRIPT)
    settings(repository, 'generator client {\n  provider = "x"\n}\n')
    repository.commit()
    repository.replace('"x"\n', '"x"\n  output = "y"\n')
    assert report(repository) == Report("in-sync", {}, {})
    repository.replace("Post[]", "Post[]\n  name String", USER)
    found = report(repository)
    assert (found.status, found.sections) == ("stale", {"user.prisma": "stale"})
    assert repository.tool("combine").code == 0
    assert '  output = "y"\n}\n// ----\ndatasource db' in repository.read()
    assert report(repository) == Report("in-sync", {}, {})


def test_the_hunks_below_a_banner_of_many_lines(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    repository = written(tmp_path, environment, SCRIPT)
    settings(repository, "// a\n" * 9)
    repository.commit()
    repository.replace("Post[]", "Post[]\n  name String", USER)
    hunks = [line for line in repository.tool("check").out.split("\n") if line.startswith("@@")]
    assert hunks == ["@@ -16,6 +16,7 @@ user.prisma"]


def test_a_banner_that_is_lost(tmp_path: Path, environment: dict[str, str]) -> None:
    repository = written(tmp_path, environment, CONFIG + FORMATS["dated"])
    repository.remove(OUTPUT)
    assert repository.tool("combine").code == 0
    assert repository.read().startswith("// generated on Monday\n\n")
    repository.git("update-ref", "-d", "HEAD")
    repository.replace("// generated on Monday", "// made on Monday")
    before = repository.files()
    for command in ("combine", "adopt"):
        ran = repository.tool(command)
        assert (ran.code, ran.out) == (2, "")
        assert "can't regenerate prisma/schema.prisma" in ran.err
    assert repository.files() == before


def test_an_earlier_banner_does_not_hide_what_was_added(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """The text that `{lines}` stood for is no part of today's format."""
    repository = written(tmp_path, environment, SCRIPT)
    repository.replace("{lines}", "// made\\n", "prisma-combine.toml")
    assert report(repository) == Report("stale", {}, {})
    repository.write(OUTPUT, "model Mine {\n  id Int @id\n}\n" + repository.read())
    assert report(repository) == Report("hand-edited", {}, {})
