"""`init` in repositories as people lay them out; then `check` passes and nothing else changed."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from unittest import mock

import pytest

from prisma_combine import __version__
from prisma_combine.errors import CombineError
from prisma_combine.report.init import drafted
from prisma_combine.setup.draft import draft
from support.repository import OUTPUT, Repository

DATASOURCE = 'datasource db {\n  provider = "sqlite"\n}\n'
BASE = f'{DATASOURCE}\ngenerator client {{\n  provider = "prisma-client-js"\n}}\n'
USER = "model User {\n  id    Int    @id\n  email String @unique\n  posts Post[]\n}\n"
POST = (
    "model Post {\n  id       Int  @id\n  authorId Int\n"
    "  author   User @relation(fields: [authorId], references: [id])\n}\n"
)
TAG = "model Tag {\n  id Int @id\n}\n"
ROLE = "enum Role {\n  A\n  B\n}\n"
MODELS = {"base": BASE, "post": POST, "user": USER}

GITHUB = [
    "In a GitHub Actions job, after actions/checkout with `fetch-depth: 0`:",
    f"  - run: pipx run prisma-combine=={__version__} check --format github",
]


def below(folder: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return files by path, given by stem."""
    return {f"{folder}/{stem}.prisma": text for stem, text in texts.items()}


def combined(texts: Iterable[str], separator: str = "\n") -> dict[str, str]:
    """Return the usual combined file."""
    return {OUTPUT: separator.join(texts)}


USUAL = below("prisma/schema", MODELS) | combined(MODELS.values())


class Team:
    """A repository without a configuration."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.repository = Repository(root, environment)
        self.repository.git("init", "--quiet", "--template=")

    def commit(self, files: Mapping[str, str | None]) -> None:
        """Write files, or remove them, and commit."""
        for path, text in files.items():
            if text is None:
                self.repository.remove(path)
            else:
                self.repository.write(path, text)
        assert self.repository.commit().code == 0

    def init(
        self,
        start: str = ".",
        directory: str | None = None,
        output: str | None = None,
        *,
        own_format: bool = False,
    ) -> list[str]:
        """Run `init` and return what it says."""
        with mock.patch.dict(os.environ, self.repository.environment, clear=True):
            made = draft(
                str(self.repository.root / start), directory, output, own_format=own_format
            )
            made.write()
            return list(drafted(made))

    def passes(self) -> bool:
        """Return whether `check` passes, and nothing but the configuration is new."""
        assert self.repository.git("status", "--short") == "?? prisma-combine.toml\n"
        return self.repository.tool("check").code == 0

    @property
    def config(self) -> str:
        """The configuration, without what is the same in most tests."""
        text = self.repository.read("prisma-combine.toml")
        return text.removeprefix(f'[[schema]]\noutput = "{OUTPUT}"\n')

    def refused(
        self,
        directory: str | None = None,
        output: str | None = None,
        *,
        own_format: bool = False,
    ) -> str:
        """Return why `init` stops, without having written anything."""
        before = self.repository.files()
        with pytest.raises(CombineError) as raised:
            self.init(".", directory, output, own_format=own_format)
        assert self.repository.files() == before
        return str(raised.value)


@pytest.fixture
def team(tmp_path: Path, environment: dict[str, str]) -> Team:
    """Return an empty repository."""
    return Team(tmp_path, environment)


# The repository of the description.

RULE = "// ============================================"
ORDER = ("base", "user", "integration", "sync", "contact")
SCHEMAS = "src/infrastructure/database/schemas"
SCRIPT = """\
const schemaFiles = ['base.prisma', 'user.prisma', 'integration.prisma', 'sync.prisma', 'contact.prisma']
const outputFile = path.join(__dirname, '../schema.prisma')
fs.writeFileSync(outputFile, combined)
"""
PACKAGE = """\
{"scripts": {
  "prisma:merge": "node src/infrastructure/database/combine-schemas.js",
  "prisma:generate": "npm run prisma:merge && prisma generate",
  "build": "node ./src/infrastructure/database/combine-schemas.js && prisma generate && tsc"
}}
"""


def description() -> dict[str, str]:
    """Return the description's repository: sources, script, combined file and leftovers."""
    texts = {"base": BASE, "user": USER.replace("  posts Post[]\n", "")}
    texts |= {stem: TAG.replace("Tag", stem.title()) for stem in ORDER[2:]}
    output = "".join(f"{RULE}\n// {stem}.prisma\n{RULE}\n\n{texts[stem]}\n\n" for stem in ORDER)
    return below(SCHEMAS, texts) | {
        "src/infrastructure/schema.prisma": output,
        "src/infrastructure/schema-migrate.prisma": output,
        "src/infrastructure/database/base.prisma": BASE,
        "src/infrastructure/database/datasource.prisma": DATASOURCE,
        "src/domain/entities/user.prisma": texts["user"],
        "src/infrastructure/database/combine-schemas.js": SCRIPT,
        "package.json": PACKAGE,
        ".github/workflows/ci.yml": "",
    }


