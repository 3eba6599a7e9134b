import json
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.config import positions
from prisma_combine.config.load import Config, load, of
from prisma_combine.config.names import folded, relative
from prisma_combine.config.table import Target, parse
from prisma_combine.errors import CombineError
from prisma_combine.schema.format import OWN, Format

GOOD = """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
"""
FORMAT = GOOD + "[schema.format]\n"


def target(
    output: str = "prisma/schema.prisma",
    directory: str = "prisma/schema",
    files: tuple[str, ...] | None = None,
    exclude: tuple[str, ...] = (),
    command: str | None = None,
    form: Format = OWN,
    table: int = 0,
) -> Target:
    return Target(output, directory, files, exclude, command, form, table)


def error(text: str) -> str:
    """Return what is wrong with a configuration, without its path."""
    with pytest.raises(CombineError) as raised:
        parse(text, "prisma-combine.toml")
    return str(raised.value).removeprefix("prisma-combine.toml:")


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        pytest.param(GOOD, [target()], id="least"),
        pytest.param(
            GOOD
            + 'files = ["b.prisma", "./x/../a.prisma", "../common/c.prisma", "../schema/d.prisma"]',
            [target(files=("b.prisma", "a.prisma", "../common/c.prisma", "d.prisma"))],
            id="names-without-needless-parts",
        ),
        pytest.param(
            GOOD + 'files = ["a.prisma", "a.prisma", "./a.prisma"]',
            [target(files=("a.prisma", "a.prisma", "a.prisma"))],
            id="listed-twice",
        ),
        pytest.param(
            GOOD
            + 'files = ["*.prisma", "./*.prisma", "../schema/*.prisma", "a//**", "../[c]/?.prisma"]',
            [target(files=("*.prisma", "./*.prisma", "./*.prisma", "a/**", "../[c]/?.prisma"))],
            id="patterns-stay-anchored",
        ),
        pytest.param(
            GOOD + 'exclude = ["old", "old/", "./old", "./old/", "a/../b.prisma", "../common/*"]',
            [target(exclude=("old", "old/", "./old", "./old/", "./b.prisma", "../common/*"))],
            id="exclude",
        ),
        pytest.param(GOOD + "exclude = []", [target()], id="empty-exclude"),
        pytest.param(
            GOOD.replace('"prisma/schema"', '"app/[id]"') + 'files = ["a.prisma", "../*.prisma"]',
            [target(directory="app/[id]", files=("a.prisma", "../*.prisma"))],
            id="brackets-in-directory",
        ),
        pytest.param(
            'schema = [{output = "./a.prisma", directory = "./"}]',
            [target("a.prisma", ".")],
            id="inline-table",
        ),
        pytest.param(
            GOOD + '[[schema]]\noutput = "b.prisma"\ndirectory = "prisma//b/"\n',
            [target(), target("b.prisma", "prisma/b", table=1)],
            id="two-schemas",
        ),
        pytest.param(
            GOOD.replace("/schema.", "/\u00e4 b."),
            [target("prisma/\u00e4 b.prisma")],
            id="non-ascii",
        ),
        pytest.param(
            GOOD + "command = 'npm run \"prisma:merge\"'",
            [target(command='npm run "prisma:merge"')],
            id="command",
        ),
        pytest.param(FORMAT, [target(form=Format())], id="format-defaults"),
        pytest.param(
            FORMAT
            + """\
banner = "// {any}\\n{lines}"
header = '''
// {stem:title}
'''
first-header = false
separator = "\\r\\n\\r\\n"
footer = "\ufeff{any}{lines}{any}"
trim = "both"
[schema.format.headers]
"a.prisma" = "// Modules\\n"
"./x/../../common/b.prisma" = ""
""",
            [
                target(
                    form=Format(
                        banner="// {any}\n{lines}",
                        header="// {stem:title}\n",
                        first_header=False,
                        headers={"a.prisma": "// Modules\n", "../common/b.prisma": ""},
                        separator="\n\n",
                        footer="{any}{lines}{any}",
                        trim="both",
                    )
                )
            ],
            id="format",
        ),
        pytest.param(
            FORMAT + 'header = "{lines}{lines}{any}"\nseparator = "{lines}{lines}"',
            [target(form=Format(header="{lines}{lines}{any}", separator="{lines}{lines}"))],
            id="wildcards-are-literal-elsewhere",
        ),
    ],
)
def test_parse(text: str, targets: list[Target]) -> None:
    assert parse(text, "prisma-combine.toml") == tuple(targets)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "",
            '1: no [[schema]] table; add one with output = "prisma/schema.prisma" and'
            ' directory = "prisma/schema"',
            id="empty",
        ),
        pytest.param(
            "\nschema = []",
            '2: no [[schema]] table; add one with output = "prisma/schema.prisma" and'
            ' directory = "prisma/schema"',
            id="no-table-in-list",
        ),
        pytest.param(
            GOOD.replace("[[schema]]", "\n[schema]"),
            "2: [schema] is a single table; write [[schema]]",
            id="single-table",
        ),
        pytest.param(
            GOOD.replace("[[schema]]", "[[schemas]]"),
            '1: unknown key "schemas"; the only table is [[schema]]',
            id="near-miss-table",
        ),
        pytest.param(
            GOOD + "# [tool]\n[tool]\n",
            '5: unknown key "tool"; the only table is [[schema]]',
            id="other-table",
        ),
        pytest.param(
            GOOD + "[tool.x]\na = 1\n" + GOOD,
            '4: unknown key "tool"; the only table is [[schema]]',
            id="other-table-between",
        ),
        pytest.param(
            'output = "a.prisma"\n' + GOOD,
            '1: unknown key "output"; the only table is [[schema]]',
            id="key-above-table",
        ),
        pytest.param(
            "schema = [\n1]",
            "2: schema entry must be a table, not a number; write its keys below [[schema]]",
            id="number-for-table",
        ),
        pytest.param(
            GOOD + "\nfile = []",
            '5: unknown key "file"; the keys of [[schema]] are output, directory, files, exclude,'
            " command, format",
            id="unknown-key",
        ),
        pytest.param(
            GOOD + GOOD.replace("schema.prisma", "b.prisma").replace("directory", "directroy"),
            '6: unknown key "directroy"; the keys of [[schema]] are output, directory, files,'
            " exclude, command, format",
            id="unknown-key-in-second-table",
        ),
        pytest.param(
            GOOD + f"{'x' * 100_000} = 1",
            f'4: unknown key "{"x" * 79}\u2026"; the keys of [[schema]] are output, directory,'
            " files, exclude, command, format",
            id="endless-key",
        ),
        pytest.param(
            GOOD + '"a\\n\\u202e" = 1',
            '4: unknown key "a\ufffd\ufffd"; the keys of [[schema]] are output, directory, files,'
            " exclude, command, format",
            id="unprintable-key",
        ),
        pytest.param(
            '\n[[schema]]\ndirectory = "a"',
            '2: no output in this [[schema]]; add output = "prisma/schema.prisma"',
            id="no-output",
        ),
        pytest.param(
            '[[schema]]\noutput = "a.prisma"',
            '1: no directory in this [[schema]]; add directory = "prisma/schema"',
            id="no-directory",
        ),
        pytest.param(
            '[[schema]]\ndirectory = "a"\noutput = ["a.prisma"]',
            '3: output must be a string, not a list; write output = "prisma/schema.prisma"',
            id="output-list",
        ),
        pytest.param(
            '[[schema]]\noutput = "a.prisma"\ndirectory = true',
            '3: directory must be a string, not a boolean; write directory = "prisma/schema"',
            id="directory-boolean",
        ),
        pytest.param(
            GOOD.replace('"prisma/schema"', '""'),
            "3: directory is an empty string; write a path",
            id="directory-empty",
        ),
        pytest.param(
            GOOD.replace('"prisma/schema.prisma"', '""'),
            "2: output is an empty string; write a path",
            id="output-empty",
        ),
        pytest.param(
            GOOD + 'files = "a.prisma"',
            '4: files must be a list of strings, not a string; write files = ["a.prisma"]',
            id="files-string",
        ),
        pytest.param(
            GOOD + 'files = [\n"a.prisma",\n2]',
            "6: files entry must be a string, not a number; quote it",
            id="files-number",
        ),
        pytest.param(
            GOOD + "files = [\ntrue,\n1]",
            "5: files entry must be a string, not a boolean; quote it",
            id="files-boolean",
        ),
        pytest.param(
            GOOD + "exclude = {}",
            '4: exclude must be a list of strings, not a table; write exclude = ["a.prisma"]',
            id="exclude-table",
        ),
        pytest.param(
            GOOD + "exclude = 2024-01-01",
            '4: exclude must be a list of strings, not a date; write exclude = ["a.prisma"]',
            id="exclude-date",
        ),
        pytest.param(
            GOOD + "files = []",
            "4: files is empty; list the sources, or remove files to combine every .prisma file"
            " below directory",
            id="files-empty",
        ),
        pytest.param(
            GOOD + 'files = [\n  "",\n]',
            "5: files entry is an empty string; write a path",
            id="files-entry-empty",
        ),
        pytest.param(
            GOOD + 'exclude = ["a", ""]',
            "4: exclude entry is an empty string; write a path",
            id="exclude-entry-empty",
        ),
        pytest.param(
            GOOD + 'files = [\n  "a.prisma",\n  "b.txt",\n]',
            '6: files entry "b.txt" is not a .prisma file; name a file, or write a pattern such as'
            " modules/*.prisma",
            id="files-other-suffix",
        ),
        pytest.param(
            GOOD + 'files = ["modules/*/"]',
            '4: files entry "modules/*/" is not a .prisma file; name a file, or write a pattern'
            " such as modules/*.prisma",
            id="files-pattern-for-folders",
        ),
        pytest.param(
            GOOD + 'files = ["../schema.prisma"]',
            '4: files entry "../schema.prisma" is the output; remove it',
            id="output-listed",
        ),
        pytest.param(
            GOOD.replace("schema.prisma", "\u00e9.prisma") + 'files = ["../E\u0301.prisma"]',
            '4: files entry "../E\u0301.prisma" is the output on macOS and Windows; remove it',
            id="output-listed-in-other-case",
        ),
        pytest.param(
            GOOD.replace("schema.prisma", "schema.txt"),
            '2: output "prisma/schema.txt" is not a .prisma file; end it with .prisma',
            id="output-other-suffix",
        ),
        pytest.param(
            GOOD.replace("prisma/schema.prisma", "../schema.prisma"),
            '2: output "../schema.prisma" is outside the folder of prisma-combine.toml; move the'
            " configuration up, or the files below it",
            id="output-outside",
        ),
        pytest.param(
            GOOD.replace('"prisma/schema"', '"a/../.."'),
            '3: directory "a/../.." is outside the folder of prisma-combine.toml; move the'
            " configuration up, or the files below it",
            id="directory-outside",
        ),
        pytest.param(
            GOOD + 'files = ["../../../a.prisma"]',
            '4: files entry "../../../a.prisma" is outside the folder of prisma-combine.toml; move'
            " the configuration up, or the files below it",
            id="file-outside",
        ),
        pytest.param(
            GOOD + 'files = ["../../../*.prisma"]',
            '4: files entry "../../../*.prisma" is outside the folder of prisma-combine.toml; move'
            " the configuration up, or the files below it",
            id="pattern-outside",
        ),
        pytest.param(
            GOOD.replace('"prisma/schema"', '"/etc"'),
            '3: directory "/etc" is absolute; write it relative to the folder of'
            " prisma-combine.toml",
            id="directory-absolute",
        ),
        pytest.param(
            GOOD + 'files = ["C:/a.prisma"]',
            '4: files entry "C:/a.prisma" is absolute; write it relative to directory',
            id="file-on-drive",
        ),
        pytest.param(
            GOOD + 'exclude = ["/old"]',
            '4: exclude entry "/old" is absolute; write it relative to directory',
            id="exclude-absolute",
        ),
        pytest.param(
            GOOD.replace('"prisma/schema.prisma"', '"./C:x.prisma"'),
            '2: output "./C:x.prisma" has a colon; rename the file',
            id="drive-behind-needless-part",
        ),
        pytest.param(
            GOOD + "files = ['a\\b.prisma']",
            '4: files entry "a\\b.prisma" has a backslash; write / on every system',
            id="backslash",
        ),
        pytest.param(
            GOOD + 'files = ["a\\nb.prisma"]',
            '4: files entry "a\ufffdb.prisma" has a control character; rename the file',
            id="control-character",
        ),
        pytest.param(
            GOOD + 'exclude = ["a", ".."]',
            '4: exclude entry ".." holds the whole directory; name files or folders in it',
            id="exclude-all-from-above",
        ),
        pytest.param(
            GOOD + 'exclude = ["./"]',
            '4: exclude entry "./" holds the whole directory; name files or folders in it',
            id="exclude-all",
        ),
        pytest.param(
            GOOD.replace('"prisma/schema"', '"schema"') + 'exclude = ["../"]',
            '4: exclude entry "../" holds the whole directory; name files or folders in it',
            id="exclude-root",
        ),
        pytest.param(
            GOOD + GOOD.replace("prisma/schema.", "./prisma/schema."),
            '5: output "prisma/schema.prisma" is the output of another [[schema]]; give each'
            " [[schema]] its own",
            id="same-output",
        ),
        pytest.param(
            GOOD + GOOD.replace("prisma/schema.", "Prisma/Schema."),
            '5: output "Prisma/Schema.prisma" is the same file as "prisma/schema.prisma" on macOS'
            " and Windows; give each [[schema]] its own",
            id="same-output-in-other-case",
        ),
        pytest.param(
            GOOD + "command = 1",
            "4: command must be a string, not a number; quote it",
            id="command-number",
        ),
        pytest.param(
            GOOD + 'command = " "',
            '4: command is empty; write command = "npm run prisma:merge", or remove it',
            id="command-empty",
        ),
        pytest.param(
            GOOD + 'command = "a\\u001b[31m"',
            '4: command "a\ufffd[31m" has a control character; write it on one line',
            id="command-escape",
        ),
        pytest.param(
            GOOD + "command = '''a\nb'''",
            '4: command "a\ufffdb" has a control character; write it on one line',
            id="command-of-two-lines",
        ),
        pytest.param(
            GOOD + 'format = "own"',
            "4: format must be a table, not a string; write its keys below [schema.format]",
            id="format-string",
        ),
        pytest.param(
            FORMAT + "# trimm\n\ntrimm = 1",
            '7: unknown key "trimm"; the keys of [schema.format] are banner, header, first-header,'
            " headers, separator, footer, trim",
            id="format-unknown-key",
        ),
        pytest.param(
            FORMAT + "first_header = true",
            '5: unknown key "first_header"; the keys of [schema.format] are banner, header,'
            " first-header, headers, separator, footer, trim",
            id="format-underscore",
        ),
        pytest.param(
            FORMAT + "header = '''\n\n'''\nbanner = [1]",
            "8: banner must be a string, not a list; quote it",
            id="format-list",
        ),
        pytest.param(
            FORMAT + 'trim = "start"',
            '5: trim "start" is unknown; write one of "none", "end", "both"',
            id="trim-unknown",
        ),
        pytest.param(
            GOOD + "format.trim = false",
            "4: trim must be a string, not a boolean; quote it",
            id="trim-boolean",
        ),
        pytest.param(
            FORMAT + 'first-header = "no"',
            "5: first-header must be true or false, not a string; write first-header = false",
            id="first-header-string",
        ),
        pytest.param(
            FORMAT + 'trim = "end"\nbanner = "{lines}a{lines}"',
            "6: banner has more than one {lines}; keep one",
            id="banner-of-many-lines",
        ),
        pytest.param(
            FORMAT + 'footer = "{lines}{any}{lines}{lines}"',
            "5: footer has more than one {lines}; keep one",
            id="footer-of-many-lines",
        ),
        pytest.param(
            FORMAT + 'headers = "a"',
            "5: headers must be a table, not a string; write its keys below"
            " [schema.format.headers]",
            id="headers-string",
        ),
        pytest.param(
            FORMAT + '[schema.format.headers]\n"a.prisma" = "x"\n"b.prisma" = 1',
            '7: header of "b.prisma" must be a string, not a number; quote it',
            id="header-number",
        ),
        pytest.param(
            FORMAT + 'headers = { "" = "x" }',
            "5: headers key is an empty string; write a path",
            id="headers-key-empty",
        ),
        pytest.param(
            FORMAT + 'headers."/a.prisma" = ""',
            '5: headers key "/a.prisma" is absolute; write it relative to directory',
            id="headers-key-absolute",
        ),
        pytest.param(
            FORMAT + "[schema.format.headers]\nuser = ''",
            '6: headers key "user" is not a .prisma file; name a source',
            id="headers-key-other-suffix",
        ),
        pytest.param(
            FORMAT + "[schema.format.headers]\n'a.prisma' = ''\n'./a.prisma' = ''",
            '7: headers key "./a.prisma" names a file again; keep one of the two',
            id="headers-key-twice",
        ),
        pytest.param(
            f"a = {'1' * 5000}",
            " not valid TOML: too large or too deep; simplify it",
            id="endless-number",
        ),
        pytest.param(
            f"a = {'[' * 5000}{']' * 5000}",
            " not valid TOML: too large or too deep; simplify it",
            id="deep-list",
        ),
        pytest.param(
            "a = " + "{a=" * 5000,
            " not valid TOML: too large or too deep; simplify it",
            id="deep-table",
        ),
    ],
)
def test_parse_names_line_key_and_fix(text: str, message: str) -> None:
    assert error(text) == message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = \n", 1),
        (GOOD + "\nfiles = [a]", 5),
        (GOOD + "[[", 4),
        (GOOD + 'a = "', 4),
        (GOOD + "files = [\n\n", 4),
        (GOOD + 'output = "a.prisma"', 4),
        (GOOD + "[schema.a]\n[schema.a]", 5),
    ],
)
def test_parse_tells_where_the_toml_breaks(text: str, line: int) -> None:
    """The problem is in the words of this Python's parser."""
    assert re.fullmatch(rf"{line}: not valid TOML: [^\n]+; fix this line", error(text))


