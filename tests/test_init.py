"""From a plain script to a passing check: `init` in repositories as people lay them out."""

import os
import re
import time
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import SOURCES, Ran, Repository, ordinary_user
from prisma_combine import config, script
from prisma_combine.init import draft

BASE, USER, POST = SOURCES["base.prisma"], SOURCES["user.prisma"], SOURCES["post.prisma"]
CLIENT = 'generator client {\n  provider = "prisma-client-js"\n}\n'
TAG = "model Tag {\n  id Int @id\n}\n"

HOOKS = f"""\

in .pre-commit-config.yaml, add, then run `pre-commit install`:
  default_install_hook_types: [pre-commit, pre-merge-commit]
  repos:
    - repo: https://github.com/OWNER/prisma-combine
      rev: v{metadata.version("prisma-combine")}
      hooks:
        - id: prisma-combine
"""


class Layout(NamedTuple):
    """A repository, the configuration it should get, and what is said of it."""

    files: dict[str, str]
    config: str
    found: str
    then: str = ""


COMBINE_SCHEMAS = """\
const fs = require('fs');
const path = require('path');

// Never needed: old.prisma, post.prisma, user.prisma
const schemasDir = path.join(__dirname, 'schemas');
const outputFile = path.join(__dirname, '..', 'schema.prisma');

const schemaFiles = [
  'base.prisma',   // datasource and generator
  'user.prisma',
  'tag.prisma',
  'post.prisma',   // depends on User
];

let combined = '';
for (const file of schemaFiles) {
  const filePath = path.join(schemasDir, file);
  if (!fs.existsSync(filePath)) {
    console.warn(`Warning: ${file} not found, skipping`);
    continue;
  }
  combined += `// ${file}\\n${fs.readFileSync(filePath, 'utf8')}\\n`;
}
fs.writeFileSync(outputFile, combined);
fs.writeFileSync('this-script-was-run', '');
"""
BUILD_SCHEMA = """\
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const base = readFileSync(join(__dirname, '../prisma/base.prisma'), 'utf-8')
const folder = join(__dirname, '../prisma/models')
const models = readdirSync(folder)
  .filter((name) => name.endsWith('.prisma'))
  .map((name) => readFileSync(join(folder, name), 'utf-8'))
writeFileSync(join(__dirname, '../prisma/schema.prisma'), [base, ...models].join('\\n'))
"""
ABOVE = {
    "prisma/base.prisma": CLIENT + BASE,
    "prisma/models/user.prisma": USER,
    "prisma/models/post.prisma": POST,
    "prisma/schema.prisma": CLIENT + BASE + POST + USER,
    "scripts/build-schema.ts": BUILD_SCHEMA,
    "package.json": '{\n  "scripts": {\n    "schema": "tsx scripts/build-schema.ts"\n  }\n}\n',
}

