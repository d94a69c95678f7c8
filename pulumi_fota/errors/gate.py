"""A gate that stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.errors.fota_error import FotaError

if TYPE_CHECKING:
    from typing_extensions import Self


class GateFailed(FotaError):
    """The fleet is not as a gate of the program demands."""

    @classmethod
    def with_message(cls, message: str) -> Self:
        # The gate's own message module writes the text, since warnings and reports show the same.
        return cls(message)
