"""Merges of combined files, as git asks for them."""

import os
import random
import shlex
import shutil
import stat
import sys
from pathlib import Path

import pytest

from conftest import SAMPLE, SOURCES, Ran, Repository
from prisma_combine import config, git, state
from prisma_combine.combined import places, render, section
from prisma_combine.merge import merge
from prisma_combine.source import trim
from prisma_combine.tree import Disk

CASES = int(os.environ.get("PRISMA_COMBINE_BRANCHES", "300"))
DIRECTORY = "prisma/schema"
OUTPUT = "prisma/schema.prisma"
CONFIG = f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "{DIRECTORY}"\n'
NAMES = ["base.prisma", "user.prisma", "post.prisma"]
USER = f"{DIRECTORY}/user.prisma"
POST = f"{DIRECTORY}/post.prisma"
IN_SYNC = Ran(0, "", "prisma/schema.prisma: in sync\n")


def combined(bodies: dict[str, str]) -> bytes:
    return render(DIRECTORY, [section(name, body) for name, body in bodies.items()]).encode()


BASE = combined(SOURCES)


def changed(name: str, old: str, new: str, bodies: dict[str, str] = SOURCES) -> dict[str, str]:
    assert old in bodies[name]
    return {**bodies, name: bodies[name].replace(old, new)}


def no_merge(base: str, ours: str, theirs: str) -> tuple[str, bool]:
    raise AssertionError((base, ours, theirs))


def test_each_side_changes_another_source() -> None:
    """No text needs a merge; both headers change."""
    ours = changed("user.prisma", "email String", "email Int")
    theirs = changed("post.prisma", "authorId Int", "authorId BigInt")
    both = changed("post.prisma", "authorId Int", "authorId BigInt", ours)
    assert merge(BASE, combined(ours), combined(theirs), no_merge) == (combined(both), True)


def test_both_change_parts_of_one_source() -> None:
    ours = changed("user.prisma", "id    Int    @id", "id    BigInt @id")
    theirs = changed("user.prisma", "Post[]", "Post[]\n  name  String")
    both = changed("user.prisma", "Post[]", "Post[]\n  name  String", ours)
    assert merge(BASE, combined(ours), combined(theirs), git.merge_file) == (combined(both), True)


def test_conflict_stays_in_its_section() -> None:
    ours = changed("user.prisma", "email String", "email Int")
    theirs = changed("user.prisma", "email String", "email Bytes")
    theirs = changed("post.prisma", "authorId Int", "authorId BigInt", theirs)
    merged, clean = merge(BASE, combined(ours), combined(theirs), git.merge_file)
    assert not clean
    found = [place.section for place in places(merged.decode())]
    assert [part.name for part in found] == NAMES
    assert found[0] == section("base.prisma", SOURCES["base.prisma"])
    assert found[2] == section("post.prisma", theirs["post.prisma"])
    assert found[1].body == (
        "model User {\n  id    Int    @id\n<<<<<<< ours\n  email Int @unique\n=======\n"
        "  email Bytes @unique\n>>>>>>> theirs\n  posts Post[]\n}\n"
    )


@pytest.mark.parametrize("swap", [False, True])
def test_sections_come_and_go(swap: bool) -> None:
    tag = {"tag.prisma": "model Tag {\n  id Int @id\n}\n"}
    without = {name: body for name, body in SOURCES.items() if name != "post.prisma"}
    sides = [combined(SOURCES | tag), combined(without)]
    if swap:
        sides.reverse()
    assert merge(BASE, sides[0], sides[1], git.merge_file) == (combined(without | tag), True)
    both = [combined({"a.prisma": "// a\n", **SOURCES}), combined(SOURCES | tag)]
    if swap:
        both.reverse()
    assert merge(BASE, both[0], both[1], git.merge_file) == (
        combined({"a.prisma": "// a\n", **SOURCES} | tag),
        True,
    )


def test_a_new_source_may_be_empty() -> None:
    both = SOURCES | {"tag.prisma": ""}
    for sides in [(both, SOURCES), (SOURCES, both)]:
        assert merge(BASE, combined(sides[0]), combined(sides[1]), git.merge_file) == (
            combined(both),
            True,
        )


def test_removed_here_and_changed_there() -> None:
    without = {name: body for name, body in SOURCES.items() if name != "post.prisma"}
    theirs = changed("post.prisma", "authorId Int", "authorId BigInt")
    for sides in [(without, theirs), (theirs, without)]:
        merged, clean = merge(BASE, combined(sides[0]), combined(sides[1]), git.merge_file)
        assert not clean
        found = {place.section.name: place.section.body for place in places(merged.decode())}
        assert list(found) == NAMES
        assert found["post.prisma"].count("<<<<<<<") == 1
        assert "authorId BigInt" in found["post.prisma"]
        assert {name: found[name] for name in without} == without


