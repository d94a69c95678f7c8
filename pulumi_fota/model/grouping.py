"""How devices are grouped by their attributes: which can group, what counts as one value, and how a group is named.

Plain values. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from pulumi_fota._text import shown
from pulumi_fota.errors import InvalidArgument
from pulumi_fota.model.device import FIELDS, SINGLE_FIELDS
from pulumi_fota.model.digest import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_fota.model.device import Device

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 40  # With the hash after it, a key stays below the 63 characters of a DNS label.


def unknown_field(name: str, known: Iterable[str]) -> InvalidArgument:
    """Return the error of an attribute that devices do not have."""
    return InvalidArgument(f"a device has no field {shown(name)}: use one of {', '.join(known)}")


def check_single(names: Iterable[str]) -> None:
    """Check that devices can be grouped by these attributes.

    Raises:
        InvalidArgument: A device has no such attribute, or it holds a list.
    """
    for name in names:
        if name not in FIELDS:
            raise unknown_field(name, SINGLE_FIELDS)
        if name not in SINGLE_FIELDS:
            raise InvalidArgument(
                f"devices cannot be counted by {shown(name)}: it is a list; use a field that holds one value"
            )


def text_of(value: str | bool | None) -> str:
    """Return the text that stands for a value of an attribute; blank text is unknown."""
    if isinstance(value, str):
        return value if value.strip() else UNKNOWN
    return UNKNOWN if value is None else str(value).lower()


def count_by(devices: Iterable[Device], fields: Sequence[str]) -> dict[str, Any]:
    """Count devices by the values of one attribute or more: with several, a dict of dicts."""
    counts: dict[str, Any] = {}
    for device in devices:
        level = counts
        for name in fields[:-1]:
            level = level.setdefault(text_of(getattr(device, name)), {})
        last = text_of(getattr(device, fields[-1]))
        level[last] = level.get(last, 0) + 1
    return _in_order(counts)


def cohort_key(values: dict[str, Any]) -> str:
    """Return a name made from the values alone, so that it does not change if other cohorts come or go.

    The hash distinguishes cohorts with the same readable part. It is always there: if it was added on a clash alone, a
    new cohort would rename the resources of an old one.
    """
    readable = _NOT_SLUG.sub("-", "-".join(str(v) for v in values.values() if v is not None).lower())
    exact = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return f"{readable[:_SLUG_LENGTH].strip('-') or 'unknown'}-{exact[:8]}"


def _in_order(counts: dict[str, Any]) -> dict[str, Any]:
    return {key: _in_order(n) if isinstance(n, dict) else n for key, n in sorted(counts.items())}
