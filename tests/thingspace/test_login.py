"""The login: once, and never again with what was refused."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota._secret import Secret
from pulumi_fota.errors import CredentialsRefused, RequestRefused, ServiceUnavailable, UnexpectedResponse
from pulumi_fota.settings import User
from pulumi_fota.thingspace import refused_logins
from pulumi_fota.thingspace.http import Failure, broken
from support.fleet import IMEI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.virtual_machine import VirtualMachine

REFUSED = (
    "cannot log in user 'sim-user': ThingSpace refused user and password "
    "(UnifiedWebService.INPUT_INVALID.Password.Invalid); correct fota:username or fota:password; this pair is not sent "
    "again for an hour, since five refusals in a row lock the user"
)


def _user(password: str) -> User:
    return User(username="sim-user", password=Secret(password))


def _later_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what this process remembers, so that only the files are left."""
    monkeypatch.setattr(refused_logins, "_refused_in_process", {})


def _raiser(error: Exception) -> Callable[..., Any]:
    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return fail


def _file(tmp_path: Path) -> Path:
    return next((tmp_path / "refused-logins").glob("*.json"))


@pytest.mark.row(36)
def test_refused_login_is_told_once_and_not_sent_again(machine: VirtualMachine, tmp_path: Path):
    """
    The second read with the same password sends nothing, and tells how to go on.
    """
    client = machine.client(user=_user("sim-wrong"))

    with pytest.raises(CredentialsRefused) as first:
        client.devices([IMEI])
    machine.now += 125
    with pytest.raises(CredentialsRefused) as second:
        client.devices([IMEI])

    assert str(first.value) == REFUSED
    assert str(second.value) == (
        "cannot log in user 'sim-user': ThingSpace refused this user and password 2 min ago, and they were not sent "
        "again, since five refusals in a row lock the user; correct them; if they are right now, delete "
        f"{_file(tmp_path)} and start again: a process that met the refusal does not forget it"
    )
    assert machine.kinds() == ["token", "login"]


@pytest.mark.row(36)
def test_another_password_is_sent_at_once(machine: VirtualMachine):
    """
    What is remembered is the pair, and not the user.
    """
    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])

    assert len(machine.client().devices([IMEI])) == 1
    assert machine.simulator.count("login") == 2


@pytest.mark.row(36)
@pytest.mark.parametrize(("later", "logins"), [(0, 1), (3599, 1), (3601, 2), (-3599, 1), (-3601, 2)])
def test_later_process_remembers_for_an_hour(
    machine: VirtualMachine, monkeypatch: pytest.MonkeyPatch, later: float, logins: int
):
    """
    Also where the clock of this machine was set back meanwhile.
    """
    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])
    _later_process(monkeypatch)
    machine.wall_offset += later

    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])

    assert machine.simulator.count("login") == logins


@pytest.mark.row(36)
def test_success_forgets_the_refusals(machine: VirtualMachine, tmp_path: Path):
    """
    After a login that succeeded the service counts from nought, and so is nothing kept.
    """
    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])

    machine.client().devices([IMEI])

    assert list((tmp_path / "refused-logins").glob("*.json")) == []


@pytest.mark.row(36)
def test_file_is_for_its_owner_alone_and_holds_no_password(machine: VirtualMachine, tmp_path: Path):
    """
    A salted hash that is slow to compute, and the time; folder and files are closed to others.
    """
    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])

    folder = tmp_path / "refused-logins"
    kept = json.loads(_file(tmp_path).read_text())
    assert set(kept) == {"at", "locked", "salt", "hash"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.row(36)
def test_host_without_scrypt_remembers_as_any_other(machine: VirtualMachine, monkeypatch: pytest.MonkeyPatch):
    """
    Some Pythons lack scrypt, so what one process has remembered would be nothing to another.
    """
    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])
    _later_process(monkeypatch)
    monkeypatch.delattr(hashlib, "scrypt")

    with pytest.raises(CredentialsRefused, match="were not sent again"):
        machine.client(user=_user("sim-wrong")).devices([IMEI])

    assert machine.simulator.count("login") == 1


