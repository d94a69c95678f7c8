"""A percentage of a fleet, such as `"5%"`, as an exact fraction.

It is exact because a float of 4.00 % can fail `<= 4.00`. Knows nothing of HTTP or Pulumi.
"""

from __future__ import annotations

import re
from fractions import Fraction

from pulumi_fota.errors import InvalidArgument, described

_PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?%", re.ASCII)


def parse_percentage(text: str, *, what: str) -> Fraction:
    """Return a percentage as an exact fraction from 0 to 1.

    Args:
        text: A percentage from `"0%"` to `"100%"`, with up to six decimals.
        what: The name of the argument, for the error.

    Raises:
        InvalidArgument: The text is not a percentage.
    """
    share = Fraction(text[:-1]) / 100 if isinstance(text, str) and _PERCENTAGE.fullmatch(text) else None
    if share is None or share > 1:
        raise InvalidArgument(
            f"{what} is {described(text)}, which is not a percentage: "
            "write a percentage from '0%' to '100%' as text, such as '5%' or '99.5%'"
        )
    return share