LAYOUTS = {
    "the layout of the description, with its script": Layout(
        {
            "src/infrastructure/database/schemas/base.prisma": CLIENT + BASE,
            "src/infrastructure/database/schemas/user.prisma": USER,
            "src/infrastructure/database/schemas/post.prisma": POST,
            "src/infrastructure/database/schemas/tag.prisma": TAG,
            "src/infrastructure/schema.prisma": CLIENT + BASE + USER + TAG + POST,
            "src/infrastructure/database/combine-schemas.js": COMBINE_SCHEMAS,
            "package.json": """\
{
  "scripts": {
    "prisma:merge": "node src/infrastructure/database/combine-schemas.js",
    "prisma:generate": "npm run prisma:merge && prisma generate",
    "build": "node ./src/infrastructure/database/combine-schemas.js && prisma generate && tsc"
  }
}
""",
        },
        """\
[[schema]]
output = "src/infrastructure/schema.prisma"
directory = "src/infrastructure/database/schemas"
files = ["base.prisma", "user.prisma", "tag.prisma", "post.prisma"]
""",
        """\
src/infrastructure/schema.prisma
  output: it holds what the sources hold
  directory: src/infrastructure/database/schemas, with base.prisma, user.prisma, tag.prisma, \
post.prisma
  order: as in src/infrastructure/database/combine-schemas.js:9
""",
        """\

in package.json, change (it needs `pipx install prisma-combine`):
  3: "prisma:merge": "prisma-combine combine"
  5: "build": "prisma-combine combine && prisma generate && tsc"

src/infrastructure/database/combine-schemas.js can go, if it does nothing else
""",
    ),
    "datasource and generator in a schema.prisma among the sources": Layout(
        {
            "prisma/schema/schema.prisma": CLIENT + BASE,
            "prisma/schema/user.prisma": USER,
            "prisma/schema/post.prisma": POST,
            "package.json": '{"prisma": {"schema": "prisma/schema"}}\n',
        },
        """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
""",
        """\
prisma/schema.prisma
  output: the usual place, since no file holds what the sources hold, and no script writes one
  directory: prisma/schema, with schema.prisma, user.prisma, post.prisma
  order: by dependency, as no script was read that has another; without `files`, new files need not be listed
""",
        """\

in package.json, add to the scripts (it needs `pipx install prisma-combine`):
  "prisma:merge": "prisma-combine combine"
""",
    ),
    "models, and the base file one level up": Layout(
        ABOVE,
        """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/models"
files = ["../base.prisma", "user.prisma", "post.prisma"]
""",
        """\
prisma/schema.prisma
  output: it holds what the sources hold
  directory: prisma/models, with prisma/base.prisma, user.prisma, post.prisma
  order: by dependency, as scripts/build-schema.ts:7 takes what the folder holds; with \
`files`, because of ../base.prisma, outside the directory
""",
        """\

in package.json, change (it needs `pipx install prisma-combine`):
  3: "schema": "prisma-combine combine"

scripts/build-schema.ts can go, if it does nothing else
""",
    ),
    "nested folders by domain": Layout(
        {
            "prisma/schema/base.prisma": BASE,
            "prisma/schema/account/user.prisma": USER,
            "prisma/schema/blog/post.prisma": POST,
            "prisma/schema/blog/tag.prisma": TAG,
            "prisma/schema.prisma": BASE + POST + TAG + USER,
        },
        """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
""",
        """\
prisma/schema.prisma
  output: it holds what the sources hold
  directory: prisma/schema, with base.prisma, account/user.prisma, blog/post.prisma, \
blog/tag.prisma
  order: by dependency, as no script was read that has another; without `files`, new files need not be listed
""",
    ),
    "a script with joined paths": Layout(
        {
            "src/db/main.prisma": BASE,
            "src/user/infra/user.prisma": USER,
            "src/blog/infra/post.prisma": POST,
            "src/db/schema.prisma": BASE + USER + POST,
            "src/db/combine.ts": """\
import fs from "fs";
import path from "path";

const parts = [
  path.join(__dirname, "./", "main.prisma"),
  path.join(
    __dirname,
    "..",
    "user",
    "infra",
    "user.prisma",
  ),
  path.resolve(process.cwd(), "src/blog/infra", 'post.prisma'),
].map((part) => fs.readFileSync(part, "utf-8"));
const out = path.join(__dirname, "./", "schema.prisma");
fs.writeFileSync(`${out}`, parts.join("\\n"));
""",
        },
        """\
[[schema]]
output = "src/db/schema.prisma"
directory = "src"
files = ["db/main.prisma", "user/infra/user.prisma", "blog/infra/post.prisma"]
""",
        """\
src/db/schema.prisma
  output: it holds what the sources hold
  directory: src, with db/main.prisma, user/infra/user.prisma, blog/infra/post.prisma
  order: as in src/db/combine.ts:5
""",
        "\nsrc/db/combine.ts can go, if it does nothing else\n",
    ),
    "a script with absolute paths, and no combined file yet": Layout(
        {
            "prisma/schema/base.prisma": BASE,
            "prisma/schema/user.prisma": USER,
            "prisma/schema/post.prisma": POST,
            "tools/merge.py": """\
from pathlib import Path

FILES = (
    "/app/prisma/schema/base.prisma",
    "/app/prisma/schema/user.prisma",
    "/app/prisma/schema/post.prisma",
)
text = "\\n".join(Path(name).read_text() for name in FILES)
Path("/app/prisma/all.prisma").write_text(text)
""",
        },
        """\
[[schema]]
output = "prisma/all.prisma"
directory = "prisma/schema"
files = ["base.prisma", "user.prisma", "post.prisma"]
""",
        """\
prisma/all.prisma
  output: tools/merge.py:9 writes it
  directory: prisma/schema, with base.prisma, user.prisma, post.prisma
  order: as in tools/merge.py:4
""",
        "\ntools/merge.py can go, if it does nothing else\n",
    ),
    "PowerShell, which takes the whole folder": Layout(
        {
            "prisma/models/base.prisma": BASE,
            "prisma/models/user.prisma": USER,
            "prisma/models/post.prisma": POST,
            "prisma/schema.prisma": BASE + POST + USER,
            "merge.ps1": """\
# Merges the models.
$out = "prisma\\schema.prisma"
Get-Content "prisma\\models\\*.prisma" | Set-Content $out -Encoding UTF8
""",
        },
        """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/models"
""",
        """\
prisma/schema.prisma
  output: it holds what the sources hold
  directory: prisma/models, with base.prisma, user.prisma, post.prisma
  order: by dependency, as merge.ps1:3 takes what the folder holds; without `files`, new files \
need not be listed
""",
        "\nmerge.ps1 can go, if it does nothing else\n",
    ),
    "cat in package.json": Layout(
        {
            "prisma/config.prisma": BASE,
            "prisma/parts/user.prisma": USER,
            "prisma/parts/post.prisma": POST,
            "package.json": """\
{
  "scripts": {
    "dev": "tsx watch src",
    "schema": "cat prisma/config.prisma prisma/parts/*.prisma > prisma/schema.prisma && prisma format"
  }
}
""",
        },
        """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/parts"
files = ["../config.prisma", "user.prisma", "post.prisma"]
""",
        """\
prisma/schema.prisma
  output: package.json:4 writes it
  directory: prisma/parts, with prisma/config.prisma, user.prisma, post.prisma
  order: by dependency, as package.json:4 takes what the folder holds; with `files`, because \
of ../config.prisma, outside the directory
""",
        """\

in package.json, change (it needs `pipx install prisma-combine`):
  4: "schema": "prisma-combine combine && prisma format"
""",
    ),
    "a shell script that names each, output in the same folder": Layout(
        {
            "prisma/base.prisma": BASE,
            "prisma/user.prisma": USER,
            "prisma/post.prisma": POST,
            "prisma/tag.prisma": TAG,
            "prisma/schema.prisma": BASE + USER + POST + TAG,
            "prisma/merge.sh": """\
#!/bin/bash
# tag.prisma does not matter
DIR="$(dirname "$0")"
cat "$DIR/base.prisma" > "$DIR/schema.prisma"
for name in tag user post; do :; done
cat "$DIR/tag.prisma" "$DIR/user.prisma" $DIR/post.prisma >> "$DIR/schema.prisma"
""",
        },
        """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma"
files = ["base.prisma", "tag.prisma", "user.prisma", "post.prisma"]
""",
        """\
prisma/schema.prisma
  output: it holds what the sources hold
  directory: prisma, with base.prisma, tag.prisma, user.prisma, post.prisma
  order: as in prisma/merge.sh:4
""",
        "\nprisma/merge.sh can go, if it does nothing else\n",
    ),
    "two targets in a monorepo": Layout(
        {
            **{f"apps/a/{path}": text for path, text in ABOVE.items()},
            "apps/b/prisma/schema/base.prisma": BASE,
            "apps/b/prisma/schema/user.prisma": USER,
            "apps/b/prisma/schema/post.prisma": POST,
            "apps/b/prisma/schema.prisma": BASE + USER + POST,
            "apps/c/prisma/schema.prisma": CLIENT + BASE + TAG,
            "package.json": '{"workspaces": ["apps/*"]}\n',
        },
        """\
[[schema]]
output = "apps/a/prisma/schema.prisma"
directory = "apps/a/prisma/models"
files = ["../base.prisma", "user.prisma", "post.prisma"]

[[schema]]
output = "apps/b/prisma/schema.prisma"
directory = "apps/b/prisma/schema"
""",
        """\
apps/a/prisma/schema.prisma
  output: it holds what the sources hold
  directory: apps/a/prisma/models, with apps/a/prisma/base.prisma, user.prisma, post.prisma
  order: by dependency, as apps/a/scripts/build-schema.ts:7 takes what the folder holds; with \
`files`, because of ../base.prisma, outside the directory
apps/b/prisma/schema.prisma
  output: it holds what the sources hold
  directory: apps/b/prisma/schema, with base.prisma, user.prisma, post.prisma
  order: by dependency, as no script was read that has another; without `files`, new files need not be listed
""",
        """\

in apps/a/package.json, change (it needs `pipx install prisma-combine`):
  3: "schema": "prisma-combine combine"

apps/a/scripts/build-schema.ts can go, if it does nothing else
""",
    ),
    "datasource in a schema.prisma above, and a script that writes another file": Layout(
        {
            "prisma/schema.prisma": BASE,
            "prisma/models/user.prisma": USER,
            "prisma/models/post.prisma": POST,
            "deploy.sh": "cat prisma/schema.prisma prisma/models/*.prisma > prisma/full.prisma\n",
        },
        """\
[[schema]]
output = "prisma/full.prisma"
directory = "prisma/models"
files = ["../schema.prisma", "user.prisma", "post.prisma"]
""",
        """\
prisma/full.prisma
  output: deploy.sh:1 writes it
  directory: prisma/models, with prisma/schema.prisma, user.prisma, post.prisma
  order: by dependency, as deploy.sh:1 takes what the folder holds; with `files`, because of \
../schema.prisma, outside the directory
""",
        "\ndeploy.sh can go, if it does nothing else\n",
    ),
}


