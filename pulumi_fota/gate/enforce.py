"""How a verdict takes effect in a program run: a stop, a warning, a report.

`require` and hooks use it, so both stop alike. Also remembers, for each run, which devices its gates were asked about.
Knows nothing of how devices are judged.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING

import attrs
import pulumi

from pulumi_fota._program_run import present_run, remembered
from pulumi_fota._text import mask_imeis, safe
from pulumi_fota.errors import FotaError, GateFailed
from pulumi_fota.gate.message import message_of, passing_line, waiver_warnings
from pulumi_fota.gate.reports.files import write_reports
from pulumi_fota.gate.reports.report import Report
from pulumi_fota.settings import GateSettings, gate_settings

if TYPE_CHECKING:
    from typing_extensions import Self

    from pulumi_fota.gate.reports.report import GateOutcome
    from pulumi_fota.gate.verdict import Verdict

_LONGEST_ERROR = 2000


@attrs.define
class GateUse:
    """A gate and the devices that it was asked about, in one run."""

    gate: object  #: The gate, kept so that no other gate gets its id.
    devices: object  #: A set of devices or an Output of one, kept for the same reason.
    number: (
        int  #: Counted for each gate name, from 1: hooks and reports are named by it, so that none replaces another.
    )
    hook: pulumi.ResourceHook | None = None  #: The hook that guards resources, once it is made.
    announced: bool = False  #: Whether the person has read what is said once.


class GateUses:
    """What the gates of one run were asked about."""

    def __init__(self) -> None:
        self._uses: dict[tuple[int, int], GateUse] = {}
        self._counts: dict[str, int] = {}
        self.warned_of_advisory_mode = False

    def use_of(self, gate: object, name: str, devices: object) -> GateUse:
        """Return the use of a gate for these very devices; a new one if it was not asked about them yet.

        Names that differ in case alone are one name: some file systems do not tell their report files apart.
        """
        key, name = (id(gate), id(devices)), name.casefold()
        if key not in self._uses:
            number = self._counts[name] = self._counts.get(name, 0) + 1
            self._uses[key] = GateUse(gate, devices, number)
        return self._uses[key]


def gate_uses_of_run() -> GateUses | None:
    """Return what the gates of the present run were asked about, or `None` if no engine runs the program."""
    run = present_run()
    return None if run is None else remembered(run, "gate uses", GateUses)


def use_in_run(gate: object, name: str, devices: object) -> GateUse:
    """Return the use of a gate for these devices in the present run; without an engine each is the first."""
    uses = gate_uses_of_run()
    return GateUse(gate, devices, number=1) if uses is None else uses.use_of(gate, name, devices)


@attrs.frozen
class Reporter:
    """Writes the reports about a gate and one set of devices, if the stack or the gate names a folder.

    Raises:
        InvalidSetting: A setting of the gates is invalid.
    """

    gate: str
    use: GateUse
    own_folder: str | None = None  #: The folder of the gate's reports; default: that of the stack.
    secret: bool = False  #: Whether the devices are secret.
    settings: GateSettings = attrs.field(factory=gate_settings)

    def masked(self, text: str) -> str:
        """Return a text as the stack wants it shown."""
        return mask_imeis(text) if self.settings.mask_imeis else text

    def verdict(self, verdict: Verdict, message: str) -> None:
        """Report what was found, and the message about it."""
        self._write("passed" if verdict.passed else "failed", message, verdict)

    def not_evaluated(self, message: str) -> None:
        """Report that the devices are not known yet."""
        self._write("not-evaluated", self.masked(message))

    def not_read(self, error: Exception) -> None:
        """Report that the devices could not be read, without the text of foreign errors, which may hold anything."""
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
        message = "\n".join([f"gate '{self.gate}' was not evaluated: {what}", *lines])
        self._write("error", self.masked(message))

    def _write(self, outcome: GateOutcome, message: str, verdict: Verdict | None = None) -> None:
        folder = self.own_folder or self.settings.report_dir
        if folder is None:
            return
        in_program = present_run() is not None
        report = Report(
            gate=self.gate,
            number=self.use.number,
            project=pulumi.get_project() if in_program else None,
            stack=pulumi.get_stack() if in_program else None,
            run=("preview" if pulumi.runtime.is_dry_run() else "up") if in_program else "cli",
            ran_at=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            mode="advisory" if self.settings.advisory else "mandatory",
            outcome=outcome,
            message=message,
        )
        if verdict is not None:
            report = report.with_verdict(verdict, masked=self.settings.mask_imeis, secret=self.secret)
        write_reports(report, folder)


@attrs.frozen
class Enforcement:
    """A verdict under the settings of the stack."""

    verdict: Verdict
    reporter: Reporter
    stop: str | None = None  #: Why the deployment must stop.
    warning: str | None = None  #: What to warn of although the deployment goes on.

    @classmethod
    def of(cls, verdict: Verdict, reporter: Reporter, *, later: bool = False) -> Self:
        """Report a verdict, and return what follows from it.

        Args:
            verdict: What the gate found.
            reporter: Where to report it.
            later: Whether `enforce` is called later, if at all: until then the report does not claim a stop.
        """
        advisory = reporter.settings.advisory
        verb: str | None = None  # The report of a gate that is open and silent says that it is open.
        if not verdict.passed:
            would = "would have stopped this deployment (fota:gate is advisory)"
            verb = would if advisory else "stopped this deployment"
        elif any(result.warns for result in verdict.results):
            verb = "warns"
        message = reporter.masked(message_of(verdict, verb, secret=reporter.secret))
        stops = not verdict.passed and not advisory
        if stops and later:
            reporter.verdict(verdict, reporter.masked(message_of(verdict, secret=reporter.secret)))
        else:
            reporter.verdict(verdict, message)
        if stops:
            return cls(verdict, reporter, stop=message)
        return cls(verdict, reporter, warning=message if verb else None)

    def announce(self) -> None:
        """Emit the warnings, if any; once for each use of the gate those about waivers, and that the gate passes."""
        reporter = self.reporter
        if reporter.settings.advisory:
            warn_of_advisory_mode()
        if self.warning is not None:
            pulumi.log.warn(self.warning)
        if reporter.use.announced:
            return
        reporter.use.announced = True
        for line in waiver_warnings(self.verdict, secret=reporter.secret):
            pulumi.log.warn(reporter.masked(line))
        if self.verdict.passed:
            pulumi.log.info(reporter.masked(passing_line(self.verdict, secret=reporter.secret)))

    def enforce(self) -> None:
        """Stop the deployment if it must stop.

        Raises:
            GateFailed: It must.
        """
        if self.stop is not None:
            raise GateFailed(self.stop)

    def as_hook(self) -> pulumi.ResourceHook:
        """Return a new hook that stops the resources it guards; the first that is stopped renews the report."""

        @cache
        def report_stop() -> None:
            if self.stop is not None:
                self.reporter.verdict(self.verdict, self.stop)

        def guard(_resource: pulumi.ResourceHookArgs) -> None:
            report_stop()
            self.enforce()

        name, number = f"fota:gate:{self.reporter.gate}", self.reporter.use.number
        options = pulumi.ResourceHookOptions(on_dry_run=True)
        return pulumi.ResourceHook(name if number == 1 else f"{name}:{number}", guard, options)


def warn_of_advisory_mode() -> None:
    """Warn once per run that `fota:gate` is advisory, so that nobody forgets it."""
    uses = gate_uses_of_run()
    if uses is not None:
        if uses.warned_of_advisory_mode:
            return
        uses.warned_of_advisory_mode = True
    pulumi.log.warn("fota:gate is advisory: the gates of this stack stop nothing")