@pytest.mark.row(67)
@pytest.mark.parametrize("lack", ["no hash", "refused hash"])
def test_host_that_lacks_what_remembering_takes_is_no_obstacle(
    machine: VirtualMachine, monkeypatch: pytest.MonkeyPatch, lack: str
):
    """
    The refusal is told as such, this process remembers it, and the error says that later ones cannot.
    """
    if lack == "no hash":
        monkeypatch.delattr(hashlib, "pbkdf2_hmac")
    else:
        monkeypatch.setattr(hashlib, "pbkdf2_hmac", _raiser(ValueError("[digital envelope routines] unsupported")))
    client = machine.client(user=_user("sim-wrong"))

    with pytest.raises(CredentialsRefused, match="this machine cannot remember the refusal"):
        client.devices([IMEI])
    with pytest.raises(CredentialsRefused, match="were not sent again"):
        client.devices([IMEI])

    assert machine.simulator.count("login") == 1


@pytest.mark.row(67)
@pytest.mark.filterwarnings("ignore:flock not supported")
def test_file_system_without_locks_is_no_obstacle(machine: VirtualMachine, monkeypatch: pytest.MonkeyPatch):
    """
    Some network file systems have none; the refusal is told and remembered all the same.
    """
    monkeypatch.setattr(fcntl, "flock", _raiser(OSError(errno.ENOSYS, "Function not implemented")))
    client = machine.client(user=_user("sim-wrong"))

    for _ in range(2):
        with pytest.raises(CredentialsRefused):
            client.devices([IMEI])

    assert machine.simulator.count("login") == 1


@pytest.mark.row(60)
@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"at": "x"}', '{"at": 0, "locked": false, "salt": "zz", "hash": ""}', "\x00"]
)
def test_torn_file_is_no_obstacle(machine: VirtualMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str):
    """
    What cannot be read is as good as nothing, and is written anew.
    """
    with pytest.raises(CredentialsRefused):
        machine.client(user=_user("sim-wrong")).devices([IMEI])
    _later_process(monkeypatch)
    _file(tmp_path).write_text(text)

    with pytest.raises(CredentialsRefused) as error:
        machine.client(user=_user("sim-wrong")).devices([IMEI])

    assert str(error.value) == REFUSED
    assert set(json.loads(_file(tmp_path).read_text())) == {"at", "locked", "salt", "hash"}


@pytest.mark.row(67)
@pytest.mark.parametrize(("where", "reason"), [("parent", "Not a directory"), ("file", "Is a directory")])
def test_folder_that_cannot_be_written_is_no_obstacle(machine: VirtualMachine, tmp_path: Path, where: str, reason: str):
    """
    The process remembers by itself. The error says that later ones cannot, and names no file to delete.
    """
    folder = tmp_path / "refused-logins"
    if where == "parent":
        folder.write_text("not a folder")
    else:
        folder.mkdir()
        name = refused_logins.RefusedLogins(tmp_path, machine.base_url, "sim-user", machine.clock).file
        name.with_suffix(".new").mkdir()
    client = machine.client(user=_user("sim-wrong"))

    with pytest.raises(CredentialsRefused) as first:
        client.devices([IMEI])
    with pytest.raises(CredentialsRefused) as second:
        client.devices([IMEI])

    assert str(first.value) == (
        "cannot log in user 'sim-user': ThingSpace refused user and password "
        "(UnifiedWebService.INPUT_INVALID.Password.Invalid); correct fota:username or fota:password; this machine "
        f"cannot remember the refusal ({reason}), so do not run it with the same pair, since five refusals in a row "
        "lock the user"
    )
    assert str(second.value) == (
        "cannot log in user 'sim-user': ThingSpace refused this user and password 0 min ago, and they were not sent "
        "again, since five refusals in a row lock the user; correct them; if they are right now, start again: a "
        "process that met the refusal does not forget it"
    )
    assert machine.simulator.count("login") == 1