@pytest.fixture
def place(tmp_path: Path, environment: dict[str, str]) -> Repository:
    """An empty git repository."""
    repository = Repository(tmp_path, environment)
    repository.git("init", "--quiet")
    return repository


def lay(place: Repository, files: dict[str, str]) -> None:
    """Commits files."""
    for path, text in files.items():
        place.write(path, text)
    assert place.commit("Start").code == 0


def next_steps(outputs: list[str], replaced: list[str]) -> str:
    """What is always said."""
    diff = f"  git diff {' '.join(replaced)}\n" if replaced else ""
    add = f"  git add prisma-combine.toml {' '.join(outputs)}\n"
    return f"\nnext:\n  prisma-combine combine\n{diff}{add}"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_from_a_plain_script_to_a_passing_check(place: Repository, layout: Layout) -> None:
    lay(place, layout.files)
    before = place.files()
    ran = place.tool("init")
    outputs = [target.output for target in config.parse(layout.config, "")]
    replaced = [path for path in outputs if path in layout.files]
    assert ran == Ran(
        0,
        "",
        f"{layout.found}prisma-combine.toml: written\n"
        f"{next_steps(outputs, replaced)}{layout.then}{HOOKS}",
    )
    assert place.files() == before | {"prisma-combine.toml": layout.config.encode()}
    assert place.tool("combine").code == 0
    (add,) = re.findall("  git (add .*)", ran.err)
    place.git(*add.split())
    in_sync = "".join(f"{output}: in sync\n" for output in outputs)
    in_sync += f"{len(outputs)} of {len(outputs)} schemas in sync\n" if len(outputs) > 1 else ""
    assert place.tool("check").code == 0
    assert place.tool("check").err.startswith(in_sync.split("\n")[0])
    assert place.commit("Combine").code == 0
    assert place.run("git", "status", "--porcelain").out == ""


SPLIT = {
    "prisma/schema/base.prisma": BASE,
    "prisma/schema/user.prisma": USER,
    "prisma/schema/post.prisma": POST,
}
COMBINED = {"prisma/schema.prisma": BASE + USER + POST}
PLAIN = """\
[[schema]]
output = "prisma/schema.prisma"
directory = "prisma/schema"
"""


def drafted(place: Repository, *arguments: str) -> str:
    """The configuration that would be written; nothing is."""
    before = place.files()
    ran = place.tool("init", "--dry-run", *arguments)
    assert ran.code == 0, ran
    assert place.files() == before
    return ran.out