def test_parse_shortens_what_the_parser_quotes() -> None:
    key = "x" * 100_000
    assert len(error(f"[{key}]\n[{key}]")) < 200


@given(st.text())
def test_parse_raises_nothing_else(text: str) -> None:
    error(text)


PIECES = ["a", "A", ".", "..", "/", "\\", ":", "C:", "~", "$HOME", " ", "\u00e9", "//", "?", "*"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=8).map("".join))
def test_paths_stay_inside_on_every_system(path: str) -> None:
    """As the systems' own rules read them."""
    written = (
        f"[[schema]]\noutput = {json.dumps(path + '.prisma')}\ndirectory = {json.dumps(path)}\n"
        f"files = [{json.dumps(path + '.prisma')}]\n"
    )
    try:
        (found,) = parse(written, "prisma-combine.toml")
    except CombineError:
        return
    for one in (found.output, found.directory, *map(found.path, found.files or ())):
        windows, posix = PureWindowsPath(one), PurePosixPath(one)
        assert not windows.drive + windows.root + posix.root
        assert ".." not in windows.parts + posix.parts
        assert windows.parts == posix.parts


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@given(PATHS, PATHS | st.just("."))
def test_name_is_the_inverse_of_path(path: str, directory: str) -> None:
    one = target(directory=directory)
    if path == directory or directory.startswith(f"{path}/"):
        assert one.name(path) == os.path.relpath(path, directory).replace(os.sep, "/")
    else:
        assert one.path(one.name(path)) == path
        assert relative(path, directory) == os.path.relpath(path, directory).replace(os.sep, "/")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/B.prisma", "A/b.PRISMA", True),
        ("\u00c9", "e\u0301", True),
        ("stra\u00dfe", "STRASSE", True),
        ("a", "b", False),
    ],
)
def test_folded(one: str, other: str, same: bool) -> None:
    assert (folded(one) == folded(other)) is same


