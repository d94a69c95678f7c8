"""ThingSpace's times, and the RFC 3339 text that a program gets.

Plain text in, plain text out. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

# Go prints a time as `2022-02-04 06:10:01.441 +0000 UTC` with trailing zeros of the fraction dropped;
# other pages of the API show RFC 3339 and a date alone.
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,12}))?"
    r" ?(?P<zone>Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)(?: [A-Z]{1,5}| [+-]\d\d(?:\d\d)?)?(?: m=[+-][\d.]+)?)?",
    re.ASCII,
)
# The usual form of times: each text of this form is a time or "never".
_DAY = (
    r"20(?:\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:[02468][048]|[13579][26])-02-29)"
)
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,5}[1-9])?"
_PLAIN = rf"(?:{_DAY}(?:[ T]{_CLOCK}(?: \+0000 UTC|Z))?|N/A|0001-01-01[ T]00:00:00(?: \+0000 UTC|Z)|)"
_PLAIN_ONES = re.compile(rf"{_PLAIN}(?:\|{_PLAIN})*", re.ASCII).fullmatch
_NEVER = frozenset({"", "N/A"})
_NEVER_YEARS = frozenset({"0001", "1900"})  # Go's zero time, and what v1 prints for "never upgraded".
_V1_NEVER = "01/01/1900 0:0:0"
_PLAIN_NEVER = frozenset({"", "N/A", "0001-01-01T00:00:00Z"})
_UTC_ZONES = frozenset({None, "Z", "+0000", "+00:00", "-0000", "-00:00"})


def to_rfc3339(text: str) -> str | None:
    """Convert a time as ThingSpace writes it to RFC 3339 text in UTC.

    Accepts Go's print form, RFC 3339, and a date alone, which is its midnight. The fraction is cut after microseconds,
    never rounded, and loses its trailing zeros, as in Go.

    Args:
        text: The time as received (ThingSpace, Device information for a list (v3), `createTime` and others).

    Returns:
        Text such as `2022-02-04T06:10:01.441Z`, or `None` for "never": empty, `N/A`, or a zero time.

    Raises:
        ValueError: The text is not a time.
    """
    stripped = text.strip()
    if stripped.upper() in _NEVER or stripped == _V1_NEVER:
        return None
    match = _TIME.fullmatch(stripped)
    if match is None:
        raise ValueError("not a time that ThingSpace documents")
    day, clock, fraction, zone = match.group("day", "clock", "fraction", "zone")
    if day[:4] in _NEVER_YEARS:
        return None
    moment = datetime.fromisoformat(f"{day} {clock or '00:00:00'}")
    if zone not in _UTC_ZONES:
        try:
            moment -= _offset(zone)
        except OverflowError:
            raise ValueError("beyond the year 9999 in UTC") from None
    cut = (fraction or "")[:6].rstrip("0")
    return f"{moment.isoformat()}{'.' if cut else ''}{cut}Z"


def many_to_rfc3339(texts: Sequence[str | None]) -> list[str | None] | None:
    """Convert many times to RFC 3339 text at once, which is much faster than one by one.

    Args:
        texts: Times as received; `None` if a time is not given.

    Returns:
        What `to_rfc3339` returns for each, or `None` if one of them is not of the usual form.
    """
    given = ["" if text is None else text for text in texts] if None in texts else cast("Sequence[str]", texts)
    joined = "|".join(given)
    if not _PLAIN_ONES(joined):
        return None
    read = joined.replace(" +0000 UTC", "Z").replace(" ", "T").split("|")
    if len(read) != len(texts):  # One of them contains the separator.
        return None
    return [None if text in _PLAIN_NEVER else text if text[-1] == "Z" else f"{text}T00:00:00Z" for text in read]


def to_datetime(text: str) -> datetime:
    """Convert RFC 3339 text in UTC, as in the attributes of a device, to an aware `datetime`."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return moment.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else moment


def now_rfc3339() -> str:
    """Return the present time of this machine as RFC 3339 text in UTC, in milliseconds."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _offset(zone: str) -> timedelta:
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
