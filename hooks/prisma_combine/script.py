"""What a script that joins .prisma files says of them; it is read, never run."""

import posixpath
import re
from bisect import bisect
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

_SLASHES = frozenset({".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"})
_HASHES = frozenset({".py", ".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd"})
_NAMED = frozenset({"makefile", "justfile", "package.json"})
_TEST = re.compile(r"\.(?:test|spec)\.|(?:^|/)(?:tests?|__tests__|specs?|e2e)/")

# Strings stand first, so that the `/*` of a "models/*.prisma" begins no comment.
_SLASH_COMMENT = re.compile(
    r"""  "[^"\n]*" | '[^'\n]*' | `[^`\n]*`
        | ( (?<!:)//[^\n]* | /\*(?s:.)*?(?:\*/|\Z) )""",
    re.VERBOSE,
)
_HASH_COMMENT = re.compile(r"((?<!\S)(?:\#|::|(?i:rem)\s)[^\n]*)")

_JOIN = re.compile(r"\b(?:join|resolve)\(([^()]*)\)")
_QUOTED = re.compile(r"""(["'`])([^"'`\n]*)\1""")
_SLASHED = re.compile(r"""["']\s*/\s*["']""")
_WORD = re.compile(r"[\w@.-]+")
_LIST = re.compile(r"\[[^\[\]]*\]")
_LEFT_OUT = re.compile(r"(?:(?i:exclu|ignor|skip|omit)\w*\W{0,9}\w{0,20}\W{0,9}|!)\Z")
_NAME = re.compile(r"\.prisma(?![\w-]|\.\w)")
_VARIABLE = re.compile(r"[${}%~:]")
_ENDS = frozenset(" \t\n\"'`,;|<>()[]=")
_QUOTES = frozenset("\"'`")
_LONGEST = 300
_MOST = 1000

_WRITES = re.compile(r"(?i:write|appendfile|outputfile|set-content|add-content|out-file)")
_JOINS = re.compile(r">|\bprisma-(?:merge|import)\b|\bprismerge\b|\bprismix\b")


class Mention(NamedTuple):
    """A word that ends in `.prisma`."""

    word: str
    line: int
    group: int
    """which bracketed list it stands in; 0 for none"""


class Script(NamedTuple):
    """A script that writes something, and the .prisma files that it speaks of."""

    path: str
    """relative to the root, with `/`"""
    mentions: tuple[Mention, ...]
    folder_line: int
    """where it takes whatever a folder holds; 0 where it names each file"""
    words: frozenset[str]
    """every word in it, folders' names among them"""


class Reading(NamedTuple):
    """What a script says of one target. Paths are relative to the root."""

    script: str
    line: int
    """where the order begins; 0 where there is none"""
    order: tuple[str, ...]
    """the sources that it names"""
    unknown: tuple[str, ...]
    """what it lists among them that is none"""
    folder_line: int
    """where it takes whatever the folder holds; 0 where it names each file"""


def may_be(path: str) -> bool:
    """Whether a file can be a script that combines, by its path."""
    name = posixpath.basename(path).lower()
    suffix = posixpath.splitext(name)[1]
    return (suffix in _SLASHES or suffix in _HASHES or name in _NAMED) and not _TEST.search(path)


def read(path: str, text: str) -> Script | None:
    """The script that a text holds; None where it joins nothing, or nobody wrote it by hand."""
    text = text.replace("\r\n", "\n")
    text = _commands(text) if path.endswith("package.json") else _code(path, text)
    lists = [found.span() for found in _LIST.finditer(text)]
    starts = [start for start, _ in lists]
    mentions, folder_line = [], 0
    line, counted = 1, 0
    words = list(islice(_words(text), _MOST))
    for at, word in words:
        line += text.count("\n", counted, at)
        counted = at
        group = bisect(starts, at)
        if not group or at > lists[group - 1][1]:
            group = 0
        if "*" in word or word.endswith("\\.prisma") or _is_ending(text, at, word):
            folder_line = folder_line or line
        elif word != ".prisma" and not (group and _left_out(text, starts[group - 1])):
            mentions.append(Mention(word, line, group))
    if not (mentions or folder_line) or len(words) == _MOST:
        return None
    return Script(path, tuple(mentions), folder_line, frozenset(_WORD.findall(text)))


def reading(
    script: Script, sources: Collection[str], directory: str, output: str, others: Collection[str]
) -> Reading | None:
    """What a script says of a target; None where it is about something else.

    `output` is empty where it is not known; `others` are .prisma files that it may mean instead.
    """
    words = {mention.word for mention in script.mentions}
    paths = {word: resolve(word, script.path, [*sources, output], others) for word in words}
    groups: dict[int, set[str]] = {}
    for mention in script.mentions:
        path = paths[mention.word]
        if mention.group and path is not None and path in sources:
            groups.setdefault(mention.group, set()).add(path)
    best = max(groups, key=lambda group: len(groups[group]), default=0)
    listed = groups[best] if best and len(groups[best]) > 1 else set()
    named: dict[str, int] = {}
    unknown: dict[str, None] = {}
    for mention in script.mentions:
        path, in_list = paths[mention.word], bool(listed) and mention.group == best
        if path is None and in_list:
            unknown[mention.word] = None
        elif path in sources and (in_list or path not in listed):
            named.setdefault(str(path), mention.line)
    here = posixpath.basename(directory) in script.words or (
        posixpath.dirname(script.path) == directory
    )
    takes_all = script.folder_line and here and (not output or output in paths.values())
    if len(named) < 2 and not takes_all:
        return None
    line = min((named[path] for path in listed or named), default=0)
    return Reading(script.path, line, tuple(named), tuple(unknown), script.folder_line)


