"""Drift on the command line: what a person reads, and what a pipeline gets for an exit code."""

import re

import pytest

from support.fleet import A, B, C

PROGRAM = """
import pulumi
import pulumi_fota as fota

meters = fota.get_devices(["356938035643809", "359999000000018", "490154203237518"])
snapshot = fota.DeviceSnapshot("meters", devices=meters)
pulumi.export("digest", snapshot.digest)
"""
DIFF = """\
      ~ cohorts   : {
          ~ sequans communications: {
              ~ gm01q: {
                  ~ SR1.2.0.0-10657: 2 => 1
                  + SR1.3.0.0-11002: 1
                }
            }
        }
      ~ digest    : "OLD" => "NEW"
      ~ firmware  : {
          ~ 356938035643809: "SR1.2.0.0-10657" => "SR1.3.0.0-11002"
        }
      ~ unlicensed: {
          + 490154203237518: "no"
        }
"""
WORDS = "1 of 3 devices runs another firmware, 1 lost its licence"


@pytest.fixture
def deployed(project, simulator):
    """
    A project on disk with a snapshot of the fleet, deployed.
    """
    pulumi = project(PROGRAM)
    pulumi("up", "--skip-preview")
    return pulumi


def drift(simulator):
    """Let one meter run the next firmware, and another lose its licence."""
    simulator.device(A)["firmware"] = "SR1.3.0.0-11002"
    simulator.device(C)["licenseAssigned"] = False


def shown_diff(output):
    """Cut out what is shown of the snapshot's properties, without the two digests."""
    lines = output.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if line.startswith("      ~ cohorts"))
    last = next(n for n, line in enumerate(lines) if n > first and line[:6].strip())
    text = "".join(lines[first:last])
    for digest, word in zip([each for each in text.split('"') if len(each) == 64], ("OLD", "NEW"), strict=True):
        text = text.replace(digest, word)
    return text


def test_a_preview_shows_the_devices_that_changed_and_nothing_else(deployed, simulator):
    """
    By IMEI, with old and new; the device that stayed as it was is not on the screen. One line tells it in words.
    """
    drift(simulator)

    done = deployed("preview", "--diff")

    assert shown_diff(done.stdout) == DIFF
    assert B not in done.stdout
    assert f"snapshot 'meters': {WORDS}" in done.stderr


def test_a_refresh_without_a_program_is_a_drift_gate(deployed, simulator):
    """
    Exit code 0 while nothing changed, and 7 with the same diff where something did. State stays as it was.
    """
    gate = ["refresh", "--preview-only", "--diff", "--expect-no-changes"]

    deployed(*gate)
    drift(simulator)
    done = deployed(*gate, code=7)

    assert shown_diff(done.stdout) == DIFF
    assert re.search(rf"^ *refresh of snapshot 'meters': {WORDS}$", done.stderr, re.MULTILINE)
    deployed(*gate, code=7)


def test_a_preview_is_a_drift_gate(deployed, simulator):
    """
    Through order, spelling and time stamps exit code 0; where facts changed 7.
    """
    for imei in (A, B, C):
        simulator.device(imei).update(status="ACTIVE", fotaEligible="true", softwareList=[], refreshTime="2099-01-01")
    simulator.alter(lambda body: body["deviceList"].reverse(), on="devices")

    deployed("preview", "--expect-no-changes")
    drift(simulator)
    deployed("preview", "--expect-no-changes", code=7)


def test_one_device_that_changed_in_a_reversed_answer_is_one_change(deployed, simulator):
    """
    Addressed by IMEI and field, never by its place in the answer.
    """
    simulator.alter(lambda body: body["deviceList"].reverse(), on="devices")
    simulator.device(B)["firmware"] = "SR1.3.0.0-11002"

    done = deployed("preview", "--diff")

    firmware = shown_diff(done.stdout).split("~ firmware: {\n")[1]
    assert firmware == '          ~ 359999000000018: "SR1.2.0.0-10657" => "SR1.3.0.0-11002"\n        }\n'


def test_a_refresh_before_a_preview_leaves_nothing_to_change(deployed, simulator):
    """
    `preview --refresh` tells of the drift once, as the refresh's.
    """
    drift(simulator)

    done = deployed("preview", "--refresh", "--expect-no-changes")

    assert f"refresh of snapshot 'meters': {WORDS}" in done.stdout
    assert "snapshot 'meters'" not in done.stdout.replace("refresh of snapshot 'meters'", "")


def test_an_update_with_a_refresh_ends_with_todays_facts(deployed, simulator):
    """
    `up --refresh` reads and then stores; what the program exports is what ThingSpace said.
    """
    drift(simulator)

    deployed("up", "--refresh", "--skip-preview")

    deployed("refresh", "--preview-only", "--expect-no-changes")
    deployed("preview", "--expect-no-changes")


@pytest.mark.slow
def test_a_refresh_that_runs_the_program_sees_todays_config(project, simulator, thingspace_settings):
    """
    A secret that was rotated in the config reaches `refresh --run-program`, and no plain refresh.
    """
    pulumi = project(PROGRAM, environment={})
    for key, value in thingspace_settings.items():
        pulumi("config", "set", *(["--secret"] if key.endswith(("secret", "password")) else []), key, value)
    pulumi("up", "--skip-preview")
    simulator.change_password("sim-rotated")
    simulator.expire_session()
    pulumi("config", "set", "--secret", "fota:password", "sim-rotated")

    failed = pulumi("refresh", "--yes", "--skip-preview", code=1)
    pulumi("refresh", "--yes", "--skip-preview", "--run-program")

    assert "or run `pulumi refresh --run-program`" in failed.stdout
    assert "sim-password" not in failed.stdout
    pulumi("refresh", "--yes", "--skip-preview")  # It was saved.


def test_the_end_needs_no_setting(project, simulator, thingspace_environment):
    """
    `destroy` asks nobody, so it is no matter that the credentials are gone.
    """
    pulumi = project(PROGRAM)
    pulumi("up", "--skip-preview")
    for name in thingspace_environment:
        del pulumi.environment[name]
    simulator.forget_requests()

    pulumi("destroy", "--yes", "--skip-preview")

    assert simulator.count() == 0
    assert pulumi("stack", "--show-urns").stdout.count("urn:pulumi") == 0