def test_the_repository_of_the_description(team: Team) -> None:
    team.commit(description())
    assert team.init() == [
        "src/infrastructure/schema.prisma already is what your sources make, in the format of your"
        " own script. Nothing to rewrite.",
        "  sources: base.prisma, user.prisma, integration.prisma, sync.prisma, contact.prisma"
        f" (in {SCHEMAS})",
        "  made from the same sources, left alone: src/infrastructure/schema-migrate.prisma",
        "  regenerated by: npm run prisma:merge",
        "prisma-combine.toml: written. `prisma-combine check` passes; next:"
        " `git add prisma-combine.toml`.",
        "",
        *GITHUB,
    ]
    assert team.passes()
    assert (
        team.repository.read("prisma-combine.toml")
        == f"""\
[[schema]]
output = "src/infrastructure/schema.prisma"
directory = "{SCHEMAS}"
files = ["base.prisma", "user.prisma", "integration.prisma", "sync.prisma", "contact.prisma"]
command = "npm run prisma:merge"

[schema.format]
header = '''
{RULE}
// {{name}}
{RULE}

'''
separator = "\\n\\n"
footer = "\\n\\n"
"""
    )


def test_the_report_is_short(team: Team) -> None:
    files = description() | {".pre-commit-config.yaml": "repos:\n"}
    del files["src/infrastructure/schema-migrate.prisma"]
    team.commit(files)
    said = team.init()
    assert len(said) <= 15


# Where sources and combined files are.

LAYOUTS: dict[str, tuple[dict[str, str], str]] = {
    "beside-the-output": (
        below("prisma", MODELS) | combined(MODELS.values()),
        'directory = "prisma"\nfiles = ["*.prisma"]\n\n[schema.format]\nseparator = "\\n"\n',
    ),
    "base-above-the-models": (
        below("prisma", {"base": BASE})
        | below("prisma/models", {"post": POST, "user": USER})
        | combined(MODELS.values()),
        'directory = "prisma"\nfiles = ["**/*.prisma"]\n\n[schema.format]\nseparator = "\\n"\n',
    ),
    "in-several-folders": (
        below("common", {"enums": ROLE})
        | below("prisma/models", {"base": BASE, "user": USER, "post": POST})
        | combined([ROLE, BASE, POST, USER]),
        'directory = "prisma/models"\nfiles = ["../../common/enums.prisma", "**/*.prisma"]\n'
        '\n[schema.format]\nseparator = "\\n"\n',
    ),
    "an-archive": (
        USUAL
        | below("prisma/archive", {"schema": BASE + USER, "user": USER.replace("email", "mail")})
        | below("prisma/backups", {"schema-2024": "\n".join(MODELS.values())}),
        'directory = "prisma/schema"\nfiles = ["*.prisma"]\n\n[schema.format]\nseparator = "\\n"\n',
    ),
    "an-archive-among-the-sources": (
        USUAL | below("prisma/schema/archive", {"user": USER.replace("email", "mail"), "old": TAG}),
        'directory = "prisma/schema"\nfiles = ["*.prisma"]\nexclude = ["archive/**"]\n'
        '\n[schema.format]\nseparator = "\\n"\n',
    ),
    "windows-order": (
        below("prisma/m", {"base": BASE, "Post": POST, "tag": TAG, "User": USER})
        | combined([BASE, POST, TAG, USER]),
        'directory = "prisma/m"\nfiles = ["base.prisma", "Post.prisma", "tag.prisma", "User.prisma"]\n'
        '\n[schema.format]\nseparator = "\\n"\n',
    ),
    "plain-cat": (
        below("prisma/m", MODELS) | combined(MODELS.values(), ""),
        'directory = "prisma/m"\nfiles = ["*.prisma"]\n\n[schema.format]\nseparator = ""\n',
    ),
    "crlf-and-bom": (
        {path: f"\ufeff{text}".replace("\n", "\r\n") for path, text in USUAL.items()},
        'directory = "prisma/schema"\nfiles = ["*.prisma"]\n\n[schema.format]\nseparator = "\\n"\n',
    ),
    "many-files": (
        below("prisma/m", {f"z{9 - n}": TAG.replace("Tag", f"Tag{n}") for n in range(9)})
        | combined([TAG.replace("Tag", f"Tag{n}") for n in range(9)]),
        'directory = "prisma/m"\nfiles = [\n'
        + "".join(f'    "z{9 - n}.prisma",\n' for n in range(9))
        + ']\n\n[schema.format]\nseparator = "\\n"\n',
    ),
}


