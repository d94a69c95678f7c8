"""The snapshot's provider, called as the SDK's provider process calls it."""

import base64
import io
import pickle
import pickletools
from pathlib import Path

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from pulumi_fota.resources.device_snapshot import DeviceSnapshotProvider
from pulumi_fota.resources.facts import KEYS, to_stored

A, B = "356938035643809", "359999000000018"
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
STORED = (GOLDEN / "0.1.0" / "provider.txt").read_text(encoding="utf-8").strip()


@pytest.fixture
def stored(meters):
    """
    What is stored of a set of two meters, one missing, with the provider's own key among it as in a state.
    """
    return {**to_stored(meters({A: {}, B: None}), record="devices"), "__provider": STORED}


def test_the_stored_provider_is_the_class_by_name_and_nothing_else():
    """
    The pickle names module and class, holds no state, and is not marked as a secret.
    """
    provider = DeviceSnapshotProvider()

    text = serialize_provider(provider)

    assert text == STORED
    assert [argument for _, argument, _ in pickletools.genops(base64.b64decode(text)) if isinstance(argument, str)] == [
        "pulumi_fota.resources.device_snapshot",
        "DeviceSnapshotProvider",
    ]
    assert vars(provider) == {}
    assert provider.serialize_as_secret_always is False


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/provider.txt")), ids=lambda path: path.parent.name)
def test_the_provider_that_a_release_stored_is_found(path):
    """
    By the module and the name that it had then.
    """
    text = path.read_text(encoding="utf-8")

    assert type(pickle.loads(base64.b64decode(text))) is DeviceSnapshotProvider  # noqa: S301 (as the SDK does)


def test_check_lets_well_formed_facts_pass(stored):
    """
    The inputs are stored as they are; the name that came along for the message is not.
    """
    result = DeviceSnapshotProvider().check({}, {**stored, "_snapshot": "meters"})

    assert result.inputs == stored
    assert result.failures == []


def test_check_tells_all_failures_at_once(stored):
    """
    None of them names a property to the engine, which would print its value.
    """
    del stored["digest"]

    result = DeviceSnapshotProvider().check({}, {**stored, "count": "sekret"})

    assert [(failure.property, failure.reason) for failure in result.failures] == [
        ("", f"{problem}: take out the transform or policy that changes what DeviceSnapshot passes")
        for problem in ("`digest` is missing", "`count` is not as a snapshot stores it")
    ]


def test_check_says_what_changed(stored, meters, capfd):
    """
    One line, with the snapshot's name.
    """
    news = {**to_stored(meters({A: {"firmware": "2"}, B: None}), record="devices"), "_snapshot": "meters"}

    DeviceSnapshotProvider().check(stored, news)

    assert capfd.readouterr() == ("snapshot 'meters': 1 of 2 devices runs another firmware\n", "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", None])
def test_a_name_that_the_stream_has_no_characters_for_is_said_in_codes(encoding, stored, meters, monkeypatch):
    """
    Wherever the engine runs, and whatever stands in for its stream: no name keeps a snapshot from being stored.
    """
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding) if encoding else io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    news = {**to_stored(meters({A: {"firmware": "2"}, B: None}), record="devices"), "_snapshot": "zähler 😀"}

    result = DeviceSnapshotProvider().check(stored, news)

    stream.seek(0)
    said = stream.read()
    assert result.failures == []
    assert said.endswith(": 1 of 2 devices runs another firmware\n")
    assert said.startswith(
        {
            "ascii": r"snapshot 'z\xe4hler \U0001f600'",
            "latin-1": r"snapshot 'zähler \U0001f600'",
        }.get(encoding, "snapshot 'zähler 😀'")
    )


@pytest.mark.parametrize("named", [{}, {"_snapshot": None}])
def test_a_snapshot_whose_name_a_transform_took_out_is_spoken_of_without(named, stored, meters, capfd):
    """
    As of any.
    """
    DeviceSnapshotProvider().check(
        stored, {**to_stored(meters({A: {"firmware": "2"}, B: None}), record="devices"), **named}
    )

    assert capfd.readouterr().out == "a snapshot: 1 of 2 devices runs another firmware\n"


def test_a_chunk_that_a_hand_has_damaged_keeps_no_snapshot_from_being_stored_anew(meters, capfd):
    """
    What was there before cannot be compared, so nothing is said.
    """
    olds = {**to_stored(meters({A: {}, B: {}}), record="cohorts"), "imeis": {"35": "X00"}}
    news = to_stored(meters({B: {}}), record="cohorts")

    result = DeviceSnapshotProvider().check(olds, {**news, "_snapshot": "meters"})

    assert (result.inputs, result.failures) == (news, [])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("olds", [{}, {"firmware": {}}])
def test_check_says_nothing_where_there_is_nothing_to_compare(olds, stored, capfd):
    """
    At creation there is no old state, and one that a hand has changed is not compared.
    """
    DeviceSnapshotProvider().check(olds, {**stored, "_snapshot": "meters"})

    assert capfd.readouterr() == ("", "")


def test_unknown_devices_are_taken_for_those_of_the_same_account(stored, capfd):
    """
    A preview that does not know the devices yet announces an update, and no replacement.
    """
    unknown = {**dict.fromkeys(KEYS, Unknown()), "__provider": STORED, "_snapshot": "meters"}

    result = DeviceSnapshotProvider().check(stored, dict(unknown))
    first = DeviceSnapshotProvider().check({}, dict(unknown))

    assert result.failures == first.failures == []
    assert result.inputs["account"] == stored["account"]
    assert isinstance(first.inputs["account"], Unknown)
    assert capfd.readouterr() == ("", "")


def test_create_and_update_echo_what_the_program_saw(stored):
    """
    They ask nobody. Two snapshots never share an id.
    """
    facts = {key: stored[key] for key in KEYS}

    one, other = DeviceSnapshotProvider().create(stored), DeviceSnapshotProvider().create(stored)
    updated = DeviceSnapshotProvider().update(one.id, {}, stored)

    assert one.outs == other.outs == updated.outs == facts
    assert one.id != other.id


def test_the_engine_is_left_to_compare(stored):
    """
    With an answer of its own `preview --diff` would print every sibling of a key that changed.
    """
    result = DeviceSnapshotProvider().diff("id", stored, {**stored, "firmware": {}})

    assert (result.changes, result.replaces, result.stables) == (None, None, None)
