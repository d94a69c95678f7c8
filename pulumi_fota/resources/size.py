"""How much a snapshot stores, and what to do where it is much.

Plain data in, words out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIB = 2**20
#: gRPC refuses a message above 4 MiB unless a host raises that; the Pulumi command line does, others do not.
_MUCH = _MIB


def warning(name: str, stored: Mapping[str, Any]) -> str | None:
    """Warn well before the facts are too large for a message of Pulumi's, and name what makes them smaller."""
    size = len(json.dumps(stored, separators=(",", ":")))
    if size <= _MUCH:
        return None
    if stored["record"] == "devices":
        smaller = 'record="cohorts" stores numbers, and the IMEIs alone in a compact form'
    else:
        smaller = "divide the set among several snapshots, or read the whole account, whose IMEIs are not stored"
    return (
        f"snapshot {name!r}: the facts of {stored['count']:,} devices take {size / _MIB:.1f} MiB, which state holds "
        f"twice, and some hosts of Pulumi refuse messages above 4 MiB: {smaller}"
    )
