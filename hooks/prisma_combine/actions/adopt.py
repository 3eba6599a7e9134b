"""Carries hand edits in the combined files back into the sources."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import BytesIO
from typing import BinaryIO, NamedTuple

from prisma_combine.actions import compare
from prisma_combine.actions import state as states
from prisma_combine.actions.compare import Comparison
from prisma_combine.actions.rewrite import regenerated
from prisma_combine.actions.state import Depth
from prisma_combine.compare.blocks import carry
from prisma_combine.compare.verdict import SectionVerdict, Status
from prisma_combine.config.load import Config
from prisma_combine.config.table import Target
from prisma_combine.errors import CombineError
from prisma_combine.files import atomic
from prisma_combine.git import texts
from prisma_combine.git.process import GitError
from prisma_combine.repository import record
from prisma_combine.repository.disk import Disk
from prisma_combine.schema import rules
from prisma_combine.schema.format import Format, encoded, newline
from prisma_combine.schema.rules import CONFLICT, Finding
from prisma_combine.schema.source import lenient, plain

_SIDES = ("the source", "the combined file")
_BOM = "\ufeff"


class Taken(NamedTuple):
    """Hand edits that go into a source."""

    name: str
    path: str
    text: str
    """what the source is to hold, LF newlines"""
    body: str
    """what its section is to hold"""
    merged: bool
    """the source has changes of its own"""


class Refused(NamedTuple):
    """Text that stays in the combined file as it is."""

    line: int
    """of the combined file, from 1"""
    why: str
    """the problem, and what to do; with `path`, what is true of that source"""
    path: str | None = None
    """the source that it would belong to"""
    conflict: str = ""
    """both sides, with markers"""


class Adoption(NamedTuple):
    """The fate of one combined file's hand edits."""

    comparison: Comparison
    """as it was before"""
    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]

    @property
    def complete(self) -> bool:
        """True if every hand edit is in a source now."""
        return not self.refused and not self.comparison.state.findings


class Adopted(NamedTuple):
    """The result of `adopt`, before it is written."""

    adoptions: tuple[Adoption, ...]
    sources: dict[str, bytes]
    """the new texts of the sources that change, by path relative to the root"""
    outputs: dict[str, bytes]
    """the same for the combined files"""
    seen: Mapping[str, bytes | None]
    """what was read, by real path"""


def adopt(config: Config, targets: Sequence[Target]) -> Adopted:
    """Work out what goes into which source, and write nothing.

    Raises CombineError when something can't be read, or git fails.
    """
    draft = Draft(config.root)
    adoptions = []
    sources: dict[str, bytes] = {}
    outputs: dict[str, bytes] = {}
    for first in _compared(config, targets, draft):
        comparison = first
        if _shares(first, sources):  # with a schema whose edits are in it by now
            (comparison,) = _compared(config, [first.target], draft)
        if comparison.fixable and comparison.state.committed is not None:
            regenerated(config, comparison)  # or it can't be told where the first section begins
        adoption = planned(config, comparison)
        for one in adoption.taken:
            data = draft.read(one.path) or b""
            sources[one.path] = draft.texts[draft.real(one.path)] = _as_file(one.text, data)
        adoptions.append(adoption)
    for adoption in adoptions:
        output = adoption.comparison.target.output
        text = _output(config, adoption, draft, sources)
        if text is not None and text != adoption.comparison.state.committed:
            outputs[output] = text
    return Adopted(tuple(adoptions), sources, outputs, draft.seen)


def write(config: Config, adopted: Adopted) -> None:
    """Write sources and combined files: all of them, or none where it raises CombineError.

    Sources go first. If the run is killed on the way, they hold their edits already, and the
    edits are still in the combined file for the next run to see.
    """
    disk = Disk(config.root)
    new = {disk.real(path): data for path, data in (adopted.sources | adopted.outputs).items()}
    atomic.write(new, adopted.seen)
    for one in adopted.adoptions:
        if one.complete:
            state = one.comparison.state
            texts_now = {source.path: source.text for source in state.sources}
            # Another schema's edits may have gone into one of these.
            changed = texts_now.keys() & adopted.sources.keys()
            texts_now |= {path: lenient(adopted.sources[path]) for path in changed}
            record.write(config.root, state.target.output, texts_now)


def differences(config: Config, adopted: Adopted, label: Callable[[str], str]) -> Iterator[bytes]:
    """Yield the diff to each source. Raises CombineError when git fails, or isn't installed."""
    disk = Disk(config.root)
    for path, text in adopted.sources.items():
        diff = texts.unified(adopted.seen[disk.real(path)] or b"", text)
        if diff is None:
            raise CombineError("--dry-run prints a diff, which git makes; install git")
        hunks = diff[diff.index(b"\n@@") + 1 :]
        name = label(path).encode()
        yield b"--- a/%s\tsource\n+++ b/%s\tadopted\n" % (name, name) + hunks


