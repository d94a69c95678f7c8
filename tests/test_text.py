"""Text of others, made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota._text import (
    counted,
    cut,
    encodable,
    listed,
    mask_imeis,
    place_of,
    redact,
    safe,
    shown,
    spellings,
    visible,
)
from support.fleet import IMEI

ANY_TEXT = st.text(st.characters(), max_size=40)  # Lone surrogates as well.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("SR1.2.0.0-10657", "SR1.2.0.0-10657"),
        ("\x1f ~\x7f", "\\x1f ~\\x7f"),
        ("\x80\x9f\xa0\xad", "\\x80\\x9f\\xa0\\xad"),
        ("a b\u1680\u2003\u202f\u3000", "a b\\u1680\\u2003\\u202f\\u3000"),
        ("1.0\ufe0f\u034f\u3164\u115f\u2800", "1.0\\ufe0f\\u034f\\u3164\\u115f\\u2800"),
        ("\u1160\u17b4\u180b\ufe00\uffa0", "\\u1160\\u17b4\\u180b\\ufe00\\uffa0"),
        ("\U0001d159\U000e0100\U000e01ef", "\\U0001d159\\U000e0100\\U000e01ef"),
        ("é\u0301ｱ한가\u20e3", "é\u0301ｱ한가\u20e3"),
        ("\u0100\u200b\u2028\u2029", "\u0100\\u200b\\u2028\\u2029"),
        ("\ud800\udfff\ue000\uffff", "\\ud800\\udfff\\ue000\\uffff"),
        ("\U0001f600\U000e0001\U0010ffff", "\U0001f600\\U000e0001\\U0010ffff"),
    ],
)
def test_what_nobody_sees_is_written_as_its_code(text, shown):
    """
    Control, format, private and unassigned characters, spaces but for the usual one, fillers and variation selectors
    come out as codes of two, four or eight digits; marks and letters that are seen stay.
    """
    assert visible(text) == shown


def test_some_characters_may_be_kept():
    """
    A format that can hold line breaks says so.
    """
    assert visible("a\tb\nc\rd", keep="\t\n") == "a\tb\nc\\x0dd"


@given(ANY_TEXT)
def test_a_line_of_text_is_visible_and_no_command(text):
    """
    Whatever came in, what is shown is one line without controls and half characters, and holds no CI command.
    """
    shown = safe(text)

    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
    assert not any(unicodedata.category(char) in unseen for char in shown.replace(" ", ""))
    assert "::" not in shown
    assert "##" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", ":\\x3aerror:\\x3ax"),
        (":::", ":\\x3a:"),
        ("a:b#c", "a:b#c"),
        ("###", "#\\x23#"),
    ],
)
def test_commands_of_ci_systems_are_broken(text, shown):
    """
    Two colons and two hashes never stand side by side.
    """
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("length", "longest", "shown"), [(5, 5, "xxxxx"), (6, 5, "xxxx…"), (1, 1, "x"), (2, 1, "…"), (0, 5, "")]
)
def test_long_text_is_cut_and_marked(length, longest, shown):
    """
    What is shown is never longer than asked, the mark included.
    """
    assert cut("x" * length, longest) == shown
    assert safe("x" * length, longest=longest) == shown


def test_a_line_is_cut_at_120_characters():
    """
    A value of a device takes no more of a message.
    """
    assert safe("x" * 120) == "x" * 120
    assert safe("x" * 121) == "x" * 119 + "…"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("990013907835573", "99…5573"),
        ("on 990013907835573, 356938035643809;", "on 99…5573, 35…3809;"),
        ("x990013907835573x", "x99…5573x"),
        ("99001390783557", "99001390783557"),
        ("9900139078355731", "9900139078355731"),
        ("1990013907835573", "1990013907835573"),
        ("\\x12990013907835573", "\\x1299…5573"),
        ("\\u202e990013907835573", "\\u202e99…5573"),
        ("\\U000e0001990013907835573", "\\U000e000199…5573"),
        ("SR1.2.0.0-10657", "SR1.2.0.0-10657"),
        ("99001390783557…", "99…"),
        ("on 990… and", "on 99… and"),
        ("::\\x3a990013907…", "::\\x3a99…"),
        ("99…", "99…"),
        ("990013907835573…", "99…5573…"),
        ("9900139078355731…", "9900139078355731…"),
    ],
)
def test_the_middle_of_an_imei_is_hidden(text, masked):
    """
    Fifteen digits that stand alone, also behind the code of a character that nobody sees, keep two and four of them;
    fewer, behind which a text was cut, keep two.
    """
    assert mask_imeis(text) == masked


@given(ANY_TEXT, st.from_regex("[0-9]{15}", fullmatch=True))
def test_no_text_before_an_imei_uncovers_it(before, imei):
    """
    Whatever a device puts in front of its IMEI, but for a digit, the IMEI does not stand in what is shown.
    """
    text = f"{before.rstrip('0123456789')}{imei}"

    shown = mask_imeis(safe(text, longest=1000))

    assert imei not in shown


@given(ANY_TEXT, st.from_regex("[0-9]{15}", fullmatch=True), st.integers(3, 14))
def test_no_cut_uncovers_an_imei(before, imei, left):
    """
    Where a text is cut within an IMEI, no more of it is shown than of a whole one.
    """
    text = f"{before.rstrip('0123456789')}{imei}"

    shown = mask_imeis(safe(f"{text} runs", longest=len(visible(text)) - 15 + left + 1))

    assert shown.endswith("…")
    assert not shown.endswith(f"{imei[:left]}…")


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("a", "'a'"),
        ("it's", '"it\'s"'),
        (5, "5"),
        (None, "None"),
        ("a\n\u3164b", "'a\\n\\u3164b'"),
        ("::error::", "':\\x3aerror:\\x3a'"),
        (["##[x"], "['#\\x23[x']"),
    ],
)
def test_a_value_is_quoted_in_a_line(value, quoted):
    """
    As `repr` writes it, and what that leaves unseen as codes.
    """
    assert shown(value) == quoted


@pytest.mark.parametrize(
    ("value", "quoted"), [("x" * 8, "'xxxxxxxx'"), ("x" * 9, "'xxxxxxx…'"), ([11, 22, 33], "[11, 22,…]")]
)
def test_a_long_value_is_cut_before_the_sign_that_closes_it(value, quoted):
    """
    So that it stays a quotation.
    """
    assert shown(value, longest=10) == quoted


@given(ANY_TEXT)
def test_a_quoted_value_is_visible_and_no_command(text):
    """
    Whatever came in, it is one line without controls, and holds no CI command.
    """
    quoted = shown(text)

    assert visible(quoted) == quoted
    assert "::" not in quoted
    assert "##" not in quoted


@pytest.mark.parametrize(
    ("count", "nouns", "text"),
    [
        (0, ("device",), "0 devices"),
        (1, ("device",), "1 device"),
        (1000, ("device",), "1,000 devices"),
        (1, ("IMEI is", "IMEIs are"), "1 IMEI is"),
        (2, ("IMEI is", "IMEIs are"), "2 IMEIs are"),
    ],
)
def test_a_number_has_its_noun(count, nouns, text):
    """
    Singular and plural, and the verb behind it where that differs.
    """
    assert counted(count, *nouns) == text


@pytest.mark.parametrize(("count", "text"), [(1, "0"), (5, "0, 1, 2, 3, 4"), (6, "0, 1, 2, 3, 4, …")])
def test_no_more_than_five_items_are_listed(count, text):
    """
    And it is marked that there are more.
    """
    assert listed([str(number) for number in range(count)]) == text


def test_what_an_encoding_lacks_is_written_as_its_code():
    """
    Such as an umlaut where a terminal knows ASCII alone.
    """
    assert encodable("mètre…", "latin-1") == "mètre\\u2026"


PRINTED = "35-693803-564380-9"


@pytest.mark.parametrize(
    ("message", "values", "redacted"),
    [
        ("no value", [], "no value"),
        (f"device {IMEI} came twice", [], "device … came twice"),
        (f"{IMEI}{IMEI}", [], "…"),
        (f"x{IMEI}y {PRINTED}.", [], "x…y …."),
        ("3569380356438", [], "…"),
        ("356938035643", [], "356938035643"),
        ("356938035643", ["356938035643"], "…"),
        ("35-693803-564380", [], "35-693803-564380"),
        ("account '0000123456-00001'", ["0000123456-00001"], "account '…'"),
        ("at a.example:80 of a.example.org", ["a.example"], "at …:80 of ….org"),
        ("abcdefgh", ["abcde", "defgh"], "…"),
        ("abcabcabc", ["abcabc"], "…"),
        ("one two", ["one two", "one", "two", ""], "…"),
        ("see 3 devices", ["3", "see", ""], "see 3 devices"),
        ("[a]*b (c)", ["]*b (", "a.b"], "[a…c)"),
    ],
)
def test_what_must_not_be_seen_is_replaced(message, values, redacted):
    """
    IMEIs by their form, given texts wherever they stand; never a text of fewer than five characters.
    """
    assert redact(message, values) == redacted


@given(ANY_TEXT, st.lists(st.text(st.characters(), min_size=5, max_size=8), min_size=1, max_size=3), ANY_TEXT)
def test_no_given_text_is_left(before, values, after):
    """
    Whatever the message and the values are made of.
    """
    redacted = redact(before + "".join(values) + after, values)

    assert not any(value in redacted for value in values if "…" not in value)


@given(ANY_TEXT)
def test_a_text_is_hidden_in_each_way_that_messages_write_it(text):
    """
    As it is, made safe, and quoted: whole, or as far as it is shown.
    """
    for secret in (f"{text}12345", f"12345{text}" * 9):
        for written in (secret, safe(secret, longest=4000), shown(secret)):
            assert "12345" not in redact(f"is {written}: no", spellings(secret))


def test_an_exception_is_told_by_its_file_and_line():
    """
    The innermost of the program's own functions, where the person has to look.
    """

    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as raised:
        fails()

    assert place_of(raised.value) == f"{__file__}, line {fails.__code__.co_firstlineno + 1}"
