"""Facts of one IMEI, of an account, and of the firmware that waits."""

import pytest

import pulumi_fota as fota
from pulumi_fota.errors import DeviceNotFound, InvalidImei, ThingSpaceError
from support.fleet import UNKNOWN, A


def test_one_device_is_read_and_its_phone_number_kept_apart(reachable):
    """
    Facts as fields, times as RFC 3339 text; the MDN is no field of the exported value.
    """
    meter = fota.get_device(f" {A}")

    assert (meter.imei, meter.make, meter.fota_eligible) == (A, "SEQUANS COMMUNICATIONS", True)
    assert (meter.upgrade_time, meter.refresh_time) == (None, "2022-02-04T06:10:01.441Z")
    assert meter.mdn == "9085550000"
    assert "9085550000" not in repr(meter)


def test_the_protocol_that_was_asked_for_is_named_for_a_device_that_did_not_come_back(reachable):
    """
    A healthy device of another protocol is left out as well.
    """
    with pytest.raises(DeviceNotFound) as failed:
        fota.get_device(A, protocol="HTTP")

    assert str(failed.value) == (
        f"device {A} is not in account '0000123456-00001': the carrier's answer left it out; check the IMEI, or the "
        "account that the device is billed to; only HTTP devices were asked for, so it may also have another protocol"
    )


def test_a_device_that_the_account_has_not_is_an_error(reachable):
    """
    There is nothing to give, so the message says which device, which account and what to check.
    """
    with pytest.raises(DeviceNotFound) as failed:
        fota.get_device(UNKNOWN)

    assert str(failed.value) == (
        f"device {UNKNOWN} is not in account '0000123456-00001': the carrier's answer left it out; "
        "check the IMEI, or the account that the device is billed to"
    )


def test_the_carriers_own_words_about_a_device_are_told(reachable):
    """
    Where the answer has a row of failure for the device, the message repeats its reason.
    """
    row = {"deviceId": UNKNOWN, "requestStatus": "Failure", "resultReason": "Device is not in the account"}
    reachable.answer_with(json={"accountName": "0000123456-00001", "deviceCount": 1, "deviceList": [row]}, on="devices")

    with pytest.raises(DeviceNotFound, match=r"the carrier refuses it \('.*Device is not in the account'\); "):
        fota.get_device(UNKNOWN)


def test_what_is_no_imei_is_refused_before_anything_is_sent(reachable):
    """
    One IMEI is checked as a list of them is.
    """
    with pytest.raises(InvalidImei, match="^IMEI '123' has 3 digits: an IMEI has 15$"):
        fota.get_device("123")

    assert reachable.count() == 0


def test_every_device_of_an_account_is_read(reachable):
    """
    Nothing was asked for by IMEI, so nothing is missing.
    """
    meters = fota.get_account_devices()

    assert len(meters) == 3
    assert (meters.requested, meters.missing) == (None, ())
    assert reachable.count("account_devices") == 1


def test_a_failed_read_of_an_account_gives_nothing(reachable):
    """
    Part of an account never looks like the whole.
    """
    reachable.fault("not-found", on="account_devices")

    with pytest.raises(ThingSpaceError, match="cannot read the devices of account '0000123456-00001'"):
        fota.get_account_devices()


class TestFirmware:
    """An account with an upgrade on offer."""

    @pytest.fixture
    def fleet(self, fleet):
        """
        The ordinary fleet, and what takes the meter that is behind to the version of the others.
        """
        upgrade = {
            "firmwareName": "GM01Q_1_2",
            "firmwareFrom": "SR1.1.0.0-9001",
            "firmwareTo": "SR1.2.0.0-10657",
            "make": "SEQUANS COMMUNICATIONS",
            "model": "GM01Q",
            "protocol": "LWM2M",
        }
        return {**fleet, "firmwareList": [upgrade]}

    def test_what_waits_for_a_device_is_read(self, reachable):
        """
        The offers of an account are joined with a device by make, model and version.
        """
        available = fota.get_available_firmware()
        behind, ahead = fota.get_device("490154203237518"), fota.get_device(A)

        assert [upgrade.name for upgrade in available.waiting_for(behind)] == ["GM01Q_1_2"]
        assert available.waiting_for(ahead) == ()
        assert len(available.path(behind, "SR1.2.0.0-10657")) == 1
        assert reachable.count("firmware") == 1
