"""What it takes to ask with arguments that are not known yet."""

import asyncio
import time

import pulumi
import pytest
from pulumi import InvokeOutputOptions, Output

import pulumi_fota as fota
from pulumi_fota.errors import DeviceNotFound, InvalidArgument, InvalidImei, InvalidSetting, ServiceUnavailable
from support.fleet import UNKNOWN, A, C


async def told(output):
    """Return all that an Output holds."""
    return {
        "known": await output.is_known(),
        "secret": await output.is_secret(),
        "resources": {resource.pulumi_resource_name for resource in await output.resources()},
        "value": await output.future(),
    }


async def later(value):
    """Return a value after a while."""
    await asyncio.sleep(0)
    return value


@pytest.mark.parametrize(
    "imeis",
    [
        lambda: [A, C],
        lambda: (A, C),
        lambda: iter([A, C]),
        lambda: Output.from_input([A, C]),
        lambda: Output.from_input((A, C)),
        lambda: [Output.from_input(A), C],
        lambda: (A, Output.from_input(C)),
        lambda: Output.from_input(Output.from_input([A, Output.from_input(C)])),
        lambda: Output.from_input(1).apply(lambda _: [Output.from_input(A), C]),
        lambda: later([A, C]),
        lambda: [later(A), C],
        lambda: iter([later(A), C]),
    ],
)
def test_outputs_are_waited_for_at_any_depth(reachable, run, imeis):
    """
    The list, each of it, or both may be Outputs or awaitables, and plain values need no wrapping.
    """
    meters = run(lambda: fota.get_devices_output(imeis()))

    assert meters.requested == (A, C)
    assert [meter.imei for meter in meters] == [A, C]


def test_every_argument_may_be_an_output(reachable, run, monkeypatch):
    """
    Account, protocol and connection are waited for like the IMEIs.
    """
    monkeypatch.delenv("FOTA_ACCOUNT")
    wait = Output.from_input

    def program():
        return [
            fota.get_devices_output([A], account=wait("0000123456-00001"), protocol=wait("LWM2M")),
            fota.get_device_output(wait(A), connection=wait(fota.Connection(account="0000123456-00001"))),
            fota.get_account_devices_output(account=wait("0000123456-00001")),
            fota.get_available_firmware_output(account=wait("0000123456-00001"), protocol=wait(None)),
        ]

    devices, device, whole, firmware = run(program)

    assert devices.protocol == "LWM2M"
    assert device.imei == A
    assert len(whole) == 3
    assert firmware.account == "0000123456-00001"


def test_an_unknown_argument_is_an_unknown_result_and_no_request(reachable, run, thing):
    """
    In a preview an IMEI that a resource has yet to make is not asked for, nor any other of its list.
    """

    def program():
        made = thing("meter", imei=A)
        outputs = [
            fota.get_devices_output([made.imei, C]),
            fota.get_devices_output(made.imei.apply(lambda imei: [imei])),
            fota.get_device_output(made.imei),
            fota.get_account_devices_output(account=made.id),
        ]
        return [told(output) for output in outputs]

    results = run(program, preview=True)

    assert [result["known"] for result in results] == [False] * 4
    assert [result["resources"] for result in results] == [{"meter"}] * 4
    assert reachable.count() == 0


def test_a_known_argument_is_asked_for_in_preview(reachable, run):
    """
    What is known is known in preview too, and so is what ThingSpace says of it.
    """
    assert len(run(lambda: fota.get_devices_output([A, C]), preview=True)) == 2
    assert reachable.count("devices") == 1


def test_secretness_is_each_callers_own(reachable, run):
    """
    Of lookups of one IMEI only those are secret that have a secret argument. These share a request of their own.
    """

    def program():
        outputs = [
            fota.get_device_output(Output.secret(A)),
            fota.get_device_output(A),
            fota.get_devices_output([A, Output.secret(C)]),
            fota.get_devices_output([A], account=Output.secret("0000123456-00001")),
            fota.get_devices_output([A]),
        ]
        return [told(output) for output in outputs]

    results = run(program)

    assert [result["secret"] for result in results] == [True, False, True, True, False]
    assert results[0]["value"] == results[1]["value"]
    assert reachable.count("devices") == 2


def test_the_result_depends_on_the_resources_behind_the_arguments(reachable, run, thing):
    """
    What is built of a result waits for what its arguments came from, and for what the options name.
    """

    def program():
        first, second, third = thing("first", imei=A), thing("second", imei=C), thing("third")
        outputs = [
            fota.get_devices_output([first.imei, second.imei]),
            fota.get_device_output(first.imei, opts=InvokeOutputOptions(depends_on=[third])),
            fota.get_device_output(A, opts=InvokeOutputOptions(depends_on=third)),
            fota.get_device_output(A),
        ]
        return [told(output) for output in outputs]

    results = run(program)

    assert [result["resources"] for result in results] == [{"first", "second"}, {"first", "third"}, {"third"}, set()]


