"""Every error that may speak of a lookup, built with an IMEI wherever a value goes, and told without values."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fota import errors
from pulumi_fota.errors import DeviceNotFound, FotaError, InvalidImei, UnexpectedResponse
from pulumi_fota.errors.aside import aside
from pulumi_fota.errors.discretion import discretion

if TYPE_CHECKING:
    from collections.abc import Callable

IMEI = "356938035643809"
#: What constructors call the values of arguments, and the words of a service that may repeat them.
VALUES = {"imei", "account", "found", "words", "excerpt", "cursor", "last", "foreign", "absent", "refusal", "shown"}
#: What one error takes of another, asides included.
OF_ANOTHER = {("ServiceUnavailable", name) for name in ("cause", "found")}
#: What else they are given: an address, a key of the API, a kind of answer, a number of the service's own.
OTHERS = {
    *("status", "code", "minutes", "path", "do", "host", "port", "seconds", "reason", "proxy", "got", "expected"),
    *("deadline", "failed", "sent", "most", "key", "kind", "what", "page", "content_type"),
}
CONSTRUCTORS = [
    (error, name)
    for error in map(errors.__dict__.__getitem__, errors.__all__)
    if issubclass(error, errors.ThingSpaceError) or error in (DeviceNotFound, InvalidImei)
    for name, member in vars(error).items()
    if isinstance(member, classmethod) and name not in {"_of", "found", "not_in_set", "unreadable"}
]


def built(error: type[FotaError], name: str) -> FotaError:
    """Build an error, with an IMEI for each value."""
    make: Callable[..., FotaError] = getattr(error, name)
    given: dict[str, Any] = {}
    for parameter in inspect.signature(make).parameters.values():
        if (error.__name__, parameter.name) in OF_ANOTHER:
            given[parameter.name] = UnexpectedResponse.contradiction(IMEI).found
        elif parameter.name in VALUES:
            given[parameter.name] = f"x{IMEI}y"
        else:
            assert parameter.name in OTHERS, f"is {parameter.name} of {error.__name__}.{name} a value?"
            given[parameter.name] = "some" if parameter.annotation == "str" else 503
    return make(**given)


@pytest.mark.parametrize(("error", "name"), CONSTRUCTORS, ids=lambda part: getattr(part, "__name__", part))
def test_an_error_is_told_without_values(error: type[FotaError], name: str):
    """
    A constructor that is new, or has a new parameter, must be sorted in here: is it a value, or none?
    """
    plain = built(error, name)

    with discretion(secret=True):
        discreet = plain.told()

    assert IMEI not in f"{discreet!r} {vars(discreet)!r}"
    assert not any(mark in str(plain) + str(discreet) for mark in "\ufdd0\ufdd1\ufdd2")
    assert str(discreet).count("  ") == 0


def test_what_could_not_be_done_is_told_without_the_account():
    """
    "cannot read 1 device of account 'x'" is put before what was found, asides included.
    """
    plain = UnexpectedResponse.contradiction(IMEI).about(f"read 1 device{aside(' of account 0000123456-00001')}")

    with discretion(secret=True):
        discreet = plain.told()

    assert str(plain) == (
        f"cannot read 1 device of account 0000123456-00001: device {IMEI} came twice, with different facts; "
        "run it again: it may have just changed"
    )
    assert str(discreet) == (
        "cannot read 1 device: a device came twice, with different facts; run it again: it may have just changed"
    )
