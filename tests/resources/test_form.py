"""What makes stored facts well formed."""

import pytest
from pulumi.output import Unknown

from pulumi_fota.resources.facts import KEYS, to_stored
from pulumi_fota.resources.form import is_known, problems

A, B = "356938035643809", "359999000000018"


@pytest.mark.parametrize("record", ["devices", "cohorts"])
def test_what_a_snapshot_stores_is_well_formed(record, meters):
    """
    As the program makes it, and as the engine gives it back, with floats for its numbers.
    """
    stored = to_stored(meters({A: {"license_assigned": False}, B: None}), record=record)

    assert problems(stored) == []
    assert problems({**stored, "count": 1.0}) == []


@pytest.mark.parametrize(("record", "spoiled"), [("devices", 1), ("cohorts", "no")])
@pytest.mark.parametrize("key", ["ineligible", "unlicensed", "inactive", "missing"])
def test_a_word_stands_for_each_imei_and_a_number_for_each_word(record, spoiled, key, meters):
    """
    As the way to record has it.
    """
    stored = to_stored(meters({A: {}}), record=record)

    assert problems({**stored, key: {"no": spoiled}}) == [f"`{key}` is not as a snapshot stores it"]


def test_all_that_is_wrong_is_told_at_once(meters):
    """
    A property that is missing, one of another shape at any depth, and one that is not ours; never a value.
    """
    stored = to_stored(meters({A: {}}), record="devices")
    del stored["digest"]

    found = problems(
        {**stored, "firmware": {A: 12}, "cohorts": {"a": {"b": "3"}}, "pinned": "sekret", "colour": "sekret"}
    )

    assert found == [
        "`digest` is missing",
        "`pinned` is not as a snapshot stores it",
        "`firmware` is not as a snapshot stores it",
        "`cohorts` is not as a snapshot stores it",
        "`colour` is no property of a snapshot",
    ]


def test_what_a_preview_does_not_know_yet_is_no_problem():
    """
    Devices of a resource that is still to be created are unknown, and so is all that is stored of them.
    """
    facts = dict.fromkeys(KEYS, Unknown())

    assert problems(facts) == []
    assert not is_known(facts)
