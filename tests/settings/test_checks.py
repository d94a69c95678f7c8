"""What makes each setting valid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_fota.settings import checks


@pytest.mark.parametrize("account", ["0000123456-00001", "0000123456-000001", "TestAccount-1", "0123456789"])
def test_an_account_is_taken_as_it_is(account):
    """
    The spellings of accounts that the API's pages show are accepted unchanged, zeros included.
    """
    assert checks.account(account) == account


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("42798", "is '42798', only digits and fewer than ten"),
        (42798, "arrived as the number 42798: quote it"),
        (True, "arrived as the number True: quote it"),
        (["a"], "is of type list: text was expected"),
        ("a/b", "is 'a/b': an account is 3 to 32 letters"),
        ("a b", "is 'a b': an account is"),
        ("x" * 33, "an account is 3 to 32"),
        ("0000123456-00001\n", "contains a line break"),
        ("０１２３４５６７８９", "an account is 3 to 32"),
    ],
)
def test_an_account_that_yaml_or_a_typo_has_spoilt_is_refused(account, reason):
    """
    An account that lost its zeros is another account, so it is refused before anything is asked of it.
    """
    with pytest.raises(ValueError) as refused:
        checks.account(account)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://thingspace.verizon.com",
        "https://thingspace.verizon.com/",
        "https://gateway.example:8443",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
        "https://gateway_2.my-company.example",
        "https://192.0.2.1",
        "https://[2001:db8::192.0.2.1]",
    ],
)
def test_an_address_is_host_and_port(address):
    """
    A host with or without port is an address, plain http to this machine alone; a slash behind it is dropped.
    """
    assert checks.base_url(address) == address.rstrip("/")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("thingspace.verizon.com", "does not begin with https://"),
        ("ftp://thingspace.verizon.com", "does not begin with https://"),
        ("https://", "does not begin with https:// and a host"),
        ("http://thingspace.verizon.com", "is plain http to 'thingspace.verizon.com'"),
        ("http://127.0.0.1.example.com", "is plain http to"),
        ("https://bob:hunter2@thingspace.verizon.com", "contains a user or password"),
        ("https://thingspace.verizon.com/api/fota/v3", "has something after the host"),
        ("https://thingspace.verizon.com?x=1", "has something after the host"),
        ("https://thingspace.verizon.com:99999", "has an invalid host or port"),
        ("https://thingspace.verizon.com:0", "names port 0"),
        ("https://[::1", "has an invalid host or port"),
        ("https://thíngspace.example", "outside ASCII"),
        ("https://*.verizon.com", "has an invalid host or port"),
        ("https://.verizon.com", "has an invalid host or port"),
        ("https://verizon..com", "has an invalid host or port"),
        ("https://verizon.com.", "has an invalid host or port"),
        ("https://a%zz", "has an invalid host or port"),
        ("https://a%20b", "has an invalid host or port"),
        ("https://a^b", "has an invalid host or port"),
        ("https://a|b", "has an invalid host or port"),
        ("https://a\\b", "has an invalid host or port"),
        (f"https://{'x' * 64}.example", "has an invalid host or port"),
        ("https://[fe80::1%eth0]", "has an invalid host or port"),
        ("https://[::1]x", "has an invalid host or port"),
        ("https://[::1::]", "has an invalid host or port"),
        (7, "arrived as the number 7"),
    ],
)
def test_an_address_that_could_send_credentials_astray_is_refused(address, reason):
    """
    The reason names the part that is wrong, and repeats no credential that stands in the address.
    """
    with pytest.raises(ValueError) as refused:
        checks.base_url(address)

    assert reason in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_line_break_behind_a_token_is_named_and_not_shown():
    """
    A file that ends with a newline is the usual cause, so the reason asks for it.
    """
    with pytest.raises(ValueError, match="did the file end with a newline") as refused:
        checks.token("cnr-token\n")

    assert "cnr" not in str(refused.value)


@pytest.mark.parametrize("token", ["cnr b", "cnr-ä", "x" * 4097, " cnr"])
def test_a_token_that_no_header_can_carry_is_refused(token):
    """
    It is refused here, because the HTTP library would print the token in its own error.
    """
    with pytest.raises(ValueError, match="no HTTP header can hold") as refused:
        checks.token(token)

    assert token not in str(refused.value)


def test_a_key_has_no_colon():
    """
    Basic authentication would cut such a key in two.
    """
    with pytest.raises(ValueError, match="contains a colon"):
        checks.key("cnr:key")


@given(st.text(), st.text(), st.sampled_from([str, str.encode, lambda text: [text]]))
@pytest.mark.parametrize("check", [checks.secret, checks.key, checks.token])
def test_no_reason_shows_a_secret(check, before, after, wrap):
    """
    Whatever a source gives for a credential, the reason of a refusal says nothing of its text.
    """
    value = wrap(f"{before}cnr-Q7{after}".encode(errors="replace").decode())

    try:
        found = check(value)
    except ValueError as reason:
        assert "Q7" not in f"{reason!r} {reason.__context__!r}"  # noqa: PT017
    else:
        assert found.reveal() == value


@pytest.mark.parametrize("value", ["0", "65", "-1", "1.5", "", "four", 0, 1.0, True, "٤", None])
def test_a_count_is_a_whole_number_within_its_bounds(value):
    """
    Neither a fraction nor a foreign digit nor a boolean becomes a number of requests.
    """
    with pytest.raises(ValueError, match="use a whole number from 1 to 64"):
        checks.count(1, 64)(value)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "301", "soon", True, None])
def test_a_time_is_above_zero_and_finite(value):
    """
    A time that never ends, or has no meaning, would be no limit.
    """
    with pytest.raises(ValueError, match="use seconds, above 0 and up to 300"):
        checks.seconds(300)(value)


def test_numbers_are_read_from_text_and_from_numbers():
    """
    Config and environment give text, programs give numbers.
    """
    assert checks.count(1, 64)("8") == checks.count(1, 64)(8) == 8
    assert checks.seconds(300)("2.5") == checks.seconds(300)(2.5) == 2.5


@pytest.mark.parametrize(("value", "truth"), [("true", True), ("False", False), (True, True)])
def test_a_boolean_is_true_or_false(value, truth):
    """
    Text from config counts without regard to case.
    """
    assert checks.boolean(value) is truth


def test_what_is_neither_true_nor_false_is_refused():
    """
    `yes` means something to YAML, but not here.
    """
    with pytest.raises(ValueError, match="is 'yes': use true or false"):
        checks.boolean("yes")


@pytest.mark.parametrize("value", ["[]", "nonsense", '{"east": 1}', 5])
def test_connections_are_an_object_for_each_name(value):
    """
    Anything else is refused with the command that makes the right structure.
    """
    with pytest.raises(ValueError, match="pulumi config set --path fota:connections"):
        checks.connections(value)


@pytest.mark.parametrize("value", ["", "1east", "ea-st", "x" * 33, None])
def test_the_name_of_a_connection_fits_an_environment_variable(value):
    """
    The name becomes a part of variables such as `FOTA_CONNECTION_EAST_KEY`.
    """
    with pytest.raises(ValueError, match="use up to 32 letters"):
        checks.connection_name(value)


@pytest.mark.parametrize("spelling", ["OMADM", "omadm", "OMD-DM", "OMA-DM", "OMDADM"])
def test_a_protocol_is_known_by_every_spelling_of_the_pages(spelling):
    """
    The v3 filter takes `OMADM`; other pages spell it otherwise.
    """
    assert checks.protocol(spelling) == "OMADM"


def test_an_unknown_protocol_is_refused_with_the_list():
    """
    The reason lists what the filter takes.
    """
    with pytest.raises(ValueError, match="is 'MQTT': use one of LWM2M, OMADM, HTTP"):
        checks.protocol("MQTT")


def test_a_gate_is_mandatory_or_advisory():
    """
    These are Pulumi's words.
    """
    assert checks.gate_mode("advisory") == "advisory"
    with pytest.raises(ValueError, match="is 'off': use mandatory or advisory"):
        checks.gate_mode("off")
