"""What must hold of the whole program, and of what it prints, with any files in a folder."""

import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from fuzz import seeds
from fuzz.texts import DIRECTORY, NAMES, OUTPUT, sources, split, stamped, state
from prisma_combine import check, config, rules
from prisma_combine.__main__ import main
from prisma_combine.locate import Outputs
from prisma_combine.report import github, text
from prisma_combine.report import json as for_programs
from prisma_combine.report.colour import diff
from prisma_combine.report.visible import visible, visible_lines
from runner import page, safe_log

READING = ("--dry-run", "--stdout", "locate")
"""the words that keep a command from writing"""


class Ran(NamedTuple):
    """How the program ended."""

    code: int
    out: bytes
    err: str


def runs(data: bytes) -> None:
    """It ends with 0, 1 or 2, and with 2, or when it only reads, no file has changed.

    What has been combined is in sync, and so is what has been adopted as a whole.
    """
    line, toml, committed, *texts, extra = split(data, 7)
    arguments = _words(line)
    made_of = sources(texts)
    files = dict(zip((f"{DIRECTORY}/{name}" for name in NAMES), texts, strict=True))
    files = {path: text for path, text in files.items() if text}
    if committed:
        files[OUTPUT] = stamped(committed, [one.body for one in made_of])
    if arguments[:1] == ["init"]:
        files |= {"s.js": extra, "package.json": toml}
    else:
        files[config.NAME] = toml or f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "d"\n'.encode()
        files |= {"x.prisma": extra}
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            Path(root, path).parent.mkdir(exist_ok=True)
            Path(root, path).write_bytes(text)
        with contextlib.chdir(root):
            ran = _run(arguments, extra)
            after = _files(root)
            reads = any(word in READING for word in arguments) or (
                "check" in arguments and "--fix" not in arguments
            )
            if ran.code == 2 or reads:
                assert after == files, ran
            _is_safe(arguments, ran)
            settled = arguments in (["combine"], ["adopt"]) and ran.code == 0
            # A source that another target's output is may only now be as it should.
            if settled and toml.count(b"schema") < 2:
                # The second goes the long way.
                for words in (["check"], ["check", "--verbose"]):
                    assert _run(words).code == 0
                assert _files(root) == after
            if "--fix" in arguments and ran.code == 0:
                assert after == files


def _words(line: bytes) -> list[str]:
    """The arguments on a line; none that leads out of the folder, or into the user's shell."""
    words = os.fsdecode(line.replace(b"\0", b"")).split(" ")
    return [word for word in words if word and not re.search(r"\.\.|(?:^|=)[/~]|complet", word)]


def _run(arguments: Sequence[str], stdin: bytes = b"") -> Ran:
    out, err = io.BytesIO(), io.BytesIO()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT", "PRE_COMMIT", "_PRISMA", "FORCE_COLOR", "NO_COLOR"))
    }
    with (
        mock.patch.dict(os.environ, kept, clear=True),
        mock.patch.object(sys, "argv", ["prisma-combine", *arguments]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8")),
        mock.patch.object(sys, "stdout", io.TextIOWrapper(out, "utf-8")),
        mock.patch.object(sys, "stderr", io.TextIOWrapper(err, "utf-8", "backslashreplace")),
    ):
        try:
            code: object = main()
        except SystemExit as ended:
            code = ended.code or 0
        sys.stdout.flush()
        sys.stderr.flush()
        said, told = out.getvalue(), err.getvalue().decode()
    assert code in (0, 1, 2), (code, told)
    assert isinstance(code, int)
    return Ran(code, said, told)


def _files(root: str) -> dict[str, bytes]:
    """What is in a folder, links and all."""
    return {
        os.path.relpath(os.path.join(folder, name), root): Path(folder, name).read_bytes()
        for folder, _, names in os.walk(root)
        for name in names
    }


def _is_safe(arguments: Sequence[str], ran: Ran) -> None:
    """Whatever is printed for eyes, for the runner and for programs is safe."""
    # Click quotes what it was given as it is; a user reads there what they have typed.
    ours = "Usage: " not in ran.err
    said = re.sub(r"\x1b\[(?:3[12])?m", "", ran.err) if "always" in arguments else ran.err
    assert not ours or all(visible(line) == line for line in said.split("\n")), ran
    words = " ".join(arguments).replace("=", " ")
    if "check" not in arguments or not ours:
        return
    if "--format json" in words and ran.code != 2:
        assert json.loads(ran.out)["version"] == 1
    if "--format github" in words:
        safe_log(ran.out.decode())


def reports(data: bytes) -> None:
    """Whatever names and texts hold, each line of a report is one, and can do no harm."""
    committed, label, message, *texts = split(data, 6)
    name = config.plain(label.decode("utf-8", "replace"))
    words = message.decode("utf-8", "surrogateescape")
    bodies = [one.body for one in sources(texts)]
    made_of = tuple(one._replace(name=f"{one.name}{name}.prisma") for one in sources(texts))
    now = state(made_of, stamped(committed, bodies))
    findings = [rules.Finding("untracked", f"{DIRECTORY}/{name}", 3, words)]
    one = check.report(now, findings, OUTPUT)
    for line in text.report(one, str, str, verbose=True):
        shown = visible(line)
        assert visible(shown) == shown
        assert shown.encode().decode().replace("\t", "").isprintable()
    assert one.diff
    for line in visible_lines(one.diff.text).split("\n"):
        assert visible(line) == line
    assert re.sub(r"\x1b\[[0-9;]*m", "", diff(visible_lines(one.diff.text))) == visible_lines(
        one.diff.text
    )
    assert json.loads(for_programs.render([one]))["schemas"][0]["output"] == OUTPUT
    for room in (github.SUMMARY, 2_000):
        summary = github.summary([one], str, str, room)
        assert len(summary.encode()) <= room
        found = page(summary)
        assert {len(row) for row in found.rows} <= {4}
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with mock.patch.object(sys, "stdout", out), mock.patch.dict(os.environ):
        os.environ.pop("GITHUB_STEP_SUMMARY", None)
        github.write([one], str, str, 0)
        github.fail(f"{name}\n{words}")
    assert isinstance(out.buffer, io.BytesIO)
    safe_log(out.buffer.getvalue().decode())


def replaces_places(data: bytes) -> None:
    """A text that a filter copies stays as it is but for the places in it."""
    said = data.decode("utf-8", "surrogateescape")
    replaced = _outputs().replaced(said)
    assert re.findall(r"\s", replaced) == re.findall(r"\s", said)
    if OUTPUT not in said:
        assert replaced == said
    at = re.search(r"(?:^|\s)(d/[abc]\.prisma):([0-9]+)", replaced)
    if at and at[0] not in said:
        assert int(at[2]) <= 5


@cache
def _outputs() -> Outputs:
    """Those of a project that is there for as long as this process."""
    folder = tempfile.TemporaryDirectory()
    _KEPT.append(folder)
    root = os.path.realpath(folder.name)
    os.mkdir(os.path.join(root, DIRECTORY))
    texts = dict(zip(NAMES, seeds.BODIES, strict=True))
    for name, body in texts.items():
        Path(root, DIRECTORY, name).write_bytes(body)
    Path(root, config.NAME).write_bytes(
        f'[[schema]]\noutput = "{OUTPUT}"\ndirectory = "d"\n'.encode()
    )
    bodies = [body.decode() for body in seeds.BODIES]
    Path(root, OUTPUT).write_bytes(stamped(seeds.COMBINED, bodies))
    return Outputs(config.load(os.path.join(root, config.NAME)), str)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
