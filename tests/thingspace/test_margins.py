"""Credentials that were refused and have quotes or blanks around them, as files of variables keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pulumi_fota as fota
from pulumi_fota.errors import CredentialsRefused

if TYPE_CHECKING:
    from pulumi_fota.simulator import Simulator

A = "356938035643809"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"password": '"sim-password"'}, "there are quotes around the password"),
        ({"password": "sim-password "}, "there are blanks around the password"),
        ({"username": "'sim-user'"}, "there are quotes around the username"),
        (
            {"username": " sim-user", "password": "`sim-password`"},
            "there are blanks around the username and there are quotes around the password",
        ),
        ({"key": '"sim-key"'}, "there are quotes around the key"),
        ({"secret": " sim-secret"}, "there are blanks around the secret"),
    ],
)
def test_what_is_around_a_refused_credential_is_named(
    simulator: Simulator, thingspace_environment: dict[str, str], given: dict[str, Any], hint: str
):
    """
    The carrier only says that it does not know them.
    """
    login = {name: thingspace_environment[f"FOTA_{name.upper()}"] for name in ("key", "secret", "username", "password")}
    connection = fota.Connection(account="0000123456-00001", base_url=simulator.url, **{**login, **given})

    with pytest.raises(CredentialsRefused) as refused:
        fota.get_devices([A], connection=connection)

    assert f"; {hint}: remove them if they are not a part of it" in str(refused.value)
    assert all(f"sim-{name}" not in str(refused.value) for name in ("key", "secret", "password"))


def test_nothing_is_said_of_a_refused_credential_without_margins(simulator: Simulator, thingspace_environment: Any):
    """
    Quotes inside of a password are a part of it.
    """
    login = {name: thingspace_environment[f"FOTA_{name.upper()}"] for name in ("key", "secret", "username")}
    connection = fota.Connection(account="0000123456-00001", base_url=simulator.url, password='a"b"', **login)

    with pytest.raises(CredentialsRefused) as refused:
        fota.get_devices([A], connection=connection)

    assert "around" not in str(refused.value)
