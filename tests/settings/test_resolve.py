"""Where settings come from, and what is said where they are missing."""

import json

import attrs
import pulumi
import pytest

from pulumi_fota._secret import Secret
from pulumi_fota.errors import InvalidArgument, InvalidSetting
from pulumi_fota.settings import Connection, GateSettings, gate_settings, resolve


def test_all_that_is_missing_is_named_at_once_with_what_to_type():
    """
    A person sets up a stack once, and not once for each missing setting.
    """
    with pytest.raises(InvalidSetting) as refused:
        resolve()

    assert str(refused.value) == (
        "3 settings are missing or invalid; nothing was sent to ThingSpace:\n"
        "  fota:account is missing or empty: `pulumi config set fota:account`, or set FOTA_ACCOUNT in the environment\n"
        "  fota:key and fota:secret (or fota:accessToken) are missing or empty: "
        "`pulumi config set --secret fota:key` and `pulumi config set --secret fota:secret`, "
        "or set FOTA_KEY and FOTA_SECRET in the environment\n"
        "  fota:username and fota:password (or fota:sessionToken) are missing or empty: "
        "`pulumi config set --secret fota:username` and `pulumi config set --secret fota:password`, "
        "or set FOTA_USERNAME and FOTA_PASSWORD in the environment"
    )


def test_an_empty_setting_is_as_good_as_none(environment):
    """
    CI systems set a variable to nothing where its secret is absent.
    """
    environment("FOTA_ACCOUNT", "")

    with pytest.raises(InvalidSetting, match="1 setting is missing .*\n  fota:account is missing or empty"):
        resolve()


EMPTY = [field.name for field in attrs.fields(Connection) if field.init]


@pytest.mark.parametrize("setting", EMPTY)
def test_an_empty_argument_of_a_connection_is_an_error(environment, setting):
    """
    A program that passes on an empty variable would read another account, or with another login, than was meant.
    """
    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection(**{setting: ""}))

    assert str(refused.value).splitlines()[1:] == [
        f"  Connection({setting}=…) is empty: pass a value, or None to use stack config and environment"
    ]


@pytest.mark.parametrize("argument", ["account", "protocol"])
def test_an_empty_argument_of_a_function_is_an_error(environment, argument):
    """
    Likewise of the functions.
    """
    with pytest.raises(InvalidSetting) as refused:
        resolve(**{argument: ""})

    assert str(refused.value) == (
        "1 setting is missing or invalid; nothing was sent to ThingSpace:\n"
        f"  {argument}= is empty: pass a value, or None to use stack config and environment"
    )


def test_none_is_not_given(environment):
    """
    A program need not tell an argument that it has from one that it has not.
    """
    nothing = dict.fromkeys(EMPTY)

    assert resolve(Connection(**nothing), account=None, protocol=None) == attrs.evolve(resolve(), refreshable=False)


def test_half_a_login_with_an_empty_half_is_named(environment):
    """
    A user with an empty password would cost one of the five logins that the carrier grants.
    """
    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection(username="user", password=Secret("")))

    assert str(refused.value).splitlines()[1:] == [
        "  Connection(password=…) is empty: pass a value, or None to use stack config and environment"
    ]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"gate": "advisry"}, "fota:gate is 'advisry': use mandatory or advisory"),
        ({"maskImeis": "yes"}, "fota:maskImeis is 'yes': use true or false"),
        ({"reportDir": "$REPORTS/x"}, "fota:reportDir is '$REPORTS/x', and nothing fills in $REPORTS: write the path"),
        ({"connections": "east"}, "fota:connections is not an object for each name"),
        ({"connections": '{"west": {"timeout": "soon"}}'}, "fota:connections.west.timeout is 'soon': use seconds"),
    ],
)
def test_settings_of_the_whole_stack_are_checked_at_the_first_read(environment, config, given, line):
    """
    What is wrong with the gates, or with another connection, is said before anything is sent.
    """
    config(**given)

    with pytest.raises(InvalidSetting) as refused:
        resolve()

    head, problem = str(refused.value).splitlines()
    assert head == "1 setting is missing or invalid; nothing was sent to ThingSpace:"
    assert problem.startswith(f"  {line}")


def test_a_gate_does_not_say_that_nothing_was_sent(config):
    """
    When a gate is asked, devices may have been read.
    """
    config(gate="advisry")

    with pytest.raises(InvalidSetting) as refused:
        gate_settings()

    assert str(refused.value) == "1 setting is missing or invalid:\n  fota:gate is 'advisry': use mandatory or advisory"


