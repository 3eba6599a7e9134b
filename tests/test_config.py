import json
import os
import re
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.config import Target, load, parse
from prisma_combine.errors import CombineError

GOOD = """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
"""


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (GOOD, [Target("prisma/schema.prisma", "prisma/schema", None, ())]),
        (
            GOOD + 'files = ["b.prisma", "./x/../a.prisma", "../common/c.prisma"]\n'
            'exclude = ["old/**"]',
            [
                Target(
                    "prisma/schema.prisma",
                    "prisma/schema",
                    ("b.prisma", "a.prisma", "../common/c.prisma"),
                    ("old/**",),
                )
            ],
        ),
        (
            'schema = [{output = "./a.prisma", directory = "./"}]',
            [Target("a.prisma", ".", None, ())],
        ),
        (
            GOOD + '[[schema]]\noutput = "b.prisma"\ndirectory = "prisma//b/"\n',
            [
                Target("prisma/schema.prisma", "prisma/schema", None, ()),
                Target("b.prisma", "prisma/b", None, (), 1),
            ],
        ),
        (
            GOOD.replace("/schema.", "/\u00e4 b."),
            [Target("prisma/\u00e4 b.prisma", "prisma/schema", None, ())],
        ),
    ],
)
def test_parse(text: str, targets: list[Target]) -> None:
    assert parse(text, "prisma-combine.toml") == tuple(targets)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            '1: no [[schema]] table; add one with output = "prisma/schema.prisma" and'
            ' directory = "prisma/schema"',
        ),
        (
            "schema = []",
            '1: no [[schema]] table; add one with output = "prisma/schema.prisma" and'
            ' directory = "prisma/schema"',
        ),
        (
            GOOD.replace("[[schema]]", "\n[schema]"),
            "2: [schema] is one table of a list; write [[schema]]",
        ),
        (
            GOOD.replace("[[schema]]", "[[schemas]]"),
            '1: unknown key "schemas"; did you mean "schema"?',
        ),
        (GOOD + "[tool]\n", '4: unknown key "tool"; the one table is [[schema]]'),
        (GOOD + "\nfile = []", '5: unknown key "file"; did you mean "files"?'),
        (
            GOOD + GOOD.replace("schema.prisma", "b.prisma").replace("directory", "directroy"),
            '6: unknown key "directroy"; did you mean "directory"?',
        ),
        (
            GOOD + "format = 1",
            '4: unknown key "format"; the keys are output, directory, files, exclude',
        ),
        ("schema = [1]", "1: a [[schema]] is a table; write its keys below [[schema]]"),
        (
            '[[schema]]\ndirectory = "a"',
            '1: this [[schema]] has no "output"; add output = "prisma/schema.prisma"',
        ),
        (
            '[[schema]]\noutput = "a.prisma"',
            '1: this [[schema]] has no "directory"; add directory = "prisma/schema"',
        ),
        (
            '[[schema]]\noutput = ["a.prisma"]',
            '2: "output" must be a string, not a list; write output = "prisma/schema.prisma"',
        ),
        (
            '[[schema]]\noutput = "a.prisma"\ndirectory = true',
            '3: "directory" must be a string, not a boolean; write directory = "prisma/schema"',
        ),
        (
            GOOD + 'files = "a.prisma"',
            '4: "files" must be a list of strings, not a string; write files = ["base.prisma"]',
        ),
        (
            GOOD + 'files = [\n"a.prisma",\n2]',
            '4: "files" must hold strings only, not a number; quote each name',
        ),
        (
            GOOD + "exclude = {}",
            '4: "exclude" must be a list of strings, not a table or date;'
            ' write exclude = ["base.prisma"]',
        ),
        (
            GOOD + "files = []",
            '4: "files" is empty; list the sources, or leave "files" out to combine every'
            ' .prisma file below "directory"',
        ),
        (
            GOOD + 'files = [\n  "a.prisma",\n  "b.txt",\n]',
            '6: "b.txt" is no .prisma file; take it out',
        ),
        (
            GOOD + 'files = ["../schema.prisma"]',
            '4: "../schema.prisma" is the output; take it out: it can\'t be a source',
        ),
        (
            GOOD.replace("schema.prisma", "schema.txt"),
            '2: output "prisma/schema.txt" is no .prisma file; end its name with .prisma',
        ),
        (
            GOOD.replace("prisma/schema.prisma", "../schema.prisma"),
            '2: "../schema.prisma" lies outside the folder of prisma-combine.toml;'
            " move the configuration up, or the files below it",
        ),
        (
            GOOD + 'files = ["../../../a.prisma"]',
            '4: "../../../a.prisma" lies outside the folder of prisma-combine.toml;'
            " move the configuration up, or the files below it",
        ),
        (
            GOOD.replace('"prisma/schema"', '"/etc"'),
            '3: "/etc" is absolute; write it relative to the folder of prisma-combine.toml',
        ),
        (
            GOOD + 'files = ["C:/a.prisma"]',
            '4: "C:/a.prisma" is absolute; write it relative to directory',
        ),
        (
            GOOD + "files = ['a\\b.prisma']",
            '4: "a\\b.prisma" has a backslash; write / on every system',
        ),
        (GOOD + 'files = [""]', '4: "" can\'t be a path; write a plain one'),
        (
            GOOD + 'files = ["a\\nb.prisma"]',
            '4: "a\ufffdb.prisma" can\'t be a path; write a plain one',
        ),
        (
            GOOD + 'exclude = ["../**"]',
            '4: "../**" leaves the directory; patterns are relative to it',
        ),
        (
            GOOD + GOOD.replace("prisma/schema.", "./prisma/schema."),
            '5: another [[schema]] writes "prisma/schema.prisma" too; give each an output of its own',
        ),
        (
            GOOD + GOOD.replace("prisma/schema.", "Prisma/Schema."),
            '5: another [[schema]] writes "prisma/schema.prisma" too, where case makes no'
            " difference; give each an output of its own",
        ),
        (
            GOOD.replace("schema.prisma", "\u00e9.prisma") + 'files = ["../e\u0301.prisma"]',
            '4: "../e\u0301.prisma" is the output, where case makes no difference; take it out:'
            " it can't be a source",
        ),
        (f"a = {'1' * 5000}", " not valid TOML: too large or too deep; mend it"),
        (f"a = {'[' * 5000}{']' * 5000}", " not valid TOML: too large or too deep; mend it"),
        ("a = " + "{a=" * 5000, " not valid TOML: too large or too deep; mend it"),
    ],
)
def test_parse_names_line_and_remedy(text: str, message: str) -> None:
    with pytest.raises(CombineError) as raised:
        parse(text, "prisma-combine.toml")
    assert str(raised.value) == f"prisma-combine.toml:{message}"


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = \n", 1), (GOOD + "\nfiles = [a]", 5), (GOOD + "[[", 4), (GOOD + 'a = "', 4)],
)
def test_parse_tells_where_the_toml_breaks(text: str, line: int) -> None:
    """What is wrong is said in the words of this Python's parser."""
    with pytest.raises(CombineError) as raised:
        parse(text, "x.toml")
    assert re.fullmatch(
        rf"x\.toml:{line}: not valid TOML: [^()]+; mend this line", str(raised.value)
    )


@given(st.text())
def test_parse_raises_nothing_else(text: str) -> None:
    with pytest.raises(CombineError):
        parse(text, "prisma-combine.toml")


def test_load_looks_upward_to_the_top_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prisma-combine.toml").write_text(GOOD)
    deep = tmp_path / "repository" / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))
    found = load(None)
    assert (found.path, found.root) == ("../../../prisma-combine.toml", str(tmp_path))
    assert found.where(found.targets[0], "directory") == "../../../prisma-combine.toml:3"

    (tmp_path / "repository" / ".git").mkdir()
    with pytest.raises(CombineError) as raised:
        load(None)
    assert str(raised.value) == (
        f"no prisma-combine.toml in {deep} or above it, up to {tmp_path}/repository;"
        " write one with `prisma-combine init`, or name it with --config PATH"
    )
    assert load("../../../prisma-combine.toml") == found