NASTY = """\
# files = ["a.prisma"]
[[schema]] # one
output = "a.prisma"
directory = '''
d'''
"exclude" = [ # "b.prisma"
  "b.prisma", "c.prisma",
  # "a.prisma",

  "a.prisma" ]
files = [
  "b.prisma", # not "c.prisma"
  'a.prisma', 'c.prisma',
  \"\"\"
x.prisma\"\"\", "./x/../b.prisma",
  "b.prisma"]

# [schema.format]
[schema.format] # banner = ""
banner = '''

trim = "none"
'''
'header'="" # footer = ""
trim = "end"
  [schema.format.headers]
"d.prisma" = ""
'b.prisma' = ""

[[schema]]
format.headers."x.prisma" = ""
output = "b.prisma" ; directory = "e"
format.trim = "end"
[ [ schema ] ]
""".replace(" ; ", "\n").replace("[ [ schema ] ]", "[[ schema ]]")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ((), 1),
        (("schema", 0), 2),
        (("schema", 0, "output"), 3),
        (("schema", 0, "directory"), 4),
        (("schema", 0, "exclude"), 6),
        (("schema", 0, "exclude", 0), 7),
        (("schema", 0, "exclude", 1), 7),
        (("schema", 0, "exclude", 2), 10),
        (("schema", 0, "files"), 11),
        (("schema", 0, "files", 0), 12),
        (("schema", 0, "files", 1), 13),
        (("schema", 0, "files", 2), 13),
        (("schema", 0, "files", 3), 14),
        (("schema", 0, "files", 4), 15),
        (("schema", 0, "files", 5), 16),
        (("schema", 0, "files", 6), 11),
        (("schema", 0, "command"), 2),
        (("schema", 0, "format"), 19),
        (("schema", 0, "format", "banner"), 20),
        (("schema", 0, "format", "header"), 24),
        (("schema", 0, "format", "trim"), 25),
        (("schema", 0, "format", "footer"), 19),
        (("schema", 0, "format", "headers"), 26),
        (("schema", 0, "format", "headers", "d.prisma"), 27),
        (("schema", 0, "format", "headers", "b.prisma"), 28),
        (("schema", 1), 30),
        (("schema", 1, "format"), 31),
        (("schema", 1, "format", "headers", "x.prisma"), 31),
        (("schema", 1, "output"), 32),
        (("schema", 1, "directory"), 33),
        (("schema", 1, "format", "trim"), 34),
        (("schema", 2), 35),
        (("schema", 3), 1),
    ],
)
def test_positions(keys: positions.Keys, line: int) -> None:
    assert positions.line(NASTY, keys) == line