def refused(place: Repository, *arguments: str, cwd: str = ".") -> str:
    """The error with which nothing is written."""
    before = place.files()
    ran = place.tool("init", *arguments, cwd=cwd)
    assert (ran.code, ran.out) == (2, ""), ran
    assert place.files() == before
    return ran.err


def test_the_script_is_not_run(place: Repository) -> None:
    lay(place, LAYOUTS["the layout of the description, with its script"].files)
    assert place.tool("init").code == 0
    assert not (place.root / "this-script-was-run").exists()


def test_dry_run(place: Repository) -> None:
    lay(place, SPLIT | COMBINED)
    assert drafted(place) == PLAIN
    ran = place.tool("init", "--dry-run", cwd="prisma/schema")
    assert ran.out == PLAIN
    assert ran.err.startswith("../schema.prisma\n  output: it holds what the sources hold\n")
    assert "\n../../prisma-combine.toml: would be written\n" in ran.err


@pytest.mark.parametrize("cwd", [".", "prisma", "prisma/schema"])
def test_a_configuration_is_never_overwritten(place: Repository, cwd: str) -> None:
    lay(place, SPLIT | COMBINED)
    place.write("prisma/prisma-combine.toml" if cwd != "." else "prisma-combine.toml", "mine\n")
    (place.root / "dangling").symlink_to("nothing")
    shown = {".": "", "prisma": "", "prisma/schema": "../"}[cwd] + "prisma-combine.toml"
    assert refused(place, cwd=cwd) == (
        f"prisma-combine: {shown}: is there already, and stays as it is; edit it, or remove it and"
        " run this again\n"
    )


def test_outside_a_git_repository(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = Repository(tmp_path, environment)
    for path, text in (SPLIT | COMBINED).items():
        folder.write(path, text)
    ran = folder.tool("init")
    assert ran.code == 0
    assert "\nnext:\n  prisma-combine combine\n\nin .pre-commit" in ran.err
    assert folder.read("prisma-combine.toml") == PLAIN


def test_what_stands_in_the_way_is_named(place: Repository) -> None:
    lay(place, SPLIT | COMBINED)
    (place.root / "prisma-combine.toml").symlink_to("nowhere")
    assert "prisma-combine.toml: is there already" in refused(place)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"package.json": "{}"},
            "found no split .prisma files here: none at all; write one file for each domain into a"
            " folder, as prisma/schema/user.prisma, or run this in the repository that has one",
        ),
        (
            {"prisma/schema.prisma": BASE + TAG},
            "found no split .prisma files here: only prisma/schema.prisma, in one piece; write one"
            " file for each domain into a folder, as prisma/schema/user.prisma, or run this in the"
            " repository that has one",
        ),
        (
            {"a/user.prisma": USER, "a/tag.prisma": TAG, "post.prisma": POST},
            "can't tell which .prisma files are combined into which; name the folder of the split"
            " files and the combined file with --directory and --output\n"
            "prisma-combine:   .: post.prisma\n"
            "prisma-combine:   a: tag.prisma, user.prisma",
        ),
        (
            {
                "prisma/schema.prisma": BASE,
                "prisma/my models/user.prisma": USER,
                "prisma/my models/post.prisma": POST,
            },
            "prisma/schema.prisma is a source itself, so it can't be the combined file; say where"
            " that goes: --directory 'prisma/my models' --output FILE",
        ),
    ],
    ids=["nothing", "in one piece", "no datasource", "nowhere to put it"],
)
def test_it_asks_when_it_can_not_tell(place: Repository, files: dict[str, str], said: str) -> None:
    lay(place, files)
    assert refused(place) == f"prisma-combine: {said}\n"


def test_naming_what_it_asks_for(place: Repository) -> None:
    lay(place, {"prisma/schema.prisma": BASE, "prisma/m/user.prisma": USER, "x/tag.prisma": TAG})
    ran = place.tool("init", "--directory", "m/", "--output", "../all.prisma", cwd="prisma")
    assert ran.err.startswith(
        "../all.prisma\n"
        "  output: named with --output\n"
        "  directory: m, with prisma/schema.prisma, user.prisma\n"
    )
    assert place.read("prisma-combine.toml") == (
        '[[schema]]\noutput = "all.prisma"\ndirectory = "prisma/m"\n'
        'files = ["../schema.prisma", "user.prisma"]\n'
    )
    assert place.tool("combine").code == 0


def test_naming_one_of_two(place: Repository) -> None:
    lay(place, SPLIT | COMBINED)
    assert drafted(place, "--directory", "prisma/schema") == PLAIN
    other = PLAIN.replace("prisma/schema.prisma", "all.prisma")
    assert drafted(place, "--output", "all.prisma") == other


def test_naming_a_second_copy(place: Repository) -> None:
    lay(place, SPLIT | COMBINED | {"prisma/schema.old.prisma": BASE + USER + POST})
    ran = place.tool("init", "--dry-run")
    assert ran.out == PLAIN
    copy = "  prisma/schema.old.prisma holds the same; if that is the combined file, use --output\n"
    assert copy in ran.err
    old = PLAIN.replace("schema.prisma", "schema.old.prisma")
    assert drafted(place, "--output", "prisma/schema.old.prisma") == old


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--directory", "nope"], "--directory nope: no such folder; name that of the split files"),
        (
            ["--output", "prisma/schema"],
            "--output prisma/schema: is no .prisma file; end its name with .prisma",
        ),
        (
            ["--directory", "src"],
            "--directory src: holds no .prisma file that can be a source; name the folder of the"
            " split files",
        ),
    ],
)
def test_what_is_named_has_to_fit(place: Repository, arguments: list[str], said: str) -> None:
    lay(place, SPLIT | {"src/a.ts": ""})
    assert refused(place, *arguments) == f"prisma-combine: {said}\n"
    outside = refused(place, "--directory", "..")
    assert outside.startswith("prisma-combine: --directory ..: lies outside /")


