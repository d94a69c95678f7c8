"""A list of IMEIs as compact text, in chunks by leading digits."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.model.imei import with_check_digit
from pulumi_fota.model.imei_chunks import from_chunks, to_chunks

imeis = st.one_of(
    st.sets(st.from_regex(r"[0-9]{15}", fullmatch=True), max_size=50),
    st.sets(st.integers(0, 10**14 - 1).map(lambda n: with_check_digit(f"{n:014}")), max_size=50),
    st.sets(st.integers(35999900000000, 35999900005000).map(lambda n: with_check_digit(str(n))), max_size=50),
)


@given(imeis)
def test_what_was_packed_is_unpacked(some):
    """
    Whatever their number, order and check digits, the same IMEIs come back, sorted.
    """
    assert from_chunks(to_chunks(some)) == tuple(sorted(some))


def test_the_extremes_are_packed():
    """
    Nothing, one, the smallest and the largest, and an IMEI of the API's own pages whose check digit is wrong.
    """
    for some in ([], ["000000000000000"], ["000000000000000", "999999999999999"], ["990013907835573"]):
        assert from_chunks(to_chunks(some)) == tuple(some)


def test_a_thousand_serials_are_one_chunk_and_more_are_divided():
    """
    A chunk holds at most 1,000 IMEIs, so that a change prints no more than their text.
    """
    serials = [with_check_digit(str(n)) for n in range(35999900000000, 35999900002500)]

    assert list(to_chunks(serials[:1000])) == ["35"]
    assert from_chunks(to_chunks(serials)) == tuple(sorted(serials))
    assert len(to_chunks(serials)) == 3


def test_an_imei_that_joins_changes_one_chunk():
    """
    The others keep their text, so the engine shows one line.
    """
    random_imeis = random.Random(7).sample(range(10**14), 20_000)  # noqa: S311 (the same each time)
    some = [with_check_digit(f"{n:014}") for n in random_imeis]

    before, after = to_chunks(some[1:]), to_chunks(some)

    assert [key for key in after if before.get(key) != after[key]] == [key for key in after if some[0].startswith(key)]


@pytest.mark.parametrize(
    ("numbers", "most"),
    [
        (random.Random(7).sample(range(10**14), 100_000), 5.1),  # noqa: S311 (the same each time)
        (range(35999900000000, 35999900100000), 0.3),
    ],
    ids=["random", "serial"],
)
def test_the_text_is_compact(numbers, most):
    """
    100,000 random IMEIs take 5 bytes each, so that state, which holds them twice, stays below 1 MiB.
    """
    chunks = to_chunks([with_check_digit(f"{n:014}") for n in numbers])

    assert len(json.dumps(chunks, separators=(",", ":"))) / len(numbers) < most


@given(st.sets(st.from_regex(r"[0-9]{15}", fullmatch=True), min_size=1))
def test_the_text_needs_no_escapes(some):
    """
    Quotes, backslashes and what Go writes as six characters would cost more than they carry.
    """
    text = "".join(to_chunks(some).values())

    assert text.isascii()
    assert text.isprintable()
    assert not set(text) & set("\"\\<>& '")


@pytest.mark.parametrize(
    "chunks",
    [{"35": "X05abc"}, {"ab": "L05abc"}, {"35": ""}, {"35": 'L05"'}, {"35": "L44fB*mh00R"}, {"35": "L60fB*mh00003"}],
)
def test_another_text_is_refused(chunks):
    """
    What a hand put into the state is an error, never another list of devices.
    """
    with pytest.raises(ValueError, match=r"."):
        from_chunks(chunks)
