"""A change of stored facts, in one line of words."""

import pytest

from pulumi_fota.resources.changes_line import changes_line
from pulumi_fota.resources.stored_form import to_stored

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"


@pytest.fixture
def words(meters):
    """
    Return in words how one set of rows became another.
    """

    def tell(before, after, record="devices", **read):
        return changes_line(
            to_stored(meters(before, **read), name="meters", record=record),
            to_stored(meters(after, **read), name="meters", record=record),
        )

    return tell


def test_the_kinds_of_change_are_counted(words):
    """
    The first number stands before the whole, and each kind of change is told once.
    """
    thousand = {f"35999900{n:07}": {} for n in range(1000)}
    first, second, third, fourth = sorted(thousand)[:4]
    moved = {imei: {"firmware": "SR1.3.0.0-11000"} for imei in (first, second, third)}

    assert (
        words(thousand, {**thousand, **moved, fourth: {"license_assigned": False}})
        == "3 of 1,000 devices run another firmware, 1 lost its licence"
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"firmware": "SR1.3.0.0-11000"}, "1 of 2 devices runs another firmware"),
        ({}, {"license_assigned": False}, "1 of 2 devices lost its licence"),
        ({}, {"license_assigned": None}, "1 of 2 devices now has an unknown licence"),
        ({"license_assigned": None}, {"license_assigned": False}, "1 of 2 devices turned out unlicensed"),
        ({"license_assigned": False}, {}, "1 of 2 devices got a licence"),
        ({}, {"fota_eligible": False}, "1 of 2 devices became ineligible"),
        ({}, {"fota_eligible": None}, "1 of 2 devices now has unknown eligibility"),
        ({"fota_eligible": None}, {"fota_eligible": False}, "1 of 2 devices turned out ineligible"),
        ({"fota_eligible": False}, {}, "1 of 2 devices became eligible"),
        ({}, {"status": "Suspended"}, "1 of 2 devices became inactive"),
        ({}, {"status": None}, "1 of 2 devices now has an unknown status"),
        ({"status": "Suspended"}, {"status": "Lost"}, "1 of 2 devices changed to another inactive status"),
        ({"status": "Suspended"}, {}, "1 of 2 devices became active"),
        ({}, None, "1 of 2 devices went missing"),
        (None, {}, "1 of 2 devices came back"),
        ({}, {"model": "GM02S"}, "1 of 2 devices is of another make or model"),
    ],
)
def test_each_change_of_a_device_has_its_words(before, after, told, words):
    """
    Of what the service did not say no more is told than that it is unknown.
    """
    assert words({A: before, B: {}}, {A: after, B: {}}) == told


def test_several_devices_are_spoken_of_in_the_plural(words):
    """
    `lost their licence`, `run`, `are`.
    """
    before = {A: {}, B: {}, C: {"license_assigned": False}}
    after = {A: {"model": "X", "firmware": "2"}, B: {"model": "X", "firmware": "2"}, C: {}}

    assert words(before, after) == (
        "2 of 3 devices run another firmware, 1 got a licence, 2 are of another make or model"
    )


def test_a_set_that_grows_and_shrinks_is_told_of(words):
    """
    What joined or left is not taken for a change of what stayed.
    """
    assert words(
        {A: {}, B: {"license_assigned": False}}, {A: {}, C: {"firmware": "2"}, D: {"license_assigned": False}}
    ) == ("2 of 3 devices joined the set, 1 left the set")


def test_cohorts_tell_the_least_that_changed(words):
    """
    Where numbers alone are stored, what one device lost and another got is not seen.
    """
    before = {A: {}, B: {}, C: {"license_assigned": False}, D: None}
    after = {A: {"firmware": "SR1.3.0.0-11000"}, B: {"fota_eligible": False}, C: {}, D: None}

    assert words(before, after, record="cohorts") == (
        "1 of 4 devices is of another make, model or firmware, 1 is no longer unlicensed, 1 is newly ineligible"
    )


def test_cohorts_whose_devices_changed_places_say_so(words):
    """
    The digest tells that something changed where no number does.
    """
    before, after = {A: {"firmware": "1"}, B: {}}, {A: {}, B: {"firmware": "1"}}

    assert words(before, after, record="cohorts") == "facts of 2 devices changed, but no count did"


def test_models_that_changed_places_say_so(words):
    """
    Makes and models are stored as counts alone, but nothing else is left that the digest can have noticed.
    """
    assert words({A: {"model": "X"}, B: {}}, {A: {}, B: {"model": "X"}}) == (
        "make or model of some of 2 devices changed, but the number of each did not"
    )


def test_models_that_changed_places_are_counted_if_the_firmware_tells_them_apart(words):
    """
    A cohort has a firmware too: while no firmware changes, a cohort that grows shows another make or model.
    """
    before = {A: {"model": "X", "firmware": "1"}, B: {"firmware": "2"}, C: {}}
    after = {A: {"firmware": "1"}, B: {"model": "X", "firmware": "2"}, C: {}}

    assert words(before, after) == "2 of 3 devices are of another make or model"


def test_the_devices_that_left_are_counted_among_those_that_were_there(words):
    """
    Not among those that remain.
    """
    fleet = {f"35999900{n:07}": {} for n in range(300)}

    assert words(fleet, {}) == "300 of 300 devices left the set"
    assert words(fleet, {"359999000000000": {}}, record="cohorts") == "299 of 300 devices left the set"


def test_cohorts_know_who_joined_and_left(words):
    """
    The IMEIs are stored, if in a compact form.
    """
    assert words({A: {}, B: {}}, {A: {}, C: {}, D: {}}, record="cohorts") == (
        "2 of 3 devices joined the set, 1 left the set"
    )


def test_cohorts_of_an_account_tell_how_many_more_there_are(words):
    """
    Of an account no IMEI is stored.
    """
    assert words({A: {}}, {A: {}, B: {}, C: {}}, record="cohorts", requested=None) == ("2 of 3 devices joined the set")


def test_nothing_is_said_where_nothing_changed(words):
    """
    A line without a change would be noise in every preview.
    """
    assert words({A: {}, B: None}, {B: None, A: {}}) is None


def test_what_was_asked_for_otherwise_is_not_compared(meters):
    """
    Devices of another account, or recorded in another way, are another set.
    """
    before, after = meters({A: {}}), meters({A: {"firmware": "2"}}, account="0000123456-00002")

    stored = to_stored(before, name="meters", record="devices")

    assert changes_line(stored, to_stored(after, name="meters", record="devices")) is None
    assert changes_line(stored, to_stored(meters({A: {"firmware": "2"}}), name="meters", record="cohorts")) is None


def test_numbers_that_pulumi_carried_are_whole(meters):
    """
    Every number comes back from the engine as a float.
    """
    before = to_stored(meters({A: {}, B: {"license_assigned": False}}), name="meters", record="cohorts")
    after = to_stored(meters({A: {}, B: {}}), name="meters", record="cohorts")
    carried = {**before, "count": 2.0, "unlicensed": {"no": 1.0}}

    assert changes_line(carried, {**after, "count": 2.0}) == "1 of 2 devices is no longer unlicensed"
