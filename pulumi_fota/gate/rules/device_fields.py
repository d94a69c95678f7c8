"""Rules about single facts: eligibility, licence, status, protocol, model.

Pure: values in, answers out. Knows nothing of Pulumi.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fota.errors import InvalidRule, described
from pulumi_fota.gate.arguments import check_texts
from pulumi_fota.gate.rule import PASS, Phrase, Rule, RuleAnswer, RuleCheck, canonical, one_of
from pulumi_fota.protocol import PROTOCOLS, canonical_protocol

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pulumi_fota.gate.rule import RuleOptions
    from pulumi_fota.model.device import Device


def fota_eligible(**options: Unpack[RuleOptions]) -> Rule:
    """Require that a device can be upgraded over the air.

    Unknown if the service does not report it. Id: `fota-eligible`.

    Source: ThingSpace, Device information for a list (v3), `fotaEligible`.
    """

    def judge(device: Device) -> RuleAnswer:
        if device.fota_eligible is None:
            return RuleAnswer("unknown", Phrase.of("does", "do", "not report whether FOTA is possible"))
        return PASS if device.fota_eligible else RuleAnswer("fail", Phrase.of("is", "are", "not eligible for FOTA"))

    return Rule.with_check(
        RuleCheck.of(judge, "fota_eligible"), Phrase.of("is", "are", "eligible for FOTA"), "fota-eligible", options
    )


def licensed(**options: Unpack[RuleOptions]) -> Rule:
    """Require that a monthly licence is assigned to a device.

    Unknown if the service does not report it; accounts that are billed by event have no licences. Id: `licensed`.

    Source: ThingSpace, Device information for a list (v3), `licenseAssigned`.
    """

    def judge(device: Device) -> RuleAnswer:
        if device.license_assigned is None:
            return RuleAnswer("unknown", Phrase.of("does", "do", "not report whether there is a licence"))
        return PASS if device.license_assigned else RuleAnswer("fail", Phrase.of("has", "have", "no licence"))

    return Rule.with_check(
        RuleCheck.of(judge, "license_assigned"), Phrase.of("has", "have", "a licence"), "licensed", options
    )


def active(**options: Unpack[RuleOptions]) -> Rule:
    """Require that the status of a device is `Active`, ignoring case.

    Unknown if the service does not report it; its other values are not documented. Id: `active`.

    Source: ThingSpace, Device information for a list (v3), `status`.
    """

    def judge(device: Device) -> RuleAnswer:
        if not device.status or not device.status.strip():
            return RuleAnswer("unknown", Phrase("does not report its status", "do not report their status"))
        if canonical(device.status) == "active":
            return PASS
        return RuleAnswer("fail", Phrase.of("is", "are", "not active"), device.status)

    return Rule.with_check(RuleCheck.of(judge, "status"), Phrase.of("is", "are", "active"), "active", options)


def protocol_in(*protocols: str, **options: Unpack[RuleOptions]) -> Rule:
    """Require that a device speaks one of these protocols: `LWM2M`, `OMADM`, `HTTP`, in any of their spellings.

    Unknown if the service does not report it, or reports `NONE`. Id: `protocol-in`.

    Raises:
        InvalidRule: There is none, or one is unknown to ThingSpace's pages.

    Source: ThingSpace, Device information for a list (v3), `protocol`.
    """
    allowed: list[str] = []
    for text in check_texts("protocol_in", protocols):
        known = canonical_protocol(text)
        if known is None:
            raise InvalidRule(f"protocol_in is {described(text)}: use one of {', '.join(PROTOCOLS)}")
        allowed.append(known)
    other = Phrase.of("speaks", "speak", f"a protocol other than {one_of(allowed)}")

    def judge(device: Device) -> RuleAnswer:
        if not device.protocol or canonical(device.protocol) in {"", "none"}:
            return RuleAnswer("unknown", Phrase("does not report its protocol", "do not report their protocol"))
        return PASS if canonical_protocol(device.protocol) in allowed else RuleAnswer("fail", other, device.protocol)

    holds = Phrase.of("speaks", "speak", one_of(allowed))
    return Rule.with_check(RuleCheck.of(judge, "protocol"), holds, "protocol-in", options)


def model_in(*models: str, **options: Unpack[RuleOptions]) -> Rule:
    """Require that a device is of one of these models, ignoring case and outer blanks.

    Unknown if the service does not report it. Id: `model-in`.

    Raises:
        InvalidRule: There is none, or one is not text.

    Source: ThingSpace, Device information for a list (v3), `model`.
    """
    allowed = {canonical(model) for model in check_texts("model_in", models)}
    other = Phrase.of("is", "are", f"of a model other than {one_of(models)}")

    def judge(device: Device) -> RuleAnswer:
        if not device.model or not device.model.strip():
            return RuleAnswer("unknown", Phrase("does not report its model", "do not report their model"))
        return PASS if canonical(device.model) in allowed else RuleAnswer("fail", other, device.model)

    holds = Phrase.of("is", "are", f"of model {one_of(models)}")
    return Rule.with_check(RuleCheck.of(judge, "model"), holds, "model-in", options)
