"""Rules about firmware: allowed, denied, too old, or with an upgrade waiting."""

from __future__ import annotations

import pytest

from pulumi_fota import rules
from pulumi_fota.errors import InvalidRule
from pulumi_fota.gate import Gate
from pulumi_fota.model import AvailableFirmware, DeviceSet
from pulumi_fota.model.available_firmware import Upgrade
from support.fleet import ACCOUNT

IMEI = "990000000000000"
NOT_SAID = [None, "", " "]


def said(rule, devices: DeviceSet) -> list[str]:
    """Return the lines of a gate's message about a rule, without the rule's name."""
    lines = Gate("meters", rule).check(devices).message.splitlines()[1:-1]
    return [line.strip().removeprefix(rule.id).strip() for line in lines]


def outcomes(rule, devices: DeviceSet) -> list[str]:
    """Return the outcome of a rule for each device, in their order."""
    return [outcome for _, outcome in rule.outcomes(devices)]


def upgrade(start: str | None = "1.2", to: str | None = "1.3", **fields) -> Upgrade:
    """Make an upgrade for the devices of the tests."""
    return Upgrade(**{"make": "SEQUANS", "model": "GM01Q", "firmware_from": start, "firmware_to": to, **fields})


def offered(*upgrades: Upgrade, account: str = ACCOUNT, protocol: str | None = None) -> AvailableFirmware:
    """Make the list that the carrier gives."""
    return AvailableFirmware(
        account=account, read_at="2026-03-01T12:00:00Z", protocol=protocol, upgrades=tuple(upgrades)
    )


@pytest.mark.parametrize("firmware", NOT_SAID)
@pytest.mark.parametrize(
    "make",
    [
        lambda: rules.allowed_versions("1.2"),
        lambda: rules.denied_versions("1.2"),
        lambda: rules.minimum_version("1.2", scheme="dotted"),
        lambda: rules.minimum_version("1.2", scheme=lambda _a, _b: 0),
        lambda: rules.no_upgrade_waiting(offered(upgrade())),
    ],
)
def test_a_device_that_does_not_say_its_firmware_is_unknown(fleets, make, firmware):
    """
    Nothing, an empty text and blanks are no version: the device is neither in order nor not, and stops the gate.
    """
    devices = fleets.running(firmware)

    assert outcomes(make(), devices) == ["unknown"]
    assert said(make(), devices) == ["1 of 1 does not report its firmware:", IMEI]


@pytest.mark.parametrize(
    ("firmware", "outcome"),
    [
        ("SR1.2.0.0-10657", "pass"),
        ("1.10", "pass"),
        ("1.1", "fail"),
        ("1.100", "fail"),
        ("01.10", "fail"),
        ("1.10.0", "fail"),
        ("SR1.2.0.0", "fail"),
        ("sr1.2.0.0-10657", "fail"),
        ("1.10 ", "fail"),
    ],
)
def test_allowed_versions_are_compared_exactly(fleets, firmware, outcome):
    """
    A version is allowed only as it is written: 1.1 does not satisfy 1.10.
    """
    rule = rules.allowed_versions("SR1.2.0.0-10657", "1.10")

    assert outcomes(rule, fleets.running(firmware)) == [outcome]


def test_versions_that_are_not_allowed_are_told_as_reported(fleets):
    """
    The message shows each text as the device reported it, and says where case or blanks alone make the difference.
    """
    rule = rules.allowed_versions("SR1.2.0.0-10657", "SR1.3")

    assert said(rule, fleets.running("sr1.3 ", "SR1.1", "SR1.1")) == [
        "3 of 3 run firmware other than SR1.2.0.0-10657 or SR1.3:",
        (
            "SR1.1 on 990000000000001, 990000000000002; "
            "sr1.3  (differs from SR1.3 in case or blanks only) on 990000000000000"
        ),
    ]


@pytest.mark.parametrize(
    ("firmware", "outcome"), [("1.2", "fail"), ("1.3", "fail"), ("1.2.0", "pass"), ("1.4", "pass")]
)
def test_denied_versions_are_compared_exactly(fleets, firmware, outcome):
    """
    A version is denied only as it is written.
    """
    assert outcomes(rules.denied_versions("1.2", "1.3"), fleets.running(firmware)) == [outcome]


def test_denied_versions_are_told(fleets):
    """
    The message names the denied version that runs.
    """
    assert said(rules.denied_versions("1.2"), fleets.running("1.2", "1.3")) == [
        "1 of 2 runs denied firmware:",
        f"1.2 on {IMEI}",
    ]


