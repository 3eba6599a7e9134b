"""The rules agree with Prisma's own parsers."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_combine.schema import language, rules
from prisma_combine.schema.format import OWN, Format, join
from prisma_combine.schema.source import Source, decode
from support import SAMPLE
from tools.oracle import VERSIONS, Oracle, Schema
from tools.oracle.sets import URL, File, random_files

pytestmark = pytest.mark.tools

LANGUAGE = {"unbalanced", "stray-brace", "not-prisma", "duplicate-name", "many-datasources"}
FORMATS = {
    "newline": Format(separator="\n"),
    "blank-line": Format(separator="\n\n", footer="\n", trim="both"),
    "headers": Format(header="// {path}\n", separator="\n", footer="\n", trim="end"),
    "glued": Format(),
}
"""formats of teams, beside our own"""

# The same sets each time; with a number of them asked for, new ones.
SETS = int(os.environ.get("PRISMA_COMBINE_SETS", "2000"))
settings.register_profile(
    "oracle",
    max_examples=SETS,
    derandomize="PRISMA_COMBINE_SETS" not in os.environ,
    database=None,
    deadline=None,
)
# True randomness, for which Hypothesis chooses but the seed: it makes better sets, and faster,
# though Hypothesis can't shrink one.
sets = st.randoms(use_true_random=True).map(random_files)


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle() as process:
        yield process


class Tried:
    """A set of files for one version of Prisma: as they are, and combined."""

    def __init__(self, oracle: Oracle, version: str, files: list[File]) -> None:
        self._oracle = oracle
        self._version = version
        if version == "7.10":
            files = [(name, data.replace(URL, b"")) for name, data in files]
        # Newlines and all, but without the BOM: Prisma refuses it, and we drop it.
        self.files = [(name, data.decode().removeprefix("\ufeff")) for name, data in files]
        self.sources = tuple(Source(name, name, decode(data, name)) for name, data in files)
        self.text = join(OWN, "schemas", self.sources).text()
        facts = rules.Facts("c.toml", ".", None, (), self.sources, lambda _: [])
        self.findings = [each for each in rules.findings(facts) if each.rule in LANGUAGE]

    def complaints(self) -> tuple[str | None, str | None]:
        """Return Prisma's complaints about the files, and about the combined text."""
        apart, joined = self._validate(self.files, self.text)
        return apart, joined

    def accepting(self) -> list[str]:
        """Return the formats of teams in which Prisma accepts the combined text."""
        texts = [join(form, "schemas", self.sources).text() for form in FORMATS.values()]
        complaints = zip(FORMATS, self._validate(*texts), strict=True)
        return [name for name, complaint in complaints if complaint is None]

    def _validate(self, *schemas: Schema) -> list[str | None]:
        return self._oracle.ask([(self._version, "validate", schema) for schema in schemas])

    def models(self) -> tuple[Any, Any]:
        """Return Prisma's datamodels of the files and of the combined text."""
        apart, joined = self._oracle.ask(
            [(self._version, "datamodel", self.files), (self._version, "datamodel", self.text)]
        )
        return _with_lf(apart), _with_lf(joined)

    def formatted(self, files: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the files as Prisma's formatter leaves them."""
        [answer] = self._oracle.ask([(self._version, "format", files)])
        return [(name, text) for name, text in answer]


def _with_lf(model: Any) -> Any:
    """Return a datamodel with LF newlines: Prisma keeps those of a block comment."""
    if isinstance(model, dict):
        return {key: _with_lf(value) for key, value in model.items()}
    if isinstance(model, list):
        return [_with_lf(value) for value in model]
    return re.sub("\r\n?", "\n", model) if isinstance(model, str) else model


def _without_strays(apart: Any, joined: Any, names: set[str]) -> Any:
    """Return the combined text's datamodel less documentation that these names have only there."""
    has_none = {
        each["name"]
        for kind in ("models", "enums", "types")
        for each in apart[kind]
        if "documentation" not in each
    }
    return joined | {
        kind: [
            {key: value for key, value in each.items() if key != "documentation"}
            if each["name"] in names & has_none
            else each
            for each in joined[kind]
        ]
        for kind in ("models", "enums", "types")
    }


def _may_get_strays(sources: tuple[Source, ...]) -> set[str]:
    """Return the names that a comment above an earlier file's datasource or generator may document."""
    names = set()
    stray = False
    for each in sources:
        text = each.text.replace("\r", "\n")
        lines = ["", *text.split("\n")]
        ours = False
        for block in language.scan(text).blocks:
            if block.keyword in language.NAMED:
                if stray and not ours:
                    names.add(block.name)
                stray = False
            elif lines[block.line - 1].strip() or not lines[block.line].startswith(block.keyword):
                stray = ours = True
    return names


def test_rules_and_prisma_agree_on_random_files(oracle: Oracle) -> None:
    met: Counter[str] = Counter()

    @settings(settings.get_profile("oracle"))
    @given(sets)
    def agree(files: list[File]) -> None:
        for version in VERSIONS:
            met[f"{version} {_judge(Tried(oracle, version, files))}"] += 1

    agree()
    # Random sets prove nothing unless Prisma accepts enough of them, apart or joined.
    for version, part in (("5.22", 20), ("6.19", 5), ("7.10", 5)):
        assert met[f"{version} accepted"] >= SETS / part
        assert met[f"{version} accepted only combined"] >= SETS / part / 10, met


def _judge(tried: Tried) -> str:
    """Return Prisma's verdict on a set, after comparing ours with it."""
    apart, joined = tried.complaints()
    found = {finding.rule for finding in tried.findings}
    if apart is None and joined is None:
        assert not found
        model, combined_model = tried.models()
        assert model == _without_strays(model, combined_model, _may_get_strays(tried.sources))
        return "accepted"
    if apart is None:
        assert found == {"many-datasources"}
        return "accepted only apart"
    accepting = tried.accepting()
    if joined is None or accepting:
        refused = set(re.findall(r"--> +(.+?):\d+", apart))
        assert {finding.path for finding in tried.findings} & refused, accepting
    if joined is None:
        return "accepted only combined"
    return "accepted only in another format" if accepting else "refused"


MODEL = "model A {\n  id Int @id\n}\n"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["model A {\n  id Int @id\n", "}\n"], ["unbalanced 0:1", "stray-brace 1:1"]),
        (["model A {", "  id Int @id\n}\n"], ["unbalanced 0:1", "stray-brace 1:2"]),
        (["model A { }\n", "id Int @id\n}"], ["unbalanced 0:1", "stray-brace 1:2"]),
        (
            ["enum A {\r\r  a\r", "\n\n  b\n} " + MODEL.replace("A", "B")],
            ["unbalanced 0:1", "stray-brace 1:4"],
        ),
        ([MODEL + "/* x\n", "model B {\n", "}\n", "*/\n"], ["unbalanced 0:4", "unbalanced 1:1"]),
    ],
)
def test_files_that_are_accepted_only_combined_have_findings(
    oracle: Oracle, version: str, files: list[str], expected: list[str]
) -> None:
    tried = Tried(oracle, version, [(str(at), text.encode()) for at, text in enumerate(files)])
    apart, joined = tried.complaints()
    assert apart
    # Prisma before 6.1 knows no block comments.
    assert joined is None or version == "5.22"
    found = [f"{finding.rule} {finding.path}:{finding.line}" for finding in tried.findings]
    assert found[: len(expected)] == expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("enum R { A B }\n", "unbalanced", id="one-line"),
        pytest.param("model B {}\n", "unbalanced", id="empty-on-one-line"),
        pytest.param("enum R {\n  B }\n", "unbalanced", id="brace-after-a-value"),
        pytest.param('import { B } from "./b"\n', "not-prisma", id="import"),
        pytest.param("import * as b from './b'\n", "not-prisma", id="import-all"),
        pytest.param("model B\n{\n  id Int @id\n}\n", "not-prisma", id="brace-on-the-next-line"),
        pytest.param("type B = Int\n", "not-prisma", id="type-alias"),
        pytest.param("\u2028\n", "not-prisma", id="no-blank"),
        pytest.param("}\n", "stray-brace", id="stray"),
        pytest.param("enum R { B }\n  A\n}\n", None, id="ignored-after-the-brace"),
        pytest.param("\u00a0\u1680\u2003\u202f\u205f\u3000\t\n", None, id="blank"),
        pytest.param("enum R {\r  A\r}\r// x\r", None, id="lone-cr"),
    ],
)
def test_the_rules_refuse_what_prisma_refuses(
    oracle: Oracle, version: str, text: str, rule: str | None
) -> None:
    tried = Tried(oracle, version, [("a", f"{text}{MODEL}".encode())])
    assert (tried.complaints()[0] is None) == (rule is None)
    assert [finding.rule for finding in tried.findings] == [rule] * (rule is not None)