@pytest.mark.parametrize(
    ("files", "config"), [pytest.param(*layout, id=name) for name, layout in LAYOUTS.items()]
)
def test_finds_sources_and_order(team: Team, files: dict[str, str], config: str) -> None:
    team.commit(files)
    team.init()
    assert team.config == config
    assert team.passes()


def test_names_what_it_leaves_out(team: Team) -> None:
    team.commit(
        USUAL
        | below("prisma/schema", {"draft": TAG})
        | below("prisma/old", {"schema": USUAL[OUTPUT]})
    )
    said = team.init()
    assert "  left out, not part of it: prisma/schema/draft.prisma" in said
    assert "  made from the same sources, left alone: prisma/old/schema.prisma" in said


def test_finds_several_schemas_of_one_repository(team: Team) -> None:
    team.commit(
        {f"apps/{app}/{path}": text for app in ("api", "web") for path, text in USUAL.items()}
    )
    team.init()
    outputs = re.findall('output = "(.+)"', team.config)
    assert outputs == [f"apps/{app}/{OUTPUT}" for app in ("api", "web")]
    assert team.passes()


def test_leaves_a_folder_with_its_own_configuration_alone(team: Team) -> None:
    files = {f"apps/{app}/{path}": text for app in ("api", "web") for path, text in USUAL.items()}
    team.commit(files | {"apps/api/prisma-combine.toml": "x"})
    assert "apps/api/prisma-combine.toml already exists; its folder was left out." in team.init()
    assert re.findall('output = "(.+)"', team.config) == [f"apps/web/{OUTPUT}"]


# What the script writes around the sources.


def test_a_date_is_a_wildcard(team: Team) -> None:
    for day in (1, 2):
        text = f"// Generated 2024-05-0{day}T10:00:00.000Z\n\n{USUAL[OUTPUT]}"
        team.commit(USUAL | {OUTPUT: text})
    team.init()
    assert 'banner = "// Generated {any}\\n\\n"\n' in team.config
    assert team.passes()


def test_settings_that_only_the_script_has_are_a_wildcard(team: Team) -> None:
    team.commit(
        below("prisma/schema", {"post": POST, "user": USER})
        | combined([f"// AUTO\n{BASE}", POST, USER])
    )
    said = team.init()
    assert "banner = '''\n// AUTO\n{lines}\n\n'''\n" in team.config
    assert any("move them to a base.prisma" in line for line in said)
    assert team.passes()


def test_the_history_tells_how_the_script_trims(team: Team) -> None:
    for end in ("\n\n", "\n"):
        texts = [text.strip() for text in MODELS.values()]
        team.commit(
            below("prisma/m", {stem: text.strip() + end for stem, text in MODELS.items()})
            | {OUTPUT: "\n\n".join(texts) + "\n"}
        )
    team.init()
    assert team.config.endswith('separator = "\\n\\n"\nfooter = "\\n"\ntrim = "both"\n')
    assert team.passes()


