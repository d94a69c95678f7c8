"""The order of firmware versions under a declared scheme."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.errors import FotaError, InvalidRule
from pulumi_fota.model.version import comparator, compare_dotted

UUIDS = ("25b74d5a-b9f7-4e0c-8a9a-1d4a0fbb0d01", "F5E2B6A1-0c1d-4e2f-9a3b-4c5d6e7f8a9b")

#: Versions as vendors write them: Quectel, Telit, u-blox, Sequans, Nordic and others.
REAL = (
    "EG25GGBR07A08M2G_30.006.30.006",
    "EG25GGBR07A07M2G_01.003.01.003",
    "20.00.504",
    "20.00.524",
    "M0.04.01",
    "M0.10.00",
    "A02.00",
    "SR1.2.0.0-10657",
    "SR1.1.0.0-9001",
    "LR5.1.1.0",
    "UE6.0.1.3",
    "47RA906J",
    "47RA906H",
    "5101AALB",
    "51H0AALB",
    "v4.3",
    "4.2-rc1",
    "4.10",
    "4.2",
    "4.2.0",
    "",
    *UUIDS,
)

#: Texts among which many have the same shape, as well as any text at all.
VERSIONS = st.one_of(
    st.sampled_from(REAL),
    st.from_regex(r"(SR|v)?[0-9]{1,2}(\.[0-9]{1,2}){0,3}(-[0-9]{1,2})?", fullmatch=True),
    st.text(alphabet="0129.", max_size=8),
    st.text(),
)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("4.2", "4.10"),
        ("4.1.99", "4.2"),
        ("4.1.99", "4.10"),
        ("4", "4.0.1"),
        ("9", "10"),
        ("0.9", "0.10.0"),
        ("v4.2", "v4.3"),
        ("4.2-rc1", "4.2-rc2"),
        ("SR1.1.0.0-9001", "SR1.2.0.0-10657"),
        ("SR1.2.0.0-9001", "SR1.2.0.0-10657"),
        ("SR1.2.0.0-9001", "SR1.3.0.0-9001"),
        ("SR1.2.0.9-9001", "SR1.2.0.10-1"),
        ("a1b2c3d4e5", "a1b2c3d5e4"),
        (".5", ".10"),
        (".1.5", ".2.5"),
        ("LR5.1.1.0", "LR5.1.1.1"),
        ("LR5.1.1.0", "LR5.1.10"),
        ("UE6.0.1.3", "UE6.1"),
        ("M0.04.01", "M0.10.00"),
        ("A02.00", "A02.01"),
        ("20.00.504", "20.00.524"),
        ("EG25GGBR07A07M2G_01.003.01.003", "EG25GGBR07A08M2G_30.006.30.006"),
        ("EG25GGBR07A08M2G_01.003.01.003", "EG25GGBR07A08M2G_30.006.30.006"),
        ("1" * 5000, "1" * 5001),
    ],
)
def test_runs_of_digits_count_as_numbers(older, newer):
    """
    Of two versions of one shape the first number that differs decides, by value and not as text.
    """
    assert compare_dotted(older, newer) == -1
    assert compare_dotted(newer, older) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("4.2", "4.2.0"),
        ("4.2", "4.2.0.0"),
        ("4", "4.0"),
        ("04.2", "4.02"),
        ("0", "0.0.0"),
        ("LR5.1.1", "LR5.1.1.0"),
        ("47RA906J", "47RA906J"),
        ("", ""),
        (UUIDS[0], UUIDS[0]),
    ],
)
def test_missing_trailing_parts_are_zero(a, b):
    """
    What is written longer may be the same version; the same text always is.
    """
    assert compare_dotted(a, b) == 0
    assert compare_dotted(b, a) == 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("47RA906J", "47RA906H"),
        ("5101AALB", "51H0AALB"),
        ("v4.3", "4.2"),
        ("4.2-rc1", "4.2"),
        ("4.2.", "4.2"),
        (".4", "4"),
        ("4..2", "4.2"),
        ("SR1.2.0.0-10657", "SR1.2.0.0"),
        ("SR1.2.0.0-10657", "LR5.1.1.0"),
        ("sr1.2", "SR1.2"),
        ("SR1.2", "SR1.2 "),
        ("M0.04.01", "A02.00"),
        ("EG25GGBR07A08M2G_30.006.30.006", "20.00.504"),
        ("٤.٣", "4.2"),
        ("", "0"),
        ("abc", "abd"),
        UUIDS,
        (UUIDS[0], "4.2"),
    ],
)
def test_texts_of_other_letters_or_signs_cannot_be_compared(a, b):
    """
    A letter may be a hardware revision, a branch or an age, which nobody but the vendor knows.
    """
    assert compare_dotted(a, b) is None
    assert compare_dotted(b, a) is None


@given(VERSIONS, VERSIONS)
def test_the_order_has_two_sides(a, b):
    """
    Whatever a device reports there is an answer, and seen from the other side it is the opposite one.
    """
    there, back = compare_dotted(a, b), compare_dotted(b, a)

    assert there in {-1, 0, 1, None}
    assert back == (None if there is None else -there)


@given(VERSIONS)
def test_every_version_equals_itself(text):
    """
    The same text is the same version, whatever its shape.
    """
    assert compare_dotted(text, text) == 0


@given(VERSIONS, VERSIONS, VERSIONS)
def test_the_order_is_transitive(a, b, c):
    """
    What is no older than something that is no older than a third is no older than the third.
    """
    first, second = compare_dotted(a, b), compare_dotted(b, c)

    if first is not None and second is not None and first * second >= 0:
        assert compare_dotted(a, c) == (first or second)


@given(st.lists(st.integers(0, 10**20), min_size=1, max_size=5), st.lists(st.integers(0, 10**20), min_size=1))
def test_plain_numbers_with_dots_are_ordered_as_lists_of_numbers(one, other):
    """
    Without letters the order is that of the numbers, the shorter version filled up with zeros.
    """
    length = max(len(one), len(other))
    filled = [numbers + [0] * (length - len(numbers)) for numbers in (one, other)]

    answer = compare_dotted(".".join(map(str, one)), ".".join(map(str, other)))

    assert answer == (filled[0] > filled[1]) - (filled[0] < filled[1])


def test_a_list_orders_versions_as_the_vendor_does():
    """
    In a list the oldest stands first, and what it does not hold cannot be compared.
    """
    compare = comparator(["1.0", "47RA906H", "47RA906J"])

    assert compare("1.0", "47RA906J") == -1
    assert compare("47RA906J", "47RA906H") == 1
    assert compare("47RA906H", "47RA906H") == 0
    assert compare("47RA906H", "2.0") is None
    assert compare("2.0", "47RA906H") is None
    assert compare("2.0", "2.0") is None


def test_a_list_may_hold_a_single_version():
    """
    A vendor with one release so far has a list of one.
    """
    assert comparator(["1.0"])("1.0", "1.0") == 0


def test_a_scheme_by_name_is_the_dotted_one():
    """
    There is one scheme of ours.
    """
    assert comparator("dotted") is compare_dotted


@pytest.mark.parametrize("answer", [-1, 0, 1, None])
def test_a_function_answers_as_it_does(answer):
    """
    The program's own function is handed both texts as they are, and its answer stands.
    """
    asked = []

    def scheme(a: str, b: str) -> int | None:
        asked.append((a, b))
        return answer

    assert comparator(scheme)(" 1", "B") == answer
    assert asked == [(" 1", "B")]


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(True, "True"), (False, "False"), (2, "2"), ("older", "'older'"), ([1], "[1]"), (0.5, "0.5")],
)
def test_a_function_that_answers_something_else_is_refused(answer, shown):
    """
    `a > b` answers a boolean, whose False would read as "equal".
    """
    compare = comparator(lambda _a, _b: answer)

    with pytest.raises(InvalidRule) as refused:
        compare("1.2", "1.3")

    assert str(refused.value) == (
        f"the scheme answered {shown} for '1.2' and '1.3': "
        "it must be -1, 0 or 1 as the first is older, equal or newer, or None where they cannot be compared"
    )


def test_an_exception_of_a_function_names_versions_line_and_the_way_out():
    """
    The person who wrote the function learns what it failed on, where, and how it says that two cannot be compared.
    """

    def scheme(a: str, b: str) -> int:
        return (float(a) > float(b)) - (float(a) < float(b))

    with pytest.raises(InvalidRule) as refused:
        comparator(scheme)("SR1", "2")

    line = scheme.__code__.co_firstlineno + 1
    assert str(refused.value) == (
        f"the scheme could not compare 'SR1' and '2': ValueError: could not convert string to float: 'SR1' "
        f"({__file__}, line {line}); "
        "let it answer None where two versions cannot be compared"
    )
    assert isinstance(refused.value.__cause__, ValueError)


def test_an_error_of_ours_in_a_function_keeps_its_words():
    """
    What the package itself refuses inside the function is told as it always is.
    """

    def scheme(a: str, _b: str) -> int:
        raise FotaError(a)

    with pytest.raises(FotaError, match=r"\A1\.2\Z"):
        comparator(scheme)("1.2", "1.3")


NO_ORDER = (
    "and no order fits the versions of all vendors: use 'dotted', "
    "a list of the versions from oldest to newest, or a function (a, b) that answers -1, 0, 1 or None"
)


@pytest.mark.parametrize(
    ("scheme", "message"),
    [
        (None, f"minimum_version was given no scheme, {NO_ORDER}"),
        ("semver", f"the scheme is 'semver', {NO_ORDER}"),
        (7, f"the scheme is 7, {NO_ORDER}"),
        ({"1.0"}, f"the scheme is {{'1.0'}}, {NO_ORDER}"),
        ([], "the scheme is an empty list: list the versions from oldest to newest"),
        (
            ["1.0", "1.1", "1.0"],
            "the scheme lists '1.0' twice: list each version once, from oldest to newest",
        ),
        (
            ["1.0", 1.1],
            "the scheme was given 1.1, a number: quote it where it is written, since YAML makes 1.1 of 1.10",
        ),
        (
            [["1.0"]],
            "the scheme was given ['1.0'], a list: write a star before it to pass its items",
        ),
    ],
)
def test_what_is_no_scheme_is_refused(scheme, message):
    """
    A scheme that cannot order versions is told when the rule is made, with what may be used.
    """
    with pytest.raises(InvalidRule) as refused:
        comparator(scheme)

    assert str(refused.value) == message