@pytest.mark.parametrize(
    "depends_on",
    [
        lambda new: new,
        lambda new: [new],
        lambda new: Output.from_input([new]),
        Output.from_input,
        lambda new: [Output.from_input(1).apply(lambda _: new)],
        lambda new: later([new]),
    ],
)
def test_nothing_is_asked_before_what_it_depends_on_is_there(reachable, run, thing, depends_on):
    """
    In a preview that has yet to create one of `depends_on` the result is unknown, however the resource is named.
    """

    def program():
        opts = InvokeOutputOptions(depends_on=depends_on(thing("new")))
        return told(fota.get_devices_output([A], opts=opts))

    assert not run(program, preview=True)["known"]
    assert reachable.count() == 0
    assert run(program)["value"].requested == (A,)


@pytest.mark.parametrize(
    "opts", [None, InvokeOutputOptions(), InvokeOutputOptions(depends_on=[]), pulumi.InvokeOptions()]
)
def test_options_that_say_nothing_change_nothing(reachable, run, opts):
    """
    Options may be passed through by a function of the program that has none itself.
    """
    assert len(run(lambda: fota.get_devices_output([A], opts=opts))) == 1


def test_a_parent_is_accepted(reachable, run):
    """
    Components pass themselves as the parent of every lookup, and code generators always do.
    """

    class Site(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("test:index:Site", name)
            opts = InvokeOutputOptions.from_resource_options(pulumi.ResourceOptions(parent=self))
            self.meters = fota.get_devices_output([A], opts=opts)

    assert len(run(lambda: Site("allentown").meters)) == 1


@pytest.mark.parametrize(
    ("opts", "message"),
    [
        (
            InvokeOutputOptions(version="1.0"),
            (
                "opts= sets version, which has no meaning for a read from ThingSpace: leave it out, and use depends_on "
                "alone"
            ),
        ),
        (InvokeOutputOptions(plugin_download_url="x"), "opts= sets plugin_download_url, which has no meaning"),
        (InvokeOutputOptions(provider=object()), "opts= sets provider, which has no meaning"),
        (
            pulumi.ResourceOptions(),
            "opts= is of type ResourceOptions: pass pulumi.InvokeOutputOptions(depends_on=…)",
        ),
        (
            InvokeOutputOptions(depends_on=["meter"]),
            (
                "depends_on names 'meter' of type str, which is not a custom resource and is never waited for: "
                "name the custom resource that must exist first, or pass one of its outputs as an argument"
            ),
        ),
    ],
)
def test_options_that_cannot_be_kept_are_refused(reachable, run, opts, message):
    """
    An option is obeyed or an error, never ignored.
    """

    def program():
        with pytest.raises(InvalidArgument) as refused:
            fota.get_devices_output([A], opts=opts)
        assert str(refused.value).startswith(message)

    run(program)

    assert reachable.count() == 0


def test_a_component_is_refused_with_what_to_name_instead(reachable, run):
    """
    A component is there as soon as it is declared, so waiting for it would wait for nothing.
    """

    def program():
        site = pulumi.ComponentResource("test:index:Site", "allentown")
        with pytest.raises(InvalidArgument) as refused:
            fota.get_devices_output([A], opts=InvokeOutputOptions(depends_on=[site]))
        assert str(refused.value) == (
            "depends_on names allentown of type ComponentResource, which is not a custom resource and is never waited "
            "for: name the custom resource that must exist first, or pass one of its outputs as an argument"
        )

    run(program)


def test_a_component_inside_an_output_is_refused_too(reachable, run):
    """
    What is seen only when the Output is known is refused then.
    """

    def program():
        site = pulumi.ComponentResource("test:index:Site", "allentown")
        fota.get_devices_output([A], opts=InvokeOutputOptions(depends_on=Output.from_input([site])))

    with pytest.raises(InvalidArgument, match="depends_on names allentown of type ComponentResource"):
        run(program)

    assert reachable.count() == 0


def test_a_bad_argument_stops_the_program_in_its_line(reachable, run):
    """
    Where nothing has to be waited for, the error comes at once, before other resources are declared.
    """
    reached = []

    def program():
        fota.get_devices_output(["123"])
        reached.append("the next line")

    with pytest.raises(InvalidImei, match="item 1: '123' has 3 digits"):
        run(program)

    assert reached == []
    assert reachable.count() == 0


def test_a_bad_argument_that_is_known_later_fails_the_program(reachable, run, thing):
    """
    An IMEI that comes out of a resource is checked as well, before anything is sent.
    """

    def program():
        fota.get_devices_output([A, thing("meter", imei="123").imei])

    with pytest.raises(InvalidImei, match="item 2: '123' has 3 digits"):
        run(program)

    assert reachable.count() == 0


@pytest.mark.parametrize("value", [718046013239.0, [A], None])
def test_a_value_of_another_type_out_of_a_resource_is_refused(reachable, run, thing, value):
    """
    The engine hands numbers over as floats; no number is an IMEI.
    """

    def program():
        fota.get_device_output(Output.from_input(1).apply(lambda _: value))

    with pytest.raises(InvalidImei):
        run(program)

    assert reachable.count() == 0


def test_settings_that_an_output_spoils_fail_the_program(reachable, run):
    """
    Settings that are known later are checked later, before anything is sent.
    """

    def program():
        fota.get_devices_output([A], account=Output.from_input("42798"))

    with pytest.raises(InvalidSetting, match="account= is '42798', only digits and fewer than ten"):
        run(program)

    assert reachable.count() == 0


def test_an_error_reaches_the_program_when_nobody_uses_the_result(reachable, run):
    """
    A lookup whose Output goes nowhere still fails the program.
    """
    reachable.fault("not-found", on="devices")

    def program():
        fota.get_devices_output([A])

    with pytest.raises(fota.ThingSpaceError, match="cannot read 1 device"):
        run(program)


def test_a_device_that_is_not_there_fails_the_lookup_of_it_alone(reachable, run):
    """
    A set says what is missing; a single lookup has nothing to give, and tells which device and account.
    """

    def program():
        fota.get_devices_output([A, UNKNOWN])
        fota.get_device_output(UNKNOWN)

    with pytest.raises(DeviceNotFound) as failed:
        run(program)

    assert str(failed.value) == (
        f"device {UNKNOWN} is not in account '0000123456-00001': the carrier's answer left it out; "
        "check the IMEI, or the account that the device is billed to"
    )


def test_a_program_may_recover_from_a_lookup_that_fails(reachable, run):
    """
    The Output carries the error, so `recover` can put something in its place.
    """

    def program():
        return fota.get_device_output(UNKNOWN).recover(lambda error: str(error)[:6])

    assert run(program) == "device"


def test_the_event_loop_goes_on_during_a_read(reachable, run):
    """
    While ThingSpace takes its time, the program's other work is done.
    """
    reachable.latency = 0.3
    ticks = []

    async def tick():
        while len(ticks) < 10:
            ticks.append(time.monotonic())
            await asyncio.sleep(0.02)

    def program():
        return [tick(), fota.get_devices_output([A]).apply(lambda _: len(ticks))]

    _, ticks_at_the_answer = run(program)

    assert ticks_at_the_answer == 10


def test_fields_of_a_result_are_reached_through_the_output(reachable, run):
    """
    An Output passes on items and attributes, nested ones too.
    """

    def program():
        meters = fota.get_devices_output([A, C])
        return [meters[0].firmware, meters[C].firmware, meters.missing, meters.apply(len)]

    assert run(program) == ["SR1.2.0.0-10657", "SR1.1.0.0-9001", (), 2]


def test_a_long_list_without_outputs_is_not_wrapped(reachable, run, monkeypatch):
    """
    The SDK wraps each item of a list that it is given, which takes seconds for a large fleet; ours is kept from it.
    """
    wrapped = []
    monkeypatch.setattr(asyncio, "ensure_future", counting(asyncio.ensure_future, wrapped))
    imeis = [f"35693803{n:07d}" for n in range(1000)]

    def program():
        before = len(wrapped)
        fota.get_devices_output(imeis)
        fota.get_devices_output(Output.from_input(1).apply(lambda _: imeis))
        return Output.from_input(before)

    before = run(program)

    assert len(wrapped) - before < 100


def counting(function, calls):
    """Count the calls of a function."""

    def counted(*args, **kwargs):
        calls.append(args)
        return function(*args, **kwargs)

    return counted


def test_an_outage_is_told_without_a_traceback(reachable, run, monkeypatch):
    """
    The error is one that Pulumi prints as it is.
    """
    monkeypatch.setenv("FOTA_DEADLINE", "0.5")
    reachable.answer_with(503)

    with pytest.raises(ServiceUnavailable) as failed:
        run(lambda: fota.get_devices_output([A]))

    assert isinstance(failed.value, pulumi.RunError)
