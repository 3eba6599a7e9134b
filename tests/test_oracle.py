"""What our rules say, against what Prisma's own parsers say."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import VERSIONS, Oracle
from oracle.sets import URL, File, random_files
from prisma_combine import combined, psl, rules, source

SAMPLE = Path(__file__).parent / "sample/src/infrastructure/database/schemas"
LANGUAGE = {"unbalanced", "stray-brace", "duplicate-name", "many-datasources"}

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
    """A set of files as one version of Prisma gets them: as they are, and combined."""

    def __init__(self, oracle: Oracle, version: str, files: list[File]) -> None:
        self._oracle = oracle
        self._version = version
        if version == "7.10":
            files = [(name, data.replace(URL, b"")) for name, data in files]
        # Newlines and all, but without the BOM: Prisma refuses it, and we drop it.
        self.files = [(name, data.decode().removeprefix("\ufeff")) for name, data in files]
        self.sources = tuple(source.read(name, name, data) for name, data in files)
        self.text = combined.render(
            "schemas", [combined.section(each.name, each.body) for each in self.sources]
        )
        facts = rules.Facts("prisma-combine.toml", ".", None, {}, (), self.sources)
        self.findings = [each for each in rules.findings(facts) if each.rule in LANGUAGE]

    def complaints(self) -> tuple[str | None, str | None]:
        """What Prisma has against the files, and against the combined text."""
        apart, joined = self._oracle.ask(
            [(self._version, "validate", self.files), (self._version, "validate", self.text)]
        )
        return apart, joined

    def models(self) -> tuple[Any, Any]:
        """Prisma's datamodels of the files and of the combined text."""
        apart, joined = self._oracle.ask(
            [(self._version, "datamodel", self.files), (self._version, "datamodel", self.text)]
        )
        return _with_lf(apart), _with_lf(joined)

    def formatted(self, files: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The files as Prisma's formatter leaves them."""
        [answer] = self._oracle.ask([(self._version, "format", files)])
        return [(name, text) for name, text in answer]


def _with_lf(model: Any) -> Any:
    """A datamodel with LF newlines: Prisma keeps those of a block comment."""
    if isinstance(model, dict):
        return {key: _with_lf(value) for key, value in model.items()}
    if isinstance(model, list):
        return [_with_lf(value) for value in model]
    return re.sub("\r\n?", "\n", model) if isinstance(model, str) else model


def _without_strays(apart: Any, joined: Any, names: set[str]) -> Any:
    """The datamodel of the combined text without documentation that only there these names have."""
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


def _may_get_strays(sources: tuple[source.Source, ...]) -> set[str]:
    """The names that a comment above a datasource or generator in an earlier file may document."""
    names = set()
    stray = False
    for each in sources:
        lines = ["", *each.body.split("\n")]
        ours = False
        for block in psl.scan(each.body).blocks:
            if block.keyword in psl.NAMED:
                if stray and not ours:
                    names.add(block.name)
                stray = False
            elif lines[block.line - 1].strip() or not lines[block.line].startswith(block.keyword):
                stray = ours = True
    return names


def test_sets_of_files(oracle: Oracle) -> None:
    """Prisma and the rules agree on what the files mean apart and combined."""
    met: Counter[str] = Counter()

    @settings(settings.get_profile("oracle"))
    @given(sets)
    def agree(files: list[File]) -> None:
        for version in VERSIONS:
            met[f"{version} {_judge(Tried(oracle, version, files))}"] += 1

    agree()
    # Sets of which none is accepted, or none only when joined, would prove nothing.
    for version, part in (("5.22", 20), ("6.19", 5), ("7.10", 5)):
        assert met[f"{version} accepted"] >= SETS / part
        assert met[f"{version} accepted only combined"] >= SETS / part / 10, met


def _judge(tried: Tried) -> str:
    """Prisma's verdict on a set, after comparing ours with it."""
    apart, joined = tried.complaints()
    if apart is None and joined is None:
        assert not tried.findings
        model, combined_model = tried.models()
        assert model == _without_strays(model, combined_model, _may_get_strays(tried.sources))
        return "accepted"
    if apart is None:
        assert {finding.rule for finding in tried.findings} == {"many-datasources"}
        return "accepted only apart"
    if joined is None:
        refused = set(re.findall(r"--> +(.+?):\d+", apart))
        assert {finding.path for finding in tried.findings} & refused
        return "accepted only combined"
    return "refused"


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
def test_what_only_combined_is_accepted(
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
def test_documentation_at_the_end_of_a_file_goes_nowhere(oracle: Oracle, version: str) -> None:
    ends = ["/// x", "///", "// x\n/// x", "////\n\n", "/// x\n \n"]
    for end in [*ends, "/* x */"] if version != "5.22" else ends:
        files = [("a", f"{MODEL}{end}".encode()), ("b", MODEL.replace("A", "B").encode())]
        apart, joined = Tried(oracle, version, files).models()
        assert apart == joined
        assert "documentation" not in joined["models"][1]


@pytest.mark.parametrize("version", VERSIONS)
def test_documentation_of_a_datasource_goes_to_the_next_model(oracle: Oracle, version: str) -> None:
    """What we can't help: Prisma does so within one text, and the combined file is one text."""
    files = [("a", b'/// x\ngenerator g {\n  provider = "x"\n}\n'), ("b", MODEL.encode())]
    apart, joined = Tried(oracle, version, files).models()
    assert "documentation" not in apart["models"][0]
    assert joined["models"][0].pop("documentation") == "x"
    assert apart == joined


def test_two_datasources_are_accepted_only_apart(oracle: Oracle) -> None:
    text = 'datasource {} {{\n  provider = "postgresql"\n}}\n'
    files = [(name, text.format(name).encode()) for name in ("a", "b")]
    assert _judge(Tried(oracle, "7.10", files)) == "accepted only apart"


def test_the_sample(oracle: Oracle) -> None:
    names = ["base", "user", "integration", "sync", "contact"]
    files = [(f"{name}.prisma", (SAMPLE / f"{name}.prisma").read_bytes()) for name in names]
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
            # The formatter comes to rest in two or three rounds.
            for _ in range(3):
                tidy = tried.formatted(tidy)
            # It leaves a lone CR in a block comment, and would indent the line that we make of it.
            has_cr = any("\r" in text for _, text in tidy)
            if tried.complaints()[0] or has_cr or tried.formatted(tidy) != tidy:
                met["passed over"] += 1
                continue
            met["tried"] += 1
            again = Tried(oracle, version, [(name, text.encode()) for name, text in tidy])
            text = [("schema.prisma", again.text)]
            assert again.formatted(text) == text

    stays()
    assert met["tried"] > met["passed over"] / 5
