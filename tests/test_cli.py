"""The commands as users run them: whole outputs, exit codes, and what is written."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from conftest import CONFIG, SOURCES, Ran, Repository, ordinary_user

FIX = "mend it: prisma-combine check --fix\n"
KEEP = "keep it: prisma-combine adopt      discard it: prisma-combine check --fix\n"


def test_hand_edited(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")
    assert repository.tool("check") == Ran(
        1,
        """\
--- a/prisma/schema.prisma
+++ b/prisma/schema.prisma
@@ -15,7 +15,7 @@ user.prisma
 
 model User {
   id    Int    @id
-  email String
+  email String @unique
   posts Post[]
 }
 
""",
        """\
prisma/schema.prisma: edited by hand
  user.prisma   +1 -1   belongs in prisma/schema/user.prisma:3
"""
        + KEEP,
    )


def test_stale(repository: Repository) -> None:
    repository.replace("Post[]", "Post[]\n  name  String", "prisma/schema/user.prisma")
    stamp = re.findall("user.prisma ([0-9a-f]{12})", repository.read())[0]
    new = repository.git("hash-object", "prisma/schema/user.prisma")[:12]
    assert repository.tool("check") == Ran(
        1,
        f"""\
--- a/prisma/schema.prisma
+++ b/prisma/schema.prisma
@@ -10,13 +10,14 @@ user.prisma
 }}
 
 // ============================================
-// user.prisma {stamp}
+// user.prisma {new}
 // ============================================
 
 model User {{
   id    Int    @id
   email String @unique
   posts Post[]
+  name  String
 }}
 
 // ============================================
""",
        "prisma/schema.prisma: stale\n"
        "  user.prisma   +1 -0   changed in prisma/schema/user.prisma:5\n" + FIX,
    )


def test_all_that_can_differ_at_once(repository: Repository) -> None:
    repository.write("prisma-combine.toml", CONFIG.replace('"user.prisma"', '"new.prisma"'))
    repository.git("mv", "prisma/schema/user.prisma", "prisma/schema/new.prisma")
    repository.replace("Int  @id", "BigInt  @id")
    ran = repository.tool("check")
    assert (ran.code, ran.err) == (
        1,
        """\
prisma/schema.prisma: edited by hand, and stale
  new.prisma            new: prisma/schema/new.prisma
  post.prisma   +1 -1   belongs in prisma/schema/post.prisma:2
  user.prisma           not a source any more: prisma/schema/user.prisma
"""
        + KEEP,
    )


def test_paths_are_those_from_the_working_directory(repository: Repository) -> None:
    repository.replace("Post[]", "Post[] ", "prisma/schema/user.prisma")
    ran = repository.tool("check", cwd="prisma")
    assert ran.out.startswith("--- a/schema.prisma\n+++ b/schema.prisma\n@@ ")
    assert ran.err == (
        "schema.prisma: stale\n  user.prisma   +1 -1   changed in schema/user.prisma:4\n" + FIX
    )
    assert repository.run("git", "apply", stdin=ran.out.encode(), cwd="prisma").code == 0
    assert repository.tool("check", cwd="prisma/schema").err == "../schema.prisma: in sync\n"


@pytest.mark.parametrize(
    ("change", "status", "remedy"),
    [
        (
            lambda text: text.replace("id    Int", "id  Int"),
            "reformatted: only its layout differs\n  user.prisma   +1 -1   layout of prisma/schema/user.prisma:2",
            FIX,
        ),
        (lambda text: "<<<<<<< HEAD\n" + text, "holds merge conflict markers", FIX),
        (
            lambda _: "model A {\n}\n",
            "not written by prisma-combine",
            FIX,
        ),
    ],
)
def test_other_verdicts(
    repository: Repository, change: Callable[[str], str], status: str, remedy: str
) -> None:
    repository.write("prisma/schema.prisma", change(repository.read()))
    ran = repository.tool("check")
    assert (ran.code, ran.err) == (1, f"prisma/schema.prisma: {status}\n{remedy}")
    assert repository.tool("check", "--fix").code == 1
    assert repository.tool("check", "--fix") == Ran(0, "", "prisma/schema.prisma: in sync\n")


def test_json(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")
    repository.write("prisma/schema/new.prisma", "\n")
    diff = repository.tool("check").out
    ran = repository.tool("check", "--format", "json")
    assert (ran.code, ran.err, diff) == (1, "", "")
    finding = {
        "rule": "unlisted-file",
        "path": "prisma/schema/new.prisma",
        "line": 1,
        "message": json.loads(ran.out)["schemas"][0]["findings"][0]["message"],
    }
    assert json.loads(ran.out) == {
        "version": 1,
        "schemas": [
            {
                "output": "prisma/schema.prisma",
                "status": "invalid",
                "sections": [],
                "findings": [finding],
                "diff": "",
            }
        ],
    }
    (repository.root / "prisma/schema/new.prisma").unlink()
    diff = repository.tool("check").out
    section = {"status": "in-sync", "edits": []}
    assert json.loads(repository.tool("check", "--format=json").out) == {
        "version": 1,
        "schemas": [
            {
                "output": "prisma/schema.prisma",
                "status": "hand-edited",
                "sections": [
                    {"source": "prisma/schema/base.prisma", "line": 5} | section,
                    {
                        "source": "prisma/schema/user.prisma",
                        "line": 13,
                        "status": "hand-edited",
                        "edits": [{"line": 18, "source_line": 3, "added": 1, "removed": 1}],
                    },
                    {"source": "prisma/schema/post.prisma", "line": 23} | section,
                ],
                "findings": [],
                "diff": diff,
            }
        ],
    }


def test_fix_keeps_what_it_replaces(repository: Repository) -> None:
    repository.replace("email String @unique", "email String")
    edited = repository.read()
    blob = repository.git("hash-object", "prisma/schema.prisma").strip()
    ran = repository.tool("check", "--fix")
    assert ran.out.startswith("--- a/prisma/schema.prisma\n")
    assert (ran.code, ran.err) == (
        1,
        f"""\
