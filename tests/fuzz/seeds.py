"""What the engines begin with: valid inputs, and what such are made of."""

from fuzz.texts import BETWEEN, DIRECTORY, NAMES
from prisma_combine.combined import RULE, render

HEAD = f"{RULE}\n// %b 00000000000%d\n{RULE}\n\n".encode()
BANNER = render(DIRECTORY, []).encode()
BODIES = (
    b'datasource db {\n  provider = "postgresql"\n}\n',
    b"model A {\n  b B[]\n}\n",
    b"enum E {\n}\n",
)


def whole(*bodies: bytes) -> bytes:
    """A combined file with these bodies, whose stamps are numbers yet."""
    heads = [HEAD % (name.encode(), number) for number, name in enumerate(NAMES)]
    return BANNER + b"\n".join(head + body for head, body in zip(heads, bodies, strict=False))


COMBINED = whole(*BODIES)
EDITED = whole(BODIES[0], b"model A {\n  b  B[]\n  c Int\n}\n", b"enum E {\n  F\n}\n")
SOURCES = BETWEEN.join(BODIES)
TOML = b"""\
[[schema]]
output = "o.prisma"
directory = "d"
files = ["a.prisma", "b.prisma", "../c.prisma"]
exclude = ["**/old/*.prisma"]

[[schema]]
output = "p/o.prisma"
directory = "."
"""
SCRIPT = b"""\
const files = ['a.prisma', "b.prisma", `c.prisma`] // d.prisma
const skipped = ["x.prisma"]
/* join(__dirname, 'd', "a.prisma") */
const out = path.join(process.cwd(), 'src', "o.prisma")
fs.writeFileSync(out, files.map((name) => readFileSync(`${d}/${name}`)).filter(endsWith('.prisma')))
"""
COMMAND = b"node ./s.js && prisma generate || cat d/*.prisma > o.prisma ; tsc"