def test_what_is_no_source(place: Repository) -> None:
    client = "prisma/generated/client"
    lay(
        place,
        {
            "prisma/base.prisma": BASE,
            "prisma/user.prisma": USER,
            "prisma/post.prisma": POST,
            "prisma/schema.prisma": BASE + USER + POST,
            f"{client}/schema.prisma": BASE + USER + POST,
            f"{client}/index.d.ts": "",
            f"{client}/package.json": "{}",
            f"{client}/runtime/library.js": "",
            "prisma/migrations/old.prisma": USER,
            "prisma/[test]/fixture.prisma": BASE + USER,
            "node_modules/pkg/a.prisma": BASE + USER,
            "node_modules/pkg/b.prisma": USER,
            ".cache/x.prisma": USER,
            ".gitignore": "tmp/\n",
        },
    )
    place.write("prisma/tmp/copy.prisma", TAG)
    ran = place.tool("init")
    assert place.read("prisma-combine.toml") == (
        '[[schema]]\noutput = "prisma/schema.prisma"\ndirectory = "prisma"\nexclude = ['
        '"[[]test]/fixture.prisma", "generated/client/**", "migrations/**", "tmp/copy.prisma"]\n'
    )
    assert re.findall("excluded: (.*)", ran.err) == [
        "[[]test]/fixture.prisma: it repeats what another source defines, or is for another database",
        "generated/client/**: generated, or another repository's",
        "migrations/**: generated, or another repository's",
        "tmp/copy.prisma: git ignores it",
    ]
    assert place.tool("combine").code == 0
    place.git("add", "prisma-combine.toml", "prisma/schema.prisma")
    assert place.tool("check").code == 0


def test_a_submodule_is_another_repository(place: Repository, tmp_path: Path) -> None:
    lay(place, SPLIT | COMBINED)
    other = tmp_path / "prisma" / "schema" / "other"
    other.mkdir()
    place.git("init", "--quiet", str(other))
    place.write("prisma/schema/other/base.prisma", BASE)
    assert drafted(place) == PLAIN + 'exclude = ["other/**"]\n'


def test_a_copy_in_another_app_and_one_that_git_ignores(place: Repository) -> None:
    api = {f"api/{path}": text for path, text in (SPLIT | COMBINED).items()}
    web = {"web/prisma/schema.prisma": BASE + USER + POST, ".gitignore": "dist/\n"}
    lay(place, api | web)
    for path, text in api.items():
        place.write(f"dist/{path}", text)
    config = '[[schema]]\noutput = "api/prisma/schema.prisma"\ndirectory = "api/prisma/schema"\n'
    assert drafted(place) == config


def test_a_combined_file_that_git_ignores(place: Repository) -> None:
    lay(place, SPLIT | {".gitignore": "/prisma/schema.prisma\n"})
    place.write("prisma/schema.prisma", BASE + USER + POST)
    ran = place.tool("init")
    assert place.read("prisma-combine.toml") == PLAIN
    assert "  git add prisma-combine.toml\n" in ran.err
    assert place.tool("combine").code == 0
    assert place.tool("check").code == 0


def test_what_only_looks_split_is_left_out_beside_what_is_combined(place: Repository) -> None:
    fixtures = {
        "test/multi/base.prisma": BASE,
        "test/multi/user.prisma": USER,
        "test/multi/post.prisma": POST,
    }
    lay(place, SPLIT | COMBINED | fixtures)
    ran = place.tool("init", "--dry-run")
    assert ran.out == PLAIN
    assert "test/multi: left out, since nothing is combined from it\n" in ran.err


SCRIPT = "const files = {names};\nfs.writeFileSync('prisma/schema.prisma', join(files));\n"


def test_what_the_combined_file_alone_has(place: Repository) -> None:
    edited = USER.replace("email String @unique", "email  String  @unique @db.Text // why")
    stale = "model Gone {\n  id Int @id\n}\n"
    text = CLIENT + BASE + "// ==== user ====\n" + edited + POST + stale
    lay(place, SPLIT | {"prisma/schema.prisma": text})
    ran = place.tool("init")
    assert ran.code == 0
    title = "in no source, so it will be gone; copy what you want to keep into a source first:"
    assert (
        ran.err.split(f"\n\n{title}\n")[1].split("\n\n")[0]
        == """\
  prisma/schema.prisma:1: generator client {
  prisma/schema.prisma:2: provider = "prisma-client-js"
  prisma/schema.prisma:10: email String @unique @db.Text // why
  prisma/schema.prisma:18: model Gone {
  prisma/schema.prisma:19: id Int @id"""
    )


def test_a_long_loss_is_cut(place: Repository) -> None:
    more = "model More {\n" + "".join(f"  f{n} String {'x' * 200}\n" for n in range(30)) + "}\n"
    lay(place, SPLIT | {"prisma/schema.prisma": BASE + USER + POST + more})
    err = place.tool("init").err
    assert "prisma/schema.prisma: 23 more lines\n" in err
    assert max(map(len, err.split("\n"))) < 200


