"""What is an IMEI, and why something is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.errors import InvalidImei
from pulumi_fota.model.imei import all_are_plain_imeis, check_digit_fits, is_imei, parse_imei, parse_imeis


@pytest.mark.parametrize(
    "text",
    [
        "356938035643809",
        " 356938035643809\r\n",
        "\ufeff356938035643809",
        "\u00a0356938035643809\u00a0",
        "\ufeff \t356938035643809",
        "35-693803-564380-9",
        "\u00a035-693803-564380-9 ",
    ],
)
def test_what_surrounds_an_imei_and_its_printed_form_are_read(text):
    """
    Blanks of every kind, a byte order mark and the dashes of the printed form do not stop an IMEI from being read.
    """
    assert parse_imei(text) == "356938035643809"


@pytest.mark.parametrize("imei", ["012345670123467", "019999000000010", "000000000000000"])
def test_zeros_in_front_stay(imei):
    """
    An IMEI is text, so the zeros in front of American ones stay.
    """
    assert parse_imei(imei) == imei


@pytest.mark.parametrize("imei", ["990013907835573", "990013907884259", "900000000001000"])
def test_a_check_digit_that_does_not_fit_is_accepted(imei):
    """
    Samples of the carrier's own pages have a check digit that does not fit, so it is no reason to refuse an IMEI.
    """
    assert not check_digit_fits(imei)

    assert parse_imei(imei) == imei


@pytest.mark.parametrize("imei", ["356938035643809", "490154203237518", "359999000000018", "012345670123467"])
def test_a_check_digit_that_fits_is_known(imei):
    """
    The check digit is the Luhn digit of the fourteen digits before it.
    """
    assert check_digit_fits(imei)


NO_IMEI = [
    ("", "IMEI '' is empty"),
    ("  \ufeff ", "IMEI '' is empty"),
    (
        "35693803564380",
        "IMEI '35693803564380' has 14 digits: an IMEI has 15; if the check digit is missing it is 356938035643809",
    ),
    (
        "12345670123467",
        (
            "IMEI '12345670123467' has 14 digits: an IMEI has 15; if the check digit is missing it is 123456701234672, "
            "if a leading zero is missing it is 012345670123467"
        ),
    ),
    (
        "3569380356438012",
        "IMEI '3569380356438012' has 16 digits, as an IMEISV has: the IMEI is 356938035643809",
    ),
    ("35693803564380912", "IMEI '35693803564380912' has 17 digits: an IMEI has 15"),
    (
        "89148000000637720260",
        "IMEI '89148000000637720260' has 20 digits, as the ICCID of a SIM has: pass the IMEI of the device",
    ),
    (
        "8914800000063772026",
        "IMEI '8914800000063772026' has 19 digits, as the ICCID of a SIM has: pass the IMEI of the device",
    ),
    ("9085550001", "IMEI '9085550001' has 10 digits: an IMEI has 15"),
    ("A0000012345678", "IMEI 'A0000012345678' is an MEID: ThingSpace asks for IMEIs here"),
    ("a00000123456789", "IMEI 'a00000123456789' is an MEID: ThingSpace asks for IMEIs here"),
    (
        "3.56938E+14",
        "IMEI '3.56938E+14' is in scientific notation: digits are lost; format the column as text and export it again",
    ),
    (
        "356938035643809.0",
        (
            "IMEI '356938035643809.0' is a decimal number, which loses leading zeros: "
            "format the column as text and export it again"
        ),
    ),
    (
        "\uff13\uff15\uff16938035643809",
        (
            "IMEI '\uff13\uff15\uff16938035643809' has U+FF13 (fullwidth digit three) as character 1: "
            "an IMEI is 15 digits from 0 to 9"
        ),
    ),
    (
        "35693803\u200b5643809",
        "IMEI '35693803\\u200b5643809' has U+200B (zero width space) as character 9: an IMEI is 15 digits from 0 to 9",
    ),
    (
        "356938035643809\u200b",
        "IMEI '356938035643809\\u200b' has U+200B (zero width space) as character 16: an IMEI is 15 digits from 0 to 9",
    ),
    (
        "35693803\x005643809",
        "IMEI '35693803\\x005643809' has U+0000 (a control character) as character 9: an IMEI is 15 digits from 0 to 9",
    ),
    (
        "35 693803 564380 9",
        "IMEI '35 693803 564380 9' has U+0020 (space) as character 3: an IMEI is 15 digits from 0 to 9",
    ),
    (
        "meter " * 14,
        (
            "IMEI 'meter meter meter meter meter meter meter meter meter meter meter meter meter…' "
            "has U+006D (latin small letter m) as character 1: an IMEI is 15 digits from 0 to 9"
        ),
    ),
    (
        718046013239,
        "IMEI 718046013239 is a number: numbers lose their leading zeros; quote it, so that it stays text",
    ),
    (
        990013907835573,
        "IMEI 990013907835573 is a number: numbers lose their leading zeros; quote it, so that it stays text",
    ),
    (3.56e14, "IMEI 356000000000000.0 is a number: numbers lose their leading zeros; quote it, so that it stays text"),
    (True, "IMEI True is a number: numbers lose their leading zeros; quote it, so that it stays text"),
    (None, "IMEI None is of type NoneType: text was expected"),
    (b"356938035643809", "IMEI b'356938035643809' is of type bytes: text was expected"),
    (["356938035643809"], "IMEI ['356938035643809'] is of type list: text was expected"),
]


@pytest.mark.parametrize(("value", "message"), NO_IMEI, ids=[repr(value)[:30] for value, _ in NO_IMEI])
def test_what_is_no_imei_is_refused_with_its_reason(value, message):
    """
    What is no IMEI is never repaired by guess: the message says what was found, and the right one where it is certain.
    """
    with pytest.raises(InvalidImei) as refused:
        parse_imei(value)

    assert str(refused.value) == message


@given(st.text())
def test_any_text_is_an_imei_or_refused(text):
    """
    No text makes the parser fail in another way than with its own error, and what it gives is 15 ASCII digits.
    """
    try:
        imei = parse_imei(text)
    except InvalidImei:
        return

    assert len(imei) == 15
    assert imei.isascii()
    assert imei.isdigit()


@given(st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_exactly_one_check_digit_fits(fourteen):
    """
    Of the ten digits that can follow fourteen digits, one is their check digit.
    """
    fitting = [digit for digit in "0123456789" if check_digit_fits(fourteen + digit)]

    assert len(fitting) == 1


def test_a_line_break_at_the_end_is_no_part_of_an_imei():
    """
    The check looks at the whole text, so a trailing line break does not slip through.
    """
    assert not is_imei("356938035643809\n")


def test_a_list_keeps_its_order_and_notes_what_is_repeated():
    """
    An IMEI that stands twice is there once, in its first place, and it is told where it stood.
    """
    items = [
        ("item 1", "490154203237518"),
        ("item 2", "356938035643809"),
        ("item 3", "49-015420-323751-8"),
    ]

    parsed = parse_imeis(items, where="`imeis`")

    assert parsed.imeis == ("490154203237518", "356938035643809")
    assert parsed.repeated == {"490154203237518": ["item 1", "item 3"]}


def test_all_problems_of_a_list_are_told_at_once():
    """
    The message names each position, what stands there and why it is no IMEI, and that nothing was sent.
    """
    items = [("item 1", 718046013239), ("item 2", "356938035643809"), ("item 3", "")]

    with pytest.raises(InvalidImei) as refused:
        parse_imeis(items, where="`imeis`")

    assert str(refused.value) == (
        "2 of 3 IMEIs in `imeis` cannot be used; nothing was sent to ThingSpace:\n"
        "  item 1: 718046013239 is a number: numbers lose their leading zeros; quote it, so that it stays text\n"
        "  item 3: '' is empty"
    )


def test_of_many_problems_a_screenful_is_told():
    """
    Of a list that is wrong throughout, twenty problems are shown and the rest is counted.
    """
    with pytest.raises(InvalidImei) as refused:
        parse_imeis(((f"item {n}", "x") for n in range(1, 1236)), where="`imeis`")

    lines = str(refused.value).split("\n")
    assert lines[0] == "1,235 of 1,235 IMEIs in `imeis` cannot be used; nothing was sent to ThingSpace:"
    assert len(lines) == 22
    assert lines[-1] == "  and 1,215 more"


def test_an_empty_list_holds_no_imei():
    """
    A list without items is no error.
    """
    assert parse_imeis([], where="`imeis`").imeis == ()


@pytest.mark.parametrize(
    "items",
    [
        [],
        ["490154203237518", "490154203237518"],
        ["49015420323751"],
        ["4901542032375188"],
        ["49015420323751", "3569380356438099"],
        ["49015420323751٨"],
        ["49015420323751a"],
        [" 90154203237518"],
        ["49-015420-323751-8"],
        [490154203237518],
        [None],
        [["490154203237518"]],
    ],
)
def test_list_with_something_to_look_at_is_not_plain(items):
    """
    Nothing passes at once that a look at each item would refuse, repair or tell of.
    """
    assert not all_are_plain_imeis(items)


@given(items=st.lists(st.from_regex(r"[0-9]{15}", fullmatch=True) | st.text(max_size=16) | st.integers()))
def test_plain_list_is_what_a_look_at_each_item_makes_of_it(items):
    """
    A list that passes at once comes out as it went in.
    """
    if all_are_plain_imeis(items):
        parsed = parse_imeis(((f"item {n}", item) for n, item in enumerate(items)), where="`imeis`")

        assert (parsed.imeis, parsed.repeated) == (tuple(items), {})
