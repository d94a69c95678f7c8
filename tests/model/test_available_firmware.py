"""The firmware that the carrier offers to an account."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.model import AvailableFirmware, Device, Upgrade

METER = {"make": "SEQUANS COMMUNICATIONS", "model": "GM01Q"}


def offer(*steps, **of):
    upgrades = tuple(
        Upgrade(name=f"{start}-{end}", firmware_from=start, firmware_to=end, **(of or METER)) for start, end in steps
    )
    return AvailableFirmware(account="0000123456-00001", read_at="2022-02-05T00:00:00.000Z", upgrades=upgrades)


def meter(firmware):
    return Device(imei="356938035643809", firmware=firmware, **METER)


def names(upgrades):
    return None if upgrades is None else [upgrade.name for upgrade in upgrades]


def test_the_upgrades_are_a_sequence_in_the_order_received():
    """
    Indexed, sliced, counted and iterated as any sequence.
    """
    available = offer(("2", "3"), ("1", "2"))

    assert len(available) == 2
    assert available[0].name == "2-3"
    assert names(available[1:]) == ["1-2"]
    assert names(available) == ["2-3", "1-2"]
    assert repr(available) == "<AvailableFirmware of 2 upgrades for account '0000123456-00001'>"


def test_what_waits_for_a_device_starts_at_its_make_model_and_version():
    """
    All three are compared literally, as the service joins them.
    """
    available = offer(("1", "2"), ("1", "3"), ("2", "3"))

    assert names(available.waiting_for(meter("1"))) == ["1-2", "1-3"]
    assert names(available.waiting_for(meter("3"))) == []
    assert names(available.waiting_for(meter("1 "))) == []
    assert names(available.waiting_for(Device(imei="356938035643809", firmware="1"))) == []


def test_nothing_waits_for_a_device_whose_firmware_is_not_said():
    """
    An upgrade without a start does not start at "not said".
    """
    available = offer((None, "2"))

    assert available.waiting_for(meter(None)) == ()
    assert available.path(meter(None), "2") is None


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ([("1", "2"), ("2", "3"), ("3", "4")], ["1-2", "2-3", "3-4"]),
        ([("1", "2"), ("2", "3"), ("3", "4"), ("2", "4")], ["1-2", "2-4"]),
        ([("1", "2"), ("1", "3"), ("3", "4"), ("2", "4")], ["1-2", "2-4"]),
        ([("1", "2"), ("2", "1"), ("2", "2"), ("2", "4")], ["1-2", "2-4"]),
        ([("1", "2"), ("3", "4")], None),
        ([("1", None), (None, "4")], None),
        ([("2", "1"), ("4", "1")], None),
        ([], None),
    ],
)
def test_the_path_to_a_version_is_the_shortest_and_cycles_and_gaps_do_no_harm(steps, path):
    """
    Fewest upgrades first, then the order received; a circle ends, and a gap is no path.
    """
    assert names(offer(*steps).path(meter("1"), "4")) == path


def test_a_device_that_is_there_needs_no_upgrade():
    """
    The path to the version that runs already is empty, not absent.
    """
    assert offer(("1", "2")).path(meter("1"), "1") == ()


def test_another_model_is_no_way():
    """
    The upgrades of another model lead nowhere.
    """
    assert offer(("1", "2"), make=METER["make"], model="GM02S").path(meter("1"), "2") is None


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40))
def test_a_path_is_a_chain_of_offers(steps):
    """
    Whatever is offered, each upgrade of a path starts where the one before it ended, and no version comes twice.
    """
    path = offer(*((str(start), str(end)) for start, end in steps)).path(meter("0"), "7")

    if path is not None:
        versions = ["0", *(upgrade.firmware_to for upgrade in path)]
        assert [upgrade.firmware_from for upgrade in path] == versions[:-1]
        assert versions[-1] == "7"
        assert len(set(versions)) == len(versions)


def test_the_upgrades_as_a_dict_are_plain_data():
    """
    A resource's input takes dicts and lists.
    """
    assert offer(("1", "2")).to_dict() == {
        "account": "0000123456-00001",
        "upgrades": [
            {
                "name": "1-2",
                "make": "SEQUANS COMMUNICATIONS",
                "model": "GM01Q",
                "firmware_from": "1",
                "firmware_to": "2",
                "protocol": None,
                "launch_date": None,
                "release_note": None,
            }
        ],
    }
