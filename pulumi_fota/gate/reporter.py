"""The record that a gate leaves of what it found, or of why it found nothing, where the stack asks for reports."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import attrs
import pulumi

from pulumi_fota._text import mask_imeis, safe
from pulumi_fota.errors import FotaError
from pulumi_fota.gate.reports import Report, write_reports
from pulumi_fota.settings import GateSettings, gate_settings

if TYPE_CHECKING:
    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.gate.reports import GateOutcome
    from pulumi_fota.gate.verdict import Verdict

_LONGEST_ERROR = 2000


@attrs.frozen
class Reporter:
    """Where a gate writes what became of one set of devices.

    Raises:
        InvalidSetting: A setting of the gates cannot be used.
    """

    gate: Gate
    number: int = 1  #: Of the devices, among all that the gate was asked about in the run.
    secret: bool = False  #: Whether the devices are a secret.
    settings: GateSettings = attrs.field(factory=gate_settings)

    def masked(self, text: str) -> str:
        """Give a text as the stack wants it shown."""
        return mask_imeis(text) if self.settings.mask_imeis else text

    def verdict(self, verdict: Verdict, message: str) -> None:
        """Report what was found, and what was said of it."""
        self._write("passed" if verdict.passed else "failed", message, verdict)

    def not_evaluated(self, message: str) -> None:
        """Report that the devices are not known yet."""
        self._write("not-evaluated", self.masked(message))

    def not_read(self, error: Exception) -> None:
        """Report that the devices could not be read. What errors of others say may hold anything, so it stays out."""
        reason = str(error) if isinstance(error, FotaError) else f"the program raised {type(error).__name__}"
        self._error("its devices could not be read", reason)

    def not_judged(self, error: FotaError) -> FotaError:
        """Report that the devices could not be judged, and return the error as it may be shown."""
        shown = error.redacted() if self.secret else error
        if self.settings.mask_imeis:
            shown = type(shown)(mask_imeis(str(shown)))
        self._error("its devices could not be judged", str(shown))
        return shown

    def _error(self, what: str, text: str) -> None:
        lines = [safe(line, longest=_LONGEST_ERROR) for line in text.splitlines()]
        message = "\n".join([f"gate '{self.gate.name}' was not evaluated: {what}", *lines])
        self._write("error", self.masked(message))

    def _write(self, outcome: GateOutcome, message: str, verdict: Verdict | None = None) -> None:
        folder = self.gate.report_dir or self.settings.report_dir
        if folder is None:
            return
        report = Report(
            gate=self.gate.name,
            number=self.number,
            project=pulumi.get_project(),
            stack=pulumi.get_stack(),
            run="preview" if pulumi.runtime.is_dry_run() else "up",
            ran_at=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            mode="advisory" if self.settings.advisory else "mandatory",
            outcome=outcome,
            message=message,
        )
        if verdict is not None:
            report = report.with_verdict(verdict, masked=self.settings.mask_imeis, secret=self.secret)
        write_reports(report, folder)