@pytest.mark.parametrize("version", VERSIONS)
def test_documentation_at_the_end_of_a_file_documents_nothing(oracle: Oracle, version: str) -> None:
    ends = ["/// x", "///", "// x\n/// x", "////\n\n", "/// x\n \n"]
    for end in [*ends, "/* x */"] if version != "5.22" else ends:
        files = [("a", f"{MODEL}{end}".encode()), ("b", MODEL.replace("A", "B").encode())]
        apart, joined = Tried(oracle, version, files).models()
        assert apart == joined
        assert "documentation" not in joined["models"][1]


@pytest.mark.parametrize("version", VERSIONS)
def test_documentation_of_a_datasource_documents_the_next_model(
    oracle: Oracle, version: str
) -> None:
    """No format can prevent it: Prisma does so within one text, and the combined file is one."""
    files = [("a", b'/// x\ngenerator g {\n  provider = "x"\n}\n'), ("b", MODEL.encode())]
    apart, joined = Tried(oracle, version, files).models()
    assert "documentation" not in apart["models"][0]
    assert joined["models"][0].pop("documentation") == "x"
    assert apart == joined


def test_two_datasources_are_accepted_only_apart(oracle: Oracle) -> None:
    text = 'datasource {} {{\n  provider = "postgresql"\n}}\n'
    files = [(name, text.format(name).encode()) for name in ("a", "b")]
    assert _judge(Tried(oracle, "7.10", files)) == "accepted only apart"


