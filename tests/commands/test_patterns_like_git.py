"""Patterns agree with git's own reading of .gitignore."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_combine.config.patterns import covers
from support.repository import Repository

TOKENS = ["a", "b", "ab", ".", "*", "?", "[ab]", "[!a]", "[^b.]", "[]a-c]", "[a-]"]
# Git has a way of its own with stars that follow each other beside something else: `a**/b`.
PARTS = (
    st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda part: part not in (".", "..") and "**" not in part)
)
PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "", "./", "**/"]),
    st.lists(PARTS | st.just("**"), min_size=1, max_size=4),
    st.sampled_from(["", "", "/", "/**", "[b"]),
)
NAMES = st.lists(
    st.text("ab.", min_size=1, max_size=4).filter(lambda part: part not in (".", "..")),
    min_size=1,
    max_size=4,
).map("/".join)


@given(
    patterns=st.lists(PATTERNS, min_size=1, max_size=20, unique=True),
    names=st.lists(NAMES, min_size=1, max_size=20, unique=True),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exclude_agrees_with_git(
    tmp_path: Path, environment: dict[str, str], patterns: list[str], names: list[str]
) -> None:
    """Each pattern has a folder of its own, so that git answers for all of them at once."""
    repository = Repository(tmp_path, environment)
    if not (tmp_path / ".git").exists():
        repository.git("init", "--quiet", "--template=")
    for index, pattern in enumerate(patterns):
        # Git anchors with a slash in front.
        repository.write(f"{index}/.gitignore", f"{pattern[pattern.startswith('./') :]}\n")
    asked = [f"{index}/{name}" for index in range(len(patterns)) for name in names]
    ran = repository.run(
        "git", "check-ignore", "--no-index", "-z", "--stdin", stdin="\0".join(asked).encode()
    )
    assert ran.code in (0, 1), ran
    expected = set(ran.out.split("\0")[:-1])
    found = {
        f"{index}/{name}"
        for index, pattern in enumerate(patterns)
        for name in names
        if covers(name, pattern)
    }
    assert found == expected, {
        (one, patterns[int(one.partition("/")[0])]) for one in found ^ expected
    }
