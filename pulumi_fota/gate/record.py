"""The record that a gate leaves of what it found, or of why it found nothing, where the stack asks for reports."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import attrs
import pulumi

from pulumi_fota.errors import FotaError
from pulumi_fota.gate.reports import Report, write_reports
from pulumi_fota.gate.untrusted import in_text, mask_imeis
from pulumi_fota.settings import gate_settings

if TYPE_CHECKING:
    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.gate.reports import Outcome
    from pulumi_fota.gate.verdict import Verdict
    from pulumi_fota.settings import GateSettings

_LONGEST_ERROR = 2000


@attrs.frozen
class Record:
    """Where a gate writes what became of one set of devices."""

    gate: Gate
    number: int = 1  #: Of the devices, among all that the gate was asked about in the run.
    secret: bool = False  #: Whether the devices are a secret.

    def verdict(self, verdict: Verdict, message: str) -> None:
        """Report what was found, and what was said of it."""
        settings = gate_settings()
        folder = self.gate.report_dir or settings.report_dir
        if folder is not None:
            report = self._report("passed" if verdict.passed else "failed", message, settings)
            report = report.with_verdict(verdict, masked=settings.mask_imeis, secret=self.secret)
            write_reports(report, folder)

    def not_evaluated(self, message: str) -> None:
        """Report that the devices are not known yet."""
        self._without_devices("not-evaluated", message)

    def error(self, error: Exception) -> None:
        """Report that the devices could not be read. What errors of others say may hold anything, so it stays out."""
        found = str(error) if isinstance(error, FotaError) else f"the program raised {type(error).__name__}"
        lines = [in_text(line, longest=_LONGEST_ERROR) for line in found.splitlines()]
        first = f"gate '{self.gate.name}' was not evaluated: its devices could not be read"
        self._without_devices("error", "\n".join([first, *lines]))

    def _without_devices(self, outcome: Outcome, message: str) -> None:
        settings = gate_settings()
        folder = self.gate.report_dir or settings.report_dir
        if folder is not None:
            said = mask_imeis(message) if settings.mask_imeis else message
            write_reports(self._report(outcome, said, settings), folder)

    def _report(self, outcome: Outcome, message: str, settings: GateSettings) -> Report:
        return Report(
            gate=self.gate.name,
            number=self.number,
            project=pulumi.get_project(),
            stack=pulumi.get_stack(),
            run="preview" if pulumi.runtime.is_dry_run() else "up",
            ran_at=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            mode="advisory" if settings.advisory else "mandatory",
            outcome=outcome,
            message=message,
        )
