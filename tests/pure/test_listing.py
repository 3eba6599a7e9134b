import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from prisma_combine.config.load import Config, of
from prisma_combine.errors import CombineError
from prisma_combine.repository import listing
from prisma_combine.repository.disk import Disk

OUTPUT = 'output = "p/schema.prisma"\ndirectory = "p/split"\n'


class Memory:
    """A tree of files that hold nothing."""

    absent = "does not exist"

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    def find(self, directory: str) -> list[str] | None:
        below = "" if directory == "." else f"{directory}/"
        found = [path.removeprefix(below) for path in self.paths if path.startswith(below)]
        hidden = [name for name in found if "/." in f"/{name}" or "node_modules" in name]
        return [name for name in found if name not in hidden] if found else None

    def read(self, path: str) -> bytes | None:
        return b"" if path in self.paths else None

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        return nullcontext(BytesIO() if path in self.paths else None)


TREE = Memory(
    "p/schema.prisma",
    "p/other.prisma",
    "p/split/out.prisma",
    "p/split/base.prisma",
    "p/split/a/B.prisma",
    "p/split/a/a.prisma",
    "p/split/a/base.prisma",
    "p/split/a/deep/c.test.prisma",
    "p/split/[x].prisma",
    "p/split/.hidden.prisma",
    "p/split/node_modules/x.prisma",
    "p/common/b.prisma",
    "p/common/a.test.prisma",
    "p/.cache/x.prisma",
    "top.prisma",
)
BELOW = [
    "[x].prisma",
    "a/B.prisma",
    "a/a.prisma",
    "a/base.prisma",
    "a/deep/c.test.prisma",
    "base.prisma",
]


def config(more: str, output: str = OUTPUT) -> Config:
    other = '[[schema]]\noutput = "p/split/out.prisma"\ndirectory = "p"\n'
    return of(f"[[schema]]\n{output}{more}\n{other}", "x.toml", "/nowhere")