OF_TEXT = (
    *(b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80"),
    *(b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xc3\xa9"),
    *(b'"', b"\\", b"{", b"}", b"(", b")", b"/", b"/*", b"*/", b"//", b"///", b"=", b"@"),
    *(b"model A {\n", b"model", b"enum E {", b"  b  B[]\n", b"}\n", b"x {\n", b"A", b"B[]", b"F\n"),
    *(
        b"@relation(",
        b"fields: [",
        b"datasource db {\n",
        b"\n\n",
        b"// a\n",
        b"/// a\n",
        b"::error::",
    ),
)
OF_COMBINED = (
    *OF_TEXT,
    *(BETWEEN, BANNER, RULE.encode() + b"\n", RULE.encode()),
    *(HEAD % (name.encode(), number) for number, name in enumerate(NAMES)),
    *(b"// a.prisma 000000000000\n", b"// b.prisma 000000000001", b"// a.prisma 000000000003\n"),
    *(b"// x.prisma 0123456789ab\n", b"000000000002", b".prisma "),
    *(b"<<<<<<< ours\n", b"||||||| base\n", b"=======\n", b">>>>>>> theirs\n"),
    *BODIES,
)
OF_TOML = (
    *(b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff", b'"', b"'", b'"""', b"\\u0000", b"\\", b"#", b" "),
    *(b"[[schema]]\n", b"[schema]\n", b"schema", b"output", b"directory", b"files", b"exclude"),
    *(b' = "', b" = [", b"]\n", b" = {", b"}", b"a.prisma", b"../", b"./", b"/", b"**", b", "),
    *(b"=", b"[", b"true", b"1979-05-27", b"1e9", b"0x", b"nan", b"9" * 20, b".", b"o.prisma"),
    *(b'directory = "d"\n', b'output = "o.prisma"\n', b'files = ["a.prisma"]\n', b"\xe2\x80\xa8"),
)
OF_SCRIPTS = (
    *OF_TEXT,
    *(BETWEEN, b".prisma", b"a.prisma", b"../", b"*.prisma", b"'", b"`", b"${", b"[", b"]", b", "),
    *(b"join(", b"resolve(", b"__dirname, ", b"writeFile", b"exclude", b"!", b"#", b"rem ", b"::"),
    *(b" > ", b" && ", b" || ", b"; ", b"s.js", b"node ", b"prisma-merge", b".js", b".sh", b".py"),
    *(b"package.json", b"process.cwd()", b"'/'", b"schemas"),
)
OF_OUTPUT = (
    *OF_TEXT,
    *(b"o.prisma:", b"o.prisma", b"./", b"\\", b":", b"1", b"9", b"13", b"\x1b[1m", b"\x1b[m"),
)
OF_REPORTS = (
    *OF_COMBINED,
    *(
        b"::stop-commands::x",
        b"##[error]",
        b"%0A",
        b"```",
        b"~~~~",
        b"</details>",
        b"| a |",
        b"<b>",
    ),
    *(b"\x1b[2J", b"\xe2\x80\xae", b"\xe3\x85\xa4", b"[a](b)", b"https://a", b"&amp;", b"_", b"*"),
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
    b"locate",
    b"locate o.prisma:9",
    b"merge-driver o.prisma x.prisma d/a.prisma o.prisma",
    b"init",
    b"init --dry-run --directory d --output o.prisma",
)
OF_PROGRAMS = (*OF_REPORTS, *OF_TOML, *OF_SCRIPTS, *COMMANDS, b"--fix ", b"--format ", b"--config=")

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
COMBINED_FILES = tuple(
    BETWEEN.join((one, SOURCES))
    for one in (
        COMBINED,
        COMBINED.replace(b"\n", b"\r\n"),
        EDITED,
        EDITED + BETWEEN.join((b"", SOURCES, BODIES[1])),
        COMBINED.replace(b"  ", b"\t"),
        whole(*BODIES[::-1]),
        BANNER + COMBINED,
        BANNER + b"model B {\n}\n\n" + COMBINED,
        COMBINED + EDITED.removeprefix(BANNER),
        COMBINED.replace(b"enum E", b"<<<<<<< a\nenum E"),
        BETWEEN.join((BANNER, b"\xff", b"\xff", b"\xff")),
    )
)
MERGES = (
    BETWEEN.join((COMBINED, EDITED, COMBINED, SOURCES)),
    BETWEEN.join((COMBINED, EDITED, COMBINED.replace(b"enum E", b"enum F"), SOURCES)),
    BETWEEN.join((COMBINED, whole(*BODIES[:2]), EDITED, SOURCES)),
    BETWEEN.join((b"", whole(*BODIES[:1]), whole(*BODIES[:2]), SOURCES)),
)
SCRIPTS = (
    *(BETWEEN.join((path, SCRIPT, COMMAND)) for path in (b"s.js", b"s.sh", b"a/s.py", b"/s.js")),
    BETWEEN.join(
        (
            b"package.json",
            b'{"scripts": {\n  "a": "prisma-merge d/*.prisma -o o.prisma"\n}}',
            COMMAND,
        )
    ),
)
OUTPUTS = (
    b"error: o.prisma:9\n  --> ./o.prisma:17:3\n",
    b"o.prisma:1 o.prisma:999\n",
    b"\x1b[1mo.prisma\x1b[m:\x1b[2m13\x1b[m\n",
)
HURTFUL = b"::error::a\n````\n##[error]a\n\x1b[2J\n"
HOSTILE = whole(BODIES[0], HURTFUL).replace(b"// b.prisma", b"// \xff::error::.prisma")
REPORTS = (
    *(
        BETWEEN.join((one, b"b", b"a message", SOURCES))
        for one in (COMBINED, EDITED, HOSTILE, b"", BODIES[0])
    ),
    # What stands in both is in the diff with nothing but a blank before it.
    BETWEEN.join((whole(HURTFUL), b"", b"", HURTFUL + b"x\n")),
)
PROGRAMS = (
    tuple(
        BETWEEN.join((line, b"", one, SOURCES, b"error: o.prisma:9\n"))
        for line in COMMANDS[:-2]
        for one in (COMBINED, EDITED, HOSTILE)
    )
    + tuple(
        BETWEEN.join((line, b'{"scripts": {"a": "node s.js && tsc"}}', b"", SOURCES, SCRIPT))
        for line in COMMANDS[-2:]
    )
    + (BETWEEN.join((b"combine", TOML, b"", SOURCES, BODIES[2])),)
)
