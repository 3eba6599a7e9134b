"""The next steps: one recipe for all schemas together, safe to follow from top to bottom."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from prisma_combine.actions.adopt import Adoption, Refused, planned
from prisma_combine.actions.compare import Comparison
from prisma_combine.actions.situation import Situation
from prisma_combine.compare.edits import Edit
from prisma_combine.compare.verdict import EDITED, Status
from prisma_combine.config.load import NAME, Config, top_level
from prisma_combine.errors import CombineError
from prisma_combine.report import words
from prisma_combine.report.commands import Command, Commands, argument
from prisma_combine.report.paths import Shown

_UNCERTAIN = (Status.HAND_EDITED, Status.DIVERGED, Status.DIFFERS, Status.UNMANAGED)
"""verdicts that leave a choice: to keep some text or to throw it away"""


_Block = tuple[str, list[Command]]
"""a heading, and commands to paste"""


class Planner:
    """Sorts schemas by what can be done about them, and says it."""

    def __init__(
        self, config: Config, facts: Situation, here: Commands, items: Sequence[Comparison]
    ) -> None:
        self._config, self._facts, self._here, self._items = config, facts, here, items
        self._shown = here.shown
        ready = facts.right_on_disk | facts.left_out
        self._ready = [one for one in items if one.fixable and one.target.output in ready]
        failing = [one for one in items if one.fixable and one not in self._ready]
        self._invalid = [one for one in items if one.verdict.status is Status.INVALID]
        # Their combined file may hold an edit: nobody can tell before the mistakes are fixed.
        changed = facts.changed | facts.unstaged
        self._doubtful = [
            one
            for one in self._invalid
            if one.state.committed is not None and (one.target.output in changed or not facts.known)
        ]
        lost = {path for path, one in facts.lost.items() if one.lines}
        self._lost = [one for one in failing if one.target.output in lost]
        layout = [one for one in failing if one.verdict.status is Status.REFORMATTED]
        edited = [one for one in failing if one.verdict.status in _UNCERTAIN]
        self._adoptable = [*layout, *edited]
        self._edited = [*self._lost, *self._adoptable]
        chosen = [*self._edited, *self._doubtful]
        self._plain = [one for one in (*failing, *self._invalid) if one not in chosen]

    def recipe(self) -> list[str]:
        """Return what to do about these schemas; of two blocks the user picks one."""
        lines = []
        if self._edited or self._doubtful:
            stuck = [edit for one in self._adoptions for edit in refusals(one, self._shown)]
            lines = [words.BY_HAND, *(f"  {edit}" for edit in stuck)] if stuck else []
            blocks = list(self._choice())
        elif self._plain:
            heading = words.REGENERATE_ALL
            if len(self._plain) == 1:
                heading = words.REGENERATE[self._plain[0].verdict.status]
            blocks = [self._block(heading, self._regenerate(self._plain))]
        else:
            blocks = list(self._staging())
        for heading, commands in blocks:
            after = f"{words.AFTER_FIXING}, {_lower(heading)}"
            after = words.AFTER_FIXING if len(blocks) == 1 else after
            lines += pasted(after if self._invalid else heading, commands)
        typed = [one for _, commands in blocks for one in commands]
        return [*lines, *self._staying(), *self._last(typed)]

    def rest(self, outputs: Collection[str]) -> list[str]:
        """Return what to do after these combined files have been rewritten."""
        written = [one for one in self._items if one.target.output in outputs]
        commands = self.staging(written, [one for one in self._items if one.untracked])
        lines = [*pasted(words.STAGE, commands), *self._last(commands)]
        if self._invalid:
            lines += Planner(self._config, self._facts, self._here, self._invalid).recipe()
        return lines

    def staging(
        self,
        written: Sequence[Comparison],
        others: Sequence[Comparison] = (),
        more: Iterable[str] = (),
    ) -> list[Command]:
        """Return the commands that stage combined files, and all that belongs to the commit."""
        return self._add([*self._outputs(written), *self._also([*written, *others]), *more])

    @cached_property
    def _adoptions(self) -> list[Adoption]:
        return [_planned(self._config, one) for one in self._adoptable]

    @property
    def _stuck(self) -> list[Comparison]:
        return [one.comparison for one in self._adoptions if one.refused]

    # Blocks.

    def _staging(self) -> Iterator[_Block]:
        """Yield what to do when the files on disk are right."""
        if all(one.passes for one in self._items):
            return
        facts = self._facts
        outputs = [path for path in self._outputs(self._ready) if path not in facts.left_out]
        paths = [path for path in [*outputs, *self._also(self._ready)] if path in facts.unstaged]
        untracked = [finding.path for one in self._items for finding in one.untracked]
        commands = self._add([*paths, *untracked])
        heading = words.STAGE
        if self._ready and facts.partial:
            heading = words.COMMIT_TOO
            top = Shown(top_level(self._config.root) or self._config.root, self._config.root)
            named = [*map(top, facts.named), *self._outputs(self._ready)]
            commands.append(self._here.git("commit", "--", paths=named))
        if commands:
            yield heading, commands

    def _choice(self) -> Iterator[_Block]:
        """Yield how to keep what only combined files hold, and how to throw it away."""
        adopted = [taken.path for one in self._adoptions for taken in one.taken]
        keeps = bool(adopted or self._lost or self._doubtful)
        if keeps:
            heading = self._heading(words.KEEP, words.KEEP_ALL, adopted)
            if self._stuck:
                heading = words.KEEP_REST
            changed = self._folders([*self._lost, *self._doubtful, *self._stuck])
            yield self._block(heading, self._keep(), [*changed, *adopted])
        if not self._edited:
            return
        everything = [one for one in self._items if one in self._edited or one in self._plain]
        if self._edited == self._lost and not self._doubtful:
            commands = self._regenerate(everything)
        else:
            commands = self._discard(everything)
        only = ""
        if len(everything) == 1 and commands[0].words:
            only = words.ONLY.format(output=self._shown(everything[0].target.output))
        heading = self._heading(words.THROW, words.THROW_ALL, only=only)
        if self._stuck and keeps:
            heading = words.THROW_REST
        elif self._stuck:
            heading = f"Then, or {_lower(self._heading(words.THROW, words.THROW_ALL))}"
        elif not keeps and len({one.verdict.status for one in self._edited}) == 1:
            heading = words.NO_CHOICE.get(self._edited[0].verdict.status, heading)
        if self._doubtful:
            commands.append(self._here.adopt())
        by_hand = [*self._doubtful, *(() if keeps else self._stuck)]
        yield self._block(heading, commands, self._folders(by_hand))

    def _heading(
        self, table: Mapping[Status, str], mixed: str, paths: Iterable[str] = (), only: str = ""
    ) -> str:
        statuses = {one.verdict.status for one in self._edited or self._doubtful}
        if len(statuses) > 1:
            return mixed
        edits = sum(1 for one in self._edited for _ in edits_by_hand(one))
        several = len(self._edited) > 1 or edits > 1
        sources = set(paths)
        lines = sum(self._facts.lost[one.target.output].lines for one in self._lost)
        return table[statuses.pop()].format(
            edit="edits" if several else "edit",
            it="them" if several else "it",
            goes="they go" if several else "it goes",
            where=self._shown(sources.pop()) if len(sources) == 1 else "the sources",
            those="that line" if lines == 1 else f"those {lines} lines",
            only=only,
        )

    def _block(self, heading: str, commands: list[Command], changed: Sequence[str] = ()) -> _Block:
        """Return a block that ends with staging what has changed."""
        items = [one for one in self._items if not one.passes]
        if self._facts.managed:
            # Changes to these may have been put aside. They are back when the user types this.
            changed = [*changed, *self._folders(items)]
        paths = [*self._outputs(items), *changed, *self._also(items)]
        moved = any(command.words[:1] == ("cd",) for command in commands)
        return heading, [*commands, *self._add(paths, moved=moved)]

    # Commands.

    def _keep(self) -> list[Command]:
        lost = [one.target.output for one in self._lost]
        commands = [self._here.git("checkout", "HEAD", "--", paths=lost)] if lost else []
        commands.append(self._here.adopt())
        # `adopt` leaves these as they are.
        left = [
            one
            for one in self._plain
            if one.verdict.status is Status.CONFLICTED or one.state.committed is None
        ]
        if left or self._stuck:
            commands.append(self._here.fix([*self._stuck, *left]))
        return commands

    def _regenerate(self, items: Sequence[Comparison]) -> list[Command]:
        """Return the commands that write combined files from which nothing can be lost."""
        if self._unseen():
            return [self._here.fix(items)]
        there, commands = self._of_team(one.target.command for one in items)
        left = [one for one in items if not one.target.command]
        if left and commands:
            commands.append(there.fix(left))
        elif left:
            is_stale = all(one.verdict.status is Status.STALE for one in left)
            commands.append(there.combine(is_stale=is_stale))
        return commands

    def _discard(self, items: Sequence[Comparison]) -> list[Command]:
        """Return the commands that throw away what only these combined files hold.

        They name the files: without a path they could throw away other edits, too.
        """
        team = self._of_team(one.target.command for one in items)[1]
        if team and len(self._config.targets) == 1:
            return team
        return [self._here.fix(items, are_all=not self._unseen() and not self._doubtful)]

    def _of_team(self, team: Iterable[str | None]) -> tuple[Commands, list[Command]]:
        """Return the team's own commands, which run in the configuration's folder."""
        commands = [Command(verbatim=one) for one in dict.fromkeys(team) if one]
        folder = self._shown(".")
        if not commands or folder == ".":
            return self._here, commands
        return self._in_root(), [Command(("cd", argument(folder))), *commands]

    def _in_root(self) -> Commands:
        """Return the commands to type in the configuration's folder."""
        root, name = self._config.root, os.path.basename(self._config.path)
        return Commands(self._here.program, Shown(root, root), None if name == NAME else name)

    def _unseen(self) -> bool:
        """Return whether there are schemas that were not compared."""
        seen = len(self._items) + len(self._facts.unchecked)
        return seen < len(self._config.targets)

    def _add(self, paths: Sequence[str], *, moved: bool = False) -> list[Command]:
        """Return the commands that stage these paths; `moved` to the configuration's folder."""
        if not self._facts.known:
            return []
        here = self._in_root() if moved else self._here
        ignored = [path for path in paths if path in self._facts.ignored]
        directories = {one.target.directory for one in self._items}
        folders = tuple(f"{path}/" for path in paths if path in directories)
        plain = [path for path in paths if path not in ignored and not path.startswith(folders)]
        commands = [here.git("add", paths=plain)] if plain else []
        return commands + ([here.git("add", "--force", paths=ignored)] if ignored else [])

    # Paths.

    def _folders(self, items: Iterable[Comparison]) -> list[str]:
        """Return where the sources are, of which nobody knows yet which will change."""
        paths = []
        for one in items:
            directory, sources = one.target.directory, one.state.sources
            if directory != ".":
                paths.append(directory)
                sources = tuple(source for source in sources if source.name.startswith("../"))
            paths += [source.path for source in sources]
        return paths

    def _outputs(self, items: Iterable[Comparison]) -> list[str]:
        ignored = self._facts.ignored
        return [one.target.output for one in items if one.target.output not in ignored]

    def _also(self, items: Sequence[Comparison]) -> list[str]:
        """Return what else the commit needs: sources and configuration that have changed."""
        unstaged = self._facts.unstaged
        sources, found = [], []
        listed = False
        for one in items:
            sources += [source.path for source in one.state.sources]
            sources += [one.target.path(section.name) for section in one.verdict.sections]
            found += [finding.path for finding in one.untracked]
            for finding in one.state.findings:
                listed = listed or bool(finding.listed)
                if finding.rule != "missing-file" or finding.path in unstaged:
                    found.append(finding.path)
        config = os.path.basename(self._config.path)
        if listed or config in unstaged:
            found.append(config)
        return list(dict.fromkeys([*(path for path in sources if path in unstaged), *found]))

    def _last(self, commands: Sequence[Command]) -> Iterator[str]:
        """Yield what to know about these commands."""
        if self._facts.partial and not any("commit" in one.words[1:2] for one in commands):
            outputs = self._outputs(one for one in self._items if one.fixable)
            yield words.NAME_IT_TOO.format(names=" and ".join(map(self._shown, outputs)))
        runner = self._here.program.runner
        if any(self._here.is_foreign(one) for one in commands):
            yield words.FOREIGN.format(runner=runner)
        if any(one.words[:2] == (runner, "run") for one in commands):
            yield words.RUNNER_FAILS.format(runner=runner)

    def _staying(self) -> Iterator[str]:
        """Say which changes stay, whatever the choice."""
        staying = []
        for one in self._adoptions:
            names = {source.name for source in one.comparison.state.sources}
            names.difference_update(taken.name for taken in one.taken)
            staying += [
                self._shown(one.comparison.target.path(section.name))
                for section in one.comparison.verdict.sections
                if section.name in names and section.status in (Status.STALE, Status.DIVERGED)
            ]
        if staying:
            several = len(staying) > 2
            what = f"{len(staying)} sources" if several else " and ".join(staying)
            yield words.STAYING.format(what=what)


def pasted(heading: str, commands: Iterable[Command]) -> list[str]:
    """Return commands to paste, and what they are for; nothing without commands."""
    lines = [f"  {command}" for command in commands]
    return [f"{heading}:", *lines] if lines else []


def refusals(adoption: Adoption, shown: Shown, which: str = "") -> Iterator[str]:
    """Yield where an edit is not adopted, why, and what to do."""
    output = shown(adoption.comparison.target.output)
    for one in adoption.refused:
        why = f"{shown(one.path)} {one.why}" if one.path else one.why
        yield f"{output}:{one.line}: {which}{why}"
        if which:
            yield from (f"  {line}" for line in one.conflict.split("\n")[:-1])


def edits_by_hand(one: Comparison) -> Iterator[Edit]:
    """Yield the edits of the sections that were edited."""
    for section in one.verdict.sections:
        if section.status in EDITED:
            yield from one.edits.get(section.name, ())


def _lower(heading: str) -> str:
    return heading[0].lower() + heading[1:]


def _planned(config: Config, one: Comparison) -> Adoption:
    try:
        return planned(config, one)
    except CombineError as error:  # `adopt` needs git, too
        return Adoption(one, (), (Refused(1, str(error)),))
