"""What a snapshot stores of a set of devices, what can be asked again from it, and what it may look like."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import Unknown

from pulumi_fota.model import Device, DeviceSet, Software
from pulumi_fota.model.imei_chunks import to_chunks
from pulumi_fota.resources.stored_form import (
    KEYS,
    MORE,
    PINNED_KEYS,
    Entry,
    ReadQuery,
    entry_of,
    is_known,
    keep_more,
    schema_errors,
    size_warning,
    title,
    to_facts,
    to_stored,
)

A, B, C, D = "356938035643809", "359999000000018", "359999000000026", "490154203237518"


def test_devices_with_nothing_out_of_the_ordinary_store_their_firmware_alone(meters):
    """
    Every key is there, and those of exceptions are empty.
    """
    devices = meters({A: {}, B: {"firmware": "SR1.1.0.0-9001"}})

    stored = to_stored(devices, name="meters", record="devices")

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
        "more": {"name": "meters"},
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

    stored = to_stored(devices, name="meters", record="devices")

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

    stored = to_stored(devices, name="meters", record="cohorts")

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

    stored = to_stored(meters({A: moved}, read_at="2099-01-03T00:00:00Z"), name="meters", record="devices")

    assert stored == to_stored(meters({A: {}}), name="meters", record="devices")


def test_the_case_of_make_model_and_status_is_not_stored(meters):
    """
    What the digest does not see is not stored either, so that no difference comes without another digest.
    """
    shouted = {"make": "Sequans Communications ", "model": "gm01q", "status": "ACTIVE"}

    shouting, plain = (to_stored(meters({A: fields}), name="meters", record="devices") for fields in (shouted, {}))

    assert shouting == plain


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

    one, other = to_stored(read(), name="meters", record=record), to_stored(read(), name="meters", record=record)

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

    one, other = (to_stored(read(), name="meters", record="devices") for _ in range(2))

    same_digest = one.pop("digest") == other.pop("digest")
    assert (one == other) == same_digest


@pytest.mark.parametrize("record", ["devices", "cohorts"])
def test_the_question_is_found_again_in_its_answer(record, meters):
    """
    A refresh asks for the same IMEIs, the missing ones too, with the same account, filter and connection.
    """
    devices = meters({C: {}, A: {}, B: None}, protocol="LWM2M", connection="east")

    query = ReadQuery.of_stored(to_stored(devices, name="meters", record=record))

    assert query == ReadQuery(account="0000123456-00001", protocol="LWM2M", connection="east", imeis=(A, B, C))


@pytest.mark.parametrize("record", ["devices", "cohorts"])
def test_all_of_the_account_is_asked_for_again_as_such(record, meters):
    """
    So that a refresh sees the devices that are new in the account; not one IMEI of it is kept for that.
    """
    devices = meters({A: {}}, requested=None)

    stored = to_stored(devices, name="meters", record=record)

    assert stored["scope"] == "account"
    assert stored["imeis"] == {}
    assert ReadQuery.of_stored(stored) == ReadQuery(
        account="0000123456-00001", protocol=None, connection=None, imeis=None
    )


def test_a_part_of_an_account_is_a_list(meters):
    """
    A set filtered from the account's devices is asked for by its IMEIs: what joins the account is no part of it.
    """
    part = meters({A: {}, B: {"firmware": "SR1.1.0.0-9001"}}, requested=None).where(firmware="SR1.1.0.0-9001")

    assert ReadQuery.of_stored(to_stored(part, name="meters", record="devices")).imeis == (B,)


def test_the_keys_and_those_that_a_baseline_keeps_are_frozen():
    """
    A key that joined them would be missing in every older state, and the engine would take it out of the inputs of
    every older baseline. What is new is an entry of `more`.
    """
    frozen = (
        "account protocol connection scope record pinned firmware imeis ineligible unlicensed inactive missing count"
    )

    assert (*frozen.split(), "cohorts", "digest", "more") == KEYS
    assert tuple(key for key in KEYS if key not in {"account", "pinned"}) == PINNED_KEYS


@pytest.fixture
def later(monkeypatch):
    """
    A later release, which stores the newest refresh time as well.
    """

    def newest(devices, _name):
        return max(device.refresh_time for device in devices)

    monkeypatch.setitem(MORE, "newest", Entry(shape=str, default="", since="9.9.0", value=newest))


@pytest.mark.usefixtures("later")
def test_a_later_release_stores_its_entry_in_more(meters):
    """
    And nothing else of its own.
    """
    devices = meters({A: {"refresh_time": "2022-02-04T06:10:01Z"}})

    stored = to_stored(devices, name="meters", record="devices")

    assert stored["more"] == {"name": "meters", "newest": "2022-02-04T06:10:01Z"}
    assert tuple(stored) == KEYS


def test_more_stays_while_nothing_else_differs(meters):
    """
    Whatever stands in it, and whether numbers were carried by Pulumi; so there is no difference to an older or a newer
    release's state.
    """
    after = to_stored(meters({A: {}}), name="renamed", record="devices")
    before = {**after, "count": 1.0, "more": {"name": "meters", "unknown": {"deep": [1.0]}}}

    assert keep_more(before, after) == before


@pytest.mark.parametrize(
    ("record", "change"), [("devices", {"firmware": "2"}), ("cohorts", {"status": "Suspended"}), ("devices", None)]
)
def test_more_is_that_of_this_release_once_a_fact_differs(record, change, meters):
    """
    An entry of another release speaks of facts that are no longer so.
    """
    before = to_stored(meters({A: {}}), name="meters", record=record)
    before["more"]["unknown"] = "2022"
    after = to_stored(meters({A: change}), name="renamed", record=record)

    assert keep_more(before, after) == after
    assert after["more"] == {"name": "renamed"}


@pytest.mark.usefixtures("later")
def test_an_entry_that_the_writer_did_not_know_has_its_default():
    """
    One that it knew is as it was stored.
    """
    assert entry_of({"name": "meters"}, "newest") == ""
    assert entry_of({"name": "meters", "newest": "2022"}, "newest") == "2022"


@pytest.mark.usefixtures("later")
def test_all_facts_stand_side_by_side(meters):
    """
    Numbers are whole again, defaults are filled in, and what only a later release knows is left out.
    """
    devices = meters({A: {"refresh_time": "2022-02-04T06:10:01Z"}, B: None})
    stored = to_stored(devices, name="meters", record="cohorts")
    carried = {
        **stored,
        "count": 1.0,
        "missing": {"unknown": 1.0},
        "cohorts": {"sequans communications": {"gm01q": {"SR1.2.0.0-10657": 1.0}}},
        "more": {"name": "meters", "unknown": 1.0},
    }

    facts = to_facts(carried)

    del stored["more"]
    assert facts == {**stored, "name": "meters", "newest": ""}
    assert repr([facts["count"], facts["missing"], facts["cohorts"]]) == repr(
        [stored["count"], stored["missing"], stored["cohorts"]]
    )


def test_no_entry_is_called_like_a_key():
    """
    They stand side by side in `facts`.
    """
    assert not set(KEYS) & set(MORE)


@pytest.mark.parametrize(
    ("stored", "named"),
    [
        ({"more": {"name": "meters"}}, "snapshot 'meters'"),
        ({"more": {"name": "a\n::b"}}, r"snapshot 'a\n:\x3ab'"),
        ({"more": {"name": ""}}, "a snapshot"),
        ({"more": {"name": 5.0}}, "a snapshot"),
        ({"more": {}}, "a snapshot"),
        ({"more": "meters"}, "a snapshot"),
        ({}, "a snapshot"),
    ],
)
def test_a_snapshot_is_named_as_far_as_its_state_tells(stored, named):
    """
    A hand in the state is no reason to fail with another error than that the state cannot be read.
    """
    assert title(stored) == named


@pytest.mark.parametrize("record", ["devices", "cohorts"])
def test_what_a_snapshot_stores_is_well_formed(record, meters):
    """
    As the program makes it, and as the engine gives it back, with floats for its numbers.
    """
    stored = to_stored(meters({A: {"license_assigned": False}, B: None}), name="meters", record=record)

    assert schema_errors(stored) == []
    assert schema_errors({**stored, "count": 1.0}) == []


@pytest.mark.parametrize(("record", "spoiled"), [("devices", 1), ("cohorts", "no")])
@pytest.mark.parametrize("key", ["ineligible", "unlicensed", "inactive", "missing"])
def test_a_word_stands_for_each_imei_and_a_number_for_each_word(record, spoiled, key, meters):
    """
    As the way to record has it.
    """
    stored = to_stored(meters({A: {}}), name="meters", record=record)

    assert schema_errors({**stored, key: {"no": spoiled}}) == [f"`{key}` is not as a snapshot stores it"]


def test_all_that_is_wrong_is_told_at_once(meters):
    """
    A property that is missing, one of another shape at any depth, and one that is not ours; never a value.
    """
    stored = to_stored(meters({A: {}}), name="meters", record="devices")
    del stored["digest"]

    errors = schema_errors(
        {**stored, "firmware": {A: 12}, "cohorts": {"a": {"b": "3"}}, "pinned": "sekret", "colour": "sekret"}
    )

    assert errors == [
        "`digest` is missing",
        "`pinned` is not as a snapshot stores it",
        "`firmware` is not as a snapshot stores it",
        "`cohorts` is not as a snapshot stores it",
        "`colour` is not a property of a snapshot",
    ]


def test_an_entry_of_another_shape_is_named_and_an_unknown_one_is_left_alone(meters):
    """
    The unknown one may be of a later release.
    """
    stored = to_stored(meters({A: {}}), name="meters", record="devices")

    assert schema_errors({**stored, "more": {"name": 5.0, "unknown": {"a": [None]}}}) == [
        "`more.name` is not as a snapshot stores it"
    ]
    assert schema_errors({**stored, "more": "meters"}) == ["`more` is not as a snapshot stores it"]


def test_what_a_preview_does_not_know_yet_is_no_problem():
    """
    Devices of a resource that is still to be created are unknown, and so is all that is stored of them.
    """
    facts = dict.fromkeys(KEYS, Unknown())

    assert schema_errors(facts) == []
    assert not is_known(facts)


def imeis(count):
    return [f"35693803{n:07}" for n in range(count)]


@pytest.mark.parametrize(("record", "most"), [("devices", 2**20), ("cohorts", 150_000)])
def test_five_thousand_unlicensed_devices_of_as_many_versions_stay_below_a_mebibyte(record, most, meters):
    """
    With a UUID of its own as firmware of each, and counted twice, since state holds inputs and outputs: no warning.
    """
    versions = [str(uuid.uuid5(uuid.NAMESPACE_OID, str(n))) for n in range(5000)]
    rows = {imei: {"firmware": versions[n], "license_assigned": False} for n, imei in enumerate(imeis(5000))}

    stored = to_stored(meters(rows), name="meters", record=record)

    assert 2 * len(json.dumps(stored, separators=(",", ":"))) < most
    assert size_warning("meters", stored) is None


def test_a_large_snapshot_warns_and_names_the_setting_that_makes_it_smaller(meters):
    """
    At 1 MiB, well before the 4 MiB that some hosts refuse.
    """
    stored = to_stored(meters({imei: {} for imei in imeis(50_000)}), name="meters", record="devices")

    assert size_warning("meters", stored) == (
        "snapshot 'meters': the facts of 50,000 devices take 1.7 MiB, which state holds twice, and some hosts of "
        'Pulumi refuse messages above 4 MiB: record="cohorts" stores numbers, and the IMEIs alone in a compact form'
    )


@pytest.mark.parametrize(
    ("record", "large", "advice"),
    [
        (
            "cohorts",
            {"imeis": {"35": "L" * 2**20}},
            "divide the set among several snapshots, or read the whole account, whose IMEIs are not stored",
        ),
        ("cohorts", {"inactive": {"x" * 2**20: 1}}, "divide the set among several snapshots"),
    ],
)
def test_the_advice_is_against_what_is_large(record, large, advice):
    """
    The setting that a snapshot has already is not named again, nor one that would leave what is large.
    """
    stored = {**{key: {} for key in KEYS}, "record": record, "count": 300_000, **large}

    assert size_warning("meters", stored) == (
        "snapshot 'meters': the facts of 300,000 devices take 1.0 MiB, which state holds twice, and some hosts of "
        f"Pulumi refuse messages above 4 MiB: {advice}"
    )