class Draft(Disk):
    """The files as they will be."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.texts: dict[str, bytes] = {}
        self.seen: dict[str, bytes | None] = {}

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None when there is no such file."""
        real = self.real(path)
        if real in self.texts:
            return self.texts[real]
        if real not in self.seen:
            self.seen[real] = super().read(path)
        return self.seen[real]

    def opened(self, path: str) -> AbstractContextManager[BinaryIO | None]:
        """Open a file; None when there is no such file."""
        data = self.read(path)
        return nullcontext(None if data is None else BytesIO(data))


def _compared(config: Config, targets: Sequence[Target], draft: Draft) -> tuple[Comparison, ...]:
    compared = compare.compare(config, targets, draft, depth=Depth.ALL, tracking=False, label=None)
    compare.raise_errors(compared)
    if compared.blind and not all(one.passes for one in compared.comparisons):
        raise GitError(compared.blind)
    return compared.comparisons


def planned(config: Config, comparison: Comparison) -> Adoption:
    """Return what `adopt` does about one combined file. Raises CombineError when git fails."""
    return _sound(config, _adoption(comparison))


def _adoption(comparison: Comparison) -> Adoption:
    status = comparison.verdict.status
    if comparison.state.findings or status in (Status.IN_SYNC, Status.MISSING):
        return Adoption(comparison, (), ())
    text = comparison.state.text
    if marker := CONFLICT.search(text):
        why = "unresolved merge conflict; resolve it here, or regenerate this file"
        return Adoption(comparison, (), (Refused(_line(text, marker.start()), why),))
    if status is Status.UNMANAGED:
        return _carried(comparison)
    taken, refused = [], list(_strays(comparison))
    for section in comparison.verdict.sections:
        outcome = _edit(comparison, section)
        if isinstance(outcome, Taken):
            taken.append(outcome)
        elif outcome is not None:
            refused.append(outcome)
    refused.sort(key=lambda one: one.line)
    return Adoption(comparison, tuple(taken), tuple(refused))


def _strays(comparison: Comparison) -> Iterator[Refused]:
    """Refuse what was edited outside all sections."""
    text = comparison.state.text
    for stray in comparison.verdict.strays:
        if stray.formatting or stray.where == "copy":
            continue
        # The first line that isn't as the format says.
        there = text[stray.start : stray.end]
        same = next(
            (at for at, (a, b) in enumerate(zip(there, stray.expected, strict=False)) if a != b),
            min(len(there), len(stray.expected)),
        )
        why = f"the {stray.where} comes from the format; move your text into a section"
        yield Refused(_line(text, stray.start + same), why)


def _edit(comparison: Comparison, section: SectionVerdict) -> Taken | Refused | None:
    """Return what becomes of a section; None when nothing in it is to be carried."""
    state, place = comparison.state, section.place
    edited = (Status.HAND_EDITED, Status.DIVERGED, Status.DIFFERS, Status.REFORMATTED)
    if section.status not in edited:
        return None
    path = state.target.path(section.name)
    source = next((one for one in state.sources if one.name == section.name), None)
    line = _first_line(comparison, section)
    if place is None:
        return Refused(line, "has no section here any more; delete that file, too", path)
    if source is None:
        why = "is not a source any more; move this text into another section"
        return Refused(line, why, path)
    form = comparison.form
    now = form.trimmed(source.text)
    body = form.trimmed(plain(place.body))
    try:
        body.encode()
    except UnicodeEncodeError:
        return Refused(line, "can't hold text that is not UTF-8; save this file as UTF-8", path)
    merged = False
    if section.status is Status.DIVERGED:
        body, clean = texts.merge(section.base or "", now, body, _SIDES)
        merged = True
        if not clean:
            why = "has changed in the same lines; make the edit there by hand"
            return Refused(line, why, path, _conflicts(body))
        body = form.trimmed(body)
    elif section.status is Status.DIFFERS and not _contains(body, now):
        why = "may be newer; if not, make the edit there by hand"
        return Refused(line, why, path)
    if body == now:
        return None
    return Taken(section.name, path, _with_body(source.text, form, body), body, merged)


