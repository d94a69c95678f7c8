"""What the tests of a program need."""

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota.errors import DeviceNotFound
from pulumi_fota.testing import Mocks


def test_the_fixture_is_reached_by_the_settings(thingspace):
    """
    A test adds devices and reads them as the program would.
    """
    imeis = thingspace.add_devices(4)

    meters = fota.get_devices(imeis)

    assert [meter.imei for meter in meters] == sorted(imeis)
    assert meters.count_by("make") == {"Quectel": 1, "SEQUANS COMMUNICATIONS": 2, "Telit": 1}
    assert thingspace.simulator.count("devices") == 1
    assert meters.where(last_connection_time=None).firmware_by_imei == {imeis[2]: "BG96MAR02A07M1G"}


def test_the_imeis_of_the_factory_have_a_check_digit_that_fits(thingspace, caplog):
    """
    A made fleet causes no warning.
    """
    fota.get_devices(thingspace.add_devices(30))

    assert [record for record in caplog.records if record.levelname == "WARNING"] == []


def test_a_device_is_changed_and_removed(thingspace):
    """
    The fleet moves while the test looks.
    """
    (imei,) = thingspace.add_devices(firmware="1", fotaEligible=False)
    assert fota.get_device(imei).fota_eligible is False

    thingspace.change(imei, firmware="2")
    assert fota.get_device(imei).firmware == "2"

    thingspace.remove(imei)
    with pytest.raises(DeviceNotFound):
        fota.get_device(imei)


def test_a_snapshot_answers_under_the_mocks_as_the_real_one(thingspace, loop):
    """
    Its outputs are what its provider stores.
    """
    imeis = thingspace.add_devices(2, firmware="1")
    pulumi.runtime.set_mocks(Mocks())
    seen = []

    @pulumi.runtime.test
    def program():
        meters = fota.get_devices(imeis)
        snapshot = fota.DeviceSnapshot("meters", devices=meters)
        return pulumi.Output.all(snapshot.firmware, snapshot.count, snapshot.digest).apply(seen.append)

    program()

    ((firmware, count, digest),) = seen
    assert firmware == dict.fromkeys(imeis, "1")
    assert count == 2
    assert len(digest) == 64
