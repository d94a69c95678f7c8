"""A gate that stops."""

from __future__ import annotations

from pulumi_fota.errors.fota_error import FotaError


class GateFailed(FotaError):
    """The devices do not satisfy a gate of the program."""
