"""What changed between two reads of devices."""

import json

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pulumi_fota as fota
from pulumi_fota.errors import InvalidArgument
from pulumi_fota.model.changes import Change, compare
from pulumi_fota.resources.stored_form import to_facts, to_stored

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"
TUPLES = ("joined", "left", "missing", "back", "firmware", "eligibility", "licence", "status", "model")


@pytest.fixture
def facts(meters):
    """
    Make the facts of a snapshot of such a set, as `snapshot.facts` has them.
    """

    def make(rows, record="devices", **read):
        return to_facts(to_stored(meters(rows, **read), name="meters", record=record))

    return make


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"firmware": "2"}, {"firmware": (Change(A, "SR1.2.0.0-10657", "2"),)}),
        ({"firmware": " "}, {"firmware": "2"}, {"firmware": (Change(A, None, "2"),)}),
        ({}, {"fota_eligible": None}, {"eligibility": (Change(A, True, None),)}),
        ({"license_assigned": False}, {}, {"licence": (Change(A, False, True),)}),
        ({}, {"status": "Suspended"}, {"status": (Change(A, "active", "suspended"),)}),
        ({}, None, {"missing": (Change(A, "present", "missing"),)}),
        (None, {}, {"back": (Change(A, "missing", "present"),)}),
    ],
)
def test_each_kind_of_change_has_its_tuple(before, after, told, meters, facts):
    """
    Alike for two sets, for the facts of two snapshots, and for one of each.
    """
    sides = [(make({A: before, B: {}}), make({A: after, B: {}})) for make in (meters, facts)]
    (old_set, new_set), (old_facts, new_facts) = sides

    results = [compare(old, new) for old, new in (*sides, (old_set, new_facts), (old_facts, new_set))]

    for changes in results:
        assert {name: getattr(changes, name) for name in TUPLES if getattr(changes, name)} == told
        assert (changes.counts, changes.count, bool(changes)) == (dict.fromkeys(told, 1), 1, True)
    assert len({changes.message for changes in results}) == 1


def test_devices_that_come_and_go_are_told_with_their_place(meters):
    """
    Whether they are present or missing there, in the order of IMEIs.
    """
    changes = compare(meters({A: {}, B: None, C: {}}), meters({C: {}, D: None}))

    assert changes.left == (Change(A, "present", None), Change(B, "missing", None))
    assert changes.joined == (Change(D, None, "missing"),)
    assert (changes.count, changes.message) == (3, "1 of 2 devices joined the set, 2 left the set")


def test_two_sets_tell_which_devices_changed_their_model(meters):
    """
    Also if two devices swap models, so that no count changes.
    """
    changes = compare(meters({A: {"model": "X"}, B: {}}), meters({A: {}, B: {"model": "X"}}))

    assert changes.model == (
        Change(A, "sequans communications x", "sequans communications gm01q"),
        Change(B, "sequans communications gm01q", "sequans communications x"),
    )
    assert (changes.count, changes.message) == (2, "2 of 2 devices are of another make or model")


def test_cohorts_have_counts_alone(meters, facts):
    """
    Whichever side stores them; the counts of what is out of the ordinary are differences.
    """
    before = {A: {}, B: {}, C: {"license_assigned": False}}
    after = {A: {"firmware": "2"}, B: {"fota_eligible": False}, C: {}}

    results = [
        compare(facts(before, "cohorts"), facts(after, "cohorts")),
        compare(facts(before, "cohorts"), meters(after)),
        compare(facts(before), facts(after, "cohorts")),
    ]

    for changes in results:
        assert not any(getattr(changes, name) for name in TUPLES)
        assert changes.counts == {"cohorts": 1, "unlicensed": -1, "ineligible": 1}
        assert (changes.count, changes.message) == (
            1,
            "1 of 3 devices is of another make, model or firmware, 1 is no longer unlicensed, 1 is newly ineligible",
        )


def test_facts_that_were_exported_can_be_compared(facts):
    """
    Every number comes back from the engine as a float.
    """
    before, after = facts({A: {}, B: {}}, "cohorts"), facts({A: {}, B: {"fota_eligible": None}}, "cohorts")
    carried = {**before, "count": 2.0}

    assert compare(carried, {**after, "ineligible": {"unknown": 1.0}}).message == "1 of 2 devices is newly ineligible"


