"""The snapshot's provider, called as the SDK's provider process calls it."""

import base64
import io
import pickle
import pickletools
from pathlib import Path

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.resources.device_snapshot import DeviceSnapshotProvider
from pulumi_fota.resources.stored_form import KEYS, to_stored
from support.fleet import A, B

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
STORED = (GOLDEN / "0.1.0" / "provider.txt").read_text(encoding="utf-8").strip()


@pytest.fixture
def stored(meters):
    """
    What is stored of a set of two meters, one missing, with the provider's own key among it as in a state.
    """
    return {**to_stored(meters({A: {}, B: None}), name="meters", record="devices"), "__provider": STORED}


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
    The inputs are stored as they are.
    """
    result = DeviceSnapshotProvider().check({}, dict(stored))

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
    news = to_stored(meters({A: {"firmware": "2"}, B: None}), name="meters", record="devices")

    DeviceSnapshotProvider().check(stored, news)

    assert capfd.readouterr() == ("snapshot 'meters': 1 of 2 devices runs another firmware\n", "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", None])
def test_a_name_that_the_stream_has_no_characters_for_is_said_in_codes(encoding, stored, meters, monkeypatch):
    """
    Wherever the engine runs, and whatever stands in for its stream: no name keeps a snapshot from being stored.
    """
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding) if encoding else io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    news = to_stored(meters({A: {"firmware": "2"}, B: None}), name="zähler 😀", record="devices")

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


def test_more_stays_as_it_is_in_state_while_nothing_else_differs(stored):
    """
    After a rename as well, and with the entries of another release.
    """
    more = {"name": "old", "unknown": "of a later release"}
    news = {**stored, "more": {"name": "meters"}}

    result = DeviceSnapshotProvider().check({**stored, "more": more}, news)

    assert result.failures == []
    assert result.inputs == {**stored, "more": more}


def test_more_that_a_hand_has_damaged_is_stored_anew(stored):
    """
    The program's is right.
    """
    result = DeviceSnapshotProvider().check({**stored, "more": {"name": 5.0}}, dict(stored))

    assert (result.inputs, result.failures) == (stored, [])


def test_a_chunk_that_a_hand_has_damaged_keeps_no_snapshot_from_being_stored_anew(meters, capfd):
    """
    What was there before cannot be compared, so nothing is said.
    """
    olds = {**to_stored(meters({A: {}, B: {}}), name="meters", record="cohorts"), "imeis": {"35": "X00"}}
    news = to_stored(meters({B: {}}), name="meters", record="cohorts")

    result = DeviceSnapshotProvider().check(olds, dict(news))

    assert (result.inputs, result.failures) == (news, [])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("olds", [{}, {"firmware": {}}])
def test_check_says_nothing_where_there_is_nothing_to_compare(olds, stored, capfd):
    """
    At creation there is no old state, and one that a hand has changed is not compared.
    """
    DeviceSnapshotProvider().check(olds, dict(stored))

    assert capfd.readouterr() == ("", "")


def test_unknown_devices_are_taken_for_those_of_the_same_account(stored, capfd):
    """
    A preview that does not know the devices yet announces an update, and no replacement.
    """
    unknown = {**dict.fromkeys(KEYS, Unknown()), "__provider": STORED}

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


def test_a_state_from_before_the_first_release_is_refused_in_one_sentence(stored):
    """
    A refresh tells what to do.
    """
    del stored["more"]

    with pytest.raises(InvalidArgument) as refused:
        DeviceSnapshotProvider().read("id", stored)

    assert str(refused.value) == (
        "refresh of a snapshot: the snapshot was stored before the first release of pulumi_fota, in a form that no "
        "release reads; store the facts anew with `pulumi up --replace URN`\nThe snapshot in state is as it was."
    )


def test_a_refresh_names_the_snapshot_whose_state_is_damaged(stored):
    """
    By the resource's name, which stands in state.
    """
    del stored["digest"]

    with pytest.raises(InvalidArgument) as refused:
        DeviceSnapshotProvider().read("id", stored)

    assert str(refused.value) == (
        "refresh of snapshot 'meters': the snapshot's state cannot be read: `digest` is missing; import the state as "
        "it was, or store the facts anew with `pulumi up --replace URN`\nThe snapshot in state is as it was."
    )
