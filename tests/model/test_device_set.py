"""A set of devices: what was asked, what came back, and what is missing."""

from itertools import pairwise

import pytest

from pulumi_fota.errors import DeviceNotFound, InvalidArgument
from pulumi_fota.model import DeviceSet

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"


def imeis(devices):
    return [device.imei for device in devices]


def test_devices_stand_in_the_order_of_their_imeis(device, device_set):
    """
    The order of the answer, which is not documented, is not seen.
    """
    meters = device_set(device(C), device(A), device(B))

    assert imeis(meters) == [A, B, C]
    assert len(meters) == 3
    assert meters[0].imei == A
    assert meters[-1].imei == C
    assert imeis(meters[1:]) == [B, C]
    assert imeis(reversed(meters)) == [C, B, A]


def test_a_device_is_found_by_its_imei(device, device_set):
    """
    An IMEI is a key, and `in` takes an IMEI or a device.
    """
    meters = device_set(device(A, firmware="1"), device(B))

    assert meters[A].firmware == "1"
    assert A in meters
    assert C not in meters
    assert device(A, firmware="1") in meters
    assert device(A, firmware="2") not in meters
    assert 7 not in meters


def test_a_device_that_is_not_in_the_set_is_an_error_with_its_imei(device, device_set):
    """
    The message tells how large the set is and where to look.
    """
    with pytest.raises(DeviceNotFound) as refused:
        device_set(device(A))[B]

    assert str(refused.value) == (f"device {B} is not in this set of 1 devices: look it up in `missing`, or ask for it")


def test_sets_are_equal_when_they_tell_the_same(device, device_set):
    """
    Account, devices and what is missing make a set; when it was read does not.
    """
    one = device_set(device(A), missing=(B,))

    assert one == device_set(device(A), missing=(B,), read_at="2023-01-01T00:00:00.000Z")
    assert hash(one) == hash(device_set(device(A), missing=(B,)))
    assert one != device_set(device(A))
    assert one != device_set(device(A), missing=(B,), account="0000123456-00002")
    assert one != device_set(device(A, firmware="2"), missing=(B,))
    assert one != [device(A)]


def test_the_repr_of_a_set_counts_and_shows_no_device(device, device_set):
    """
    A set of 50,000 devices prints on one line.
    """
    assert repr(device_set(device(A), missing=(B, C))) == (
        "<DeviceSet of 1 devices of account '0000123456-00001', 2 missing>"
    )


def test_where_keeps_the_devices_whose_fields_are_equal(device, device_set):
    """
    Several fields must all be equal, exactly, and a predicate may stand in front.
    """
    meters = device_set(
        device(A, firmware="1"),
        device(B, firmware="1", model="ME910C1"),
        device(C, firmware="2"),
        device(D, firmware=None),
    )

    assert imeis(meters.where(firmware="1")) == [A, B]
    assert imeis(meters.where(firmware="1", model="GM01Q")) == [A]
    assert imeis(meters.where(lambda each: each.imei > B, model="GM01Q")) == [C, D]
    assert imeis(meters.where(firmware=None)) == [D]
    assert imeis(meters.where(model="gm01q")) == []
    assert imeis(meters.where()) == [A, B, C, D]


def test_a_part_of_a_set_misses_nothing_and_keeps_how_it_was_read(device, device_set):
    """
    What was asked of a part are its devices; account, time, connection and protocol are those of the whole.
    """
    meters = device_set(
        device(A),
        requested=(A, B),
        missing=(B,),
        refusals={B: "unknown"},
        connection="east",
        protocol="LWM2M",
        refreshable=False,
    )

    part = meters.where(firmware="SR1.2")

    assert (part.requested, part.missing, part.refusals) == ((A,), (), {})
    assert (part.account, part.read_at) == (meters.account, meters.read_at)
    assert (part.connection, part.protocol, part.refreshable) == ("east", "LWM2M", False)
    assert meters.refusals == {B: "unknown"}


def test_reads_are_joined_to_the_answer_about_some_imeis(device, device_set):
    """
    Several reads answer one question: devices in order, what no read knows is missing, with the service's words
    where it had any, and the time is that of the last read.
    """
    one = device_set(device(C), device(A), requested=(A, C, D), missing=(D,), refusals={D: "no such device"})
    other = device_set(device(B), read_at="2022-02-05T00:00:07.000Z")

    joined = DeviceSet.joined([one, other], [D, B, A, B])

    assert imeis(joined) == [A, B]
    assert joined.requested == (A, B, D)
    assert joined.missing == (D,)
    assert joined.refusals == {D: "no such device"}
    assert joined.read_at == "2022-02-05T00:00:07.000Z"


def test_of_reads_that_know_the_same_device_the_first_is_believed(device, device_set):
    """
    A device comes from one read, whole.
    """
    one, other = device_set(device(A, firmware="1")), device_set(device(A, firmware="2"))

    joined = DeviceSet.joined([one, other], [A])

    assert joined.firmware_by_imei == {A: "1"}


