"""A setting that somebody meant and nobody knows is an error."""

import json

import pytest

from pulumi_fota.errors import InvalidSetting
from pulumi_fota.settings import SETTINGS, Connection, gate_settings, resolve, unknown_keys

NEAR_KEYS = {
    "baseurl": "baseUrl",
    "base_url": "baseUrl",
    "base-url": "baseUrl",
    "BASEURL": "baseUrl",
    "maskImei": "maskImeis",
    "mask_imeis": "maskImeis",
    "report_dir": "reportDir",
    "reportDirs": "reportDir",
    "acount": "account",
    "acocunt": "account",
    "accounts": "account",
    "Key": "key",
    "secrets": "secret",
    "user_name": "username",
    "usrname": "username",
    "usernme1": "username",
    "passwd": "password",
    "pasword": "password",
    "accesstoken": "accessToken",
    "acessTokn": "accessToken",
    "sessionTokens": "sessionToken",
    "concurency": "concurrency",
    "batch_size": "batchSize",
    "timeOut": "timeout",
    "deadlines": "deadline",
    "cabundle": "caBundle",
    "GATE": "gate",
    "connection": "connections",
    "url": "baseUrl",
    "endpoint": "baseUrl",
    "host": "baseUrl",
    "server": "baseUrl",
    "apiUrl": "baseUrl",
    "api_url": "baseUrl",
    "user": "username",
    "login": "username",
    "pass": "password",
    "token": "accessToken",
    "bearer": "accessToken",
    "clientId": "key",
    "client_id": "key",
    "apiKey": "key",
    "clientSecret": "secret",
    "apiSecret": "secret",
}


@pytest.mark.parametrize("key", NEAR_KEYS)
def test_a_config_key_that_is_close_to_a_setting_is_an_error_that_names_both(environment, config, key):
    """
    Nobody finds out otherwise: a misspelt address would send the credentials to the live host.
    """
    config({f"fota:{key}": "cnr-value"})

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert str(refused.value) == (
        "1 setting is missing or invalid; nothing was sent to ThingSpace:\n"
        f"  fota:{key} is not a setting, but fota:{NEAR_KEYS[key]} is: rename the key; if it is the program's own, "
        "move it to a namespace other than fota"
    )


FAR_KEYS = [
    "imeis",
    "fleet",
    "keys",
    "kay",
    "gat",
    "gates",
    "region",
    "rollout",
    "port",
    "name",
    "tokens",
    "usernumber",
]


@pytest.mark.parametrize("key", FAR_KEYS)
def test_a_config_key_that_is_not_close_to_a_setting_is_no_error(environment, config, key):
    """
    It may be the program's own: it is warned about, and not refused.
    """
    config({f"fota:{key}": "value", "app:baseurl": "https://app.example"})

    assert resolve().account == "0000123456-00001"
    assert unknown_keys() == [f"fota:{key}"]


def test_every_setting_may_be_set(environment, config):
    """
    The settings themselves are known, in config and in the environment.
    """
    valid = {"baseUrl": "https://x.example", "protocol": "HTTP", "gate": "advisory", "connections": "{}"}
    config({f"fota:{setting.key}": valid.get(setting.key, "9999999999-1") for setting in SETTINGS.values()})

    assert unknown_keys() == []
    with pytest.raises(InvalidSetting) as refused:
        resolve()
    assert "is not a setting" not in str(refused.value)


def test_an_empty_key_is_not_set(environment, config):
    """
    Only what has a value was meant.
    """
    config({"fota:baseurl": "", "fota:imeis": ""})

    assert resolve().base_url == "https://thingspace.verizon.com"
    assert unknown_keys() == []


def test_a_connection_that_was_set_without_path_is_named(environment, config):
    """
    `pulumi config set fota:connections.east.key` makes a key with dots in it, which nobody reads.
    """
    config({"fota:connections.east.key": "cnr-key"})

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert str(refused.value).splitlines()[1:] == [
        (
            "  fota:connections.east.key was set without --path: remove it, and use "
            "`pulumi config set --path fota:connections.east.key`"
        )
    ]


@pytest.mark.parametrize(
    ("key", "rest"),
    [
        ("acount", ", but account is: rename the key"),
        ("base_url", ", but baseUrl is: rename the key"),
        ("token", ", but accessToken is: rename the key"),
        ("gate", ": fota:gate is one of the whole stack"),
        ("maskImeis", ": fota:maskImeis is one of the whole stack"),
        ("reportdir", ": fota:reportDir is one of the whole stack"),
        (
            "region",
            (
                ": use account, key, secret, username, password, accessToken, sessionToken, baseUrl, protocol, "
                "concurrency, batchSize, timeout, deadline, caBundle"
            ),
        ),
    ],
)
@pytest.mark.parametrize("connection", [None, "west"])
def test_an_unknown_entry_of_a_connection_is_always_an_error(environment, config, connection, key, rest):
    """
    Nothing but settings is kept there, whichever connection is used.
    """
    for name in ("ACCOUNT", "KEY", "SECRET", "USERNAME", "PASSWORD"):
        environment(f"FOTA_CONNECTION_WEST_{name}", "0000123456-00001")
    config(connections=json.dumps({"east": {key: "cnr-value"}}))

    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection.named(connection) if connection else None)

    assert str(refused.value).splitlines()[1:] == [
        f"  fota:connections.east.{key} is not a setting of a connection{rest}"
    ]