@pytest.mark.row(67)
def test_lock_that_cannot_be_had_is_no_obstacle(
    machine: VirtualMachine, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """
    A warning says that other processes may not know of a refusal; the login is sent.
    """
    folder = tmp_path / "refused-logins"
    folder.mkdir()
    name = refused_logins.RefusedLogins(tmp_path, machine.base_url, "sim-user", machine.clock).file
    name.with_suffix(".lock").mkdir()

    assert len(machine.client().devices([IMEI])) == 1
    assert caplog.messages == ["refused logins cannot be remembered on this machine (Is a directory)"]


@pytest.mark.row(37)
@pytest.mark.parametrize("name", ["500", "502", "503", "504", "429=1", "403", "empty", "bad-json"])
def test_login_that_does_not_finish_is_tried_once(machine: VirtualMachine, tmp_path: Path, name: str):
    """
    It may have counted as refused, so nothing sends it again; it is remembered as nothing.
    """
    machine.simulator.answer_with(403, body="<html>", on="login") if name == "403" else machine.simulator.fault(
        name, on="login"
    )

    with pytest.raises((ServiceUnavailable, UnexpectedResponse)) as error:
        machine.client().devices([IMEI])

    assert str(error.value).startswith("cannot log in user 'sim-user': the login did not finish (")
    assert str(error.value).endswith(
        "), and was not tried again: it may have counted as refused, and five refusals in a row lock the user; "
        "run it again later"
    )
    assert machine.simulator.count("login") == 1
    assert list((tmp_path / "refused-logins").glob("*.json")) == []


@pytest.mark.row(37)
@pytest.mark.parametrize("code", ["REQUEST_FAILED.UnexpectedError", "INPUT_INVALID.RequestUndefined"])
def test_login_that_failed_for_no_fault_of_the_user_is_not_remembered(
    machine: VirtualMachine, tmp_path: Path, code: str
):
    """
    Such a code says nothing of the password, so the next read may send it; this one does not, as it may have counted.
    """
    client = machine.client()
    machine.simulator.answer_with(400, json={"errorCode": f"UnifiedWebService.{code}"}, on="login", times=1)

    with pytest.raises(ServiceUnavailable) as error:
        client.devices([IMEI])

    assert str(error.value) == (
        "cannot log in user 'sim-user': the login did not finish (ThingSpace refused the request (400): "
        f"UnifiedWebService.{code}), and was not tried again: it may have counted as refused, and five refusals in a "
        "row lock the user; run it again later"
    )
    assert machine.simulator.count("login") == 1
    assert list((tmp_path / "refused-logins").glob("*.json")) == []
    assert len(client.devices([IMEI])) == 1


@pytest.mark.row(37)
def test_login_that_broke_off_says_so(machine: VirtualMachine):
    """
    A connection that breaks after something was sent leaves it open whether the login counted.
    """
    client = machine.client()
    machine.outcomes = [
        lambda _request: None,
        lambda _request: Failure(broken(), "interrupted"),
    ]

    with pytest.raises(ServiceUnavailable) as error:
        client.devices([IMEI])

    assert str(error.value) == (
        "cannot log in user 'sim-user': the login did not finish (the connection broke before an answer arrived), "
        "and was "
        "not tried again: it may have counted as refused, and five refusals in a row lock the user; run it again later"
    )
    assert machine.kinds() == ["token"]


@pytest.mark.row(4)
def test_login_that_never_left_is_tried_again(machine: VirtualMachine):
    """
    Where no byte can have left, nothing can have counted.
    """
    client = machine.client()
    unsent = Failure(ServiceUnavailable("x refused the connection on port 1", "check it"), "unreachable")
    machine.outcomes = [lambda _request: None, lambda _request: unsent, lambda _request: unsent]

    assert len(client.devices([IMEI])) == 1
    assert machine.kinds() == ["token", "login", "devices"]


@pytest.mark.row(36)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("900908", "the gateway refused the request (403): 900908"),
        ("not-found", "the gateway refused the request (404): 404"),
        ("900906", "the gateway refused the request (400): 900906"),
    ],
)
def test_login_that_the_gateway_refused_is_not_the_passwords_fault(
    machine: VirtualMachine, tmp_path: Path, name: str, words: str
):
    """
    The gateway turned it away before the service saw it, so the pair may be sent again.
    """
    machine.simulator.fault(name, on="login")

    with pytest.raises(RequestRefused) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        f"cannot log in user 'sim-user': {words}; fota:baseUrl is wrong, or the key is not enabled for Software "
        "Management"
    )
    assert list((tmp_path / "refused-logins").glob("*.json")) == []


