"""A placeholder that nothing has replaced is not used as a credential."""

import json

import pytest

from pulumi_fota.errors import InvalidSetting
from pulumi_fota.settings import Connection, gate_settings, resolve

PLACEHOLDERS = [
    "${FOTA_PASSWORD}",
    "${password}",
    "${PASSWORD:-}",
    "${env:FOTA_PASSWORD}",
    "${}",
    "$(FOTA_PASSWORD)",
    "$(cat password.txt)",
    "${{ secrets.FOTA_PASSWORD }}",
    "${{secrets.password}}",
    "{{ fota_password }}",
    "{{password}}",
    "{{ vault.get('x') }}",
    "%FOTA_PASSWORD%",
    "%password%",
    "$FOTA_PASSWORD",
    "$MY_SECRET",
    "$_SECRET",
    "$fota_password",
    "$env:FOTA_PASSWORD",
    ' "${FOTA_PASSWORD}" ',
    "'$FOTA_PASSWORD'",
]
PASSWORDS = [
    "pa$$w0rd$",
    "$Summer2026",
    "$SUMMER2026",
    "$ummer_2026",
    "$",
    "${",
    "}{",
    "100%",
    "%50%50%",
    "%2F%",
    "a${FOTA_PASSWORD}",
    "${A}${B}!",
    "{password}",
    "{{",
    "((x))",
    "$fota_2026!",
    '"quoted"',
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_refused_with_the_way_out_and_not_shown(environment, text):
    """
    It would cost one of the five logins that the carrier grants.
    """
    environment("FOTA_PASSWORD", text)

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert str(refused.value) == (
        "1 setting is missing or invalid; nothing was sent to ThingSpace:\n"
        "  FOTA_PASSWORD is a placeholder such as ${NAME} that nothing has replaced: set the value itself; text that "
        "looks like one can be passed as Connection(password=…)"
    )


@pytest.mark.parametrize("text", PASSWORDS)
def test_a_password_with_such_characters_is_used(environment, text):
    """
    Only a whole text of the form of a placeholder is one.
    """
    environment("FOTA_PASSWORD", text)

    assert resolve().user.password.reveal() == text


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_connection_in_the_program_takes_any_text(environment, text):
    """
    Whoever writes the text into the program means it.
    """
    assert resolve(Connection(username="user", password=text)).user.password.reveal() == text


PLACES = {
    "fota:account": {"account": "${ACCOUNT}"},
    "fota:baseUrl": {"baseUrl": "$(URL)"},
    "fota:protocol": {"protocol": "{{ protocol }}"},
    "fota:timeout": {"timeout": "%TIMEOUT%"},
    "fota:caBundle": {"caBundle": "${CA}"},
    "fota:reportDir": {"reportDir": "${{ runner.temp }}"},
    "fota:gate": {"gate": "$GATE_MODE"},
    "fota:connections": {"connections": "${FOTA_CONNECTIONS}"},
}


@pytest.mark.parametrize("key", PLACES)
def test_every_setting_refuses_placeholders(environment, config, key):
    """
    Whatever kind the setting is of.
    """
    config(**PLACES[key])

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    (line,) = str(refused.value).splitlines()[1:]
    assert line.startswith(
        f"  {key} is a placeholder such as ${{NAME}} that nothing has replaced: set the value itself"
    )


def test_an_entry_of_a_connection_refuses_placeholders(environment, config):
    """
    Likewise in `fota:connections` and in its variables.
    """
    environment("FOTA_CONNECTION_EAST_ACCOUNT", "0000123456-00001")
    environment("FOTA_CONNECTION_EAST_ACCESS_TOKEN", "$(TOKEN)")
    config(connections=json.dumps({"east": {"sessionToken": "${SESSION}"}}))

    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection.named("east"))

    assert [line.split(" is a")[0] for line in str(refused.value).splitlines()[1:]] == [
        "  FOTA_CONNECTION_EAST_ACCESS_TOKEN",
        "  fota:connections.east.sessionToken",
    ]


def test_a_gate_refuses_placeholders(config):
    """
    Also where nothing is read.
    """
    config(maskImeis="${MASK}")

    with pytest.raises(InvalidSetting, match="fota:maskImeis is a placeholder"):
        gate_settings()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('"0000123456-00001"', "quotes"),
        ("'0000123456-00001'", "quotes"),
        (" 0000123456-00001", "blanks"),
        ("0000123456-00001 ", "blanks"),
        (' "0000123456-00001"', "blanks"),
    ],
)
def test_quotes_and_blanks_around_an_invalid_value_are_named(environment, text, what):
    """
    A file of variables keeps quotes that a shell would remove.
    """
    environment("FOTA_ACCOUNT", text)

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert str(refused.value).endswith(f"letters, digits and dashes (there are {what} around it: remove them)")


def test_quotes_around_an_invalid_credential_are_named_and_the_credential_is_not_shown(environment):
    """
    Of a credential nothing but this is said.
    """
    environment("FOTA_ACCESS_TOKEN", '" cnr-token"')

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert "FOTA_ACCESS_TOKEN contains a blank" in str(refused.value)
    assert str(refused.value).endswith("(there are quotes around it: remove them)")
    assert "cnr-" not in str(refused.value)
