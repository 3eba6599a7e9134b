"""Formats that teams' own scripts write; the scripts are in this folder.

Each source has one line that holds `mark`, the line to edit.
"""

from collections.abc import Mapping
from typing import NamedTuple

BASE = """\
generator client {
  provider = "prisma-client-js"
  // mark base
}

datasource db {
  provider = "postgresql"
}
"""


def model(name: str) -> str:
    """Return a file with one model."""
    return (
        f"model {name} {{\n"
        "  id        Int      @id @default(autoincrement())\n"
        f"  mark{name} String\n"
        "  createdAt DateTime @default(now())\n"
        "}\n"
    )


def enum(name: str) -> str:
    """Return a file with one enum."""
    return f"enum {name} {{\n  FIRST\n  mark{name}\n  LAST\n}}\n"


USER, POST, TAG = model("User"), model("Post"), model("Tag")


def below(directory: str, **files: str) -> dict[str, str]:
    """Return the sources by path, from their stems."""
    return {f"{directory}/{stem}.prisma": text for stem, text in files.items()}


USUAL = below("prisma/schema", base=BASE, post=POST, user=USER)
LISTED = below("prisma/schema", base=BASE, user=USER, post=POST)
MODELS = below("prisma/models", post=POST, user=USER)
LIST = 'files = ["base.prisma", "user.prisma", "post.prisma"]'


class Row(NamedTuple):
    """A format: a script that writes it, and the configuration that describes it."""

    script: str
    keys: str
    """the configuration after `output` and `directory`"""
    sources: Mapping[str, str] = USUAL
    """by path, in the order in which the script writes them"""
    directory: str = "prisma/schema"
    output: str = "prisma/schema.prisma"
    others: Mapping[str, str] = {}  # a NamedTuple's default is never changed
    """files that are no sources"""
    exact: bool = True
    """whether the script writes one kind of newline and no BOM, as a rewrite does"""

    @property
    def name(self) -> str:
        """The script's name, which says what is special."""
        return self.script.partition(".")[0]

    @property
    def config(self) -> str:
        """The configuration."""
        return f'[[schema]]\noutput = "{self.output}"\ndirectory = "{self.directory}"\n{self.keys}'

    @property
    def lines(self) -> dict[str, str]:
        """The line to edit of each source that has one, by the source's path."""
        return {
            path: line.removesuffix("\r")
            for path, text in self.sources.items()
            for line in text.split("\n")
            if "mark" in line
        }