def sources(more: str, ignored: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
    """Return what is chosen and what is unlisted."""
    configuration = config(more)
    target = configuration.targets[0]
    present = listing.present(configuration, target, TREE, ignored)
    chosen = listing.chosen(target, present)
    return chosen, listing.unlisted(target, present, chosen)


@pytest.mark.parametrize(
    ("more", "chosen", "unlisted"),
    [
        pytest.param("", BELOW, [], id="files-left-out"),
        pytest.param(
            'exclude = ["a/"]', ["[x].prisma", "base.prisma"], [], id="files-left-out-and-exclude"
        ),
        pytest.param('files = ["*.prisma"]', BELOW, [], id="at-any-depth"),
        pytest.param(
            'files = ["./*.prisma"]',
            ["[x].prisma", "base.prisma"],
            ["a/B.prisma", "a/a.prisma", "a/base.prisma", "a/deep/c.test.prisma"],
            id="anchored",
        ),
        pytest.param(
            'files = ["base.prisma", "**/*.prisma"]',
            ["base.prisma", *BELOW[:-1]],
            [],
            id="one-first",
        ),
        pytest.param(
            'files = ["**/*.prisma", "base.prisma"]', BELOW, [], id="named-by-a-later-entry"
        ),
        pytest.param(
            'files = ["**/b*", "a/*", "**"]',
            [
                *("a/base.prisma", "base.prisma"),
                *("a/B.prisma", "a/a.prisma"),
                *("[x].prisma", "a/deep/c.test.prisma"),
            ],
            [],
            id="taken-by-an-earlier-pattern",
        ),
        pytest.param(
            'files = ["a/a.prisma", "gone.prisma", "./a/a.prisma"]',
            ["a/a.prisma", "gone.prisma", "a/a.prisma"],
            [name for name in BELOW if name != "a/a.prisma"],
            id="names-as-they-are",
        ),
        pytest.param('files = ["[x].prisma"]', [], BELOW, id="brackets-are-a-pattern"),
        pytest.param(
            'files = ["[[]x].prisma"]', ["[x].prisma"], BELOW[1:], id="brackets-in-brackets"
        ),
        pytest.param(
            'files = ["*"]\nexclude = ["*.test.prisma", "./base.prisma"]',
            ["[x].prisma", "a/B.prisma", "a/a.prisma", "a/base.prisma"],
            [],
            id="exclude-from-pattern",
        ),
        pytest.param(
            'files = ["base.prisma"]\nexclude = ["*"]',
            ["base.prisma"],
            [],
            id="exclude-spares-names",
        ),
        pytest.param(
            'files = [".hidden.prisma", "node_modules/x.prisma", ".*", "node_modules/*"]\n'
            'exclude = ["*"]',
            [".hidden.prisma", "node_modules/x.prisma"],
            [],
            id="hidden",
        ),
        pytest.param(
            'files = ["../common/*.prisma", "base.prisma"]\nexclude = ["a", "[[]*"]',
            ["../common/a.test.prisma", "../common/b.prisma", "base.prisma"],
            [],
            id="elsewhere",
        ),
        pytest.param(
            'files = ["**/*.prisma", "../common/*.prisma"]\nexclude = ["a", "*.test.prisma"]',
            ["[x].prisma", "base.prisma", "../common/b.prisma"],
            [],
            id="elsewhere-exclude-at-any-depth",
        ),
        pytest.param(
            'files = ["../common/*", "**"]\nexclude = ["a", "../common/a*", ".*"]',
            ["../common/b.prisma", "[x].prisma", "base.prisma"],
            [],
            id="elsewhere-exclude-there",
        ),
        pytest.param(
            'files = ["../**/b*.prisma"]\nexclude = ["../split/a", "[[]*"]',
            ["../common/b.prisma", "base.prisma"],
            [],
            id="elsewhere-and-below",
        ),
        pytest.param(
            'files = ["../*.prisma", "../../*.prisma"]\nexclude = ["./*"]',
            ["../other.prisma", "../../top.prisma"],
            [],
            id="elsewhere-not-deep",
        ),
        pytest.param(
            'files = ["../.cache/*", "../common/b.prisma", "../gone/*", "../common/*/x*"]\n'
            'exclude = ["./**"]',
            ["../common/b.prisma"],
            [],
            id="elsewhere-hidden-or-missing",
        ),
    ],
)
def test_sources(more: str, chosen: list[str], unlisted: list[str]) -> None:
    assert sources(more) == (chosen, unlisted)


def test_what_git_ignores_is_a_source_only_when_it_is_named() -> None:
    ignored = ("p/split/a/a.prisma", "p/split/base.prisma", "p/common/b.prisma")
    assert sources('exclude = ["[[]*", "deep"]', ignored) == (["a/B.prisma", "a/base.prisma"], [])
    more = 'files = ["base.prisma", "../common/*", "a/*"]\nexclude = ["[[]*", "deep"]'
    assert sources(more, ignored) == (
        ["base.prisma", "../common/a.test.prisma", "a/B.prisma", "a/base.prisma"],
        [],
    )


def test_outputs_are_no_sources_of_the_schema_around_them() -> None:
    configuration = config("")
    target = configuration.targets[1]
    found = listing.present(configuration, target, TREE)
    assert "schema.prisma" not in found
    assert "split/out.prisma" not in found
    assert "split/base.prisma" in found


def test_the_directory_may_be_the_root() -> None:
    configuration = of(
        '[[schema]]\noutput = "p/schema.prisma"\ndirectory = "."\nfiles = ["./*.prisma", "p/s*/b*"]\n'
        'exclude = ["p/common/"]',
        "x.toml",
        "/nowhere",
    )
    (target,) = configuration.targets
    found = listing.present(configuration, target, TREE)
    assert listing.chosen(target, found) == ["top.prisma", "p/split/base.prisma"]
    assert "p/common/b.prisma" not in found


def test_an_absent_directory() -> None:
    configuration = config("", OUTPUT.replace("split", "gone"))
    with pytest.raises(CombineError) as raised:
        listing.present(configuration, configuration.targets[0], TREE)
    assert str(raised.value) == (
        'x.toml:3: directory "p/gone" does not exist; check the path, or create the folder'
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\nb.prisma", "p/split/a\ufffdb.prisma"), ("\udcff.prisma", "p/split/\ufffd.prisma")],
)
def test_a_name_that_no_combined_file_can_hold(name: str, shown: str) -> None:
    tree = Memory(f"p/split/{name}")
    for more in ("", 'files = ["*"]'):
        configuration = config(more)
        target = configuration.targets[0]
        present = listing.present(configuration, target, tree)
        with pytest.raises(CombineError) as raised:
            listing.chosen(target, present)
        assert str(raised.value) == (
            f"{shown}: name has a control character or is not UTF-8; rename the file"
        )
    target = config('files = ["a.prisma"]').targets[0]
    assert listing.unlisted(target, present, listing.chosen(target, present)) == [name]


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ("", ["p/split", "p/schema.prisma"]),
        ('files = ["a.prisma", "b/*"]', ["p/split", "p/schema.prisma"]),
        (
            'files = ["../x/a.prisma", "../common/a/*/b.prisma", "../*", "../../**", "../x*/y/*"]',
            ["p/split", "p/schema.prisma", "p/x/a.prisma", "p/common/a", "p", "."],
        ),
        (f"files = {[f'../{n}.prisma' for n in range(99)]}", ["."]),
    ],
)
def test_paths_hold_what_must_be_tracked(more: str, paths: list[str]) -> None:
    configuration = of(f"[[schema]]\n{OUTPUT}{more}", "x.toml", "/nowhere")
    assert listing.paths(configuration) == paths