# A combined file that has drifted.

TAGGED = below("prisma/schema", {"tag": TAG})
JOINED = combined([BASE, POST, TAG, USER])


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        pytest.param(
            below("prisma/schema", {"user": USER.replace("email", "mail")}),
            "prisma/schema/user.prisma",
            id="a-source-was-edited",
        ),
        pytest.param(
            {OUTPUT: JOINED[OUTPUT].replace("email", "mail")},
            "prisma/schema/user.prisma",
            id="the-combined-file-was-edited",
        ),
        pytest.param(
            below("prisma/schema", {"role": ROLE}), "prisma/schema/role.prisma", id="a-source-came"
        ),
        pytest.param({"prisma/schema/tag.prisma": None}, "model Tag", id="a-source-went"),
        pytest.param(
            {OUTPUT: f"{JOINED[OUTPUT]}\nmodel Hand {{\n  id Int @id\n}}\n"},
            "model Hand",
            id="a-model-by-hand",
        ),
        pytest.param(
            {OUTPUT: JOINED[OUTPUT].replace("model Tag", "// by hand\nmodel Tag")},
            "",
            id="a-comment-by-hand",
        ),
    ],
)
def test_a_drifted_file_is_described_as_it_last_agreed(
    team: Team, drift: dict[str, str | None], said: str
) -> None:
    team.commit(USUAL)
    team.commit({**TAGGED, **JOINED})
    team.commit(
        {
            path: text.replace("Tag {\n", "Tag {\n  n Int\n")
            for path, text in {**TAGGED, **JOINED}.items()
        }
    )
    team.commit({**TAGGED, **JOINED})
    team.commit(drift)
    lines = team.init()
    assert (
        team.config
        == 'directory = "prisma/schema"\nfiles = ["*.prisma"]\n\n[schema.format]\nseparator = "\\n"\n'
    )
    assert lines[0].startswith("prisma/schema.prisma has drifted: at commit ")
    assert any(said in line for line in lines if "what differs" in line or not said)
    assert "`prisma-combine check` now shows what has changed" in "\n".join(lines)
    assert team.repository.tool("check").code == 1


# What can't be described.


@pytest.mark.parametrize(
    ("files", "error"),
    [
        pytest.param(
            below("prisma/m", {".config": BASE, "post": POST, "user": USER}) | combined([BASE, POST, USER]),
            "prisma/m/.config.prisma: can't be a source: its name starts with a dot; rename it to"
            " config.prisma, in the script, too, and run `prisma-combine init` again",
            id="a-hidden-source",
        ),
        pytest.param(
            below("prisma/m", {"post": POST, "user": USER}) | {"prisma/m/base.txt": BASE} | combined([BASE, POST, USER]),
            "prisma/m/base.txt: can't be a source: it does not end in .prisma; rename it to"
            " base.prisma, in the script, too, and run `prisma-combine init` again",
            id="another-extension",
        ),
        pytest.param(
            below("prisma/m", MODELS | {"user": USER.replace("    ", " ")}) | combined(MODELS.values()),
            "prisma/schema.prisma: a formatter changed it after the sources were joined; format the"
            " sources first: npx prisma format --schema prisma/m; then join them and run"
            " `prisma-combine init` again",
            id="a-formatter",
        ),
        pytest.param(
            below("prisma", {"base": BASE}) | below("src", {"user": USER, "post": f"{POST}\n{TAG.replace('Tag', 'User')}"})
            | combined([BASE, USER, POST]) | {"prismix.config.json": "{}"},
            "prismix.config.json: prismix joins these sources and rewrites models; comparing texts"
            " can't check that, so nothing was written",
            id="prismix",
        ),
        pytest.param(
            below("prisma", {"base": BASE}) | below("src", {"user": USER.replace("Post", "P"), "post": f"{POST}\n{TAG.replace('Tag', 'User')}"})
            | combined([BASE, USER, POST]),
            "model User in src/post.prisma and src/user.prisma: a tool such as prismix or aurora"
            " joins these sources and rewrites models; comparing texts can't check that, so nothing"
            " was written",
            id="one-model-in-two-files",
        ),
        pytest.param(
            below("prisma/m", MODELS | {"user": f'import {{ Post }} from "./post"\n\n{USER}'}) | combined(MODELS.values()),
            "prisma/m/user.prisma:1: prisma-import joins these sources and rewrites models; comparing"
            " texts can't check that, so nothing was written",
            id="prisma-import",
        ),
        pytest.param(
            below("prisma/m", MODELS | {"user": USER.replace("  posts", "  ...Dates\n  posts")}) | combined(MODELS.values()),
            "prisma/m/user.prisma:4: prismerge, or another tool with fragments, joins these sources"
            " and rewrites models; comparing texts can't check that, so nothing was written",
            id="prismerge",
        ),
        pytest.param(
            below("prisma/m", MODELS) | combined([*MODELS.values(), TAG]),
            "prisma/schema.prisma: not what its sources make, now or at an earlier commit (no source"
            " holds model Tag as it is there); join the sources again and run `prisma-combine init`"
            " again, or use our format: `prisma-combine init --own-format`",
            id="a-model-without-a-source",
        ),
        pytest.param(
            {OUTPUT: BASE + USER},
            "no split .prisma files here, only prisma/schema.prisma; put one file per domain into a"
            " folder, such as prisma/schema/user.prisma",
            id="nothing-is-split",
        ),
    ],
)  # fmt: skip
def test_says_what_is_in_the_way(team: Team, files: dict[str, str], error: str) -> None:
    team.commit(files)
    assert team.refused() == error


