"""The wording of verdicts, in tables that can be read side by side."""

from collections.abc import Iterable

from prisma_combine.compare.edits import Edit
from prisma_combine.compare.verdict import Status

HEADLINE = {
    Status.IN_SYNC: "{output}: in sync",
    Status.MISSING: "{output} does not exist. It is generated from {origin}: {size}.",
    Status.STALE: "{output} is generated from {origin}, and is out of date:",
    Status.HAND_EDITED: "{output} is generated from {origin}.\n{by_hand}:",
    Status.DIVERGED: (
        "{output} is generated from {origin}.\nSince it was generated, both have changed:"
    ),
    Status.DIFFERS: (
        "{output} is generated from {origin}, but is not what they make now.\n"
        "Nobody can tell whether it was edited by hand or is out of date, because {why}:"
    ),
    Status.REFORMATTED: (
        "{output} is generated from {origin}.\n"
        "Only its layout differs (spaces, blank lines). No model, field or comment has changed:"
    ),
    Status.CONFLICTED: (
        "{output} is generated from {origin}.\n"
        "It holds merge conflict markers, from line {line} on. Leave them or keep either side:\n"
        "the sources are merged already, and it is regenerated from them."
    ),
    Status.UNMANAGED: (
        "{output} should be generated from {origin}, but something else wrote it:\n"
        "it has none of the section headers. (`prisma db pull` drops them, for example.)"
    ),
    Status.INVALID: "{output} can't be generated from {origin} until {this} fixed:",
}
"""for each status of a combined file: the first lines about it"""
UNTRACKED = "{output} is up to date, but git does not have everything:"
UNCHECKED = "{output}: not checked, because git ignores it and never stages it"
STAGED_NOT_IN_COMMIT = (
    "{output} is generated from {origin}.\n"
    "It is up to date and staged, but `git commit PATH` takes only the files that it names."
)
ON_DISK_NOT_STAGED = (
    "{output} is generated from {origin}.\nIt is up to date on disk, but not staged."
)
DELETED = {
    True: "This commit deletes {output}, which is generated from {origin}.",
    False: "{output} was deleted. It is generated from {origin}.",
}
"""for a missing file that `HEAD` has: whether a hook has found it"""
PLACE = {
    Status.IN_SYNC: "{there}: in sync",
    Status.STALE: "{there}: {done} since",
    Status.HAND_EDITED: "{here}: {done}, {belong} {there}",
    Status.DIVERGED: "{here}: {done}, {belong} {there}; that file has changed, too",
    Status.DIFFERS: "{here}: not as in {there}",
    Status.REFORMATTED: "{here}: the layout differs from {there}",
    Status.ADDED: "{there}: new",
    Status.REMOVED: "{there}: not a source any more",
    Status.MOVED: "{there}: has another place in the order",
}
"""for each status of a section: the place and what is true there"""
SECTION_DELETED = "{output}: the section of {there} was deleted"
CLOSING = {
    Status.STALE: "It has no edits of its own, so regenerating it loses nothing.",
    Status.REFORMATTED: (
        "If an editor or a hook did it, let it format {origin}, too, or exclude {output} there."
    ),
}
"""for some statuses: the last line before the diff"""
SHALLOW = "this clone has only a part of the history"
NO_HISTORY = "it has not been committed before"
BLIND = "What git tracks, and what there was before, could not be read: {why}"
UNREADABLE = "git can't read the history"
NO_REPOSITORY = "there is no git repository"
SIDES = "{start}, `-` is what {name} holds now, `+` is what the sources make."
SIDES_BY_HAND = " Lines added by hand show as `-`."
TO_FIND_OUT = (
    "To find out, fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` in CI"
    " (actions/checkout)."
)
TITLE = {
    Status.MISSING: "missing",
    Status.STALE: "out of date",
    Status.HAND_EDITED: "edited by hand",
    Status.DIVERGED: "edited, and out of date",
    Status.DIFFERS: "not what the sources make",
    Status.REFORMATTED: "layout differs",
    Status.CONFLICTED: "merge conflict",
    Status.UNMANAGED: "written by something else",
}
"""for each status: the title of GitHub's annotations"""
BESIDE_SOURCE = {
    Status.STALE: "{here} does not have this change yet",
    Status.HAND_EDITED: "the edit in {here} belongs here",
    Status.DIVERGED: "the edit in {here} belongs here, and this has changed, too",
    Status.DIFFERS: "{here} does not agree with this",
    Status.REFORMATTED: "{here} lays this out in another way",
    Status.ADDED: "this is not in {here} yet",
    Status.MOVED: "this has another place in {here}",
}
"""for each status of a section: the annotation beside the source"""
KEEP = {
    Status.HAND_EDITED: "To keep the {edit} ({goes} into {where})",
    Status.DIVERGED: "To keep both, the {edit} and what has changed in the sources",
    Status.DIFFERS: "To keep what only the combined file holds",
    Status.UNMANAGED: "To keep what it holds ({goes} into the sources)",
    Status.REFORMATTED: "To keep this layout (the sources get the same)",
    Status.MISSING: "To bring back the version in HEAD, with {those}",
    Status.INVALID: "To regenerate it",
}
KEEP_REST = "Then, to keep the rest"
KEEP_ALL = "To keep every edit"
THROW = {
    Status.HAND_EDITED: "To throw {it} away{only}",
    Status.DIVERGED: "To throw the {edit} away and keep what has changed in the sources",
    Status.DIFFERS: "To throw that away",
    Status.UNMANAGED: "To throw it away{only}",
    Status.REFORMATTED: "To restore the layout that the sources have",
    Status.MISSING: "To generate it without {those}",
}
ONLY = " (only {output} changes)"
THROW_REST = "Or, to throw all of it away"
THROW_ALL = "To throw every edit away"
NO_CHOICE = {
    Status.REFORMATTED: "To restore the layout",
    Status.UNMANAGED: "To generate it again (the sources have all of its models and fields)",
}
"""for statuses where there is nothing to keep"""
REGENERATE = {
    Status.MISSING: "To generate it",
    Status.STALE: "To bring it up to date",
    Status.CONFLICTED: "To regenerate it",
    Status.INVALID: "To regenerate it",
}
REGENERATE_ALL = "To bring them up to date"
AFTER_FIXING = "Once that is fixed"
STAGE = "To stage it"
REFUSED = "Make it in the sources by hand, then run"
COMMIT_TOO = "To commit it, too"
NAME_IT_TOO = "`git commit PATH` takes only the files that it names: name {names}, too."
STAYING = "Either way, your changes to {what} stay."
FOREIGN = (
    "(That path is the prisma-combine that {runner} installed for this hook; it is safe to run."
    " Colleagues get the same command from their own hook, with a path of their own.)"
)
RUNNER_FAILS = "({runner} says `Failed` whenever a hook changes files; here that means it worked.)"
BY_HAND = "`adopt` leaves this to you, if you want to keep it:"
NO_DIFF = "There is no diff because git is not installed."


