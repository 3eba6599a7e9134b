"""What users do to a repository that a check has something to say about."""

import re

from support.repository import (
    BASE,
    CONFIG,
    OUTPUT,
    POST,
    SOURCES,
    USER,
    Repository,
    edit_source,
)

TEAM = f"""{CONFIG}command = "cat {BASE} {USER} {POST} > {OUTPUT}"
[schema.format]
"""
"""the team joins the files with a command of its own"""

SHOP = "apps/checkout/schema.prisma"
CART = "apps/checkout/schema/cart.prisma"
ITEM = "apps/checkout/schema/item.prisma"
TWO = f'{CONFIG}[[schema]]\noutput = "{SHOP}"\ndirectory = "apps/checkout/schema"\n'
TWO_SOURCES = SOURCES | {
    f"../../{CART}": "model Cart {\n  id Int @id\n}\n",
    f"../../{ITEM}": "model Item {\n  id Int @id\n}\n",
}
"""for two schemas"""

ENUMS = "prisma/common/enums.prisma"
SPREAD = CONFIG.replace('"post.prisma"', '"sub/post.prisma", "../common/enums.prisma"')
SPREAD_SOURCES = {
    "base.prisma": SOURCES["base.prisma"],
    "user.prisma": SOURCES["user.prisma"],
    "sub/post.prisma": SOURCES["post.prisma"],
    "../common/enums.prisma": "enum Kind {\n  A\n}\n",
}
"""for sources in folders below the directory and beside it"""

BLANKS = SOURCES | {"post.prisma": SOURCES["post.prisma"].replace("@id\n", "@id   \n")}
"""with trailing blanks"""

TAG = "prisma/schema/tag.prisma"
TOML = "prisma-combine.toml"

IN_HOOK = {"GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": ""}
"""what git sets for a hook"""
MANAGED = IN_HOOK | {"PRE_COMMIT": "1"}
"""what pre-commit and prek add"""
PARTIAL = IN_HOOK | {"GIT_INDEX_FILE": ".git/next-index-12.lock"}
"""what git sets for `git commit PATH`"""


def nothing(_: Repository) -> None:
    """Leave everything as it is."""


# In the combined file.


def add_lines(repository: Repository) -> None:
    """Add two fields by hand."""
    repository.replace("@unique\n", "@unique\n  phone String\n  fax   String\n")


def add_line(repository: Repository) -> None:
    """Add a field by hand."""
    repository.replace("@unique\n", "@unique\n  phone String\n")


def change_line(repository: Repository) -> None:
    """Change a field by hand."""
    repository.replace("email String @unique", "email String")


def delete_line(repository: Repository) -> None:
    """Delete a field by hand."""
    repository.replace("  email String @unique\n", "")


def add_and_delete(repository: Repository) -> None:
    """Add two fields and delete another by hand."""
    add_lines(repository)
    repository.replace("  id    Int    @id\n", "")


def change_many(repository: Repository) -> None:
    """Change 23 fields by hand."""
    fields = "".join(f"  f{number} Int\n\n\n\n\n\n\n\n" for number in range(23))
    repository.write(USER, f"model User {{\n{fields}}}\n")
    repository.tool("combine")
    repository.commit()
    repository.write(OUTPUT, re.sub(r"( f\d+) Int", r"\1 BigInt", repository.read()))


def edit_banner(repository: Repository) -> None:
    """Add a line above all sections."""
    repository.write(OUTPUT, "// mine\n" + repository.read())


def edit_banner_and_model(repository: Repository) -> None:
    """Add lines above all sections and in one."""
    edit_banner(repository)
    add_lines(repository)


def delete_section(repository: Repository) -> None:
    """Delete the last section, header included."""
    rule = "\n// ============================================\n// post.prisma"
    repository.write(OUTPUT, repository.read().partition(rule)[0])


def edit_both(repository: Repository) -> None:
    """Edit a model by hand, and its source elsewhere."""
    add_lines(repository)
    edit_source(repository)


def edit_same_lines(repository: Repository) -> None:
    """Edit one line by hand, and in the source in another way."""
    change_line(repository)
    repository.replace("email String @unique", "email Int", USER)


def edit_and_change_others(repository: Repository) -> None:
    """Edit a model by hand, and change two other sources."""
    add_lines(repository)
    repository.replace("authorId Int", "authorId BigInt", POST)
    repository.replace("postgresql", "sqlite", BASE)


