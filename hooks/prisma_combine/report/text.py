"""The report for people: the verdict before the diff, and what to type after it."""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prisma_combine.actions.compare import Compared, Comparison
from prisma_combine.actions.situation import Situation
from prisma_combine.compare.edits import Edit
from prisma_combine.compare.lines import LineNumbers
from prisma_combine.compare.verdict import EDITED, SectionVerdict, Status
from prisma_combine.config.load import NAME as CONFIG
from prisma_combine.config.load import Config, top_level
from prisma_combine.report import commands, words
from prisma_combine.report.paths import Shown
from prisma_combine.report.remedies import Planner, edits_by_hand, pasted, refusals
from prisma_combine.schema.rules import CONFLICT, Finding

if TYPE_CHECKING:
    from prisma_combine.actions.adopt import Adopted, Adoption
    from prisma_combine.actions.rewrite import Rewritten

_MANY = 20
"""rows about one schema that are printed without `--verbose`"""
_FEW = 8
"""lines of a layout-only diff that are shown to people"""
_RATHER = 6
"""so many lines more are shown, too, if they are the last"""
_MOST_NAMED = 2
"""sources outside the directory that are named one by one"""
WHOLE = (Status.MISSING, Status.UNMANAGED, Status.CONFLICTED)
"""verdicts about the file as a whole"""
_KEPT = "git keeps it for about two weeks"


class Place(NamedTuple):
    """Where a combined file differs."""

    row: str
    """what is true there, as it is printed"""
    line: int
    """of the combined file, from 1"""
    section: SectionVerdict | None = None
    """None outside all sections"""
    edit: Edit | None = None