prisma/schema.prisma: edited by hand
  user.prisma   +1 -1   belongs in prisma/schema/user.prisma:3
prisma/schema.prisma: written
  it replaced a file that was edited by hand in user.prisma
  the old text is kept; show it: git cat-file -p {blob}
  carry the edit into the sources: git cat-file -p {blob} > prisma/schema.prisma && \
prisma-combine adopt
commit it: git add prisma/schema.prisma
""",
    )
    assert repository.git("cat-file", "-p", blob) == edited
    assert repository.tool("check", "--fix") == Ran(0, "", "prisma/schema.prisma: in sync\n")


def test_fix_outside_a_repository(folder: Repository) -> None:
    folder.write("prisma/schema.prisma", "mine\n")
    ran = folder.tool("check", "--fix")
    assert (ran.code, ran.err) == (
        1,
        """\
prisma/schema.prisma: not written by prisma-combine
prisma/schema.prisma: written
  it replaced a file that was not written by prisma-combine
  the old text is not kept, because there is no git repository
commit it: git add prisma/schema.prisma
""",
    )


def test_combine_twice_leaves_the_file_alone(repository: Repository) -> None:
    file = repository.root / "prisma" / "schema.prisma"
    os.utime(file, (1, 1))
    before = file.stat().st_mtime, file.stat().st_ino
    assert repository.tool("combine") == Ran(0, "", "prisma/schema.prisma: up to date\n")
    assert (file.stat().st_mtime, file.stat().st_ino) == before


def test_combine_keeps_newlines_mode_and_link(repository: Repository) -> None:
    file, real = repository.root / "prisma" / "schema.prisma", repository.root / "real.prisma"
    real.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    real.chmod(0o600)
    file.unlink()
    file.symlink_to("../real.prisma")
    expected = real.read_bytes().replace(b"Post[]\r\n", b"Post[]\r\n  a Int\r\n")
    repository.replace("Post[]", "Post[]\n  a Int", "prisma/schema/user.prisma")
    assert repository.tool("combine").code == 0
    assert file.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    stamps = re.compile(rb"[0-9a-f]{12}\r\n")
    assert stamps.sub(b"", real.read_bytes()) == stamps.sub(b"", expected)
    assert repository.tool("check").err.endswith("in sync\n")


def test_combine_prints_and_writes_nothing(folder: Repository) -> None:
    before = folder.files()
    ran = folder.tool("combine", "--stdout")
    assert (ran.code, ran.err, folder.files()) == (0, "", before)
    folder.tool("combine")
    assert folder.read() == ran.out
    folder.write(
        "prisma-combine.toml", CONFIG + '[[schema]]\noutput="b.prisma"\ndirectory="prisma"'
    )
    assert folder.tool("combine", "--stdout") == Ran(
        2,
        "",
        "prisma-combine: prisma-combine.toml: --stdout prints one combined file, and there are 2"
        " [[schema]] tables; leave it out\n",
    )


MANY = """\
[[schema]]
output = "a.prisma"
directory = "a"
[[schema]]
output = "b.prisma"
directory = "b"
[[schema]]
output = "c.prisma"
directory = "c"
"""


def test_one_target_hides_no_other(folder: Repository) -> None:
    folder.write("prisma-combine.toml", MANY)
    for name in "abc":
        folder.write(f"{name}/{name}.prisma", f"model {name} {{\n}}\n")
    assert folder.tool("combine").code == 0
    assert folder.tool("check") == Ran(0, "", "".join(f"{n}.prisma: in sync\n" for n in "abc"))
    folder.write("a/a.prisma", "model new {\n}\n")
    folder.write("b/b.prisma", "<<<<<<< HEAD\n")
    folder.write("c/c.prisma", b"\xff")
    before = folder.files()
    for arguments in (["check"], ["check", "--fix"]):
        ran = folder.tool(*arguments)
        assert ran.code == 2
        assert ran.out.startswith("--- a/a.prisma\n+++ b/a.prisma\n@@ ")
        lines = ran.err.split("\n")
        assert lines[0:2] == ["a.prisma: stale", "  a.prisma   +1 -1   changed in a/a.prisma:1"]
        assert "b.prisma: can't be combined" in lines
        # One target's mend is not to touch another's hand edits.
        mend = "mend it: prisma-combine check --fix a.prisma"
        assert (mend in lines) is (arguments == ["check"] or "c/c.prisma" in ran.err)
        assert lines[-3:] == [
            "0 of 2 schemas in sync",
            "prisma-combine: c/c.prisma:1: not UTF-8: byte 0xff at offset 0; save the file as UTF-8",
            "",
        ]
        assert folder.files() == before
    folder.write("c/c.prisma", "model c {\n}\n")
    ran = folder.tool("combine")
    assert (ran.code, ran.err.split("\n")[-3:]) == (
        1,
        ["a.prisma: written", "c.prisma: up to date", ""],
    )


def test_check_of_paths(folder: Repository) -> None:
    folder.write("prisma-combine.toml", MANY)
    for name in "abc":
        folder.write(f"{name}/{name}.prisma", f"model {name} {{\n}}\n")
    folder.tool("combine")
    folder.write("a/a.prisma", "model new {\n}\n")
    assert folder.tool("check", "b", "c/c.prisma").err == "b.prisma: in sync\nc.prisma: in sync\n"
    assert folder.tool("check", "a/a.prisma").code == 1
    assert folder.tool("check", "b/../a", cwd="c") == Ran(
        2, "", "prisma-combine: b/../a: no such file or folder; mend the path\n"
    )
    assert folder.tool("check", "../a", cwd="c").code == 1


def _sub(path: str, text: str | bytes) -> Callable[[Repository], None]:
    return lambda folder: folder.write(path, text)


def _link(folder: Repository) -> None:
    (folder.root / "prisma/schema/user.prisma").unlink()
    (folder.root / "prisma/schema/user.prisma").symlink_to("/dev/null")


def _link_directory(folder: Repository) -> None:
    (folder.root / "prisma/schema").rename(f"{folder.root}-outside")
    (folder.root / "prisma/schema").symlink_to(f"{folder.root}-outside")


def _link_output(folder: Repository) -> None:
    (folder.root / "prisma/schema.prisma").symlink_to(folder.root.parent / "outside.prisma")


def _link_config(folder: Repository) -> None:
    (folder.root / "prisma-combine.toml").rename(folder.root.parent / "outside.toml")
    (folder.root / "prisma-combine.toml").symlink_to(folder.root.parent / "outside.toml")


def _link_to_nothing(folder: Repository) -> None:
    folder.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")])
    (folder.root / "prisma/schema/user.prisma").unlink()
    (folder.root / "prisma/schema/user.prisma").symlink_to("nowhere")


def _make_folder(folder: Repository) -> None:
    (folder.root / "prisma/schema/user.prisma").unlink()
    (folder.root / "prisma/schema/user.prisma").mkdir()


def _make_output_a_folder(folder: Repository) -> None:
    (folder.root / "prisma/schema.prisma").mkdir()


def _remove_directory(folder: Repository) -> None:
    (folder.root / "prisma/schema").rename(folder.root / "elsewhere")


@pytest.mark.parametrize("command", [["check"], ["check", "--fix"], ["combine"]])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda folder: (folder.root / "prisma-combine.toml").unlink(),
            "no prisma-combine.toml in ROOT or above it, up to /; write one with `prisma-combine init`, or name it with --config PATH",
        ),
        (
            _sub("prisma-combine.toml", CONFIG.replace("files", "file")),
            'prisma-combine.toml:4: unknown key "file"; did you mean "files"?',
        ),
        (
            _sub("prisma/schema/user.prisma", b"a\n\xff"),
            "prisma/schema/user.prisma:2: not UTF-8: byte 0xff at offset 2; save the file as UTF-8",
        ),
        (
            _link,
            "prisma/schema/user.prisma: a symbolic link leads out of ROOT, to /dev/null; put the file itself there",
        ),
        (
            _link_directory,
            "prisma/schema: a symbolic link leads out of ROOT, to ROOT-outside; put the file itself there",
        ),
        (
            _link_output,
            "prisma/schema.prisma: a symbolic link leads out of ROOT, to PARENT/outside.prisma; put the file itself there",
        ),
        (
            _link_config,
            "prisma-combine.toml: a symbolic link leads out of ROOT, to PARENT/outside.toml; put the file itself there",
        ),
        (
            _link_to_nothing,
            "prisma/schema/user.prisma: is a link to nothing, or has just gone; remove it, or run this again",
        ),
        (
            _make_folder,
            "prisma/schema/user.prisma: can't be read: is a directory; put a readable file there",
        ),
        (
            _make_output_a_folder,
            "prisma/schema.prisma: can't be read: is a directory; put a readable file there",
        ),
        (
            _remove_directory,
            'prisma-combine.toml:3: directory "prisma/schema" does not exist; mend the path, or add the folder',
        ),
    ],
)
def test_what_ends_with_2(
    folder: Repository, command: list[str], change: Callable[[Repository], None], message: str
) -> None:
    change(folder)
    before = folder.files()
    ran = folder.tool(*command)
    message = message.replace("ROOT", str(folder.root)).replace("PARENT", str(folder.root.parent))
    assert ran == Ran(2, "", f"prisma-combine: {message}\n")
    assert folder.files() == before


def test_no_source_yet(folder: Repository) -> None:
    """A combined file of nothing is right, whichever command is asked."""
    folder.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")])
    for name in SOURCES:
        (folder.root / "prisma/schema" / name).unlink()
    assert folder.tool("combine") == Ran(0, "", "prisma/schema.prisma: written\n")
    assert folder.tool("combine") == Ran(0, "", "prisma/schema.prisma: up to date\n")
    for command in (["check"], ["check", "--verbose"], ["check", "--fix"]):
        assert folder.tool(*command) == Ran(0, "", "prisma/schema.prisma: in sync\n")
    assert folder.tool("adopt") == Ran(0, "", "prisma/schema.prisma: nothing to adopt\n")


@pytest.mark.parametrize(
    ("path", "mode", "command", "message"),
    [
        (
            "prisma/schema/user.prisma",
            0,
            "check",
            "prisma/schema/user.prisma: can't be read: permission denied; put a readable file there",
        ),
        (
            "prisma/schema",
            0,
            "check",
            "prisma/schema: can't be listed: permission denied; make the folder readable",
        ),
        (
            "prisma",
            0o555,
            "combine",
            "prisma/schema.prisma: can't be written: permission denied; make file and folder writable",
        ),
        (
            "prisma/schema.prisma",
            0o444,
            "combine",
            "prisma/schema.prisma: can't be written: the file is read-only; make file and folder writable",
        ),
    ],
)
def test_permissions(
    folder: Repository,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    path: str,
    mode: int,
    command: str,
    message: str,
) -> None:
    from prisma_combine.__main__ import main

    folder.write("prisma/schema.prisma", "old\n")
    before = folder.files()
    monkeypatch.chdir(folder.root)
    monkeypatch.setattr("sys.argv", ["prisma-combine", command])
    old = (folder.root / path).stat().st_mode
    with pytest.raises(SystemExit):
        main()  # imports what an ordinary user may not be able to read
    capsys.readouterr()
    folder.write("prisma/schema.prisma", "old\n")
    with ordinary_user(folder.root):
        (folder.root / path).chmod(mode)
        code = main()
        (folder.root / path).chmod(old)
    assert (code, capsys.readouterr().err) == (2, f"prisma-combine: {message}\n")
    assert folder.files() == before


def test_without_git(folder: Repository) -> None:
    """The verdict and the exit code need no git; the diff does."""
    folder.tool("combine")
    empty = folder.root / "bin"
    empty.mkdir()
    assert folder.tool("check", environment={"PATH": str(empty)}) == Ran(
        0, "", "prisma/schema.prisma: in sync\n"
    )
    folder.replace("Post[]", "Post[] ")
    ran = folder.tool("check", environment={"PATH": str(empty)})
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(
        "prisma/schema.prisma: reformatted: only its layout differs\n"
        "  user.prisma   layout of prisma/schema/user.prisma\n"
        "there is no diff, because git is not installed\n"
    )


USER = "prisma/schema/user.prisma"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda r: (r.root / USER).unlink(),
            f"{USER}:1: missing-file: listed in prisma-combine.toml:4 but does not exist; add it or take it off the list",
        ),
        (
            lambda r: r.write("prisma/schema/new.prisma", ""),
            "prisma/schema/new.prisma:1: unlisted-file: not listed in prisma-combine.toml:4; add it to `files`, or to `exclude`",
        ),
        (
            lambda r: r.write(
                "prisma-combine.toml", CONFIG.replace('"post', '"./user.prisma", "post')
            ),
            f"{USER}:1: listed-twice: listed 2 times, in prisma-combine.toml:4; keep one",
        ),
        (
            lambda r: r.write(USER, SOURCES["user.prisma"] + "\n// user.prisma 0123456789ab\n"),
            f"{USER}:7: section-header: reads as a section header of the combined file; reword this comment",
        ),
        (
            lambda r: r.write(USER, "\ufeff\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> other\r\n"),
            f"{USER}:2: conflict-marker: holds an unresolved merge; resolve it",
        ),
        (
            lambda r: r.write(USER, SOURCES["user.prisma"] + "}\n"),
            f"{USER}:6: stray-brace: this `}}` closes nothing; remove it, or open its block in this file",
        ),
    ],
)
def test_findings_keep_a_schema_from_being_combined(
    repository: Repository, change: Callable[[Repository], object], said: str
) -> None:
    change(repository)
    before = repository.files()
    check = f"prisma/schema.prisma: can't be combined\n  {said}\n"
    assert repository.tool("check") == repository.tool("check", "--fix") == Ran(1, "", check)
    combine = f"prisma/schema.prisma: can't be combined; mend the sources first\n  {said}\n"
    assert repository.tool("combine") == Ran(1, "", combine)
    found = json.loads(repository.tool("check", "--format=json").out)["schemas"][0]
    place = [
        f"{one['path']}:{one['line']}: {one['rule']}: {one['message']}" for one in found["findings"]
    ]
    assert (found["status"], found["sections"], found["diff"], place) == ("invalid", [], "", [said])
    assert repository.files() == before


def test_untracked(repository: Repository) -> None:
    repository.write("prisma-combine.toml", CONFIG.replace('"post', '"new.prisma", "post'))
    repository.write("prisma/schema/new.prisma", "enum A {\n  B\n}\n")
    repository.git("rm", "--quiet", "--cached", "prisma/schema.prisma")
    assert repository.tool("combine").code == 0
    ran = repository.tool("check")
    assert ran == Ran(
        1,
        "",
        """\
