"""What a snapshot stores of a set of devices, and what can be asked again from what is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.model import Device, DeviceSet, Software
from pulumi_fota.resources.facts import KEYS, PINNED_KEYS, Question, to_stored
from pulumi_fota.resources.imei_chunks import to_chunks

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"


def test_devices_with_nothing_out_of_the_ordinary_store_their_firmware_alone(meters):
    """
    Every key is there, and those of exceptions are empty.
    """
    devices = meters({A: {}, B: {"firmware": "SR1.1.0.0-9001"}})

    stored = to_stored(devices, record="devices")

    assert stored == {
        "account": "0000123456-00001",
        "protocol": "",
        "connection": "",
        "scope": "list",
        "record": "devices",
        "pinned": False,
        "firmware": {A: "SR1.2.0.0-10657", B: "SR1.1.0.0-9001"},
        "imeis": {},
        "ineligible": {},
        "unlicensed": {},
        "inactive": {},
        "missing": {},
        "count": 2,
        "cohorts": {"sequans communications": {"gm01q": {"SR1.1.0.0-9001": 1, "SR1.2.0.0-10657": 1}}},
        "digest": devices.digest,
    }
    assert tuple(stored) == KEYS


def test_what_is_out_of_the_ordinary_is_keyed_by_imei(meters):
    """
    `no` is what the service said, `unknown` is what it did not say, and a status stands in lower case.
    """
    devices = meters(
        {
            A: {"fota_eligible": False, "license_assigned": None, "status": " Suspended"},
            B: {"fota_eligible": None, "license_assigned": False, "status": None},
            C: {"make": None, "model": "", "firmware": None},
            D: None,
        }
    )

    stored = to_stored(devices, record="devices")

    assert stored["ineligible"] == {A: "no", B: "unknown"}
    assert stored["unlicensed"] == {A: "unknown", B: "no"}
    assert stored["inactive"] == {A: "suspended", B: "unknown"}
    assert stored["missing"] == {D: "unknown"}
    assert stored["firmware"] == {A: "SR1.2.0.0-10657", B: "SR1.2.0.0-10657", C: "unknown"}
    assert stored["cohorts"] == {
        "sequans communications": {"gm01q": {"SR1.2.0.0-10657": 2}},
        "unknown": {"unknown": {"unknown": 1}},
    }
    assert stored["count"] == 3


def test_cohorts_store_numbers_and_the_imeis_in_chunks(meters):
    """
    With `record="cohorts"` no row is stored; each word of an exception has its number.
    """
    devices = meters(
        {A: {"license_assigned": False}, B: {"license_assigned": False}, C: {"license_assigned": None}, D: None}
    )

    stored = to_stored(devices, record="cohorts")

    assert stored["firmware"] == {}
    assert stored["imeis"] == to_chunks([A, B, C, D])
    assert stored["unlicensed"] == {"no": 2, "unknown": 1}
    assert stored["ineligible"] == stored["inactive"] == {}
    assert stored["missing"] == {"unknown": 1}
    assert stored["cohorts"] == {"sequans communications": {"gm01q": {"SR1.2.0.0-10657": 3}}}
    assert stored["digest"] == devices.digest


def test_no_time_and_no_phone_number_is_stored(meters):
    """
    Times move at every read, and a phone number is personal.
    """
    moved = {
        "create_time": "2099-01-01T00:00:00Z",
        "refresh_time": "2099-01-02T00:00:00Z",
        "mdn": "9085550000",
        "extra": {"note": "sim"},
        "software": (Software(name="boot", version="2"),),
        "files": ("a.bin",),
    }

    stored = to_stored(meters({A: moved}, read_at="2099-01-03T00:00:00Z"), record="devices")

    assert stored == to_stored(meters({A: {}}), record="devices")


def test_the_case_of_make_model_and_status_is_not_stored(meters):
    """
    What the digest does not see is not stored either, so that no difference comes without another digest.
    """
    shouted = {"make": "Sequans Communications ", "model": "gm01q", "status": "ACTIVE"}

    assert to_stored(meters({A: shouted}), record="devices") == to_stored(meters({A: {}}), record="devices")


@pytest.mark.parametrize("record", ["devices", "cohorts"])
@given(data=st.data())
def test_facts_never_differ_under_one_digest(record, data):
    """
    Whatever changes in a snapshot, what other resources take as a trigger changes with it.
    """
    text = st.sampled_from([None, "", "SR1.2.0.0-10657", "sr1.2"])
    flag = st.sampled_from([None, True, False])
    device = st.builds(
        Device,
        imei=st.sampled_from([A, B, C, D]),
        make=text,
        model=text,
        firmware=st.sampled_from(["SR1.1.0.0-9001", "SR1.2.0.0-10657"]),
        fota_eligible=flag,
        license_assigned=flag,
        status=st.sampled_from(["Active", "active", "Suspended"]),
    )

    def read():
        rows = {row.imei: row for row in data.draw(st.lists(device))}
        missing = tuple(imei for imei in (A, B, C, D) if imei not in rows)
        return DeviceSet.of(
            rows.values(), account="0000123456-00001", requested=(A, B, C, D), missing=missing, read_at=""
        )

    one, other = to_stored(read(), record=record), to_stored(read(), record=record)

    same_digest = one.pop("digest") == other.pop("digest")
    assert one == other or not same_digest


@given(data=st.data())
def test_no_digest_moves_without_a_fact_that_is_stored_of_the_device(data):
    """
    Where the answer says the same in another way, such as `null` for a blank, there is nothing to tell of.
    """
    text = st.sampled_from([None, "", " ", "unknown", "Unknown", "SR1.2", "sr1.2"])
    flag = st.sampled_from([None, True, False])
    device = st.builds(
        Device,
        imei=st.just(A),
        make=text,
        model=text,
        firmware=text,
        fota_eligible=flag,
        license_assigned=flag,
        status=text,
    )

    def read():
        return DeviceSet.of([data.draw(device)], account="0000123456-00001", requested=(A,), read_at="")

    one, other = (to_stored(read(), record="devices") for _ in range(2))

    same_digest = one.pop("digest") == other.pop("digest")
    assert (one == other) == same_digest


@pytest.mark.parametrize("record", ["devices", "cohorts"])
def test_the_question_is_found_again_in_its_answer(record, meters):
    """
    A refresh asks for the same IMEIs, the missing ones too, with the same account, filter and connection.
    """
    devices = meters({C: {}, A: {}, B: None}, protocol="LWM2M", connection="east")

    question = Question.that_gave(to_stored(devices, record=record))

    assert question == Question(account="0000123456-00001", protocol="LWM2M", connection="east", imeis=(A, B, C))


@pytest.mark.parametrize("record", ["devices", "cohorts"])
def test_all_of_the_account_is_asked_for_again_as_such(record, meters):
    """
    So that a refresh sees the devices that are new in the account; not one IMEI of it is kept for that.
    """
    devices = meters({A: {}}, requested=None)

    stored = to_stored(devices, record=record)

    assert stored["scope"] == "account"
    assert stored["imeis"] == {}
    assert Question.that_gave(stored) == Question(
        account="0000123456-00001", protocol=None, connection=None, imeis=None
    )


def test_a_part_of_an_account_is_a_list(meters):
    """
    A set filtered from the account's devices is asked for by its IMEIs: what joins the account is no part of it.
    """
    part = meters({A: {}, B: {"firmware": "SR1.1.0.0-9001"}}, requested=None).where(firmware="SR1.1.0.0-9001")

    assert Question.that_gave(to_stored(part, record="devices")).imeis == (B,)


def test_a_baseline_keeps_everything_but_the_account():
    """
    Devices of another account are another baseline, and `pinned` itself can be taken back.
    """
    assert set(KEYS) - set(PINNED_KEYS) == {"account", "pinned"}
