"""Files, links, names and git's own configuration made to do harm.

Whoever sends a pull request may put them there; the tool then runs on somebody else's machine.
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

from conftest import COMMANDS as WITH_CONFIGURATION
from conftest import CONFIG, PROJECT, Ran, Repository, edit_source

PARTS = int(os.environ.get("PRISMA_COMBINE_LARGE", "10"))
"""hundredths of what the tests of sizes can do: 100 MB, 100,000 sections, 10,000 schemas"""

OUTPUT = "prisma/schema.prisma"
USER = "prisma/schema/user.prisma"
WITHOUT_FILES = CONFIG[: CONFIG.index("files")]
HIDDEN = "model Secret {\n  value String\n}\n"
COMMANDS = [*WITH_CONFIGURATION, ("init", "--dry-run")]


def _audited(repository: Repository, *arguments: str) -> tuple[Ran, list[tuple[str, str]]]:
    """What a command did: each event of Python's that opens, runs or connects to something."""
    log = repository.root.parent / f"{repository.root.name}-audit"
    log.unlink(missing_ok=True)
    variables = {"PYTHONPATH": str(PROJECT / "tests" / "audit"), "AUDIT_LOG": str(log)}
    # Not by `python -m`, which looks for modules in the working directory first.
    ran = repository.run("prisma-combine", *arguments, environment=variables)
    events = [line.partition(" ") for line in log.read_text(errors="replace").split("\n")[:-1]]
    return ran, [(name, rest) for name, _, rest in events]


def _link(path: str, text: str = HIDDEN) -> Callable[[Repository], None]:
    """Has a link in a repository lead to a file, or a folder with a file, outside of it."""

    def make(repository: Repository) -> None:
        outside = repository.root.parent / f"{repository.root.name}-secret"
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
    """A link to a link, which alone stays inside."""
    _link("prisma/inner")(repository)
    (repository.root / USER).unlink()
    (repository.root / USER).symlink_to("../inner")


LINKS = {
    "source": _link(USER),
    "new source": _link("prisma/schema/new.prisma"),
    "link to a link": _twice,
    "output": _link(OUTPUT),
    "directory": _link("prisma/schema"),
    "folder above": _link("prisma"),
    "configuration": _link("prisma-combine.toml", f"{CONFIG}secret = 1\n"),
}


@pytest.mark.parametrize("files", [CONFIG, WITHOUT_FILES], ids=["files", "no files"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", LINKS)
def test_links_out_of_the_repository(
    repository: Repository, name: str, arguments: tuple[str, ...], files: str
) -> None:
    """What they lead to is neither read nor written, staged or not."""
    repository.write("prisma-combine.toml", files)
    LINKS[name](repository)
    repository.git("add", "--all")
    outside = repository.root.parent / f"{repository.root.name}-secret"
    if arguments[0] == "init":
        (repository.root / "prisma-combine.toml").unlink()
        outside.touch()
    paths = [outside, *outside.rglob("*")] if outside.is_dir() else [outside]
    before = {path: path.read_bytes() for path in paths if path.is_file()}
    ran, events = _audited(repository, *arguments)
    opened = [what for event, what in events if event == "open" and str(outside) in what]
    assert opened == []
    assert "Secret" not in ran.out
    assert "secret" not in ran.err.replace(str(outside), "")
    assert {path: path.read_bytes() for path in paths if path.is_file()} == before
    assert "Secret" not in "".join(
        path.read_text()
        for path in repository.root.rglob("*.prisma")
        if path.is_file() and not path.is_symlink() and not path.resolve().is_relative_to(outside)
    )
    assert ran.code in (0, 1, 2)
    listed = name != "new source" or files == WITHOUT_FILES
    if arguments[0] != "init" and "--staged" not in arguments and listed:
        assert ran.code == 2
        assert re.search(
            r"^prisma-combine: .*: a symbolic link leads out of .*$", ran.err, re.MULTILINE
        )


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)  # a whole path may be too long for it


def _device(path: Path) -> None:
    """As /dev/zero, which never ends."""
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))


