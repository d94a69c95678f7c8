"""The snapshot as a resource, in a program with Pulumi's mocks for an engine."""

import types

import pulumi
import pytest
from pulumi.runtime import mocks, settings

from pulumi_fota.errors import InvalidArgument
from pulumi_fota.resources import DeviceSnapshot
from pulumi_fota.resources.stored_form import KEYS, to_stored
from support.fleet import A, B

TOKEN = "pulumi-python:dynamic/fota:DeviceSnapshot"


class Engine(mocks.Mocks):
    """Answers every registration with its inputs, and remembers them."""

    def __init__(self):
        self.registered = []

    def new_resource(self, args):
        """Echo the inputs, as the provider does."""
        self.registered.append(args)
        return [f"{args.name}-id", args.inputs]

    def call(self, args):
        """Refuse: a snapshot calls no function of a provider."""
        raise AssertionError(args)


@pytest.fixture
def registered(loop):
    """
    Run a program under mocks, and give what it registered.
    """

    def run(program):
        engine = Engine()
        mocks.set_mocks(engine, preview=False)
        try:
            pulumi.runtime.test(program)()
        finally:
            settings.reset_options()
        return engine.registered

    return run


def test_a_set_is_registered_as_its_facts(registered, meters):
    """
    With the provider.
    """
    devices = meters({A: {}, B: None})

    (snapshot,) = registered(lambda: DeviceSnapshot("meters", devices))

    provider = snapshot.inputs.pop("__provider")
    assert (snapshot.typ, snapshot.name) == (TOKEN, "meters")
    assert snapshot.inputs == to_stored(devices, name="meters", record="devices")
    assert provider.startswith("gASV")


def test_an_output_of_a_set_is_registered_as_its_facts(registered, meters):
    """
    The same inputs as of the plain set.
    """
    devices = meters({A: {}, B: None})

    def program():
        DeviceSnapshot("meters", devices)
        DeviceSnapshot("meters", pulumi.Output.from_input(devices))

    plain, late = registered(program)

    assert plain.inputs == late.inputs


def test_a_users_subclass_keeps_the_type_token(registered, meters):
    """
    Its snapshots are snapshots still, and so is what is in state of them.
    """

    class Meters(DeviceSnapshot):
        """Someone's own."""

    (snapshot,) = registered(lambda: Meters("meters", meters({A: {}})))

    assert snapshot.typ == TOKEN


@pytest.mark.parametrize(
    ("given", "named"), [({"name": "Meters"}, "name="), ({"name": "Meters", "module": "acme"}, "module= and name=")]
)
def test_a_subclass_with_a_type_token_of_its_own_is_refused(given, named):
    """
    Where the class is made: its snapshots would be others than those in state.
    """
    with pytest.raises(InvalidArgument) as refused:
        types.new_class("Meters", (DeviceSnapshot,), given)

    assert str(refused.value) == (
        f"class Meters names {named}: leave it out, since a subclass of DeviceSnapshot keeps its type, by which what "
        "is in state is found again"
    )


def test_a_users_subclass_takes_its_name_by_keyword(registered, meters):
    """
    As every argument.
    """

    class Meters(DeviceSnapshot):
        """Someone's own."""

    (snapshot,) = registered(lambda: Meters(name="meters", devices=meters({A: {}})))

    assert (snapshot.typ, snapshot.name) == (TOKEN, "meters")


def test_the_numbers_that_come_back_are_whole(registered, meters):
    """
    Pulumi carries floats; `count` and `cohorts` are integers again, in a subclass as well.
    """

    class Meters(DeviceSnapshot):
        """Someone's own."""

    seen = []

    def program():
        snapshot = Meters("meters", meters({A: {}}))
        return pulumi.Output.all(snapshot.count, snapshot.cohorts).apply(seen.append)

    registered(program)

    assert repr(seen) == "[[1, {'sequans communications': {'gm01q': {'SR1.2.0.0-10657': 1}}}]]"


def test_all_facts_are_one_output(registered, meters):
    """
    A new one each time, with whole numbers and the resource's name.
    """
    devices = meters({A: {}, B: None})
    seen = []

    def program():
        snapshot = DeviceSnapshot("meters", devices)
        assert snapshot.facts is not snapshot.facts
        return snapshot.facts.apply(seen.append)

    registered(program)

    (facts,) = seen
    stored = to_stored(devices, name="meters", record="devices")
    assert facts == {**{key: stored[key] for key in KEYS if key != "more"}, "name": "meters"}
    assert repr(facts["count"]) == "1"


def test_what_is_no_set_of_devices_is_refused():
    """
    The message tells what was passed, and what is taken.
    """
    with pytest.raises(InvalidArgument) as refused:
        DeviceSnapshot("meters", [A])

    assert str(refused.value) == (
        "snapshot 'meters': devices= is of type list: pass what get_devices or get_devices_output gave, or a part of it"
    )


def test_devices_that_no_refresh_could_read_again_are_refused(meters):
    """
    A connection without a name has its credentials in the program alone.
    """
    with pytest.raises(InvalidArgument) as refused:
        DeviceSnapshot("meters", meters({A: {}}, refreshable=False))

    assert str(refused.value) == (
        "snapshot 'meters': its devices were read through a Connection without a name, and `pulumi refresh` could "
        "not find its credentials again: store them under `fota:connections` and read through Connection.named(…)"
    )


def test_an_unknown_way_to_record_is_refused(meters):
    """
    The message names those that there are.
    """
    with pytest.raises(InvalidArgument) as refused:
        DeviceSnapshot("meters", meters({}), record="rows")

    assert str(refused.value) == "snapshot 'meters': record= is 'rows': use one of 'devices', 'cohorts'"


def test_a_flag_that_is_no_boolean_is_refused(loop, meters):
    """
    The text `false` of a config would pin the snapshot.
    """
    for pinned, shown in (("false", "'false'"), (None, "None"), (pulumi.Output.from_input(True), "an Output")):
        with pytest.raises(InvalidArgument) as refused:
            DeviceSnapshot("meters", meters({A: {}}), pinned=pinned)

        assert str(refused.value) == (
            f"snapshot 'meters': pinned= is {shown}: pass True or False (from config: `config.get_bool(…) or False`)"
        )
