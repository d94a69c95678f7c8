"""A cohort: devices that are alike, such as those of one make, model and firmware."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.model import Device, DeviceSet

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"


def test_devices_are_grouped_by_make_model_and_firmware(device, device_set):
    """
    A cohort tells what its devices share and how many they are, "not said" first.
    """
    meters = device_set(device(A), device(B, firmware="SR1.1"), device(C), device(D, firmware=None))

    cohorts = meters.cohorts()

    assert [(each.make, each.model, each.firmware, each.count) for each in cohorts] == [
        ("SEQUANS COMMUNICATIONS", "GM01Q", None, 1),
        ("SEQUANS COMMUNICATIONS", "GM01Q", "SR1.1", 1),
        ("SEQUANS COMMUNICATIONS", "GM01Q", "SR1.2", 2),
    ]
    assert [device.imei for device in cohorts[2].devices] == [A, C]


def test_devices_are_grouped_by_the_fields_given(device, device_set):
    """
    The values by which they were grouped are there by name, whatever the field.
    """
    meters = device_set(device(A, license_assigned=False), device(B, license_assigned=None), device(C))

    cohorts = meters.cohorts("license_assigned", "model")

    assert [each.values for each in cohorts] == [
        {"license_assigned": None, "model": "GM01Q"},
        {"license_assigned": False, "model": "GM01Q"},
        {"license_assigned": True, "model": "GM01Q"},
    ]
    assert [(each.make, each.model, each.firmware) for each in cohorts] == [(None, "GM01Q", None)] * 3


def test_the_devices_of_a_cohort_are_a_set_of_their_own(device, device_set):
    """
    A cohort can be filtered, counted and chosen from as the whole can.
    """
    (cohort,) = device_set(device(A), missing=(B,), requested=(A, B)).cohorts()

    assert cohort.devices.requested == (A,)
    assert cohort.devices.missing == ()


def test_no_devices_are_no_cohorts(device_set):
    """
    An empty set has no cohort, not one of nothing.
    """
    assert device_set().cohorts() == ()


def test_a_key_is_the_same_whatever_else_the_set_holds(device, device_set):
    """
    The key names resources, so it comes of the cohort's own values and never moves with another's.
    """
    alone = device_set(device(A)).cohorts()[0]
    among = device_set(device(A), device(B), device(C, firmware="SR1.1"), device(D, make=None)).cohorts()

    assert alone.key in [each.key for each in among]
    assert alone.key == "sequans-communications-gm01q-sr1-2-088216b1"


def test_values_that_read_alike_have_keys_of_their_own(device, device_set):
    """
    What differs in case, signs or place is another cohort, and its resources have another name.
    """
    meters = device_set(
        device(A, firmware="1.2"),
        device(B, firmware="1-2"),
        device(C, firmware="1.2 "),
        device(D, model="GM01Q-1", firmware="2"),
    )

    assert len({each.key for each in meters.cohorts()}) == 4


def test_a_cohort_of_which_nothing_is_said_is_called_unknown(device_set):
    """
    Its key is readable too.
    """
    (cohort,) = device_set(Device(imei=A)).cohorts()

    assert re.fullmatch(r"unknown-[0-9a-f]{8}", cohort.key)


texts = st.none() | st.text(max_size=80)


@given(texts, texts, texts)
def test_a_key_can_name_any_resource(make, model, firmware):
    """
    Whatever the carrier says, a key is a DNS label: lower-case letters, digits and hyphens, 63 at most.
    """
    device = Device(imei=A, make=make, model=model, firmware=firmware)
    devices = DeviceSet.of([device], account="0000123456-00001", requested=(A,), read_at="2022-02-05T00:00:00.000Z")

    (cohort,) = devices.cohorts()

    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", cohort.key)


def test_a_cohort_shows_no_device(device, device_set):
    """
    The repr of a cohort is its own line.
    """
    (cohort,) = device_set(device(A, firmware="1", mdn="9085550001")).cohorts()

    assert A not in repr(cohort)
    assert hash(cohort) == hash(device_set(device(A, firmware="1")).cohorts()[0])
