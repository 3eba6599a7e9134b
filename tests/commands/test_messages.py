"""What a failing check says, each text as a whole, and that every command in it works."""

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest

from support.program import Ran
from support.repository import (
    CONFIG,
    OUTPUT,
    POST,
    SOURCES,
    USER,
    Build,
    Repository,
    edit_output,
    edit_source,
)
from support.situations import (
    BLANKS,
    CART,
    ENUMS,
    ITEM,
    MANAGED,
    PARTIAL,
    SHOP,
    SPREAD,
    SPREAD_SOURCES,
    TAG,
    TEAM,
    TOML,
    TWO,
    TWO_SOURCES,
    add_and_delete,
    add_line,
    add_lines,
    add_lines_to_shallow,
    add_listed_source,
    add_source,
    add_source_and_edit,
    both_stale,
    change_format,
    change_line,
    change_line_of_shallow,
    change_many,
    commit_source_only,
    conflict,
    correct_item,
    correct_two_mistakes,
    define_once,
    define_twice,
    delete,
    delete_line,
    delete_section,
    delete_source,
    delete_staged,
    delete_with_edit,
    edit_and_change_others,
    edit_banner,
    edit_banner_and_model,
    edit_both,
    edit_enum,
    edit_same_lines,
    edited_and_invalid,
    edited_and_missing,
    edited_and_realigned,
    exclude,
    forget_source,
    ignore_output,
    leave_git,
    list_source,
    lower_banner,
    make_two_mistakes,
    never_combine,
    nothing,
    pull,
    pull_less,
    pull_the_same,
    pull_with_comment,
    realign,
    realign_all,
    reorder,
    replace_all,
    stage_edit,
    stage_source_only,
    stage_stale,
    stale_and_edited,
    start_over,
    trim,
    unlist_source,
)


class Case(NamedTuple):
    """A situation, and what the check says to it."""

    prepare: Callable[[Repository], None]
    said: str
    config: str = CONFIG
    sources: Mapping[str, str] = SOURCES
    arguments: tuple[str, ...] = ()
    cwd: str = "."
    environment: Mapping[str, str] = {}
    fix: Callable[[Repository], None] = nothing
    """what has to be done by hand before the commands"""
    kept: Mapping[str, str] = {}
    """what the sources hold after the commands that keep the edit"""

    def start(self, build: Build) -> Repository:
        """Return a repository in this situation."""
        repository = build(self.config, self.sources)
        self.prepare(repository)
        return repository

    def check(self, repository: Repository) -> Ran:
        """Run the check."""
        return repository.tool("check", *self.arguments, cwd=self.cwd, environment=self.environment)


