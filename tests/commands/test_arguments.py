"""The quick reader of command lines against Typer: where it answers, both say the same."""

import importlib
import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_combine.cli import arguments
from prisma_combine.cli.app import app
from prisma_combine.cli.arguments import COMMANDS, Options
from support.repository import Repository

WORDS = [
    *("check", "combine", "adopt", "locate", "init"),
    *("--config", "--config=", "--config=a.toml", "--config=-", "a.toml", "prisma/schema"),
    *("--fix", "--fix=", "--no-fix", "--staged", "--quiet", "-q", "--verbose", "--stdout"),
    *("--format", "--format=json", "--format=yaml", "json", "github", "--form", "--FORMAT"),
    *("--color=never", "--colour", "--color", "always", "--dry-run", "--dry_run"),
    *("--help", "-h", "--version", "--", "-", "", "=", "prisma/schema.prisma:3"),
]


class CalledError(Exception):
    """A command was reached with these options."""


def typer_says(words: list[str], monkeypatch: pytest.MonkeyPatch) -> Options | None:
    """Return the options with which Typer calls a command; None when it calls none."""

    def called(options: Options) -> int:
        raise CalledError(options)

    with monkeypatch.context() as patch:
        for command in COMMANDS:
            module = importlib.import_module(f"prisma_combine.cli.{command}")
            patch.setattr(module, command, called)
        patch.setattr(sys, "argv", ["prisma-combine", *words])
        try:
            app(words, standalone_mode=True)
        except CalledError as call:
            options = call.args[0]
            assert isinstance(options, Options)
            return options._replace(format=str(options.format), color=str(options.color))
        except SystemExit:
            pass
    return None


def compare(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = arguments.plain(words)
    if quick is not None:
        assert quick == typer_says(words, monkeypatch), words


@pytest.mark.parametrize("command", COMMANDS)
def test_the_quick_reader_agrees_with_typer(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [list(pair) for pair in product(WORDS, WORDS)]
    answered = 0
    for words in [[], *([word] for word in WORDS), *pairs]:
        compare([command, *words], monkeypatch)
        answered += arguments.plain([command, *words]) is not None
    assert answered > 10
    assert "Traceback" not in capsys.readouterr().err


@given(words=st.lists(st.sampled_from(WORDS), max_size=6))
def test_the_quick_reader_agrees_with_typer_on_any_words(words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        compare(words, monkeypatch)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check", "--config"], "Option '--config' requires an argument."),
        (["check", "--config=", "prisma/schema"], "--config: path is empty"),
        (["check", "--config", ""], "--config: path is empty"),
        (["check", ""], "no such file or folder"),
        (["check", "--format=yaml"], "'yaml' is not one of"),
        (["locate", "a:1", "b:2"], "unexpected extra argument"),
    ],
    ids=["no-value", "empty-value", "empty-word", "empty-path", "unknown-format", "two-places"],
)
def test_a_mistaken_command_line_never_passes(
    words: list[str], message: str, repository: Repository
) -> None:
    ran = repository.tool(*words)
    assert ran.code == 2
    assert message in " ".join(ran.err.split())
