"""Several accounts and logins in one program."""

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota.errors import CredentialsRefused, InvalidArgument, InvalidSetting
from pulumi_fota.simulator import Credentials, Simulator
from support.fleet import A

EAST_IMEI = "359999000000026"


@pytest.fixture
def east():
    """
    Another account with a login of its own.
    """
    fleet = {"accountName": "0000777777-00001", "deviceList": [{"deviceId": EAST_IMEI, "firmware": "E1"}]}
    credentials = Credentials(
        key="sim-east-key", secret="sim-east-secret", username="sim-east", password="sim-east-password"
    )
    with Simulator(fleet, credentials=credentials) as running:
        yield running


@pytest.fixture
def named_east(east, monkeypatch):
    """
    The environment that names it "east".
    """
    for setting, value in {
        "ACCOUNT": "0000777777-00001",
        "BASE_URL": east.url,
        "KEY": "sim-east-key",
        "SECRET": "sim-east-secret",
        "USERNAME": "sim-east",
        "PASSWORD": "sim-east-password",
    }.items():
        monkeypatch.setenv(f"FOTA_CONNECTION_EAST_{setting}", value)
    return east


def test_a_named_connection_reads_another_account_with_another_login(reachable, named_east):
    """
    Neither account is asked with the login of the other, and the set tells which connection it came through.
    """
    here = fota.get_devices([A])
    there = fota.get_devices([EAST_IMEI], connection=fota.Connection.named("east"))

    assert (here.connection, here[A].firmware) == (None, "SR1.2.0.0-10657")
    assert (there.connection, there[EAST_IMEI].firmware) == ("east", "E1")
    assert there.account == "0000777777-00001"
    assert there.refreshable
    assert reachable.count() == named_east.count() == 3


def test_an_explicit_connection_may_be_made_of_a_value_that_is_known_later(east, run):
    """
    A secret that comes out of another resource becomes a part of the connection inside `.apply`.
    """

    def program():
        password = pulumi.Output.secret("sim-east-password")
        connection = password.apply(
            lambda known: fota.Connection(
                account="0000777777-00001",
                key="sim-east-key",
                secret="sim-east-secret",
                username="sim-east",
                password=known,
                base_url=east.url,
            )
        )
        return fota.get_devices_output([EAST_IMEI], connection=connection).apply(lambda found: found[0].firmware)

    assert run(program) == "E1"


def test_an_explicit_connection_cannot_be_found_again_by_a_refresh(east):
    """
    What the program passes itself is nowhere to be found later, and the set says so.
    """
    connection = fota.Connection(
        account="0000777777-00001",
        base_url=east.url,
        key="sim-east-key",
        secret="sim-east-secret",
        username="sim-east",
        password="sim-east-password",
    )

    meters = fota.get_devices([EAST_IMEI], connection=connection)

    assert meters[EAST_IMEI].firmware == "E1"
    assert not meters.refreshable


def test_connections_have_waves_of_their_own(reachable, named_east, run):
    """
    Lookups through two connections are two reads, each of all its IMEIs.
    """
    connection = fota.Connection.named("east")

    def program():
        here = [fota.get_device_output(imei) for imei in (A, "490154203237518")]
        there = [fota.get_device_output(EAST_IMEI, connection=fota.Connection.named("east")) for _ in range(2)]
        whole = fota.get_devices_output([EAST_IMEI], connection=connection)
        return [*here, *there, whole]

    *_, device, meters = run(program)

    assert (device.firmware, meters.connection) == ("E1", "east")
    assert reachable.count("devices") == named_east.count("devices") == 1


def test_an_error_names_the_connection_and_no_secret(named_east, monkeypatch):
    """
    Whoever reads the message knows which of several logins is meant.
    """
    monkeypatch.delenv("FOTA_CONNECTION_EAST_SECRET")

    with pytest.raises(InvalidSetting) as refused:
        fota.get_devices([EAST_IMEI], connection=fota.Connection.named("east"))

    assert "of connection 'east'" in str(refused.value)
    assert "FOTA_CONNECTION_EAST_SECRET is missing or empty" in str(refused.value)
    assert "sim-east" not in str(refused.value)


def test_a_refused_login_shows_no_secret(named_east, monkeypatch):
    """
    A wrong password is in no message.
    """
    monkeypatch.setenv("FOTA_CONNECTION_EAST_PASSWORD", "sim-wrong-password")

    with pytest.raises(CredentialsRefused) as refused:
        fota.get_devices([EAST_IMEI], connection=fota.Connection.named("east"))

    assert "sim-wrong-password" not in str(refused.value)
    assert "sim-east-secret" not in str(refused.value)


def test_a_connection_is_no_text(reachable):
    """
    The name alone is a mistake that is easily made, and the message tells what to write.
    """
    with pytest.raises(InvalidArgument) as refused:
        fota.get_devices([A], connection="east")

    assert str(refused.value) == (
        'connection= is of type str: pass Connection(…), or Connection.named("east") for one by its name'
    )
    assert reachable.count() == 0