prisma/schema.prisma: in sync, but not all of it is tracked
  prisma/schema/new.prisma:1: untracked: git does not track it, so it passes here and \
fails in CI; `git add` it
  prisma/schema.prisma:1: untracked: git does not track it, so it passes here and fails \
in CI; `git add` it
""",
    )
    repository.write(".gitignore", "/prisma/schema.prisma\n")
    assert repository.tool("check").err.count("untracked") == 1
    repository.git("add", ".")
    assert repository.tool("check") == Ran(0, "", "prisma/schema.prisma: in sync\n")


@pytest.mark.parametrize("name", [b"a\nb.prisma", b"a\xffb.prisma", b"\x1b[2J.prisma"])
def test_names_that_no_header_can_hold(folder: Repository, name: bytes) -> None:
    folder.write("prisma-combine.toml", CONFIG[: CONFIG.index("files")])
    Path(os.fsdecode(os.fsencode(folder.root / "prisma/schema") + b"/" + name)).write_bytes(b"")
    for command in ("check", "combine"):
        ran = folder.tool(command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.endswith(".prisma: can't be named in a combined file; rename it\n")
        assert ran.err.count("\n") == 1
    assert not (folder.root / "prisma/schema.prisma").exists()


def test_sources_outside_the_directory(repository: Repository) -> None:
    repository.write(
        "prisma-combine.toml", CONFIG.replace('"post', '"../common/enums.prisma", "post')
    )
    repository.write("prisma/common/enums.prisma", "enum A {\n  B\n}\n")
    assert repository.tool("combine").code == 0
    assert "// ../common/enums.prisma " in repository.read()
    assert repository.tool("check").err.startswith(
        "prisma/schema.prisma: in sync, but not all of it is tracked\n  prisma/common/enums.prisma:1: untracked: "
    )
    repository.git("add", ".")
    assert repository.tool("check") == Ran(0, "", "prisma/schema.prisma: in sync\n")


def test_a_closed_pipe(repository: Repository) -> None:
    repository.write("prisma/schema/user.prisma", "// x\n" * 100_000)
    ran = repository.run("sh", "-c", "prisma-combine check | head -1")
    assert (ran.code, ran.out) == (0, "--- a/prisma/schema.prisma\n")
    assert "Traceback" not in ran.err
    assert "Exception" not in ran.err


def test_quiet_and_verbose(repository: Repository) -> None:
    assert repository.tool("check", "--quiet") == Ran(0, "", "")
    assert repository.tool("check", "--quiet", "--color=never") == Ran(0, "", "")
    assert repository.tool("check", "--verbose").err == (
        "prisma/schema.prisma: in sync\n"
        "  base.prisma   in sync with prisma/schema/base.prisma\n"
        "  user.prisma   in sync with prisma/schema/user.prisma\n"
        "  post.prisma   in sync with prisma/schema/post.prisma\n"
    )
    repository.replace("Int  @id", "BigInt  @id")
    assert repository.tool("check", "--quiet") == repository.tool("check")


@pytest.mark.parametrize(
    ("arguments", "variables", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color=always"], {"NO_COLOR": "1"}, True),
        (["--color=never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(
    repository: Repository, arguments: list[str], variables: dict[str, str], coloured: bool
) -> None:
    repository.replace("Int  @id", "BigInt  @id")
    plain = repository.tool("check")
    ran = repository.tool("check", *arguments, environment=variables)
    codes = re.compile(r"\x1b\[[0-9]*m")
    assert (codes.sub("", ran.out), codes.sub("", ran.err)) == (plain.out, plain.err)
    changed = "\x1b[31m-  id       BigInt  @id\x1b[m\n\x1b[32m+  id       Int  @id\x1b[m\n"
    assert (changed in ran.out) is coloured
    assert (ran.err.startswith("\x1b[31mprisma/schema.prisma: edited by hand\x1b[m\n")) is coloured


def test_colour_in_a_terminal_and_only_there(repository: Repository) -> None:
    repository.replace("Int  @id", "BigInt  @id // \x1b[8m")
    command = [sys.executable, "-m", "prisma_combine", "check"]
    shown, terminal = pty.openpty()
    process = subprocess.Popen(
        command, cwd=repository.root, env=repository.environment, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    out = b""
    with suppress(OSError):  # so Linux ends a terminal that nobody writes to any more
        while more := os.read(shown, 4096):
            out += more
    os.close(shown)
    assert process.wait() == 1
    assert b"\x1b[31m-  id" in out
    # What the file holds never reaches a terminal as it is.
    assert b"\\x1b[8m" in out
    assert "\x1b[8m" in repository.tool("check").out


def test_version_and_help(folder: Repository) -> None:
    assert folder.tool("--version") == Ran(0, f"prisma-combine {version('prisma-combine')}\n", "")
    ran = folder.tool("--help")
    for command in ("check", "combine", "adopt", "locate", "merge-driver"):
        assert re.search(rf"^  {command} +[A-Z].*[^.]\.$", ran.out, re.MULTILINE), command
        assert folder.tool(command, "--help").code == 0
    assert "prisma-combine check | git apply" in ran.out


def test_standard_output_that_takes_nothing(repository: Repository) -> None:
    repository.replace("Int  @id", "BigInt  @id")
    check = "exec python -m prisma_combine check"
    closed = repository.run("sh", "-c", f"{check} >&-")
    assert closed == Ran(1, "", repository.tool("check").err)
    for arguments in ("", " --format json"):
        full = repository.run("sh", "-c", f"{check}{arguments} >/dev/full")
        assert full == Ran(
            2,
            "",
            "prisma-combine: No space left on device; mend that, and run this again\n",
        )


def test_usage(folder: Repository) -> None:
    ran = folder.tool("check", "--no-such-option")
    assert (ran.code, ran.out) == (2, "")
    assert "No such option: --no-such-option" in ran.err
    assert set(SOURCES) == {"base.prisma", "user.prisma", "post.prisma"}
