"""Files, links, names and git's configuration made to do harm.

A pull request can bring all of them; the tool then runs on a maintainer's machine.
"""

import os
import re
import socket
import stat
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest

from support import PROJECT
from support.faults import AUDIT, AUDITED, beside
from support.program import opened
from support.repository import (
    COMMANDS,
    CONFIG,
    OUTPUT,
    USER,
    WITHOUT_FILES,
    Repository,
    edit_output,
    edit_source,
)

pytestmark = pytest.mark.posix

PARTS = int(os.environ.get("PRISMA_COMBINE_LARGE", "3"))
"""hundredths of what the tests of sizes can do: 100 MB, 100,000 sections, 2,000 schemas"""

HIDDEN = "model Secret {\n  value String\n}\n"
commands = pytest.mark.parametrize("arguments", [*COMMANDS, ("init", "--dry-run")], ids="-".join)


def _link(path: str, text: str = HIDDEN) -> Callable[[Repository], None]:
    """Return what replaces a path by a link to a file, or a folder, outside of the repository."""

    def make(repository: Repository) -> None:
        outside = beside(repository, "secret")
        link = repository.root / path
        if link.is_dir():
            link.rename(f"{link}-moved")
            outside.mkdir()
            for name in ("base", "user", "post"):
                (outside / f"{name}.prisma").write_text(text)
            outside /= "schema.prisma"
            outside.write_text(text)
            outside = outside.parent
        else:
            link.unlink(missing_ok=True)
            outside.write_text(text)
        link.symlink_to(outside)

    return make


def _twice(repository: Repository) -> None:
    """Make a source a link to a link, of which only the second leads outside."""
    _link("prisma/inner")(repository)
    (repository.root / USER).unlink()
    (repository.root / USER).symlink_to("../inner")


LINKS = {
    "source": _link(USER),
    "new-source": _link("prisma/schema/new.prisma"),
    "link-to-a-link": _twice,
    "output": _link(OUTPUT),
    "directory": _link("prisma/schema"),
    "folder-above": _link("prisma"),
    "configuration": _link("prisma-combine.toml", f"{CONFIG}secret = 1\n"),
}


@pytest.mark.parametrize("files", [CONFIG, WITHOUT_FILES], ids=["files", "no-files"])
@commands
@pytest.mark.parametrize("name", LINKS)
def test_links_out_of_the_repository_are_not_followed(
    repository: Repository, name: str, arguments: tuple[str, ...], files: str
) -> None:
    """What they lead to is neither read nor written, staged or not."""
    repository.write("prisma-combine.toml", files)
    LINKS[name](repository)
    repository.git("add", "--all")
    outside = beside(repository, "secret")
    if arguments[0] == "init":
        (repository.root / "prisma-combine.toml").unlink()
        outside.touch()
    paths = [outside, *outside.rglob("*")] if outside.is_dir() else [outside]
    before = {path: path.read_bytes() for path in paths if path.is_file()}
    with opened() as paths_opened:
        ran = repository.tool(*arguments)
    assert [path for path in paths_opened if path.startswith(str(outside))] == []
    assert "Secret" not in ran.out
    assert "secret" not in ran.err.replace(str(outside), "")
    assert {path: path.read_bytes() for path in paths if path.is_file()} == before
    assert "Secret" not in "".join(
        path.read_text()
        for path in repository.root.rglob("*.prisma")
        if path.is_file() and not path.is_symlink() and not path.resolve().is_relative_to(outside)
    )
    assert ran.code in (0, 1, 2)
    listed = name != "new-source" or files == WITHOUT_FILES
    if arguments[0] != "init" and "--staged" not in arguments and listed:
        assert ran.code == 2
        assert any(re.fullmatch(".*: .*symbolic link.*; .*", line) for line in ran.errors())


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)  # a whole path may be too long for it


def _device(path: Path) -> None:
    """Make a file like /dev/zero, which never ends."""
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))


KINDS = {"fifo": _fifo, "socket": _socket}
if os.name != "nt" and os.geteuid() == 0:
    KINDS["device"] = _device