def test_load_reads_what_editors_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "prisma-combine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(None).targets == parse(GOOD, "")
    file.write_bytes(b'a = "\xff"')
    with pytest.raises(CombineError, match=r"^prisma-combine.toml: not UTF-8 at offset 5; save"):
        load(None)
    with pytest.raises(CombineError, match=r"^other.toml: no such file; mend the path$"):
        load("other.toml")


PIECES = [
    "a",
    "A",
    ".",
    "..",
    "/",
    "\\",
    ":",
    "C:",
    "~",
    "$HOME",
    "%USER%",
    " ",
    "\u00e9",
    "//",
    "?",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join))
def test_paths_stay_inside_on_every_system(path: str) -> None:
    """As the systems' own rules read them; what they may not hold is refused."""
    written = (
        f"[[schema]]\noutput = {json.dumps(path + '.prisma')}\ndirectory = {json.dumps(path)}\n"
        f"files = [{json.dumps(path + '.prisma')}]\n"
    )
    try:
        (target,) = parse(written, "prisma-combine.toml")
    except CombineError:
        return
    for one in (target.output, target.directory, *map(target.path, target.names or ())):
        windows, posix = PureWindowsPath(one), PurePosixPath(one)
        assert not windows.drive + windows.root + posix.root
        assert ".." not in windows.parts + posix.parts
        assert windows.parts == posix.parts