ROWS = [
    # Nothing but the sources.
    Row("plain-concatenation.cjs", 'files = ["*.prisma"]\n[schema.format]\ntrim = "none"\n'),
    Row("plain-cat.sh", 'files = ["*.prisma"]\n[schema.format]\n'),
    Row("joined-by-newline.mjs", 'files = ["*.prisma"]\n[schema.format]\nseparator = "\\n"\n'),
    Row(
        "no-newline-between-sources.cjs",
        f"{LIST}\n[schema.format]\n",
        LISTED | below("prisma/schema", user=USER.rstrip("\n")),
    ),
    Row(
        "one-source.mjs",
        """\
files = ["models.prisma"]
[schema.format]
header = "// {name}\\n"
footer = "\\n// eof\\n"
""",
        below("prisma", models=f"{BASE}\n{USER.replace('mark', 'other')}"),
        directory="prisma",
    ),
    # What is trimmed.
    Row(
        "no-final-newline.mjs",
        'files = ["**/*.prisma"]\n[schema.format]\nseparator = "\\n\\n"\ntrim = "both"\n',
        USUAL | below("prisma/schema", post=f"\n\n{POST}\n\n\n"),
    ),
    Row(
        "trimmed-at-the-end.mjs",
        """\
files = ["base.prisma", "post.prisma", "user.prisma"]
[schema.format]
separator = "\\n\\n\\n"
footer = "\\n"
trim = "end"
""",
        USUAL | below("prisma/schema", post=f"\n  \n{POST}\n \t\n", user=f"\n{USER}\n\n"),
    ),
    Row(
        "trimmed-as-javascript-does.cjs",
        """\
files = ["*.prisma"]
[schema.format]
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        below(
            "prisma/schema",
            base=f"\n\u00a0\n{BASE}// file separator \x1c\n \u00a0\n",
            post=f"\t\n{POST}// line separator \u2028\n\n",
            user=f"{USER}// next line \x85",
        ),
    ),
    # What stands between them.
    Row(
        "text-after-each-file.mjs",
        f"""\
{LIST}
[schema.format]
separator = "\\n// ---\\n\\n"
footer = "\\n// ---\\n\\n"
""",
        LISTED,
    ),
    Row(
        "comment-between-files.mjs",
        f"""\
files = ["*.prisma"]
[schema.format]
separator = '''


// {"-" * 60}

'''
footer = "\\n"
trim = "both"
""",
    ),
    Row(
        "empty-lines-in-every-place.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "\\n\\n"
header = "\\n\\n// {name}\\n\\n\\n"
separator = "\\n\\n\\n"
footer = "\\n\\n\\n"
""",
        USUAL | below("prisma/schema", post=f"\n\n{POST}\n\n", user=f"\n{USER}"),
    ),
    # Headers.
    Row(
        "header-file-name.cjs",
        f"""\
{LIST}
[schema.format]
banner = "// This file is auto-generated. Do not edit directly.\\n\\n"
header = "// ===== {{name}} =====\\n"
separator = "\\n"
footer = "\\n"
""",
        LISTED,
    ),
    Row(
        "header-stem.mjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// {stem}\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
    ),
    Row(
        "header-upper-case.mjs",
        """\
files = ["base.prisma", "straße.prisma", "user-account.prisma"]
[schema.format]
header = '''
// ==========
// {stem:upper} SCHEMA
// ==========
'''
separator = "\\n"
footer = "\\n"
""",
        below("prisma/schema", base=BASE)
        | {"prisma/schema/straße.prisma": model("Street")}
        | {"prisma/schema/user-account.prisma": USER},
    ),
    Row(
        "header-title.cjs",
        """\
[schema.format]
header = "/// {stem:title} Models\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        {
            "prisma/schema/base.prisma": BASE,
            "prisma/schema/blog_post.prisma": POST,
            "prisma/schema/user-account_v2.prisma": USER,
        },
    ),
    Row(
        "header-words-lower-case.mjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// models: {stem:words:lower}\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "end"
""",
        {
            "prisma/schema/Base-Settings.prisma": BASE,
            "prisma/schema/Blog_Post.prisma": POST,
            "prisma/schema/USER.prisma": USER,
        },
    ),
    Row(
        "header-path-nested-folders.mjs",
        """\
files = ["**/*.prisma"]
[schema.format]
header = "// Source: {path}\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        {
            "prisma/schema/base.prisma": BASE,
            "prisma/schema/content/blog/post.prisma": POST,
            "prisma/schema/content/tag.prisma": TAG,
            "prisma/schema/user/user.prisma": USER,
        },
    ),
    Row(
        "header-folder.mjs",
        """\
files = ["*/schema.prisma"]
[schema.format]
header = "// Module: {dir} ({dir:upper})\\n"
separator = "\\n"
""",
        {
            "src/modules/blog/schema.prisma": POST,
            "src/modules/core/schema.prisma": BASE,
            "src/modules/user/schema.prisma": USER,
        },
        directory="src/modules",
    ),
    Row(
        "header-not-before-first.cjs",
        """\
files = ["base.prisma", "models/*.prisma"]
[schema.format]
header = "// From {name}\\n"
first-header = false
separator = "\\n"
""",
        below("prisma", base=BASE) | MODELS,
        directory="prisma",
    ),
    Row(
        "group-headings.mjs",
        """\
files = ["base.prisma", "user.prisma", "post.prisma", "tag.prisma"]
[schema.format]
header = "// {stem}\\n"
separator = "\\n"
footer = "\\n"
[schema.format.headers]
"base.prisma" = '''
// ####################
// Core
// ####################

// {stem}
'''
"post.prisma" = '''
// ####################
// Content
// ####################

// {stem}
'''
""",
        LISTED | below("prisma/schema", tag=TAG),
    ),
    Row(
        "output-beside-sources.mjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// {dir}/{path}\\n"
separator = "\\n"
""",
        below("prisma", base=BASE, post=POST, user=USER),
        directory="prisma",
    ),
    Row(
        "literal-braces.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "// {{ generated }} { any } {\\n\\n"
header = "// {region} {{name}} {name:UPPER} {}\\n"
separator = "\\n// {endregion}\\n"
footer = "\\n// {endregion}\\n"
trim = "both"
""",
    ),
    # Banners and footers.
    Row(
        "date-in-banner.cjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = '''
// ---------------------------------------------
// Generated at {any}
// Do not edit this file; run npm run db:merge.
// ---------------------------------------------

'''
header = "// {name}\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
    ),
    Row(
        "settings-in-banner.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "{lines}\\n// ===== Models =====\\n\\n"
separator = "\\n"
""",
        MODELS,
        directory="prisma/models",
    ),
    Row(
        "settings-without-a-heading.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "{lines}\\n"
separator = "\\n"
""",
        below("prisma/models", post=POST, tag=TAG, user=USER),
        directory="prisma/models",
    ),
    Row(
        "settings-spelled-out.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = '''
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
  url      = "file:./dev.db"
}

'''
separator = "\\n"
""",
        MODELS,
        directory="prisma/models",
    ),
    Row(
        "count-and-date-in-footer.mjs",
        """\
files = ["*.prisma"]
[schema.format]
separator = "\\n"
footer = "\\n// {any} files, merged on {any}\\n"
""",
    ),
    Row(
        "wildcards-at-both-ends.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "// Built {any} by {any}\\n{lines}// models\\n\\n"
header = "// {name}\\n"
separator = "\\n\\n"
footer = "\\n\\n// end of models\\n// contents: {any}\\n// {any}\\n"
trim = "both"
""",
        below("prisma/models", post=POST, tag=TAG, user=USER),
        directory="prisma/models",
    ),
    Row(
        "directory-in-banner.mjs",
        f"""\
{LIST}
[schema.format]
banner = "// Merged from {{directory}}/ by combine.mjs\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        LISTED,
    ),
    # Newlines and encoding.
    Row(
        "crlf.mjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// {name}\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        {path: text.replace("\n", "\r\n") for path, text in USUAL.items()},
    ),
    Row(
        "crlf-sources-lf-headers.mjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// {name}\\n\\n"
separator = "\\n"
footer = "\\n"
""",
        {path: text.replace("\n", "\r\n") for path, text in USUAL.items()},
        exact=False,
    ),
    Row(
        "bom-removed.mjs",
        'files = ["*.prisma"]\n[schema.format]\nseparator = "\\n"\n',
        {path: f"\ufeff{text}" for path, text in USUAL.items()},
    ),
    Row(
        "bom-copied.mjs",
        'files = ["*.prisma"]\n[schema.format]\nseparator = "\\n"\n',
        USUAL | below("prisma/schema", base=f"\ufeff{BASE}", post=f"\ufeff{POST}"),
        exact=False,
    ),
    Row(
        "bom-crlf-and-date.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "// Generated {any}\\n\\n"
header = "// {name}\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        {path: text.replace("\n", "\r\n") for path, text in USUAL.items()},
        exact=False,
    ),
    Row(
        "unusual-line-separators.mjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// {name}\\n"
separator = "\\n\\n"
""",
        {
            path: f"// form feed \f, vertical tab \v\n// \x85, \u2028, \u2029\n// old Mac\r// too\n{text}"
            for path, text in USUAL.items()
        },
    ),
    Row(
        "non-ascii-names.mjs",
        """\
files = ["*.prisma"]
[schema.format]
banner = "// Aus {directory}\\n\\n"
header = "// ★ {name} ★\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        {
            "prisma/schéma/base.prisma": BASE,
            "prisma/schéma/größe.prisma": POST,
            "prisma/schéma/用户.prisma": USER,
        },
        directory="prisma/schéma",
    ),
    # Empty sources.
    Row(
        "empty-source.cjs",
        """\
files = ["*.prisma"]
[schema.format]
header = "// --- {name} ---\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        below("prisma/schema", base=BASE, empty="", post=POST, spaces=" \n\n", user=USER),
    ),
    Row(
        "empty-source-without-headers.cjs",
        'files = ["*.prisma"]\n[schema.format]\nseparator = "\\n"\n',
        below("prisma/schema", base=BASE, empty="", post=POST, user=USER),
    ),
    # Orders.
    Row(
        "unsorted-list.mjs",
        """\
files = ["user.prisma", "zebra.prisma", "base.prisma", "apple.prisma", "post.prisma"]
[schema.format]
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        below(
            "prisma/schema",
            user=USER,
            zebra=model("Zebra"),
            base=BASE,
            apple=model("Apple"),
            post=POST,
        ),
    ),
    Row(
        "order-by-path.mjs",
        'files = ["**/*.prisma"]\n[schema.format]\nseparator = "\\n"\nfooter = "\\n"\n',
        {
            "prisma/schema/Zebra.prisma": model("Zebra"),
            "prisma/schema/base.prisma": BASE,
            "prisma/schema/user-log.prisma": model("UserLog"),
            "prisma/schema/user.prisma": USER,
            "prisma/schema/user/tag.prisma": TAG,
            "prisma/schema/user10.prisma": model("Ten"),
            "prisma/schema/user9.prisma": model("Nine"),
        },
    ),
    Row(
        "base-first-then-the-rest.cjs",
        """\
files = ["main.prisma", "*.prisma"]
[schema.format]
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        below("prisma/schema", main=BASE, account=model("Account"), user=USER),
    ),
    Row(
        "folders-in-their-own-order.mjs",
        """\
files = ["config/*.prisma", "models/*.prisma", "enums/*.prisma"]
[schema.format]
separator = "\\n"
""",
        {
            "prisma/schema/config/datasource.prisma": BASE,
            "prisma/schema/models/post.prisma": POST,
            "prisma/schema/models/user.prisma": USER,
            "prisma/schema/enums/color.prisma": enum("Color"),
            "prisma/schema/enums/role.prisma": enum("Role"),
        },
    ),
    Row(
        "source-in-another-folder.mjs",
        """\
files = ["base.prisma", "../../common/enums.prisma", "user.prisma"]
[schema.format]
header = "// {path} in {dir}\\n\\n"
separator = "\\n"
""",
        {
            "services/api/prisma/base.prisma": BASE,
            "services/common/enums.prisma": enum("Role"),
            "services/api/prisma/user.prisma": USER,
        },
        directory="services/api/prisma",
        output="services/api/schema.prisma",
    ),
    Row(
        "drafts-left-out.mjs",
        """\
files = ["*.prisma"]
exclude = ["*.draft.prisma"]
[schema.format]
banner = "// Generated\\n\\n"
separator = "\\n\\n"
footer = "\\n"
trim = "both"
""",
        others={"prisma/schema/team.draft.prisma": model("Team")},
    ),
]