@commands
@pytest.mark.parametrize("path", [USER, OUTPUT, "prisma-combine.toml"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_a_regular_file_is_not_waited_for(
    repository: Repository, kind: str, path: str, arguments: tuple[str, ...]
) -> None:
    repository.remove(path)
    KINDS[kind](repository.root / path)
    ran = repository.tool(*arguments)
    if "--staged" in arguments:
        assert ran.code == 0  # the index has a file there yet
    elif arguments[0] == "init":
        assert ran.code in (0, 2)
    else:
        assert ran.code == 2
        what = r"(not a regular file|can't read file: no such device or address); .*"
        (error,) = ran.errors()
        assert re.fullmatch(f"{path}: {what}", error)


PATHS = [
    "../outside.prisma",
    "a/../../outside.prisma",
    "/etc/outside.prisma",
    "C:/outside.prisma",
    "c:outside.prisma",
    "..\\outside.prisma",
    "\\\\server\\share\\outside.prisma",
    "a\0.prisma",
    "a\n.prisma",
]
INSIDE = ["~/x.prisma", "$HOME/x.prisma", "-x.prisma", "a/./b//x.prisma", "CON.prisma", "x .prisma"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", ["output", "directory", "files"])
def test_paths_out_of_the_repository_are_errors(folder: Repository, key: str, path: str) -> None:
    quoted = '"' + path.replace("\\", "\\\\").replace("\0", "\\u0000").replace("\n", "\\n") + '"'
    entries = {
        "output": '"prisma/schema.prisma"',
        "directory": '"prisma/schema"',
        "files": '["base.prisma"]',
    } | {key: f"[{quoted}]" if key == "files" else quoted}
    if key == "files" and "/../" in f"/{path}":
        entries[key] = f'["../../{path}"]'
    text = "[[schema]]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
    folder.write("prisma-combine.toml", text)
    folder.git("init", "--quiet")
    folder.git("add", "--all")
    before = folder.files()
    beside = set(folder.root.parent.glob("outside*"))
    for arguments in COMMANDS:
        ran = folder.tool(*arguments)
        assert ran.code == 2
        line = list(entries).index(key) + 2
        (error,) = ran.errors()
        assert re.fullmatch(f"prisma-combine.toml:{line}: .*; .*", error)
    assert folder.files() == before
    assert set(folder.root.parent.glob("outside*")) == beside


@pytest.mark.parametrize("path", INSIDE)
def test_paths_that_a_shell_would_expand_are_only_paths(folder: Repository, path: str) -> None:
    source = f"prisma/schema/{path}"
    folder.write(os.path.normpath(source), "enum A {\n  B\n}\n")
    folder.write(
        "prisma-combine.toml",
        f'[[schema]]\noutput = "out/{path}"\ndirectory = "prisma/schema"\nfiles = ["{path}"]\n'
        'exclude = ["base.prisma", "user.prisma", "post.prisma"]\n',
    )
    assert folder.tool("combine").code == 0
    assert folder.tool("check").code == 0
    assert os.path.normpath(f"out/{path}") in folder.files()


PROGRAMS = [
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.gitProxy",
    "core.askPass",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.x.command",
    "diff.x.textconv",
    "filter.x.clean",
    "filter.x.smudge",
    "filter.x.process",
    "gpg.program",
    "interactive.diffFilter",
    "merge.x.driver",
    "pager.diff",
    "pager.ls-files",
    "remote.origin.uploadpack",
    "remote.origin.vcs",
    "sequence.editor",
    "uploadpack.packObjectsHook",
]
"""git's settings that name a program"""
HOOKS = ["post-index-change", "reference-transaction", "pre-commit", "pre-auto-gc", "fsmonitor"]
GIT = re.compile(r"(os\.posix_spawn|subprocess\.Popen) '(/.*/)?git' \(\['git', ")


@commands
def test_a_hostile_repository_runs_no_program(
    repository: Repository, arguments: tuple[str, ...]
) -> None:
    """Nothing outside of it is read, and there is no network access."""
    spy = beside(repository, "spy")
    spied = beside(repository, "ran")
    spy.write_text(f"#!/bin/sh\necho $0 $@ >> '{spied}'\nexit 1\n")
    spy.chmod(0o755)
    edit_source(repository)
    edit_output(repository)
    repository.git("add", USER)
    (repository.root / "package.json").write_text(
        '{"scripts": {"x": "cat prisma/schema/*.prisma"}}'
    )
    repository.write(".gitattributes", "* filter=x diff=x merge=x text eol=crlf ident\n")
    # On a path that a shell or Python might look at, too.
    for name in ("git", "node", "sitecustomize.py", "typer.py", "prisma_combine.py", "tomllib.py"):
        (repository.root / name).write_text(f"#!/bin/sh\necho {name} >> '{spied}'\nimport os\n")
        (repository.root / name).chmod(0o755)
    for name in HOOKS:
        repository.write(f".git/hooks/{name}", spy.read_text())
        (repository.root / ".git/hooks" / name).chmod(0o755)
    for key in PROGRAMS:
        repository.git("config", key, str(spy))
    if arguments[0] == "init":
        (repository.root / "prisma-combine.toml").unlink()
    # The user's own commands run some of them, and leave word of it in the index.
    repository.run("git", "update-index", "--fsmonitor")
    repository.run("git", "status")
    assert spied.exists()
    spied.unlink()
    log = beside(repository, "audit")
    # Not by `python -m`, which looks for modules in the working directory first.
    ran = repository.run(
        *("prisma-combine", *arguments),
        environment={"PYTHONPATH": AUDITED, "AUDIT_LOG": str(log)},
    )
    assert ran.code in (0, 1)
    assert ".prisma" in ran.out + ran.err  # it is our own program that has printed this
    assert not spied.exists(), spied.read_text()
    for event in log.read_text(errors="replace").split("\n"):
        assert not event.startswith(("socket.", "ctypes.", "os.exec", "os.system"))
        if event.startswith(("os.posix_spawn", "subprocess.")):
            assert GIT.match(event), event
        elif path := re.match(r"(?:open|os\.listdir|os\.scandir) '([^']*)'", event):
            assert _is_known(path[1], repository.root), event


def _is_known(path: str, root: Path) -> bool:
    """Return whether a path is in the repository, of Python and its packages, or temporary."""
    places: list[str | Path] = [
        root,
        sys.prefix,
        sys.base_prefix,
        PROJECT / "hooks",
        AUDIT,
    ]
    temporary = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108  # Python's own choice
    real = Path(os.path.join(root, path)).resolve()
    if real == temporary or path == os.devnull:
        return True
    if real.is_relative_to(temporary) and not real.is_relative_to(root.parent):
        return True
    # What Python looks at as it starts: its own settings, and the system's time and users.
    return any(real.is_relative_to(Path(place).resolve()) for place in places) or path.startswith(
        ("/usr/", "/etc/", "/proc/self/", "/sys/")
    )


def _large_source(folder: Repository) -> str:
    line = "// a line of a large file".ljust(99) + "\n"
    folder.write(USER, "enum A {\n  B\n}\n" + line * PARTS * 10_000)
    return USER


def _many_sections(folder: Repository) -> str:
    for number in range(PARTS * 1_000):
        folder.write(f"prisma/schema/{number // 1_000}/{number}.prisma", f"enum A{number} {{\n}}\n")
    return "prisma/schema/0/7.prisma"


def _deep_nesting(folder: Repository) -> str:
    deep = PARTS * 10_000
    inside = f"{'{' * deep}\n{'[' * deep}{'(' * deep}\n{'}' * deep}\n"
    folder.write(USER, f"model A {{\n{inside}}}\n")
    return USER


def _many_schemas(folder: Repository) -> str:
    tables = []
    for number in range(PARTS * 20):
        folder.write(f"{number}/a/a.prisma", f"enum A{number} {{\n}}\n")
        tables.append(f'[[schema]]\noutput = "{number}/o.prisma"\ndirectory = "{number}/a"\n')
    folder.write("prisma-combine.toml", "".join(tables))
    return "7/a/a.prisma"


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(_large_source, id="large-source"),
        pytest.param(_many_sections, id="many-sections"),
        pytest.param(_deep_nesting, id="deep-nesting"),
        pytest.param(_many_schemas, id="many-schemas"),
    ],
)
def test_size_changes_no_verdict(folder: Repository, make: Callable[[Repository], str]) -> None:
    folder.write("prisma-combine.toml", WITHOUT_FILES)
    path = make(folder)
    folder.git("init", "--quiet")
    assert folder.tool("combine").code == 0
    folder.git("add", "--all")
    for arguments in (["check"], ["check", "--staged"]):
        assert folder.tool(*arguments).code == 0
    folder.write(path, folder.read(path) + "// one more\n")
    ran = folder.tool("check")
    assert (ran.code, ran.out.count("\n+// one more\n")) == (1, 1)
    assert folder.tool("combine").code == 0
    output = "7/o.prisma" if path.startswith("7/") else OUTPUT
    folder.replace("// one more", "// one more\n// by hand", output)
    assert folder.tool("adopt").code == 0
    assert folder.read(path).endswith("\n// one more\n// by hand\n")
    assert folder.tool("check").code == 0
