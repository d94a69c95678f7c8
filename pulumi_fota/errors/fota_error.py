"""What all errors of the package are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

if TYPE_CHECKING:
    from typing_extensions import Self


class FotaError(pulumi.RunError):
    """What every error of this package is: caught by type, shown by Pulumi without a traceback."""

    is_about_settings = False  #: Whether other settings may be all that is needed.

    def at_refresh(self) -> Self:
        """Tell it as a refresh does: what became of the state, and where a refresh looks for credentials."""
        kept = "The snapshot in state is as it was."
        if self.is_about_settings:
            kept += (
                " A refresh is given the config of the last `pulumi up`, not today's: hand over what is new in the "
                "environment, which goes first here, or run `pulumi refresh --run-program`."
            )
        return type(self)(f"{self}\n{kept}")