def _carried(comparison: Comparison) -> Adoption:
    """Carry the blocks of a file without sections."""
    state = comparison.state
    generated = lenient(comparison.regenerated or b"")
    carried = carry(state.text, {one.name: one.text for one in state.sources}, generated)
    if not carried.known:
        why = "no block of the sources is in this file; move what you need into a source"
        return Adoption(comparison, (), (Refused(1, why),))
    form = state.target.format
    taken = tuple(
        Taken(name, state.target.path(name), text, form.trimmed(text), merged=False)
        for name, text in carried.texts.items()
    )
    refused = [
        Refused(
            1,
            f"has {what} in line {line}, and this file does not; delete it there, too",
            state.target.path(name),
        )
        for name, line, what in carried.missing
    ]
    if carried.loose:
        refused.append(Refused(carried.loose[0], "text outside the blocks; move it into a source"))
    return Adoption(comparison, taken, tuple(refused))


def _sound(config: Config, adoption: Adoption) -> Adoption:
    """Refuse the edits of sources that would have findings with them."""
    new = {one.name: one.text for one in adoption.taken}
    wrong = _findings(config, adoption.comparison, new) if new else []
    if not wrong:
        return adoption
    at_path = {one.path: one for one in reversed(wrong)}
    bad = [one for one in adoption.taken if one.path in at_path]
    kept = {one.name: one.text for one in adoption.taken if one not in bad}
    if not bad or _findings(config, adoption.comparison, kept):
        bad = list(adoption.taken)
    refused = list(adoption.refused)
    for one in bad:
        finding = at_path.get(one.path, wrong[0])
        sections = adoption.comparison.verdict.sections
        section = next((part for part in sections if part.name == one.name), None)
        line = _first_line(adoption.comparison, section) if section else 1
        why = f"can't take this edit: {finding.path}: {finding.rule}: {finding.message}"
        refused.append(Refused(line, why, one.path))
    taken = tuple(one for one in adoption.taken if one not in bad)
    return adoption._replace(taken=taken, refused=tuple(sorted(refused, key=lambda one: one.line)))


def _findings(config: Config, comparison: Comparison, new: Mapping[str, str]) -> list[Finding]:
    """Return what the rules find in the sources with these texts."""
    sources = tuple(
        one._replace(text=new.get(one.name, one.text)) for one in comparison.state.sources
    )
    return rules.findings(states.facts(config, comparison.target, sources))


def _shares(comparison: Comparison, changed: Container[str]) -> bool:
    return any(one.path in changed for one in comparison.state.sources)


def _output(
    config: Config, adoption: Adoption, draft: Draft, changed: Container[str]
) -> bytes | None:
    """Return what the combined file is to hold; None to leave it alone."""
    comparison = adoption.comparison
    committed = comparison.state.committed
    if comparison.state.findings or committed is None:
        return None
    if adoption.refused and not adoption.taken:
        return None
    if adoption.refused:
        # Refused edits stay as they are, where they are.
        text = comparison.state.text
        taken = {one.name: one.body for one in adoption.taken}
        for section in reversed(_in_file_order(comparison.verdict.sections)):
            if section.place and section.name in taken:
                body = taken[section.name]
                text = text[: section.place.start] + body + text[section.place.end :]
        return encoded(text, newline(committed))
    if _shares(comparison, changed):
        (comparison,) = _compared(config, [comparison.target], draft)
    return comparison.regenerated


def _in_file_order(sections: Iterable[SectionVerdict]) -> list[SectionVerdict]:
    return sorted(
        (one for one in sections if one.place), key=lambda one: one.place.start if one.place else 0
    )


def _with_body(text: str, form: Format, body: str) -> str:
    """Return a source's text with another body; the whitespace that is trimmed stays."""
    if form.trim == "none":
        return body
    old = form.trimmed(text)
    if not old or not body:
        return f"{body}\n" if body else ""
    before, _, after = text.partition(old)
    return before + body + after


def _as_file(text: str, data: bytes) -> bytes:
    """Return a source's bytes with the BOM and the newlines that it has."""
    bom = _BOM if data.startswith(_BOM.encode()) else ""
    return encoded(bom + text, newline(data))


def _contains(body: str, now: str) -> bool:
    """Return whether a body has every line of the source, in order."""
    rest = iter(body.split("\n"))
    return all(line in rest for line in now.split("\n"))


def _conflicts(text: str) -> str:
    """Return the conflicts in a merged text, markers included."""
    inside, kept = False, []
    for line in text.split("\n"):
        inside = inside or line.startswith("<<<<<<< ")
        if inside:
            kept.append(line + "\n")
        inside = inside and not line.startswith(">>>>>>> ")
    return "".join(kept)


def _first_line(comparison: Comparison, section: SectionVerdict) -> int:
    """Return the line of a section's first edit; without edits, that of its body."""
    if edits := comparison.edits.get(section.name):
        return edits[0].line
    return _line(comparison.state.text, section.place.start) if section.place else 1


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
