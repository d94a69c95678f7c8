"""Several accounts and logins in one stack, whose settings a person types as the documents say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota.simulator import Credentials, Simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE, THERE = "356938035643809", "359999000000026"
PROGRAM = f"""
import pulumi
import pulumi_fota as fota

east = fota.Connection.named("east")
here = fota.get_devices(["{HERE}"])
there = fota.get_devices(["{THERE}"], connection=east)
later = fota.get_device_output("{THERE}", connection=east)
pulumi.export("found", {{"here": here[0].firmware, "there": there[0].firmware, "later": later.firmware}})
"""
LOGIN = {"key": "sim-east-key", "secret": "sim-east-secret", "username": "sim-east", "password": "sim-east-password"}


@pytest.fixture
def east() -> Iterator[Simulator]:
    """
    Another account with a login of its own.
    """
    fleet = {"accountName": "0000777777-00001", "deviceList": [{"deviceId": THERE, "firmware": "E1"}]}
    with Simulator(fleet, credentials=Credentials(**LOGIN)) as running:
        yield running


@pytest.fixture
def in_config(project: Callable[..., Any], east: Simulator) -> Any:
    """
    A project whose connection stands in the stack's config, secrets encrypted.
    """
    made = project(PROGRAM)
    settings = {"account": "0000777777-00001", "baseUrl": east.url, **LOGIN}
    for name, value in settings.items():
        secret = ["--secret"] if name in {"key", "secret", "password"} else []
        made("config", "set", "--path", *secret, f"fota:connections.east.{name}", value)
    return made


@pytest.fixture
def in_environment(project: Callable[..., Any], east: Simulator, thingspace_environment: dict[str, str]) -> Any:
    """
    A project whose connection stands in the environment.
    """
    settings = {"ACCOUNT": "0000777777-00001", "BASE_URL": east.url, **{name.upper(): LOGIN[name] for name in LOGIN}}
    named = {f"FOTA_CONNECTION_EAST_{name}": value for name, value in settings.items()}
    return project(PROGRAM, environment={**thingspace_environment, **named})


@pytest.mark.parametrize("where", ["in_config", "in_environment"])
def test_a_named_connection_reads_its_own_account(
    where: str, simulator: Simulator, east: Simulator, request: pytest.FixtureRequest
):
    """
    Neither account is asked with the login of the other; lines name the connection, and no secret of it is in the
    state, in the config's file or on the screen.
    """
    pulumi = request.getfixturevalue(where)

    done = pulumi("up", "--yes", "--skip-preview")

    found = json.loads(pulumi("stack", "output", "--json").stdout)["found"]
    kept = pulumi("stack", "export").stdout + (pulumi.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    assert found == {"here": "SR1.2.0.0-10657", "there": "E1", "later": "E1"}
    assert "fota (east): 1 device in 1 request" in done.stdout
    assert (simulator.count("devices"), east.count("devices")) == (1, 2)
    for name in ("key", "secret", "password"):
        assert LOGIN[name] not in done.stdout + done.stderr + kept


def test_an_error_names_the_connection_and_what_to_type(in_config: Any, simulator: Simulator, east: Simulator):
    """
    Whoever has two logins reads which of them is not whole, and no secret of it; nothing is sent through it.
    """
    in_config("config", "rm", "--path", "fota:connections.east.secret")

    done = in_config("preview", code=None)

    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert "1 setting of connection 'east' is missing or invalid" in text
    assert "fota:connections.east.key is set, but fota:connections.east.secret is missing or empty" in text
    assert "sim-east" not in text
    assert "Traceback" not in text
    assert east.count() == 0
