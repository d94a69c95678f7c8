"""What all errors of the package are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from pulumi_fota.errors.aside import in_full, in_short
from pulumi_fota.errors.discretion import is_discreet

if TYPE_CHECKING:
    from typing_extensions import Self


class FotaError(pulumi.RunError):
    """What every error of this package is: caught by type, shown by Pulumi without a traceback."""

    is_about_settings = False  #: Whether other settings may be all that is needed.

    def __init__(self, message: str) -> None:
        super().__init__(in_full(message))
        self._message = message

    def told(self) -> Self:
        """Give it as it may be told just now: where an argument is a secret, one that repeats no value."""
        return type(self)(in_short(self._message)) if is_discreet() else self

    def at_refresh(self) -> Self:
        """Tell it as a refresh does: what became of the state, and where a refresh looks for credentials."""
        kept = "The snapshot in state is as it was."
        if self.is_about_settings:
            kept += (
                " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
                "environment, which goes first here, or run `pulumi refresh --run-program`."
            )
        return type(self)(f"{self}\n{kept}")
