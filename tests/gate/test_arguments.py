"""What gates and rules say of arguments of the wrong type: each is refused, and none is guessed at."""

from datetime import date

import pulumi
import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate.gate import Gate
from pulumi_fota.gate.waiver import Waiver
from support.fleet import A

BOOLEAN = "pass True or False (from config: `config.get_bool(…) or False`)"


@pytest.fixture
def waiver():
    """
    Return a waiver of the rule that the tests use.
    """
    return Waiver(rule="active", imei=A, reason="in repair", until=date(2030, 1, 1))


@pytest.mark.parametrize("value", ["false", 0, None])
def test_a_flag_that_is_no_boolean_is_refused(value):
    """
    The text `false` of a config would let an empty fleet pass.
    """
    with pytest.raises(InvalidRule) as of_gate:
        Gate("meters", rules.active(), allow_empty=value)
    with pytest.raises(InvalidRule) as of_rule:
        rules.active(allow_empty=value)

    assert str(of_gate.value) == f"gate 'meters': allow_empty= is {value!r}: {BOOLEAN}"
    assert str(of_rule.value) == f"allow_empty= is {value!r}: {BOOLEAN}"


def test_an_output_is_called_so(loop):
    """
    Its value is not known yet, and its text would tell nothing.
    """
    output = pulumi.Output.from_input("advisory")

    with pytest.raises(InvalidRule) as of_flag:
        rules.active(allow_empty=output)
    with pytest.raises(InvalidRule) as of_choice:
        rules.active(severity=output)
    with pytest.raises(InvalidRule) as of_limit:
        rules.active(at_least=output)

    assert str(of_flag.value) == f"allow_empty= is an Output: {BOOLEAN}"
    assert str(of_choice.value) == "severity is an Output: use one of mandatory, advisory"
    assert str(of_limit.value).startswith("at_least is an Output: use a whole number")


def test_a_waiver_without_its_list_is_refused(waiver, loop):
    """
    Alone, none at all, or as an Output; any other list of waivers is taken.
    """
    for value in (waiver, None, pulumi.Output.from_input([waiver])):
        with pytest.raises(InvalidRule) as refused:
            Gate("meters", rules.active(), waivers=value)

        assert str(refused.value) == (
            f"gate 'meters': waivers= is of type {type(value).__name__}: pass a list, such as [Waiver(rule=…, …)]"
        )
    assert Gate("meters", rules.active(), waivers=(item for item in [waiver])).waivers == (waiver,)


def test_a_list_of_available_firmware_that_is_none_is_refused(loop):
    """
    Where the rule is made, not where it is asked.
    """
    for value in (None, "1.2", pulumi.Output.from_input(None)):
        with pytest.raises(InvalidRule) as refused:
            rules.no_upgrade_waiting(value)

        assert str(refused.value) == (
            f"no_upgrade_waiting was given a value of type {type(value).__name__}: "
            "pass the AvailableFirmware that get_available_firmware gives"
        )