def test_a_connection_of_a_name_that_no_program_can_use_is_an_error(environment, config):
    """
    `Connection.named` would refuse it.
    """
    config(connections='{"ea-st": {"account": "0000123456-00001"}}')

    with pytest.raises(InvalidSetting, match=r"name of a connection in fota:connections is 'ea-st': use up to 32"):
        resolve()


NEAR_VARIABLES = {
    "FOTA_MASKIMEIS": "FOTA_MASK_IMEIS",
    "FOTA_MASK_IMEI": "FOTA_MASK_IMEIS",
    "FOTA_BASEURL": "FOTA_BASE_URL",
    "FOTA_BASE-URL": "FOTA_BASE_URL",
    "FOTA_URL": "FOTA_BASE_URL",
    "FOTA_API_URL": "FOTA_BASE_URL",
    "FOTA_HOST": "FOTA_BASE_URL",
    "FOTA_USER": "FOTA_USERNAME",
    "FOTA_PASS": "FOTA_PASSWORD",
    "FOTA_PASSWD": "FOTA_PASSWORD",
    "FOTA_TOKEN": "FOTA_ACCESS_TOKEN",
    "FOTA_CLIENT_SECRET": "FOTA_SECRET",
    "FOTA_API_KEY": "FOTA_KEY",
    "fota_key": "FOTA_KEY",
    "Fota_Account": "FOTA_ACCOUNT",
    "FOTA_ACOUNT": "FOTA_ACCOUNT",
    "FOTA_Gate": "fota:gate in stack config",
    "FOTA_CONNECTION": "fota:connections in stack config",
    "FOTA_CONNECTION_EAST_ACOUNT": "FOTA_CONNECTION_EAST_ACCOUNT",
    "FOTA_CONNECTION_EAST_BASEURL": "FOTA_CONNECTION_EAST_BASE_URL",
    "FOTA_CONNECTION_NORTH_EAST_TOKEN": "FOTA_CONNECTION_NORTH_EAST_ACCESS_TOKEN",
    "FOTA_CONNECTION_east_KEY": "FOTA_CONNECTION_EAST_KEY",
    "FOTA_CONNECTION_a_SECRET": "FOTA_CONNECTION_A_SECRET",
    "FOTA_CONNECTIONS_EAST_KEY": "FOTA_CONNECTION_EAST_KEY",
    "FOTA_CONECTION_EAST_KEY": "FOTA_CONNECTION_EAST_KEY",
    "FOTA_CONNECTION_KEY": "FOTA_CONNECTION_<NAME>_KEY",
    "FOTA_CONNECTION_EAST_GATE": "fota:gate in stack config",
    "FOTA_CONNECTION_EAST_MASK_IMEIS": "FOTA_MASK_IMEIS",
}


@pytest.mark.parametrize("variable", NEAR_VARIABLES)
def test_a_variable_that_is_close_to_a_setting_is_an_error_that_names_both(environment, variable):
    """
    Likewise in the environment, also of a connection.
    """
    environment(variable, "cnr-value")

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert str(refused.value) == (
        "1 setting is missing or invalid; nothing was sent to ThingSpace:\n"
        f"  {variable} is not a setting, but {NEAR_VARIABLES[variable]} is: rename the variable; if another program "
        "reads it, unset it here"
    )


@pytest.mark.parametrize(
    "variable",
    [
        "FOTA_SERVICE_HOST",
        "FOTA_SERVICE_PORT",
        "FOTA_SERVICE_PORT_HTTPS",
        "FOTA_PORT",
        "FOTA_PORT_443_TCP",
        "FOTA_PORT_443_TCP_ADDR",
        "FOTA_ACCOUNT_SERVICE_HOST",
        "FOTA_CONNECTION_EAST_SERVICE_HOST",
        "FOTA_CONNECTION_EAST_PORT_80_TCP",
        "FOTA_FLEET",
        "FOTA_KEYS",
        "FOTA_CONNECTION_EAST_COLOUR",
        "FOTATIMEOUT2",
    ],
)
def test_another_variable_is_left_alone(environment, variable):
    """
    Kubernetes gives every pod beside a service called `fota` such variables.
    """
    environment(variable, "tcp://10.0.0.1:80")

    assert resolve().account == "0000123456-00001"


def test_an_empty_variable_is_not_set(environment):
    """
    Only what has a value was meant.
    """
    environment("FOTA_BASEURL", "")

    assert resolve().base_url == "https://thingspace.verizon.com"


def test_connections_in_one_variable_are_an_error_that_names_the_others(environment):
    """
    What can be kept in stack config alone has no effect in the environment.
    """
    environment("FOTA_CONNECTIONS", '{"east": {"key": "cnr-key"}}')

    with pytest.raises(InvalidSetting, match=r"use FOTA_CONNECTION_<NAME>_ACCOUNT and so on, or fota:connections in"):
        resolve()


def test_a_gate_without_a_read_refuses_them_too(environment, config):
    """
    A misspelt `fota:gate` is none of the gate's settings, so gates look for it as well.
    """
    config(reportdir="reports")
    environment("FOTA_MASKIMEIS", "true")

    with pytest.raises(InvalidSetting) as refused:
        gate_settings()

    assert [line.split(" is not")[0] for line in str(refused.value).splitlines()[1:]] == [
        "  fota:reportdir",
        "  FOTA_MASKIMEIS",
    ]


def test_the_provider_does_not_look_for_them(environment):
    """
    Its config may be that of last week, and what is wrong in it was mended since.
    """
    environment("FOTA_BASEURL", "https://x.example")
    stale = {"fota:baseurl": "https://x.example", "fota:gate": "advisry", "fota:connections": "broken"}

    assert resolve(provider_config=stale).base_url == "https://thingspace.verizon.com"