CASES = {
    "stale": Case(
        edit_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
    ),
    "stale-in-a-hook": Case(
        edit_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema
""",
        environment=MANAGED,
    ),
    "stale-from-below": Case(
        edit_source,
        """\
schema.prisma is generated from schema/*.prisma, and is out of date:
  schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add schema.prisma schema/user.prisma
""",
        cwd="prisma",
    ),
    "stale-order": Case(
        reorder,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma: has another place in the order
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma-combine.toml
""",
    ),
    "stale-excluded-source": Case(
        exclude,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/post.prisma: not a source any more
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma-combine.toml
""",
    ),
    "stale-format": Case(
        change_format,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma-combine.toml:2: the format has changed
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma-combine.toml
""",
    ),
    "stale-new-source": Case(
        add_listed_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/tag.prisma:1: untracked: not tracked by git, so a commit won't include it; add it
  prisma/schema/tag.prisma: new
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/tag.prisma prisma-combine.toml
""",
    ),
    "stale-by-team": Case(
        edit_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  cat prisma/schema/base.prisma prisma/schema/user.prisma prisma/schema/post.prisma > prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        config=TEAM,
    ),
    "stale-by-team-from-below": Case(
        edit_source,
        """\
../schema.prisma is generated from *.prisma, and is out of date:
  user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what ../schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  cd ../..
  cat prisma/schema/base.prisma prisma/schema/user.prisma prisma/schema/post.prisma > prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        config=TEAM,
        cwd="prisma/schema",
    ),
    "stale-ignored-output": Case(
        ignore_output,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema/user.prisma
""",
    ),
    "stale-verbose": Case(
        edit_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/base.prisma: in sync
  prisma/schema/user.prisma:5: 1 line added since
  prisma/schema/post.prisma: in sync
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        arguments=("--verbose",),
    ),
    "added": Case(
        add_lines,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  phone String\n  fax   String\n"},
    ),
    "added-one": Case(
        add_line,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
1 line in it was added by hand and exists nowhere else:
  prisma/schema.prisma:20: 1 line added, which belongs in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "changed": Case(
        change_line,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
1 line in it was changed by hand:
  prisma/schema.prisma:19: 1 line changed, which belongs in prisma/schema/user.prisma:3
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  email String\n"},
    ),
    "deleted": Case(
        delete_line,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
1 line of it was deleted by hand:
  prisma/schema.prisma:19: 1 line deleted, still in prisma/schema/user.prisma:3
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
    ),
    "added-and-deleted": Case(
        add_and_delete,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines were added to it by hand, and 1 deleted:
  prisma/schema.prisma:18: 1 line deleted, still in prisma/schema/user.prisma:2
  prisma/schema.prisma:19: 2 lines added, which belong in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edits (they go into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw them away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "changed-in-two-sources": Case(
        edit_output,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were changed by hand:
  prisma/schema.prisma:19: 1 line changed, which belongs in prisma/schema/user.prisma:3
  prisma/schema.prisma:29: 1 line changed, which belongs in prisma/schema/post.prisma:3
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edits (they go into the sources):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma prisma/schema/post.prisma
To throw them away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  email String\n", POST: "authorId BigInt"},
    ),
    "changed-in-many-places": Case(
        change_many,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
23 lines in it were changed by hand:
  prisma/schema.prisma:18: 1 line changed, which belongs in prisma/schema/user.prisma:2
  prisma/schema.prisma:26: 1 line changed, which belongs in prisma/schema/user.prisma:10
  prisma/schema.prisma:34: 1 line changed, which belongs in prisma/schema/user.prisma:18
  prisma/schema.prisma:42: 1 line changed, which belongs in prisma/schema/user.prisma:26
  prisma/schema.prisma:50: 1 line changed, which belongs in prisma/schema/user.prisma:34
  prisma/schema.prisma:58: 1 line changed, which belongs in prisma/schema/user.prisma:42
  prisma/schema.prisma:66: 1 line changed, which belongs in prisma/schema/user.prisma:50
  prisma/schema.prisma:74: 1 line changed, which belongs in prisma/schema/user.prisma:58
  prisma/schema.prisma:82: 1 line changed, which belongs in prisma/schema/user.prisma:66
  prisma/schema.prisma:90: 1 line changed, which belongs in prisma/schema/user.prisma:74
  prisma/schema.prisma:98: 1 line changed, which belongs in prisma/schema/user.prisma:82
  prisma/schema.prisma:106: 1 line changed, which belongs in prisma/schema/user.prisma:90
  prisma/schema.prisma:114: 1 line changed, which belongs in prisma/schema/user.prisma:98
  prisma/schema.prisma:122: 1 line changed, which belongs in prisma/schema/user.prisma:106
  prisma/schema.prisma:130: 1 line changed, which belongs in prisma/schema/user.prisma:114
  prisma/schema.prisma:138: 1 line changed, which belongs in prisma/schema/user.prisma:122
  prisma/schema.prisma:146: 1 line changed, which belongs in prisma/schema/user.prisma:130
  prisma/schema.prisma:154: 1 line changed, which belongs in prisma/schema/user.prisma:138
  prisma/schema.prisma:162: 1 line changed, which belongs in prisma/schema/user.prisma:146
  prisma/schema.prisma:170: 1 line changed, which belongs in prisma/schema/user.prisma:154
  and 3 more places; --verbose names all of them
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edits (they go into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw them away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
    ),
    "added-by-team": Case(
        add_lines,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:7: 2 lines added, which belong in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away:
  cat prisma/schema/base.prisma prisma/schema/user.prisma prisma/schema/post.prisma > prisma/schema.prisma
  git add prisma/schema.prisma
""",
        config=TEAM,
        kept={USER: "  phone String\n"},
    ),
    "added-beside-the-directory": Case(
        edit_enum,
        """\
prisma/schema.prisma is generated from prisma/schema/**/*.prisma and prisma/common/enums.prisma.
1 line in it was added by hand and exists nowhere else:
  prisma/schema.prisma:39: 1 line added, which belongs in prisma/common/enums.prisma:3
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/common/enums.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/common/enums.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        config=SPREAD,
        sources=SPREAD_SOURCES,
        kept={ENUMS: "  B\n"},
    ),
    "diverged": Case(
        edit_both,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Since it was generated, both have changed:
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4; that file has changed, too
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep both, the edit and what has changed in the sources:
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw the edit away and keep what has changed in the sources:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "diverged-in-other-sources": Case(
        edit_and_change_others,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Since it was generated, both have changed:
  prisma/schema/base.prisma:2: 1 line changed since
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4
  prisma/schema/post.prisma:3: 1 line changed since
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep both, the edit and what has changed in the sources:
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma prisma/schema/base.prisma prisma/schema/post.prisma
To throw the edit away and keep what has changed in the sources:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema/base.prisma prisma/schema/post.prisma
Either way, your changes to prisma/schema/base.prisma and prisma/schema/post.prisma stay.
""",
        kept={USER: "  phone String\n", POST: "authorId BigInt"},
    ),
    "diverged-in-the-same-line": Case(
        edit_same_lines,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Since it was generated, both have changed:
  prisma/schema.prisma:19: 1 line changed, which belongs in prisma/schema/user.prisma:3; that file has changed, too
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:19: prisma/schema/user.prisma has changed in the same lines; make the edit there by hand
Then, or to throw the edit away and keep what has changed in the sources:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
Either way, your changes to prisma/schema/user.prisma stay.
""",
    ),
    "layout": Case(
        realign,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Only its layout differs (spaces, blank lines). No model, field or comment has changed:
  prisma/schema.prisma:18: the layout differs from prisma/schema/user.prisma:2
If an editor or a hook did it, let it format prisma/schema/*.prisma, too, or exclude prisma/schema.prisma there.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep this layout (the sources get the same):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To restore the layout that the sources have:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  id Int @id"},
    ),
    "layout-in-a-hook": Case(
        realign_all,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Only its layout differs (spaces, blank lines). No model, field or comment has changed:
  prisma/schema.prisma:10: the layout differs from prisma/schema/base.prisma:2
  prisma/schema.prisma:18: the layout differs from prisma/schema/user.prisma:2
  prisma/schema.prisma:28: the layout differs from prisma/schema/post.prisma:2
If an editor or a hook did it, let it format prisma/schema/*.prisma, too, or exclude prisma/schema.prisma there.
In the first lines of the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep this layout (the sources get the same):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema
To restore the layout that the sources have:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
""",
        environment=MANAGED,
    ),
    "layout-trimmed-by-a-hook": Case(
        trim,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Only its layout differs (spaces, blank lines). No model, field or comment has changed:
  prisma/schema.prisma:28: the layout differs from prisma/schema/post.prisma:2
If an editor or a hook did it, let it format prisma/schema/*.prisma, too, or exclude prisma/schema.prisma there.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep this layout (the sources get the same):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/post.prisma
To restore the layout that the sources have:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        sources=BLANKS,
    ),
    "layout-of-the-banner": Case(
        lower_banner,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
Only its layout differs (spaces, blank lines). No model, field or comment has changed:
  prisma/schema.prisma:1: the banner has another layout
If an editor or a hook did it, let it format prisma/schema/*.prisma, too, or exclude prisma/schema.prisma there.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To restore the layout:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
    ),
    "missing": Case(
        delete,
        """\
prisma/schema.prisma was deleted. It is generated from prisma/schema/*.prisma.
Nothing is lost: the sources hold all of it.

To generate it:
  prisma-combine combine
  git add prisma/schema.prisma
""",
    ),
    "missing-in-this-commit": Case(
        delete_staged,
        """\
This commit deletes prisma/schema.prisma, which is generated from prisma/schema/*.prisma.
Nothing is lost: the sources hold all of it.

To generate it:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema
""",
        environment=MANAGED,
    ),
    "missing-from-the-start": Case(
        never_combine,
        """\
prisma/schema.prisma does not exist. It is generated from prisma/schema/*.prisma: 31 lines.

To generate it:
  prisma-combine combine
  git add prisma/schema.prisma
""",
    ),
    "missing-with-an-edit": Case(
        delete_with_edit,
        """\
prisma/schema.prisma was deleted. It is generated from prisma/schema/*.prisma.
2 lines of the version in HEAD are in no source. To see it:
  git show HEAD:./prisma/schema.prisma

To bring back the version in HEAD, with those 2 lines:
  git checkout HEAD -- prisma/schema.prisma
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema
To generate it without those 2 lines:
  prisma-combine combine
  git add prisma/schema.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "missing-by-team": Case(
        delete,
        """\
prisma/schema.prisma was deleted. It is generated from prisma/schema/*.prisma.
Nothing is lost: the sources hold all of it.

To generate it:
  cat prisma/schema/base.prisma prisma/schema/user.prisma prisma/schema/post.prisma > prisma/schema.prisma
  git add prisma/schema.prisma
""",
        config=TEAM,
    ),
    "conflict": Case(
        conflict,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
It holds merge conflict markers, from line 21 on. Leave them or keep either side:
the sources are merged already, and it is regenerated from them.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To regenerate it:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
    ),
    "pulled-from-the-database": Case(
        pull,
        """\
prisma/schema.prisma should be generated from prisma/schema/*.prisma, but something else wrote it:
it has none of the section headers. (`prisma db pull` drops them, for example.)
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep what it holds (it goes into the sources):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  nick  String?\n"},
    ),
    "pulled-without-news": Case(
        pull_the_same,
        """\
prisma/schema.prisma should be generated from prisma/schema/*.prisma, but something else wrote it:
it has none of the section headers. (`prisma db pull` drops them, for example.)
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To generate it again (the sources have all of its models and fields):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
    ),
    "pulled-without-a-model": Case(
        pull_less,
        """\
prisma/schema.prisma should be generated from prisma/schema/*.prisma, but something else wrote it:
it has none of the section headers. (`prisma db pull` drops them, for example.)
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:1: prisma/schema/post.prisma has model Post in line 1, and this file does not; delete it there, too
Then, to keep the rest:
  prisma-combine adopt
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
Or, to throw all of it away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
    ),
    "pulled-with-a-comment": Case(
        pull_with_comment,
        """\
prisma/schema.prisma should be generated from prisma/schema/*.prisma, but something else wrote it:
it has none of the section headers. (`prisma db pull` drops them, for example.)
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:1: text outside the blocks; move it into a source
Then, to keep the rest:
  prisma-combine adopt
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
Or, to throw all of it away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  nick  String?\n"},
    ),
    "written-by-something-else": Case(
        replace_all,
        """\
prisma/schema.prisma should be generated from prisma/schema/*.prisma, but something else wrote it:
it has none of the section headers. (`prisma db pull` drops them, for example.)
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:1: no block of the sources is in this file; move what you need into a source
Then, or to throw it away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
""",
    ),
    "banner-edited": Case(
        edit_banner,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
It was edited by hand:
  prisma/schema.prisma:1: the banner was edited, which no source makes
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:1: the banner comes from the format; move your text into a section
Then, or to throw it away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
""",
    ),
    "banner-and-model-edited": Case(
        edit_banner_and_model,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:21: 2 lines added, which belong in prisma/schema/user.prisma:4
  prisma/schema.prisma:1: the banner was edited, which no source makes
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:1: the banner comes from the format; move your text into a section
Then, to keep the rest:
  prisma-combine adopt
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
Or, to throw all of it away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "section-deleted": Case(
        delete_section,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
It was edited by hand:
  prisma/schema.prisma: the section of prisma/schema/post.prisma was deleted
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:1: prisma/schema/post.prisma has no section here any more; delete that file, too
Then, or to throw it away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
""",
    ),
    "unlisted-source": Case(
        add_source,
        """\
prisma/schema.prisma can't be generated from prisma/schema/*.prisma until this is fixed:
  prisma/schema/tag.prisma:1: unlisted-file: not in `files` of prisma-combine.toml:4; add "tag.prisma" to it after "post.prisma" (or to `exclude`, if it must stay out)

Once that is fixed:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/tag.prisma prisma-combine.toml
""",
        fix=list_source,
    ),
    "unlisted-source-and-edit": Case(
        add_source_and_edit,
        """\
prisma/schema.prisma can't be generated from prisma/schema/*.prisma until this is fixed:
  prisma/schema/tag.prisma:1: unlisted-file: not in `files` of prisma-combine.toml:4; add "tag.prisma" to it after "post.prisma" (or to `exclude`, if it must stay out)

Once that is fixed:
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema prisma-combine.toml
""",
        fix=list_source,
        kept={USER: "  phone String\n"},
    ),
    "deleted-source": Case(
        delete_source,
        """\
prisma/schema.prisma can't be generated from prisma/schema/*.prisma until this is fixed:
  prisma/schema/post.prisma:1: missing-file: listed in prisma-combine.toml:4 but does not exist; add the file or delete the entry

Once that is fixed:
  prisma-combine combine
  git add prisma/schema.prisma prisma-combine.toml
""",
        fix=unlist_source,
    ),
    "untracked-source": Case(
        forget_source,
        """\
prisma/schema.prisma is up to date, but git does not have everything:
  prisma/schema/tag.prisma:1: untracked: not tracked by git, so a commit won't include it; add it

To stage it:
  git add prisma/schema/tag.prisma
""",
    ),
    "defined-twice": Case(
        define_twice,
        """\
prisma/schema.prisma can't be generated from prisma/schema/*.prisma until this is fixed:
  prisma/schema/post.prisma:7: duplicate-name: model User is also defined in prisma/schema/user.prisma:1; rename or delete one

Once that is fixed:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/post.prisma
""",
        fix=define_once,
    ),
    "two-mistakes": Case(
        make_two_mistakes,
        """\
prisma/schema.prisma can't be generated from prisma/schema/*.prisma until these are fixed:
  prisma/schema/base.prisma:4: stray-brace: this `}` closes nothing; delete it, or open its block in this file
  prisma/schema/post.prisma:7: duplicate-name: model User is also defined in prisma/schema/user.prisma:1; rename or delete one

Once that is fixed:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/base.prisma prisma/schema/post.prisma
""",
        fix=correct_two_mistakes,
    ),
    "staged-source-only": Case(
        stage_source_only,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
It is up to date on disk, but not staged.

To stage it:
  git add prisma/schema.prisma
""",
        arguments=("--staged",),
    ),
    "staged-stale": Case(
        stage_stale,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma
""",
        arguments=("--staged",),
    ),
    "staged-edit": Case(
        stage_edit,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw it away (only prisma/schema.prisma changes):
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        arguments=("--staged",),
        kept={USER: "  phone String\n"},
    ),
    "commit-of-the-source-only": Case(
        commit_source_only,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
It is up to date and staged, but `git commit PATH` takes only the files that it names.

To commit it, too:
  git commit -- prisma/schema/user.prisma prisma/schema.prisma
""",
        arguments=("--staged",),
        environment=PARTIAL,
    ),
    "shallow-added": Case(
        add_lines_to_shallow,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, but is not what they make now.
Nobody can tell whether it was edited by hand or is out of date, because this clone has only a part of the history:
  prisma/schema.prisma:20: not as in prisma/schema/user.prisma:4
To find out, fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` in CI (actions/checkout).
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep what only the combined file holds:
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma
To throw that away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "shallow-changed": Case(
        change_line_of_shallow,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, but is not what they make now.
Nobody can tell whether it was edited by hand or is out of date, because this clone has only a part of the history:
  prisma/schema.prisma:19: not as in prisma/schema/user.prisma:3
To find out, fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` in CI (actions/checkout).
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

`adopt` leaves this to you, if you want to keep it:
  prisma/schema.prisma:19: prisma/schema/user.prisma may be newer; if not, make the edit there by hand
Then, or to throw that away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema
""",
    ),
    "never-committed": Case(
        start_over,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, but is not what they make now.
Nobody can tell whether it was edited by hand or is out of date, because it has not been committed before:
  prisma/schema/base.prisma:1: untracked: not tracked by git, so a commit won't include it; add it
  prisma/schema/user.prisma:1: untracked: not tracked by git, so a commit won't include it; add it
  prisma/schema/post.prisma:1: untracked: not tracked by git, so a commit won't include it; add it
  prisma/schema.prisma:1: untracked: not tracked by git, so a commit won't include it; add it, or ignore it
  prisma/schema.prisma:20: not as in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep what only the combined file holds:
  prisma-combine adopt
  git add prisma/schema.prisma prisma/schema/user.prisma prisma/schema/base.prisma prisma/schema/post.prisma prisma-combine.toml
To throw that away:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema/base.prisma prisma/schema/user.prisma prisma/schema/post.prisma prisma-combine.toml
""",
        kept={USER: "  phone String\n"},
    ),
    "outside-git": Case(
        leave_git,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, but is not what they make now.
Nobody can tell whether it was edited by hand or is out of date, because there is no git repository:
  prisma/schema.prisma:20: not as in prisma/schema/user.prisma:4
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To keep what only the combined file holds:
  prisma-combine adopt
To throw that away:
  prisma-combine check --fix prisma/schema.prisma
""",
        kept={USER: "  phone String\n"},
    ),
    "two-stale-and-edited": Case(
        stale_and_edited,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.

apps/checkout/schema.prisma is generated from apps/checkout/schema/*.prisma.
1 line in it was added by hand and exists nowhere else:
  apps/checkout/schema.prisma:10: 1 line added, which belongs in apps/checkout/schema/cart.prisma:2

0 of 2 schemas in sync
In the diff, `-` is what the file holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into apps/checkout/schema/cart.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma apps/checkout/schema.prisma apps/checkout/schema/cart.prisma prisma/schema/user.prisma
To throw it away:
  prisma-combine check --fix prisma/schema.prisma apps/checkout/schema.prisma
  git add prisma/schema.prisma apps/checkout/schema.prisma prisma/schema/user.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
        kept={CART: "  sum Int\n"},
    ),
    "two-stale": Case(
        both_stale,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.

apps/checkout/schema.prisma is generated from apps/checkout/schema/*.prisma, and is out of date:
  apps/checkout/schema/cart.prisma:2: 1 line changed since
It has no edits of its own, so regenerating it loses nothing.

0 of 2 schemas in sync
In the diff, `-` is what the file holds now, `+` is what the sources make.

To bring them up to date:
  prisma-combine combine
  git add prisma/schema.prisma apps/checkout/schema.prisma prisma/schema/user.prisma apps/checkout/schema/cart.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
    ),
    "two-edited-and-missing": Case(
        edited_and_missing,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4

apps/checkout/schema.prisma was deleted. It is generated from apps/checkout/schema/*.prisma.
Nothing is lost: the sources hold all of it.

0 of 2 schemas in sync
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  prisma-combine check --fix apps/checkout/schema
  git add prisma/schema.prisma apps/checkout/schema.prisma prisma/schema/user.prisma
To throw it away:
  prisma-combine check --fix prisma/schema.prisma apps/checkout/schema
  git add prisma/schema.prisma apps/checkout/schema.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
        kept={USER: "  phone String\n"},
    ),
    "two-edited-and-realigned": Case(
        edited_and_realigned,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4

apps/checkout/schema.prisma is generated from apps/checkout/schema/*.prisma.
Only its layout differs (spaces, blank lines). No model, field or comment has changed:
  apps/checkout/schema.prisma:10: the layout differs from apps/checkout/schema/cart.prisma:2
If an editor or a hook did it, let it format apps/checkout/schema/*.prisma, too, or exclude apps/checkout/schema.prisma there.

0 of 2 schemas in sync
In the diff, `-` is what the file holds now, `+` is what the sources make. Lines added by hand show as `-`.

To keep every edit:
  prisma-combine adopt
  git add prisma/schema.prisma apps/checkout/schema.prisma apps/checkout/schema/cart.prisma prisma/schema/user.prisma
To throw every edit away:
  prisma-combine check --fix prisma/schema.prisma apps/checkout/schema.prisma
  git add prisma/schema.prisma apps/checkout/schema.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
        kept={USER: "  phone String\n"},
    ),
    "two-edited-and-invalid": Case(
        edited_and_invalid,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma.
2 lines in it were added by hand and exist nowhere else:
  prisma/schema.prisma:20: 2 lines added, which belong in prisma/schema/user.prisma:4

apps/checkout/schema.prisma can't be generated from apps/checkout/schema/*.prisma until this is fixed:
  apps/checkout/schema/item.prisma:1: duplicate-name: model Cart is also defined in apps/checkout/schema/cart.prisma:1; rename or delete one

0 of 2 schemas in sync
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make. Lines added by hand show as `-`.

Once that is fixed, to keep the edit (it goes into prisma/schema/user.prisma):
  prisma-combine adopt
  git add prisma/schema.prisma apps/checkout/schema.prisma prisma/schema/user.prisma apps/checkout/schema/item.prisma
Once that is fixed, to throw it away:
  prisma-combine check --fix prisma/schema.prisma apps/checkout/schema.prisma
  git add prisma/schema.prisma apps/checkout/schema.prisma apps/checkout/schema/item.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
        fix=correct_item,
        kept={USER: "  phone String\n"},
    ),
    "two-of-which-one-is-named": Case(
        stale_and_edited,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine check --fix prisma/schema.prisma
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
        arguments=("prisma",),
    ),
    "two-of-which-one-fails": Case(
        edit_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.

apps/checkout/schema.prisma: in sync

1 of 2 schemas in sync
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
    ),
    "two-of-which-one-fails-quiet": Case(
        edit_source,
        """\
prisma/schema.prisma is generated from prisma/schema/*.prisma, and is out of date:
  prisma/schema/user.prisma:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.

1 of 2 schemas in sync
In the diff, `-` is what prisma/schema.prisma holds now, `+` is what the sources make.

To bring it up to date:
  prisma-combine combine
  git add prisma/schema.prisma prisma/schema/user.prisma
""",
        config=TWO,
        sources=TWO_SOURCES,
        arguments=("--quiet",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, build: Build) -> None:
    case = CASES[name]
    ran = case.check(case.start(build))
    assert (ran.code, ran.err) == (1, case.said)


_HEADING = re.compile(r"(To|Then|Or|Once)\b.*:")
APPLIES = [
    name
    for name, case in CASES.items()
    if case.fix is nothing and not case.environment and name != "untracked-source"
]


@pytest.mark.parametrize("name", APPLIES)
def test_diff_on_standard_output_is_complete(name: str, build: Build) -> None:
    case = CASES[name]
    repository = case.start(build)
    diff = case.check(repository).out.encode()
    where = ("--cached",) if "--staged" in case.arguments else ()
    # Git applies nothing above the working directory.
    cwd = "." if diff.startswith(b"--- a/prisma/") else case.cwd
    assert repository.run("git", "apply", *where, cwd=cwd, stdin=diff).code == 0
    again = case.check(repository)
    untracked = "untracked" in again.err
    assert (again.out, again.code) == ("", 1 if untracked else 0)


BLOCKS = [
    # The team's command is for a POSIX shell.
    pytest.param(name, number, marks=[pytest.mark.posix] if case.config == TEAM else [])
    for name, case in CASES.items()
    for number, line in enumerate(filter(_HEADING.fullmatch, case.said.split("\n")))
]


@pytest.mark.parametrize(("name", "number"), BLOCKS)
def test_commands_do_what_they_promise(name: str, number: int, build: Build) -> None:
    case = CASES[name]
    repository = case.start(build)
    repository.environment["GIT_EDITOR"] = "echo Change >"
    case.fix(repository)
    sources = _sources(repository)
    heading, commands = list(_blocks(case.said))[number]
    _type(repository, commands, case.cwd)
    assert repository.tool("check", *case.arguments).code == 0
    if (repository.root / ".git").exists() and name != "stale-ignored-output":
        paths = [word for word in case.arguments if not word.startswith("-")]
        assert repository.tool("check", "--staged", *paths).code == 0
    if re.search(r"\b(keep|bring back|fixed)\b", heading) and "throw" not in heading:
        for path, text in case.kept.items():
            assert text in repository.read(path)
    else:
        assert _sources(repository) == sources


def _sources(repository: Repository) -> dict[str, bytes]:
    return {
        path: text
        for path, text in repository.files().items()
        if path.endswith(".prisma") and not path.endswith("/schema.prisma")
    }


def _blocks(said: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the headings and the commands below each."""
    lines = said.split("\n")
    for number, line in enumerate(lines):
        if _HEADING.fullmatch(line):
            commands = []
            for command in lines[number + 1 :]:
                if not command.startswith("  "):
                    break
                commands.append(command.removeprefix("  "))
            yield line, commands


def _type(repository: Repository, commands: list[str], cwd: str) -> None:
    """Run commands as a shell does, but our own program in this process."""
    for command in commands:
        program, *words = shlex.split(command)
        if program == "cd":
            cwd = os.path.join(cwd, *words)
        elif program == "prisma-combine":
            assert repository.tool(*words, cwd=cwd).code in (0, 1)
        elif program == "git":
            assert repository.run(program, *words, cwd=cwd).code == 0
        else:
            assert repository.run("sh", "-c", command, cwd=cwd).code == 0


@pytest.mark.posix
def test_a_whole_block_is_pasted_into_a_shell(repository: Repository) -> None:
    add_lines(repository)
    [(_, keep), _] = _blocks(repository.process("check").err)
    ran = repository.run("sh", "-c", "\n".join(keep))
    assert (
        ran.err == f"{USER}: took the edit from {OUTPUT}\nTo stage it:\n  git add {OUTPUT} {USER}\n"
    )
    assert repository.process("check", "--staged").code == 0


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param("stale-in-a-hook", 10, id="all-of-it"),
        pytest.param("layout-in-a-hook", 8, id="first-lines-of-a-layout"),
        pytest.param("missing-in-this-commit", 0, id="nothing-of-a-whole-file"),
    ],
)
def test_diff_for_people(name: str, lines: int, build: Build) -> None:
    case = CASES[name]
    repository = case.start(build)
    shown = case.check(repository).out.split("\n")
    whole = repository.tool("check", *case.arguments).out.split("\n")
    assert len(shown) - 1 == lines
    assert shown[:-1] == whole[:lines]


def test_nothing_is_said_quietly_when_it_passes(repository: Repository) -> None:
    assert repository.tool("check", "--quiet") == Ran(0, "", "")
    assert repository.tool("check") == Ran(0, "", f"{OUTPUT}: in sync\n")


def test_without_git(repository: Repository) -> None:
    edit_source(repository)
    folder = repository.root.parent / f"{repository.root.name}-bin"
    folder.mkdir()
    repository.environment["PATH"] = str(folder)
    ran = repository.tool("check")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{OUTPUT} is generated from prisma/schema/*.prisma")
    assert "There is no diff because git is not installed.\n" in ran.err
    assert "git add" not in ran.err


def test_with_a_repository_that_git_can_not_read(repository: Repository) -> None:
    edit_source(repository)
    repository.write(".git/config", "[core\n")
    assert (
        repository.tool("check").err
        == f"""\
{OUTPUT} is generated from prisma/schema/*.prisma, and is out of date:
  {USER}:5: 1 line added since
It has no edits of its own, so regenerating it loses nothing.
In the diff, `-` is what {OUTPUT} holds now, `+` is what the sources make.
What git tracks, and what there was before, could not be read: git failed: bad config line 1 in \
file .git/config; check `git status`

To bring it up to date:
  prisma-combine combine
"""
    )


# What commands have done.


def _blob(repository: Repository, text: str) -> str:
    return repository.run("git", "hash-object", "--stdin", stdin=text.encode()).out.strip()


def test_fix_says_what_it_has_done(repository: Repository) -> None:
    edit_source(repository)
    assert repository.tool("check", "--fix") == Ran(
        1,
        "",
        f"""\
{OUTPUT}: rewritten from prisma/schema/*.prisma
To stage it:
  git add {OUTPUT} {USER}
""",
    )


def test_fix_says_where_the_old_text_is(repository: Repository) -> None:
    add_lines(repository)
    blob = _blob(repository, repository.read())
    assert (
        repository.tool("check", "--fix").err
        == f"""\
{OUTPUT}: rewritten from prisma/schema/*.prisma
  To see what it held before (git keeps it for about two weeks): git cat-file -p {blob}
To stage it:
  git add {OUTPUT}
"""
    )
    assert "phone String" in repository.git("cat-file", "-p", blob)


def test_fix_of_one_and_a_mistake_in_the_other(build: Build) -> None:
    repository = build(TWO, TWO_SOURCES)
    edited_and_invalid(repository)
    blob = _blob(repository, repository.read())
    ran = repository.tool("check", "--fix")
    assert (ran.code, ran.err) == (
        1,
        f"""\
{OUTPUT}: rewritten from prisma/schema/*.prisma
  To see what it held before (git keeps it for about two weeks): git cat-file -p {blob}
{SHOP} can't be generated from apps/checkout/schema/*.prisma until this is fixed:
  {ITEM}:1: duplicate-name: model Cart is also defined in {CART}:1; rename or delete one
To stage it:
  git add {OUTPUT}
Once that is fixed:
  prisma-combine check --fix {SHOP}
  git add {SHOP} {ITEM}
""",
    )


def test_fix_and_a_new_source(repository: Repository) -> None:
    add_listed_source(repository)
    assert (
        repository.tool("check", "--fix").err
        == f"""\
{OUTPUT}: rewritten from prisma/schema/*.prisma
To stage it:
  git add {OUTPUT} {TAG} {TOML}
"""
    )


def test_combine_says_what_it_has_done(repository: Repository) -> None:
    add_lines(repository)
    blob = _blob(repository, repository.read())
    assert repository.tool("combine") == Ran(
        0,
        "",
        f"""\
{OUTPUT}: written
  To see what it held before (git keeps it for about two weeks): git cat-file -p {blob}
""",
    )
    assert repository.tool("combine") == Ran(0, "", f"{OUTPUT}: up to date\n")


def test_combine_with_a_mistake(repository: Repository) -> None:
    define_twice(repository)
    assert repository.tool("combine") == Ran(
        1,
        "",
        f"""\
{OUTPUT} can't be generated from prisma/schema/*.prisma until this is fixed:
  {POST}:7: duplicate-name: model User is also defined in {USER}:1; rename or delete one

Once that is fixed:
  prisma-combine combine
  git add {OUTPUT} {POST}
""",
    )


def test_combine_after_a_conflict_was_resolved_by_hand(repository: Repository) -> None:
    conflict(repository)
    text = re.sub(r"(?m)^(<<<<<<< HEAD|=======|>>>>>>> theirs)\n", "", repository.read())
    repository.write(OUTPUT, text)
    assert repository.tool("combine").err == f"{OUTPUT}: up to date\n"


def test_adopt_says_what_it_has_done(repository: Repository) -> None:
    edit_output(repository)
    assert (
        repository.tool("adopt", "--dry-run").err
        == f"""\
{USER}: would take the edit from {OUTPUT}
{POST}: would take the edit from {OUTPUT}
"""
    )
    assert repository.tool("adopt") == Ran(
        0,
        "",
        f"""\
{USER}: took the edit from {OUTPUT}
{POST}: took the edit from {OUTPUT}
To stage it:
  git add {OUTPUT} {USER} {POST}
""",
    )
    assert repository.tool("adopt") == Ran(0, "", f"{OUTPUT}: nothing to adopt\n")


def test_adopt_merges(repository: Repository) -> None:
    edit_both(repository)
    assert (
        repository.tool("adopt").err
        == f"""\
{USER}: took the edit from {OUTPUT}, merged with its own changes
To stage it:
  git add {OUTPUT} {USER}
"""
    )


def test_adopt_of_a_stale_file(repository: Repository) -> None:
    edit_source(repository)
    assert (
        repository.tool("adopt").err
        == f"""\
{OUTPUT}: no edit to adopt; rewritten
To stage it:
  git add {OUTPUT} {USER}
"""
    )


def test_adopt_that_needs_a_hand(repository: Repository) -> None:
    edit_same_lines(repository)
    before = repository.files()
    assert repository.tool("adopt") == Ran(
        1,
        "",
        f"""\
{OUTPUT}:17: not adopted: {USER} has changed in the same lines; make the edit there by hand
  <<<<<<< the source
    email Int
  =======
    email String
  >>>>>>> the combined file
This edit stays in {OUTPUT}, and no file was changed.
Make it in the sources by hand, then run:
  prisma-combine check --fix {OUTPUT}
  git add {OUTPUT} {USER}
""",
    )
    assert repository.files() == before


def test_adopt_of_what_it_can_not_adopt(repository: Repository) -> None:
    delete(repository)
    assert (
        repository.tool("adopt").err
        == f"""\
{OUTPUT} was deleted. It is generated from prisma/schema/*.prisma.
Nothing is lost: the sources hold all of it.

To generate it:
  prisma-combine combine
  git add {OUTPUT}
"""
    )
    conflict_repository = repository
    conflict_repository.git("checkout", "--quiet", OUTPUT)
    conflict(conflict_repository)
    assert (
        conflict_repository.tool("adopt").err
        == f"""\
{OUTPUT} is generated from prisma/schema/*.prisma.
It holds merge conflict markers, from line 21 on. Leave them or keep either side:
the sources are merged already, and it is regenerated from them.

To regenerate it:
  prisma-combine combine
  git add {OUTPUT} {USER}
"""
    )


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        pytest.param((), {}, False, id="no-terminal"),
        pytest.param((), {"FORCE_COLOR": "1"}, True, id="forced"),
        pytest.param((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="forbidden"),
        pytest.param(("--color=always",), {"NO_COLOR": "1"}, True, id="always"),
        pytest.param(("--color=never",), {"FORCE_COLOR": "1"}, False, id="never"),
    ],
)
def test_color(
    repository: Repository, arguments: tuple[str, ...], variables: dict[str, str], colored: bool
) -> None:
    change_line(repository)
    plain = repository.tool("check")
    ran = repository.tool("check", *arguments, environment=variables)
    codes = re.compile(r"\x1b\[[0-9]*m")
    assert (codes.sub("", ran.out), codes.sub("", ran.err)) == (plain.out, plain.err)
    changed = "\x1b[31m-  email String\x1b[m\n\x1b[32m+  email String @unique\x1b[m\n"
    assert (changed in ran.out) is colored
    first = f"\x1b[1m{OUTPUT} is generated from prisma/schema/*.prisma.\x1b[m\n"
    assert ran.err.startswith(first) is colored
