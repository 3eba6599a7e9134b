"""The report for programs."""

import json
from collections.abc import Sequence

from prisma_combine.check import Report


def render(reports: Sequence[Report]) -> str:
    """One JSON object; every path in it is relative to the root."""
    return json.dumps({"version": 1, "schemas": [_schema(report) for report in reports]}, indent=2)


def _schema(report: Report) -> dict[str, object]:
    edits = report.edits
    return {
        "output": report.state.target.output,
        "status": report.verdict.status,
        "sections": [
            {
                "source": report.state.target.path(section.name),
                "status": section.status,
                "line": section.line,
                "edits": [
                    {
                        "line": edit.line,
                        "source_line": edit.source_line,
                        "added": edit.added,
                        "removed": edit.removed,
                    }
                    for edit in edits.get(section.name, ())
                ],
            }
            for section in report.verdict.sections
        ],
        "findings": [finding._asdict() for finding in report.findings],
        # JSON holds text only: bytes that are not UTF-8 become replacement characters.
        "diff": report.diff.text.decode(errors="replace") if report.diff else "",
    }
