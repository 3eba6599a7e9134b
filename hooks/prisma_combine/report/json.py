"""The report for programs."""

import json
from collections.abc import Sequence

from prisma_combine.actions.compare import Comparison
from prisma_combine.compare.lines import LineNumbers


def render(comparisons: Sequence[Comparison], errors: Sequence[str] = ()) -> str:
    """Return one JSON object; every path in it is relative to the configuration's folder."""
    report: dict[str, object] = {"version": 1, "schemas": [_schema(one) for one in comparisons]}
    if errors:
        report["errors"] = list(errors)
    return json.dumps(report, indent=2)


def errors(messages: Sequence[str]) -> str:
    """Return the JSON object for a check that could not be made."""
    return render((), messages)


def _schema(one: Comparison) -> dict[str, object]:
    lines = LineNumbers(one.state.text)
    return {
        "output": one.target.output,
        "status": one.verdict.status,
        "sections": [
            {
                "source": one.target.path(section.name),
                "status": section.status,
                "line": lines.at(section.place.top) if section.place else None,
                "edits": [edit._asdict() for edit in one.edits.get(section.name, ())],
            }
            for section in one.verdict.sections
        ],
        "findings": [
            {
                "rule": finding.rule,
                "path": finding.path,
                "line": finding.line,
                "message": finding.message,
            }
            for finding in one.findings
        ],
        # JSON holds text only: bytes that are not UTF-8 become replacement characters.
        "diff": one.diff.decode(errors="replace") if one.diff else "",
    }
