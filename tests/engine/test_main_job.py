"""The numbers of the main job: how many requests a program makes, and how it stops."""

from __future__ import annotations

import pytest

PROGRAM = """
import pulumi_fota as fota
from pulumi_fota import rules

meters = fota.get_devices(fota.read_imeis("imeis.txt"))
fota.Gate("meters", rules.allowed_versions("SR1.2.0.0-10657")).require(meters)
"""


@pytest.fixture
def fleet(fleet):
    """
    A fleet of 1,200 devices, every hundredth of which is behind.
    """
    row = fleet["deviceList"][0]
    versions = ["SR1.1.0.0-9001" if number % 100 == 0 else "SR1.2.0.0-10657" for number in range(1200)]
    devices = [row | {"deviceId": f"35999900{n:07}", "firmware": version} for n, version in enumerate(versions)]
    return fleet | {"deviceList": devices}


def test_a_preview_of_1200_devices_makes_four_requests_and_one_message(project, simulator, fleet):
    """
    One token, one login and two POSTs are enough; the gate says how many of how many, names ten, and has no traceback.
    """
    stack = project(PROGRAM)
    imeis = [device["deviceId"] for device in fleet["deviceList"]]
    (stack.folder / "imeis.txt").write_text("\n".join(imeis), encoding="utf-8")

    done = stack("preview", code=1)

    counts = {kind: simulator.count(kind) for kind in ("token", "login", "devices")}
    assert counts == {"token": 1, "login": 1, "devices": 2}
    assert simulator.count() == 4
    assert "12 of 1,200 run firmware other than SR1.2.0.0-10657" in done.stdout
    assert all(imei in done.stdout for imei in imeis[0:1000:100])
    assert imei_count(done.stdout, imeis[1000:]) == 0
    assert "and 2 more" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def imei_count(text, imeis):
    return sum(imei in text for imei in imeis)


def test_settings_that_are_missing_are_named_at_once(project):
    """
    A stack without settings stops with one message that says what to type, before anything is sent.
    """
    stack = project(PROGRAM, environment={})
    (stack.folder / "imeis.txt").write_text("356938035643809\n", encoding="utf-8")

    done = stack("preview", code=1)

    assert "3 settings are missing or invalid; nothing was sent to ThingSpace:" in done.stdout
    assert "`pulumi config set fota:account`" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("0000999999-00001", "0000999999-00001"),
        ("123456", "is '123456', only digits and fewer than ten"),
    ],
)
def test_an_account_that_is_not_there_stops_the_program(project, thingspace_environment, account, words):
    """
    An unknown account, or one that YAML has robbed of its zeros, is one clear message.
    """
    stack = project(PROGRAM, environment=thingspace_environment | {"FOTA_ACCOUNT": account})
    (stack.folder / "imeis.txt").write_text("356938035643809\n", encoding="utf-8")

    done = stack("preview", code=1)

    assert words in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_number_in_config_that_is_an_imei_is_refused_before_anything_is_sent(project, simulator):
    """
    YAML makes numbers of unquoted IMEIs and drops their zeros; the message names each place and says to quote it.
    """
    stack = project(
        "import pulumi, pulumi_fota as fota\nfota.get_devices(pulumi.Config('fota').require_object('imeis'))\n"
    )
    settings = stack.folder / "Pulumi.dev.yaml"
    with settings.open("a", encoding="utf-8") as file:
        file.write("config:\n  fota:imeis: [012345670123467, 019999000000010, 990013907835573]\n")

    done = stack("preview", code=1)

    assert "item 1" in done.stdout
    assert "quote it" in done.stdout
    assert simulator.count() == 0
    assert "Traceback" not in done.stdout + done.stderr


def test_an_empty_list_sends_nothing_and_the_gate_fails(project, simulator):
    """
    A gate with nothing to check is not passed, unless it says that it may be so.
    """
    stack = project(
        "import pulumi_fota as fota\n"
        "from pulumi_fota import rules\n"
        "devices = fota.get_devices([])\n"
        "fota.Gate('open', rules.active(allow_empty=True), allow_empty=True).require(devices)\n"
        "fota.Gate('closed', rules.active()).require(devices)\n"
    )

    done = stack("preview", code=1)

    assert "Gate 'closed' stopped this deployment: 0 devices checked" in done.stdout
    assert simulator.count() == 0
