"""The project's texts keep to its style: each word here has a better one beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import PROJECT

WORDS = {
    r"mend(?:s|ed|ing)?": "fix",
    r"none such": "not found",
    r"who has": "anyone with",
    r"who(?:so)?ever": "anyone",
    r"(?<!there )is no (?!(?:longer|more|slower|faster|way)\b)": "is not a",
    r"white space": "whitespace",
    r"takes? (?:its|the) square": "is quadratic",
    r"leads? round": "a symbolic link loop",
    r"(?:a|one) (?:\d+|\w+)th of (?:that|its|the) (?:time|cost)": "a percentage",
    r"the same of": "a verb: Return, Write, Parse",
    r"(?:write|writes|written|wrote) (?:it |them )?anew": "rewrite",
    r"calls? no one": "no network access",
    # American spelling
    r"(?:behaviour|colour|favour|neighbour)\w*": "-or",
    r"licence[sd]?": "license",
    r"(?:minimi|normali|optimi|organi|recogni|seriali|summari)s(?:e|es|ed|ing)": "-ize",
    r"(?:analyse|artefact|cancelled|centre|grey)[sd]?": "American spelling",
}
"""regular expressions of words, and what to write instead"""

SENTENCES = (
    "Who has only pre-commit installed needs nothing else to commit",
    "What paths have in common that mean one file on macOS or on Windows",
    "git lacks the text that both started from",
    "What a check in sync makes is soon gone with it",
    "is there already, and stays as it is",
    "No space left on device; mend that",
    "or where somebody has not installed it. So let CI check, too",
    "Only pre-commit puts aside all that you have not staged",
    "Only where husky is new, since `init` replaces its pre-commit hook",
    "While a schema has findings nothing writes its combined file",
    "It calls no one: there is no network code",
    "for one that was made to do harm",
    "Exits with 0 when all is in sync",
    "Tried where a run of blanks begins and nowhere in it",
    "is no regular file; put a text file there",
    "a symbolic link that leads round",
    "commit it: git add",
    "mend it:",
)
"""sentences that read as translated"""

FOLDERS = ("hooks", "tests", ".github", ".ci")
SUFFIXES = {".cjs", ".js", ".md", ".mjs", ".prisma", ".py", ".toml", ".ts", ".yaml", ".yml"}
FOREIGN = {"node_modules", "recorded", "dist", "build"}
"""folders with other people's texts"""


def _files() -> Iterator[Path]:
    """Yield the files that people write, without git: a source distribution has none."""
    yield from (file for file in PROJECT.iterdir() if file.suffix in SUFFIXES)
    for folder in FOLDERS:
        for file in (PROJECT / folder).rglob("*"):
            inside = file.relative_to(PROJECT / folder).parts
            if FOREIGN.intersection(inside) or any(part[0] == "." for part in inside):
                continue
            if file.suffix in SUFFIXES or folder == ".ci":
                yield file


TEXTS = {
    str(file.relative_to(PROJECT)): file.read_text(encoding="utf-8")
    for file in sorted(_files())
    if file != Path(__file__)
}


@pytest.mark.parametrize("word", WORDS)
def test_no_text_has_a_word_that_we_avoid(word: str) -> None:
    pattern = re.compile(rf"(?<![\w-])(?:{word})(?![\w-])", re.IGNORECASE)
    assert [
        f"{path}:{number}: {line.strip()}; write: {WORDS[word]}"
        for path, text in TEXTS.items()
        for number, line in enumerate(text.split("\n"), 1)
        if pattern.search(line)
    ] == []


def test_no_text_has_a_sentence_that_reads_as_translated() -> None:
    flat = {path: _flat(text) for path, text in TEXTS.items()}
    assert [
        f"{path}: {sentence}"
        for path, text in flat.items()
        for sentence in SENTENCES
        if sentence.lower() in text
    ] == []


def _flat(text: str) -> str:
    """Return a text on one line, without the signs that begin a comment's lines."""
    return re.sub(r"\s*\n\s*(?:#+ |// |\* )?", " ", text).lower()


def test_the_texts_are_those_of_the_whole_project() -> None:
    assert {"README.md", "hooks/README.md", "tests/README.md"} <= TEXTS.keys()
    assert "hooks/prisma_combine/__main__.py" in TEXTS
