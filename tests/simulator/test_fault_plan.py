"""How a fault is written, and at which calls it happens."""

from __future__ import annotations

import pytest

from pulumi_fota.simulator.fault_plan import EXAMPLES, OPTIONS, SYNTAX, When, parse_plan

IMEI = "356938035643809"


def statuses(caller, calls=6):
    return [caller.devices([IMEI]).status for _ in range(calls)]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("503", [503] * 6),
        ("devices:503", [503] * 6),
        ("login:503", [200] * 6),
        ("devices:503*2", [503, 503, 200, 200, 200, 200]),
        ("devices:503@3", [200, 200, 503, 200, 200, 200]),
        ("devices:503*2@3", [200, 200, 503, 503, 200, 200]),
        ("devices:503~2", [503, 200, 503, 200, 503, 200]),
        ("devices:503@2~3", [200, 503, 200, 200, 503, 200]),
        ("devices:503*1@2~3", [200, 503, 200, 200, 200, 200]),
    ],
)
def test_a_fault_happens_at_the_calls_that_it_names(caller, spec, expected):
    """
    The kind of call, how often, beginning when, and at every how many.
    """
    caller.simulator.fault(spec)

    assert statuses(caller) == expected


def test_calls_are_counted_from_when_the_fault_was_put_in(caller):
    """
    What came before does not count.
    """
    statuses(caller, 4)
    caller.simulator.fault("devices:503@2")

    assert statuses(caller, 3) == [200, 503, 200]


def test_what_a_text_leaves_out_may_be_given_beside_it(caller):
    """
    The arguments say the same as the text, and what the text says goes first.
    """
    caller.simulator.fault("503", on="devices", times=1, first=2)
    caller.simulator.fault("devices:502*1", on="login", first=4)

    assert statuses(caller) == [200, 503, 200, 502, 200, 200]


def test_limited_faults_go_first_in_order_then_the_newest_of_the_others(caller):
    """
    One fault happens at a call.
    """
    simulator = caller.simulator
    simulator.answer_with(500)
    simulator.answer_with(502)
    simulator.answer_with(503, times=1)
    simulator.answer_with(504, times=2)

    assert statuses(caller, 5) == [503, 504, 504, 502, 502]


def test_answering_normally_ends_every_fault(caller):
    """
    Limited ones, endless ones, and chaos.
    """
    caller.simulator.fault("503*3")
    caller.simulator.fault("502")
    caller.simulator.chaos(1)
    caller.simulator.answer_normally()

    assert statuses(caller, 50) == [200] * 50


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", f"a fault is written {SYNTAX}, not ''"),
        ("devices:sesion-expired", "unknown fault 'sesion-expired'; did you mean 'session-expired'?"),
        ("device:503", "unknown call 'device'; did you mean 'devices'?"),
        ("503*0", "how often a fault happens, and at which calls, is counted from 1"),
        ("503@0", "how often a fault happens, and at which calls, is counted from 1"),
        ("503~0", "how often a fault happens, and at which calls, is counted from 1"),
        ("slow", "'slow' is not a number of seconds, such as slow=1.5"),
        ("slow=x", "'slow=x' is not a number of seconds, such as slow=1.5"),
        ("slow=-1", "'slow=-1' is not a number of seconds, such as slow=1.5"),
        ("slow=nan", "'slow=nan' is not a number of seconds, such as slow=1.5"),
        ("cut=3", "'cut=3': cut takes no value"),
        ("900901=x", "'900901=x': 900901 takes no value"),
    ],
)
def test_a_text_that_is_no_fault_is_refused(spec, message):
    """
    The message says what is wrong with it.
    """
    with pytest.raises(ValueError) as caught:
        parse_plan(spec)

    assert str(caught.value) == message


@pytest.mark.parametrize("inject", ["fault", "answer_with", "alter"])
def test_a_misspelt_option_is_refused(caller, inject):
    """
    Whatever injects the fault, the message names the option that was probably meant.
    """
    first = {"fault": "503", "answer_with": 503, "alter": print}[inject]

    with pytest.raises(TypeError, match="^unknown option 'time'; did you mean 'times'\\?$"):
        getattr(caller.simulator, inject)(first, time=2)
    with pytest.raises(ValueError, match="^unknown call 'account-devices'; did you mean 'account_devices'\\?$"):
        getattr(caller.simulator, inject)(first, on="account-devices")


def test_every_option_is_explained_as_it_is_written():
    """
    The options of Python are those of the text, and each meaning names what the text has.
    """
    assert set(OPTIONS) == set(When.__annotations__)
    for written, meaning in OPTIONS.values():
        assert f"[{written}]" in SYNTAX
        assert meaning.startswith(written.strip(":*@~"))


@pytest.mark.parametrize("example", EXAMPLES.splitlines())
def test_the_examples_are_faults(example):
    """
    Each example that the help shows can be injected.
    """
    parse_plan(example.split("  ")[0])


def test_a_name_like_no_other_is_answered_with_all_there_are():
    """
    Whoever types nonsense reads the whole list.
    """
    with pytest.raises(ValueError, match="^unknown fault 'qqq'; use one of refused, redirect, slow, session-expired, "):
        parse_plan("qqq")


def test_faults_are_counted_by_name(caller):
    """
    A test can make sure that what it put in really happened.
    """
    caller.simulator.fault("devices:503~2")
    caller.simulator.fault("login:locked")

    statuses(caller, 5)

    assert caller.simulator.faults.fired == {"503": 3}