@pytest.mark.row(36)
@pytest.mark.parametrize("answer", [{"status": 401, "body": ""}, {"status": 400, "json": {"x": 1}}])
def test_login_that_is_refused_without_a_code_is_final_too(machine: VirtualMachine, answer: dict[str, Any]):
    """
    A 400 or 401 of any shape counts as a refusal.
    """
    machine.simulator.answer_with(**answer, on="login")

    with pytest.raises(CredentialsRefused, match=rf"ThingSpace refused user and password \({answer['status']}\)"):
        machine.client().devices([IMEI])


LOCKED = "UnifiedWebService.REQUEST_FAILED.User.Locked"


@pytest.mark.row(36)
def test_locked_user_is_told_that_only_verizon_helps(machine: VirtualMachine):
    """
    No other password does, and no other try: the login is remembered like a refused one.
    """
    machine.simulator.lock()
    client = machine.client()

    with pytest.raises(CredentialsRefused) as first:
        client.devices([IMEI])
    machine.now += 125
    with pytest.raises(CredentialsRefused) as second:
        client.devices([IMEI])

    assert str(first.value) == (
        f"cannot log in user 'sim-user': ThingSpace has locked this user ({LOCKED}); only Verizon unlocks it: ask its "
        "support"
    )
    assert str(second.value) == (
        "cannot log in user 'sim-user': ThingSpace said 2 min ago that this user is locked, and the login was not sent "
        "again; only Verizon unlocks it: ask its support"
    )
    assert machine.simulator.count("login") == 1


@pytest.mark.row(36)
def test_later_process_knows_of_a_locked_user(machine: VirtualMachine, monkeypatch: pytest.MonkeyPatch):
    """
    For an hour; then the user may be unlocked.
    """
    machine.simulator.lock()
    with pytest.raises(CredentialsRefused):
        machine.client().devices([IMEI])
    _later_process(monkeypatch)

    with pytest.raises(CredentialsRefused, match="said 0 min ago that this user is locked"):
        machine.client().devices([IMEI])
    machine.simulator.unlock()
    machine.wall_offset += 3601

    assert len(machine.client().devices([IMEI])) == 1


@pytest.mark.row(36)
@pytest.mark.parametrize(
    ("code", "words", "is_locked"),
    [
        (LOCKED, "", True),
        ("UnifiedWebService.ACCOUNT_LOCKED", "", True),
        ("UnifiedWebService.UserLockedOut", "", True),
        ("UnifiedWebService.INPUT_INVALID.Username.Invalid", "The user is locked. Contact support.", True),
        ("UnifiedWebService.INPUT_INVALID.Username.Blocked", "The user is blocked.", False),
        ("UnifiedWebService.INPUT_INVALID.Password.Invalid", "It must be unlocked first.", False),
    ],
)
def test_locked_user_is_recognized_by_code_or_words(machine: VirtualMachine, code: str, words: str, is_locked: bool):
    """
    Neither is documented, so any that says so counts.
    """
    machine.simulator.answer_with(400, json={"errorCode": code, "errorMessage": words}, on="login")

    with pytest.raises(CredentialsRefused) as error:
        machine.client().devices([IMEI])

    assert ("only Verizon unlocks it" in str(error.value)) is is_locked
    assert ("correct fota:username or fota:password" in str(error.value)) is not is_locked


@pytest.mark.row(32)
@pytest.mark.parametrize("answer", [{}, {"sessionToken": ""}, {"sessionToken": "CANARY\r"}, ["CANARY"]])
def test_login_without_a_usable_session_is_an_error(machine: VirtualMachine, answer: Any):
    """
    What cannot travel in a header is refused, and is not shown.
    """
    machine.simulator.answer_with(json=answer, on="login")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == (
        "cannot log in user 'sim-user': ThingSpace answered without a usable session token; "
        "please report it as an issue of pulumi_fota"
    )
    assert machine.simulator.count("login") == 1