def test_new_on_both_sides() -> None:
    same = SOURCES | {"tag.prisma": "model Tag {\n  id Int @id\n}\n"}
    other = SOURCES | {"tag.prisma": "model Tag {\n  name String @id\n}\n"}
    assert merge(BASE, combined(same), combined(same), git.merge_file) == (combined(same), True)
    assert not merge(BASE, combined(same), combined(other), git.merge_file)[1]
    # Without a version that both began as, all there is is new.
    assert merge(b"", combined(SOURCES), combined(SOURCES), git.merge_file) == (BASE, True)
    merged, clean = merge(b"", combined(SOURCES), combined(same), git.merge_file)
    assert (merged, clean) == (combined(same), True)


def test_both_add_a_source_at_one_place() -> None:
    """Where all are in dependency order, the sources of both sides decide on the order."""
    base = {name: SOURCES[name] for name in ("base.prisma", "user.prisma")}
    tag, note = "model Tag {\n  id Int @id\n}\n", "model Note {\n  id Int @id\n}\n"
    user, all_of_them = base["user.prisma"], {"base.prisma": base["base.prisma"]}
    ours = all_of_them | {"tag.prisma": tag, "user.prisma": user}
    theirs = all_of_them | {"note.prisma": note, "user.prisma": user}
    all_of_them |= {"note.prisma": note, "tag.prisma": tag, "user.prisma": user}
    for sides in [(ours, theirs), (theirs, ours)]:
        assert merge(combined(base), combined(sides[0]), combined(sides[1]), git.merge_file) == (
            combined(all_of_them),
            True,
        )


def test_both_add_a_source_to_a_list() -> None:
    """In any other order the list decides, and where it conflicts ours come first."""
    tag = {"tag.prisma": "model Tag {\n  id Int @id\n}\n"}
    note = {"note.prisma": "model Note {\n  id Int @id\n}\n"}
    assert merge(BASE, combined(SOURCES | tag), combined(SOURCES | note), git.merge_file) == (
        combined(SOURCES | note | tag),
        True,
    )


def test_both_move_a_source_in_a_list() -> None:
    """Git merges the lists without a conflict; the source stands in the merged one twice."""
    names = [f"{letter}.prisma" for letter in "gfedcba"]
    bodies = {name: f"enum {name[0]} {{\n}}\n" for name in names}
    rest = [name for name in names if name != "d.prisma"]
    base, ours, theirs = (
        combined({name: bodies[name] for name in order})
        for order in (names, ["d.prisma", *rest], [*rest, "d.prisma"])
    )
    assert merge(base, ours, theirs, git.merge_file) == (ours, True)


def test_a_hand_edit_is_still_one() -> None:
    """Its stamp is not made anew, or `check --fix` would throw the edit away as stale."""
    edited = BASE.replace(b"email String", b"email Int")
    theirs = changed("user.prisma", "Post[]", "Post[]\n  name  String")
    theirs = changed("post.prisma", "authorId Int", "authorId BigInt", theirs)
    for sides in [(edited, combined(theirs)), (combined(theirs), edited)]:
        merged, clean = merge(BASE, sides[0], sides[1], git.merge_file)
        assert clean
        expected = combined(theirs).replace(b"email String", b"email Int")
        assert merged == expected


def test_newlines_are_those_of_ours() -> None:
    ours = combined(changed("user.prisma", "id    Int    @id", "id    BigInt @id"))
    theirs = combined(changed("user.prisma", "Post[]", "Post[]\n  name  String"))
    merged, _ = merge(BASE, ours, theirs, git.merge_file)
    for base, other in [(BASE, theirs), (BASE.replace(b"\n", b"\r\n"), theirs)]:
        crlf = merge(base, ours.replace(b"\n", b"\r\n"), other, git.merge_file)
        assert crlf == (merged.replace(b"\n", b"\r\n"), True)
    assert merge(BASE, ours, theirs.replace(b"\n", b"\r\n"), git.merge_file) == (merged, True)


def test_what_is_not_ours_is_merged_as_any_text() -> None:
    base, ours, theirs = b"a\nb\r\nc\nd\n", b"A\nb\r\nc\nd\n", b"a\nb\r\nc\nD\xff"
    assert merge(base, ours, theirs, git.merge_file) == (b"A\nb\r\nc\nD\xff", True)
    twice = BASE + b"\n// user.prisma 0123456789ab\n"
    merged, clean = merge(BASE, twice, BASE.replace(b"User", b"Person"), git.merge_file)
    assert (merged, clean) == (twice.replace(b"User", b"Person"), True)


