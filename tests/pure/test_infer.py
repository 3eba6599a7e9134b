"""A format, an order and a list of files are read off a combined file."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.config.table import Target
from prisma_combine.schema.format import TRIMS, Format, join
from prisma_combine.schema.source import Source
from prisma_combine.setup import infer, layout
from prisma_combine.setup.past import Snapshot

DIRECTORY, OUTPUT = "prisma/schema", "prisma/schema.prisma"
DATASOURCE = 'datasource db {\n  provider = "sqlite"\n}\n'
GENERATOR = 'generator client {\n  provider = "x"\n}\n'
BASE = f"{DATASOURCE}\n{GENERATOR}"
USER = "model User {\n  id Int @id\n}\n"
TAGS = "\nmodel PostTag {\n  id Int @id\n}\n\n"
SOURCES = {"base.prisma": BASE, "user.prisma": USER, "post-tag.prisma": TAGS}
RULE = "// ==========\n"


def rendered(form: Format, sources: Mapping[str, str] = SOURCES, directory: str = DIRECTORY) -> str:
    """Return what a script with this format writes."""
    order = [Source(name, name, text) for name, text in sources.items()]
    return join(form, directory, order).text()


def read(combined: str, sources: Mapping[str, str] = SOURCES) -> Format:
    """Return the simplest format read from a combined file, its sources given by name."""
    reading = infer.read(DIRECTORY, combined, dict(sorted(sources.items())))
    assert reading
    assert list(reading.names) == list(sources)
    return reading.formats[0]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(Format(), id="cat"),
        pytest.param(Format(separator="\n"), id="newline-between"),
        pytest.param(Format(separator="\n\n", trim="both"), id="trimmed"),
        pytest.param(Format(separator="\n\n", footer="\n", trim="both"), id="trimmed-with-end"),
        pytest.param(Format(header="// {name}\n"), id="name"),
        pytest.param(Format(header="// {stem}\n"), id="stem"),
        pytest.param(Format(header="// {stem:upper}\n"), id="upper"),
        pytest.param(Format(header="// {stem:title}\n"), id="title"),
        pytest.param(Format(header="// {stem:words:upper} MODELS\n"), id="upper-words"),
        pytest.param(Format(header="// {name} ({stem:title})\n"), id="two-placeholders"),
        pytest.param(Format(header=f"{RULE}// {{name}}\n{RULE}\n"), id="rules"),
        pytest.param(Format(header="\n// {stem}s\n"), id="newline-first"),
        pytest.param(Format(header="\n"), id="newline-before-each"),
        pytest.param(Format(header="// {name}\n", first_header=False), id="not-before-the-first"),
        pytest.param(Format(separator="// ----\n\n", footer="// ----\n\n"), id="text-after-each"),
        pytest.param(
            Format("// AUTO\n\n", "// {name}\n", separator="\n\n", footer="\n\n"), id="design"
        ),
        pytest.param(
            Format(
                header="// {name}\n",
                headers={"post-tag.prisma": "// Modules\n// post-tag.prisma\n"},
            ),
            id="a-group-heading",
        ),
    ],
)
def test_reads_the_format_of_a_script(form: Format) -> None:
    assert read(rendered(form)) == form


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("// {path}\n", "// {path}\n", id="path"),
        pytest.param("// {dir}: {name}\n", "// {dir}: {name}\n", id="folder"),
        pytest.param("// {dir}/{name}\n", "// {dir}/{name}\n", id="path-from-above"),
    ],
)
def test_reads_headers_of_nested_folders(header: str, expected: str) -> None:
    sources = {"base.prisma": BASE, "core/user.prisma": USER, "blog/post-tag.prisma": TAGS}
    assert read(rendered(Format(header=header), sources), sources).header == expected


@pytest.mark.parametrize(
    "date",
    [
        "2024-05-01T10:11:12.123Z",
        "2024-05-01 10:11:12",
        "Wed May 01 2024 12:00:00 GMT+0200 (Central European Summer Time)",
        "Wed May  1 12:00:00 UTC 2024",
        "5/1/2024, 12:00:00 PM",
        "1.5.2024, 12:00:00",
        "1714557600000",
        "May 1, 2024",
    ],
)
def test_a_date_in_the_banner_is_a_wildcard(date: str) -> None:
    form = read(rendered(Format(f"// Generated at {date}\n// Do not edit.\n\n")))
    assert form.banner == "// Generated at {any}\n// Do not edit.\n\n"


def test_a_number_alone_is_no_date() -> None:
    banner = "// version 1.2.3 of 12 models\n"
    assert read(rendered(Format(banner))).banner == banner


def test_settings_that_only_the_script_has_are_a_wildcard() -> None:
    sources = {"post-tag.prisma": TAGS, "user.prisma": USER}
    form = read(rendered(Format(f"// AUTO\n{BASE}\n", separator="\n"), sources), sources)
    assert form.banner == "// AUTO\n{lines}\n\n"


@pytest.mark.parametrize(
    "combined",
    [
        pytest.param(rendered(Format()) + "\nmodel Hand {\n  id Int @id\n}\n", id="at-the-end"),
        pytest.param("model Hand {\n  id Int @id\n}\n\n" + rendered(Format()), id="at-the-top"),
        pytest.param(f"{BASE}\nenum Hand {{\n  A\n}}\n\n{USER}{TAGS}", id="between"),
        pytest.param(f"{BASE}\n// {'x' * 5000}\n\n{USER}{TAGS}", id="a-long-text"),
        pytest.param(f"{BASE}\n// 2024-05-01T10:00\n{USER}// 2024-05-02T10:00\n{TAGS}", id="dates"),
    ],
)
def test_what_no_format_describes_is_not_described(combined: str) -> None:
    assert infer.read(DIRECTORY, combined, SOURCES) is None


def test_a_source_that_holds_another_stands_for_both() -> None:
    leftovers = {
        "datasource.prisma": DATASOURCE,
        "generator.prisma": GENERATOR,
    }
    reading = infer.read(DIRECTORY, rendered(Format()), {**leftovers, **SOURCES})
    assert reading
    assert list(reading.names) == list(SOURCES)


@pytest.mark.parametrize(
    "form", [Format(separator="\n"), Format(header="// {name}\n", trim="both")]
)
def test_an_empty_source_is_found_between_others(form: Format) -> None:
    sources = {"base.prisma": BASE, "empty.prisma": "\n", "post.prisma": TAGS, "user.prisma": USER}
    reading = infer.read(DIRECTORY, rendered(form, sources), sources)
    assert reading
    assert list(reading.names) == list(sources)


ORDERS = {
    "by-path": (["a", "b", "c"], ["*.prisma"]),
    "one-first": (["z", "a", "b"], ["z.prisma", "*.prisma"]),
    "two-first": (["z", "y", "a", "b", "c"], ["z.prisma", "y.prisma", "*.prisma"]),
    "one-last": (["b", "c", "d", "a"], ["*.prisma", "a.prisma"]),
    "list": (["c", "a", "d", "b"], ["c.prisma", "a.prisma", "d.prisma", "b.prisma"]),
    "any-case": (["a", "B", "c", "d"], ["a.prisma", "B.prisma", "c.prisma", "d.prisma"]),
    "nested-by-path": (["a", "x/b", "x/c"], ["**/*.prisma"]),
    "folders": (["base", "y/a", "y/b", "x/c", "x/d"], ["base.prisma", "y/*.prisma", "x/*.prisma"]),
    "deep-folders": (["y/a", "y/z/b", "x/c", "x/q/d"], ["y/**/*.prisma", "x/**/*.prisma"]),
    "folder-before-file": (
        ["a/x", "a/y", "a-b/x", "c", "d", "e"],
        ["a/*.prisma", "a-b/*.prisma", "./*.prisma"],
    ),
    "brackets": (["b[1]", "c", "a"], ["b[[]1].prisma", "c.prisma", "a.prisma"]),
}


@pytest.mark.parametrize(
    ("stems", "files"), [pytest.param(*order, id=name) for name, order in ORDERS.items()]
)
def test_an_order_is_written_as_patterns_where_they_give_it(
    stems: list[str], files: list[str]
) -> None:
    texts = {
        f"prisma/m/{stem}.prisma": f"model M{number} {{\n  id Int @id\n}}\n"
        for number, stem in enumerate(stems)
    }
    combined = BASE + "\n".join(texts.values())
    found = layout.targets(Snapshot({"prisma/schema.prisma": combined, **texts}), OUTPUT)
    assert list(found[0].files or ()) == files


LAYOUTS: dict[str, tuple[int, dict[str, str], Target]] = {
    "a-folder": (
        2,
        {"prisma/m/base.prisma": BASE, "prisma/m/user.prisma": USER},
        Target(OUTPUT, "prisma/m", ("*.prisma",), (), None, Format()),
    ),
    "beside-the-output": (
        2,
        {"prisma/base.prisma": BASE, "prisma/user.prisma": USER},
        Target(OUTPUT, "prisma", ("*.prisma",), (), None, Format()),
    ),
    "one-above": (
        2,
        {"prisma/base.prisma": BASE, "prisma/m/user.prisma": USER},
        Target(OUTPUT, "prisma", ("**/*.prisma",), (), None, Format()),
    ),
    "another-folder": (
        3,
        {"common/base.prisma": BASE, "prisma/m/role.prisma": TAGS, "prisma/m/user.prisma": USER},
        Target(OUTPUT, "prisma/m", ("../../common/base.prisma", "**/*.prisma"), (), None, Format()),
    ),
    "leftovers": (
        2,
        {
            "prisma/m/base.prisma": BASE,
            "prisma/m/user.prisma": USER,
            "prisma/base.prisma": BASE,
            "prisma/datasource.prisma": DATASOURCE,
            "src/entities/user.prisma": USER,
        },
        Target(OUTPUT, "prisma/m", ("*.prisma",), (), None, Format()),
    ),
    "leftovers-among-the-sources": (
        2,
        {
            "prisma/m/base.prisma": BASE,
            "prisma/m/user.prisma": USER,
            "prisma/m/draft.prisma": "model Draft {\n  id Int @id\n}\n",
            "prisma/m/old/base.prisma": f"{BASE}// old\n",
            "prisma/m/old/deep/user.prisma": f"{USER}// old\n",
        },
        Target(OUTPUT, "prisma/m", ("*.prisma",), ("draft.prisma", "old/**"), None, Format()),
    ),
}


@pytest.mark.parametrize(
    ("count", "texts", "target"), [pytest.param(*row, id=name) for name, row in LAYOUTS.items()]
)
def test_finds_the_sources_and_leaves_out_the_rest(
    count: int, texts: dict[str, str], target: Target
) -> None:
    snapshot = Snapshot({OUTPUT: "".join(list(texts.values())[:count]), **texts})
    assert layout.targets(snapshot, OUTPUT)[0] == target


@st.composite
def formats(draw: st.DrawFn) -> Format:
    """Draw a format of any kind."""
    word = st.sampled_from(["{name}", "{stem:upper}", "{path}", "{dir:title}", "{stem:words}", "x"])
    header = st.sampled_from(
        ["", "// {}\n", "\n/* {} */\n", "// -- {} ({}) --\n\n", "{}", "// a\n"]
    )
    return Format(
        banner=draw(st.sampled_from(["", "\n", "// AUTO\n\n", "// 2024-05-01T10:00:00Z\n"])),
        header=draw(header).replace("{}", draw(word), 1).replace("{}", draw(word)),
        first_header=draw(st.booleans()),
        separator=draw(st.sampled_from(["", "\n", "\n\n", "\n// ----\n"])),
        footer=draw(st.sampled_from(["", "\n", "// end\n"])),
        trim=draw(st.sampled_from(TRIMS)),
    )


@given(
    formats(),
    st.lists(
        st.sampled_from(["user", "post", "x/tag", "x/user-account", "Y/a", "b", "größe"]),
        min_size=2,
        unique=True,
    ),
    st.data(),
)
def test_what_is_read_renders_the_same(form: Format, stems: list[str], data: st.DataObject) -> None:
    ends = st.sampled_from(["", "\n", "\n\n", "  \n"])
    sources = {
        f"{stem}.prisma": f"{data.draw(ends)}model M{number} {{\n  id Int @id\n}}{data.draw(ends)}"
        for number, stem in enumerate(stems)
    }
    combined = rendered(form, sources)
    reading = infer.read(DIRECTORY, combined, dict(sorted(sources.items())))
    assert reading
    assert list(reading.names) == list(sources)
    order = [Source(name, name, text) for name, text in sources.items()]
    assert all(infer.renders(one, DIRECTORY, combined, order) for one in reading.formats)