KINDS = [_fifo, _socket, *([_device] if os.geteuid() == 0 else [])]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("path", [USER, OUTPUT, "prisma-combine.toml"])
@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_file(
    repository: Repository, make: Callable[[Path], None], path: str, arguments: tuple[str, ...]
) -> None:
    """None of them is waited for."""
    (repository.root / path).unlink()
    make(repository.root / path)
    ran = repository.tool(*arguments)
    if "--staged" in arguments:
        assert ran.code == 0  # the index has a file there yet
    elif arguments[0] == "init":
        assert ran.code in (0, 2)
    else:
        assert ran.code == 2
        what = r"(is no regular file|can't be read: no such device or address); put a .*"
        assert re.fullmatch(rf"prisma-combine: {path}: {what}\n", ran.err)


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
def test_paths_out_of_the_repository(folder: Repository, key: str, path: str) -> None:
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
    for arguments in WITH_CONFIGURATION:
        ran = folder.tool(*arguments)
        assert ran.code == 2
        line = list(entries).index(key) + 2
        assert re.fullmatch(rf"prisma-combine: prisma-combine.toml:{line}: .*; .*\n", ran.err)
    assert folder.files() == before
    assert set(folder.root.parent.glob("outside*")) == beside


@pytest.mark.parametrize("path", INSIDE)
def test_paths_that_only_look_so(folder: Repository, path: str) -> None:
    """No shell and no system reads more into them."""
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
OURS = re.compile(r"'git' \(\['git', ")


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_hostile_repository(repository: Repository, arguments: tuple[str, ...]) -> None:
    """No program of its is run, nothing outside it is read, nobody is called."""
    spy = repository.root.parent / f"{repository.root.name}-spy"
    spied = repository.root.parent / f"{repository.root.name}-ran"
    spy.write_text(f"#!/bin/sh\necho $0 $@ >> '{spied}'\nexit 1\n")
    spy.chmod(0o755)
    edit_source(repository)
    repository.replace("email String @unique", "email String")
    repository.replace("authorId Int", "authorId BigInt")
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
        hook = repository.root / ".git/hooks" / name
        hook.write_text(spy.read_text())
        hook.chmod(0o755)
    for key in PROGRAMS:
        repository.git("config", key, str(spy))
    if arguments[0] == "init":
        (repository.root / "prisma-combine.toml").unlink()
    # The user's own commands run some of them, and leave word of it in the index.
    repository.run("git", "update-index", "--fsmonitor")
    repository.run("git", "status")
    assert spied.exists()
    spied.unlink()
    ran, events = _audited(repository, *arguments)
    assert ran.code in (0, 1)
    assert ".prisma" in ran.out + ran.err  # it is our own program that has spoken
    assert not spied.exists(), spied.read_text()
    for event, what in events:
        assert not event.startswith(
            ("socket.", "ctypes.", "os.exec", "os.posix_spawn", "os.system")
        )
        if event == "subprocess.Popen":
            assert OURS.match(what), what
        elif event in ("open", "os.listdir", "os.scandir"):
            path = re.match(r"'([^']*)'", what)
            assert path is None or _is_known(path[1], repository.root), what


def _is_known(path: str, root: Path) -> bool:
    """The repository, Python and its packages, what is temporary, and nothing else."""
    places: list[str | Path] = [
        root,
        sys.prefix,
        sys.base_prefix,
        PROJECT / "hooks",
        PROJECT / "tests" / "audit",
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
    for number in range(PARTS * 100):
        folder.write(f"{number}/a/a.prisma", f"enum A{number} {{\n}}\n")
        tables.append(f'[[schema]]\noutput = "{number}/o.prisma"\ndirectory = "{number}/a"\n')
    folder.write("prisma-combine.toml", "".join(tables))
    return "7/a/a.prisma"


@pytest.mark.parametrize(
    "make",
    [_large_source, _many_sections, _deep_nesting, _many_schemas],
    ids=lambda make: make.__name__,
)
def test_sizes(folder: Repository, make: Callable[[Repository], str]) -> None:
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
    folder.replace("// one more", "// one more by hand", output)
    assert folder.tool("adopt").code == 0
    assert folder.read(path).endswith("\n// one more by hand\n")
    assert folder.tool("check").code == 0