def test_bytes_that_are_not_utf8() -> None:
    ours = BASE.replace(b"  posts Post[]", b"  posts Post[] // \xff")
    theirs = combined(changed("post.prisma", "authorId Int", "authorId BigInt"))
    merged, clean = merge(BASE, ours, theirs, git.merge_file)
    assert (merged, clean) == (theirs.replace(b"  posts Post[]", b"  posts Post[] // \xff"), True)


def edited(lines: list[str], chance: random.Random) -> list[str]:
    """Lines after a few edits of the kinds that people make."""
    lines = list(lines)
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(lines))
        count = chance.randint(1, 4)
        match chance.choice(["insert", "delete", "change", "move", "model"]):
            case "insert":
                lines[at:at] = [f"  f{chance.randrange(99)} Int" for _ in range(count)]
            case "delete":
                del lines[at : at + count]
            case "change":
                lines[at : at + 1] = [line + " // changed" for line in lines[at : at + 1]]
            case "move":
                moved = lines[at : at + count]
                del lines[at : at + count]
                to = chance.randint(0, len(lines))
                lines[to:to] = moved
            case "model":
                lines[at:at] = ["", f"model M{chance.randrange(999)} {{", "  id Int @id", "}"]
    # Blank lines at a file's end count for git, and are not in its section.
    return trim("\n".join(lines))[0].split("\n")


def test_random_branches(tmp_path: Path, environment: dict[str, str]) -> None:
    """A clean result is the combined file of the sources as git merged them."""
    chance = random.Random(CASES)  # noqa: S311  # to be repeated, not to be secret
    repository = Repository(tmp_path, environment)
    repository.git("init", "--quiet")
    repository.write(".gitattributes", "* -text")
    table = '[[schema]]\noutput = "{0}.prisma"\ndirectory = "{0}"\n'
    folders = [f"c{case}" for case in range(CASES)]
    repository.write("prisma-combine.toml", "".join(table.format(name) for name in folders))
    sample = [path.read_text() for path in sorted(SAMPLE.rglob("schemas/*.prisma"))]
    base = [
        {f"{name}.prisma": chance.choice(sample).split("\n") for name in "abc"} for _ in folders
    ]
    branches = {"main": base, "ours": [], "theirs": []}
    for name in ("ours", "theirs"):
        for files in base:
            side = {
                path: edited(lines, chance) if chance.random() < 0.6 else lines
                for path, lines in files.items()
                if chance.random() > 0.05
            }
            if chance.random() < 0.2:
                side[f"{chance.choice('xyz')}.prisma"] = ["model X {", "  id Int @id", "}", ""]
            branches[name].append(side)

    texts: dict[str, list[bytes]] = {}
    for name, cases in branches.items():
        if name != "main":
            repository.git("switch", "--quiet", "--create", name, "main")
        for folder, files in zip(folders, cases, strict=True):
            shutil.rmtree(tmp_path / folder, ignore_errors=True)
            (tmp_path / folder).mkdir()
            for path, lines in files.items():
                repository.write(f"{folder}/{path}", "\n".join(lines))
            repository.write(f"{folder}/z.md", "")
        repository.commit()
        texts[name] = regenerated(tmp_path)
    repository.git("switch", "--quiet", "ours")
    # A renamed file would be one of another case.
    repository.run("git", "-c", "merge.renames=false", "merge", "--quiet", "theirs")
    unmerged = repository.git("ls-files", "--unmerged")
    clean = {folder for folder in folders if f"\t{folder}/" not in unmerged}
    assert len(clean) > CASES / 10

    needless = 0
    for folder, base_text, ours, theirs, expected in zip(
        folders, texts["main"], texts["ours"], texts["theirs"], regenerated(tmp_path), strict=True
    ):
        merged, is_clean = merge(base_text, ours, theirs, git.merge_file)
        if folder in clean:
            assert merged == expected or not is_clean
            needless += not is_clean
    # Versions of git before 2.44 merge files by another algorithm than branches: 1 in 1000.
    assert needless <= len(clean) / 100


def regenerated(root: Path) -> list[bytes]:
    configuration = config.load(str(root / "prisma-combine.toml"))
    tree = Disk(configuration.root)
    return [state.of(configuration, one, tree).regenerated for one in configuration.targets]


