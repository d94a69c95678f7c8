"""A report: what a gate found in one run, as all three files show it.

Plain values; the names of the fields are the keys of the JSON file. IMEIs are masked here, before any format
escapes the text around them. Knows nothing of formats, files or Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from pulumi_fota._text import mask_imeis
from pulumi_fota._version import __version__
from pulumi_fota.gate.message import statement, worst_first
from pulumi_fota.model.device import Device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_fota.gate.verdict import RuleResult, Verdict
    from pulumi_fota.model.device_set import DeviceSet

#: `not-evaluated`: the devices were not known yet. `error`: they could not be read or judged.
GateOutcome: TypeAlias = Literal["passed", "failed", "not-evaluated", "error"]

_OUTCOMES: dict[str, Literal["failed", "unknown", "waived"]] = {
    "fail": "failed",
    "unknown": "unknown",
    "waived": "waived",
}


@attrs.frozen(kw_only=True)
class RuleRow:
    """What one rule found."""

    id: str
    severity: str  #: `mandatory` or `advisory`.
    outcome: Literal["passed", "warned", "failed"]
    passed: int
    failed: int
    unknown: int
    waived: int
    counted: int  #: The devices that the rule's limits are taken of.
    statement: str  #: What the message says about the rule; empty if it passed.


@attrs.frozen(kw_only=True)
class DeviceRow:
    """A device that did not pass a rule."""

    imei: str
    make: str | None
    model: str | None
    firmware: str | None
    rule: str
    outcome: Literal["failed", "unknown", "waived"]
    counts: bool  #: Whether the rule stops or warns because of such devices.
    reason: str
    waived_because: str | None
    waived_until: str | None  #: The last day of the waiver, in UTC: `2026-12-31`.

    def explained(self) -> str:
        """Return the reason, and that of the waiver."""
        if self.waived_until is None:
            return self.reason
        return f"{self.reason} (waived until {self.waived_until}: {self.waived_because})"


@attrs.frozen(kw_only=True)
class Report:
    """What a gate found in one run."""

    gate: str
    number: int = 1  #: Of the devices, among all that gates of this name were asked about in the run.
    project: str | None  #: `None` outside of Pulumi.
    stack: str | None  #: `None` outside of Pulumi.
    run: Literal["preview", "up", "cli"]  #: `cli`: outside of Pulumi, as the command line judges.
    tool: str = f"pulumi_fota {__version__}"
    ran_at: str  #: RFC 3339 text in UTC.
    mode: Literal["mandatory", "advisory"]  #: `advisory`: a gate that fails stops nothing.
    outcome: GateOutcome
    message: str  #: What the person was told, or would have been.
    account: str | None = None
    read_at: str | None = None  #: When the read of the devices started.
    oldest_refresh: str | None = None  #: Of all devices the earliest `refresh_time`: no fact is older.
    asked: int | None = None  #: IMEIs asked for; `None` is all of the account.
    returned: int = 0
    missing: int = 0
    nothing_checked: bool = False  #: Whether it failed because there was no device.
    rules: tuple[RuleRow, ...] = ()  #: The worst first.
    devices: tuple[DeviceRow, ...] = ()  #: One for each device and rule that it did not pass, in the rules' order.

    @property
    def name(self) -> str:
        """The name in files, comments and test histories: no other gate can be called `meters+2`."""
        return self.gate if self.number == 1 else f"{self.gate}+{self.number}"

    @property
    def path(self) -> tuple[str, ...]:
        """Project, stack and name; outside of Pulumi the name alone."""
        return tuple(part for part in (self.project, self.stack, self.name) if part is not None)

    def with_verdict(self, verdict: Verdict, *, masked: bool, secret: bool) -> Report:
        """Return the report with what was found.

        Args:
            verdict: What was found.
            masked: Whether the middle of each IMEI is hidden.
            secret: Whether the devices are secret: then the report has numbers alone, and nothing about any device.
        """
        mask = mask_imeis if masked else str
        results = worst_first(verdict.results)
        counted = attrs.evolve(
            self,
            asked=None if verdict.devices.requested is None else len(verdict.devices.requested),
            returned=len(verdict.devices),
            missing=len(verdict.devices.missing),
            nothing_checked=verdict.nothing_checked,
            rules=tuple(_rule_row(result, mask, secret=secret) for result in results),
        )
        if secret:
            return counted
        known = {device.imei: device for device in verdict.devices}
        return attrs.evolve(
            counted,
            account=verdict.devices.account,
            read_at=verdict.devices.read_at,
            oldest_refresh=_oldest_refresh(verdict.devices),
            devices=tuple(row for result in results for row in _device_rows(result, known, mask)),
        )


def _rule_row(result: RuleResult, mask: Callable[[str], str], *, secret: bool) -> RuleRow:
    return RuleRow(
        id=result.rule.id,
        severity=result.rule.severity,
        outcome="failed" if result.stops else "warned" if result.warns else "passed",
        passed=result.passed,
        failed=result.failed,
        unknown=result.unknown,
        waived=result.waived,
        counted=result.total,
        statement=mask("\n".join(statement(result, secret=secret))) if result.stops or result.warns else "",
    )


def _device_rows(result: RuleResult, known: dict[str, Device], mask: Callable[[str], str]) -> Iterator[DeviceRow]:
    for finding in result.findings:
        counts = result.blames(finding)
        reason = mask(finding.answer.reason)
        waiver = finding.waiver if finding.outcome == "waived" else None
        for imei in finding.imeis:
            device = known.get(imei, Device(imei=imei))  # One that is missing has no facts.
            yield DeviceRow(
                imei=mask(imei),
                make=_masked(device.make, mask),
                model=_masked(device.model, mask),
                firmware=_masked(device.firmware, mask),
                rule=result.rule.id,
                outcome=_OUTCOMES[finding.outcome],
                counts=counts,
                reason=reason,
                waived_because=mask(waiver.reason) if waiver else None,
                waived_until=waiver.until.isoformat() if waiver else None,
            )


def _masked(text: str | None, mask: Callable[[str], str]) -> str | None:
    return None if text is None else mask(text)


def _oldest_refresh(devices: DeviceSet) -> str | None:
    """Return the earliest time; without its `Z`, a time sorts before the same time with a fraction."""
    times = (device.refresh_time for device in devices if device.refresh_time is not None)
    return min(times, key=lambda time: time.rstrip("Z"), default=None)
