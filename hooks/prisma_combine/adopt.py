"""Carries hand edits in the combined files back into the sources."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from prisma_combine import combined, files, git, source, state
from prisma_combine.config import Config, Target
from prisma_combine.diff import diff
from prisma_combine.edits import Plan, Refused, Taken, plan, regenerated, rewritten, unsound
from prisma_combine.errors import CombineError
from prisma_combine.rules import Finding
from prisma_combine.state import State
from prisma_combine.tree import Disk

_SIDES = ("the source", "the combined file")
_FEW = 50
"""edits of which each may be left out in turn, to see which one is wrong; all is read each time"""


class Adoption(NamedTuple):
    """What is to be said of one target."""

    state: State
    """as it is afterwards, the combined file apart"""
    taken: list[Taken]
    refused: list[Refused]

    @property
    def passes(self) -> bool:
        """Whether every hand edit is in its source afterwards."""
        return not self.refused and not self.state.findings


class Adopted(NamedTuple):
    """What `adopt` says and writes. Texts are by real path."""

    root: str
    adoptions: list[Adoption]
    seen: Mapping[str, bytes | None]
    """what was read; None where there was no file"""
    sources: dict[str, bytes]
    outputs: dict[str, bytes]
    """the combined files that change"""

    def write(self) -> None:
        """Writes all, or nothing where it raises CombineError.

        Sources go first: were it killed on the way, they would hold their edits already, and the
        edits would still be in the combined file, for the next run to see.
        """
        files.write(self.root, self.sources | self.outputs, self.seen)


class Draft(Disk):
    """The files as they will be."""

    def __init__(
        self, root: str, texts: Mapping[str, bytes], seen: dict[str, bytes | None]
    ) -> None:
        """`texts` are by real path; what is not there is as on the disk when it was first seen."""
        super().__init__(root)
        self.texts, self.seen = texts, seen

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None when there is no such file. Raises CombineError as `Disk` does."""
        real = self.real(path)
        if real in self.texts:
            return self.texts[real]
        if real not in self.seen:
            self.seen[real] = files.read(real)
        return self.seen[real]


def adopt(config: Config) -> Adopted:
    """Works out what goes into which source, and writes nothing.

    Raises CombineError when something can't be read, or git fails.
    """
    draft = Draft(config.root, {}, {})
    plans = []
    for target in config.targets:
        made, draft = _sound(config, target, draft)
        plans.append((target, made))
    adopted = Adopted(config.root, [], draft.seen, dict(draft.texts), {})
    for target, made in plans:
        then = state.of(config, target, draft)
        refused = [made.whole] if made.whole else list(made.refused.values())
        adopted.adoptions.append(Adoption(then, list(made.taken.values()), refused))
        if not made.whole and not then.findings:
            text = regenerated(then, made)
            if text != then.committed:
                adopted.outputs[draft.real(target.output)] = text
    return adopted


def differences(adopted: Adopted, label: Callable[[str], str]) -> Iterator[bytes]:
    """The diff to each source. Raises CombineError when git fails, or isn't installed."""
    for path, text in adopted.sources.items():
        shown = label(os.path.relpath(path, adopted.root).replace(os.sep, "/"))
        change = diff(adopted.seen[path], text, shown, ())
        if change is None:
            raise CombineError("--dry-run prints a diff, and git makes it; install git")
        yield change.text


def _sound(config: Config, target: Target, draft: Draft) -> tuple[Plan, Draft]:
    """A plan that leaves nothing to be found wrong with the sources, and the files with it."""

    def findings(taken: Mapping[int, Taken]) -> list[Finding]:
        return state.of(config, target, _edited(draft, target, taken)).findings

    now = state.of(config, target, draft)
    merge = partial(git.merge_file, labels=_SIDES)
    made = plan(now, partial(_ancestor, config.root), merge)
    while made.taken and (wrong := findings(made.taken)):
        at_path = {found.path: found for found in reversed(wrong)}
        likely = {
            index: at_path[path]
            for index, edit in made.taken.items()
            if (path := _path(target, edit)) in at_path
        }
        blamed = likely
        if len(likely) <= _FEW:
            blamed = _blamed(likely, made.taken, wrong, findings)
        if not blamed and len(made.taken) <= _FEW:
            blamed = _blamed(made.taken, made.taken, wrong, findings)
        if not blamed and now.findings:
            # What is wrong is wrong without the edits too, and has to be mended first.
            made.taken.clear()
        for index, found in (blamed or dict.fromkeys(made.taken, wrong[0])).items():
            made.refused[index] = unsound(made.taken.pop(index), now, found)
    return made, _edited(draft, target, made.taken)


def _blamed(
    suspects: Iterable[int],
    taken: Mapping[int, Taken],
    wrong: Sequence[Finding],
    findings: Callable[[Mapping[int, Taken]], list[Finding]],
) -> dict[int, Finding]:
    """The suspects without which less is wrong with the sources, each with what it adds."""
    blamed = {}
    for index in suspects:
        less = findings({other: edit for other, edit in taken.items() if other != index})
        if len(less) < len(wrong):
            blamed[index] = min(wrong, key=less.__contains__)
    return blamed


def _edited(draft: Draft, target: Target, taken: Mapping[int, Taken]) -> Draft:
    """The draft with these edits in it."""
    texts = dict(draft.texts)
    for edit in taken.values():
        path = _path(target, edit)
        texts[draft.real(path)] = rewritten(draft.read(path) or b"", edit.body, path)
    return Draft(draft.root, texts, draft.seen)


def _path(target: Target, edit: Taken) -> str:
    return target.path(edit.place.section.name)


def _ancestor(root: str, path: str, stamp: str) -> str | None:
    """The body with this stamp: the file's own, or one that git has."""
    for data in _versions(root, path, stamp):
        with suppress(UnicodeDecodeError):  # never combined
            body, _ = source.trim(source.plain(data.decode()))
            if combined.stamp(body) == stamp:
                return body
    return None


def _versions(root: str, path: str, stamp: str) -> Iterator[bytes]:
    # Where two targets share a source, the other's edits may be in the draft of it.
    with suppress(CombineError):
        if (data := Disk(root).read(path)) is not None:
            yield data
    yield from git.blobs(root, [stamp])
    # A source with CRLF, a BOM or blank ends is another blob than its body.
    yield from git.blobs(root, git.versions(root, path))