@pytest.fixture
def driven(repository: Repository) -> Repository:
    """A repository that merges combined files by the driver, and a branch named other."""
    driver = f"{shlex.quote(sys.executable)} -m prisma_combine merge-driver %O %A %B %P"
    repository.git("config", "merge.prisma-combine.driver", driver)
    repository.write(".gitattributes", f"{OUTPUT} merge=prisma-combine\n")
    repository.commit()
    repository.git("branch", "other")
    return repository


def change(repository: Repository, branch: str, old: str, new: str, path: str = USER) -> None:
    repository.git("switch", "--quiet", branch)
    repository.replace(old, new, path)
    repository.tool("combine")
    assert repository.commit().code == 0


def test_git_merge(driven: Repository) -> None:
    change(driven, "other", "id    Int    @id", "id    BigInt @id")
    change(driven, "other", "authorId Int", "authorId BigInt", POST)
    change(driven, "main", "posts Post[]", "posts Post[]\n  name  String")
    ran = driven.run("git", "merge", "--no-edit", "other")
    assert (ran.code, ran.err) == (0, "")
    assert driven.git("status", "--porcelain") == ""
    assert driven.tool("check") == IN_SYNC
    assert "id    BigInt @id" in driven.read()
    assert "  name  String\n" in driven.read()


@pytest.mark.parametrize("command", ["merge", "rebase", "cherry-pick"])
def test_git_conflict(driven: Repository, command: str) -> None:
    change(driven, "other", "email String", "email Bytes")
    change(driven, "main", "email String", "email Int")
    ran = driven.run("git", command, "other")
    assert ran.code == 1
    assert (
        f"{OUTPUT}: conflict in user.prisma; resolve the sources, then run"
        " `prisma-combine combine`\n"
    ) in ran.err
    assert driven.read().count("<<<<<<<") == 1
    assert [place.section.name for place in places(driven.read())] == NAMES

    resolved = SOURCES["user.prisma"].replace("email String", "email Text")
    driven.write(USER, resolved)
    check = driven.tool("check")
    assert "prisma/schema.prisma: holds merge conflict markers\n" in check.err
    assert driven.tool("combine").code == 0
    driven.git("add", USER, OUTPUT)
    assert driven.tool("check") == IN_SYNC


def test_without_the_driver(repository: Repository) -> None:
    """Two sources that stand beside each other, both changed: git sees one conflict."""
    repository.git("branch", "other")
    change(repository, "other", "id    Int    @id", "id    BigInt @id")
    change(repository, "main", "posts Post[]", "posts Post[]\n  name  String")
    assert repository.run("git", "merge", "--no-edit", "other").code == 1
    check = repository.tool("check")
    assert "prisma/schema.prisma: holds merge conflict markers\n" in check.err
    assert repository.tool("combine").code == 0
    assert repository.tool("check") == IN_SYNC


def driver(repository: Repository, *names: str, **environment: str) -> Ran:
    return repository.tool("merge-driver", *names, "a/schema.prisma", environment=environment)


def test_driver_by_hand(repository: Repository) -> None:
    """It needs no configuration, and keeps the permissions of ours."""
    (repository.root / "prisma-combine.toml").unlink()
    ours = combined(changed("user.prisma", "email String", "email Int"))
    theirs = combined(changed("post.prisma", "authorId Int", "authorId BigInt"))
    for name, data in {"O": BASE, "A": ours, "B": theirs}.items():
        repository.write(f".merge_file_{name}", data)
    (repository.root / ".merge_file_A").chmod(0o640)
    folder = str(repository.root / ".git")
    names = [f".merge_file_{name}" for name in "OAB"]
    ran = driver(repository, *names, GIT_DIR=folder, GIT_INDEX_FILE=f"{folder}/index")
    assert ran == Ran(0, "", "")
    both = changed("post.prisma", "authorId Int", "authorId BigInt")
    both = changed("user.prisma", "email String", "email Int", both)
    assert repository.read(".merge_file_A").encode() == combined(both)
    assert stat.S_IMODE((repository.root / ".merge_file_A").stat().st_mode) == 0o640

    repository.write("O", "")
    for base in ("O", "nowhere", os.devnull):
        repository.write("A", BASE)
        repository.write("B", BASE)
        assert driver(repository, base, "A", "B") == Ran(0, "", "")
    assert driver(repository, "O", "A", "nowhere") == Ran(
        2,
        "",
        "prisma-combine: nowhere: no such file; give the three that git names: %O %A %B\n",
    )
    repository.write("A", "mine\n")
    repository.write("B", "other\n")
    ran = driver(repository, "O", "A", "B")
    assert ran.code == 1
    assert ran.err.startswith("a/schema.prisma: conflict; ")
    assert repository.read("A") == "<<<<<<< ours\nmine\n=======\nother\n>>>>>>> theirs\n"
