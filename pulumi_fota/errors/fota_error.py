"""What all errors of the package are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pulumi

from pulumi_fota.errors.aside import in_full, in_short
from pulumi_fota.errors.discretion import is_discreet

if TYPE_CHECKING:
    from typing_extensions import Self

_IMEI = re.compile(r"(?<![0-9])[0-9]{14,16}(?![0-9])")


class FotaError(pulumi.RunError):
    """What every error of this package is: caught by type, shown by Pulumi without a traceback."""

    is_about_settings = False  #: Whether other settings may be all that is needed, even where it names none.

    def __init__(self, message: str) -> None:
        super().__init__(in_full(message))
        self._message = message

    def told(self) -> Self:
        """Give it as it may be told just now: where an argument is a secret, one that repeats no value."""
        return type(self)(in_short(self._message)) if is_discreet() else self

    def behind(self, head: str) -> Self:
        """Give it with what it happened to in front."""
        return type(self)(f"{head}: {self._message}")

    def at_refresh(self) -> Self:
        """Tell it as a refresh does: what became of the state, and where a refresh looks for credentials.

        No device is named: the engine does not say whether what it has in state is a secret.
        """
        kept = "The snapshot in state is as it was."
        if self.is_about_settings or "fota:" in str(self):  # Of whatever kind it is, it names a setting.
            kept += (
                " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
                "environment, which goes first here, or run `pulumi refresh --run-program`."
            )
        return type(self)(f"{_IMEI.sub('…', str(self))}\n{kept}")
