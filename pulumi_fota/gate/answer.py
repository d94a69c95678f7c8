"""What a rule answers about one device: pass, fail or unknown, and what it found.

Plain values. Knows nothing of Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pulumi_fota.gate.wording import Phrase

if TYPE_CHECKING:
    from pulumi_fota.model.device_set import DeviceOutcome


class RuleAnswer(NamedTuple):
    """The outcome for a device; alike devices share one answer."""

    outcome: DeviceOutcome
    phrase: Phrase = Phrase("", "")  #: What is so of the device, read behind a number: `runs old firmware`.
    shown: str = ""  #: What was found, as reported, where the phrase does not say it: `1.2`.

    @property
    def reason(self) -> str:
        """What is so of one device, whole: `runs old firmware: 1.2`."""
        return f"{self.phrase.one}: {self.shown}" if self.shown else self.phrase.one


#: The one answer of all devices that pass.
PASS = RuleAnswer("pass")
