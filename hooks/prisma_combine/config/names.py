"""Names of files: equal or not, printable or not."""


def folded(path: str) -> str:
    """Return a key that is equal for paths that are one file on macOS or on Windows."""
    if path.isascii():
        return path.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFC", path).casefold())


def is_plain(name: str) -> bool:
    """Return whether a name has no control character and no byte that is not UTF-8."""
    return name.isprintable() or not any(
        ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in name
    )


def relative(path: str, directory: str) -> str:
    """Return a path relative to a directory, when both are relative to one folder."""
    if directory == ".":
        return path
    if path.startswith(f"{directory}/"):
        return path[len(directory) + 1 :]
    # posixpath.relpath asks for the working directory, which may be gone.
    parts, folders = path.split("/"), directory.split("/")
    common = 0
    while parts[common : common + 1] == folders[common : common + 1] != []:
        common += 1
    return "/".join([".."] * (len(folders) - common) + parts[common:]) or "."
