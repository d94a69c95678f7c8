"""A device as the carrier knows it."""

import attrs
import pytest

from pulumi_fota.model import Device, Software


def test_a_device_cannot_be_changed(device):
    """
    A fact is a value: whoever holds a device holds what was read.
    """
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        device().firmware = "SR9"


def test_a_device_of_which_nothing_is_said_has_no_fields():
    """
    Only the IMEI is needed; what the answer does not say is `None` or empty.
    """
    bare = Device(imei="356938035643809").to_dict()

    assert bare.pop("imei") == "356938035643809"
    assert bare.pop("software") == []
    assert bare.pop("files") == []
    assert set(bare.values()) == {None}


def test_the_phone_number_takes_no_part_in_equality_hash_and_repr(device):
    """
    The MDN is personal data: it is there for those who ask, and nowhere else.
    """
    one, other = device(mdn="9085550001"), device(mdn="9085550002")

    assert (one.mdn, other.mdn) == ("9085550001", "9085550002")
    assert one == other
    assert hash(one) == hash(other)
    assert "9085550001" not in repr(one)


def test_unknown_keys_take_no_part_in_equality_hash_and_repr(device):
    """
    A key that the service adds one day changes no comparison.
    """
    one, other = device(extra={"iccid": "8914800000063772026"}), device()

    assert one.extra == {"iccid": "8914800000063772026"}
    assert other.extra == {}
    assert one == other
    assert hash(one) == hash(other)
    assert "8914800000063772026" not in repr(one)


def test_a_device_as_a_dict_is_plain_data_without_phone_number(device):
    """
    A resource's input takes dicts and lists, and no MDN.
    """
    meter = device(
        mdn="9085550001",
        extra={"new": 1},
        software=(Software(name="app", version="2", upgrade_time="2022-01-01T00:00:00Z"), Software(name="boot")),
        files=("a.bin",),
        upgrade_time="2022-01-01T00:00:00Z",
    )

    assert meter.to_dict() == {
        "imei": "356938035643809",
        "make": "SEQUANS COMMUNICATIONS",
        "model": "GM01Q",
        "firmware": "SR1.2",
        "fota_eligible": True,
        "license_assigned": True,
        "status": "Active",
        "protocol": None,
        "software": [
            {"name": "app", "version": "2", "upgrade_time": "2022-01-01T00:00:00Z"},
            {"name": "boot", "version": None, "upgrade_time": None},
        ],
        "files": ["a.bin"],
        "create_time": None,
        "upgrade_time": "2022-01-01T00:00:00Z",
        "update_time": None,
        "status_time": None,
        "refresh_time": None,
        "last_connection_time": None,
    }
