"""What becomes of our values in `pulumi.export` and in a resource's inputs, on the real engine.

Pulumi exports what has a `__dict__`, takes a mapping that is no dict for its keys, drops a key whose value is None
from a resource's inputs, and refuses the rest, so each kind of value that we give is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi import automation as auto

import pulumi_fota as fota
from pulumi_fota import rules
from support.fleet import A, B

if TYPE_CHECKING:
    from collections.abc import Callable

ABSENT = "359999000000034"
FACTS = {
    "make": "SEQUANS COMMUNICATIONS",
    "model": "GM01Q",
    "firmware": "SR1.2.0.0-10657",
    "fota_eligible": True,
    "license_assigned": True,
    "status": "Active",
    "protocol": "LWM2M",
    "software": [{"name": "boot", "version": "2", "upgrade_time": None}],
    "files": ["a.bin"],
    "create_time": "2021-06-09T17:41:16.72Z",
    "upgrade_time": None,
    "update_time": None,
    "status_time": None,
    "refresh_time": "2022-02-04T06:10:01.441Z",
    "last_connection_time": "2022-02-04T06:10:01Z",
}


@pytest.fixture
def fleet(fleet: dict[str, Any]) -> dict[str, Any]:
    """
    The small fleet: one device with all that a device may have, one that does not report its firmware, and an upgrade.
    """
    first, second, third = fleet["deviceList"]
    lists = {"softwareList": [{"name": "boot", "version": "2"}], "filesList": [{"name": "a.bin"}]}
    upgrade = {"firmwareName": "GM01Q_1_3", "firmwareFrom": "SR1.2.0.0-10657", "firmwareTo": "SR1.3"}
    return {
        **fleet,
        "deviceList": [{**first, **lists, "shape": {"new": [1]}}, {**second, "firmware": None}, third],
        "firmwareList": [upgrade],
    }


def test_every_value_can_be_exported(stack: Callable[..., Any]):
    """
    A device is a dict, what holds devices a list of those, a tuple a list, what is not said is null, and a count by a
    flag has keys of text; nothing that is hidden gets out: no phone number, no key that is new to us, no refusal.
    """

    def program() -> None:
        meters = fota.get_devices([A, B, ABSENT])
        for name, value in {
            "device": meters[A],
            "software": meters[A].software,
            "extra": meters[A].extra,
            "set": meters,
            "part": meters.where(imei=B),
            "slice": meters[:1],
            "nested": {"meters": [meters[B]]},
            "split": meters.split(rules.licensed()),
            "cohort": meters.cohorts("firmware")[0],
            "missing": meters.missing,
            "requested": meters.requested,
            "flags": meters.count_by("fota_eligible", "firmware"),
            "firmware": meters.firmware_by_imei,
            "digest": meters.digest,
            "dict": meters.to_dict(),
            "available": fota.get_available_firmware(),
        }.items():
            pulumi.export(name, value)
            pulumi.export(f"{name}, as an Output", pulumi.Output.from_input(1).apply(lambda _, value=value: value))

    fleet = stack(program)

    fleet.up()

    outputs = fleet.outputs
    for name in [name for name in outputs if not name.endswith("Output")]:
        assert outputs[f"{name}, as an Output"] == outputs[name]
    assert outputs["device"] == {"imei": A, **FACTS}
    assert outputs["software"] == FACTS["software"]
    assert outputs["extra"] == {"shape": {"new": [1]}}
    silent = outputs["set"][1]
    assert outputs["set"] == [outputs["device"], silent]
    assert (silent["imei"], silent["firmware"]) == (B, None)
    assert outputs["part"] == [silent]
    assert outputs["slice"] == [outputs["device"]]
    assert outputs["nested"] == {"meters": [silent]}
    assert outputs["split"] == [outputs["set"], [], []]
    assert {key: outputs["cohort"][key] for key in ("count", "firmware", "values")} == {
        "count": 1,
        "firmware": None,
        "values": {"firmware": None},
    }
    assert (outputs["missing"], outputs["requested"]) == ([ABSENT], [A, B, ABSENT])
    assert outputs["flags"] == {"true": {"SR1.2.0.0-10657": 1, "unknown": 1}}
    assert outputs["firmware"] == {A: "SR1.2.0.0-10657", B: None}
    assert len(outputs["digest"]) == 64
    assert outputs["dict"] == {"account": "0000123456-00001", "missing": [ABSENT], "devices": outputs["set"]}
    assert [upgrade["firmware_to"] for upgrade in outputs["available"]] == ["SR1.3"]
    assert "908555000" not in str(outputs)


def test_plain_data_can_be_a_resources_input(stack: Callable[..., Any]):
    """
    What `to_dict` gives is taken by a resource, plain and as an Output; Pulumi drops the keys of what is not said, and
    keeps what is not said in a list.
    """

    def program() -> None:
        meters = fota.get_devices([A, B])
        later = fota.get_devices_output([A, B])
        for name, value in {
            "set": meters.to_dict(),
            "output": later.apply(lambda devices: devices.to_dict()),
            "device": meters[B].to_dict(),
            "firmware": meters.firmware_by_imei,
            "versions": list(meters.firmware_by_imei.values()),
            "flags": meters.count_by("fota_eligible"),
            "imeis": meters.requested,
            "available": fota.get_available_firmware().to_dict(),
        }.items():
            pulumi.export(name, pulumi.Stash(name, input=value).output)

    fleet = stack(program)

    fleet.up()

    outputs = fleet.outputs
    first, second = outputs["set"]["devices"]
    assert outputs["output"] == outputs["set"]
    assert first["firmware"] == "SR1.2.0.0-10657"
    assert second == outputs["device"]
    assert "firmware" not in second
    assert outputs["firmware"] == {A: "SR1.2.0.0-10657"}
    assert outputs["versions"] == ["SR1.2.0.0-10657", None]
    assert outputs["flags"] == {"true": 2}
    assert outputs["imeis"] == [A, B]
    assert outputs["available"]["upgrades"][0]["firmware_to"] == "SR1.3"
    assert "908555000" not in str(fleet.facts())


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda meters: meters, "Device"),
        (lambda meters: pulumi.Output.from_input(1).apply(lambda _: meters), "Device"),
        (lambda meters: {"nested": meters[0]}, "Device"),
        (lambda meters: meters.cohorts()[0], "Cohort"),
        (lambda meters: meters[0].software, "Software"),
        (lambda _: fota.get_available_firmware(), "Upgrade"),
        (lambda _: fota.Connection(key="sim-key"), "Connection"),
    ],
)
def test_a_value_that_is_no_plain_data_is_refused_as_an_input(
    stack: Callable[..., Any], make: Callable[[fota.DeviceSet], Any], kind: str
):
    """
    Pulumi says which type it did not expect (of a sequence, the type of its items), rather than storing half of it:
    that is what `to_dict` is for.
    """

    def program() -> None:
        pulumi.Stash("wrong", input=make(fota.get_devices([A, B])))

    fleet = stack(program)

    with pytest.raises(auto.CommandError) as refused:
        fleet.preview()

    assert f"unexpected input of type {kind} for " in str(refused.value)


def test_a_connection_cannot_be_exported(stack: Callable[..., Any]):
    """
    Its credentials would be in the state; Pulumi refuses it, and shows none of them.
    """
    connection = fota.Connection(account="0000123456-00001", key="cnr-key", secret="cnr-secret")
    fleet = stack(lambda: pulumi.export("connection", connection))

    with pytest.raises(auto.CommandError, match="unexpected input of type Connection") as refused:
        fleet.preview()

    assert "cnr-" not in "\n".join([*fleet.messages, str(refused.value)])