def test_refuses_a_second_configuration(team: Team) -> None:
    team.commit(USUAL)
    team.init()
    with pytest.raises(CombineError, match=r"^\.\./prisma-combine\.toml: already exists; edit it"):
        team.init("prisma")


# Our own format.


def test_our_own_format_where_nothing_is_combined(team: Team) -> None:
    team.commit(below("prisma/schema", MODELS))
    said = team.init()
    assert team.config == 'directory = "prisma/schema"\n'
    assert said[0] == "prisma/schema.prisma: to be generated in prisma-combine's own format"
    assert "git add prisma-combine.toml prisma/schema.prisma" in said[2]
    assert team.repository.tool("combine").code == 0
    team.repository.git("add", "--all")
    assert team.repository.tool("check").code == 0


@pytest.mark.parametrize(
    ("files", "output", "directory"),
    [
        pytest.param(
            {"package.json": '{"prisma": {"schema": "./prisma"}}'},
            "schema.prisma",
            "prisma",
            id="package",
        ),
        pytest.param(
            {"prisma.config.ts": "export default defineConfig({ schema: 'prisma' })"},
            "schema.prisma",
            "prisma",
            id="config",
        ),
        pytest.param(
            {"package.json": '{"prisma": {"schema": "prisma/all.prisma"}}'},
            "prisma/all.prisma",
            "prisma",
            id="a-file",
        ),
        pytest.param(
            {".gitignore": "prisma/schema.prisma\n", "README": ""},
            "prisma/schema.prisma",
            "prisma",
            id="ignored",
        ),
    ],
)
def test_a_combined_file_goes_where_prisma_does_not_read_the_sources(
    team: Team, files: dict[str, str], output: str, directory: str
) -> None:
    team.commit(below("prisma", MODELS) | files)
    team.repository.write(OUTPUT, "x") if ".gitignore" in files else None
    team.init()
    assert (
        team.repository.read("prisma-combine.toml")
        == f'[[schema]]\noutput = "{output}"\ndirectory = "{directory}"\n'
    )


def test_our_own_format_names_what_the_first_combine_changes(team: Team) -> None:
    team.commit(below("prisma/schema", MODELS | {"tag": TAG}) | combined([*MODELS.values(), ROLE]))
    said = team.init(own_format=True)
    assert "  the first `combine` removes, as no source holds it: enum Role" in said
    assert "  the first `combine` adds: model Tag" in said


def test_our_own_format_leaves_out_no_source_of_the_present_file(team: Team) -> None:
    team.commit(
        below("prisma/schema", MODELS)
        | below("other", {"tag": TAG})
        | combined([*MODELS.values(), TAG])
    )
    assert team.refused(own_format=True, directory="prisma/schema") == (
        "other/tag.prisma: would be left out, and holds a part of prisma/schema.prisma; name a"
        " folder with all sources in it with --directory"
    )


