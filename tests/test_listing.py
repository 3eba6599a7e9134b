import pytest

from conftest import CONFIG, Repository
from prisma_combine import config, listing
from prisma_combine.tree import Disk


@pytest.mark.parametrize(
    ("pattern", "excluded"),
    [
        ("*.prisma", {"a.prisma"}),
        ("a.prisma", {"a.prisma"}),
        ("**/b.prisma", {"old/b.prisma"}),
        ("**/a.prisma", {"a.prisma", "old/a.prisma", "old/er/a.prisma", "older/a.prisma"}),
        ("old", {"old/a.prisma", "old/b.prisma", "old/er/a.prisma"}),
        ("./old/", {"old/a.prisma", "old/b.prisma", "old/er/a.prisma"}),
        ("old/*", {"old/a.prisma", "old/b.prisma", "old/er/a.prisma"}),
        ("old/*.prisma", {"old/a.prisma", "old/b.prisma"}),
        ("old/**/a.prisma", {"old/a.prisma", "old/er/a.prisma"}),
        ("o*/[!a].prisma", {"old/b.prisma"}),
        ("**", {"a.prisma", "old/a.prisma", "old/b.prisma", "old/er/a.prisma", "older/a.prisma"}),
        ("ol?", {"old/a.prisma", "old/b.prisma", "old/er/a.prisma"}),
        ("er", set()),
        ("a.prisma/x", set()),
        (".", set()),
    ],
)
def test_exclude(folder: Repository, pattern: str, excluded: set[str]) -> None:
    names = {"a.prisma", "old/a.prisma", "old/b.prisma", "old/er/a.prisma", "older/a.prisma"}
    for name in names:
        folder.write(f"split/{name}", "")
    folder.write(
        "prisma-combine.toml",
        f'[[schema]]\noutput="split/out.prisma"\ndirectory="split"\nexclude=["{pattern}"]',
    )
    folder.write("split/out.prisma", "the output is no source")
    configuration = config.load(str(folder.root / "prisma-combine.toml"))
    found = listing.present(configuration, configuration.targets[0], Disk(configuration.root))
    assert found == sorted(names - excluded)


def test_what_is_no_source(folder: Repository) -> None:
    for name in (
        ".#user.prisma",
        "._user.prisma",
        ".git/x.prisma",
        "node_modules/a/b.prisma",
        "a.txt",
    ):
        folder.write(f"prisma/schema/{name}", "")
    (folder.root / "prisma/schema/folder.prisma").mkdir()
    (folder.root / "prisma/schema/loop").symlink_to("..")
    configuration = config.load(str(folder.root / "prisma-combine.toml"))
    target = configuration.targets[0]
    found = listing.present(configuration, target, Disk(configuration.root))
    assert found == ["base.prisma", "post.prisma", "user.prisma"]


@pytest.mark.parametrize(
    ("paths", "touched"),
    [
        ([], ["prisma/schema.prisma", "b.prisma"]),
        (["."], ["prisma/schema.prisma", "b.prisma"]),
        (["prisma-combine.toml"], ["prisma/schema.prisma", "b.prisma"]),
        (["prisma"], ["prisma/schema.prisma"]),
        (["prisma/schema.prisma"], ["prisma/schema.prisma"]),
        (["prisma/schema/user.prisma"], ["prisma/schema.prisma"]),
        (["prisma/schema/unlisted.prisma"], ["prisma/schema.prisma"]),
        (["prisma/schema/notes.md"], []),
        (["other/b.prisma", "prisma/schema/notes.md"], ["b.prisma"]),
        (["src"], []),
    ],
)
def test_touched(
    folder: Repository, monkeypatch: pytest.MonkeyPatch, paths: list[str], touched: list[str]
) -> None:
    folder.write("prisma-combine.toml", CONFIG + '[[schema]]\noutput="b.prisma"\ndirectory="other"')
    for path in (
        "other/b.prisma",
        "prisma/schema/unlisted.prisma",
        "prisma/schema/notes.md",
        "src/a.ts",
    ):
        folder.write(path, "")
    folder.write("prisma/schema.prisma", "")
    monkeypatch.chdir(folder.root)
    configuration = config.load(None)
    found = listing.touched(configuration, paths, Disk(configuration.root))
    assert [target.output for target in found] == touched


@pytest.mark.parametrize(("system", "names"), [("darwin", ["\u00e9"]), ("linux", ["e\u0301"])])
def test_letters_that_macos_has_taken_apart(
    folder: Repository, monkeypatch: pytest.MonkeyPatch, system: str, names: list[str]
) -> None:
    folder.write("split/e\u0301.prisma", "")
    monkeypatch.setattr("sys.platform", system)
    assert Disk(str(folder.root)).find("split") == [f"{name}.prisma" for name in names]