def realign(repository: Repository) -> None:
    """Change blanks within a line."""
    repository.replace("  id    Int    @id", "  id Int @id")


def realign_all(repository: Repository) -> None:
    """Change blanks in every section."""
    repository.write(OUTPUT, repository.read().replace("  ", " "))


def trim(repository: Repository) -> None:
    """Strip trailing blanks, as a hook does."""
    repository.write(OUTPUT, repository.read().replace("@id   \n", "@id\n"))


def lower_banner(repository: Repository) -> None:
    """Put a blank line on top."""
    repository.write(OUTPUT, "\n" + repository.read())


PULLED = """\
datasource db {
  provider = "postgresql"
}

model User {
  id    Int    @id
  email String @unique
  nick  String?
  posts Post[]
}

model Post {
  id       Int  @id
  authorId Int
  author   User @relation(fields: [authorId], references: [id])
}
"""


def pull(repository: Repository) -> None:
    """Do what `prisma db pull` does when the database has a new column."""
    repository.write(OUTPUT, PULLED)


def pull_the_same(repository: Repository) -> None:
    """Do what `prisma db pull` does when the database has nothing new."""
    repository.write(OUTPUT, PULLED.replace("  nick  String?\n", ""))


def pull_less(repository: Repository) -> None:
    """Do what `prisma db pull` does when the database lacks a table."""
    repository.write(OUTPUT, PULLED.partition("\nmodel Post")[0])


def replace_all(repository: Repository) -> None:
    """Write something that has nothing to do with the sources."""
    repository.write(OUTPUT, "model Other {\n  id Int @id\n}\n")


def pull_with_comment(repository: Repository) -> None:
    """Write a comment above the models of what was pulled."""
    repository.write(OUTPUT, f"// mine\n\n{PULLED}")


def conflict(repository: Repository) -> None:
    """Merge a branch, so that the combined file has a conflict."""
    repository.git("checkout", "--quiet", "-b", "theirs")
    repository.replace("posts Post[]\n", "posts Post[]\n  a Int\n", USER)
    repository.tool("combine")
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    repository.replace("posts Post[]\n", "posts Post[]\n  b Int\n", USER)
    repository.tool("combine")
    repository.commit()
    assert repository.run("git", "merge", "theirs").code == 1
    clean = repository.read(USER).replace("<<<<<<< HEAD\n", "").replace("=======\n", "")
    repository.write(USER, clean.replace(">>>>>>> theirs\n", ""))


def delete(repository: Repository) -> None:
    """Delete the combined file."""
    repository.remove(OUTPUT)


def delete_staged(repository: Repository) -> None:
    """Delete the combined file with git."""
    repository.git("rm", "--quiet", OUTPUT)


def delete_with_edit(repository: Repository) -> None:
    """Commit an edit by hand, then delete the combined file."""
    add_lines(repository)
    repository.commit()
    repository.remove(OUTPUT)


def never_combine(repository: Repository) -> None:
    """Have no combined file yet."""
    delete_staged(repository)
    repository.commit()


# In the sources and the configuration.


def reorder(repository: Repository) -> None:
    """List the sources in another order."""
    repository.replace('"user.prisma", "post.prisma"', '"post.prisma", "user.prisma"', TOML)


def exclude(repository: Repository) -> None:
    """Exclude a source."""
    repository.replace(', "post.prisma"]', ']\nexclude = ["post.prisma"]', TOML)


def change_format(repository: Repository) -> None:
    """Change the headers."""
    repository.write(TOML, CONFIG + '[schema.format]\nheader = "// {name}\\n"\n')


def add_source(repository: Repository) -> None:
    """Write a source that isn't listed."""
    repository.write(TAG, "model Tag {\n  id Int @id\n}\n")


def list_source(repository: Repository) -> None:
    """List that source."""
    repository.replace('"post.prisma"', '"post.prisma", "tag.prisma"', TOML)


def add_listed_source(repository: Repository) -> None:
    """Write a source and list it."""
    add_source(repository)
    list_source(repository)


def add_source_and_edit(repository: Repository) -> None:
    """Write a source that isn't listed, and edit a model by hand."""
    add_source(repository)
    add_lines(repository)


def forget_source(repository: Repository) -> None:
    """Combine a new source and stage everything but it."""
    add_listed_source(repository)
    repository.tool("combine")
    repository.git("add", "--update")


def delete_source(repository: Repository) -> None:
    """Delete a source with git."""
    repository.git("rm", "--quiet", POST)


