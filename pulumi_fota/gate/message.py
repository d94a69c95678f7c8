"""What a person reads when a gate stops, warns or is asked.

One text for `require`, hooks, `check` and the reports. It claims only what the gate knows. Plain text.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from pulumi_fota._text import counted, safe
from pulumi_fota.gate.advice import advice
from pulumi_fota.gate.statement import statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulumi_fota.gate.verdict import RuleResult, Verdict

_MOST_LINES = 40


def message_of(verdict: Verdict, verb: str | None = None, *, secret: bool = False) -> str:
    """Write the message of a verdict.

    Args:
        verdict: What the gate found.
        verb: What the gate did, such as `stopped this deployment`; without one it says how things stand.
        secret: Whether the devices are a secret: then it says how many, and nothing of any of them.
    """
    results = [result for result in verdict.results if not (verdict.nothing_checked and result.why == "empty")]
    entries = []
    for result in worst_first(result for result in results if result.stops or result.warns):
        lines = statement(result, secret=secret)
        if result.stops:
            entries.append((result.rule.id, lines))
        else:
            entries.append(("advisory", [f"{result.rule.id}: {lines[0]}", *lines[1:]]))
    way_out = advice([result for result in results if result.stops], nothing_checked=verdict.nothing_checked)
    head, foot = [_headline(verdict, verb)], [way_out] if way_out else []
    return "\n".join([*head, *_table(entries, room=_MOST_LINES - len(head) - len(foot)), *foot])


def worst_first(results: Iterable[RuleResult]) -> list[RuleResult]:
    """Put first what stops, then what warns; in each, what every device has to pass, and what most devices miss."""
    return sorted(
        results,
        key=lambda result: (not result.stops, not result.warns, result.rule.limits != (None, None), -result.bad),
    )


def _table(entries: list[tuple[str, list[str]]], *, room: int) -> list[str]:
    """Set labels and statements side by side, as many whole entries as there is room for."""
    width = max((len(label) for label, _ in entries), default=0)
    rows = [
        [f"  {label if number == 0 else '':<{width}}  {line}" for number, line in enumerate(lines)]
        for label, lines in entries
    ]
    if sum(map(len, rows)) <= room:
        return [line for row in rows for line in row]
    fitting = sum(end < room for end in accumulate(map(len, rows)))  # One line is for how many more there are.
    return [*(line for row in rows[:fitting] for line in row), f"  … and {counted(len(rows) - fitting, 'more rule')}"]


def _headline(verdict: Verdict, verb: str | None) -> str:
    name, count = safe(verdict.gate), len(verdict.devices)
    mandatory = [result for result in verdict.results if result.rule.severity == "mandatory"]
    results = mandatory or verdict.results
    failed = sum(not result.holds for result in results)
    rules = counted(len(results), "rule" if mandatory else "advisory rule")
    outcome = f"{failed} of {rules} failed" if failed else f"{len(results)} of {rules} passed"
    if count:
        summary = f"{outcome} for {counted(count, 'device')}"
    else:  # Never "all passed": of no device that would be true, and worth nothing.
        summary = f"0 devices checked, {outcome}" if failed and not verdict.nothing_checked else "0 devices checked"
    return f"Gate '{name}' {verb or ('is open' if verdict.passed else 'is closed')}: {summary}."
