"""How much a snapshot stores, and what to do where it is much.

Plain data in, words out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pulumi_fota._text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIB = 2**20
#: gRPC refuses a message above 4 MiB unless a host raises that; the Pulumi command line does, others do not.
_MUCH = _MIB
_DIVIDE = "divide the set among several snapshots"


def warning(name: str, stored: Mapping[str, Any]) -> str | None:
    """Warn well before the facts are too large for a message of Pulumi's, and name what makes them smaller."""
    size = _size(stored)
    if size <= _MUCH:
        return None
    return (
        f"snapshot {shown(name)}: the facts of {stored['count']:,} devices take {size / _MIB:.1f} MiB, which state "
        f"holds twice, and some hosts of Pulumi refuse messages above 4 MiB: {_smaller(stored)}"
    )


def _smaller(stored: Mapping[str, Any]) -> str:
    """Choose what helps against what is largest."""
    largest = max(stored, key=lambda key: _size(stored[key]))
    if largest == "imeis":
        return f"{_DIVIDE}, or read the whole account, whose IMEIs are not stored"
    if largest == "cohorts":
        return f"their makes and models alone take most of it, being hardly ever the same; {_DIVIDE}"
    if stored["record"] == "devices":
        return 'record="cohorts" stores numbers, and the IMEIs alone in a compact form'
    return _DIVIDE


def _size(facts: Any) -> int:
    return len(json.dumps(facts, separators=(",", ":")))