def test_positions_in_inline_tables() -> None:
    text = (
        '# x\nschema = [ # y\n  {output = "a", format = {trim = "x", headers = {a = "", b = 1}}},\n'
        '  {files = ["a",\n"b", # c\n "c"], output = "a", exclude = [\n["q"], {z = [\n1]}, "r"]},\n]\n'
        'other = "x"\n'
    )
    found = {
        keys: positions.line(text, keys)
        for keys in (
            ("schema",),
            ("schema", 0),
            ("schema", 0, "format", "headers", "b"),
            ("schema", 1),
            ("schema", 1, "files", 0),
            ("schema", 1, "files", 1),
            ("schema", 1, "files", 2),
            ("schema", 1, "output"),
            ("schema", 1, "exclude", 0),
            ("schema", 1, "exclude", 1, "z", 0),
            ("schema", 1, "exclude", 2),
            ("other",),
        )
    }
    assert list(found.values()) == [2, 3, 3, 4, 4, 5, 6, 6, 7, 8, 8, 10]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("schema", 0, "output"), 1),
        (("schema", 1, "files", 0), 5),
        (("deep",), 4),
        (("other",), 1),
    ],
)
def test_positions_without_tomlkit(keys: positions.Keys, line: int) -> None:
    """tomlkit refuses what is nested deeper than 100 levels."""
    text = f'[[schema]]\noutput = "a"\n\n[ "deep" . b]\n [[ schema ]]\nx = {"[" * 150}{"]" * 150}\n'
    assert positions.line(text, keys) == line


