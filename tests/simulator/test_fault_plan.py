"""How a fault is written, and at which calls it happens."""

from __future__ import annotations

import pytest

from pulumi_fota.simulator import faults

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
        ("", "no such fault: ''"),
        ("devices:sesion-expired", "no such fault: 'sesion-expired'; did you mean 'session-expired'?"),
        ("device:503", "no such call: 'device'; there are token, login, devices, account_devices, firmware, other"),
        ("503*0", "how often a fault happens, and at which calls, is counted from 1"),
        ("503@0", "how often a fault happens, and at which calls, is counted from 1"),
        ("503~0", "how often a fault happens, and at which calls, is counted from 1"),
        ("slow", "'slow' says no seconds, such as slow=1.5"),
        ("slow=x", "'slow=x' says no seconds, such as slow=1.5"),
        ("slow=-1", "'slow=-1' says no seconds, such as slow=1.5"),
        ("slow=nan", "'slow=nan' says no seconds, such as slow=1.5"),
        ("cut=3", "'cut=3' takes no value"),
        ("900901=x", "'900901=x' takes no value"),
    ],
)
def test_a_text_that_is_no_fault_is_refused(spec, message):
    """
    The message says what is wrong with it.
    """
    with pytest.raises(ValueError) as caught:
        faults.parse(spec)

    assert str(caught.value) == message


def test_a_name_like_no_other_is_answered_with_all_there_are():
    """
    Whoever types nonsense reads the whole list.
    """
    with pytest.raises(ValueError, match="^no such fault: 'qqq'; there is refused, redirect, slow, session-expired, "):
        faults.parse("qqq")


def test_faults_are_counted_by_name(caller):
    """
    A test can make sure that what it put in really happened.
    """
    caller.simulator.fault("devices:503~2")
    caller.simulator.fault("login:locked")

    statuses(caller, 5)

    assert caller.simulator.faults.fired == {"503": 3}