def test_an_unknown_field_is_an_error_also_of_an_empty_set(device_set):
    """
    A typing error never looks like "no device".
    """
    with pytest.raises(InvalidArgument) as refused:
        device_set().where(firmwre="1")

    assert str(refused.value) == (
        "a device has no field 'firmwre': use one of imei, make, model, firmware, fota_eligible, license_assigned, "
        "status, protocol, software, files, create_time, upgrade_time, update_time, status_time, refresh_time, "
        "last_connection_time"
    )


class Eligible:
    """A rule that speaks of all devices but those of one model."""

    def outcomes(self, devices):
        """Judge each device that the rule speaks of."""
        answers = {True: "pass", False: "fail", None: "unknown"}
        return ((each, answers[each.fota_eligible]) for each in devices if each.model != "ME910C1")


def test_split_gives_three_sets_always(device, device_set):
    """
    Passed, failed and unknown, in this order and by name; a device that the rule does not speak of is in none.
    """
    meters = device_set(
        device(A, fota_eligible=None), device(B, fota_eligible=False), device(C), device(D, model="ME910C1")
    )

    passed, failed, unknown = split = meters.split(Eligible())

    assert (imeis(passed), imeis(failed), imeis(unknown)) == ([C], [B], [A])
    assert (split.passed, split.failed, split.unknown) == (passed, failed, unknown)
    assert [imeis(part) for part in device_set().split(Eligible())] == [[], [], []]


@pytest.fixture
def fleet(device, device_set):
    """
    Two thousand devices.
    """
    return device_set(*(device(f"{35_000_000_000_000 + n * 977:015d}") for n in range(2000)))


def test_a_canary_is_about_its_share_and_the_same_each_time(fleet):
    """
    The choice comes of a hash of salt and IMEI, so it is the same on every machine and run.
    """
    canary = fleet.canary("5%", salt="meters")

    assert 60 < len(canary) < 140
    assert canary == fleet.canary("5%", salt="meters")
    assert canary[0].imei == "035000000001954"


def test_a_smaller_canary_lies_inside_a_larger_one(fleet):
    """
    A rollout that grows keeps the devices that it began with.
    """
    shares = [set(imeis(fleet.canary(share, salt="meters"))) for share in ("0%", "1%", "5%", "50%", "99.9%", "100%")]

    assert all(smaller <= larger for smaller, larger in pairwise(shares))
    assert len(shares[0]) == 0
    assert len(shares[-1]) == 2000


def test_a_canary_does_not_move_when_the_fleet_grows(fleet, device, device_set):
    """
    A device is in or out whatever else the set holds.
    """
    part = fleet.where(lambda each: int(each.imei) % 2 == 0)

    assert set(imeis(part.canary("10%", salt="x"))) == set(imeis(fleet.canary("10%", salt="x"))) & set(imeis(part))


def test_another_salt_chooses_other_devices(fleet):
    """
    Two rollouts do not burden the same devices, and a salt does not run into the IMEI behind it.
    """
    assert set(imeis(fleet.canary("10%", salt="a"))) != set(imeis(fleet.canary("10%", salt="b")))


def test_a_canary_of_no_share_is_refused(device_set):
    """
    The share is a percentage, written as text.
    """
    with pytest.raises(InvalidArgument, match=r"the share of a canary is 0\.05, which is not a percentage"):
        device_set().canary(0.05, salt="meters")


def test_devices_are_counted_by_a_field(device, device_set):
    """
    What is not said counts as unknown, a boolean by its JSON name, and the keys are in order.
    """
    meters = device_set(device(A, firmware="2"), device(B, firmware=None), device(C, firmware="1"), device(D))

    assert list(meters.count_by("firmware").items()) == [("1", 1), ("2", 1), ("SR1.2", 1), ("unknown", 1)]
    assert meters.count_by("fota_eligible") == {"true": 4}
    assert device_set().count_by("firmware") == {}


def test_devices_are_counted_by_several_fields(device, device_set):
    """
    By two fields it is a dict of dicts.
    """
    meters = device_set(
        device(A, license_assigned=False), device(B), device(C, model=None), device(D, model="A", firmware="1")
    )

    assert meters.count_by("model", "firmware") == {
        "A": {"1": 1},
        "GM01Q": {"SR1.2": 2},
        "unknown": {"SR1.2": 1},
    }
    assert meters.count_by("license_assigned", "model", "make")["false"] == {"GM01Q": {"SEQUANS COMMUNICATIONS": 1}}


@pytest.mark.parametrize("method", ["count_by", "cohorts"])
@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("vendor", "a device has no field 'vendor': use one of imei, make, model, firmware, fota_eligible, "),
        ("mdn", "a device has no field 'mdn': use one of imei, "),
        ("software", "devices cannot be counted by 'software': it is a list; use a field that holds one value"),
    ],
)
def test_devices_are_grouped_by_fields_that_hold_one_value(device_set, method, field, message):
    """
    A field that does not exist, that is a list or that is personal data is refused.
    """
    with pytest.raises(InvalidArgument) as refused:
        getattr(device_set(), method)("make", field)

    assert str(refused.value).startswith(message)