SPLIT: Mapping[str, str] = {
    "prisma-combine.toml": (
        f"[[schema]]\n{OUTPUT}files = ['base.prisma', '../common/*.prisma']\nexclude = ['old']\n"
        '[[schema]]\noutput = "b.prisma"\ndirectory = "other"'
    ),
    **dict.fromkeys(
        (
            "p/schema.prisma",
            "p/split/unlisted.prisma",
            "p/split/notes.md",
            "p/split/old/a.prisma",
            "p/common/x.prisma",
            "other/b.prisma",
            "src/a.ts",
        ),
        "",
    ),
}


@pytest.mark.parametrize(
    ("named", "touched"),
    [
        ([], ["p/schema.prisma", "b.prisma"]),
        (["."], ["p/schema.prisma", "b.prisma"]),
        ([".."], ["p/schema.prisma", "b.prisma"]),
        (["prisma-combine.toml"], ["p/schema.prisma", "b.prisma"]),
        (["p"], ["p/schema.prisma"]),
        (["./p//split/"], ["p/schema.prisma"]),
        (["p/schema.prisma"], ["p/schema.prisma"]),
        (["p/split/unlisted.prisma"], ["p/schema.prisma"]),
        (["p/common"], ["p/schema.prisma"]),
        (["p/common/x.prisma"], ["p/schema.prisma"]),
        (["p/split/notes.md", "p/split/old"], []),
        (["other/b.prisma", "p/split/notes.md"], ["b.prisma"]),
        (["src"], []),
    ],
)
def test_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: list[str], touched: list[str]
) -> None:
    for path, text in SPLIT.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    configuration = of(
        SPLIT["prisma-combine.toml"], "prisma-combine.toml", os.path.realpath(tmp_path)
    )
    tree = Memory(*(path for path in SPLIT if path.endswith(".prisma")))
    found = listing.touched(configuration, named, tree)
    assert [target.output for target in found] == touched


def test_touched_by_a_path_that_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CombineError) as raised:
        listing.touched(config(""), ["gone"], TREE)
    assert str(raised.value) == "gone: no such file or folder; check the path"


@pytest.mark.posix
def test_hidden_files_and_linked_folders_on_disk(tmp_path: Path) -> None:
    for name in (
        ".#user.prisma",
        "._user.prisma",
        ".git/x.prisma",
        "node_modules/a/b.prisma",
        "a.txt",
        "user.prisma",
    ):
        (tmp_path / "split" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "split" / name).write_text("")
    (tmp_path / "split" / "folder.prisma").mkdir()
    (tmp_path / "split" / "loop").symlink_to("..")
    root = os.path.realpath(tmp_path)
    configuration = of(SPLIT["prisma-combine.toml"].replace('"p/', '"'), "x.toml", root)
    found = listing.present(configuration, configuration.targets[0], Disk(root))
    assert found == ["user.prisma"]


@pytest.mark.posix
@pytest.mark.parametrize(("system", "name"), [("darwin", "\u00e9"), ("linux", "e\u0301")])
def test_letters_that_macos_has_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, name: str
) -> None:
    (tmp_path / "e\u0301.prisma").write_text("")
    monkeypatch.setattr("sys.platform", system)
    assert Disk(os.path.realpath(tmp_path)).find(".") == [f"{name}.prisma"]
