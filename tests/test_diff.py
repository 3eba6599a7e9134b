"""The printed diff, taken by the real `git apply`, always makes `check` pass."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import CONFIG, Ran, Repository
from prisma_combine.diff import diff

IN_SYNC = "{}: in sync\n"
SOURCE = "prisma/schema/user.prisma"

# Each turns the bytes of a file in sync into a committed file to be mended.
COMMITTED: dict[str, Callable[[bytes], bytes | None]] = {
    "edited": lambda data: data.replace(b"Int", b"BigInt"),
    "missing": lambda _: None,
    "empty": lambda _: b"",
    "no final newline": lambda data: data[:-1],
    "no final newline, edited": lambda data: data[:-2] + b"// x",
    "extra newlines": lambda data: data + b"\n\n",
    "CRLF": lambda data: data.replace(b"Int", b"BigInt").replace(b"\n", b"\r\n"),
    "CRLF, no final newline": lambda data: data.replace(b"\n", b"\r\n")[:-2] + b"// x",
    "mixed newlines": lambda data: data.replace(b"Int", b"BigInt").replace(b"{\n", b"{\r\n"),
    "lone CR": lambda data: data.replace(b"{\n", b"{\r// a\rb\n"),
    "FF, VT, NEL, U+2028": lambda data: data.replace(
        b"{\n", b"{\n\x0c\n// \x0b \xc2\x85 \xe2\x80\xa8 x\n"
    ),
    "not UTF-8": lambda data: data.replace(b"{\n", b"{\n// \xff\xfe \xc3\n"),
    "a name not UTF-8": lambda data: data.replace(b"// user.prisma", b"// \xff.prisma"),
    "NUL": lambda data: data.replace(b"{\n", b"{\n// \0\n"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "lines like a diff": lambda data: b"@@ -1 +1 @@\n--- a/x\n+++ b/x\n" + data,
    "conflict": lambda data: data.replace(b"{\n", b"{\n<<<<<<< HEAD\n=======\n>>>>>>> b\n"),
    "something else": lambda _: b"model A {\n}\n" * 500,
}


@pytest.mark.parametrize("name", COMMITTED)
def test_git_apply_mends_the_file(repository: Repository, name: str) -> None:
    _mend(repository, COMMITTED[name])


@pytest.mark.parametrize(
    "output",
    [
        "a b/schema one.prisma",
        "\u00e4/\U0001f600.prisma",
        '"quoted".prisma',
        "-x.prisma",
        "a\u0301'.prisma",
    ],
)
@pytest.mark.parametrize("change", ["edited", "missing", "empty", "CRLF"])
def test_any_name_of_the_output(repository: Repository, output: str, change: str) -> None:
    repository.write(
        "prisma-combine.toml", CONFIG.replace('"prisma/schema.prisma"', f"'''{output}'''")
    )
    repository.tool("combine")
    repository.commit()
    _mend(repository, COMMITTED[change], output)


@pytest.mark.parametrize(
    "settings",
    [
        {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "diff.external",
            "GIT_CONFIG_VALUE_0": "false",
        },
        {"GIT_EXTERNAL_DIFF": "false"},
        {"GIT_DIFF_OPTS": "-u0"},
        {"GIT_TRACE": "1"},
    ],
)
def test_environment_of_git(repository: Repository, settings: dict[str, str]) -> None:
    _mend(repository, COMMITTED["CRLF"], environment=settings)


HOSTILE = """\
[diff]
external = false
noprefix = true
mnemonicPrefix = true
context = 0
interHunkContext = 100
algorithm = patience
wordRegex = .
renames = copies
orderFile = /nonexistent
[diff "broken"]
textconv = false
command = false
xfuncname = "("
[color]
ui = always
[core]
attributesFile = ATTRIBUTES
quotePath = true
pager = false
fsmonitor = false
autocrlf = false
"""


@pytest.mark.parametrize("change", ["edited", "CRLF", "no final newline", "missing"])
@pytest.mark.parametrize("where", ["global", "local"])
def test_hostile_configuration(repository: Repository, change: str, where: str) -> None:
    repository.write("attributes", "* diff=broken binary -text\n")
    text = HOSTILE.replace("ATTRIBUTES", str(repository.root / "attributes"))
    if where == "local":
        repository.write(".gitattributes", "*.prisma diff=broken\n")
        repository.write(".git/config", repository.read(".git/config") + text)
        _mend(repository, COMMITTED[change])
    else:
        repository.write("hostile", text)
        _mend(
            repository,
            COMMITTED[change],
            environment={"GIT_CONFIG_GLOBAL": str(repository.root / "hostile")},
        )


def test_index_and_repository_of_the_caller(repository: Repository) -> None:
    elsewhere = {
        "GIT_DIR": str(repository.root / ".git"),
        "GIT_INDEX_FILE": str(repository.root / ".git" / "index"),
        "GIT_WORK_TREE": str(repository.root),
    }
    _mend(repository, COMMITTED["edited"], environment=elsewhere)


def _mend(
    repository: Repository,
    change: Callable[[bytes], bytes | None],
    output: str = Repository.output,
    *,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Changes the combined file, and mends it with what `check` prints."""
    file = repository.root / output
    committed = change(file.read_bytes())
    if committed is None:
        file.unlink()
    else:
        file.write_bytes(committed)
    checked = repository.tool("check", environment=environment)
    assert checked.code == 1, checked
    # The hostile settings are for our own git calls; the user's `git apply` may heed them.
    applied = repository.run(
        "git", "apply", "-", stdin=checked.out.encode(errors="surrogateescape")
    )
    assert applied.code == 0, (applied, checked)
    assert repository.tool("check") == Ran(0, "", IN_SYNC.format(output))
    # Not a byte may be left for the tool to rewrite, newlines not either.
    before = file.read_bytes()
    assert repository.tool("combine") == Ran(0, "", f"{output}: up to date\n")
    assert file.read_bytes() == before
    is_crlf = (committed or b"").count(b"\r\n") * 2 > (committed or b"").count(b"\n")
    assert before.count(b"\r\n") == (before.count(b"\n") if is_crlf else 0)


_texts = st.lists(
    st.sampled_from(
        [
            "model A {\n",
            "}\n",
            "  a Int\n",
            "\n",
            "// \u2028\f\n",
            "x\r",
            "\r\n",
            "@@ -1,2 +3 @@\n",
            "a",
        ]
    )
).map("".join)


@given(_texts, _texts)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200
)
def test_any_two_texts(folder: Repository, old: str, new: str) -> None:
    file = folder.root / "prisma" / "schema.prisma"
    file.write_bytes(old.encode())
    changes = diff(old.encode(), new.encode(), "prisma/schema.prisma", [])
    assert changes is not None
    if old == new:
        assert changes == (b"", [])
        return
    applied = folder.run("git", "apply", "--unidiff-zero", "-", stdin=changes.text)
    assert applied.code == 0, (applied, changes)
    assert file.read_bytes() == new.encode()
