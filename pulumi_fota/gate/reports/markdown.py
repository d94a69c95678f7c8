"""A report as Markdown, for a comment on a pull request or a step summary.

Untrusted text stands in code spans and code blocks, where nothing becomes a link, an image or a mention.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs

from pulumi_fota._text import cut, safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.reports.report import DeviceRow, Report

_LONGEST = 65_000  # GitHub takes comments of 65,536 characters.
# Limits for the message, for the rules and for the last lines, so that there is room for devices.
_MESSAGE = 20_000
_ALL_RULES = 15_000
_LAST = 500
_LONGEST_CELL = 120
_LONGEST_WAIVED = 1_000
_LONGEST_NAME = 500  # Longer than any project, stack and gate: a name that is cut could be that of another gate.
_OUTCOMES = {
    "passed": "passed",
    "failed": "failed",
    "not-evaluated": "was not evaluated",
    "error": "could not be evaluated",
}
_RUNS = {"preview": "At preview", "up": "At up", "cli": "Outside of Pulumi"}
_RULES = ("Rule", "Severity", "Outcome", "Passed", "Failed", "Unknown", "Waived")
_DEVICES = ("IMEI", "Make", "Model", "Firmware", "Rule", "Outcome", "Reason")


def as_markdown(report: Report) -> str:
    """Return a report as Markdown with GFM tables, 65,000 characters at most.

    It opens with a hidden marker of project, stack and gate, by which a comment is found and updated.
    """
    name = safe("/".join(report.path), longest=_LONGEST_NAME).replace(">", "")
    advisory = " (advisory: nothing was stopped)" if report.mode == "advisory" and report.outcome == "failed" else ""
    head = [
        f"<!-- pulumi-fota: {name} -->",
        f"### Gate {_code(report.name)} {_OUTCOMES[report.outcome]}{advisory}",
        "",
        *_block(report.message),
        "",
    ]
    if report.rules:
        rows: Iterable[Iterable[str]] = (
            (
                _code(rule.id),
                rule.severity,
                rule.outcome,
                *map(str, (rule.passed, rule.failed, rule.unknown, rule.waived)),
            )
            for rule in report.rules
        )
        head += [*_table(_RULES, rows, len(report.rules), room=_ALL_RULES, noun=" rules"), ""]
    if report.devices:
        room = _LONGEST - _LAST - sum(len(line) + 1 for line in head)
        rows = ([*map(_code, _cells(device)), _reason(device)] for device in report.devices)
        head += [*_table(_DEVICES, rows, len(report.devices), room=room), ""]
    return "\n".join(head) + _foot(report)


def _cells(device: DeviceRow) -> tuple[str | None, ...]:
    return (
        device.imei,
        device.make,
        device.model,
        device.firmware,
        device.rule,
        device.outcome,
    )


def _reason(device: DeviceRow) -> str:
    """Return the last cell, in which there is always room for the reason of a waiver."""
    if device.waived_until is None:
        return _code(device.reason)
    return _code(attrs.evolve(device, reason=cut(device.reason, _LONGEST_CELL)).explained(), longest=_LONGEST_WAIVED)


def _foot(report: Report) -> str:
    read = f", of devices read at {safe(report.read_at)}" if report.read_at else ""
    return f"\n{_RUNS[report.run]}, {report.ran_at}{read}.\n"


def _table(
    header: tuple[str, ...], rows: Iterable[Iterable[str]], count: int, *, room: int, noun: str = ""
) -> list[str]:
    """Return a table with as many rows as there is room for, and a line that says how many are missing."""
    head = [_row(header), _row("---" for _ in header)]
    shown = _fitting(map(_row, rows), room - sum(len(line) + 1 for line in head))
    return [*head, *shown, *_cut(len(shown), count, noun)]


def _fitting(lines: Iterable[str], room: int) -> list[str]:
    """Return as many whole lines as there is room for."""
    taken = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        taken.append(line)
    return taken


def _cut(shown: int, count: int, noun: str) -> list[str]:
    return ["", f"showing {shown:,} of {count:,}{noun}"] if shown < count else []


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str | None, *, longest: int = _LONGEST_CELL) -> str:
    """Return text as a code span that is one cell of a table."""
    shown = safe(re.sub(r"\r\n|\r|\n", " ", text or ""), longest=longest)
    if not shown.strip():
        return "–"  # noqa: RUF001 (a dash that is seen)
    # Renderers differ on a pipe after a backslash, so it is shown as its code.
    shown = re.sub(r"\\\|", r"\\\\x7c", shown).replace("|", "\\|")
    fence = _fence(shown, shortest=1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _block(text: str) -> list[str]:
    """Return the lines of a message, each of which is safe, as a code block."""
    lines = text.split("\n")
    shown = _fitting(lines, _MESSAGE)
    fence = _fence("\n".join(shown), shortest=3)
    return [f"{fence}text", *shown, fence, *_cut(len(shown), len(lines), " lines")]


def _fence(text: str, *, shortest: int) -> str:
    return "`" * max([shortest, *(len(run) + 1 for run in re.findall("`+", text))])
