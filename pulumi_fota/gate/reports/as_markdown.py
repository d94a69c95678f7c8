"""A report as Markdown, for a comment on a pull request or a step summary.

All text of others stands in code spans and code blocks, where nothing becomes a link, an image or a mention.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pulumi_fota.gate.untrusted import in_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.reports.report import DeviceRow, Report

_LONGEST = 65_000  # GitHub takes comments of 65,536 characters.
_OUTCOMES = {
    "passed": "passed",
    "failed": "failed",
    "not-evaluated": "was not evaluated",
    "error": "could not be evaluated",
}
_RULES = ("Rule", "Severity", "Outcome", "Passed", "Failed", "Unknown", "Waived")
_DEVICES = ("IMEI", "Make", "Model", "Firmware", "Rule", "Outcome", "Reason")


def as_markdown(report: Report) -> str:
    """Write a report as Markdown with GFM tables, 65,000 characters at most.

    It opens with a hidden marker of project, stack and gate, by which a comment is found again and updated.
    """
    name = in_text(f"{report.project}/{report.stack}/{report.name}").replace(">", "")
    advisory = " (advisory: nothing was stopped)" if report.mode == "advisory" and report.outcome == "failed" else ""
    head = [
        f"<!-- pulumi-fota: {name} -->",
        f"### Gate {_code(report.name)} {_OUTCOMES[report.outcome]}{advisory}",
        "",
        *_block(report.message),
        "",
    ]
    if report.rules:
        rows = (
            (
                _code(rule.id),
                rule.severity,
                rule.outcome,
                *map(str, (rule.passed, rule.failed, rule.unknown, rule.waived)),
            )
            for rule in report.rules
        )
        head += [*_table(_RULES, rows), ""]
    return _with_devices("\n".join(head), report.devices) + _foot(report)


def _with_devices(head: str, devices: tuple[DeviceRow, ...]) -> str:
    """Add as many devices as there is room for."""
    if not devices:
        return head
    text = [head, *_table(_DEVICES, ())]
    room = _LONGEST - 500 - sum(len(line) + 1 for line in text)  # 500 are more than the last lines need.
    shown = 0
    for device in devices:
        row = _row(
            map(
                _code,
                (
                    device.imei,
                    device.make,
                    device.model,
                    device.firmware,
                    device.rule,
                    device.outcome,
                    device.explained(),
                ),
            )
        )
        room -= len(row) + 1
        if room < 0:
            break
        text.append(row)
        shown += 1
    if shown < len(devices):
        text += ["", f"showing {shown:,} of {len(devices):,}"]
    return "\n".join([*text, ""])


def _foot(report: Report) -> str:
    read = f", of devices read at {in_text(report.read_at)}" if report.read_at else ""
    return f"\nAt {report.run}, {report.ran_at}{read}.\n"


def _table(header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    return [_row(header), _row("---" for _ in header), *map(_row, rows)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str | None) -> str:
    """Write text as a code span that is one cell of a table."""
    shown = in_text(re.sub(r"\r\n|\r|\n", " ", text or ""))
    if not shown.strip():
        return "–"  # noqa: RUF001 (a dash that is seen)
    # Renderers differ on a pipe behind a backslash, so that one is shown as its code.
    shown = re.sub(r"\\\|", r"\\\\x7c", shown).replace("|", "\\|")
    fence = _fence(shown, shortest=1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _block(text: str) -> list[str]:
    """Write the lines of a message, which are safe each for itself, as a code block."""
    fence = _fence(text, shortest=3)
    return [f"{fence}text", text, fence]


def _fence(text: str, *, shortest: int) -> str:
    return "`" * max([shortest, *(len(run) + 1 for run in re.findall("`+", text))])
