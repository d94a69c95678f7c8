"""Facts of a list of IMEIs, read at once."""

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota.errors import InvalidArgument, InvalidImei, InvalidSetting, ServiceUnavailable
from support.fleet import UNKNOWN, A, C


def asked(simulator):
    """Return the IMEIs in the body of each request."""
    return [request.json["deviceList"] for request in simulator.requests if request.kind == "devices"]


def test_devices_are_read_and_what_is_missing_is_told(reachable):
    """
    One request; the devices in IMEI order, and the IMEI that the answer leaves out among the missing.
    """
    meters = fota.get_devices([C, UNKNOWN, A])

    assert [meter.imei for meter in meters] == [A, C]
    assert meters.requested == (A, UNKNOWN, C)
    assert meters.missing == (UNKNOWN,)
    assert meters[C].firmware == "SR1.1.0.0-9001"
    assert meters.account == "0000123456-00001"
    assert reachable.count("devices") == 1


def test_each_call_reads(reachable):
    """
    The plain function tells what is so now, not what was so before.
    """
    before = fota.get_devices([A])
    reachable.device(A)["firmware"] = "SR9"

    after = fota.get_devices([A])

    assert (before[A].firmware, after[A].firmware) == ("SR1.2.0.0-10657", "SR9")
    assert reachable.count("devices") == 2


class TestManyDevices:
    """A fleet at the borders of what fits into one request."""

    @pytest.fixture
    def fleet(self):
        """
        Two thousand and one devices; the simulator refuses more than a thousand in a request.
        """
        rows = [{"deviceId": f"{35_000_000_000_000 + n:014d}0", "firmware": "1"} for n in range(2001)]
        return {"accountName": "0000123456-00001", "deviceList": rows, "firmwareList": []}

    @pytest.mark.parametrize(
        ("count", "requests"), [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2), (2001, 3)]
    )
    def test_a_thousand_imeis_fit_into_a_request(self, reachable, fleet, count, requests):
        """
        No request for no IMEI, none too many at the border, and every device is there.
        """
        meters = fota.get_devices([row["deviceId"] for row in fleet["deviceList"][:count]])

        assert reachable.count("devices") == requests
        assert len(meters) == count
        assert meters.missing == ()

    def test_a_read_of_which_one_request_fails_gives_nothing(self, reachable, fleet, monkeypatch):
        """
        Half a fleet never looks like the whole: the error is the answer.
        """
        monkeypatch.setenv("FOTA_DEADLINE", "1")
        reachable.answer_with(503, on="devices", first=2, every=1)

        with pytest.raises(ServiceUnavailable, match="cannot read 2,001 devices of account '0000123456-00001'"):
            fota.get_devices([row["deviceId"] for row in fleet["deviceList"]])


def test_no_imei_is_no_request(reachable):
    """
    An empty list is answered without asking: no login, no token.
    """
    meters = fota.get_devices([])

    assert (len(meters), meters.requested, meters.missing) == (0, (), ())
    assert reachable.count() == 0


@pytest.mark.parametrize(
    "imeis", [[A, C, A], (A, C), {A, C}, iter([A, C]), {A: 1, C: 2}.keys(), ["35-693803-564380-9", f"\ufeff{C}\r\n"]]
)
def test_an_imei_is_asked_once_whatever_holds_it(reachable, imeis):
    """
    Lists, sets and iterators are read, in any spelling that is an IMEI; one that stands twice is asked once.
    """
    meters = fota.get_devices(imeis)

    assert asked(reachable) == [[A, C]]
    assert [meter.imei for meter in meters] == [A, C]


@pytest.mark.parametrize(
    ("imeis", "problem"),
    [
        ([718046013239, A], "item 1: 718046013239 is a number: numbers lose their leading zeros; quote it"),
        ([A, 990013907835573], "item 2: 990013907835573 is a number"),
        ([A, 3.5e14], "item 2: 350000000000000.0 is a number"),
        ([A, "35693803564380"], "item 2: '35693803564380' has 14 digits"),
        (["3569380356438012"], "item 1: '3569380356438012' has 16 digits, as an IMEISV has: the IMEI is"),
        (
            ["３５６９３８０３５６４３８０９"],
            "item 1: '３５６９３８０３５６４３８０９' has U+FF13 (fullwidth digit three)",
        ),
        ([A, ""], "item 2: '' is empty"),
        ([A, None], "item 2: None is of type NoneType"),
    ],
)
def test_what_is_no_imei_is_refused_before_anything_is_sent(reachable, imeis, problem):
    """
    The message names the position in the list and the reason; ThingSpace hears nothing, not even a login.
    """
    with pytest.raises(InvalidImei) as refused:
        fota.get_devices(imeis)

    assert problem in str(refused.value)
    assert "in `imeis` cannot be used; nothing was sent to ThingSpace" in str(refused.value)
    assert reachable.count() == 0


@pytest.mark.parametrize(
    ("imeis", "found"), [(A, "str"), (b"3", "bytes"), ({A: 1}, "dict"), (None, "NoneType"), (356938035643809, "int")]
)
def test_what_is_no_list_is_refused(reachable, imeis, found):
    """
    One IMEI alone is not taken for a list of its digits, nor a dict for its keys.
    """
    with pytest.raises(InvalidArgument) as refused:
        fota.get_devices(imeis)

    assert str(refused.value) == (f'imeis= is of type {found}: pass a list of texts, such as ["356938035643809"]')
    assert reachable.count() == 0


def test_an_output_is_refused_with_the_function_to_use(reachable, run):
    """
    The value of an Output is not known yet, so the message names the other form.
    """

    def program():
        with pytest.raises(InvalidArgument) as refused:
            fota.get_devices(pulumi.Output.from_input([A]))
        assert str(refused.value) == (
            "imeis= is an Output, whose value is not known yet: use the function that ends in _output"
        )

    run(program)


def test_an_output_in_the_list_is_refused(reachable, run):
    """
    The position of an Output in a plain list is told, and the function to use.
    """

    def program():
        with pytest.raises(InvalidArgument) as refused:
            fota.get_devices([A, pulumi.Output.from_input(C)])
        assert str(refused.value) == (
            "item 2 of imeis= is an Output, whose value is not known yet: use the function that ends in _output"
        )

    run(program)


@pytest.mark.parametrize("function", [lambda: fota.get_devices([A]), lambda: fota.get_devices_output([A])])
def test_settings_are_checked_before_anything_is_sent(reachable, monkeypatch, function):
    """
    A setting that is missing stops the program in the line that needs it.
    """
    monkeypatch.delenv("FOTA_PASSWORD")

    with pytest.raises(InvalidSetting, match="FOTA_USERNAME is set, but FOTA_PASSWORD is missing or empty"):
        function()

    assert reachable.count() == 0


def test_the_protocol_travels_as_a_filter(reachable):
    """
    Devices of another protocol than the one asked for are missing.
    """
    reachable.device(C)["protocol"] = "OMADM"

    meters = fota.get_devices([A, C], protocol="lwm2m")

    assert meters.protocol == "LWM2M"
    assert meters.missing == (C,)
    (request,) = [each for each in reachable.requests if each.kind == "devices"]
    assert request.query == {"protocol": "LWM2M"}


def test_the_account_given_goes_before_the_setting(reachable, monkeypatch):
    """
    One login may read several accounts.
    """
    monkeypatch.setenv("FOTA_ACCOUNT", "0000999999-00001")

    assert fota.get_devices([A], account="0000123456-00001").account == "0000123456-00001"
