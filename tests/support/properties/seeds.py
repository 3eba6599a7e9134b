"""Valid inputs, and parts of nearly valid ones."""

from prisma_combine.schema.format import OWN

BETWEEN = b"\n%%\n"
"""stands between the texts of one input"""
NAMES = ("a.prisma", "b.prisma", "c.prisma")
DIRECTORY = "d"
OUTPUT = "o.prisma"

RULE = b"// ============================================\n"
BODIES = (
    b'datasource db {\n  provider = "postgresql"\n}\n',
    b"model A {\n  b B[]\n}\n\nmodel B {\n  a A @relation(fields: [x])\n}\n",
    b"enum E {\n  F\n}\n",
)
SOURCES = BETWEEN.join(BODIES)
SCHEMA = b'[[schema]]\noutput = "o.prisma"\ndirectory = "d"\n'
LISTED = SCHEMA + b'files = ["a.prisma", "b.prisma", "c.prisma"]\n'
OWN_BANNER = OWN.banner.replace("{directory}", DIRECTORY).encode()


def own(*bodies: bytes) -> bytes:
    """Return a combined file in our own format."""
    parts = (
        RULE + b"// %s\n" % name.encode() + RULE + b"\n" + body.strip()
        for name, body in zip(NAMES, bodies, strict=False)
    )
    return OWN_BANNER + b"\n\n".join(parts) + b"\n"


COMBINED = own(*BODIES)
EDITED = own(BODIES[0], BODIES[1].replace(b"b B[]", b"b  B[]\n  c Int"), b"enum E {\n  F\n  G\n}\n")
TOML = b"""\
[[schema]]
output = "o.prisma"
directory = "d"
files = ["a.prisma", "b.prisma", "../c.prisma", "**/*.prisma"]
exclude = ["**/old/*.prisma", "!x"]
command = "npm run prisma:merge"

[schema.format]
banner = '''
// {directory} {any}
'''
header = "// {name} {stem:upper} {dir:words:title}\\n"
first-header = false
headers = { "a.prisma" = "// first\\n" }
separator = "\\n\\n"
footer = "{lines}\\n"
trim = "both"

[[schema]]
output = "p/o.prisma"
directory = "."
"""

