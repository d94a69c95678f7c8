"""The two tokens: how long they serve, how each of them dies, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pulumi_fota._secret import Secret
from pulumi_fota.errors import CredentialsRefused
from pulumi_fota.settings import Application, User
from support.fleet import IMEI

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.virtual_machine import VirtualMachine

CANNOT = "cannot read 1 device of account '0000123456-00001': "
EXPIRED = "UnifiedWebService.REQUEST_FAILED.SessionToken.Expired"
SUBSCRIBED = "check in the ThingSpace portal whether the key is subscribed to Software Management"


def test_tokens_live_as_long_as_the_process(machine: VirtualMachine):
    """
    The second read asks for no token and logs in nowhere.
    """
    client = machine.client()

    client.devices([IMEI])
    client.account_devices()

    assert machine.kinds() == ["token", "login", "devices", "account_devices"]


@pytest.mark.row(30)
def test_bearer_that_is_refused_once_is_fetched_anew(machine: VirtualMachine):
    """
    A 401 costs one token and one replay, no login, and the user reads nothing of it.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.expire_bearer()
    machine.simulator.forget_requests()

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["devices", "token", "devices"]


@pytest.mark.row(30)
def test_bearer_that_ends_before_the_login_is_fetched_anew(machine: VirtualMachine):
    """
    A login that the gateway turned away for its bearer has not reached the service, so it may be sent again.
    """
    client = machine.client(application=_application("sim-old-bearer"))

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["login", "token", "login", "devices"]


@pytest.mark.row(31)
@pytest.mark.parametrize("name", ["900901", "900901-bare", "900903", "900904"])
def test_same_bearer_again_is_not_sent_again(machine: VirtualMachine, name: str):
    """
    Inside its hour ThingSpace gives the same bearer, so a replay with it would be refused for ever.
    """
    machine.simulator.fault(name, on="devices", times=5)

    with pytest.raises(CredentialsRefused) as error:
        machine.client().devices([IMEI])

    code = name.removesuffix("-bare")
    assert str(error.value) == (
        CANNOT + f"the token endpoint keeps giving a token that the API refuses ({code}); {SUBSCRIBED}"
    )
    assert machine.kinds() == ["token", "login", "devices", "token"]


@pytest.mark.row(31)
def test_bearer_that_was_refused_is_tried_again_by_the_next_read(machine: VirtualMachine):
    """
    A refusal that passes by itself does not outlive the read that met it.
    """
    client = machine.client()
    machine.simulator.fault("900901", on="devices", times=1)
    with pytest.raises(CredentialsRefused):
        client.devices([IMEI])

    assert len(client.devices([IMEI])) == 1


@pytest.mark.row(31)
def test_second_bearer_that_is_refused_ends_the_read(machine: VirtualMachine):
    """
    A new bearer that is refused too is not the password's fault: no login, no third call.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.forget_requests()
    machine.simulator.fault("bearer-expired", on="devices", times=5)

    with pytest.raises(CredentialsRefused) as error:
        client.devices([IMEI])

    assert str(error.value) == CANNOT + f"the API refused a new token too (900901); {SUBSCRIBED}"
    assert machine.kinds() == ["devices", "token", "devices"]


@pytest.mark.row(31)
def test_unknown_401_is_the_bearers_fault(machine: VirtualMachine):
    """
    A 401 without a code renews the bearer, and never the session.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.forget_requests()
    machine.simulator.answer_with(401, body="", on="devices", times=5)

    with pytest.raises(CredentialsRefused, match=r"a token that the API refuses \(401\)"):
        client.devices([IMEI])

    assert machine.kinds() == ["devices", "token"]


def test_bearer_that_the_accounts_service_refuses_is_fetched_anew(machine: VirtualMachine):
    """
    A sister service tells of a bearer that its accounts call refused with 401, in a 500.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.forget_requests()
    machine.simulator.fault("bearer-unauthorized", on="devices", times=1)
    machine.simulator.expire_bearer()

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["devices", "token", "devices"]


@pytest.mark.row(28)
@pytest.mark.parametrize(
    "name", ["session-refused", "session-unauthorized", "session-verification", "session-format", "session-missing"]
)
def test_session_that_died_is_replaced_once(machine: VirtualMachine, name: str):
    """
    Whichever layer tells of it, a dead session costs one login and one replay of the same request.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.forget_requests()
    machine.simulator.fault(name, on="devices", times=1)

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["devices", "login", "devices"]