def test_a_tool_that_rewrites_models_gets_no_configuration_of_ours(team: Team) -> None:
    twice = {"user": USER, "post": f"{POST}\n{TAG.replace('Tag', 'User')}"}
    team.commit(
        below("prisma", {"base": BASE})
        | below("src", twice)
        | combined([BASE, USER.replace("id ", "id  "), POST])
    )
    assert "a tool such as prismix" in team.refused(own_format=True)


# The command that regenerates it.


@pytest.mark.parametrize(
    ("files", "command"),
    [
        pytest.param({"package.json": '{"scripts": {"merge": "cat prisma/schema/*.prisma > prisma/schema.prisma"}}'}, "npm run merge", id="cat"),
        pytest.param({"package.json": '{"scripts": {"merge": "node join.js"}}'}, "npm run merge", id="a-file"),
        pytest.param({"package.json": '{"scripts": {"merge": "tsx ./join"}}', "join.ts": "write('schema.prisma', glob('*.prisma'))"}, "npm run merge", id="extension"),
        pytest.param({"package.json": '{"scripts": {"merge": "node join.js", "build": "node join.js && tsc"}}'}, "npm run merge", id="the-shorter"),
        pytest.param({"package.json": '{"scripts": {"build": "node join.js && tsc"}}'}, "npm run build", id="the-only-one"),
        pytest.param({"package.json": '{"scripts": {"a": "node join.js", "b": "node join.js"}}'}, None, id="two"),
        pytest.param({"package.json": '{"scripts": {"merge": "node join.js && prisma format"}}'}, None, id="formats"),
        pytest.param({"package.json": '{"scripts": {"erd": "node other.js", "m": "npm run merge"}}'}, None, id="others"),
        pytest.param({"prisma/package.json": '{"scripts": {"merge": "node ../join.js"}}'}, "npm --prefix prisma run merge", id="nearest"),
        pytest.param({"package.json": "[not json"}, None, id="invalid"),
    ],
)  # fmt: skip
def test_names_the_script_that_writes_the_file(
    team: Team, files: dict[str, str], command: str | None
) -> None:
    scripts = {
        "join.js": "fs.writeFileSync('schema.prisma', read('./user.prisma'))",
        "other.js": "read('schema.prisma')",
    }
    team.commit(USUAL | scripts | files)
    said = team.init()
    found = re.search('command = "(.+)"', team.config)
    assert (found and found[1]) == command
    assert any(
        line.startswith(("  regenerated by: ", "  no `command`: ", "  tip: ")) for line in said
    )


# What to paste.

HUSKY = [
    "In .husky/pre-commit (each developer needs `pipx install prisma-combine`):",
    "  prisma-combine check --staged",
]


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param([], GITHUB, id="nothing"),
        pytest.param([".github/workflows/ci.yml"], GITHUB, id="workflows"),
        pytest.param([".husky/pre-commit"], HUSKY, id="husky"),
        pytest.param([".husky/pre-commit", ".github/workflows/ci.yml"], GITHUB + HUSKY, id="both"),
        pytest.param(
            ["lefthook.yml"],
            [
                "In lefthook.yml (each developer needs `pipx install prisma-combine`):",
                "  pre-commit:",
                "    jobs:",
                "      - name: prisma-combine",
                "        run: prisma-combine check --staged",
            ],
            id="lefthook",
        ),
        pytest.param(
            ["prek.toml", ".pre-commit-config.yaml"],
            [
                "In prek.toml:",
                "  [[repos]]",
                '  repo = "local"',
                '  hooks = [{ id = "prisma-combine", name = "prisma-combine", entry = "prisma-combine check",',
                f'    language = "python", additional_dependencies = ["prisma-combine=={__version__}"],',
                "    always_run = true, pass_filenames = false }]",
            ],
            id="prek",
        ),
    ],
)  # fmt: skip
def test_says_what_to_paste_where(team: Team, files: list[str], lines: list[str]) -> None:
    team.commit(USUAL | dict.fromkeys(files, ""))
    said = team.init()
    assert said[said.index("") + 1 :] == lines
    assert len(said) <= 15