def test_deny_wins_over_allow(fleets):
    """
    A version that one rule allows and another denies stops the gate, in whichever order they stand.
    """
    allow, deny = rules.allowed_versions("1.2"), rules.denied_versions("1.2")

    for gate in (Gate("meters", allow, deny), Gate("meters", deny, allow)):
        assert not gate.check(fleets.running("1.2"))


@pytest.mark.parametrize(
    ("firmware", "outcome"),
    [
        ("4.10", "pass"),
        ("4.2", "pass"),
        ("4.2.0", "pass"),
        ("4.1.99", "fail"),
        ("v4.3", "unknown"),
        ("4.2-rc1", "unknown"),
    ],
)
def test_a_minimum_version_is_compared_by_numbers(fleets, firmware, outcome):
    """
    4.10 is newer than 4.2 as a text or float would not have it; what has other letters cannot be compared.
    """
    devices = fleets.running(firmware)
    rule = rules.minimum_version("4.2", scheme="dotted")

    assert outcomes(rule, devices) == [outcome]
    assert bool(Gate("meters", rule).check(devices)) == (outcome == "pass")


@pytest.mark.parametrize(
    ("minimum", "firmware"),
    [
        ("SWI9X50C_00.06.02.00", "SWI9X30C_02.33.03.00"),
        ("RUT9_R_00.06.08.6", "RUT2_R_00.07.06.10"),
        ("mfw_nrf9160_0.9.0", "mfw_nrf9161_1.3.5"),
        ("EC20EFAR02A01M4G", "EC25EFAR06A01M4G"),
        ("9001", "10657"),
        ("2026-11-28", "2026-11-29"),
    ],
)
def test_firmware_of_another_product_is_unknown_without_a_model(fleets, minimum, firmware):
    """
    A minimum of one product says nothing about another, and no order of counters or dates is taken for granted: larger
    numbers do not pass.
    """
    devices = fleets.running(firmware)
    rule = rules.minimum_version(minimum, scheme="dotted")

    assert outcomes(rule, devices) == ["unknown"]
    assert not Gate("meters", rule).check(devices)


def test_old_and_incomparable_versions_are_told_apart(fleets):
    """
    Both stop the gate, each with its own sentence and with the texts as reported.
    """
    rule = rules.minimum_version("4.2", scheme="dotted")

    assert said(rule, fleets.running("4.1.99", "v4.3", "4.10", "4.2-rc1")) == [
        "1 of 4 runs older firmware than 4.2:",
        "4.1.99 on 990000000000000",
        "2 run firmware that cannot be compared with 4.2:",
        "v4.3 on 990000000000001; 4.2-rc1 on 990000000000003",
    ]


def test_a_minimum_version_follows_the_vendors_list(fleets):
    """
    Where letters are ages the vendor's list decides, and a version that it does not hold is unknown.
    """
    rule = rules.minimum_version("47RA906H", scheme=["1.0", "47RA906H", "47RA906J"])

    assert outcomes(rule, fleets.running("1.0", "47RA906H", "47RA906J", "47RA906K")) == [
        "fail",
        "pass",
        "pass",
        "unknown",
    ]


def test_a_minimum_version_follows_the_programs_function(fleets):
    """
    The program's own function is asked with the device's version first.
    """

    def by_length(a: str, b: str) -> int | None:
        return None if "?" in a else (len(a) > len(b)) - (len(a) < len(b))

    rule = rules.minimum_version("12", scheme=by_length)

    assert outcomes(rule, fleets.running("1", "21", "123", "?")) == ["fail", "pass", "pass", "unknown"]


@pytest.mark.parametrize(
    ("options", "name"), [({}, "minimum-version"), ({"id": "gateways", "at_least": "95%"}, "gateways")]
)
@pytest.mark.parametrize(
    ("function", "says"),
    [
        (
            lambda a, b: float(a) > float(b),
            "the scheme answered a value of type bool, False, for '1.1' and '1.2': it must be",
        ),
        (lambda a, b: {"1.2": 1}[a] - {"1.2": 1}[b], "the scheme raised KeyError: '1.1', for '1.1' and '1.2' ("),
    ],
)
def test_what_a_function_cannot_compare_is_told_with_rule_and_device(fleets, function, says, options, name):
    """
    A scheme of the program's own that raises, or answers something else, stops the program with an error of ours.
    """

    def scheme(a: str, b: str) -> int | None:
        return 0 if a == b else function(a, b)

    rule = rules.minimum_version("1.2", scheme=scheme, **options)

    with pytest.raises(InvalidRule) as refused:
        Gate("meters", rule).check(fleets.running("1.2", "1.1"))

    assert str(refused.value).startswith(f"rule '{name}' could not judge device 990000000000001: {says}")