@pytest.mark.row(28)
def test_second_session_that_dies_ends_the_read(machine: VirtualMachine):
    """
    Two programs that end each other's sessions would go on for ever.
    """
    machine.simulator.fault("session-expired", on="devices", times=5)

    with pytest.raises(CredentialsRefused) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        CANNOT + f"the session ended again right after a new login ({EXPIRED}); another program may be using the same "
        "UWS user: give this one a user of its own"
    )
    assert machine.kinds() == ["token", "login", "devices", "login", "devices"]


@pytest.mark.row(38)
def test_session_that_dies_between_pages_goes_on_at_the_same_cursor(make_machine: Callable[..., VirtualMachine]):
    """
    The pages read so far are kept, and the read goes on where it was.
    """
    machine = make_machine(page_size=1)
    machine.simulator.fault("session-expired", on="account_devices", first=2)

    assert len(machine.client().account_devices()) == 3
    cursors = [
        request.query["lastSeenDeviceId"] for request in machine.simulator.requests if request.kind == "account_devices"
    ]
    assert cursors == ["0", IMEI, IMEI, "359999000000018"]
    assert machine.simulator.count("login") == 2


@pytest.mark.row(38)
def test_session_that_is_idle_for_twenty_minutes_is_replaced(machine: VirtualMachine):
    """
    A program that reads twice, half an hour apart, notices nothing.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.now += 1800

    assert len(client.devices([IMEI])) == 1
    assert machine.simulator.count("login") == 2


@pytest.mark.row(39)
def test_program_whose_session_another_one_ended_logs_in_once(make_machine: Callable[..., VirtualMachine]):
    """
    Where a login ends the sessions before it, the one that lost logs in again, and no more than that.
    """
    machine = make_machine(single_session=True)
    first, second = machine.client(), machine.client(application=_application(machine.simulator.bearer()))
    first.devices([IMEI])
    second.devices([IMEI])

    assert len(first.devices([IMEI])) == 1
    assert machine.simulator.count("login") == 3


def test_given_tokens_are_used_as_they_are(machine: VirtualMachine):
    """
    With a bearer and a session from the settings there is neither a token call nor a login.
    """
    client = machine.client(
        application=Application(access_token=Secret(machine.simulator.bearer())),
        user=User(session_token=Secret(machine.simulator.session())),
    )

    client.devices([IMEI])

    assert machine.kinds() == ["devices"]


def test_given_tokens_that_died_are_replaced_where_there_is_a_way(machine: VirtualMachine):
    """
    With key and password beside them, stale tokens from the settings are renewed like any others.
    """
    client = machine.client(
        application=_application("sim-old-bearer"),
        user=User(username="sim-user", password=Secret("sim-password"), session_token=Secret("sim-old-session")),
    )

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["devices", "token", "devices", "login", "devices"]


def test_given_bearer_that_died_is_told_where_there_is_no_way(machine: VirtualMachine):
    """
    Without a key there is nothing to fetch another bearer with.
    """
    client = machine.client(application=Application(access_token=Secret("sim-old-bearer")))

    with pytest.raises(CredentialsRefused) as error:
        client.devices([IMEI])

    assert str(error.value) == (
        CANNOT + "ThingSpace does not accept the token of fota:accessToken (900901); set a new one, or set fota:key "
        "and fota:secret to have tokens fetched"
    )


def test_given_session_that_died_is_told_where_there_is_no_way(machine: VirtualMachine):
    """
    Without a password there is nothing to open another session with.
    """
    client = machine.client(user=User(session_token=Secret("00000000-0000-4000-8000-000000000000")))

    with pytest.raises(CredentialsRefused) as error:
        client.devices([IMEI])

    assert str(error.value) == (
        CANNOT + f"ThingSpace does not accept the session of fota:sessionToken ({EXPIRED}); set a new one, or set "
        "fota:username and fota:password to have sessions opened"
    )


@pytest.mark.row(57)
def test_sleep_of_the_machine_is_noticed_by_the_service(machine: VirtualMachine):
    """
    Where this machine's clock stood still for two hours, the refusals tell, and cost one token and one login.
    """
    client = machine.client()
    client.devices([IMEI])
    machine.simulator.expire_bearer()
    machine.simulator.expire_session()
    machine.simulator.forget_requests()

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["devices", "token", "devices", "login", "devices"]


def _application(bearer: str) -> Application:
    return Application(key=Secret("sim-key"), secret=Secret("sim-secret"), access_token=Secret(bearer))