def spelled(
    table: int, files: list[str], shape: str, gaps: list[str]
) -> tuple[list[str], Mapping[positions.Keys, int]]:
    """Return the lines of a table, and on which of them what is to be found."""
    lines: list[str] = []
    found: dict[positions.Keys, int] = {}
    gap = iter(gaps)

    def add(line: str, *keys: str | int) -> None:
        lines.extend(next(gap, "").split("\n")[:-1])
        lines.append(line)
        found["schema", table, *keys] = len(lines)

    add('[[ "schema" ]]' if table == 1 else "[[schema]]")
    add('output = "a.prisma" # files = []', "output")
    if shape == "inline":
        add("format = {trim = 'end', headers = {'b.prisma' = ''}}", "format")
        found["schema", table, "format", "headers", "b.prisma"] = len(lines)
    if shape == "dotted":
        add("format.headers.'b.prisma' = ''", "format")
        found["schema", table, "format", "headers", "b.prisma"] = len(lines)
        add("format.trim = 'end'", "format", "trim")
    add("'files' = [ # " + ", ".join(files), "files")
    for index, name in enumerate(files):
        add(f"  {json.dumps(name)}, # {files[0]}", "files", index)
    lines.append("]")
    if shape == "table":
        add("[schema.format]", "format")
        add("header = '''\ntrim = 1\n'''", "format", "header")
        lines[-1:] = lines[-1].split("\n")
        add("trim = 'end'", "format", "trim")
        add("[schema.format.headers]", "format", "headers")
        add("'b.prisma' = '' # trim", "format", "headers", "b.prisma")
    return lines, found


