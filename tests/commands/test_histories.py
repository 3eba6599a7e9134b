"""What `check` says of a combined file after every kind of history."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.repository import CONFIG, OUTPUT, POST, SOURCES, USER, Repository
from support.script import FORMATS, Edit, Report, Tell, generate, report

CONFIGURATION = "prisma-combine.toml"
TAG = "model Tag {\n  id Int @id\n}\n"

IN_SYNC = Report("in-sync", {}, {})
BY_HAND = Edit("  email String", 3, 1, 1)
BY_SOURCE = Edit("}", 5, 1, 0)
HAND_EDITED = Report("hand-edited", {"user.prisma": "hand-edited"}, {"user.prisma": (BY_HAND,)})
STALE = Report("stale", {"user.prisma": "stale"}, {"user.prisma": (BY_SOURCE,)})
DIVERGED = Report("diverged", {"user.prisma": "diverged"}, {"user.prisma": (BY_HAND,)})
DIFFERS = Report("differs", {"user.prisma": "differs"}, {"user.prisma": (BY_HAND,)})


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


@pytest.fixture
def plain(tell: Tell) -> Repository:
    """Return one in the format that tells least, for what depends on no format."""
    return tell("plain")


def edit_by_hand(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")


def edit_source(repository: Repository, field: str = "name") -> None:
    repository.replace("Post[]", f"Post[]\n  {field}  String", USER)


def edit_other_source(repository: Repository) -> None:
    repository.replace("authorId Int", "authorId BigInt", POST)


def has_headers(repository: Repository) -> bool:
    return "user.prisma" in repository.read()


def switch(repository: Repository, name: str) -> None:
    repository.git("switch", "--quiet", "--create", name, "main")


def clone(repository: Repository, *options: str) -> Repository:
    folder = repository.root.parent / "clone"
    repository.git("clone", "--quiet", *options, f"file://{repository.root}", str(folder))
    return Repository(folder, repository.environment)


def assert_says(repository: Repository, expected: Report) -> None:
    """Check it before the commit, and after it."""
    assert report(repository) == expected
    repository.commit()
    assert report(repository) == expected


def test_written_by_the_script(story: Repository) -> None:
    assert report(story) == IN_SYNC


# Edited by hand.


def test_edited_once(story: Repository) -> None:
    edit_by_hand(story)
    assert_says(story, HAND_EDITED)


def test_edited_long_ago(plain: Repository) -> None:
    edit_by_hand(plain)
    plain.commit()
    for number in range(3):
        plain.write("README.md", f"{number}\n")
        plain.commit()
    assert report(clone(plain)) == HAND_EDITED


def test_edited_again_and_again(story: Repository) -> None:
    edit_by_hand(story)
    story.commit()
    story.replace("id    Int ", "id    BigInt ")
    edits = (Edit("  id    BigInt    @id", 2, 2, 2),)
    assert_says(story, HAND_EDITED._replace(edits={"user.prisma": edits}))


def test_edited_below_what_the_source_once_was(story: Repository) -> None:
    """The old version stands in the combined file, but only as a part."""
    story.write(USER, story.read(USER) + "\n" + TAG)
    generate(story)
    story.commit()
    for old, new in (("  id Int @id\n", "  id BigInt @id\n"), ("model Tag", "model Label")):
        story.replace(old, new)
        found = report(story)
        assert (found.status, found.sections) == (HAND_EDITED.status, HAND_EDITED.sections)
        story.commit()
    edits = (Edit("model Label {", 7, 2, 2),)
    assert report(story) == HAND_EDITED._replace(edits={"user.prisma": edits})


def test_edited_before_another_source_changed(story: Repository) -> None:
    edit_by_hand(story)
    story.commit()
    edit_other_source(story)
    expected = Report(
        "diverged",
        {"user.prisma": "hand-edited", "post.prisma": "stale"},
        {"user.prisma": (BY_HAND,), "post.prisma": (Edit("  authorId Int", 3, 1, 1),)},
    )
    assert_says(story, expected)


def test_edited_after_its_source_changed(story: Repository) -> None:
    edit_source(story)
    story.commit()
    edit_by_hand(story)
    assert_says(story, DIVERGED)


def test_edited_before_its_source_changed(story: Repository) -> None:
    edit_by_hand(story)
    story.commit()
    edit_source(story)
    assert_says(story, DIVERGED)
    assert report(clone(story)) == DIVERGED


def test_a_line_deleted_by_hand(story: Repository) -> None:
    story.replace("  email String @unique\n", "")
    edits = (Edit("  posts Post[]", 3, 0, 1),)
    assert_says(story, HAND_EDITED._replace(edits={"user.prisma": edits}))


def test_a_line_deleted_by_hand_that_the_source_once_lacked(story: Repository) -> None:
    edit_source(story)
    edit_source(story, "nick")
    generate(story)
    story.commit()
    story.replace("  nick  String\n", "")
    edits = (Edit("  name  String", 5, 0, 1),)
    assert_says(story, HAND_EDITED._replace(edits={"user.prisma": edits}))


def test_the_same_edit_in_both(plain: Repository) -> None:
    edit_by_hand(plain)
    plain.replace("email String @unique", "email String", USER)
    assert report(plain) == IN_SYNC


def test_every_source_changed_and_every_section_edited(story: Repository) -> None:
    for path, line in ((USER, "email String"), (POST, "id       Int  @id")):
        story.replace(line, f"{line} // a source", path)
        story.replace(line, f"{line} // a hand")
    story.replace('"postgresql"', '"sqlite"')
    assert_says(
        story,
        Report(
            "diverged",
            {"base.prisma": "hand-edited", "user.prisma": "diverged", "post.prisma": "diverged"},
            {
                "base.prisma": (Edit('  provider = "sqlite"', 2, 1, 1),),
                "user.prisma": (Edit("  email String // a hand @unique", 3, 1, 1),),
                "post.prisma": (Edit("  id       Int  @id // a hand", 2, 1, 1),),
            },
        ),
    )


# Stale.


def test_stale_once(story: Repository) -> None:
    edit_source(story)
    assert_says(story, STALE)
    assert report(clone(story)) == STALE


def test_stale_for_ten_commits(plain: Repository) -> None:
    for number in range(10):
        edit_source(plain, f"name{number}")
        plain.commit()
    assert report(plain) == STALE._replace(edits={"user.prisma": (Edit("}", 5, 10, 0),)})


def test_several_sources_changed(plain: Repository) -> None:
    edit_source(plain)
    edit_other_source(plain)
    expected = Report(
        "stale",
        {"user.prisma": "stale", "post.prisma": "stale"},
        {"user.prisma": (BY_SOURCE,), "post.prisma": (Edit("  authorId Int", 3, 1, 1),)},
    )
    assert_says(plain, expected)


def test_generated_twice_without_a_commit(story: Repository) -> None:
    """Git never saw what the section was made from."""
    edit_source(story)
    generate(story)
    story.replace("name  String", "name  String\n  nick  String", USER)
    expected = STALE._replace(edits={"user.prisma": (Edit("}", 6, 1, 0),)})
    assert_says(story, expected)
    assert report(clone(story)) == expected


def test_generated_twice_and_most_lines_came_first(plain: Repository) -> None:
    for number in range(9):
        edit_source(plain, f"name{number}")
    generate(plain)
    edit_source(plain)
    assert_says(plain, STALE._replace(edits={"user.prisma": (Edit("  name8  String", 5, 1, 0),)}))


def test_generated_twice_and_a_line_changed_in_between(story: Repository) -> None:
    """Regenerating would lose a line that stands nowhere else, and nobody knows who wrote it."""
    edit_source(story)
    generate(story)
    story.replace("name  String", "name  String?", USER)
    edits = (Edit("  name  String", 6, 1, 0),)
    assert_says(story, DIVERGED._replace(edits={"user.prisma": edits}))


def test_an_old_version_is_stale_and_not_edited(plain: Repository) -> None:
    plain.replace("email String @unique", "email String", USER)
    generate(plain)
    plain.commit()
    plain.replace("email String", "email String @unique", USER)
    assert_says(plain, STALE._replace(edits={"user.prisma": (Edit("  email String", 3, 1, 1),)}))


def test_another_date(tell: Tell) -> None:
    story = tell("dated")
    generate(story, date="Tuesday")
    assert report(story) == IN_SYNC
    edit_source(story)
    assert_says(story, STALE)
    edit_by_hand(story)
    assert_says(story, DIVERGED)


# What `combine` remembers.


def test_combined_twice_without_a_commit(story: Repository) -> None:
    edit_source(story)
    story.tool("combine")
    story.replace("name  String", "nick  String?", USER)
    edits = (Edit("  name  String", 5, 1, 1),)
    assert_says(story, STALE._replace(edits={"user.prisma": edits}))


def test_combined_and_a_line_deleted_by_hand(story: Repository) -> None:
    edit_source(story)
    edit_source(story, "nick")
    story.tool("combine")
    story.replace("  nick  String\n", "")
    edits = (Edit("  name  String", 5, 0, 1),)
    assert_says(story, HAND_EDITED._replace(edits={"user.prisma": edits}))


def test_combined_before_there_is_a_commit(plain: Repository) -> None:
    plain.git("update-ref", "-d", "HEAD")
    edit_source(plain)
    plain.tool("combine")
    edit_by_hand(plain)
    assert report(plain) == HAND_EDITED


# Sources come, go and move.


def test_a_source_added(story: Repository) -> None:
    story.write("prisma/schema/tag.prisma", TAG)
    story.replace('"post.prisma"', '"post.prisma", "tag.prisma"', CONFIGURATION)
    story.git("add", "--all")
    assert_says(story, Report("stale", {"tag.prisma": "added"}, {}))


def test_a_source_added_between_others(story: Repository) -> None:
    story.write("prisma/schema/tag.prisma", TAG)
    story.replace('"post.prisma"', '"tag.prisma", "post.prisma"', CONFIGURATION)
    story.git("add", "--all")
    edit_by_hand(story)
    sections = {"tag.prisma": "added", "user.prisma": "hand-edited"}
    assert_says(story, Report("diverged", sections, {"user.prisma": (BY_HAND,)}))


@pytest.mark.parametrize("name", ["base", "user", "post"])
def test_a_source_removed(story: Repository, name: str) -> None:
    listed = '["base.prisma", "user.prisma", "post.prisma"]'
    left = [one for one in ("base.prisma", "user.prisma", "post.prisma") if one[:4] != name[:4]]
    story.replace(listed, json.dumps(left), CONFIGURATION)
    story.remove(f"prisma/schema/{name}.prisma")
    assert_says(story, Report("stale", {f"{name}.prisma": "removed"}, {}))


def test_a_source_removed_whose_section_was_edited(story: Repository) -> None:
    story.replace("authorId Int", "authorId BigInt")
    story.replace(', "post.prisma"', "", CONFIGURATION)
    story.remove(POST)
    edits = (Edit("  authorId BigInt", None, 1, 1),)
    assert_says(story, Report("diverged", {"post.prisma": "diverged"}, {"post.prisma": edits}))


def test_a_source_renamed(story: Repository) -> None:
    story.git("mv", USER, "prisma/schema/people.prisma")
    story.replace("user.prisma", "people.prisma", CONFIGURATION)
    sections = {"people.prisma": "added", "user.prisma": "removed"}
    assert_says(story, Report("stale", sections, {}) if has_headers(story) else IN_SYNC)


def test_another_order(story: Repository) -> None:
    listed = '"user.prisma", "post.prisma"'
    story.replace(listed, '"post.prisma", "user.prisma"', CONFIGURATION)
    assert_says(story, Report("stale", {"user.prisma": "moved"}, {}))


def test_a_section_moved_and_another_edited(story: Repository) -> None:
    listed = '"base.prisma", "user.prisma", "post.prisma"'
    story.replace(listed, '"post.prisma", "base.prisma", "user.prisma"', CONFIGURATION)
    edit_by_hand(story)
    sections = {"post.prisma": "moved", "user.prisma": "hand-edited"}
    assert_says(story, Report("diverged", sections, {"user.prisma": (BY_HAND,)}))


# Branches.


def test_different_lines_of_one_source_in_two_branches(story: Repository) -> None:
    switch(story, "one")
    story.replace("email String @unique", "email String", USER)
    generate(story)
    story.commit()
    switch(story, "two")
    edit_source(story)
    generate(story)
    story.commit()
    story.git("merge", "--quiet", "one")
    assert "  email String\n  posts Post[]\n  name  String\n" in story.read()
    assert report(story) == IN_SYNC
    assert report(clone(story)) == IN_SYNC


def test_a_version_that_only_a_merged_branch_has(story: Repository) -> None:
    switch(story, "one")
    edit_source(story)
    generate(story)
    story.commit()
    story.replace("name  String", "nick  String", USER)
    story.commit()
    story.git("switch", "--quiet", "main")
    story.write("README.md", "")
    story.commit()
    story.git("merge", "--quiet", "--no-ff", "one")
    expected = STALE._replace(edits={"user.prisma": (Edit("  name  String", 5, 1, 1),)})
    assert report(story) == expected
    assert report(clone(story)) == expected


def test_a_merge_that_took_one_side_of_each_file(story: Repository) -> None:
    switch(story, "one")
    edit_source(story)
    generate(story)
    story.commit()
    story.git("switch", "--quiet", "main")
    story.replace("posts Post[]", "posts Post[] // all", USER)
    generate(story)
    story.commit()
    assert story.run("git", "merge", "one").code == 1
    story.git("checkout", "--ours", USER)
    story.git("checkout", "--theirs", OUTPUT)
    expected = STALE._replace(edits={"user.prisma": (Edit("  posts Post[]", 4, 1, 2),)})
    assert_says(story, expected)
    assert report(clone(story)) == expected


def test_stale_on_both_sides_of_a_merge(plain: Repository) -> None:
    switch(plain, "one")
    edit_source(plain)
    plain.commit()
    plain.git("switch", "--quiet", "main")
    edit_other_source(plain)
    plain.commit()
    plain.git("merge", "--quiet", "one")
    found = report(plain)
    assert found.status == "stale"
    assert found.sections == {"user.prisma": "stale", "post.prisma": "stale"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(edit_by_hand, HAND_EDITED, id="edited"),
        pytest.param(edit_source, STALE, id="stale"),
    ],
)
def test_rebased(plain: Repository, change: Callable[[Repository], None], expected: Report) -> None:
    switch(plain, "one")
    change(plain)
    plain.commit()
    plain.git("switch", "--quiet", "main")
    edit_other_source(plain)
    generate(plain)
    plain.commit()
    plain.git("switch", "--quiet", "one")
    plain.git("rebase", "--quiet", "main")
    assert report(plain) == expected


# Where there is less history.


def test_stale_in_a_shallow_clone(plain: Repository) -> None:
    edit_source(plain)
    plain.commit()
    shallow = clone(plain, "--depth=1")
    found = report(shallow)
    assert (found.status, found.sections) == (DIFFERS.status, DIFFERS.sections)
    shallow.git("fetch", "--quiet", "--unshallow")
    assert report(shallow) == STALE


def test_edited_in_a_shallow_clone(plain: Repository) -> None:
    edit_by_hand(plain)
    plain.commit()
    shallow = clone(plain, "--depth=1")
    assert report(shallow) == DIFFERS
    shallow.git("fetch", "--quiet", "--unshallow")
    assert report(shallow) == HAND_EDITED


def test_a_shallow_clone_knows_its_last_commit(plain: Repository) -> None:
    shallow = clone(plain, "--depth=1")
    edit_source(shallow)
    assert report(shallow) == STALE


def test_nothing_committed_yet(plain: Repository) -> None:
    plain.git("update-ref", "-d", "HEAD")
    edit_by_hand(plain)
    assert report(plain) == DIFFERS


def test_nothing_committed_yet_and_the_index_tells(plain: Repository) -> None:
    plain.git("update-ref", "-d", "HEAD")
    edit_source(plain)
    assert report(plain) == STALE


def test_without_git(plain: Repository) -> None:
    edit_by_hand(plain)
    plain.environment["PATH"] = str(plain.root)
    found = report(plain)
    assert (found.status, found.sections) == (DIFFERS.status, DIFFERS.sections)


def test_outside_a_repository(plain: Repository) -> None:
    (plain.root / ".git").rename(plain.root.parent / "git")
    edit_by_hand(plain)
    assert report(plain) == DIFFERS


def test_a_linked_worktree(plain: Repository) -> None:
    folder = plain.root.parent / "linked"
    plain.git("worktree", "add", "--quiet", str(folder))
    linked = Repository(folder, plain.environment)
    edit_by_hand(linked)
    assert report(linked) == HAND_EDITED
    linked.git("checkout", "--quiet", ".")
    edit_source(linked)
    assert_says(linked, STALE)


# The configuration.


@pytest.fixture
def unconfigured(plain: Repository) -> Repository:
    """Return a repository in which the configuration is not committed yet."""
    config = plain.read(CONFIGURATION)
    plain.remove(CONFIGURATION)
    plain.git("add", "--all")
    plain.git("commit", "--quiet", "--amend", "--message", "Start")
    plain.write(CONFIGURATION, config)
    return plain


def test_the_configuration_comes_with_an_edit(unconfigured: Repository) -> None:
    edit_by_hand(unconfigured)
    assert_says(unconfigured, HAND_EDITED)


def test_the_configuration_comes_when_a_source_has_changed(unconfigured: Repository) -> None:
    edit_source(unconfigured)
    assert_says(unconfigured, STALE)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("headers", "===== {name} =====", "----- {stem} -----", id="header"),
        pytest.param("headers", "// ===== {name} =====\\n\\n", "", id="no-header-any-more"),
        pytest.param("plain", "separator", 'header = "// {name}\\n"\nseparator', id="new-header"),
        pytest.param(
            "plain",
            "separator",
            'header = "// {name}\\n"\nfirst-header = false\nseparator',
            id="new-header-except-the-first",
        ),
        pytest.param("headers", 'separator = "\\n\\n"', 'separator = "\\n\\n\\n"', id="separator"),
        pytest.param("plain", 'separator = "\\n"', 'separator = "\\n// --\\n"', id="new-separator"),
        pytest.param("headers", "header =", 'banner = "// keep\\n"\nheader =', id="new-banner"),
        pytest.param("headers", 'footer = "\\n\\n"', 'footer = "\\n// end\\n"', id="footer"),
        pytest.param("headers", 'trim = "both"', 'trim = "none"', id="no-trim-any-more"),
        pytest.param("headers", FORMATS["headers"], FORMATS["own"], id="own-format"),
        pytest.param("own", CONFIG, CONFIG + FORMATS["headers"], id="no-own-format-any-more"),
    ],
)
def test_the_format_changed(tell: Tell, name: str, old: str, new: str) -> None:
    story = tell(name)
    story.replace(old, new, CONFIGURATION)
    assert_says(story, Report("stale", {}, {}))
    edit_by_hand(story)
    assert_says(story, HAND_EDITED._replace(status="diverged"))


# What is staged.


def test_staged_and_not(plain: Repository) -> None:
    edit_source(plain)
    assert report(plain, "--staged") == IN_SYNC
    plain.git("add", "--all")
    edit_by_hand(plain)
    assert report(plain, "--staged") == STALE
    generate(plain)
    assert report(plain) == IN_SYNC
    assert report(plain, "--staged") == STALE
    plain.git("add", OUTPUT)
    assert report(plain, "--staged") == IN_SYNC


def test_an_edit_that_is_only_staged(plain: Repository) -> None:
    edit_by_hand(plain)
    plain.git("add", "--all")
    plain.git("restore", "--source=HEAD", "--worktree", OUTPUT)
    assert report(plain) == IN_SYNC
    assert report(plain, "--staged") == HAND_EDITED


# Text around the sections.


def test_a_section_deleted_by_hand(story: Repository) -> None:
    story.write(OUTPUT, story.read().replace(SOURCES["user.prisma"], ""))
    found = report(story)
    assert found.status == "hand-edited"
    assert found.sections["user.prisma"] == "hand-edited"
    # Without a header the line between the sections belongs to the one above.
    rest = {} if has_headers(story) else {"base.prisma": "reformatted"}
    assert found.sections == {"user.prisma": "hand-edited", **rest}
    assert_says(story, found)


def test_a_section_deleted_with_its_header(story: Repository) -> None:
    config = story.read(CONFIGURATION)
    story.replace('"user.prisma", ', "", CONFIGURATION)
    generate(story)
    story.write(CONFIGURATION, config)
    assert_says(story, Report("hand-edited", {"user.prisma": "hand-edited"}, {}))


@pytest.mark.parametrize(
    ("at", "name", "line"),
    [
        pytest.param('  provider = "postgresql"\n}\n', "base.prisma", 4, id="below-the-first"),
        pytest.param("  posts Post[]\n}\n", "user.prisma", 6, id="between-two"),
        pytest.param("references: [id])\n}\n", "post.prisma", 6, id="at-the-end"),
    ],
)
def test_a_model_added(story: Repository, at: str, name: str, line: int) -> None:
    story.replace(at, f"{at}\n{TAG}")
    edits = {name: (Edit("", line, 4, 0),)}
    assert_says(story, Report("hand-edited", {name: "hand-edited"}, edits))


def test_a_comment_added_above_a_block(story: Repository) -> None:
    story.replace("model User", "/// A person.\nmodel User")
    edits = (Edit("/// A person.", 1, 1, 0),)
    assert_says(story, HAND_EDITED._replace(edits={"user.prisma": edits}))


def test_a_comment_added_at_the_top(story: Repository) -> None:
    story.write(OUTPUT, "// keep this\n" + story.read())
    if has_headers(story):
        expected = Report("hand-edited", {}, {})
    else:
        edits = (Edit("// keep this", 1, 1, 0),)
        expected = Report("hand-edited", {"base.prisma": "hand-edited"}, {"base.prisma": edits})
    assert_says(story, expected)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("own", "user.prisma", "users.prisma", id="own"),
        pytest.param("own", "// user.prisma\n", "", id="own-line-deleted"),
        pytest.param("headers", "===== user.prisma =====", "user", id="headers"),
        pytest.param("dated", "/* USER */", "/* PEOPLE */", id="upper-case"),
        pytest.param("dated", "generated", "made", id="banner"),
    ],
)
def test_a_header_edited(tell: Tell, name: str, old: str, new: str) -> None:
    story = tell(name)
    story.replace(old, new)
    assert_says(story, Report("hand-edited", {}, {}))


def test_a_section_doubled(story: Repository) -> None:
    """As by a merge of two branches that each add the source."""
    text = story.read()
    start, end = text.index("}\n") + 2, text.index("  posts Post[]\n}\n") + 17
    story.write(OUTPUT, text[:end] + text[start:end] + text[end:])
    assert_says(story, Report("stale", {}, {}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("  email String @unique", "  email   String   @unique", id="alignment"),
        pytest.param("  email String @unique", "\n  email String @unique", id="blank-line"),
        pytest.param("  email String @unique", "  email String @unique  ", id="trailing-blanks"),
    ],
)
def test_reformatted(story: Repository, old: str, new: str) -> None:
    story.replace(old, new)
    found = report(story)
    assert (found.status, found.sections) == ("reformatted", {"user.prisma": "reformatted"})
    assert_says(story, found)


def test_blank_lines_around_the_sections(story: Repository) -> None:
    story.replace("\nmodel User", "\n\n\nmodel User")
    story.write(OUTPUT, story.read() + "\n\n")
    found = report(story)
    assert found.status == "reformatted"
    assert set(found.sections.values()) <= {"reformatted"}


# Conflicts and newlines.


def test_conflict_markers_in_the_combined_file(plain: Repository) -> None:
    for name in ("one", "two"):
        switch(plain, name)
        plain.replace("posts Post[]", f"posts Post[] // {name}", USER)
        generate(plain)
        plain.commit()
    assert plain.run("git", "merge", "one").code == 1
    plain.git("checkout", "--ours", USER)
    assert report(plain) == Report("conflicted", {}, {})


def test_the_same_conflict_markers_in_both(plain: Repository) -> None:
    ours, theirs = "  posts Post[] // ours\n", "  posts Post[] // theirs\n"
    conflict = f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"
    for path in (USER, OUTPUT):
        plain.replace("  posts Post[]\n", conflict, path)
    ran = plain.tool("check", "--format", "json")
    (schema,) = json.loads(ran.out)["schemas"]
    assert (ran.code, schema["status"]) == (1, "invalid")
    places = [(one["rule"], one["path"], one["line"]) for one in schema["findings"]]
    assert places == [("conflict-marker", USER, 4)]


def test_crlf(story: Repository) -> None:
    story.write(OUTPUT, story.read().replace("\n", "\r\n"))
    assert report(story) == IN_SYNC
    edit_by_hand(story)
    assert_says(story, HAND_EDITED)
    edit_source(story)
    assert_says(story, DIVERGED)


def test_crlf_in_a_source(plain: Repository) -> None:
    plain.write(USER, plain.read(USER).replace("\n", "\r\n"))
    assert report(plain) == IN_SYNC
    edit_by_hand(plain)
    assert_says(plain, HAND_EDITED)
