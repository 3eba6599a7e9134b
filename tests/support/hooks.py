"""What git's hooks print."""

from support.program import Ran


def hook_said(ran: Ran) -> list[str]:
    """Return the lines that the hook printed below pre-commit's own."""
    lines = (ran.out + ran.err).split("\n")
    head = next((n for n, line in enumerate(lines) if line.startswith("- exit code: ")), None)
    return [line for line in lines[head + 1 :] if line] if head is not None else []