GAPS = st.sampled_from(["", "\n", "\n\n", "# trim = 'x'\n", '  # "a.prisma", [[schema]]\n\n'])
TABLES = st.tuples(
    st.lists(st.sampled_from(["a.prisma", "b.prisma", "#", '"', "]"]), min_size=1, max_size=4),
    st.sampled_from(["inline", "dotted", "table", "none"]),
    st.lists(GAPS, max_size=12),
)


@given(st.lists(TABLES, min_size=1, max_size=3))
def test_positions_of_everything(tables: list[tuple[list[str], str, list[str]]]) -> None:
    lines: list[str] = []
    expected: dict[positions.Keys, int] = {}
    for table, (files, shape, gaps) in enumerate(tables):
        more, found = spelled(table, files, shape, gaps)
        expected |= {keys: len(lines) + line for keys, line in found.items()}
        lines += more
    text = "\n".join(lines)
    assert {keys: positions.line(text, keys) for keys in expected} == expected


def test_a_name_in_a_comment_or_in_exclude_is_not_listed() -> None:
    text = (
        "[[schema]]\n"
        'output = "o.prisma" # "a.prisma"\n'
        'directory = "d"\n'
        'exclude = ["a.prisma"]\n'
        "files = [\n"
        '  "a.prisma", # "a.prisma"\n'
        '  # "a.prisma",\n'
        '  "b.prisma", "./a.prisma", "a.prisma",\n'
        '  "**/*.prisma",\n'
        "]\n"
    )
    config = of(text, "x.toml", "/r")
    (one,) = config.targets
    assert config.lines(one, "files", "a.prisma") == [6, 8]
    assert config.lines(one, "exclude", "a.prisma") == [4]
    assert config.lines(one, "files", "c.prisma") == []
    assert config.where(one, "files", "b.prisma") == "x.toml:8"
    assert config.where(one, "files", "**/*.prisma") == "x.toml:9"
    assert config.where(one, "files", "matched.prisma") == "x.toml:5"
    assert config.where(one, "files") == "x.toml:5"
    assert config.where(one, "format.trim") == "x.toml:1"