def test_an_argument_goes_before_config_and_config_before_environment(environment, config):
    """
    The nearer to the program, the stronger.
    """
    config(account="0000000002-00001", timeout="7", baseUrl="https://config.example")
    environment("FOTA_TIMEOUT", "9")
    environment("FOTA_DEADLINE", "99")

    plain = resolve()
    explicit = resolve(Connection(base_url="https://explicit.example"), account="0000000003-00001")

    assert (plain.account, plain.timeout, plain.deadline) == ("0000000002-00001", 7, 99)
    assert plain.base_url == "https://config.example"
    assert (explicit.account, explicit.base_url) == ("0000000003-00001", "https://explicit.example")


def test_the_provider_asks_the_environment_first(environment):
    """
    The engine hands a plain refresh the config of the last update, in which a rotated secret never arrives.
    """
    stale = {"fota:key": "cnr-old", "fota:secret": "cnr-old", "fota:account": "0000000002-00001"}

    settings = resolve(provider_config=stale)

    assert settings.account == "0000123456-00001"
    assert settings.application.key == Secret("cnr-key")


def test_credentials_of_two_places_are_never_mixed(environment, config):
    """
    A key from config with a secret from the environment would be a login that nobody meant.
    """
    config(key="cnr-other")

    with pytest.raises(InvalidSetting, match="fota:key is set, but fota:secret is missing or empty: set both"):
        resolve()


def test_a_token_stands_in_for_the_two(config):
    """
    Parallel jobs share one session, so none of them has to log in.
    """
    config(account="0000123456-00001", accessToken="cnr-bearer", sessionToken="cnr-session")

    settings = resolve()

    assert settings.application.access_token == Secret("cnr-bearer")
    assert settings.user.session_token == Secret("cnr-session")
    assert settings.application.key is None


def test_defaults_are_those_of_the_reference(environment):
    """
    What nobody sets is as the reference says.
    """
    settings = resolve()

    assert settings.base_url == "https://thingspace.verizon.com"
    assert (settings.concurrency, settings.batch_size, settings.timeout, settings.deadline) == (4, 1000, 30, 300)
    assert settings.protocol is settings.ca_bundle is settings.connection is None
    assert settings.refreshable


def test_every_setting_that_cannot_be_used_is_named(environment):
    """
    The message names each with where it stands, and shows no secret.
    """
    environment("FOTA_CONCURRENCY", "many")
    environment("FOTA_KEY", "cnr-key\n")

    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection(base_url="http://u:cnr-p@x.example"))

    assert str(refused.value) == (
        "3 settings are missing or invalid; nothing was sent to ThingSpace:\n"
        "  Connection(base_url=…) contains a user or password: remove it; credentials have settings of their own\n"
        "  FOTA_CONCURRENCY is 'many': use a whole number from 1 to 64\n"
        "  FOTA_KEY contains a line break or another control character (did the file end with a newline?)"
    )


def test_an_explicit_connection_cannot_be_found_again(environment):
    """
    Its credentials stand in the program alone, where a refresh does not look.
    """
    assert not resolve(Connection(key="cnr-a", secret="cnr-b")).refreshable


def test_a_connection_hides_its_secrets():
    """
    It is printed in tracebacks and by people who debug.
    """
    connection = Connection(key="cnr-key", secret="cnr-secret", password="cnr-password", session_token="cnr-session")

    assert "cnr-" not in repr(connection)
    assert "cnr-" not in f"{connection}"


def test_a_named_connection_brings_account_and_credentials(environment, config):
    """
    No account is ever asked with the login of another, while the other settings fall back on the stack's.
    """
    config(
        connections=json.dumps(
            {"east": {"account": "0000000009-00001", "accessToken": "cnr-e", "sessionToken": "cnr-s"}}
        ),
        timeout="7",
    )

    east = resolve(Connection.named("east"))

    assert (east.account, east.connection, east.timeout) == ("0000000009-00001", "east", 7)
    assert east.application.key is None
    assert east.refreshable


def test_a_named_connection_may_be_kept_in_the_environment(environment):
    """
    CI hands secrets over as variables.
    """
    for name in ("KEY", "SECRET", "USERNAME", "PASSWORD"):
        environment(f"FOTA_CONNECTION_WEST_{name}", "cnr-text")
    environment("FOTA_CONNECTION_WEST_ACCOUNT", "0000000007-00001")

    assert resolve(Connection.named("west")).account == "0000000007-00001"


def test_a_named_connection_without_settings_does_not_fall_back_on_another_login(environment):
    """
    The message names the connection and what to type.
    """
    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection.named("east"))

    assert "3 settings of connection 'east' are missing or invalid" in str(refused.value)
    assert "`pulumi config set --path --secret fota:connections.east.key`" in str(refused.value)
    assert "FOTA_CONNECTION_EAST_KEY" in str(refused.value)