def test_a_function_that_raises_of_the_minimum_itself_is_told_when_the_rule_is_made():
    """
    A typing error in the version is found before any device is judged.
    """
    with pytest.raises(InvalidRule, match=r"the scheme raised ValueError: .*, for '1,2' and '1,2'"):
        rules.minimum_version("1,2", scheme=lambda a, b: int(float(a) - float(b)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            rules.allowed_versions,
            "allowed_versions was called without a value: name at least one, or leave the rule out",
        ),
        (
            rules.denied_versions,
            "denied_versions was called without a value: name at least one, or leave the rule out",
        ),
        (
            lambda: rules.allowed_versions("1.2", 1.10),
            "allowed_versions was given 1.1, a number: quote it where it is written, since YAML makes 1.1 of 1.10",
        ),
        (
            lambda: rules.allowed_versions(1.10, model="MTR-LNA"),
            (
                "allowed_versions of model 'MTR-LNA' was given 1.1, a number: "
                "quote it where it is written, since YAML makes 1.1 of 1.10"
            ),
        ),
        (
            lambda: rules.denied_versions(" ", model="MTR-LNA"),
            ("denied_versions of model 'MTR-LNA' was given an empty text: leave it out, or write what is meant"),
        ),
        (
            lambda: rules.minimum_version(2, scheme="dotted", model="MTR-LNA"),
            (
                "minimum_version of model 'MTR-LNA' was given 2, a number: "
                "quote it where it is written, since YAML makes 1.1 of 1.10"
            ),
        ),
        (
            lambda: rules.denied_versions(["1.2"]),
            "denied_versions was given ['1.2'], a list: write a star before it to pass its items",
        ),
        (
            lambda: rules.allowed_versions(None),
            "allowed_versions was given None, of type NoneType: text was expected",
        ),
        (
            lambda: rules.allowed_versions(" "),
            "allowed_versions was given an empty text: leave it out, or write what is meant",
        ),
        (
            lambda: rules.minimum_version(4.2, scheme="dotted"),
            "minimum_version was given 4.2, a number: quote it where it is written, since YAML makes 1.1 of 1.10",
        ),
        (
            lambda: rules.minimum_version("1.2"),
            (
                "minimum_version was given no scheme, and no order fits the versions of all vendors: use 'dotted', "
                "a list of the versions from oldest to newest, or a function (a, b) that answers -1, 0, 1 or None"
            ),
        ),
        (
            lambda: rules.minimum_version("1.2", scheme=["1.0", "1.1"]),
            "minimum_version was given '1.2', which its scheme does not know: add it, or name another",
        ),
    ],
)
def test_a_rule_of_no_usable_version_is_refused(make, message):
    """
    What cannot be a version, and a number that YAML may have shortened, is told when the rule is made.
    """
    with pytest.raises(InvalidRule) as refused:
        make()

    assert str(refused.value) == message


def test_a_device_with_an_upgrade_waiting_fails(fleets):
    """
    The message names the version that runs and those to which the carrier's upgrades lead, each once.
    """
    rule = rules.no_upgrade_waiting(
        offered(upgrade(to="1.4"), upgrade(to="1.3"), upgrade(to="1.3"), upgrade("1.1", None), upgrade("1.4", "1.5"))
    )

    assert said(rule, fleets.running("1.2", "1.3", "1.1")) == [
        "2 of 3 have an upgrade waiting:",
        "1.2 to 1.3 or 1.4 on 990000000000000; 1.1 to ? on 990000000000002",
    ]


@pytest.mark.parametrize("fields", [{"make": "TELIT"}, {"model": "ME910"}, {"firmware_from": "1.2.0"}])
def test_an_upgrade_of_other_devices_does_not_wait(fleets, fields):
    """
    An upgrade waits for a device only where make, model and version are its own.
    """
    rule = rules.no_upgrade_waiting(offered(upgrade(**fields)))

    assert outcomes(rule, fleets.running("1.2")) == ["pass"]


