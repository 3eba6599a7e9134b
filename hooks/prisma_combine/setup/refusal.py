"""Why nothing renders a combined file, and what would help."""

import re
from collections.abc import Collection
from itertools import combinations
from posixpath import basename, commonpath, dirname

from prisma_combine.compare.formatting import unformatted
from prisma_combine.errors import CombineError
from prisma_combine.setup.infer import SETTINGS, blocks, core, places
from prisma_combine.setup.layout import is_copy
from prisma_combine.setup.past import is_source
from prisma_combine.setup.survey import Survey

AGAIN = "run `prisma-combine init` again"
_TOOL = re.compile(r"(prismix|aurora|prismerge|prisma-util)(?:\.config)?\.(?:json|mjs)")
_CODE = re.compile(r"\.(?:[cm]?[jt]sx?|py|rb|go|rs|sh|mdx?|json|ya?ml|toml|sql|db|lock)$")
_OTHER_LANGUAGE = re.compile(
    r"^\s*(?:(import)\s+\{[^}\n]*\}\s+from\b|\.\.\.\w+\s*$|fragment\s+\w+\s*\{)", re.MULTILINE
)


def refusal(seen: Survey, output: str, parts: Collection[str]) -> CombineError:
    """Return what is wrong with a combined file that no sources make."""
    texts, combined = seen.now.texts, seen.now.texts[output]
    if found := tool(seen, output, parts) or odd(seen, output, parts):
        return found
    loose = unformatted(combined)
    alike = [path for path in parts if unformatted(core(texts[path])) in loose]
    left = blocks(combined).difference(*(blocks(texts[path]) for path in alike))
    other = sorted(path for path in parts if core(texts[path]) not in combined)
    if {*other} & {*alike} and dict(left).keys() <= SETTINGS:
        return CombineError(
            f"{output}: a formatter changed it after the sources were joined; format the sources"
            f" first: npx prisma format --schema {commonpath(map(dirname, other)) or '.'};"
            f" then join them and {AGAIN}"
        )
    rest = places(combined, {path: texts[path] for path in parts})[1]
    unknown = [*map(" ".join, sorted(blocks(rest)))]
    why = [f"no source holds {some(unknown)} as it is there"] if unknown else []
    why += [f"not in it as they are: {some(other)}"] if other else []
    why = why or ["the text between its sources follows no pattern"]
    return CombineError(
        f"{output}: not what its sources make, now or at an earlier commit ({'; '.join(why)}); join"
        f" the sources again and {AGAIN}, or use our format: `prisma-combine init --own-format`"
    )


def tool(seen: Survey, output: str, parts: Collection[str]) -> CombineError | None:
    """Return an error if a tool that rewrites models joins the sources."""
    texts = seen.now.texts
    files = [(_TOOL.fullmatch(basename(path)), path) for path in sorted(seen.files)]
    tools = [(found[1], path) for found, path in files if found]
    for path in sorted(parts):
        if found := _OTHER_LANGUAGE.search(texts[path]):
            name = "prisma-import" if found[1] else "prismerge, or another tool with fragments,"
            tools.append((name, f"{path}:{texts[path].count(chr(10), 0, found.end()) + 1}"))
    loose = [path for path in sorted(parts) if core(texts[path]) not in texts.get(output, "")]
    defined = {path: blocks(texts[path]) for path in loose if not is_copy(path)}
    for one, other in combinations(defined, 2):
        for keyword, name in sorted(defined[one] & defined[other]):
            if keyword not in SETTINGS:
                where = f"{keyword} {name} in {one} and {other}"
                tools.append(("a tool such as prismix or aurora", where))
    for name, where in tools:
        return CombineError(
            f"{where}: {name} joins these sources and rewrites models; comparing texts can't check"
            " that, so nothing was written"
        )
    return None


def odd(seen: Survey, output: str, parts: Collection[str]) -> CombineError | None:
    """Return an error if a file that can't be a source holds a part of the combined file."""
    _, left = places(seen.now.texts[output], {path: seen.now.texts[path] for path in parts})
    folders = {dirname(path) for path in (output, *parts)}
    for path in sorted(seen.files) if blocks(left) else ():
        name = basename(path)
        is_near = dirname(path) in folders or "prisma" in name
        if is_near and not is_source(path) and not _CODE.search(name):
            text = core(seen.read(path) or "")
            if blocks(text) and text in left:
                ends = name.endswith(".prisma")
                why = "its name starts with a dot" if ends else "it does not end in .prisma"
                return CombineError(
                    f"{path}: can't be a source: {why}; rename it to"
                    f" {name.lstrip('.').partition('.')[0]}.prisma, in the script, too, and {AGAIN}"
                )
    return None


def some(names: Collection[str], most: int = 5) -> str:
    """Return the first of some names, and how many more there are."""
    more = len(names) - most
    return ", ".join([*names][:most]) + (f" and {more} more" if more > 0 else "")