def test_an_order_that_breaks_a_dependency(place: Repository) -> None:
    names = "['base.prisma', 'post.prisma', 'user.prisma']"
    lay(place, SPLIT | COMBINED | {"merge.js": SCRIPT.format(names=names)})
    ran = place.tool("init")
    assert place.read("prisma-combine.toml") == PLAIN
    assert re.findall("  order: .*", ran.err) == [
        "  order: by dependency, not as in merge.js:1: post.prisma stands before user.prisma, but"
        " Post.author in it needs User from there"
    ]
    assert place.tool("combine").code == 0


def test_what_the_script_leaves_out_or_lists_in_vain(place: Repository) -> None:
    names = "['base.prisma', 'user.prisma', 'gone.prisma', 'post.prisma']"
    files = {"prisma/schema/tag.prisma": TAG, "prisma/schema/late.prisma": "model Late {\n}\n"}
    held = {"prisma/schema.prisma": BASE + USER + POST + TAG}
    lay(place, SPLIT | files | held | {"merge.js": SCRIPT.format(names=names)})
    ran = place.tool("init")
    assert place.read("prisma-combine.toml") == (
        PLAIN + 'files = ["base.prisma", "user.prisma", "post.prisma", "tag.prisma"]\n'
        'exclude = ["late.prisma"]\n'
    )
    assert "  not there, though merge.js:1 lists it: gone.prisma\n" in ran.err
    assert (
        "  excluded: late.prisma: no script joins it; if it was forgotten, take it out of `exclude`\n"
        in ran.err
    )
    assert place.tool("combine").code == 0
    place.git("add", "--all")
    assert place.tool("check").code == 0


@pytest.mark.parametrize("written", ["`${name}.prisma`", "'\x07y.prisma'", "'../../../x.prisma'"])
def test_an_output_that_only_the_script_can_know(place: Repository, written: str) -> None:
    text = (
        "const all = readdirSync('prisma/schema').filter((f) => f.endsWith('.prisma'));\n"
        f"fs.writeFileSync({written}, join(all));\n"
    )
    lay(place, SPLIT | {"merge.js": text})
    expected = PLAIN.replace("schema.prisma", "x.prisma") if "x.prisma" in written else PLAIN
    assert drafted(place) == expected


def test_a_list_that_names_only_the_first(place: Repository) -> None:
    text = """\
const first = ["base.prisma", "user.prisma"];
const rest = fs.readdirSync(dir).filter((f) => f.endsWith(".prisma") && !first.includes(f));
fs.writeFileSync(output, [...first, ...rest].map(read).join("\\n"));
"""
    lay(place, SPLIT | COMBINED | {"merge.js": text})
    assert drafted(place) == PLAIN


def test_findings_are_said_at_once(place: Repository) -> None:
    broken = {"prisma/schema/tag.prisma": "model Tag {\n  id Int @id\n"}
    lay(place, SPLIT | COMBINED | broken)
    ran = place.tool("init")
    assert ran.code == 0
    assert ran.err.split("\n\nto mend first:\n")[1].split("\n\n")[0] == (
        "  prisma/schema/tag.prisma:1: unbalanced: this block is still open at the end of the"
        " file; close it with `}`"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"model Tag {\n  id Int @id // \xff\n}\n", "prisma/schema/tag.prisma:2: not UTF-8"),
        (None, "prisma/schema/tag.prisma: a symbolic link leads out of"),
    ],
)
def test_a_source_that_can_not_be_read(place: Repository, data: bytes | None, said: str) -> None:
    lay(place, SPLIT | COMBINED)
    if data is None:
        (place.root / "prisma/schema/tag.prisma").symlink_to("/etc/passwd")
    else:
        place.write("prisma/schema/tag.prisma", data)
    ran = place.tool("init")
    assert ran.code == 0
    assert ran.err.split("\n\nto mend first:\n  ")[1].startswith(said)


def test_names_that_no_configuration_can_hold(place: Repository) -> None:
    lay(place, SPLIT | COMBINED)
    (place.root / os.fsdecode(b"prisma/schema/caf\xe9.prisma")).write_text(TAG)
    assert refused(place) == (
        "prisma-combine: 'prisma/schema/caf\\udce9.prisma': no configuration can hold this name;"
        " rename the file\n"
    )


def test_odd_names(place: Repository) -> None:
    odd = {'prisma/schéma "x"/' + path.rpartition("/")[2]: text for path, text in SPLIT.items()}
    lay(place, odd | {"prisma/schema.prisma": BASE + USER + POST})
    assert drafted(place) == PLAIN.replace('"prisma/schema"', '"prisma/schéma \\"x\\""')
    assert place.tool("init").code == 0
    assert place.tool("combine").code == 0


def test_many_names_go_on_lines_of_their_own(place: Repository) -> None:
    names = [f"a_domain_with_a_name_{n}.prisma" for n in range(9)]
    models = {f"prisma/schema/{name}": f"model A{n} {{\n}}\n" for n, name in enumerate(names)}
    lay(place, SPLIT | models | {"m.js": SCRIPT.format(names=["base.prisma", *names])})
    listed = "".join(f'  "{name}",\n' for name in ["base.prisma", *names])
    text = drafted(place)
    assert f"files = [\n{listed}]\nexclude = [" in text


