"""The line that a preview, an update or a refresh prints if stored facts change.

Owns when there is such a line; its words are those of `compare`. It names no IMEI and no version, since the facts may
be secret. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.model.changes import compare

if TYPE_CHECKING:
    from collections.abc import Mapping

_MUST_BE_ALIKE = ("account", "protocol", "connection", "scope", "record")


def changes_line(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """Return what changed, such as `3 of 1,000 devices run another firmware, 1 lost its licence`.

    Returns:
        One line, or `None` if nothing changed, if the two were read or recorded in different ways, or if the old facts
        were edited by hand and cannot be read.
    """
    if before["digest"] == after["digest"] or any(before[key] != after[key] for key in _MUST_BE_ALIKE):
        return None
    try:
        return compare(before, after).message
    except InvalidArgument:
        return None