# What the user names.


def test_takes_the_combined_file_that_is_named(team: Team) -> None:
    copy = {"prisma/all.prisma": USUAL[OUTPUT]}
    team.commit(USUAL | copy)
    team.init("prisma", output="all.prisma")
    assert team.repository.read("prisma-combine.toml").startswith(
        '[[schema]]\noutput = "prisma/all.prisma"\n'
    )
    assert team.passes()


def test_takes_the_folder_that_is_named(team: Team) -> None:
    team.commit(USUAL | below("prisma/other", MODELS))
    team.init(directory="prisma/other")
    assert 'directory = "prisma/other"\n' in team.config
    assert team.passes()


@pytest.mark.parametrize(
    ("named", "error"),
    [
        ({"directory": "nowhere"}, "--directory nowhere: not a folder; name the folder of the sources"),
        ({"directory": ".."}, "--directory ..: outside "),
        ({"output": "prisma/x.txt"}, "--output prisma/x.txt: not a .prisma file; end its name with .prisma"),
    ],
)  # fmt: skip
def test_refuses_what_can_not_be_meant(team: Team, named: dict[str, str], error: str) -> None:
    team.commit(USUAL)
    said = team.refused(named.get("directory"), named.get("output"))
    assert said.startswith(error)


def test_works_without_git(tmp_path: Path, environment: dict[str, str]) -> None:
    team = Team(tmp_path, environment)
    for path, text in USUAL.items():
        team.repository.write(path, text)
    os.rename(tmp_path / ".git", tmp_path / "git")
    team.init()
    assert team.config.startswith('directory = "prisma/schema"\nfiles = ["*.prisma"]\n')


def test_names_findings_and_goes_on(team: Team) -> None:
    wrong = USER.removesuffix("}\n")
    team.commit(below("prisma/schema", MODELS | {"user": wrong}) | combined([BASE, POST, wrong]))
    assert any(line.startswith("  prisma/schema/user.prisma:1: ") for line in team.init())


def test_works_before_the_first_commit(team: Team) -> None:
    for path, text in USUAL.items():
        team.repository.write(path, text)
    team.init()
    assert team.config.startswith('directory = "prisma/schema"\nfiles = ["*.prisma"]\n')


def test_a_source_that_is_not_utf_8_is_an_error(team: Team) -> None:
    team.commit(USUAL)
    team.repository.write("prisma/schema/post.prisma", POST.encode() + b"// \xff\n")
    team.repository.write(OUTPUT, f"{BASE}\n{POST}".encode() + b"// \xff\n\n" + USER.encode())
    assert team.refused().startswith("prisma/schema/post.prisma:6: not UTF-8")


def test_two_schemas_may_share_a_source(team: Team) -> None:
    for app, model in (("api", USER), ("web", TAG)):
        texts = {"enums": ROLE, "base": BASE, "model": model}
        files = below(f"apps/{app}/models", {"base": BASE, "model": model, "more": POST})
        output = "\n".join([ROLE, *(texts[stem] for stem in ("base", "model")), POST])
        team.commit(
            below("common", {"enums": ROLE}) | files | {f"apps/{app}/schema.prisma": output}
        )
    team.init()
    text = team.repository.read("prisma-combine.toml")
    assert re.findall('directory = "(.+)"', text) == ["apps/api/models", "apps/web/models"]
    assert text.count('files = ["../../../common/enums.prisma", "**/*.prisma"]') == 2
    assert team.passes()


def test_a_failing_combined_file_beside_a_good_one_is_named(team: Team) -> None:
    bad = {"apps/web/models/a.prisma": TAG, "apps/web/models/b.prisma": ROLE}
    bad["apps/web/schema.prisma"] = f"{TAG}\n{ROLE}\nmodel Lost {{\n  id Int @id\n}}\n"
    team.commit(USUAL | bad)
    said = team.init()
    assert any(line.startswith("Left out: apps/web/schema.prisma: not what") for line in said)
    assert re.findall('output = "(.+)"', team.repository.read("prisma-combine.toml")) == [OUTPUT]
