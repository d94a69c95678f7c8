"""Rules of the program's own."""

from __future__ import annotations

import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidImei, InvalidRule
from pulumi_fota.gate import Gate, Rule
from pulumi_fota.model.imei import parse_imei


def outcomes(rule, devices) -> list[str]:
    """Return the outcome of a rule for each device, in their order."""
    return [outcome for _, outcome in rule.outcomes(devices)]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(True, "pass"), (False, "fail"), ("it hums", "fail"), ("", "fail"), (None, "unknown")],
)
def test_what_the_function_answers_is_what_becomes_of_the_device(fleets, answer, outcome):
    """
    True passes, False and a text fail, None is unknown.
    """
    rule = rules.rule("hums")(lambda _device: answer)

    assert outcomes(rule, fleets.alike(1)) == [outcome]


def test_the_function_makes_a_rule_and_is_asked_of_each_device(fleets):
    """
    The decorator gives a rule by the id it was called with, and the function sees every device.
    """

    @rules.rule("even")
    def even(device):
        return device.imei[-1] in "02468"

    assert isinstance(even, Rule)
    assert even.id == "even"
    assert outcomes(even, fleets.alike(4)) == ["pass", "fail", "pass", "fail"]


def test_answers_are_told_in_words(fleets):
    """
    Failures stand with the reason that the function gave, if any, and apart from devices without an answer.
    """
    reasons = iter([True, "hums", "hums", False, None, "rattles"])
    rule = rules.rule("quiet")(lambda _device: next(reasons))

    message = Gate("meters", rule).check(fleets.alike(6)).message

    assert message == (
        "Gate 'meters' is closed: 1 of 2 rules failed for 6 devices.\n"
        "  quiet  4 of 6 do not pass:\n"
        "         hums on 990000000000001, 990000000000002; 990000000000003; rattles on 990000000000005\n"
        "         1 has no answer:\n"
        "         990000000000004\n"
        "Update the devices, change the rule, or waive them with a reason and a date."
    )


def test_one_device_is_told_in_the_singular(fleets):
    """
    A single device is spoken of as one, whether it failed or has no answer.
    """
    fails = rules.rule("fails")(lambda _device: False)
    unknown = rules.rule("unknown")(lambda _device: None)

    message = Gate("meters", fails, unknown).check(fleets.alike(1)).message

    assert "  fails    1 of 1 does not pass:\n" in message
    assert "  unknown  1 of 1 has no answer:\n" in message


def test_a_rule_of_the_programs_own_takes_what_every_rule_takes(fleets):
    """
    Limits, severity and selection are those of every rule, and the words of a limit are general.
    """
    rule = rules.rule("even", model="GM01Q", at_least="95%", severity="advisory")(lambda device: device.imei[-1] == "0")

    message = Gate("meters", rule).check(fleets.alike(20)).message

    assert message == (
        "Gate 'meters' is open: 1 of 1 rule passed for 20 devices.\n"
        "  advisory  even: 2 of 20 GM01Q devices (10.0 %) pass, at least 95 % required"
    )


def test_a_limit_on_one_device_is_told_in_the_singular(fleets):
    """
    One device that passes is spoken of as one.
    """
    rule = rules.rule("even", at_least=2)(lambda device: device.imei[-1] == "0")

    message = Gate("meters", rule).check(fleets.alike(2)).message

    assert message.splitlines()[1] == "  even  1 of 2 (50.0 %) passes, at least 2 required"


@pytest.mark.parametrize(
    ("answer", "shown"), [(1, "1"), (0, "0"), ([], "[]"), (("no", 1), "('no', 1)"), (b"no", "b'no'")]
)
def test_another_answer_stops_the_program_and_names_rule_and_device(fleets, answer, shown):
    """
    Neither 1 nor 0 is taken for an answer: the function may have counted something.
    """
    rule = rules.rule("odd")(lambda _device: answer)

    with pytest.raises(InvalidRule) as refused:
        Gate("meters", rule).check(fleets.alike(1))

    assert str(refused.value) == (
        f"rule 'odd' returned a value of type {type(answer).__name__}, {shown}, for device 990000000000000: "
        "return True to pass, False or a text (the reason) to fail, or None if it cannot tell"
    )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("site"), "KeyError: 'site'"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (ValueError("version\n::error::\x1b"), r"ValueError: version\x0a:\x3aerror:\x3a\x1b"),
    ],
)
def test_an_exception_of_the_function_names_rule_device_and_line(fleets, error, said):
    """
    The person who wrote the function learns where it failed and on which device, without a traceback. What the
    exception says stands in one line that can be seen, since it may hold what a device reported.
    """

    def check(_device):
        raise error

    with pytest.raises(InvalidRule) as refused:
        Gate("meters", rules.rule("site")(check)).check(fleets.alike(1))

    line = check.__code__.co_firstlineno + 1
    assert str(refused.value) == (
        f"rule 'site' could not judge device 990000000000000: {said} ({__file__}, line {line}); "
        "correct the rule's function"
    )
    assert refused.value.__cause__ is error


def test_an_exception_is_told_with_the_line_that_raised_it(fleets):
    """
    Where the function calls another one, the line is in that.
    """

    def deeper():
        return {}["site"]

    def deep():
        return deeper()

    with pytest.raises(InvalidRule) as refused:
        Gate("meters", rules.rule("site")(lambda _device: deep())).check(fleets.alike(1))

    assert f"({__file__}, line {deeper.__code__.co_firstlineno + 1})" in str(refused.value)


def test_an_error_of_ours_in_the_function_keeps_its_words(fleets):
    """
    What the package itself refuses inside the function is told as it always is.
    """
    rule = rules.rule("known")(lambda _device: bool(parse_imei("12")))

    with pytest.raises(InvalidImei) as refused:
        Gate("meters", rule).check(fleets.alike(1))
    with pytest.raises(InvalidImei) as alone:
        parse_imei("12")

    assert str(refused.value) == str(alone.value)


def test_an_option_that_no_rule_has_is_refused():
    """
    A misspelt option is told with those that there are.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.rule("mine", at_last="95%")(lambda _device: True)

    assert str(refused.value) == (
        "rule 'mine' has no option 'at_last': use one of severity, on_unknown, make, model, at_least, at_most, "
        "min_devices, allow_empty, id"
    )


def test_an_id_that_is_no_name_is_refused():
    """
    An id stands in reports and file names.
    """
    with pytest.raises(InvalidRule) as refused:
        rules.rule("my rule")(lambda _device: True)

    assert str(refused.value) == (
        "the id of a rule is 'my rule': "
        "use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
    )
