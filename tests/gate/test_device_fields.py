"""Rules about single facts of a device."""

from __future__ import annotations

import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate import Gate, Rule

IMEI = "990000000000001"


def statement(fleets, rule: Rule, **fields) -> str:
    """Return what a gate says about one device, after the rule's name; empty if it passes."""
    message = Gate("meters", rule).check(fleets.of(fleets.device(1, **fields))).message
    return " ".join(line.strip() for line in message.splitlines()[1:-1]).removeprefix(rule.id).strip()


def outcome(fleets, rule: Rule, **fields) -> str:
    """Return the outcome of a rule for one device."""
    parts = fleets.of(fleets.device(1, **fields)).split(rule)
    return next(name for name, part in zip(parts._fields, parts, strict=True) if part)


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (rules.fota_eligible, {"fota_eligible": True}),
        (rules.licensed, {"license_assigned": True}),
        (rules.active, {"status": "Active"}),
        (rules.active, {"status": " ACTIVE "}),
        (lambda: rules.protocol_in("LWM2M"), {"protocol": "LWM2M"}),
        (lambda: rules.protocol_in("OMADM"), {"protocol": "OMD-DM"}),
        (lambda: rules.protocol_in("oma-dm"), {"protocol": "OMADM"}),
        (lambda: rules.protocol_in("HTTP", "LWM2M"), {"protocol": "https"}),
        (lambda: rules.model_in("GM01Q"), {"model": "GM01Q"}),
        (lambda: rules.model_in(" gm01q "), {"model": "GM01Q "}),
        (lambda: rules.model_in("EG25", "GM01Q"), {"model": "GM01Q"}),
    ],
)
def test_a_device_of_which_it_is_so_passes(fleets, make, fields):
    """
    Facts are compared without regard to case and outer blanks, and the spellings of one protocol are one name.
    """
    assert outcome(fleets, make(), **fields) == "passed"
    assert statement(fleets, make(), **fields) == ""


@pytest.mark.parametrize(
    ("make", "fields", "said"),
    [
        (rules.fota_eligible, {"fota_eligible": False}, f"1 of 1 is not eligible for FOTA: {IMEI}"),
        (rules.licensed, {"license_assigned": False}, f"1 of 1 has no licence: {IMEI}"),
        (rules.active, {"status": "Suspended"}, f"1 of 1 is not active: Suspended on {IMEI}"),
        (
            lambda: rules.protocol_in("LWM2M", "oma"),
            {"protocol": "HTTP"},
            f"1 of 1 speaks a protocol other than LWM2M or OMADM: HTTP on {IMEI}",
        ),
        (
            lambda: rules.protocol_in("LWM2M"),
            {"protocol": "MQTT"},
            f"1 of 1 speaks a protocol other than LWM2M: MQTT on {IMEI}",
        ),
        (
            lambda: rules.model_in("EG25", "ME910", "UE866"),
            {"model": "GM01Q"},
            f"1 of 1 is of a model other than EG25, ME910 or UE866: GM01Q on {IMEI}",
        ),
    ],
)
def test_a_device_of_which_it_is_not_so_fails_and_says_why(fleets, make, fields, said):
    """
    The sentence names what is so of the device, and what was found on it as it was reported.
    """
    assert outcome(fleets, make(), **fields) == "failed"
    assert statement(fleets, make(), **fields) == said


@pytest.mark.parametrize(
    ("make", "fields", "said"),
    [
        (rules.fota_eligible, {"fota_eligible": None}, "does not report whether FOTA is possible"),
        (rules.licensed, {"license_assigned": None}, "does not report whether there is a licence"),
        (rules.active, {"status": None}, "does not report its status"),
        (rules.active, {"status": ""}, "does not report its status"),
        (rules.active, {"status": " "}, "does not report its status"),
        (lambda: rules.protocol_in("LWM2M"), {"protocol": None}, "does not report its protocol"),
        (lambda: rules.protocol_in("LWM2M"), {"protocol": " "}, "does not report its protocol"),
        (lambda: rules.protocol_in("LWM2M"), {"protocol": "NONE"}, "does not report its protocol"),
        (lambda: rules.model_in("GM01Q"), {"model": None}, "does not report its model"),
        (lambda: rules.model_in("GM01Q"), {"model": "  "}, "does not report its model"),
    ],
)
def test_a_device_that_does_not_say_is_unknown_and_stops_the_gate(fleets, make, fields, said):
    """
    What the service leaves out is neither so nor not so, and by default that is not good enough.
    """
    assert outcome(fleets, make(), **fields) == "unknown"
    assert statement(fleets, make(), **fields) == f"1 of 1 {said}: {IMEI}"


