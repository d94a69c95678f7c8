"""What a verdict comes to in this stack: a stop, a warning, or nothing to say.

Behind `require` and `hooks`, so that both stop alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pulumi

from pulumi_fota.errors import GateFailed
from pulumi_fota.gate.evaluate import evaluate
from pulumi_fota.gate.message import message_of
from pulumi_fota.gate.untrusted import mask_imeis
from pulumi_fota.settings import gate_settings

if TYPE_CHECKING:
    from typing_extensions import Self

    from pulumi_fota.gate.gate import Gate
    from pulumi_fota.model.device_set import DeviceSet


@attrs.frozen
class Enforcement:
    """A verdict under the settings of the stack."""

    stop: str | None = None  #: Why the deployment must not go on.
    warning: str | None = None  #: What is to be told though the deployment goes on.

    @classmethod
    def of(cls, gate: Gate, devices: DeviceSet) -> Self:
        """Judge devices, and say what follows.

        Raises:
            InvalidSetting: A setting of the gates cannot be used.
        """
        settings = gate_settings()
        verdict = evaluate(gate, devices)
        masked = mask_imeis if settings.mask_imeis else str
        if not verdict.passed and not settings.advisory:
            return cls(stop=masked(message_of(verdict, "stopped this deployment")))
        if not verdict.passed:
            verb = "would have stopped this deployment (fota:gate is advisory)"
            return cls(warning=masked(message_of(verdict, verb)))
        if any(result.warns for result in verdict.results):
            return cls(warning=masked(message_of(verdict, "warns")))
        return cls()

    def warn(self) -> None:
        """Tell what is to be told."""
        if self.warning is not None:
            pulumi.log.warn(self.warning)

    def enforce(self) -> None:
        """Let the deployment go on, or stop it.

        Raises:
            GateFailed: It must not go on.
        """
        if self.stop is not None:
            raise GateFailed.with_message(self.stop)