def test_changes_are_plain_data_too(meters):
    """
    JSON takes it.
    """
    changes = compare(meters({A: {}}), meters({A: {"fota_eligible": False}}))

    assert json.loads(json.dumps(changes.to_dict())) == {
        **{name: [] for name in TUPLES},
        "eligibility": [{"imei": A, "then": True, "now": False}],
        "counts": {"eligibility": 1},
        "count": 1,
        "message": "1 of 1 device became ineligible",
    }


def test_nothing_changed_is_false_and_says_so(meters, facts):
    """
    Times, order and the case of words are no change.
    """
    before, after = {A: {}, B: None}, {B: None, A: {"status": "ACTIVE", "refresh_time": "2026-01-01T00:00:00Z"}}

    for changes in (compare(meters(before), meters(after)), compare(facts(before, "cohorts"), meters(after))):
        assert not changes
        assert (changes.counts, changes.message) == ({}, "no changes in 2 devices")


def read(rows):
    return fota.DeviceSet.of(
        [fota.Device(imei=imei, **row) for imei, row in rows.items() if row is not None],
        account="0000123456-00001",
        read_at="2022-02-05T00:00:00.000Z",
        requested=tuple(sorted(rows)),
        missing=tuple(sorted(imei for imei, row in rows.items() if row is None)),
    )


ROW = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "firmware": st.sampled_from(["1", "2", "unknown", " "]),
        "model": st.sampled_from(["X", "x", "Y"]),
        "status": st.sampled_from(["Active", "ACTIVE", "Lost", None]),
        "fota_eligible": st.sampled_from([True, False, None]),
        "license_assigned": st.sampled_from([True, False, None]),
    },
)
FLEET = st.fixed_dictionaries({A: ROW, B: ROW, C: ROW})


@given(before=FLEET, after=FLEET)
def test_something_changed_if_the_digest_did(before, after):
    """
    In whatever form the two sides come, and never otherwise.
    """
    old, new = read(before), read(after)
    sides = [
        (old, new),
        *(
            (to_stored(old, name="m", record=one), to_stored(new, name="m", record=other))
            for one in ("devices", "cohorts")
            for other in ("devices", "cohorts")
        ),
    ]

    results = {bool(compare(then, now)) for then, now in sides}

    assert results == {old.digest != new.digest}
    assert compare(old, new).count <= len(before)


def test_devices_of_two_accounts_are_not_compared(meters):
    """
    They are no two states of one fleet.
    """
    with pytest.raises(InvalidArgument) as refused:
        compare(meters({A: {}}), meters({A: {}}, account="0000123456-00002"))

    assert str(refused.value) == (
        "compare was given devices of account '0000123456-00001' and of account '0000123456-00002': "
        "pass two reads of one account"
    )


def test_reads_with_different_protocols_are_not_compared(meters, facts):
    """
    The devices of other protocols would look as if they had left.
    """
    with pytest.raises(InvalidArgument) as refused:
        compare(facts({A: {}}, protocol="LWM2M"), meters({A: {}}))

    assert str(refused.value) == (
        "compare was given a read with protocol 'LWM2M' and one without, which leave out different devices: "
        "pass two reads with the same protocol"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([A], "list"),
        ({}, "dict"),
        ({"record": "devices"}, "dict"),
        (None, "NoneType"),
    ],
)
def test_what_holds_no_facts_is_refused(value, shown, meters):
    """
    The message names the argument and what it takes.
    """
    with pytest.raises(InvalidArgument) as refused:
        compare(value, meters({A: {}}))

    assert str(refused.value) == (
        f"compare: then= is of type {shown} and not the facts of a snapshot: pass a DeviceSet, or what "
        "snapshot.facts.apply(…) passes to a function"
    )


def test_an_output_of_facts_is_refused(meters, loop):
    """
    Its value is not there yet.
    """
    with pytest.raises(InvalidArgument, match=r"^compare: now= is of type Output and not the facts of a snapshot: "):
        compare(meters({A: {}}), pulumi.Output.from_input({}))


def test_imeis_that_a_hand_has_damaged_are_refused(facts):
    """
    No device is taken for one that left.
    """
    with pytest.raises(InvalidArgument) as refused:
        compare({**facts({A: {}}, "cohorts"), "imeis": {"35": "X00"}}, facts({A: {}}, "cohorts"))

    assert str(refused.value) == (
        "compare was given facts whose `imeis` cannot be read: pass the facts as the snapshot stores them"
    )