@pytest.mark.parametrize(
    ("make", "fields", "said"),
    [
        (rules.fota_eligible, {"fota_eligible": False}, "are not eligible for FOTA"),
        (rules.fota_eligible, {"fota_eligible": None}, "do not report whether FOTA is possible"),
        (rules.licensed, {"license_assigned": False}, "have no licence"),
        (rules.licensed, {"license_assigned": None}, "do not report whether there is a licence"),
        (rules.active, {"status": "Off"}, "are not active"),
        (rules.active, {"status": None}, "do not report their status"),
        (lambda: rules.protocol_in("HTTP"), {}, "speak a protocol other than HTTP"),
        (lambda: rules.protocol_in("HTTP"), {"protocol": None}, "do not report their protocol"),
        (lambda: rules.model_in("EG25"), {}, "are of a model other than EG25"),
        (lambda: rules.model_in("EG25"), {"model": None}, "do not report their model"),
    ],
)
def test_of_many_devices_the_sentence_is_plural(fleets, make, fields, said):
    """
    Two devices are spoken of as two.
    """
    message = Gate("meters", make()).check(fleets.alike(2, **fields)).message

    assert f"2 of 2 {said}:\n" in message


@pytest.mark.parametrize(
    ("make", "one", "many"),
    [
        (rules.fota_eligible, "is eligible for FOTA", "are eligible for FOTA"),
        (rules.licensed, "has a licence", "have a licence"),
        (rules.active, "is active", "are active"),
        (lambda: rules.protocol_in("oma-dm", "HTTP"), "speaks OMADM or HTTP", "speak OMADM or HTTP"),
        (lambda: rules.model_in("GM01Q"), "is of model GM01Q", "are of model GM01Q"),
    ],
)
def test_a_rule_says_what_is_so_of_devices_that_pass(make, one, many):
    """
    A rule with a limit tells how many devices are in order, in these words.
    """
    assert make().holds.one == one
    assert make().holds.many == many


@pytest.mark.parametrize(
    ("make", "id_"),
    [
        (rules.fota_eligible, "fota-eligible"),
        (rules.licensed, "licensed"),
        (rules.active, "active"),
        (lambda **options: rules.protocol_in("HTTP", **options), "protocol-in"),
        (lambda **options: rules.model_in("GM01Q", **options), "model-in"),
    ],
)
def test_the_id_of_a_rule_is_its_name_with_hyphens_unless_given(make, id_):
    """
    Messages, waivers and reports know a rule by its id.
    """
    assert make().id == id_
    assert make(id="mine").id == "mine"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (rules.protocol_in, "protocol_in was called without a value: name at least one, or leave the rule out"),
        (rules.model_in, "model_in was called without a value: name at least one, or leave the rule out"),
        (
            lambda: rules.protocol_in("MQTT"),
            "protocol_in is 'MQTT': use one of LWM2M, OMADM, HTTP",
        ),
        (
            lambda: rules.protocol_in("NONE"),
            "protocol_in is 'NONE': use one of LWM2M, OMADM, HTTP",
        ),
        (
            lambda: rules.model_in(""),
            "model_in was given an empty text: leave it out, or write what is meant",
        ),
        (
            lambda: rules.model_in(910),
            "model_in was given 910, a number: quote it where it is written, since YAML makes 1.1 of 1.10",
        ),
        (
            lambda: rules.model_in(["GM01Q"]),
            "model_in was given ['GM01Q'], a list: write a star before it to pass its items",
        ),
    ],
)
def test_a_rule_that_names_nothing_that_can_be_found_is_refused(make, message):
    """
    A rule that no device could ever pass is a slip, and is told when the rule is made.
    """
    with pytest.raises(InvalidRule) as refused:
        make()

    assert str(refused.value) == message
