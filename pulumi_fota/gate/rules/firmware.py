"""Rules about firmware: which versions are allowed, denied, too old, or wait for an upgrade.

Pure: values in, answers out. Reported versions are compared and shown as they are, never normalised.
Knows nothing of Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota._text import shown
from pulumi_fota.errors import FotaError, InvalidRule
from pulumi_fota.gate.arguments import check_text, check_texts
from pulumi_fota.gate.rule import PASS, Judge, Phrase, Rule, RuleAnswer, RuleCheck, canonical, one_of
from pulumi_fota.model.available_firmware import AvailableFirmware
from pulumi_fota.model.version_order import comparator
from pulumi_fota.protocol import canonical_protocol

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.gate.rule import RuleOptions
    from pulumi_fota.model.device import Device
    from pulumi_fota.model.device_set import DeviceSet
    from pulumi_fota.model.version_order import Scheme

_NOT_SAID = RuleAnswer("unknown", Phrase("does not report its firmware", "do not report their firmware"))


def allowed_versions(*versions: str, **options: Unpack[RuleOptions]) -> Rule:
    """Require that the firmware of a device is exactly one of these.

    Unknown if the service does not report it. `devices.count_by("model", "firmware")` shows which versions are really
    out there. Id: `allowed-versions`.

    Raises:
        InvalidRule: There is none, or one is not text: YAML makes the number 1.1 of an unquoted 1.10.

    Source: ThingSpace, Device information for a list (v3), `firmware`.
    """
    allowed = frozenset(check_texts(_called("allowed_versions", options), versions))
    alike = {canonical(version): version for version in versions}
    other = Phrase.of("runs", "run", f"firmware other than {one_of(versions)}")

    def judge(device: Device) -> RuleAnswer:
        if not device.firmware or not device.firmware.strip():
            return _NOT_SAID
        if device.firmware in allowed:
            return PASS
        near = alike.get(canonical(device.firmware))
        hint = f" (differs from {near} in case or blanks only)" if near is not None else ""
        return RuleAnswer("fail", other, f"{device.firmware}{hint}")

    holds = Phrase.of("runs", "run", one_of(versions))
    return Rule.with_check(RuleCheck.of(judge, "firmware"), holds, "allowed-versions", options)


def denied_versions(*versions: str, **options: Unpack[RuleOptions]) -> Rule:
    """Require that the firmware of a device is none of these; in one gate it wins over `allowed_versions`.

    Versions are compared as they are: one that differs in a blank or in its case is not denied. Unknown if the
    service does not report it. Id: `denied-versions`.

    Raises:
        InvalidRule: There is none, or one is not text.

    Source: ThingSpace, Device information for a list (v3), `firmware`.
    """
    denied = frozenset(check_texts(_called("denied_versions", options), versions))
    runs = Phrase.of("runs", "run", "denied firmware")

    def judge(device: Device) -> RuleAnswer:
        if not device.firmware or not device.firmware.strip():
            return _NOT_SAID
        return RuleAnswer("fail", runs, device.firmware) if device.firmware in denied else PASS

    return Rule.with_check(
        RuleCheck.of(judge, "firmware"), Phrase.of("runs", "run", "no denied firmware"), "denied-versions", options
    )


def minimum_version(version: str, *, scheme: Scheme | None = None, **options: Unpack[RuleOptions]) -> Rule:
    """Require that the firmware of a device is this version or a newer one.

    Unknown if the scheme cannot compare the two, or the service does not say. If the set holds several models, give
    `model=`: the version of one product says nothing about another. Id: `minimum-version`.

    Args:
        version: The oldest version that is allowed.
        scheme: `"dotted"` (runs of digits are numbers, all else must be equal), the vendor's versions from
            oldest to newest, or a function `(a, b)` that returns -1, 0, 1 or `None`. There is no default: no order fits
            all vendors. An exception of the function, or another value, stops the program with an error that names
            the rule and the device.
        options: The keywords that every rule takes.

    Raises:
        InvalidRule: There is no such scheme, or the version is not in its list.

    Source: ThingSpace, Device information for a list (v3), `firmware`.
    """
    check_text(_called("minimum_version", options), version)
    compare = comparator(scheme)
    if compare(version, version) is None:
        raise InvalidRule(
            f"minimum_version was given {shown(version)}, which its scheme does not know: add it, or name another"
        )
    name = options.get("id", "minimum-version")
    older = Phrase.of("runs", "run", f"older firmware than {version}")
    strange = Phrase.of("runs", "run", f"firmware that cannot be compared with {version}")

    def judge(device: Device) -> RuleAnswer:
        if not device.firmware or not device.firmware.strip():
            return _NOT_SAID
        try:
            order = compare(device.firmware, version)
        except FotaError as error:
            raise error.preceded_by(f"rule {name!r} could not judge device {device.imei}") from error.__cause__
        if order is None:
            return RuleAnswer("unknown", strange, device.firmware)
        return PASS if order >= 0 else RuleAnswer("fail", older, device.firmware)

    holds = Phrase.of("runs", "run", f"{version} or newer")
    return Rule.with_check(RuleCheck.of(judge, "firmware"), holds, "minimum-version", options)


def no_upgrade_waiting(available: AvailableFirmware, **options: Unpack[RuleOptions]) -> Rule:
    """Require that the carrier offers no upgrade that starts at a device's make, model and firmware.

    Unknown if the device does not report its firmware, or if the list does not cover it: it is empty, of another
    account, or was read for another protocol. Id: `no-upgrade-waiting`.

    Args:
        available: The available firmware, from `get_available_firmware`.
        options: The keywords that every rule takes.

    Raises:
        InvalidRule: It is not available firmware.

    Source: ThingSpace, List available firmware (v3), `firmwareFrom` and `firmwareTo`.
    """
    if not isinstance(available, AvailableFirmware):
        raise InvalidRule(
            f"no_upgrade_waiting was given a value of type {type(available).__name__}: "
            "pass the AvailableFirmware that get_available_firmware gives"
        )
    waits = Phrase("has an upgrade waiting", "have an upgrade waiting")
    only = available.protocol and canonical_protocol(available.protocol)

    def judge_of(devices: DeviceSet) -> Judge:
        if not available or available.account != devices.account:
            why = f"of account {available.account}" if available else "empty"
            because = f"no answer, as the list of available firmware is {why}"
            return lambda _device: RuleAnswer("unknown", Phrase.of("has", "have", because))
        return judge

    def judge(device: Device) -> RuleAnswer:
        if not device.firmware or not device.firmware.strip():
            return _NOT_SAID
        if only and only != canonical_protocol(device.protocol or ""):
            return RuleAnswer("unknown", Phrase.of("has", "have", f"no answer, as the list was read for {only} alone"))
        targets = sorted({upgrade.firmware_to or "?" for upgrade in available.waiting_for(device)})
        return RuleAnswer("fail", waits, f"{device.firmware} to {one_of(targets)}") if targets else PASS

    check = RuleCheck(judge_of=judge_of, fields=("make", "model", "firmware", "protocol"))
    return Rule.with_check(check, Phrase.of("has", "have", "no upgrade waiting"), "no-upgrade-waiting", options)


def _called(rule: str, options: RuleOptions) -> str:
    """Return the name of a rule for an error, with its model, which may be the key of versions in a stack's config."""
    model = options.get("model")
    return rule if model is None else f"{rule} of model {shown(model)}"
