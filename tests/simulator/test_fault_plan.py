"""How a fault is written, and at which calls it happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fota.simulator.fault_plan import EXAMPLES, OPTIONS, SYNTAX, When, parse_plan
from pulumi_fota.simulator.faults import MEANINGS
from support.fleet import IMEI


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
    The text says the kind of call, how often, beginning with which, and at every how many.
    """
    caller.simulator.fault(spec)

    assert statuses(caller) == expected


def test_calls_are_counted_from_when_the_fault_was_put_in(caller):
    """
    Earlier calls do not count.
    """
    statuses(caller, 4)
    caller.simulator.fault("devices:503@2")

    assert statuses(caller, 3) == [200, 503, 200]


def test_what_a_text_leaves_out_may_be_given_beside_it(caller):
    """
    The arguments mean the same as the text, which takes precedence.
    """
    caller.simulator.fault("503", on="devices", times=1, first=2)
    caller.simulator.fault("devices:502*1", on="login", first=4)

    assert statuses(caller) == [200, 503, 200, 502, 200, 200]


def test_limited_faults_go_first_in_order_then_the_newest_of_the_others(caller):
    """
    At each call one fault happens.
    """
    simulator = caller.simulator
    simulator.answer_with(500)
    simulator.answer_with(502)
    simulator.answer_with(503, times=1)
    simulator.answer_with(504, times=2)

    assert statuses(caller, 5) == [503, 504, 504, 502, 502]


def test_answering_normally_ends_every_fault(caller):
    """
    Limited ones, unlimited ones, and random ones.
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
    The options of Python are those of the text, and each meaning begins with the name that the text has.
    """
    assert set(OPTIONS) == set(When.__annotations__)
    for written, meaning in OPTIONS.values():
        assert f"[{written}]" in SYNTAX
        assert meaning.startswith(written.strip(":*@~"))


def test_the_documentation_has_what_the_help_has():
    """
    Every option and every fault is there, with the same meaning.
    """
    document = (Path(__file__).parents[2] / "docs/testing.md").read_text(encoding="utf-8")
    options = [f"| `{written}` | `{name}` | {meaning} |" for name, (written, meaning) in OPTIONS.items()]
    faults = [f"| `{written}` | {meaning} |" for written, meaning in MEANINGS.items()]

    assert f"`{SYNTAX}`" in document
    assert "\n".join(options) in document
    assert "\n".join(faults) in document


@pytest.mark.parametrize("example", EXAMPLES.splitlines())
def test_the_examples_are_faults(example):
    """
    Each example that the help shows can be injected.
    """
    parse_plan(example.split("  ")[0])


def test_a_name_like_no_other_is_answered_with_all_there_are():
    """
    The message lists all names.
    """
    with pytest.raises(ValueError, match="^unknown fault 'qqq'; use one of refused, redirect, slow, session-expired, "):
        parse_plan("qqq")


def test_faults_are_counted_by_name(caller):
    """
    A test can check that a fault has really happened.
    """
    caller.simulator.fault("devices:503~2")
    caller.simulator.fault("login:locked")

    statuses(caller, 5)

    assert caller.simulator.faults.fired == {"503": 3}