def test_counting_by_nothing_is_refused(device_set):
    """
    `count_by()` is a forgotten argument.
    """
    with pytest.raises(InvalidArgument) as refused:
        device_set().count_by()

    assert str(refused.value) == "count_by was called without a field: name at least one, such as 'firmware'"


def test_the_firmware_of_each_device_is_as_received(device, device_set):
    """
    Nothing is normalised, and what is not said is `None`.
    """
    meters = device_set(device(B, firmware=" sr1.2"), device(A, firmware=None))

    assert meters.firmware_by_imei == {A: None, B: " sr1.2"}


@pytest.mark.parametrize(
    "change",
    [
        {"firmware": "sr1.2"},
        {"firmware": None},
        {"make": "Telit"},
        {"model": "GM02S"},
        {"status": "Inactive"},
        {"fota_eligible": False},
        {"fota_eligible": None},
        {"license_assigned": None},
        {"imei": C},
    ],
)
def test_a_fact_that_changes_moves_the_digest(device, device_set, change):
    """
    The digest covers each fact that a deployment may depend on; of the firmware every character counts.
    """
    before = device_set(device(A)).digest

    after = device_set(device(**{"imei": A, **change})).digest

    assert before != after


def test_account_and_what_is_missing_move_the_digest(device, device_set):
    """
    A device that is gone, or another account, is another state of the fleet.
    """
    digests = {
        device_set(device(A)).digest,
        device_set(device(A), account="0000123456-00002").digest,
        device_set(device(A), missing=(B,)).digest,
        device_set(device(A), missing=(C,)).digest,
        device_set(device(A), device(B)).digest,
    }

    assert len(digests) == 5


def test_what_is_no_fact_of_a_deployment_leaves_the_digest(device, device_set):
    """
    Order, times, protocol, software, the phone number, and the case and outer blanks of free text move nothing.
    """
    before = device_set(device(A), device(B)).digest
    noisy = {"make": " sequans Communications", "model": "gm01q ", "status": "ACTIVE", "mdn": "9085550001"}
    times = {"last_connection_time": "2022-02-04T06:10:01Z", "refresh_time": "2022-02-04T06:10:01Z", "protocol": "HTTP"}

    after = device_set(device(B, **times), device(A, **noisy), read_at="2023-01-01T00:00:00.000Z").digest

    assert before == after
    assert len(before) == 64


@pytest.mark.parametrize("text", ["", " ", "\t\n", "unknown"])
@pytest.mark.parametrize("field", ["make", "model", "firmware", "status"])
def test_a_blank_text_is_one_that_is_not_said(field, text, device, device_set):
    """
    For the digest and for numbers; so is the word that stands for it in what is stored.
    """
    absent, blank = device_set(device(A, **{field: None})), device_set(device(A, **{field: text}))

    assert blank.digest == absent.digest != device_set(device(A)).digest
    assert blank.count_by(field) == absent.count_by(field) == {"unknown": 1}


def test_the_digest_is_the_same_in_every_release(device, device_set):
    """
    It is stored in the state of deployed stacks, so it must not move with the code.
    """
    meters = device_set(device(A, make="Telit Δ", license_assigned=None), device(B), missing=(C,))

    assert meters.digest == "8ab4e33c3ef52e56024b9f01bf4f3ac2cfab470ade17e12d606a1cb2ab605c79"


def test_a_set_as_a_dict_is_plain_data(device, device_set):
    """
    A resource's input takes dicts and lists.
    """
    meters = device_set(device(A), missing=(B,))

    assert meters.to_dict() == {
        "account": "0000123456-00001",
        "missing": [B],
        "devices": [device(A).to_dict()],
    }


def test_what_cannot_choose_devices_is_refused(device, device_set):
    """
    A field without its value, and a rule that is none: the message tells what to pass.
    """
    meters = device_set(device(A))

    with pytest.raises(InvalidArgument) as no_predicate:
        meters.where("firmware")
    with pytest.raises(InvalidArgument) as no_rule:
        meters.split(lambda _device: True)

    assert str(no_predicate.value) == (
        "where was given a value of type str: "
        "pass a function that looks at a device, or a field by its name, as in where(make=…)"
    )
    assert str(no_rule.value) == ("split was given a value of type function: pass one rule of pulumi_fota.rules")


@pytest.mark.parametrize("salt", [None, 2026])
def test_a_salt_that_is_no_text_is_refused(salt, device, device_set):
    """
    Such as a setting that is missing, whose text is `None`.
    """
    with pytest.raises(InvalidArgument) as refused:
        device_set(device(A)).canary("5%", salt)

    assert str(refused.value) == f"the salt of a canary is of type {type(salt).__name__}: text was expected"