def test_pre_commit_is_there_already(place: Repository) -> None:
    hooks = "default_install_hook_types: [pre-commit]\nrepos: []\n"
    lay(place, SPLIT | COMBINED | {".pre-commit-config.yaml": hooks})
    ran = place.tool("init", "--dry-run")
    assert ran.err.endswith(HOOKS.replace(HOOKS.split("\n")[2] + "\n", ""))
    place.write(".pre-commit-config.yaml", hooks + "# prisma-combine\n")
    assert ".pre-commit-config.yaml" not in place.tool("init", "--dry-run").err


HOSTILE: dict[str, str | bytes] = {
    "mentions.js": '"x.prisma",' * 25_000 + "write",
    "lists.js": "[" * 290_000 + ".prisma write",
    "excluded.js": ("![" * 100 + "a.prisma]") * 1_300 + " write",
    "comments.ts": "/*" * 140_000 + ".prisma write",
    "joins.ts": "join(" * 50_000 + ".prisma write",
    "slashes.js": '"a" / ' * 45_000 + ".prisma write",
    "word.sh": "a" * 290_000 + ".prisma > x",
    "quotes.js": "'`\"[(" * 50_000 + ".prisma write",
    "binary.js": bytes(range(256)) * 1_000 + b".prisma write",
    "huge.js": "x.prisma write\n" * 500_000,
    "package.json": '{"scripts":' + "[" * 100_000,
    "a/package.json": b"\xff\xfe{",
    "b/package.json": '{"scripts": {"a": 3, "b": ["x"], "c\\u001b": "cat a.prisma > b.prisma"}}',
    "c/package.json": "[]",
    "d/package.json": '{"scripts": "cat user.prisma > schema.prisma"}',
    "e/package.json": "",
    "f/package.json": '{"scripts": null}',
    "g/package.json": '{"scripts": 5}',
    "h/package.json": '{"a": ' + "9" * 5_000 + "}",
}


def test_hostile_scripts(place: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(place, SPLIT | COMBINED)
    for path, text in HOSTILE.items():
        place.write(f"hostile/{path}", text)
    (place.root / "passwd.js").symlink_to("/etc/passwd")
    (place.root / "passwd.prisma").symlink_to("/etc/passwd")
    (place.root / "etc").symlink_to("/etc")
    (place.root / "loop").symlink_to("loop")
    (place.root / "up").symlink_to("..")
    os.mkfifo(place.root / "fifo.js")
    os.mkfifo(place.root / "fifo.prisma")
    place.write("secret.js", "user.prisma post.prisma write")
    place.write("pgdata/x.prisma", USER)
    monkeypatch.chdir(place.root)
    started = time.monotonic()
    with ordinary_user(place.root):
        (place.root / "secret.js").chmod(0)
        (place.root / "pgdata").chmod(0)
        made = draft(None, None)
        (place.root / "pgdata").chmod(0o700)
    assert made.text == PLAIN
    assert made.plans[0].reading is None
    assert time.monotonic() - started < 20


def test_nothing_from_the_repository_reaches_the_terminal_raw(place: Repository) -> None:
    lay(place, SPLIT | {"prisma/schema.prisma": BASE + USER + POST + "// \n\x1b[31m\u202e x\n"})
    package = '{"scripts": {"\\u001b[2J": "node merge.js \\u001b]0;x\\u0007"}}'
    names = "['base.prisma', 'user.prisma', '\x1b[31m.prisma', 'post.prisma']"
    lay(place, {"package.json": package, "merge.js": SCRIPT.format(names=names)})
    ran = place.tool("init")
    assert ran.code == 0
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.err) == []


ORDERS = {
    "an array in CommonJS": (
        "scripts/merge.js",
        "const o = ['base.prisma', // first\n 'user.prisma', /* 'x.prisma', */ 'post.prisma']\n"
        "fs.writeFileSync('prisma/schema.prisma', '')",
    ),
    "full paths": (
        "merge.mjs",
        'await writeFile(out, ["./prisma/schema/base.prisma","prisma/schema/user.prisma",\n'
        "  `prisma/schema/post.prisma`].map(read))",
    ),
    "templates": (
        "merge.cjs",
        "const d = `${__dirname}/prisma/schema`;\n"
        "fs.appendFileSync(o, [`${d}/base.prisma`, `${d}/user.prisma`, d + '/post.prisma'])",
    ),
    "each read on its own": (
        "prisma/merge.ts",
        "const base = readFileSync('schema/base.prisma'), user = read('schema/user.prisma')\n"
        "const post = readFileSync('schema/post.prisma')\nwriteFileSync('schema.prisma', base)",
    ),
    "the base read first, the models from a list": (
        "merge.js",
        "const all = [\n  'user.prisma',\n  'post.prisma',\n]\n"
        "const base = fs.readFileSync('base.prisma')\nfs.writeFileSync(out, base + all)",
    ),
    "a list of what to leave out": (
        "merge.js",
        "const filesToExclude = ['post.prisma', 'user.prisma', 'old.prisma']\n"
        "const files = ['base.prisma', 'user.prisma', 'post.prisma']\nfs.writeFileSync(out, '')",
    ),
    "a list in Python": (
        "merge.py",
        'S = Path("prisma") / "schema"\nN = ["base.prisma", "user.prisma", "post.prisma"]  # x\n'
        'out.write("".join((S / n).read_text() for n in N))',
    ),
    "cat": (
        "merge.sh",
        "cd prisma/schema && cat base.prisma user.prisma ./post.prisma > ../schema.prisma",
    ),
    "cat, with CRLF": (
        "merge.sh",
        "# post.prisma\r\ncat $D/base.prisma \\\r\n  ${D}/user.prisma $D/post.prisma > x.prisma\r\n",
    ),
    "an array in bash": (
        "merge.bash",
        'F=(base.prisma user.prisma post.prisma)\nfor f in "${F[@]}"; do cat "$f" >> $OUT; done',
    ),
    "PowerShell": (
        "merge.ps1",
        "Get-Content prisma\\schema\\base.prisma, prisma\\schema\\user.prisma,"
        " prisma\\schema\\post.prisma | Set-Content prisma\\schema.prisma",
    ),
    "an array in PowerShell": (
        "merge.ps1",
        "$f = @(\n  'base.prisma'\n  'user.prisma'\n  'post.prisma'\n)\n"
        '$f | % { gc "$PSScriptRoot\\schema\\$_" } | Out-File schema.prisma',
    ),
    "a batch file": (
        "merge.bat",
        "rem post.prisma\ntype prisma\\schema\\base.prisma > a.prisma\n"
        "type prisma\\schema\\user.prisma >> a.prisma\ntype %D%\\post.prisma >> a.prisma\n",
    ),
    "a Makefile": (
        "Makefile",
        "schema:\n\tcat prisma/schema/base.prisma prisma/schema/user.prisma"
        " prisma/schema/post.prisma > $@\n",
    ),
    "package.json": (
        "package.json",
        '{"scripts": {\n"a": "prisma format --schema prisma/schema/post.prisma",\n'
        '"b": "cd prisma/schema && cat base.prisma user.prisma post.prisma > ../schema.prisma"}}',
    ),
}


