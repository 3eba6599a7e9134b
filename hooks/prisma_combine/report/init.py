"""What is said of a configuration to be."""

import json
import shlex
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from prisma_combine import config, program
from prisma_combine.init import COMBINE, HOOKS, Draft
from prisma_combine.plan import Plan
from prisma_combine.report import text
from prisma_combine.report.text import Shown

_MANY = 8
_WIDE = 100
_HOOK = """\
  - repo: https://github.com/OWNER/prisma-combine
    rev: v{version}
    hooks:
      - id: prisma-combine
"""
_NEEDS = f"(it needs `pipx install {program.NAME}`)"
_STAGES = "default_install_hook_types: [pre-commit, pre-merge-commit]\n"


def drafted(draft: Draft, shown: Shown, *, dry_run: bool) -> Iterator[str]:
    """What was found and why, and what to do next."""
    for plan in draft.plans:
        yield from _plan(plan, shown)
    for directory in draft.passed:
        yield f"{shown(directory)}: left out, since nothing is combined from it"
    yield f"{shown(config.NAME)}: {'would be written' if dry_run else 'written'}"
    yield from _mend(draft.plans, shown)
    yield from ["", "next:", f"  {program.command('combine', None)}"]
    if draft.tracked:
        replaced = [plan.target.output for plan in draft.plans if plan.exists]
        if replaced:
            yield f"  git diff {_paths(replaced, shown)}"
        yield f"  git add {_paths(draft.tracked, shown)}"
    yield from _package(draft, shown)
    yield from _hooks(draft.hooks, shown)


def _plan(plan: Plan, shown: Shown) -> Iterator[str]:
    target = plan.target
    names = [source.removeprefix(f"{target.directory}/") for source in plan.sources]
    yield shown(target.output)
    yield f"  output: {_output(plan, shown)}"
    yield f"  directory: {shown(target.directory)}, with {_some(names)}"
    yield f"  order: {_order(plan, shown)}"
    if plan.reading and plan.ordered and plan.reading.unknown:
        where = f"{shown(plan.reading.script)}:{plan.reading.line}"
        yield f"  not there, though {where} lists it: {_some(plan.reading.unknown)}"
    for pattern, why in plan.excluded.items():
        yield f"  excluded: {pattern}: {why}"
    for copy in plan.copies:
        yield f"  {shown(copy)} holds the same; if that is the combined file, use --output"


def _output(plan: Plan, shown: Shown) -> str:
    if plan.told_by.startswith("-"):
        return f"named with {plan.told_by}"
    if plan.told_by:
        return f"{shown(plan.told_by)} writes it"
    if plan.exists:
        return "it holds what the sources hold"
    return "the usual place, since no file holds what the sources hold, and no script writes one"


def _order(plan: Plan, shown: Shown) -> str:
    reading, names = plan.reading, plan.target.names
    if plan.ordered and reading:
        where = f"{shown(reading.script)}:{reading.line}"
        if plan.breaks is None:
            return f"as in {where}"
        return f"by dependency, not as in {where}: {plan.breaks.message.partition(';')[0]}"
    why = "no script was read that has another"
    if reading and reading.folder_line:
        why = f"{shown(reading.script)}:{reading.folder_line} takes what the folder holds"
    if names is None:
        return f"by dependency, as {why}; without `files`, new files need not be listed"
    outside = _some([name for name in names if name.startswith("../")])
    return f"by dependency, as {why}; with `files`, because of {outside}, outside the directory"


def _mend(plans: Sequence[Plan], shown: Shown) -> Iterator[str]:
    """What keeps `combine` from its work, and what it would drop."""
    wrong: list[str] = []
    lost: list[str] = []
    for plan in plans:
        wrong += [text.finding(finding, shown) for finding in plan.findings]
        wrong += [plan.error] if plan.error else []
        output = shown(plan.target.output)
        for number, line in plan.lost[:_MANY]:
            lost.append(f"{output}:{number}: {line if len(line) <= _WIDE else line[:_WIDE] + '…'}")
        more = len(plan.lost) - _MANY
        lost += [f"{output}: {more} more lines"] if more > 0 else []
    for title, lines in (
        ("to mend first:", wrong),
        ("in no source, so it will be gone; copy what you want to keep into a source first:", lost),
    ):
        if lines:
            yield from ["", title, *(f"  {line}" for line in lines)]


def _package(draft: Draft, shown: Shown) -> Iterator[str]:
    if draft.packages:
        yield ""
    path = ""
    for command in draft.commands:
        if command.path != path:
            path = command.path
            yield f"in {shown(path)}, change {_NEEDS}:"
        changed = (json.dumps(part, ensure_ascii=False) for part in (command.name, command.new))
        yield f"  {command.line}: {': '.join(changed)}"
    if draft.packages and not draft.commands:
        yield f"in package.json, add to the scripts {_NEEDS}:"
        yield f'  "prisma:merge": "{COMBINE}"'
    joining = {plan.reading.script for plan in draft.plans if plan.reading}
    scripts = sorted(path for path in joining if not path.endswith("package.json"))
    if scripts:
        yield ""
        yield from (f"{shown(script)} can go, if it does nothing else" for script in scripts)


def _hooks(present: str | None, shown: Shown) -> Iterator[str]:
    if present is not None and program.NAME in present:
        return
    yield ""
    yield f"in {shown(HOOKS)}, add, then run `pre-commit install`:"
    top = "" if present and "default_install_hook_types" in present else _STAGES
    hook = _HOOK.format(version=version(program.NAME))
    yield from (f"  {line}" for line in f"{top}repos:\n{hook}".split("\n")[:-1])


def _paths(paths: Sequence[str], shown: Shown) -> str:
    return " ".join(shlex.quote(shown(path)) for path in paths)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {more} more" if more > 0 else "")