def outputs(script: Script, sources: Collection[str], others: Collection[str]) -> Iterator[Mention]:
    """What a script names that is no source and stands in no list: the file that it writes."""
    for mention in script.mentions:
        if not mention.group and resolve(mention.word, script.path, sources, others) not in sources:
            yield mention


def resolve(
    word: str, script: str, paths: Collection[str], others: Collection[str] = ()
) -> str | None:
    """The one of the paths that a word in a script can mean, if it is one.

    Where it is a path to one of the `others`, it is that one.
    """
    known = literal(word)
    if "/" in known:
        for folder in around(script):
            exact = posixpath.normpath(posixpath.join(folder, known))
            if exact in paths or exact in others:
                return exact
    parts = [part for part in known.rpartition("../")[2].split("/") if part != "."]
    fits: dict[str, int] = {}
    for path in paths:
        own = path.split("/")
        same = 0
        while same < min(len(parts), len(own)) and parts[-1 - same] == own[-1 - same]:
            same += 1
        # What is relative is the end of our path; our path is the end of what is absolute.
        if same and same in (len(parts), len(own)):
            fits[path] = same
    most = max(fits.values(), default=0)
    best = [path for path, same in fits.items() if same == most]
    return best[0] if len(best) == 1 else None


def around(path: str) -> Iterator[str]:
    """The folder of a file and those above it, up to the root, which is empty."""
    while path.strip("/"):
        path = posixpath.dirname(path)
        yield path


def literal(word: str) -> str:
    """What stands in a path after the last variable: all that is known of it."""
    parts = word.replace("\\", "/").split("/")
    variables = [at for at, part in enumerate(parts) if _VARIABLE.search(part)]
    known = parts[variables[-1] + 1 :] if variables else parts
    return "/".join(part for part in known if part)


def replaced(command: str, script: str, by: str) -> str | None:
    """A `package.json` command with `by` in place of what runs a script; None if nothing does.

    Where the script is the `package.json` itself, what joins .prisma files is replaced.
    """
    name = posixpath.basename(script)
    runs = re.compile(rf"(?<![^\s/\"'\\]){re.escape(name)}(?![^\s\"'])")
    # Blanks are tried where a run of them begins and nowhere in it: that takes no square of time.
    steps = re.split(r"((?:(?<!\s)\s+)?(?:&&|\|\||;)\s*)", command)
    kept: list[str] = []
    for step, after in zip(steps[::2], [*steps[1::2], ""], strict=True):
        joins = ".prisma" in step and _JOINS.search(step)
        new = by if (joins if name == "package.json" else runs.search(step)) else step
        if new == by and by in kept[-2:-1]:
            kept[-1] = after
        else:
            kept += new, after
    return "".join(kept) if by in kept else None


def _code(path: str, text: str) -> str:
    """A script without comments, each joined path one word; empty where it writes nothing."""
    suffix = posixpath.splitext(path)[1].lower()
    comment = _SLASH_COMMENT if suffix in _SLASHES else _HASH_COMMENT
    text = comment.sub(lambda found: found[0] if found[1] is None else _lines(found[1]), text)
    redirects = suffix not in _SLASHES and suffix != ".py" and ">" in text
    if not redirects and not _WRITES.search(text):
        return ""
    text = text.replace("process.cwd()", "process.cwd")
    text = _JOIN.sub(_joined, text)
    return _SLASHED.sub(lambda found: "/" + _lines(found[0]), text)


def _commands(text: str) -> str:
    """A `package.json` with nothing but its commands that join .prisma files."""
    return "\n".join(
        line if ".prisma" in line and _JOINS.search(line) else "" for line in text.split("\n")
    )


def _joined(call: re.Match[str]) -> str:
    words = [found[2] for found in _QUOTED.finditer(call[1])]
    return f'("{"/".join(words)}"){_lines(call[1])}' if words else call[0]


def _left_out(text: str, start: int) -> bool:
    """Whether a list is one of files to leave out, by what stands before it."""
    return _LEFT_OUT.search(text[max(0, start - 60) : start]) is not None


def _lines(text: str) -> str:
    return "\n" * text.count("\n")


def _is_ending(text: str, at: int, word: str) -> bool:
    """Whether it is all that names have to end with: `".prisma"`, but not the .prisma of prose."""
    return word == ".prisma" and text[at - 1 : at] in _QUOTES


def _words(text: str) -> Iterator[tuple[int, str]]:
    for found in _NAME.finditer(text):
        start = found.start()
        lowest = max(0, start - _LONGEST)
        while start > lowest and text[start - 1] not in _ENDS:
            start -= 1
        yield found.start(), text[start : found.end()]