def count(number: int, what: str = "line") -> str:
    """Return `1 line` or `2 lines`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def done(edit: Edit) -> str:
    """Say what somebody did to some lines."""
    if edit.added == edit.removed:
        return f"{count(edit.added)} changed"
    if not edit.removed:
        return f"{count(edit.added)} added"
    if not edit.added:
        return f"{count(edit.removed)} deleted"
    return f"{count(edit.added)} added, {edit.removed} deleted"


def belong(edit: Edit) -> str:
    """Say how some lines relate to a source."""
    if not edit.added:
        return "still in"
    return "which belongs in" if edit.added == 1 else "which belong in"


def lost(lines: int) -> str:
    """Say how much of a deleted combined file is gone."""
    if not lines:
        return "Nothing is lost: the sources hold all of it."
    verb = "is" if lines == 1 else "are"
    return f"{count(lines)} of the version in HEAD {verb} in no source. To see it:"


def by_hand(edits: Iterable[Edit]) -> str:
    """Say what somebody did to a combined file."""
    found = list(edits)
    added, removed = sum(edit.added for edit in found), sum(edit.removed for edit in found)
    was, exist = ("was", "exists") if (added or removed) == 1 else ("were", "exist")
    if not added and not removed:
        return "It was edited by hand"
    if added == removed:
        return f"{count(added)} in it {was} changed by hand"
    if not removed:
        return f"{count(added)} in it {was} added by hand and {exist} nowhere else"
    if not added:
        return f"{count(removed)} of it {was} deleted by hand"
    return f"{count(added)} {was} added to it by hand, and {removed} deleted"
