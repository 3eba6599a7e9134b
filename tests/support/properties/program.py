"""What must hold for the whole program, with any files in a repository."""

import atexit
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from prisma_combine.report.visible import visible
from support.environment import isolated
from support.github import safe_log
from support.program import Ran
from support.properties.seeds import BODIES, COMBINED, LISTED, NAMES, OUTPUT
from support.properties.texts import split
from support.repository import Repository

READING = ("--dry-run", "--stdout", "locate", "audit")
"""the words that keep a command from writing"""
CONFIG = "prisma-combine.toml"


def run(data: bytes) -> None:
    """It ends with 0, 1 or 2, and with 2, or when it only reads, no file has changed.

    What has been combined, or adopted as a whole, is in sync. No text is lost.
    """
    line, toml, committed, *texts, extra = split(data, 7)
    arguments = _words(line)
    files = {f"d/{name}": text for name, text in zip(NAMES, texts, strict=True) if text}
    if committed:
        files[OUTPUT] = committed
    if arguments[:1] == ["init"]:
        files |= {"s.js": extra, "package.json": toml}
    else:
        files |= {CONFIG: toml or LISTED, "x.prisma": extra}
    with tempfile.TemporaryDirectory() as folder:
        repository = _prepared().copy(Path(folder))
        for path in (OUTPUT, CONFIG, *(f"d/{name}" for name in NAMES)):
            repository.remove(path)
        for path, text in files.items():
            repository.write(path, text)
        ran = repository.tool(*arguments, stdin=extra)
        assert ran.code in (0, 1, 2), ran
        after = repository.files()
        reads = any(word in READING for word in arguments) or (
            "check" in arguments and "--fix" not in arguments
        )
        if ran.code == 2 or reads:
            assert after == files, ran
        _assert_safe(arguments, ran)
        _assert_kept(repository, files, after, adopted=arguments == ["adopt"])
        if arguments in (["combine"], ["adopt"]) and ran.code == 0 and toml.count(b"schema]") < 2:
            # The second finds out the same without the fast path.
            for words in (["check", "d", OUTPUT], ["check", "--verbose"]):
                again = repository.tool(*words)
                assert again.code == 0 or "untracked" in again.err, again
            assert repository.files() == after
        if "--fix" in arguments and ran.code == 0:
            assert after == files


def _words(line: bytes) -> list[str]:
    """Return the arguments on a line, none of which leads out of the folder."""
    words = os.fsdecode(line.replace(b"\0", b"")).split(" ")
    return [word for word in words if word and not re.search(r"\.\.|(?:^|=)[/~]|complet", word)]


@cache
def _prepared() -> Repository:
    """Return a repository with one commit, made once in a process."""
    place = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    repository = Repository(place / "repository", isolated(place))
    for name, body in zip(NAMES, BODIES, strict=True):
        repository.write(f"d/{name}", body)
    repository.write(OUTPUT, COMBINED)
    repository.write(CONFIG, LISTED)
    repository.git("init", "--quiet", "--template=")
    assert repository.commit().code == 0
    return repository


def _assert_safe(arguments: Sequence[str], ran: Ran) -> None:
    """Assert that what is printed is safe for a terminal, the runner and programs."""
    # Click quotes what it was given as it is; users read there what they have typed.
    ours = "Usage: " not in ran.err
    said = re.sub(r"\x1b\[(?:1|3[126])?m", "", ran.err) if "always" in arguments else ran.err
    assert not ours or all(visible(line) == line for line in said.split("\n")), ran
    words = " ".join(arguments).replace("=", " ")
    if not {"check", "audit"}.intersection(arguments) or not ours:
        return
    if "--format json" in words and ran.out:
        assert json.loads(ran.out)["version"] == 1
    if "--format github" in words:
        safe_log(ran.out)


def _assert_kept(
    repository: Repository, before: dict[str, bytes], after: dict[str, bytes], *, adopted: bool
) -> None:
    """Assert that each text that was replaced is in git, or that its lines are in other files."""
    for path, data in before.items():
        if after.get(path) == data or (adopted and path != OUTPUT):
            continue
        name = repository.run("git", "hash-object", "--stdin", stdin=data).out.strip()
        if repository.run("git", "cat-file", "-e", name).code == 0:
            continue
        others = [text for other, text in before.items() if other != path]
        known = _lines(b"\n".join([*after.values(), *others, *BODIES, COMBINED]))
        assert _lines(data) <= known, _lines(data) - known


def _lines(data: bytes) -> set[bytes]:
    return {re.sub(rb"\s|\xef\xbb\xbf", b"", line) for line in re.split(rb"[\r\n]", data)}