class Text:
    """Says what a check has found, and what commands have done."""

    def __init__(
        self, config: Config, facts: Situation, named: str | None = None, *, github: bool = False
    ) -> None:
        """`named` is what the user passed with `--config`.

        For `github` everything is as in the top folder of a clone, and not as on this machine.
        """
        self.config, self.facts = config, facts
        top = top_level(config.root) or config.root
        start, program, name = facts.start, commands.program, os.path.basename(config.path)
        if github:
            from prisma_combine.report.github import top as github_top

            start, program = github_top(config.root), commands.of_a_clone
            named = None if start == config.root and name == CONFIG else name
        self.shown = Shown(config.root, start)
        self._here = commands.Commands(program(top), self.shown, named and self.shown(name))

    def brief(self) -> bool:
        """Return whether the diff is for eyes only, and not for a program that reads it."""
        return self.facts.managed or (sys.stdout is not None and sys.stdout.isatty())

    # A check.

    def before(
        self, compared: Compared, *, quiet: bool = False, verbose: bool = False
    ) -> Iterator[str]:
        """Yield the verdicts: what to read before the diff."""
        if not quiet:
            for path in sorted(self.facts.unchecked):
                yield words.UNCHECKED.format(output=self.shown(path))
        told = [one for one in compared.comparisons if not (quiet and one.passes)]
        for number, one in enumerate(told):
            if number and not (one.passes and told[number - 1].passes):
                yield ""
            yield from self.verdict(one, verbose=verbose)
        if len(compared.comparisons) > 1 and told:
            yield ""
            passing = sum(one.passes for one in compared.comparisons)
            yield f"{passing} of {len(compared.comparisons)} schemas in sync"
        yield from self._sides(told)

    def diff(self, compared: Compared, *, brief: bool = False) -> bytes:
        """Return the diff. `brief` leaves out what nobody would read."""
        return b"".join(self._diff(one, brief=brief) for one in compared.comparisons)

    def _diff(self, one: Comparison, *, brief: bool) -> bytes:
        diff = one.diff or b""
        if not brief or not diff:
            return diff
        if one.verdict.status is Status.MISSING or self._is_ready(one):
            return b""
        lines = diff.split(b"\n")
        if one.verdict.status is not Status.REFORMATTED or len(lines) <= _FEW + _RATHER:
            return diff
        return b"\n".join(lines[:_FEW]) + b"\n"

    def _is_ready(self, one: Comparison) -> bool:
        """Return whether a combined file only has to be staged or committed."""
        return one.target.output in self.facts.right_on_disk | self.facts.left_out

    def after(self, compared: Compared) -> Iterator[str]:
        """Yield what to type: what to read after the diff."""
        if compared.blind is not None:
            yield words.BLIND.format(why=compared.blind)
        yield from self._recipe(compared.comparisons)

    def verdict(self, one: Comparison, *, verbose: bool = False) -> Iterator[str]:
        """Yield what is true of a schema."""
        yield from self._headline(one)
        if self._is_ready(one):
            yield from (f"  {self._finding(found)}" for found in one.findings)
            return
        rows = list(self._rows(one, verbose=verbose))
        kept = rows if verbose else rows[:_MANY]
        yield from (f"  {row}" for row in kept)
        if len(kept) < len(rows):
            yield f"  and {len(rows) - len(kept)} more places; --verbose names all of them"
        yield from self._closing(one)

    def _sides(self, told: Sequence[Comparison]) -> Iterator[str]:
        """Say which side of the diff is which."""
        shown = {one.target.output: self._diff(one, brief=True) for one in told}
        printed = [one for one in told if shown[one.target.output] and one.state.committed]
        if not printed:
            return
        name = self.shown(printed[0].target.output) if len(printed) == 1 else "the file"
        known = (one for one in printed if one.verdict.status is not Status.DIFFERS)
        by_hand = any(edit.added for one in known for edit in edits_by_hand(one))
        is_cut = self.brief() and any(shown[one.target.output] != one.diff for one in printed)
        start = "In the first lines of the diff" if is_cut else "In the diff"
        also = words.SIDES_BY_HAND if by_hand else ""
        yield words.SIDES.format(start=start, name=name) + also

    # Verdicts.

    def _headline(self, one: Comparison) -> Iterator[str]:
        status, output = one.verdict.status, one.target.output
        template = words.HEADLINE[status]
        if output in self.facts.left_out:
            template = words.STAGED_NOT_IN_COMMIT
        elif output in self.facts.right_on_disk:
            template = words.ON_DISK_NOT_STAGED
        elif status is Status.IN_SYNC and one.findings:
            template = words.UNTRACKED
        elif output in self.facts.lost:
            template = words.DELETED[self.facts.in_hook and self.facts.lost[output].staged]
        marker = CONFLICT.search(one.state.text) if status is Status.CONFLICTED else None
        filled = template.format(
            output=self.shown(output),
            origin=self._origin(one),
            by_hand=words.by_hand(edits_by_hand(one)),
            size=words.count((one.regenerated or b"").count(b"\n")),
            line=one.state.text.count("\n", 0, marker.start()) + 1 if marker else 0,
            why=self._why_unknown(),
            this="this is" if len(one.state.findings) == 1 else "these are",
        )
        yield from filled.split("\n")
        if output in self.facts.lost:
            lines = self.facts.lost[output].lines
            yield words.lost(lines)
            if lines:
                yield f"  {self._here.git('show', f'HEAD:./{self.shown(output)}')}"

    def _why_unknown(self) -> str:
        if self.facts.shallow:
            return words.SHALLOW
        if self.facts.repository:
            return words.NO_HISTORY if self.facts.known else words.UNREADABLE
        return words.NO_REPOSITORY

    def _closing(self, one: Comparison) -> Iterator[str]:
        status = one.verdict.status
        if status in words.CLOSING:
            output, origin = self.shown(one.target.output), self._origin(one)
            yield words.CLOSING[status].format(output=output, origin=origin)
        if status is Status.DIFFERS and self.facts.shallow:
            yield words.TO_FIND_OUT
        if one.diff is None and one.fixable:
            yield words.NO_DIFF

    def _origin(self, one: Comparison) -> str:
        """Return what a combined file is generated from, in short."""
        directory = self.shown(one.target.directory)
        names = [source.name for source in one.state.sources]
        outside = [self.shown(one.target.path(name)) for name in names if name.startswith("../")]
        deep = any("/" in name and not name.startswith("../") for name in names)
        origin = f"{directory}/**/*.prisma" if deep else f"{directory}/*.prisma"
        origin = origin.removeprefix("./")
        if len(outside) > _MOST_NAMED:
            return f"{origin} and {len(outside)} files elsewhere"
        return " and ".join([origin, *outside])

    def _rows(self, one: Comparison, *, verbose: bool) -> Iterator[str]:
        """Yield the mistakes, and the places that differ."""
        yield from map(self._finding, one.findings)
        yield from (place.row for place in self.places(one, verbose=verbose))
        if one.verdict.status is Status.STALE and not any(self.places(one)):
            yield f"{self.config.where(one.target, 'output')}: the format has changed"

    def _finding(self, found: Finding) -> str:
        """Return `path:line: rule: message`."""
        return f"{self.shown(found.path)}:{found.line}: {found.rule}: {found.message}"

    def places(self, one: Comparison, *, verbose: bool = False) -> Iterator[Place]:
        """Yield the places that differ; `verbose` adds the sections that are in sync."""
        if one.verdict.status in WHOLE:
            return
        lines = LineNumbers(one.state.text)
        for section in one.verdict.sections:
            if section.status is Status.IN_SYNC and not verbose:
                continue
            top = lines.at(section.place.top) if section.place else 1
            for edit in one.edits.get(section.name) or (None,):
                yield Place(
                    self._place(one, section, edit), edit.line if edit else top, section, edit
                )
        for stray in one.verdict.strays:
            line = lines.at(stray.start)
            what = f"the {stray.where} was edited, which no source makes"
            if stray.where == "copy":
                what = f"{self.shown(one.target.path(stray.name or ''))} is here twice"
            elif stray.formatting:
                what = f"the {stray.where} has another layout"
            yield Place(f"{self.shown(one.target.output)}:{line}: {what}", line)

    def _place(self, one: Comparison, section: SectionVerdict, edit: Edit | None) -> str:
        output, path = self.shown(one.target.output), self.shown(one.target.path(section.name))
        template = words.PLACE[section.status]
        if section.place is None and section.status in EDITED:
            template = words.SECTION_DELETED
        return template.format(
            output=output,
            here=f"{output}:{edit.line}" if edit else output,
            there=f"{path}:{edit.source_line}" if edit and edit.source_line else path,
            done=words.done(edit) if edit else "changed",
            belong=words.belong(edit) if edit else "",
        )

    # Results of commands.

    def fixed(
        self, compared: Compared, done: Sequence["Rewritten"], *, quiet: bool = False
    ) -> Iterator[str]:
        """Yield what `check --fix` has done."""
        outputs = {one.comparison.target.output for one in done}
        for one in done:
            rewritten = f"rewritten from {self._origin(one.comparison)}"
            yield from self._rewritten(one, rewritten, "up to date on disk, but not staged")
        for other in compared.comparisons:
            if other.target.output not in outputs and not (quiet and other.passes):
                yield from self.verdict(other)
        if compared.blind is not None:
            yield words.BLIND.format(why=compared.blind)
        yield from self._planner(compared.comparisons).rest(outputs)

    def combined(self, compared: Compared, done: Sequence["Rewritten"]) -> Iterator[str]:
        """Yield what `combine` has done."""
        for one in done:
            yield from self._rewritten(one, "written", "up to date")
        invalid = [one for one in compared.comparisons if one.verdict.status is Status.INVALID]
        for other in invalid:
            yield from self.verdict(other)
        if invalid:
            yield from self._recipe(invalid)

    def _rewritten(self, one: "Rewritten", changed: str, same: str) -> Iterator[str]:
        output = self.shown(one.comparison.target.output)
        yield f"{output}: {changed if one.changed else same}"
        if one.kept:
            show = self._here.git("cat-file", "-p", one.kept)
            yield f"  To see what it held before ({_KEPT}): {show}"

    def adopted(self, adopted: "Adopted", *, dry_run: bool = False) -> Iterator[str]:
        """Yield what `adopt` has done."""
        whole = (Status.MISSING, Status.CONFLICTED, Status.INVALID)
        blocked = [one.comparison for one in adopted.adoptions if _status(one) in whole]
        others = [one for one in adopted.adoptions if _status(one) not in whole]
        for one in others:
            yield from self._adoption(one, adopted, dry_run=dry_run)
        written = [] if dry_run else [one for one in others if _is_written(one, adopted)]
        left = [one for one in others if one.refused]
        if left:
            count = sum(len(one.refused) for one in left)
            names = " and ".join(self.shown(one.comparison.target.output) for one in left)
            what = "This edit stays" if count == 1 else f"These {count} edits stay"
            yield f"{what} in {names}, {'as before' if written else 'and no file was changed'}."
        changed = [one.comparison for one in others if one in written or one in left]
        typed = self._planner(changed).staging(
            changed, more=[edit.path for one in left for edit in one.refused if edit.path]
        )
        if left:
            items = [one.comparison for one in left]
            fix = self._here.fix(items, are_all=len(left) == len(self.config.targets))
            typed = [fix, *typed]
        yield from pasted(words.REFUSED if left else words.STAGE, typed)
        for comparison in blocked:
            yield from self.verdict(comparison)
        if blocked:
            yield from self._recipe(blocked)

    def _adoption(self, one: "Adoption", adopted: "Adopted", *, dry_run: bool) -> Iterator[str]:
        output = self.shown(one.comparison.target.output)
        for taken in one.taken:
            verb = "would take" if dry_run else "took"
            also = ", merged with its own changes" if taken.merged else ""
            yield f"{self.shown(taken.path)}: {verb} the edit from {output}{also}"
        yield from refusals(one, self.shown, "not adopted: ")
        if one.refused or one.taken:
            return
        if _is_written(one, adopted):
            yield f"{output}: no edit to adopt; {'would be rewritten' if dry_run else 'rewritten'}"
        else:
            yield f"{output}: nothing to adopt"

    def _planner(self, items: Sequence[Comparison]) -> Planner:
        return Planner(self.config, self.facts, self._here, items)

    def _recipe(self, items: Sequence[Comparison]) -> Iterator[str]:
        lines = self._planner(items).recipe()
        yield from ["", *lines] if lines else []


def _status(one: "Adoption") -> Status:
    return one.comparison.verdict.status


def _is_written(one: "Adoption", adopted: "Adopted") -> bool:
    """Return whether `adopt` changes a combined file or a source of it."""
    return bool(one.taken) or one.comparison.target.output in adopted.outputs
