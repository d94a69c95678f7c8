"""The table of rules says what the functions of `pulumi_fota.rules` say."""

from __future__ import annotations

import inspect
from typing import Any, Literal, get_args, get_type_hints

import attrs
import pytest

from pulumi_fota import Rule, rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate.rule import CommonOptions, RuleOptions
from pulumi_fota.gate.rules.table import COMMON_OPTIONS, RULES, Option, RuleEntry
from pulumi_fota.model import AvailableFirmware

AVAILABLE = AvailableFirmware(account="0000123456-00001", read_at="2026-03-01T12:00:00Z", upgrades=())
VALUES: dict[str, dict[str, Any]] = {
    "protocol-in": {"protocols": ["LWM2M", "OMD-DM"]},
    "model-in": {"models": ["GM01Q", "ME910"]},
    "allowed-versions": {"versions": ["1.2", "1.3"]},
    "denied-versions": {"versions": ["1.1"]},
    "minimum-version": {"version": "1.2", "scheme": "dotted"},
    "no-upgrade-waiting": {"available": AVAILABLE},
    "fresh-within": {"days": 30},
}
each_rule = pytest.mark.parametrize("entry", RULES, ids=lambda entry: entry.id)


def options_in_text(text: str) -> set[str]:
    """Return the names that the sections of a docstring explain, each at the beginning of a line."""
    lines = (line.strip().partition(":") for line in inspect.cleandoc(text).splitlines() if line.startswith("    "))
    return {name for name, colon, _ in lines if colon and name.isidentifier()}


def test_the_table_has_every_rule_but_those_of_the_program():
    """
    A function of the program's own cannot be written as data; every other rule has one entry, with an id of its own.
    """
    assert {entry.function.__name__ for entry in RULES} == set(rules.__all__) - {"rule"}
    assert all(getattr(rules, entry.function.__name__) is entry.function for entry in RULES)
    assert len({entry.id for entry in RULES}) == len(RULES)


@each_rule
def test_an_entry_has_the_parameters_of_its_function(entry: RuleEntry):
    """
    Name, kind, default and whether it must be given: by position, by keyword, and after a star if it is several texts.
    """
    parameters = list(inspect.signature(entry.function).parameters.values())
    named = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    positional = [parameter for parameter in named if parameter.kind is not parameter.KEYWORD_ONLY]
    by_keyword = [parameter for parameter in named if parameter.kind is parameter.KEYWORD_ONLY]

    assert [parameter.name for parameter in positional] == ([entry.positional.name] if entry.positional else [])
    for parameter in positional:
        assert entry.positional is not None
        assert (parameter.kind is parameter.VAR_POSITIONAL) == (entry.positional.kind in {"texts", "choices"})
    assert [parameter.name for parameter in by_keyword] == [option.name for option in entry.options]
    for parameter, option in zip(by_keyword, entry.options, strict=True):
        assert option.default == (None if parameter.default is parameter.empty else parameter.default)


@each_rule
def test_an_entry_has_what_the_docstring_of_its_function_says(entry: RuleEntry):
    """
    The docstring names the id, and explains each keyword that other rules do not take.
    """
    text = inspect.getdoc(entry.function) or ""

    assert f"Id: `{entry.id}`." in text
    assert {option.name for option in entry.options} <= options_in_text(text)


@each_rule
def test_a_rule_can_be_made_of_its_values_by_name(entry: RuleEntry):
    """
    With nothing but what must be given, and with every keyword that all rules take.
    """
    values = VALUES.get(entry.id, {})

    plain, full = entry.make(values), entry.make({**values, "id": "mine", "model": "GM01Q", "at_least": "95%"})

    assert plain.id == entry.id
    assert (full.id, full.model, full.at_least) == ("mine", "GM01Q", "95%")


def required_options() -> list[Any]:
    """Return each entry with each option that must be given."""
    own = [(entry, option) for entry in RULES for option in (entry.positional, *entry.options) if option]
    return [pytest.param(*pair, id=f"{pair[0].id} {pair[1].name}") for pair in own if pair[1].required]


@pytest.mark.parametrize(("entry", "option"), required_options())
def test_what_the_table_requires_the_rule_requires(entry: RuleEntry, option: Option):
    """
    Without a value that must be given there is no rule.
    """
    values = {name: value for name, value in VALUES[entry.id].items() if name != option.name}

    with pytest.raises((InvalidRule, TypeError, KeyError)):
        entry.make(values)


@pytest.mark.parametrize("option", COMMON_OPTIONS, ids=lambda option: option.name)
def test_an_option_of_every_rule_has_the_default_and_the_choices_of_the_class(option: Option):
    """
    What a rule is without the keyword, which words it takes, and that `help(Rule)` explains it.
    """
    hints = get_type_hints(RuleOptions)
    choices = [each for each in (hints[option.name], *get_args(hints[option.name])) if isinstance(each, str)]
    default = attrs.fields_dict(Rule)[option.name].default

    assert option.default == (None if default is attrs.NOTHING else default)
    assert option.choices == tuple(choices)
    assert option.name in options_in_text(Rule.__doc__ or "")


def test_the_table_has_the_options_that_every_rule_takes():
    """
    The same as the types say, in their order.
    """
    assert [option.name for option in COMMON_OPTIONS] == [*CommonOptions.__annotations__, "id"]
    assert get_type_hints(RuleOptions)["severity"] == Literal["mandatory", "advisory"]


@pytest.mark.parametrize(
    ("entry", "option"),
    [
        (entry, option)
        for entry in RULES
        for option in (entry.positional, *entry.options, *COMMON_OPTIONS)
        if option is not None and option.choices
    ],
    ids=lambda item: item.id if isinstance(item, RuleEntry) else item.name,
)
def test_a_choice_of_the_table_is_taken_and_another_is_not(entry: RuleEntry, option: Option):
    """
    Each word that the table offers makes a rule; a word that it does not have is refused.
    """
    values = VALUES.get(entry.id, {})

    for choice in option.choices:
        entry.make({**values, option.name: [choice] if option.kind == "choices" else choice})
    with pytest.raises(InvalidRule):
        entry.make({**values, option.name: ["nothing"] if option.kind == "choices" else "nothing"})


@pytest.mark.parametrize(
    ("entry", "option"),
    [(entry, option) for entry in RULES for option in (*entry.options, *COMMON_OPTIONS) if option.kind == "number"],
    ids=lambda item: item.id if isinstance(item, RuleEntry) else item.name,
)
def test_a_number_of_the_table_is_taken_within_its_bounds(entry: RuleEntry, option: Option):
    """
    The smallest and the largest make a rule; one less and one more do not.
    """
    values = VALUES.get(entry.id, {})
    largest = option.largest

    for number in filter(lambda each: each is not None, [option.smallest, largest]):
        entry.make({**values, option.name: number})
    for number in [option.smallest - 1, *([] if largest is None else [largest + 1])]:
        with pytest.raises(InvalidRule):
            entry.make({**values, option.name: number})
