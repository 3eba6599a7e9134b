"""Which .prisma files belong together: the sources, their folder, and what they become."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prisma_combine import psl
from prisma_combine.psl import NAMED, Scan


class File(NamedTuple):
    """A `.prisma` file."""

    path: str
    """relative to the root, with `/`"""
    text: str
    scan: Scan
    names: frozenset[str]
    """its models, views, types and enums"""
    datasource: bool
    settings: bool
    """it holds a datasource or generators, and nothing else"""
    ignored: bool
    """by git, so it is no source"""


class Layout(NamedTuple):
    """A folder of sources. Paths are relative to the root, with `/`."""

    directory: str
    sources: frozenset[str]
    output: str
    """a file that holds what they hold; empty where there is none"""
    copies: tuple[str, ...]
    """further such files"""


def file(path: str, text: str, *, ignored: bool) -> File:
    """A file and what its text, with LF newlines, shows."""
    scan = psl.scan(text)
    names = frozenset(block.name for block in scan.blocks if block.keyword in NAMED)
    keywords = {block.keyword for block in scan.blocks}
    settings = not names and not keywords.isdisjoint({"datasource", "generator"})
    return File(path, text, scan, names, "datasource" in keywords, settings, ignored)


def lines(file: File) -> Iterator[tuple[int, tuple[str, str]]]:
    """The lines of a file: each one's number, and its block and text, however it is laid out.

    Lines with nothing but a comment or a brace are no lines here.
    """
    starts = {block.line: f"{block.keyword} {block.name}" for block in file.scan.blocks}
    inside = ""
    for number, line in enumerate(file.text.split("\n"), 1):
        inside = starts.get(number, inside)
        text = " ".join(line.split())
        if text and text != "}" and not text.startswith("//"):
            yield number, (inside, text)


def below(path: str, directory: str) -> bool:
    """Whether a file lies in a folder, or in one below it."""
    return directory == "." or path.startswith(f"{directory}/")


def near(path: str, directory: str) -> int:
    """How many folders a file and a folder have in common, from the root downward."""
    return len(_common([path, f"{directory}/x"]))


def find(files: Sequence[File]) -> list[Layout]:
    """The layouts that the files show, those with an output first."""
    found: list[Layout] = []
    wholes = _wholes(files)
    for path in sorted(wholes, key=lambda path: _rank(path, wholes)):
        parts = wholes[path]
        claimed = {source for layout in found for source in layout.sources}
        if claimed.isdisjoint(part.path for part in parts):
            found.append(_with_output(files, path, wholes, found))
    return found + _without_output(files, set(wholes), found)


def at(files: Sequence[File], directory: str, output: str) -> Layout:
    """The layout of a folder that the user names; of the output, where they name one too."""
    wholes = _wholes(files)
    holding = [
        path
        for path in sorted(wholes, key=lambda path: _rank(path, wholes))
        if 2 * sum(below(part.path, directory) for part in wholes[path]) > len(wholes[path])
    ]
    output = output or next(iter(holding), "")
    sources = _completed(files, directory, [], {*wholes, output})
    return Layout(directory, sources, output, tuple(path for path in holding if path != output))


def usual_home(layout: Layout) -> str:
    """The folder that a combined file goes to when nothing tells it."""
    outside = sorted(path for path in layout.sources if not below(path, layout.directory))
    if outside:
        return posixpath.dirname(outside[0]) or "."
    above, name = posixpath.split(layout.directory)
    return layout.directory if name in ("prisma", ".") else above or "."


def usual_output(layout: Layout, known: Collection[str]) -> str:
    """The file that a folder is combined into when nothing tells; one of the known if it has to be.

    In Prisma's own folder for a split schema, `prisma/schema`, a schema.prisma is a source.
    """
    home = usual_home(layout)
    path = posixpath.normpath(f"{home}/schema.prisma")
    if path in known and posixpath.basename(home) not in ("prisma", "."):
        path = posixpath.normpath(f"{home}/../schema.prisma")
    return path


def _wholes(files: Sequence[File]) -> dict[str, list[File]]:
    """The files that hold what smaller ones hold, and these.

    Such a file has the datasource; half of its names at least are those of its parts, so that it
    is known when it is stale or was edited.
    """
    found: dict[str, list[File]] = {}
    for whole in sorted(files, key=lambda file: (len(file.names), file.path)):
        if whole.datasource:
            parts = _parts(whole, [file for file in files if file.path not in found])
            if parts:
                found[whole.path] = parts
    return found


def _parts(whole: File, files: Iterable[File]) -> list[File]:
    """The files that a file may have been combined from, of which no two define one name."""
    rest = set(whole.names)
    parts: list[File] = []
    directory = posixpath.dirname(whole.path) or "."
    for part in sorted(files, key=lambda file: (-near(file.path, directory), file.path)):
        own = part.names & whole.names
        whole_itself = len(part.names) >= len(whole.names) and part.datasource
        if whole_itself or part.ignored or part.path == whole.path:
            continue
        if own and own <= rest and 2 * len(own) >= len(part.names):
            parts.append(part)
            rest -= own
    # One part alone is a copy, unless what it lacks is the datasource.
    several = len(parts) > 1 or any(not part.datasource for part in parts)
    return parts if several and 2 * len(rest) <= len(whole.names) else []


def _rank(path: str, wholes: Mapping[str, Sequence[File]]) -> tuple[int, bool, str]:
    """Sorts first the output that of several is the likeliest."""
    closeness = near(path, _folder(part.path for part in wholes[path]))
    return -closeness, posixpath.basename(path) != "schema.prisma", path


def _with_output(
    files: Sequence[File],
    output: str,
    wholes: Mapping[str, Sequence[File]],
    found: Iterable[Layout],
) -> Layout:
    parts = wholes[output]
    own = {part.path for part in parts}
    copies = [
        path
        for path, others in wholes.items()
        if path != output and not own.isdisjoint(other.path for other in others)
    ]
    body = [part.path for part in parts if not part.datasource]
    directory = _folder(body or own)
    taken = {*wholes, *(source for layout in found for source in layout.sources)}
    sources = _completed(files, directory, parts, taken, posixpath.dirname(output) or ".")
    return Layout(directory, sources, output, tuple(sorted(copies)))


def _without_output(
    files: Sequence[File], wholes: Collection[str], found: Sequence[Layout]
) -> list[Layout]:
    """What lies around each datasource, where nothing has been combined yet."""
    loose = [
        file
        for file in files
        if not file.ignored
        and file.path not in wholes
        and not any(
            file.path in layout.sources or below(file.path, layout.directory) for layout in found
        )
    ]
    heads = [file for file in loose if file.datasource]
    around: dict[str, list[File]] = {head.path: [] for head in heads}
    for part in loose:
        closeness = {
            head.path: near(part.path, posixpath.dirname(head.path) or ".") for head in heads
        }
        best = [path for path in closeness if closeness[path] == max(closeness.values())]
        if part.names and not part.datasource and len(best) == 1:
            around[best[0]].append(part)
    layouts = []
    for head in heads:
        body = around[head.path]
        directory = _folder(part.path for part in body) if body else "."
        scattered = directory == "." and any("/" in part.path for part in body)
        home = posixpath.dirname(head.path)
        beside = below(head.path, directory) or not home or below(directory, home)
        if body and not scattered and (head.settings or beside):
            sources = _completed(files, directory, [head, *body], wholes)
            layouts.append(Layout(directory, sources, "", ()))
    return layouts


def _completed(
    files: Sequence[File],
    directory: str,
    parts: Sequence[File],
    taken: Collection[str],
    beside: str = "",
) -> frozenset[str]:
    """The parts, what else in the folder belongs, and the datasource from elsewhere.

    Files in the folder that would define a name once more, or a second database, don't belong.
    """
    sources = {part.path: part for part in parts}
    names = {name for part in parts for name in part.names}
    datasource = any(part.datasource for part in parts)
    free = [file for file in files if not file.ignored and file.path not in {*taken, *sources}]
    for new in sorted(free, key=lambda file: (not file.datasource, file.path)):
        another = datasource and new.datasource and not new.settings
        if below(new.path, directory) and names.isdisjoint(new.names) and not another:
            sources[new.path] = new
            names |= new.names
            datasource |= new.datasource
    if not datasource:
        outside = [file for file in free if file.settings and file.path not in sources]
        heads = [file for file in outside if file.datasource and _serves(file, directory, beside)]
        closest = max((near(file.path, directory) for file in heads), default=0)
        heads = [file for file in heads if near(file.path, directory) == closest]
        homes = {posixpath.dirname(head.path) for head in heads}
        for new in outside:
            if new in heads or (not new.datasource and posixpath.dirname(new.path) in homes):
                sources[new.path] = new
    return frozenset(sources)


def _serves(head: File, directory: str, beside: str) -> bool:
    """Whether a datasource can be that of a folder: above it, or with the output."""
    home = posixpath.dirname(head.path) or "."
    above = below(f"{directory}/", home) or (beside != "" and below(f"{beside}/", home))
    return above or (beside != "" and below(head.path, beside))


def _folder(paths: Iterable[str]) -> str:
    """The lowest folder that holds all the files."""
    return "/".join(_common(paths)) or "."


def _common(paths: Iterable[str]) -> list[str]:
    folders = [[part for part in path.split("/")[:-1] if part != "."] for path in paths]
    first, *rest = folders
    depth = 0
    while depth < len(first) and all(
        len(other) > depth and other[depth] == first[depth] for other in rest
    ):
        depth += 1
    return first[:depth]