@pytest.mark.parametrize(
    ("available", "why"),
    [
        (offered(), "empty"),
        (offered(upgrade(), account="0000999999-00001"), "of account 0000999999-00001"),
    ],
)
def test_a_list_that_cannot_tell_leaves_every_device_unknown(fleets, available, why):
    """
    An empty list may be a read that went wrong, and another account's says nothing: neither lets devices through.
    """
    rule = rules.no_upgrade_waiting(available)
    devices = fleets.running("1.2", "9.9")

    assert outcomes(rule, devices) == ["unknown", "unknown"]
    assert said(rule, devices) == [
        f"2 of 2 have no answer, as the list of available firmware is {why}:",
        "990000000000000, 990000000000001",
    ]


def test_a_list_of_one_protocol_cannot_tell_of_devices_of_another(fleets):
    """
    Of devices that speak the protocol of the list, in whatever spelling, it tells; the others are unknown.
    """
    rule = rules.no_upgrade_waiting(offered(upgrade(), protocol="OMA-DM"))
    devices = fleets.of(
        fleets.device(0, protocol="OMADM"),
        fleets.device(1, protocol="LWM2M"),
        fleets.device(2, protocol=None),
        fleets.device(3, protocol="omd-dm", firmware="1.3"),
    )

    assert outcomes(rule, devices) == ["fail", "unknown", "unknown", "pass"]
    assert said(rule, devices)[2:] == [
        "2 have no answer, as the list was read for OMADM alone:",
        "990000000000001, 990000000000002",
    ]


@pytest.mark.parametrize(
    ("make", "firmware", "one", "many"),
    [
        (
            lambda: rules.allowed_versions("1.3"),
            "1.2",
            "runs firmware other than 1.3",
            "run firmware other than 1.3",
        ),
        (lambda: rules.denied_versions("1.2"), "1.2", "runs denied firmware", "run denied firmware"),
        (
            lambda: rules.minimum_version("1.3", scheme="dotted"),
            "1.2",
            "runs older firmware than 1.3",
            "run older firmware than 1.3",
        ),
        (
            lambda: rules.minimum_version("1.3", scheme="dotted"),
            "v1",
            "runs firmware that cannot be compared with 1.3",
            "run firmware that cannot be compared with 1.3",
        ),
        (
            lambda: rules.no_upgrade_waiting(offered(upgrade())),
            "1.2",
            "has an upgrade waiting",
            "have an upgrade waiting",
        ),
        (
            lambda: rules.no_upgrade_waiting(offered()),
            "1.2",
            "has no answer, as the list of available firmware is empty",
            "have no answer, as the list of available firmware is empty",
        ),
        (
            lambda: rules.no_upgrade_waiting(offered(upgrade(), protocol="HTTP")),
            "1.2",
            "has no answer, as the list was read for HTTP alone",
            "have no answer, as the list was read for HTTP alone",
        ),
    ],
)
def test_one_device_and_many_are_spoken_of_as_such(fleets, make, firmware, one, many):
    """
    What is so of devices that do not pass is told in the singular of one and in the plural of two.
    """
    single, double = (said(make(), fleets.alike(count, firmware=firmware))[0] for count in (1, 2))

    assert single == f"1 of 1 {one}:"
    assert double == f"2 of 2 {many}:"


@pytest.mark.parametrize(
    ("make", "one", "many"),
    [
        (lambda: rules.allowed_versions("1", "2", "3", "4", "5", "6", "7"), "runs 1, 2, 3, 4, 5 or 2 more", None),
        (lambda: rules.denied_versions("1.2"), "runs no denied firmware", "run no denied firmware"),
        (lambda: rules.minimum_version("1.2", scheme="dotted"), "runs 1.2 or newer", "run 1.2 or newer"),
        (lambda: rules.no_upgrade_waiting(offered()), "has no upgrade waiting", "have no upgrade waiting"),
    ],
)
def test_a_rule_says_what_is_so_of_devices_that_pass(make, one, many):
    """
    A rule with a limit tells how many devices are in order, in these words; of a long list five are named.
    """
    assert make().holds.one == one
    assert make().holds.many == (many or one.replace("runs", "run"))


@pytest.mark.parametrize(
    ("make", "id_"),
    [
        (lambda **options: rules.allowed_versions("1", **options), "allowed-versions"),
        (lambda **options: rules.denied_versions("1", **options), "denied-versions"),
        (lambda **options: rules.minimum_version("1", scheme="dotted", **options), "minimum-version"),
        (lambda **options: rules.no_upgrade_waiting(offered(), **options), "no-upgrade-waiting"),
    ],
)
def test_the_id_of_a_rule_is_its_name_with_hyphens_unless_given(make, id_):
    """
    Messages, waivers and reports know a rule by its id.
    """
    assert make().id == id_
    assert make(id="mine").id == "mine"
