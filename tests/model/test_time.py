"""ThingSpace's time strings, and the RFC 3339 text that the program sees."""

from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.model.time import many_to_rfc3339, now_rfc3339, to_datetime, to_rfc3339


@pytest.mark.parametrize(
    ("received", "rfc3339"),
    [
        ("2022-02-04 06:10:01.441 +0000 UTC", "2022-02-04T06:10:01.441Z"),
        ("2022-01-04 02:45:00.67 +0000 UTC", "2022-01-04T02:45:00.67Z"),
        ("2022-01-04 02:45:00 +0000 UTC", "2022-01-04T02:45:00Z"),
        ("2022-01-04 02:45:00.5 +0000 UTC", "2022-01-04T02:45:00.5Z"),
        ("2022-01-04 02:45:00.123456789 +0000 UTC", "2022-01-04T02:45:00.123456Z"),
        ("2022-01-04 02:45:00.999999999 +0000 UTC", "2022-01-04T02:45:00.999999Z"),
        ("2022-01-04 02:45:00.000000001 +0000 UTC", "2022-01-04T02:45:00Z"),
        ("2022-01-04 02:45:00.100 +0000 UTC", "2022-01-04T02:45:00.1Z"),
        ("2022-01-04 02:45:00 +0000 UTC m=+0.000012", "2022-01-04T02:45:00Z"),
        ("2022-01-04 02:45:00 +0530 IST", "2022-01-03T21:15:00Z"),
        ("2022-01-04 02:45:00 -0500 -05", "2022-01-04T07:45:00Z"),
        ("2012-04-23T18:25:43.511Z", "2012-04-23T18:25:43.511Z"),
        ("2012-04-23T18:25:43Z", "2012-04-23T18:25:43Z"),
        ("2012-04-23T18:25:43-07:00", "2012-04-24T01:25:43Z"),
        ("2012-04-23T18:25:43+00:00", "2012-04-23T18:25:43Z"),
        ("2022-01-25", "2022-01-25T00:00:00Z"),
        (" 2022-01-25 ", "2022-01-25T00:00:00Z"),
    ],
)
def test_a_time_in_any_form_of_the_api_becomes_rfc_3339_in_utc(received, rfc3339):
    """
    Go's print form with its uneven fractions, RFC 3339 and a date alone are read; the fraction is cut, not rounded.
    """
    assert to_rfc3339(received) == rfc3339


@pytest.mark.parametrize(
    "received", ["", " ", "N/A", "n/a", "01/01/1900 0:0:0", "0001-01-01 00:00:00 +0000 UTC", "1900-01-01T00:00:00Z"]
)
def test_never_is_no_time(received):
    """
    What the carrier writes for "never" is `None`, not the year 1.
    """
    assert to_rfc3339(received) is None


@pytest.mark.parametrize(
    "received",
    [
        "yesterday",
        "2022-13-45 02:45:00 +0000 UTC",
        "2022-01-04 25:00:00 +0000 UTC",
        "2022-01-04 02:45:00",
        "1643955001",
        "\uff12022-01-25",
        "2022-01-25\n2022-01-26",
        "9999-12-31 23:59:59 -0500 EST",
        "2022-02-04 06:10:01 +9999",
        "2022-02-04 06:10:01 -2400",
        "2022-02-04 06:10:01 +0060",
    ],
)
def test_what_is_no_time_is_refused(received):
    """
    A text that cannot be read is a `ValueError`, so that whoever asked keeps it as received.
    """
    with pytest.raises(ValueError, match="."):
        to_rfc3339(received)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_time_survives_the_way_through_text(moment, minutes):
    """
    Written as RFC 3339 in any zone and read again, a time is the same moment to the microsecond.
    """
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    read = to_rfc3339(aware.isoformat())

    assert read is not None
    assert to_datetime(read) == aware


@given(st.text())
def test_no_text_breaks_the_reader_of_times(text):
    """
    Any text is a time, never, or a `ValueError`.
    """
    try:
        read = to_rfc3339(text)
    except ValueError:
        return

    assert read is None or read.endswith("Z")


def test_the_time_of_this_machine_is_told_to_the_millisecond():
    """
    Three digits always, so that texts of two moments compare as the moments do.
    """
    with time_machine.travel("2022-02-04T06:10:01Z", tick=False):
        now = now_rfc3339()

    assert now == "2022-02-04T06:10:01.000Z"


_TIMES = st.sampled_from(
    [
        "",
        "N/A",
        "2022-02-04 06:10:01.441 +0000 UTC",
        "2022-02-28 23:59:59 +0000 UTC",
        "2024-02-29 00:00:00 +0000 UTC",
        "2022-04-31 00:00:00 +0000 UTC",
        "2022-12-31 24:00:00 +0000 UTC",
        "2022-01-04 02:45:00.100 +0000 UTC",
        "soon",
        "0001-01-01 00:00:00 +0000 UTC",
        "2022-01-25",
        "N/A|N/A",
        "2022-10-31 00:00:00.000001 +0000 UTC",
        "2022-02-29",
        "2000-02-29",
        "2100-02-29",
        "0001-01-01T00:00:00Z",
        "0001-01-01",
        "0001-01-01 00:00:01 +0000 UTC",
        None,
        "2022-02-04T06:10:01.19Z",
        "2022-02-04T06:10:01",
    ]
) | st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S} +0000 UTC")


@given(texts=st.lists(_TIMES, min_size=1, max_size=6))
def test_many_times_at_once_are_what_each_is_alone(texts):
    """
    The quick way agrees with the careful one wherever it answers at all.
    """
    at_once = many_to_rfc3339(texts)

    assert at_once is None or at_once == [None if text is None else to_rfc3339(text) for text in texts]


def test_times_as_they_are_documented_are_read_at_once():
    """
    What the carrier writes on most days needs no closer look.
    """
    assert many_to_rfc3339(
        [
            "2022-02-04 06:10:01.441 +0000 UTC",
            "2022-03-31 00:00:00 +0000 UTC",
            "N/A",
            "",
            "2022-01-25",
            "2012-04-23T18:25:43.511Z",
            "2024-02-29 00:00:00 +0000 UTC",
            "0001-01-01 00:00:00 +0000 UTC",
            "0001-01-01T00:00:00Z",
            None,
        ]
    ) == [
        "2022-02-04T06:10:01.441Z",
        "2022-03-31T00:00:00Z",
        None,
        None,
        "2022-01-25T00:00:00Z",
        "2012-04-23T18:25:43.511Z",
        "2024-02-29T00:00:00Z",
        None,
        None,
        None,
    ]


def test_bar_in_a_time_moves_no_other_time():
    """
    A text that would count as two times asks for a closer look.
    """
    assert many_to_rfc3339(["N/A|2022-01-25", ""]) is None


@pytest.mark.parametrize("wrong", [0, False, [], {}, 5])
def test_what_is_no_text_is_never_taken_for_a_time_that_is_not_said(wrong):
    """
    Beside a time that is not said, too, where the missing ones are filled in.
    """
    with pytest.raises(TypeError):
        many_to_rfc3339([None, wrong])
