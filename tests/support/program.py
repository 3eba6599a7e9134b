"""Call prisma-combine in this process, as if it had one of its own."""

import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, chdir, contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, TextIO
from unittest import mock


class Ran(NamedTuple):
    """How a program ended."""

    code: int
    out: str
    err: str

    def errors(self) -> list[str]:
        """Return prisma-combine's messages about what kept it from working, in text or JSON."""
        if self.out.startswith("{"):
            listed: list[str] = json.loads(self.out).get("errors", [])
            return listed
        mark = "prisma-combine: "
        lines = self.err.split("\n")
        return [line.removeprefix(mark) for line in lines if line.startswith(mark)]


def text(data: bytes) -> str:
    """Return a program's output as text, whatever bytes are in it."""
    return data.decode(errors="surrogateescape")


def in_process(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], stdin: bytes = b""
) -> Ran:
    """Call `main()` with these arguments and return what it printed.

    A process costs 20 times as much. Exceptions that `main()` lets through reach the test.
    """
    from prisma_combine.__main__ import main

    # The encodings and error handlers of a real process in a UTF-8 locale.
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", "strict", newline="\n", write_through=True)
    err = io.TextIOWrapper(
        io.BytesIO(), "utf-8", "backslashreplace", newline="\n", write_through=True
    )
    given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    with ExitStack() as replaced:
        replaced.enter_context(chdir(cwd))
        replaced.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        replaced.enter_context(mock.patch.multiple(sys, stdin=given, stdout=out, stderr=err))
        replaced.enter_context(mock.patch.object(sys, "argv", ["prisma-combine", *arguments]))
        # Click derives the name in its usage text from the main module, which is pytest's.
        replaced.enter_context(_main_module())
        # The directory for temporary files, which TMPDIR may change, is looked up only once.
        replaced.enter_context(mock.patch.object(tempfile, "tempdir", None))
        replaced.enter_context(_empty_caches())
        try:
            code = main()
        except SystemExit as ended:
            code = _code(ended, err)
        return Ran(code, text(_written(out)), text(_written(err)))


_opened: list[str] | None = None


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _opened is not None and event == "open" and isinstance(arguments[0], str | bytes):
        _opened.append(os.path.realpath(os.fsdecode(arguments[0])))


@cache
def _install() -> None:
    # For good: a hook can't be removed.
    sys.addaudithook(_hook)


@contextmanager
def opened() -> Iterator[list[str]]:
    """Collect the real paths of the files that this process opens."""
    global _opened  # noqa: PLW0603
    _install()
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


def _code(ended: SystemExit, err: TextIO) -> int:
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    err.write(f"{ended.code}\n")
    return 1


def _written(stream: "io.TextIOWrapper[io.BytesIO]") -> bytes:
    stream.flush()
    return stream.buffer.getvalue()


@contextmanager
def _main_module() -> Iterator[None]:
    """Replace the main module; patch.dict would forget every module that the call imports."""
    before, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextmanager
def _empty_caches() -> Iterator[None]:
    """Empty what `functools.cache` holds, before the call and after it."""
    _clear()
    yield
    _clear()


def _clear() -> None:
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "prisma_combine":
            for value in vars(module).values():
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()
