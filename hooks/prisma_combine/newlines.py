"""Which newline a file uses."""


def used(data: bytes) -> str:
    """The newline that ends most lines: LF, CRLF or a lone CR; LF where there is none."""
    crlf = data.count(b"\r\n")
    counts = {"\n": data.count(b"\n") - crlf, "\r\n": crlf, "\r": data.count(b"\r") - crlf}
    return max(counts, key=lambda newline: counts[newline])
