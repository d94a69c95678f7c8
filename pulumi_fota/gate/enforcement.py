"""What a verdict comes to in this stack: a stop, a warning, or nothing to say.

Behind `require` and `hooks`, so that both stop alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pulumi

from pulumi_fota.errors import FotaError, GateFailed
from pulumi_fota.gate.evaluate import evaluate
from pulumi_fota.gate.gate_uses import gate_uses_of_run
from pulumi_fota.gate.message import message_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from pulumi_fota.gate.reporter import Reporter
    from pulumi_fota.gate.verdict import Verdict
    from pulumi_fota.model.device_set import DeviceSet


@attrs.frozen
class Enforcement:
    """A verdict under the settings of the stack."""

    verdict: Verdict
    stop: str | None = None  #: Why the deployment must not go on.
    warning: str | None = None  #: What is to be told though the deployment goes on.
    advisory: bool = False  #: Whether the gates of the stack stop nothing.

    @classmethod
    def of(cls, devices: DeviceSet, reporter: Reporter, *, ahead: bool = False) -> Self:
        """Judge devices, leave a record, and say what follows.

        Args:
            devices: The devices.
            reporter: Where it is written down.
            ahead: Whether it comes to a stop later, if at all: the record then says no more than that the gate is
                closed, until `enforce`.

        Raises:
            FotaError: A rule of the program's own raises, or gives no answer.
        """
        verdict = _verdict(devices, reporter)
        advisory = reporter.settings.advisory
        verb: str | None = None  # Of a gate that is open and silent the report says how things stand.
        if not verdict.passed:
            would = "would have stopped this deployment (fota:gate is advisory)"
            verb = would if advisory else "stopped this deployment"
        elif any(result.warns for result in verdict.results):
            verb = "warns"
        message = reporter.masked(message_of(verdict, verb, secret=reporter.secret))
        stops = not verdict.passed and not advisory
        if stops and ahead:
            reporter.verdict(verdict, reporter.masked(message_of(verdict, secret=reporter.secret)))
        else:
            reporter.verdict(verdict, message)
        if stops:
            return cls(verdict, stop=message)
        return cls(verdict, warning=message if verb else None, advisory=advisory)

    def warn(self) -> None:
        """Tell what is to be told."""
        if self.advisory:
            warn_of_advisory_mode()
        if self.warning is not None:
            pulumi.log.warn(self.warning)

    def enforce(self) -> None:
        """Let the deployment go on, or stop it.

        Raises:
            GateFailed: It must not go on.
        """
        if self.stop is not None:
            raise GateFailed.with_message(self.stop)


def _verdict(devices: DeviceSet, reporter: Reporter) -> Verdict:
    try:
        return evaluate(reporter.gate, devices)
    except FotaError as error:
        failure = reporter.not_judged(error)
        if failure is error:
            raise
    raise failure  # Out here, so that none is chained to it that says more.


def warn_of_advisory_mode() -> None:
    """Tell, in each run once, that the gates of the stack stop nothing, lest it be forgotten."""
    uses = gate_uses_of_run()
    if uses is not None:
        if uses.warned_of_advisory_mode:
            return
        uses.warned_of_advisory_mode = True
    pulumi.log.warn("fota:gate is advisory: the gates of this stack stop nothing")
