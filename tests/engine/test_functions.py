"""The functions in whole programs, on the real engine."""

import threading

import pulumi
import pytest
from pulumi import automation as auto

import pulumi_fota as fota
from pulumi_fota import rules
from support.fleet import UNKNOWN, A, B, C


def test_lookups_travel_together_and_a_second_run_asks_again(stack, simulator):
    """
    Preview and up of one process are two runs: each asks once for all that is plain and once for what is secret, and
    sees what is so then.
    """

    def program():
        results = [fota.get_device_output(imei) for imei in (A, B, C)] * 100
        pulumi.export("firmware", [device.firmware for device in results[:3]])
        pulumi.export("secret", fota.get_device_output(pulumi.Output.secret(A)).apply(lambda device: device.model))

    fleet = stack(program)
    fleet.preview()
    assert simulator.count("devices") == 2
    simulator.device(C)["firmware"] = "SR9"

    fleet.up()

    assert simulator.count("devices") == 4
    assert fleet.outputs["firmware"][2] == "SR9"
    outputs = fleet.handle.outputs()
    assert (outputs["secret"].secret, outputs["firmware"].secret) == (True, False)
    assert [message for message in fleet.messages if message.startswith("fota: 3 devices in 1 request")]


def test_imeis_out_of_a_resource_are_unknown_in_preview(stack, simulator):
    """
    Nothing is asked before the resource is there; the update asks.
    """

    def program():
        site = pulumi.Stash("site", input=[A, UNKNOWN])
        first = fota.get_devices_output([C], opts=pulumi.InvokeOutputOptions(depends_on=[site]))
        pulumi.export("later", first.apply(len))

    fleet = stack(program)

    fleet.preview()
    assert simulator.count() == 0

    fleet.up()
    assert fleet.outputs == {"later": 1}


def test_depends_on_is_obeyed_however_the_resource_is_named(stack, simulator):
    """
    A resource, a list, an Output of either: a preview that has yet to create it asks nothing, the update and every
    preview after it ask once for all.
    """

    def program():
        site = pulumi.Stash("site", input=1)
        forms = {
            "resource": site,
            "list": [site],
            "output": pulumi.Output.from_input(site),
            "output of list": pulumi.Output.from_input([site]),
            "list of output": [site.output.apply(lambda _: site)],
        }
        for name, depends_on in forms.items():
            results = fota.get_devices_output([C], opts=pulumi.InvokeOutputOptions(depends_on=depends_on))
            pulumi.export(name, results.apply(len))

    fleet = stack(program)

    fleet.preview()
    in_first_preview = simulator.count()
    fleet.up()
    in_update = simulator.count("devices")
    fleet.preview()

    assert (in_first_preview, in_update, simulator.count("devices")) == (0, 1, 2)
    assert fleet.outputs == dict.fromkeys(["resource", "list", "output", "output of list", "list of output"], 1)


@pytest.mark.parametrize("wrapped", [lambda site: site, lambda site: [pulumi.Output.from_input(site)]])
def test_a_component_in_depends_on_stops_the_program_in_words(stack, simulator, wrapped):
    """
    Nothing waits for a component, so the message says what to name instead, and nothing is asked.
    """

    def program():
        site = pulumi.ComponentResource("test:index:Site", "allentown")
        fota.get_devices_output([C], opts=pulumi.InvokeOutputOptions(depends_on=wrapped(site)))

    fleet = stack(program)

    with pytest.raises(auto.CommandError):
        fleet.preview()

    text = "\n".join(fleet.messages)
    assert "depends_on names allentown of type ComponentResource, which is not a custom resource" in text
    assert "name the custom resource that must exist first, or pass one of its outputs as an argument" in text
    assert "Traceback" not in text
    assert simulator.count() == 0


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_gate_in_an_apply_that_nobody_uses_stops_the_deployment(stack, simulator, command):
    """
    The last line of the program, whose devices arrive when all else is long done: it fails preview and up all the same.
    """
    simulator.latency = 0.2

    def program():
        meters = fota.get_devices_output([A, C])
        gate = fota.Gate("meters", rules.allowed_versions("SR1.2.0.0-10657"))
        meters.apply(gate.require)

    fleet = stack(program)

    with pytest.raises(auto.CommandError):
        getattr(fleet, command)()

    text = "\n".join(fleet.messages)
    assert f"SR1.1.0.0-9001 on {C}" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("command", ["preview", "up"])
