"""What is wrong with a setting or an argument, found before anything is sent; and a device that is not there."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pulumi

from pulumi_fota.errors.aside import aside
from pulumi_fota.errors.fota_error import FotaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Self


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _brief(found: object) -> str:
    if isinstance(found, pulumi.Output):
        return "an Output"
    shown = repr(found)
    return shown if len(shown) <= 80 else f"{shown[:79]}…"  # noqa: PLR2004 (a line)


def _said(error: Exception) -> str:
    """Tell what an error of others says, and where it comes from; of a secret, no more than its type and where."""
    text = str(error)
    shown = text if text.isprintable() else repr(text)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}{aside(f': {shown}') if text else ''} ({frame.filename}, line {frame.lineno})"


def _two(a: str, b: str) -> str:
    return aside(f"{_brief(a)} and {_brief(b)}", "two versions")


class InvalidSetting(FotaError):
    """A setting is missing or cannot be used. Nothing was sent."""

    is_about_settings = True

    @classmethod
    def found(cls, problems: Sequence[str], *, connection: str | None = None) -> Self:
        of = f" of connection {connection!r}" if connection else ""
        what = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        return cls("\n  ".join([f"{what} missing or cannot be used{of}; nothing was sent to ThingSpace:", *problems]))

    @staticmethod
    def missing(keys: Sequence[str], *, stand_in: str | None, variables: Sequence[str]) -> str:
        path = "--path " if "." in keys[0] else ""
        secret = "--secret " if stand_in else ""  # The command asks for a secret, so none stands in a shell's history.
        commands = " and ".join(f"`pulumi config set {path}{secret}{key}`" for key in keys)
        instead = f" (or {stand_in})" if stand_in else ""
        are = "is" if len(keys) == 1 else "are"
        return (
            f"{' and '.join(keys)}{instead} {are} missing or empty: {commands}, "
            f"or set {' and '.join(variables)} in the environment"
        )

    @staticmethod
    def output(what: str) -> str:
        return (
            f"{what} is an Output, whose value is not there yet: make the Connection inside .apply, "
            "and pass the Output[Connection] to the function that ends in _output"
        )

    @staticmethod
    def half_a_group(there: str, absent: str) -> str:
        return f"{there} is set, but {absent} is missing or empty: set both in the same place"


class InvalidArgument(FotaError):
    """The program passed an argument that cannot be used. Nothing was sent."""

    @classmethod
    def unknown_field(cls, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"a device has no field {name!r}: use one of {', '.join(known)}")

    @classmethod
    def ungroupable_field(cls, name: str) -> Self:
        return cls(f"devices cannot be counted by {name!r}: it is a list; use a field that holds one value")

    @classmethod
    def bad_connection_name(cls, reason: str) -> Self:
        return cls(f"the name of a connection is {reason}")

    @classmethod
    def output_as_connection_name(cls) -> Self:
        return cls(InvalidSetting.output("the name of a connection"))

    @classmethod
    def no_field(cls, what: str) -> Self:
        return cls(f"{what} was called without a field: name at least one, such as 'firmware'")

    @classmethod
    def not_for_gate(cls, method: str, found: object) -> Self:
        return cls(
            f"Gate.{method} was given a value of type {type(found).__name__}: pass the DeviceSet that get_devices gives"
        )

    @classmethod
    def hooks_without_run(cls, gate: str) -> Self:
        return cls(
            f"gate {gate!r} was asked for hooks where no Pulumi program runs: "
            "call Gate.hooks in the program, or Gate.check for a verdict alone"
        )

    @classmethod
    def bad_share(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {_brief(found)}, which is no share: "
            "write a percentage from '0%' to '100%' as text, such as '5%' or '99.5%'"
        )

    @classmethod
    def no_device_set(cls, name: str, found: str) -> Self:
        return cls(
            f"snapshot {name!r}: devices= is of type {found}: "
            "pass what get_devices or get_devices_output gave, or a part of it"
        )

    @classmethod
    def unknown_record(cls, name: str, found: object, *, known: Iterable[str]) -> Self:
        return cls(f"snapshot {name!r}: record= is {_brief(found)}: use one of {', '.join(map(repr, known))}")

    @classmethod
    def no_flag(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {_brief(found)}: pass True or False (from config: `config.get_bool(…) or False`)")

    @classmethod
    def no_predicate(cls, found: object) -> Self:
        return cls(
            f"where was given a value of type {type(found).__name__}: "
            "pass a function that looks at a device, or a field by its name, as in where(make=…)"
        )

    @classmethod
    def no_judge(cls, found: object) -> Self:
        return cls(f"split was given a value of type {type(found).__name__}: pass one rule of pulumi_fota.rules")

    @classmethod
    def bad_salt(cls, found: object) -> Self:
        return cls(f"the salt of a canary is of type {type(found).__name__}: text was expected")

    @classmethod
    def no_path(cls, found: object) -> Self:
        if isinstance(found, pulumi.Output):
            return cls(
                "the path of a file of IMEIs is an Output, whose value is not there yet: read the file inside .apply"
            )
        return cls(f"the path of a file of IMEIs is of type {type(found).__name__}: text or a Path was expected")

    @classmethod
    def own_token(cls, subclass: str, given: Sequence[str]) -> Self:
        named = " and ".join(f"{key}=" for key in given)
        return cls(
            f"class {subclass} names {named}: leave it out, since a subclass of DeviceSnapshot keeps its type, by "
            "which what is in state is found again"
        )

    @classmethod
    def unnamed_connection(cls, name: str) -> Self:
        return cls(
            f"snapshot {name!r}: its devices were read through a Connection without a name, and `pulumi refresh` "
            "could not find its credentials again: store them under `fota:connections` and read through "
            "Connection.named(…)"
        )

    @staticmethod
    def changed_input(problem: str) -> str:
        return f"{problem}: take out the transform or policy that changes what DeviceSnapshot passes"

    @classmethod
    def changed_state(cls, problems: Sequence[str]) -> Self:
        return cls(
            f"the snapshot's state cannot be read: {', '.join(problems)}; "
            "import the state as it was, or store the facts anew with `pulumi up --replace URN`"
        )

    # The functions.

    @classmethod
    def output_in_plain_call(cls, what: str) -> Self:
        return cls(f"{what} is an Output, whose value is not there yet: use the function that ends in _output")

    @classmethod
    def no_list(cls, found: str) -> Self:
        return cls(f'imeis= is of type {found}: pass a list of texts, such as ["356938035643809"]')

    @classmethod
    def no_connection(cls, found: str) -> Self:
        return cls(
            f'connection= is of type {found}: pass Connection(…), or Connection.named("east") for one by its name'
        )

    @classmethod
    def no_options(cls, found: str) -> Self:
        return cls(f"opts= is of type {found}: pass pulumi.InvokeOutputOptions(depends_on=…)")

    @classmethod
    def unusable_option(cls, name: str) -> Self:
        return cls(f"opts= names {name}, which means nothing to a read from ThingSpace: only depends_on can be used")

    @classmethod
    def no_custom_resource(cls, name: str, kind: str) -> Self:
        return cls(
            f"depends_on names {name} of type {kind}, which is no custom resource, and so is never waited for: name "
            "the custom resource that must be there first, or pass one of its outputs as an argument"
        )


class InvalidImei(InvalidArgument):
    """An IMEI, or a file of them, cannot be read. Nothing was sent."""

    @classmethod
    def read(cls, shown: str, reason: str) -> Self:
        return cls(f"{aside(f'IMEI {shown}', 'the IMEI')} {reason}")

    @staticmethod
    def problem(position: str, shown: str, reason: str) -> str:
        return f"{position}{aside(f': {shown}')} {reason}"

    @classmethod
    def found(cls, problems: Sequence[str], *, count: int, where: str) -> Self:
        more = [f"and {len(problems) - 20:,} more"] if len(problems) > 20 else []  # noqa: PLR2004 (a screenful)
        some = f"{len(problems):,} of {_counted(count, 'IMEI')}"
        head = f"{some} in {where} cannot be used; nothing was sent to ThingSpace:"
        return cls("\n  ".join([head, *problems[:20], *more]))

    @classmethod
    def no_file(cls, path: str, reason: str) -> Self:
        advice = "a relative path starts at the program's folder"
        return cls(f"the file of IMEIs {path!r} cannot be read: {reason}; {advice}")

    @classmethod
    def unreadable(cls, file: str, reason: str) -> Self:
        return cls(f"the file of IMEIs {file!r} cannot be read: {reason}")

    @classmethod
    def no_column(cls, file: str, column: str | None, names: Sequence[str]) -> Self:
        there = ", ".join(repr(name) for name in names[:20])
        lacks = f"has no column {column!r}" if column is not None else "has no column that is called IMEI or device ID"
        return cls(f"{file} {lacks}: there are {there}; name the right one with column=")


class InvalidRule(InvalidArgument):
    """A rule, a waiver or a gate is written in a way that cannot be. Nothing was judged."""

    @classmethod
    def bad_name(cls, what: str, found: object) -> Self:
        return cls(
            f"{what} is {_brief(found)}: "
            "use up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
        )

    @classmethod
    def not_text(cls, what: str, found: object, *, one_of_many: bool = True) -> Self:
        if isinstance(found, bool):
            reason = "a boolean: quote it where it is written, since YAML makes true of yes"
        elif isinstance(found, int | float):
            reason = "a number: quote it where it is written, since YAML makes 1.1 of 1.10"
        elif isinstance(found, list | tuple | set | frozenset):
            instead = "write a star before it to pass its items" if one_of_many else "one text was expected"
            reason = f"a {type(found).__name__}: {instead}"
        elif isinstance(found, pulumi.Output):
            reason = "an Output: make the rule where its value is known, inside .apply()"
        else:
            reason = f"of type {type(found).__name__}: text was expected"
        shown = "" if isinstance(found, pulumi.Output) else f"{_brief(found)}, "
        return cls(f"{what} was given {shown}{reason}")

    @classmethod
    def empty_text(cls, what: str) -> Self:
        return cls(f"{what} was given an empty text: leave it out, or write what is meant")

    @classmethod
    def nothing_named(cls, what: str) -> Self:
        return cls(f"{what} was called without a value: name at least one, or leave the rule out")

    @classmethod
    def not_one_of(cls, what: str, found: object, choices: Iterable[str]) -> Self:
        return cls(f"{what} is {_brief(found)}: use one of {', '.join(choices)}")

    @classmethod
    def unknown_option(cls, rule: str, name: str, *, known: Iterable[str]) -> Self:
        return cls(f"rule {rule!r} has no option {name!r}: use one of {', '.join(known)}")

    @classmethod
    def bad_limit(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {_brief(found)}: use a whole number of devices, or a percentage as text, such as '95%'")

    @classmethod
    def bad_count(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {_brief(found)}: use a whole number of devices")

    @classmethod
    def never_trips(cls, what: str, found: object) -> Self:
        return cls(f"{what} is {found!r}, which no fleet can miss: use severity='advisory' for a rule that only warns")

    @classmethod
    def bad_days(cls, found: object, *, most: int) -> Self:
        return cls(f"days is {_brief(found)}: use a whole number from 1 to {most:,}")

    @classmethod
    def no_scheme(cls, found: object) -> Self:
        given = "minimum_version was given no scheme" if found is None else f"the scheme is {_brief(found)}"
        return cls(
            f"{given}, and no order fits the versions of all vendors: use 'dotted', "
            "a list of the versions from oldest to newest, or a function (a, b) that answers -1, 0, 1 or None"
        )

    @classmethod
    def scheme_repeats(cls, versions: Sequence[str]) -> Self:
        if not versions:
            return cls("the scheme is an empty list: list the versions from oldest to newest")
        twice = next(version for version in versions if list(versions).count(version) > 1)
        return cls(f"the scheme lists {twice!r} twice: list each version once, from oldest to newest")

    @classmethod
    def scheme_answered(cls, answer: object, a: str, b: str) -> Self:
        found = aside(_brief(answer), f"a value of type {type(answer).__name__}")
        return cls(
            f"the scheme answered {found} for {_two(a, b)}: "
            "it must be -1, 0 or 1 as the first is older, equal or newer, or None where they cannot be compared"
        )

    @classmethod
    def scheme_raised(cls, error: Exception, a: str, b: str) -> Self:
        return cls(
            f"the scheme could not compare {_two(a, b)}: {_said(error)}; "
            "let it answer None where two versions cannot be compared"
        )

    @classmethod
    def version_not_in_scheme(cls, version: str) -> Self:
        return cls(f"minimum_version was given {version!r}, which its scheme does not know: add it, or name another")

    @classmethod
    def check_answered(cls, rule: str, imei: str, found: object) -> Self:
        shown = aside(_brief(found), f"a value of type {type(found).__name__}")
        return cls(
            f"rule {rule!r} answered {shown} for {aside(f'device {imei}', 'a device')}: "
            "answer True to pass, False or a text (the reason) to fail, None where it cannot be told"
        )

    @classmethod
    def check_raised(cls, rule: str, imei: str, error: Exception) -> Self:
        return cls(f"{cls.not_judged(rule, imei)}: {_said(error)}; correct the rule's function")

    @staticmethod
    def not_judged(rule: str, imei: str) -> str:
        return f"rule {rule!r} could not judge {aside(f'device {imei}', 'a device')}"

    @classmethod
    def waiver_for_whom(cls, rule: str, *, both: bool) -> Self:
        named = "both an imei and a model" if both else "neither an imei nor a model"
        return cls(f"the waiver of rule {rule!r} names {named}: name either an imei or a model")

    @classmethod
    def waiver_without_date(cls, rule: str, found: object) -> Self:
        return cls(
            f"the waiver of rule {rule!r} ends on {_brief(found)}: "
            "give its last day in UTC as a date, such as until=date(2026, 12, 31)"
        )

    @classmethod
    def waiver_of_no_rule(cls, gate: str, rule: str, ids: Iterable[str]) -> Self:
        return cls(f"gate {gate!r} has a waiver of rule {rule!r}, which it has not: its rules are {', '.join(ids)}")

    @classmethod
    def waiver_of_missing_model(cls, gate: str, rule: str, model: str) -> Self:
        return cls(
            f"gate {gate!r} has a waiver of rule {rule!r} for model {model!r}, which waives nothing: "
            "a missing device says no model: name its imei"
        )

    @classmethod
    def waiver_of_other_model(cls, gate: str, rule: str, model: str, *, speaks_of: str) -> Self:
        return cls(
            f"gate {gate!r} has a waiver of rule {rule!r} for model {model!r}, which waives nothing: "
            f"the rule speaks of model {speaks_of!r}: correct one of them, or leave the waiver out"
        )

    @classmethod
    def no_waiver(cls, gate: str, found: object) -> Self:
        return cls(f"gate {gate!r} was given a waiver of type {type(found).__name__}: pass Waiver(rule=…, …)")

    @classmethod
    def no_waivers(cls, gate: str, found: object) -> Self:
        return cls(
            f"gate {gate!r}: waivers= is of type {type(found).__name__}: pass a list, such as [Waiver(rule=…, …)]"
        )

    @classmethod
    def no_available_firmware(cls, found: object) -> Self:
        return cls(
            f"no_upgrade_waiting was given a value of type {type(found).__name__}: "
            "pass the AvailableFirmware that get_available_firmware gives"
        )

    @classmethod
    def no_rule(cls, gate: str, found: object) -> Self:
        return cls(f"gate {gate!r} was given a rule of type {type(found).__name__}: pass what pulumi_fota.rules makes")

    @classmethod
    def reserved_id(cls, id: str) -> Self:
        return cls(
            f"no rule can be called {id!r}: that is the gate's own check of devices that did not come back; "
            "give it another id="
        )

    @classmethod
    def id_twice(cls, gate: str, id: str) -> Self:
        return cls(f"gate {gate!r} has two rules called {id!r}: give one of them an id= of its own")

    @classmethod
    def checks_nothing(cls, gate: str) -> Self:
        return cls(
            f"gate {gate!r} checks nothing: it has no rules, and missing devices pass; "
            "give it a rule, or leave missing='pass' out"
        )

    @classmethod
    def idle_at_most_missing(cls) -> Self:
        return cls("at_most_missing has no effect with missing='pass': leave one of them out")


class DeviceNotFound(FotaError):
    """ThingSpace knows no device of this IMEI in the account."""

    @classmethod
    def asked_for(cls, imei: str, *, account: str, refusal: str | None = None) -> Self:
        says = aside(f"the carrier says {refusal!r}", "the carrier refuses it")
        found = "the carrier's answer left it out" if refusal is None else says
        return cls(
            f"{aside(f'device {imei}', 'the device')} is not in {aside(f'account {account!r}', 'the account')}: "
            f"{found}; check the IMEI, or the account that the device is billed to"
        )

    @classmethod
    def not_in_set(cls, imei: str, *, size: int) -> Self:
        return cls(
            f"{aside(f'device {imei}', 'the device')} is not in this set of {size:,} devices: "
            "look it up in `missing`, or ask for it"
        )