def test_the_sample_is_valid_and_formatted(oracle: Oracle) -> None:
    names = ["base", "user", "integration", "sync", "contact"]
    folder = SAMPLE / "src/infrastructure/database/schemas"
    files = [(f"{name}.prisma", (folder / f"{name}.prisma").read_bytes()) for name in names]
    tried = Tried(oracle, "7.10", files)
    assert _judge(tried) == "accepted"
    assert tried.formatted(tried.files) == tried.files
    assert tried.formatted([("schema.prisma", tried.text)]) == [("schema.prisma", tried.text)]


def test_the_combined_file_is_formatted_when_the_sources_are(oracle: Oracle) -> None:
    met: Counter[str] = Counter()

    @settings(settings.get_profile("oracle"), max_examples=max(200, SETS // 10))
    @given(sets)
    def stays(files: list[File]) -> None:
        for version in VERSIONS:
            tried = Tried(oracle, version, files)
            tidy = tried.files
            # The formatter needs two or three rounds.
            for _ in range(3):
                tidy = tried.formatted(tidy)
            # It leaves a lone CR in a block comment.
            has_cr = any("\r" in text for _, text in tidy)
            # The header of an empty file is followed by one blank line too many.
            empty = not all(text.strip() for _, text in tidy)
            if tried.complaints()[0] or has_cr or empty or tried.formatted(tidy) != tidy:
                met["skipped"] += 1
                continue
            met["tried"] += 1
            again = Tried(oracle, version, [(name, text.encode()) for name, text in tidy])
            text = [("schema.prisma", again.text)]
            assert again.formatted(text) == text

    stays()
    assert met["tried"] > met["skipped"] / 5