@pytest.mark.parametrize(("path", "text"), ORDERS.values(), ids=ORDERS)
def test_orders_in_scripts(path: str, text: str) -> None:
    read = script.read(path, text)
    assert read
    reading = script.reading(
        read, set(SPLIT), "prisma/schema", "prisma/schema.prisma", {*SPLIT, *COMBINED}
    )
    assert reading
    names = ["prisma/schema/base.prisma", "prisma/schema/user.prisma", "prisma/schema/post.prisma"]
    assert (
        sorted(reading.order, key=lambda path: path.endswith("base.prisma"), reverse=True) == names
    )
    assert not reading.folder_line


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("merge.js", "writeFileSync(out, readdirSync(d).filter((f) => f.endsWith('.prisma')))"),
        ("merge.js", "writeFileSync(out, readdirSync(d).filter((f) => /\\.prisma$/i.test(f)))"),
        ("merge.js", "writeFileSync(out, globSync('prisma/schema/**/*.prisma').map(read))"),
        ("merge.sh", "cat base.prisma > out; cat prisma/schema/*.prisma >> prisma/schema.prisma"),
        (
            "merge.sh",
            "find prisma/schema -name '*.prisma' | sort | xargs cat > prisma/schema.prisma",
        ),
        ("package.json", '{"scripts": {"a": "awk 1 ./prisma/schema/*.prisma > schema.prisma"}}'),
        (
            "package.json",
            '{"scripts": {"a": "prisma-merge -b base.prisma -o schema.prisma *.prisma"}}',
        ),
    ],
)
def test_scripts_that_take_the_folder(path: str, text: str) -> None:
    read = script.read(path, text)
    assert read
    assert read.folder_line == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("merge.js", "writeFileSync('x', 'a.txt')"),
        ("merge.js", "// ['user.prisma', 'post.prisma']\nwriteFileSync('x')"),
        ("check.js", "for (const f of ['user.prisma', 'post.prisma']) console.log(read(f))"),
        ("package.json", '{"scripts": {"a": "prisma format --schema prisma/schema.prisma"}}'),
        ("merge.sh", "prisma format --schema prisma/schema.prisma"),
        ("note.py", "def read() -> list[str]:\n    return ['user.prisma', 'post.prisma']"),
        ("note.py", '"""Writes what all .prisma files hold."""'),
    ],
)
def test_what_joins_nothing(path: str, text: str) -> None:
    assert script.read(path, text) is None


@pytest.mark.parametrize(
    ("path", "yes"),
    [
        ("combine-schemas.js", True),
        ("prisma/merge.PS1", True),
        ("Makefile", True),
        ("a/package.json", True),
        ("tsconfig.json", False),
        ("README.md", False),
        ("src/merge.test.ts", False),
        ("tests/merge.ts", False),
        ("latest/merge.ts", True),
    ],
)
def test_what_may_be_a_script(path: str, yes: bool) -> None:
    assert script.may_be(path) is yes


@pytest.mark.parametrize(
    ("command", "path", "new"),
    [
        ("node merge.js", "merge.js", "X"),
        (
            "tsx ./scripts/merge.js --watch && prisma generate",
            "scripts/merge.js",
            "X && prisma generate",
        ),
        ("prisma format; node 'a/merge.js'", "a/merge.js", "prisma format; X"),
        ("node unmerge.js", "merge.js", None),
        ("node merge.json", "merge.js", None),
        ("cat a.prisma > o.prisma && cat b.prisma >> o.prisma && tsc", "package.json", "X && tsc"),
        (
            "cat a.prisma > o.prisma && tsc && cat b.prisma >> o.prisma",
            "package.json",
            "X && tsc && X",
        ),
        ("prisma-merge -o o.prisma || exit 1", "package.json", "X || exit 1"),
        ("prisma generate --schema o.prisma", "package.json", None),
    ],
)
def test_commands_of_package_json(command: str, path: str, new: str | None) -> None:
    assert script.replaced(command, path, "X") == new