def unlist_source(repository: Repository) -> None:
    """Take that source off the list."""
    repository.replace(', "post.prisma"', "", TOML)


def define_twice(repository: Repository) -> None:
    """Define a model that another source has."""
    repository.write(POST, repository.read(POST) + "\nmodel User {\n  id Int @id\n}\n")


def define_once(repository: Repository) -> None:
    """Delete that model."""
    repository.write(POST, repository.read(POST).partition("\nmodel User")[0])


def make_two_mistakes(repository: Repository) -> None:
    """Define a model twice, and leave a brace."""
    define_twice(repository)
    repository.write(BASE, repository.read(BASE) + "}\n")


def correct_two_mistakes(repository: Repository) -> None:
    """Correct both."""
    define_once(repository)
    repository.write(BASE, repository.read(BASE).removesuffix("}\n"))


def ignore_output(repository: Repository) -> None:
    """Let git ignore the combined file, and change a source."""
    repository.write(".gitignore", "schema.prisma\n")
    repository.git("rm", "--quiet", "--cached", OUTPUT)
    repository.commit()
    edit_source(repository)


def edit_enum(repository: Repository) -> None:
    """Edit the section of a source beside the directory."""
    repository.replace("  A\n", "  A\n  B\n")


# What is staged.


def stage_source_only(repository: Repository) -> None:
    """Combine, but stage the source only."""
    edit_source(repository)
    repository.git("add", "--all")
    repository.tool("combine")


def stage_stale(repository: Repository) -> None:
    """Stage a source and don't combine."""
    edit_source(repository)
    repository.git("add", "--all")


def stage_edit(repository: Repository) -> None:
    """Stage an edit by hand."""
    add_lines(repository)
    repository.git("add", "--all")


def commit_source_only(repository: Repository) -> None:
    """Stage everything, and name only the source in the commit."""
    edit_source(repository)
    repository.tool("combine")
    repository.git("add", "--all")
    index, temporary = repository.root / ".git/index", repository.root / PARTIAL["GIT_INDEX_FILE"]
    staged = index.read_bytes()
    repository.git("reset", "--quiet", OUTPUT)
    index.replace(temporary)
    index.write_bytes(staged)


# What is known of the past.


def be_shallow(repository: Repository) -> None:
    """Be a clone of depth 1."""
    edit_source(repository)
    repository.tool("combine")
    repository.commit()
    head = repository.git("rev-parse", "HEAD")
    repository.write(".git/shallow", head)
    _forget(repository)


def add_lines_to_shallow(repository: Repository) -> None:
    """Add fields by hand in a clone of depth 1."""
    be_shallow(repository)
    add_lines(repository)


def change_line_of_shallow(repository: Repository) -> None:
    """Change a field by hand in a clone of depth 1."""
    be_shallow(repository)
    change_line(repository)


def start_over(repository: Repository) -> None:
    """Be a repository without a commit, and edit a model by hand."""
    leave_git(repository)
    repository.git("init", "--quiet", "--template=")


def leave_git(repository: Repository) -> None:
    """Be no repository, and edit a model by hand."""
    (repository.root / ".git").rename(repository.root.parent / f"{repository.root.name}-git")
    add_lines(repository)


def _forget(repository: Repository) -> None:
    """Remove what prisma-combine remembers."""
    for file in (repository.root / ".git/prisma-combine").glob("*"):
        file.unlink()


# Two schemas.


def stale_and_edited(repository: Repository) -> None:
    """Change a source of one, and edit the other by hand."""
    edit_source(repository)
    repository.replace("model Cart {\n", "model Cart {\n  sum Int\n", SHOP)


def both_stale(repository: Repository) -> None:
    """Change a source of each."""
    edit_source(repository)
    repository.replace("Int @id", "BigInt @id", CART)


def edited_and_missing(repository: Repository) -> None:
    """Edit one by hand, and delete the other."""
    add_lines(repository)
    repository.remove(SHOP)


def edited_and_realigned(repository: Repository) -> None:
    """Edit one by hand, and change the layout of the other."""
    add_lines(repository)
    repository.replace("model Cart {\n", "model Cart {\n\n", SHOP)


def edited_and_invalid(repository: Repository) -> None:
    """Edit one by hand, and make a mistake in the other's sources."""
    add_lines(repository)
    repository.write(ITEM, "model Cart {\n  id Int @id\n}\n")


def correct_item(repository: Repository) -> None:
    """Correct that mistake."""
    repository.write(ITEM, "model Item {\n  id Int @id\n}\n")