OF_TEXT = (
    *(b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80"),
    *(b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xc3\xa9"),
    *(b'"', b"\\", b"{", b"}", b"(", b")", b"/", b"/*", b"*/", b"//", b"///", b"=", b"@"),
    *(b"model A {\n", b"model", b"enum E {", b"  b  B[]\n", b"}\n", b"x {\n", b"A", b"B[]", b"F\n"),
    *(b"@relation(", b"fields: [", b"datasource db {\n", b"\n\n", b"// a\n", b"/// a\n"),
)
OF_TEMPLATES = (
    *(b"{any}", b"{lines}", b"{name}", b"{stem:upper}", b"{path}", b"{dir:words:title}", b"{x}"),
    *(b"{directory}", b"a", b"b", b"ab", b"\n", b"\r\n", b"{", b"}", BETWEEN),
)
OF_FORMATS = (
    *OF_TEXT,
    *(BETWEEN, RULE, b"// a.prisma\n", b"// b.prisma", b"// x.prisma\n", OWN_BANNER),
    *(b"<<<<<<< ours\n", b"||||||| base\n", b"=======\n", b">>>>>>> theirs\n"),
    *(b"{any}", b"{lines}", b"{name}", b"{stem:title}", b"none", b"end", b"both", b"1"),
    *BODIES,
)
OF_PATTERNS = (
    *(b"*", b"**", b"/", b"?", b"[a-z]", b"[!a]", b"[", b"]", b"!", b"-", b".", b"..", b"./"),
    *(b"a", b"b", b".prisma", BETWEEN, b"\\", b"\n"),
)
OF_TOML = (
    *(b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff", b'"', b"'", b'"""', b"\\u0000", b"\\", b"#", b" "),
    *(b"[[schema]]\n", b"[schema]\n", b"schema", b"output", b"directory", b"files", b"exclude"),
    *(b' = "', b" = [", b"]\n", b" = {", b"}", b"a.prisma", b"../", b"./", b"/", b"**", b", "),
    *(b"=", b"[", b"true", b"1979-05-27", b"1e9", b"0x", b"nan", b"9" * 20, b".", b"o.prisma"),
    *(b'directory = "d"\n', b'output = "o.prisma"\n', b'files = ["a.prisma"]\n', b"\xe2\x80\xa8"),
    *(b"[schema.format]\n", b"banner", b"header", b"first-header = false\n", b"headers.", b"trim"),
    *(b"{any}", b"{lines}", b"{name}", b"separator", b"footer", b'command = "', b"'''"),
)
OF_REPORTS = (
    *OF_FORMATS,
    *(b"::error::a", b"::stop-commands::x", b"##[error]", b"%0A", b"```", b"~~~~", b"</details>"),
    *(b"| a |", b"<b>", b"\x1b[2J", b"\xe2\x80\xae", b"\xe3\x85\xa4", b"[a](b)", b"https://a"),
    *(b"&amp;", b"_", b"*"),
)
COMMANDS = (
    b"check",
    b"check --fix",
    b"check --format json",
    b"check --format=github",
    b"check --verbose --color always",
    b"check --staged",
    b"check --quiet d/a.prisma",
    b"combine",
    b"combine --stdout",
    b"adopt",
    b"adopt --dry-run",
    b"audit",
    b"audit --format json",
    b"audit --format markdown --all",
    b"locate",
    b"locate o.prisma:9",
    b"init",
    b"init --dry-run --directory d --output o.prisma",
)
OF_PROGRAMS = (*OF_REPORTS, *OF_TOML, *COMMANDS, b"--fix ", b"--format ", b"--config=", b"prisma:")

LANGUAGE = (
    *BODIES,
    b'// a\n/* b\n */ enum E {\n  F @map("}") // }\n}\nx { y { } }\n}\n',
    b"type T {\n  u A? @relation(fields: [v]) /*\n",
)
CONFIGURATIONS = (
    TOML,
    TOML.replace(b'"o.prisma"', b'"../o.prisma"'),
    b"a = " + b"9" * 4_400,
    b"a = " + b"[" * 3_000 + b"]" * 3_000,
    b"a = " + b"{a=" * 900 + b"1" + b"}" * 900,
    TOML.replace(b"\n", b"\r\n"),
    b'schema = [{output = "o.prisma", directory = "d"}]\n',
)
TEMPLATES = tuple(
    BETWEEN.join(parts)
    for parts in (
        (b"// {any}\n", b"x", b"\n{lines}", b"// today\nx\n\nmodel A {\n}\n"),
        (b"{lines}// {any} b\n", b"", b"", b"a\n\n// a b b\n"),
        (b"a{any}b{any}c", b"\n", b"{any}", b"a b b c\n"),
    )
)
FORMATS = tuple(
    BETWEEN.join((*parts, SOURCES))
    for parts in (
        (b"// top\n\n", b"// {name}\n", b"\n\n", b"\n", b"both", b"1"),
        (b"", b"", b"", b"", b"none", b""),
        (b"", b"/* {stem:upper} */\n", b"\n", b"", b"end", b""),
        (b"// {directory} {any}\n", b"", b"\n\n", b"{lines}\n", b"both", b"1"),
    )
)
PATTERNS = tuple(
    BETWEEN.join(parts)
    for parts in (
        (b"**/*.prisma", b"a/b/c.prisma"),
        (b"a?[b-d]/**", b"abc/x/y.prisma"),
        (b"*.test.prisma", b"sub/x.test.prisma"),
        (b"./a/../b.prisma", b"b.prisma"),
    )
)
ALIGNMENTS = tuple(
    BETWEEN.join((OWN_BANNER, OWN.header.encode(), b"\n\n", b"\n", b"both", b"1", *rest))
    for rest in (
        (COMBINED, SOURCES),
        (EDITED, SOURCES),
        (own(*BODIES[::-1]), SOURCES),
        (COMBINED + EDITED, SOURCES),
        (b"model A {\n}\n" + COMBINED, SOURCES),
        (own(BODIES[2], *BODIES[1:]), SOURCES),
        (COMBINED.replace(b"  ", b"   "), SOURCES),
    )
)
LISTINGS = tuple(
    BETWEEN.join((toml, b"a.prisma\nd/a.prisma\nd/b/c.prisma\nc.prisma\no.prisma\nd/old/x.prisma"))
    for toml in (TOML, SCHEMA, LISTED, SCHEMA + b'files = ["../*.prisma", "b/**", "*"]\n')
)
HURTFUL = b"// ::error::a\n// ````\n// ##[error]a\n// \x1b[2J\n"
HOSTILE = (
    HURTFUL,
    b"\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xff",
    b"@@ -1 +1 @@ a\n-a\r\n+b\r\n",
)
PROGRAMS = (
    *(
        BETWEEN.join((line, toml, one, SOURCES, b"error: o.prisma:9\n"))
        for line in COMMANDS
        for toml, one in (
            (LISTED, COMBINED),
            (SCHEMA, EDITED),
            (LISTED, own(BODIES[0], HURTFUL, BODIES[2])),
            (SCHEMA + b'[schema.format]\nseparator = "\\n"\n', b"\n".join(BODIES)),
        )
    ),
    BETWEEN.join((b"combine", TOML, b"", SOURCES, BODIES[2])),
    # New text that is in both is in the diff with nothing but a blank before it.
    BETWEEN.join((b"check --format github", LISTED, own(HURTFUL), HURTFUL + b"// x\n")),
)
