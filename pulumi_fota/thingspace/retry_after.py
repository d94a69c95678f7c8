"""How long the service asks to wait.

Knows the two forms of `Retry-After` (RFC 9110, section 10.2.3), and that either may be anything.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_fota.thingspace.request import Response

MOST_WAIT = 60.0  #: Seconds that are waited when the service asks for it; longer is left to the user.
_SECONDS = re.compile(r"[0-9]{1,20}", re.ASCII)


def seconds_to_wait(response: Response) -> float | None:
    """Give the seconds, or `None` where the answer does not ask, or asks for something that is no time to come.

    A date is counted from the answer's own `Date`, since the clock of this machine may be off; without one, that
    clock must do, but for no longer than is waited anyway.
    """
    if len(response.retry_after) != 1:
        return None
    text = response.retry_after[0].strip()
    if _SECONDS.fullmatch(text):
        return float(text) or None
    until = _date(text)
    if until is None:
        return None
    sent = _date(response.date)
    seconds = (until - (sent or datetime.now(timezone.utc))).total_seconds()
    if sent is None:
        seconds = min(seconds, MOST_WAIT)
    return seconds if seconds > 0 else None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
