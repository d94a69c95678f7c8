"""A gate: how it is made, when it is open, and where it stops."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from pulumi_fota import rules
from pulumi_fota.errors import GateFailed, InvalidArgument, InvalidRule, InvalidSetting
from pulumi_fota.gate import Gate

UNKNOWN: Any = pulumi.UNKNOWN
CLOSED = Gate("meters", rules.allowed_versions("1.2"))
OPEN = Gate("meters", rules.active())
REHEARSED = (
    "Gate 'meters' would have stopped this deployment (fota:gate is advisory): 1 of 2 rules failed for 1 device."
)

# Nothing to check.


def empty_list(fleets: Any) -> Any:
    return fleets.of()


def empty_filter(fleets: Any) -> Any:
    return fleets.alike(3).where(model="ME910")


def empty_account(fleets: Any) -> Any:
    return fleets.of(requested=None)


@pytest.mark.parametrize("nothing", [empty_list, empty_filter, empty_account])
@pytest.mark.parametrize("rule", [[], [rules.active()], [rules.active(allow_empty=True)]])
def test_nothing_to_check_closes_a_gate(fleets, nothing, rule):
    """
    An empty list, a filter that matches nothing and an account without devices fail, whatever the rules allow.
    """
    verdict = Gate("meters", *rule).check(nothing(fleets))

    assert not verdict
    assert verdict.nothing_checked
    assert verdict.message == (
        "Gate 'meters' is closed: 0 devices checked.\n"
        "Check the IMEIs, or what selects the devices; if the gate may find none, pass allow_empty=True."
    )


@pytest.mark.parametrize("nothing", [empty_list, empty_filter, empty_account])
def test_nothing_to_check_is_said_where_it_is_allowed(fleets, nothing):
    """
    A gate that may find no device passes and says that it checked none, never that all are in order.
    """
    gate = Gate("meters", rules.active(), rules.licensed(model="GM01Q", min_devices=2), allow_empty=True)

    verdict = gate.check(nothing(fleets))

    assert verdict
    assert not verdict.nothing_checked
    assert verdict.message == "Gate 'meters' is open: 0 devices checked."


def test_a_gate_of_which_all_devices_are_missing_names_them(fleets):
    """
    Ten were asked for and ten are missing: that is no empty success.
    """
    gone = tuple(fleets.imei(number) for number in range(10))

    message = Gate("meters", rules.active()).check(fleets.of(missing=gone)).message

    assert message.splitlines()[:3] == [
        "Gate 'meters' is closed: 0 devices checked.",
        "  missing  10 of 10 did not come back:",
        f"           {', '.join(gone)}",
    ]


def test_allow_empty_lets_no_missing_device_through(fleets):
    """
    A gate that may find no device is still closed by those that were asked for.
    """
    gate = Gate("meters", rules.active(), allow_empty=True)

    verdict = gate.check(fleets.of(missing=(fleets.imei(0),)))

    assert not verdict
    assert verdict.message.splitlines()[0] == ("Gate 'meters' is closed: 0 devices checked, 1 of 2 rules failed.")


def test_allow_empty_of_the_gate_is_not_for_the_selections_of_its_rules(fleets):
    """
    In a set that is not empty a rule that speaks of nobody still fails.
    """
    gate = Gate("meters", rules.active(model="ME910"), allow_empty=True)

    assert not gate.check(fleets.alike(1))


# Where it stops.


def test_require_gives_devices_back_where_the_gate_is_open(fleets, warned):
    """
    The program goes on with what it had, and one line says that the gate passed.
    """
    devices = fleets.alike(1)

    assert OPEN.require(devices) is devices
    assert warned() == "info: Gate 'meters' passed: 2 rules, 1 device\n"


def test_require_stops_where_the_gate_is_closed(fleets):
    """
    The exception is one that Pulumi prints without a traceback, and says what the verdict says.
    """
    devices = fleets.running("1.1")

    with pytest.raises(GateFailed) as stopped:
        CLOSED.require(devices)

    assert isinstance(stopped.value, pulumi.RunError)
    assert str(stopped.value) == CLOSED.check(devices).message.replace("is closed", "stopped this deployment")


def test_check_stops_nothing_and_says_nothing(fleets, warned):
    """
    A verdict is for the program to look at.
    """
    verdict = CLOSED.check(fleets.running("1.1"))

    assert verdict.passed is bool(verdict) is False
    assert [result.rule.id for result in verdict.results if result.stops] == ["allowed-versions"]
    assert repr(verdict) == "<Verdict: Gate 'meters' is closed: 1 of 2 rules failed for 1 device.>"
    assert "DeviceSet" not in repr(verdict)
    assert warned() == ""


def test_an_advisory_rule_warns_and_lets_the_program_go_on(fleets, warned):
    """
    `require` tells what an advisory rule found.
    """
    devices = fleets.alike(1, license_assigned=False)

    assert Gate("meters", rules.licensed(severity="advisory")).require(devices) is devices
    assert (
        "Gate 'meters' warns: 1 of 1 rule passed for 1 device.\n  advisory  licensed: 1 of 1 has no licence:"
        in warned()
    )


def test_a_stack_may_rehearse_its_gates(fleets, run, warned, stack_config):
    """
    With `fota:gate: advisory` neither `require` nor a hook stops, and each run warns of what would have been.
    """
    devices = fleets.running("1.1")
    stack_config(gate="advisory")

    assert CLOSED.require(devices) is devices
    plain = warned()
    given: list[Any] = []
    run(lambda: given.extend(CLOSED.hooks(devices).before_create or []))
    given[0](UNKNOWN)

    assert REHEARSED in plain
    assert REHEARSED in warned()


def test_a_rehearsal_is_told_of_once_on_every_run(fleets, run, warned, stack_config):
    """
    A stack that was left in rehearsal is reminded in each run, be its gates open or closed, and not by each gate.
    """
    stack_config(gate="advisory")
    told = []

    for gate, devices in ((OPEN, fleets.alike(1)), (CLOSED, fleets.running("1.1"))):

        def program(gate=gate, devices=devices):
            gate.require(devices)
            gate.hooks(devices)

        run(program)
        told.append(warned().count(" fota:gate is advisory: the gates of this stack stop nothing\n"))

    assert told == [1, 1]


def test_a_rehearsal_is_told_of_where_the_devices_are_not_known_yet(run, warned, stack_config):
    """
    A preview that evaluates no gate reminds of the rehearsal like any other run, and once.
    """
    stack_config(gate="advisory")

    def program() -> None:
        for _ in range(2):
            CLOSED.require(pulumi.Output.from_input(UNKNOWN))

    run(program, preview=True)

    told = warned()
    assert told.count(" fota:gate is advisory: the gates of this stack stop nothing\n") == 1
    assert told.count("was not evaluated") == 2


def test_a_rehearsal_changes_no_verdict(fleets, stack_config):
    """
    `check` tells what is so, whatever the stack does about it.
    """
    stack_config(gate="advisory")

    assert not CLOSED.check(fleets.running("1.1"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PULUMI_CONFIG_FOTA_GATE", "advisory"), ("PULUMI_CONFIG", '{"fota:gate": "advisory"}')],
)
def test_no_variable_that_the_sdk_reads_config_from_opens_a_gate(fleets, monkeypatch, variable, value):
    """
    Stack config is what the engine handed over. `Config.get` of the SDK falls back on these; the gate does not.
    """
    monkeypatch.setenv(variable, value)

    with pytest.raises(GateFailed):
        CLOSED.require(fleets.running("1.1"))


def test_a_gate_variable_of_ours_is_an_error_that_says_where_the_setting_belongs(fleets, monkeypatch):
    """
    Whoever sets `FOTA_GATE` expects an effect; it has none, and the message names the config key.
    """
    monkeypatch.setenv("FOTA_GATE", "advisory")

    with pytest.raises(InvalidSetting) as refused:
        CLOSED.require(fleets.running("1.1"))

    assert str(refused.value) == (
        "1 setting is missing or invalid:\n"
        "  FOTA_GATE is set in the environment, where no gate is opened or closed: unset it, and use "
        "`pulumi config set fota:gate`, so that the choice is kept in the stack's config and can be reviewed"
    )


@pytest.mark.parametrize("devices", ["in order", "at fault"])
def test_a_setting_that_cannot_be_stops_before_the_verdict(fleets, stack_config, devices):
    """
    A misspelt mode is an error of its own, also where all devices are in order.
    """
    stack_config(gate="advise")

    with pytest.raises(InvalidSetting, match="fota:gate"):
        CLOSED.require(fleets.running("1.2" if devices == "in order" else "1.1"))


def test_masked_messages_hide_imeis_in_stops_and_warnings(fleets, stack_config, warned):
    """
    With `fota:maskImeis` what is told on the screen has no whole IMEI.
    """
    stack_config(maskImeis="true")
    devices = fleets.alike(1, firmware="1.1", license_assigned=False)

    with pytest.raises(GateFailed) as stopped:
        CLOSED.require(devices)
    Gate("meters", rules.licensed(severity="advisory")).require(devices)

    told = warned()
    assert "99…0000" in str(stopped.value)
    assert fleets.imei(0) not in str(stopped.value) + told
    assert "has no licence" in told


@pytest.mark.parametrize("left", range(3, 15))
def test_masked_messages_hide_imeis_that_a_cut_parts(fleets, stack_config, left):
    """
    What a device reports is cut at 120 characters, and no more of an IMEI in it is shown for that.
    """
    stack_config(maskImeis="true")
    devices = fleets.running(f"{'x' * (119 - left)}{fleets.imei(7)} and more")

    with pytest.raises(GateFailed) as stopped:
        CLOSED.require(devices)

    assert f"{'x' * (119 - left)}99… on 99…0000" in str(stopped.value)


def test_a_verdict_behind_an_output_is_the_same(fleets, run):
    """
    `require` on an Output gives the checked devices, or stops the program with the same words.
    """
    good, bad = fleets.running("1.2"), fleets.running("1.1")
    seen: list[Any] = []

    def opens() -> None:
        CLOSED.require(pulumi.Output.from_input(good)).apply(seen.append)

    run(opens)
    with pytest.raises(GateFailed) as later:
        run(lambda: CLOSED.require(pulumi.Output.from_input(bad)))
    with pytest.raises(GateFailed) as now:
        CLOSED.require(bad)

    assert seen == [good]
    assert str(later.value) == str(now.value)


def test_devices_known_only_during_up_are_said_to_be_not_evaluated(run, warned):
    """
    In preview an unknown Output is neither let through in silence nor a failure.
    """
    given: list[Any] = []

    run(lambda: given.append(CLOSED.require(pulumi.Output.from_input(UNKNOWN))), preview=True)

    assert warned().endswith(" gate 'meters' was not evaluated: its devices are known only during up\n")
    assert isinstance(given[0], pulumi.Output)


@pytest.mark.parametrize("method", ["check", "require"])
def test_what_is_no_set_of_devices_is_refused(method):
    """
    A list of IMEIs has no facts, and the error names the method and what to pass.
    """
    with pytest.raises(InvalidArgument) as refused:
        getattr(OPEN, method)(["356938035643809"])

    assert str(refused.value) == (
        f"Gate.{method} was given a value of type list: pass the DeviceSet that get_devices gives"
    )


def test_an_output_of_something_else_is_refused(run):
    """
    What comes out of an Output is looked at like what is passed plainly.
    """
    something: Any = pulumi.Output.from_input(["356938035643809"])

    with pytest.raises(InvalidArgument) as refused:
        run(lambda: OPEN.require(something))

    assert str(refused.value) == (
        "Gate.require was given a value of type list: pass the DeviceSet that get_devices gives"
    )


# How it is made.


@pytest.mark.parametrize("name", ["a", "1_", "A.b-c_9", "x" * 64])
def test_a_name_is_short_and_plain(name):
    """
    Letters, digits, dots, dashes and underscores, up to 64, beginning with a letter or a digit, as the id of a rule:
    the name stands in the names of files.
    """
    assert Gate(name).name == name


@pytest.mark.parametrize("name", ["", "a b", ".a", "-a", "_a", "a/b", "ä", "a\n", "x" * 65, 7, None])
def test_another_name_is_refused(name):
    """
    A name that no file could have is told when the gate is made.
    """
    with pytest.raises(InvalidRule) as refused:
        Gate(name)

    assert str(refused.value) == (
        f"the name of a gate is {name!r}: "
        "use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
    )


def test_a_gate_knows_its_rules(fleets):
    """
    The gate's own check stands before the rules, in the verdict too, and is not one of `rules`.
    """
    active, licensed = rules.active(), rules.licensed()

    gate = Gate("meters", active, licensed)

    assert gate.rules == (active, licensed)
    assert [result.rule.id for result in gate.check(fleets.alike(1)).results] == ["missing", "active", "licensed"]
    assert repr(gate) == "<Gate 'meters' of 2 rules>"


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (
            [rules.active(), rules.active(model="GM01Q")],
            {},
            "gate 'meters' has two rules called 'active': give one of them its own id=",
        ),
        (
            [rules.active(id="missing")],
            {},
            (
                "a rule cannot be called 'missing': that is the gate's own check of devices that did not come back; "
                "give it another id="
            ),
        ),
        (
            [rules.active(id="missing")],
            {"on_missing": "pass"},
            (
                "a rule cannot be called 'missing': that is the gate's own check of devices that did not come back; "
                "give it another id="
            ),
        ),
        (
            [],
            {"on_missing": "pass"},
            (
                "gate 'meters' checks nothing: it has no rules, and missing devices pass; "
                "give it a rule, or leave on_missing='pass' out"
            ),
        ),
        (
            [rules.active],
            {},
            "gate 'meters' was given a rule of type function: pass a rule of pulumi_fota.rules",
        ),
        (
            [[rules.active()]],
            {},
            "gate 'meters' was given a rule of type list: pass a rule of pulumi_fota.rules",
        ),
        (
            [],
            {"report_dir": " "},
            "gate 'meters': report_dir= is empty: name the folder, or leave it out",
        ),
    ],
)
def test_a_gate_that_cannot_be_is_refused(given, options, message):
    """
    What is wrong with a gate is told when it is made, before any device is judged.
    """
    with pytest.raises(InvalidRule) as refused:
        Gate("meters", *given, **options)

    assert str(refused.value) == message


def test_a_rule_stands_twice_with_an_id_of_its_own(fleets):
    """
    One rule for two models is two rules, and each is told by its name.
    """
    gate = Gate(
        "meters",
        rules.allowed_versions("1.2", model="GM01Q"),
        rules.allowed_versions("9", model="ME910", id="allowed-me910"),
    )

    assert gate.check(fleets.of(fleets.device(0), fleets.device(1, model="ME910", firmware="9")))
