"""A share of a fleet, such as "5%", as an exact fraction."""

from fractions import Fraction

import pytest

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.model.percentage import parse_percentage


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0%", Fraction(0)),
        ("5%", Fraction(1, 20)),
        ("99.5%", Fraction(199, 200)),
        ("4.00%", Fraction(1, 25)),
        ("100%", Fraction(1)),
        ("0.000001%", Fraction(1, 10**8)),
    ],
)
def test_a_percentage_is_an_exact_fraction(text, share):
    """
    No float stands between the text and the comparison.
    """
    assert parse_percentage(text, what="the share") == share


@pytest.mark.parametrize("text", ["5", "5 %", "%", "101%", "100.1%", "-5%", "1e1%", ".5%", "5,5%", "٥%", 5, 0.05, None])
def test_what_is_no_percentage_is_refused(text):
    """
    A share that is not written as a percentage is refused, and the message shows how to write it.
    """
    with pytest.raises(InvalidArgument) as refused:
        parse_percentage(text, what="the share of a canary")

    assert str(refused.value) == (
        f"the share of a canary is {text!r}, which is not a percentage: "
        "write a percentage from '0%' to '100%' as text, such as '5%' or '99.5%'"
    )