def write(folder: Path, text: str | bytes = GOOD) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "prisma-combine.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def load_error(named: str | None = None) -> str:
    with pytest.raises(CombineError) as raised:
        load(named)
    return str(raised.value)


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, the top of a repository."""
    top = tmp_path / "top"
    (top / ".git").mkdir(parents=True)
    monkeypatch.chdir(top)
    return top


def test_load_looks_upward_to_the_top_of_the_repository(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top.parent)
    deep = top / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert load_error() == (
        f"no prisma-combine.toml in {deep} or above it;"
        " run `prisma-combine init` to write one, or pass `--config PATH`"
    )
    shown = "../../prisma-combine.toml"
    write(top)
    found = load(None)
    assert found == Config(
        shown, os.path.realpath(top), GOOD, parse(GOOD, ""), frozenset(["prisma/schema.prisma"])
    )
    assert found.where(found.targets[0], "directory") == f"{shown}:3"
    assert load(shown) == found
    (top / ".git").rmdir()
    (top / "prisma-combine.toml").unlink()
    assert load(None).path == f"../{shown}"


@pytest.mark.parametrize(
    ("places", "advice"),
    [
        pytest.param(
            ["apps/api"],
            "there is one in apps/api: run `cd apps/api`, or pass"
            " `--config apps/api/prisma-combine.toml`",
            id="one",
        ),
        pytest.param(
            ["b/c/d", "api"],
            "there is one in api and in 1 more below: run `cd api`, or pass"
            " `--config api/prisma-combine.toml`",
            id="several",
        ),
        pytest.param(
            ["my app"],
            "there is one in my app: run `cd 'my app'`, or pass"
            " `--config 'my app/prisma-combine.toml'`",
            id="blank",
        ),
        pytest.param(
            ["a/b/c/d", ".hidden", "node_modules/x", "a/node_modules", "a/.b"],
            "run `prisma-combine init` to write one, or pass `--config PATH`",
            id="too-deep-or-hidden",
        ),
    ],
)
def test_load_tells_where_a_configuration_is(top: Path, places: list[str], advice: str) -> None:
    for place in places:
        write(top / place)
    assert load_error() == f"no prisma-combine.toml in {top}; {advice}"


def test_load_reads_what_editors_write(top: Path) -> None:
    file = write(top, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(None).targets == parse(GOOD, "")
    write(top, b'\na = "\xff"')
    assert load_error() == "prisma-combine.toml:2: not UTF-8; save the file as UTF-8"
    file.unlink()
    assert load_error("other.toml") == "other.toml: does not exist; check the path"


@pytest.mark.posix
def test_load_in_a_folder_that_was_deleted(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (top / "a").mkdir()
    monkeypatch.chdir(top / "a")
    (top / "a").rmdir()
    for named in (None, "prisma-combine.toml"):
        assert load_error(named) == "the working directory does not exist any more; cd to one"


def test_load_refuses_an_empty_path(top: Path) -> None:
    write(top)
    assert load_error("") == "--config: path is empty; name a file, such as prisma-combine.toml"


def test_load_reads_from_elsewhere(top: Path) -> None:
    write(top, "not read")
    asked = []

    def read(root: str, name: str) -> bytes | None:
        asked.append((root, name))
        return GOOD.encode() if len(asked) == 1 else None

    assert load(None, read).targets == parse(GOOD, "")
    with pytest.raises(CombineError) as raised:
        load(None, read)
    assert str(raised.value) == (
        "prisma-combine.toml: is not in the index; git add prisma-combine.toml"
    )
    assert asked == [(os.path.realpath(top), "prisma-combine.toml")] * 2


@pytest.mark.posix
def test_load_refuses_a_link_out_of_the_repository(top: Path) -> None:
    outside = write(top.parent / "elsewhere")
    (top / "prisma-combine.toml").symlink_to(outside)
    assert load_error() == (
        f"prisma-combine.toml: symbolic link out of {top}, to {outside}; replace it with a file"
    )
    inside = write(top / "shared")
    (top / "prisma-combine.toml").unlink()
    (top / "prisma-combine.toml").symlink_to(inside)
    assert load(None).root == os.path.realpath(top)