def test_connections_of_another_shape_are_named(environment, config):
    """
    A text where an object was expected is a mistake of the config, and said so.
    """
    config(connections="east")

    with pytest.raises(InvalidSetting, match="fota:connections is not an object for each name"):
        resolve(Connection.named("east"))


def test_a_connection_needs_a_proper_name():
    """
    The name is refused where it is given, since nothing else can be found by it.
    """
    with pytest.raises(InvalidArgument, match="the name of a connection is 'ea-st': use up to 32 letters"):
        Connection.named("ea-st")


@pytest.mark.parametrize("argument", ["account", "protocol"])
def test_an_output_as_an_argument_is_refused_with_the_way_out(loop, environment, argument):
    """
    The value of an Output is not known yet, so the message names the other form of the function.
    """
    with pytest.raises(InvalidArgument) as refused:
        resolve(**{argument: pulumi.Output.from_input("x")})

    assert str(refused.value) == (
        f"{argument}= is an Output, whose value is not known yet: use the function that ends in _output"
    )


def test_an_output_as_the_connection_is_refused_with_the_way_out(loop, environment):
    """
    Likewise where the whole connection waits.
    """
    with pytest.raises(InvalidArgument) as refused:
        resolve(pulumi.Output.from_input(Connection.named("east")))

    assert str(refused.value) == (
        "connection= is an Output, whose value is not known yet: use the function that ends in _output"
    )


SETTINGS_OF_A_CONNECTION = [
    field.name for field in attrs.fields(Connection) if field.init and field.name not in {"secret", "password"}
]


@pytest.mark.parametrize("setting", SETTINGS_OF_A_CONNECTION)
def test_an_output_in_a_connection_is_refused_with_the_way_out(loop, environment, setting):
    """
    Nobody waits for what stands in a connection, so it is the connection that is made of the known value.
    """
    beside = {"key": {"secret": "cnr-s"}, "username": {"password": "cnr-p"}}.get(setting, {})

    with pytest.raises(InvalidSetting) as refused:
        resolve(Connection(**{setting: pulumi.Output.from_input("x")}, **beside))

    assert str(refused.value) == (
        "1 setting is missing or invalid; nothing was sent to ThingSpace:\n"
        f"  Connection({setting}=…) is an Output, whose value is not known yet: make the Connection inside .apply, "
        "and pass the Output[Connection] to the function that ends in _output"
    )


def test_an_output_as_the_name_of_a_connection_is_refused_with_the_way_out(loop):
    """
    Likewise where its name waits.
    """
    with pytest.raises(InvalidArgument) as refused:
        Connection.named(pulumi.Output.from_input("east"))

    assert str(refused.value) == (
        "the name of a connection is an Output, whose value is not known yet: make the Connection inside .apply, "
        "and pass the Output[Connection] to the function that ends in _output"
    )


def test_a_gate_is_rehearsed_only_where_the_stack_says_so(config):
    """
    What lets a deployment through stands in the stack's own config.
    """
    assert not gate_settings().advisory

    config(gate="advisory", maskImeis="true")

    assert gate_settings().advisory
    assert gate_settings().mask_imeis


SDK_VARIABLES = {
    "PULUMI_CONFIG_FOTA_GATE": "advisory",
    "PULUMI_CONFIG_FOTA_MASKIMEIS": "true",
    "PULUMI_CONFIG_FOTA_ACCOUNT": "9999999999-99999",
    "PULUMI_CONFIG_FOTA_CONNECTIONS": '{"east": {"account": "9999999999-99999"}}',
    "PULUMI_CONFIG": '{"fota:gate": "advisory", "fota:maskImeis": "true", "fota:account": "9999999999-99999"}',
}


@pytest.mark.parametrize("variable", SDK_VARIABLES)
def test_config_in_a_variable_of_the_sdk_is_not_the_stacks_config(environment, variable):
    """
    `pulumi.Config` falls back on these variables; settings are read from what the engine handed over alone.
    """
    environment(variable, SDK_VARIABLES[variable])

    assert gate_settings() == GateSettings()
    assert resolve().account == "0000123456-00001"
    with pytest.raises(InvalidSetting, match=r"fota:connections\.east\.account is missing"):
        resolve(Connection.named("east"))


def test_an_empty_gate_variable_is_not_set(monkeypatch):
    """
    An empty variable means "not set", as for every other setting.
    """
    monkeypatch.setenv("FOTA_GATE", "")

    assert not gate_settings().advisory


def test_settings_of_gates_are_checked(config):
    """
    A typo in a setting that lets deployments through is an error, never a default.
    """
    config(gate="adivsory")

    with pytest.raises(InvalidSetting, match="fota:gate is 'adivsory': use mandatory or advisory"):
        gate_settings()