def test_an_error_that_nobody_waits_for_stops_the_program_cleanly(stack, simulator, command):
    """
    A lookup whose result goes nowhere fails preview and up, in its own words and without a traceback.
    """

    def program():
        fota.get_device_output(UNKNOWN)

    fleet = stack(program)

    with pytest.raises(auto.CommandError):
        getattr(fleet, command)()

    text = "\n".join(fleet.messages)
    assert f"device {UNKNOWN} is not in account '0000123456-00001'" in text
    assert "Traceback" not in text


def test_numbers_out_of_stack_config_are_refused_before_anything_is_sent(stack, simulator, thingspace_settings):
    """
    IMEIs that YAML made numbers of are refused by position.
    """

    def program():
        fota.get_devices(pulumi.Config("fleet").require_object("imeis"))

    fleet = stack(program, {**thingspace_settings, "fleet:imeis": "[718046013239, 19999000000010, 990013907835573]"})

    with pytest.raises(auto.CommandError):
        fleet.preview()

    text = "\n".join(fleet.messages)
    assert "3 of 3 IMEIs in `imeis` cannot be used; nothing was sent to ThingSpace" in text
    assert "item 1: 718046013239 is a number" in text
    assert "Traceback" not in text
    assert simulator.count() == 0


def test_devices_are_exported_whole_without_phone_numbers(stack, simulator):
    """
    A device is a dict, a set a list of them, plain and as an Output; a resource's input takes `to_dict()`.
    """

    def program():
        meters, later = fota.get_devices([A, C]), fota.get_devices_output([A, C])
        pulumi.export("device", meters[0])
        pulumi.export("set", meters)
        pulumi.export("nested", {"meters": [meters[0]]})
        pulumi.export("output", later)
        pulumi.export("cohort", meters.cohorts()[0])
        pulumi.export("firmware", fota.get_available_firmware())
        pulumi.export("dict", pulumi.Stash("meters", input=meters.to_dict()).output)

    fleet = stack(program)
    fleet.up()
    results = fleet.outputs

    assert results["device"]["imei"] == A
    assert results["device"]["fota_eligible"] is True
    assert [row["imei"] for row in results["set"]] == [A, C]
    assert results["output"] == results["set"]
    assert results["nested"] == {"meters": [results["device"]]}
    assert results["cohort"]["count"] == 1
    assert results["firmware"] == []
    assert [row["imei"] for row in results["dict"]["devices"]] == [A, C]
    assert "908555000" not in str(results)


def test_two_stacks_in_two_threads_do_not_mix(engine, simulator, thingspace_settings):
    """
    Each has an event loop of its own, and asks for itself.
    """
    results = {}

    def deploy(name, imei):
        def program():
            pulumi.export("imei", fota.get_device_output(imei).imei)

        made = auto.create_stack(name, project_name="fleet", program=program)
        made.set_all_config({key: auto.ConfigValue(value=value) for key, value in thingspace_settings.items()})
        results[name] = made.up().outputs["imei"].value

    threads = [threading.Thread(target=deploy, args=arguments) for arguments in (("east", A), ("west", C))]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {"east": A, "west": C}
    assert simulator.count("devices") == 2


def test_a_read_that_takes_long_shows_how_far_it_is(stack, simulator):
    """
    After a second the engine's display has a line of it.
    """
    simulator.latency = 0.6

    fleet = stack(lambda: pulumi.export("n", fota.get_devices_output([A]).apply(len)))
    fleet.preview()

    assert any(message.startswith("fota: 0 of 1 devices, 1 s") for message in fleet.messages)
