"""The order of firmware versions under a declared scheme."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.errors import FotaError, InvalidRule
from pulumi_fota.model.version_order import comparator, compare_dotted

UUIDS = ("25b74d5a-b9f7-4e0c-8a9a-1d4a0fbb0d01", "F5E2B6A1-0c1d-4e2f-9a3b-4c5d6e7f8a9b")

#: Versions as vendors and their users write them: Quectel, Telit, u-blox, Sequans, Sierra Wireless, Teltonika, Nordic,
#: Cisco and others; and what devices report in place of one.
REAL = (
    "EG25GGBR07A08M2G_30.006.30.006",
    "EG25GGBR07A08M2G_01.003.01.003",
    "EG25GGBR07A07M2G_01.003.01.003",
    "EC20EFAR06A01M4G",
    "EC25EFAR02A01M4G",
    "BG95M3LAR02A04",
    "BG95M3LAR02A03",
    "20.00.504",
    "20.00.524",
    "M0B.300001-B008",
    "M0B.300002-B001",
    "M0.04.01",
    "M0.10.00",
    "A02.00",
    "SR1.2.0.0-10657",
    "SR1.1.0.0-9001",
    "SR1.3.0.0-11002",
    "LR5.1.1.0",
    "UE6.0.1.3",
    "SWI9X30C_02.33.03.00",
    "SWI9X50C_00.06.02.00",
    "RUT2_R_00.07.06.10",
    "RUT9_R_00.06.08.6",
    "RUT9_R_00.07.06.10",
    "RUT9_R_00.07.06.9",
    "mfw_nrf9160_1.3.5",
    "mfw_nrf9161_0.9.0",
    "nrf9160-1.3.5",
    "nrf9161-0.9.0",
    "HL7800-4.6.9.4",
    "HL7802-4.5.1",
    "HL7800.4.6.9.4",
    "HL7802.4.5.1.0",
    "15.9(3)M10",
    "15.9(3)M7",
    "47RA906J",
    "47RA906H",
    "5101AALB",
    "51H0AALB",
    "v4.3",
    "4.2-rc1",
    "4.10",
    "4.2",
    "4.2.0",
    "1.10",
    "10657",
    "9001",
    "20261129",
    "2026-11-29",
    "29.11.2026",
    "a1b2c3d",
    "",
    *UUIDS,
)

#: Texts among which many have the same shape, as well as any text at all.
VERSIONS = st.one_of(
    st.sampled_from(REAL),
    st.from_regex(r"(SR|v)?[0-9]{1,2}(\.[0-9]{1,2}){0,3}(-[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[AB][0-9]{1,3}[-_. /]?[0-9](\.[0-9]){0,2}", fullmatch=True),
    st.text(alphabet="0129.", max_size=8),
    st.text(alphabet="12A_-.", max_size=8),
    st.text(),
)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("4.2", "4.10"),
        ("4.1.99", "4.2"),
        ("4.1.99", "4.10"),
        ("4.0", "4.0.1"),
        ("9.0", "10.0"),
        ("0.9", "0.10.0"),
        ("v4.2", "v4.3"),
        ("v4.2", "v4.10"),
        ("v9", "v10"),
        ("4.2-rc1", "4.2-rc2"),
        ("SR1.1.0.0-9001", "SR1.2.0.0-10657"),
        ("SR1.2.0.0-10657", "SR1.3.0.0-11002"),
        ("SR1.2.0.0-9001", "SR1.2.0.0-10657"),
        ("SR1.2.0.0-9001", "SR1.3.0.0-9001"),
        ("SR1.2.0.9-9001", "SR1.2.0.10-1"),
        ("RUT9_R_00.07.06.9", "RUT9_R_00.07.06.10"),
        ("BG95M3LAR02A03", "BG95M3LAR02A04"),
        ("15.9(3)M7", "15.9(3)M10"),
        ("15.9(3)M10", "15.10(1)M1"),
        ("mfw_nrf9160_1.3.5", "mfw_nrf9160_1.10.0"),
        ("HL7800-4.6.9.4", "HL7800-4.6.10"),
        ("M0B.300001-B008", "M0B.300001-B009"),
        (".5", ".10"),
        (".1.5", ".2.5"),
        ("LR5.1.1.0", "LR5.1.1.1"),
        ("LR5.1.1.0", "LR5.1.10"),
        ("UE6.0.1.3", "UE6.1"),
        ("M0.04.01", "M0.10.00"),
        ("A02.00", "A02.01"),
        ("20.00.504", "20.00.524"),
        ("EG25GGBR07A08M2G_01.003.01.003", "EG25GGBR07A08M2G_30.006.30.006"),
        ("2026.11", "2026.12"),
        ("v2026.11.29", "v2026.12.1"),
        ("v" + "1" * 5000, "v" + "1" * 5001),
    ],
)
def test_runs_of_digits_count_as_numbers(older, newer):
    """
    Of two versions of one product line the first number that differs decides, by value and not as text.
    """
    assert compare_dotted(older, newer) == -1
    assert compare_dotted(newer, older) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("4.2", "4.2.0"),
        ("4.2", "4.2.0.0"),
        ("v4", "v4.0"),
        ("04.2", "4.02"),
        ("0.0", "0.0.0"),
        ("LR5.1.1", "LR5.1.1.0"),
        ("47RA906J", "47RA906J"),
        ("10657", "10657"),
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


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("SWI9X30C_02.33.03.00", "SWI9X50C_00.06.02.00"),
        ("RUT2_R_00.07.06.10", "RUT9_R_00.06.08.6"),
        ("mfw_nrf9160_1.3.5", "mfw_nrf9161_0.9.0"),
        ("EC20EFAR06A01M4G", "EC25EFAR02A01M4G"),
        ("EC25EFAR06A01M4G", "EC25EFAR06A02M4G"),
        ("EG25GGBR07A07M2G_01.003.01.003", "EG25GGBR07A08M2G_30.006.30.006"),
        ("BG95M3LAR02A04", "BG96M3LAR02A03"),
        ("nrf9160-1.3.5", "nrf9161-0.9.0"),
        ("nrf9160/1.3.5", "nrf9161/0.9.0"),
        ("nrf9160:1.3.5", "nrf9161:0.9.0"),
        ("nrf9160 1.3.5", "nrf9161 0.9.0"),
        ("nrf9160@1.3.5", "nrf9161@0.9.0"),
        ("HL7800-4.6.9.4", "HL7802-4.5.1"),
        ("HL7800.4.6.9.4", "HL7802.4.5.1"),
        ("RUT200-7", "RUT240-6"),
        ("nrf 9160 1.3.5", "nrf 9161 0.9.0"),
        ("9160-1.3.5", "9161-0.9.0"),
        ("LE910C1-NF 25.21", "LE910C4-NF 25.20"),
        ("TOBY-L200-02S-01", "TOBY-L210-02S-00"),
        ("1.2-M1-5", "1.2-M2-4"),
        ("M0B.300001-B008", "M0B.300002-B001"),
        ("47RA906J", "47RA907J"),
        ("RUT09_1.2", "RUT9_1.1"),
    ],
)
def test_two_products_cannot_be_compared(a, b):
    """
    Digits that by their place belong to a name must be equal: they say which product it is, and not how old.
    """
    assert compare_dotted(a, b) is None
    assert compare_dotted(b, a) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("10657", "9001"),
        ("10657 ", "9001 "),
        ("4", "4.0.1"),
        ("20261129", "20251129"),
        ("2026-11-29", "2026-11-30"),
        ("2026.11.29", "2026.11.30"),
        ("2026/11/29", "2026/11/30"),
        ("29.11.2026", "30.10.2026"),
        ("11/29/2026", "12/28/2025"),
        ("20261129.1", "20261130.2"),
        ("20261129_1015", "20261129_1016"),
        ("2026-11-29T10:15:00Z", "2026-11-29T10:16:00Z"),
        ("29-Nov-2026", "29-Nov-2027"),
        ("Nov 29 2026 10:15:00", "Nov 29 2026 10:15:01"),
        ("FW_29.11.2026", "FW_30.10.2026"),
        ("1.2 build 11/29/2026", "1.2 build 12/28/2025"),
        ("a1b2c3d", "a1b2c4d"),
        ("1234e56", "1234e57"),
        ("A1B2C3D4E5", "A1B2C3D5E4"),
        ("0" * 20 + "a" * 19 + "1", "0" * 20 + "a" * 19 + "2"),
        ("25074051-0907-4000-8090-100400000001", "25074051-0907-4000-8090-100400000002"),
        ("fw:25074051-0907-4000-8090-100400000001", "fw:25074051-0907-4000-8090-100400000002"),
    ],
)
def test_counters_dates_and_hashes_cannot_be_compared(a, b):
    """
    What names no product, or is no version, has no order, though its digits have one.
    """
    assert compare_dotted(a, b) is None
    assert compare_dotted(b, a) is None


#: Names of products that differ in their digits alone, what may follow one, and what a version looks like.
PRODUCTS = st.from_regex(r"[A-Za-z]{1,5}[0-9]{1,4}([A-Za-z][0-9]{1,3})?", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){1,3}", fullmatch=True)


@given(PRODUCTS, st.data(), st.sampled_from(["_", "-", "/", ":", " ", "_R_", "-v"]), NUMBERS, NUMBERS)
def test_no_two_names_are_ever_compared(name, data, sign, older, newer):
    """
    Whatever the versions are, what stands before them says of which product they are.
    """
    digits = re.search("[0-9]+", name)
    other = data.draw(st.from_regex(f"[0-9]{{{len(digits[0])}}}", fullmatch=True).filter(lambda it: it != digits[0]))
    sibling = name[: digits.start()] + other + name[digits.end() :]

    assert compare_dotted(f"{name}{sign}{older}", f"{sibling}{sign}{newer}") is None
    assert compare_dotted(f"{name}{sign}{older}", f"{name}{sign}{newer}") is not None


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


NO_YEARS = st.integers(0, 1000) | st.integers(10_000, 10**20)  # A date that ends with its year has no order.


@given(st.lists(NO_YEARS, min_size=1, max_size=5), st.lists(NO_YEARS, min_size=1))
def test_numbers_with_dots_are_ordered_as_lists_of_numbers(one, other):
    """
    After one letter the order is that of the numbers, the shorter version filled up with zeros.
    """
    length = max(len(one), len(other))
    filled = [numbers + [0] * (length - len(numbers)) for numbers in (one, other)]

    answer = compare_dotted("v" + ".".join(map(str, one)), "v" + ".".join(map(str, other)))

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
        f"the scheme answered a value of type {type(answer).__name__}, {shown}, for '1.2' and '1.3': "
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
        "the scheme raised ValueError: could not convert string to float: 'SR1', for 'SR1' and '2' "
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
