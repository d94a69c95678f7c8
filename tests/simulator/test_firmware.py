"""`GET /api/fota/v3/firmware/{acc}`: the packages of an account."""

from __future__ import annotations

import pytest

from support.fleet import ACCOUNT


@pytest.fixture
def packages(call):
    """
    A caller of an account with one package of each protocol, and one without.
    """
    rows = [{"firmwareName": name, "protocol": name} for name in ("LWM2M", "OMD-DM", "OMADM", "HTTP")]
    return call({"accountName": ACCOUNT, "firmwareList": [*rows, {"firmwareName": "none"}]})


def test_the_documented_sample_comes_back_as_it_stands(call, sample):
    """
    The response is a bare list of packages.
    """
    documented = sample("firmware")
    caller = call({"accountName": ACCOUNT, "firmwareList": documented})

    reply = caller.firmware(protocol="LWM2M")

    assert reply.status == 200
    assert reply.json == documented


@pytest.mark.parametrize(
    ("protocol", "found"),
    [
        ("LWM2M", ["LWM2M"]),
        ("OMD-DM", ["OMD-DM", "OMADM"]),
        ("HTTP", ["HTTP"]),
        ("all", ["LWM2M", "OMD-DM", "OMADM", "HTTP", "none"]),
    ],
)
def test_the_protocol_filters_packages(packages, protocol, found):
    """
    The filter of this call has its own spelling, and `all`.
    """
    assert [row["firmwareName"] for row in packages.firmware(protocol=protocol).json] == found


@pytest.mark.parametrize("query", [{}, {"protocol": ""}, {"protocol": "OMADM"}, {"protocol": "lwm2m"}])
def test_a_protocol_has_to_be_named_as_the_page_spells_it(packages, query):
    """
    Clients that were generated from Verizon's own description require the parameter, and the OMADM of devices is not
    one of its values.
    """
    reply = packages.firmware(**query)

    assert (reply.status, reply.message) == (400, "Invalid protocol")


def test_an_account_without_packages_has_an_empty_list(caller):
    """
    This is a response with data and not a refusal.
    """
    assert caller.firmware(protocol="all").json == []


def test_the_tokens_are_needed_as_for_devices(caller):
    """
    Every read needs both tokens.
    """
    caller.session = ""

    assert caller.firmware(protocol="all").json["errorCode"].endswith("SessionToken.Format")


def test_packages_come_and_go(caller):
    """
    The list of the account may be changed, and the next read sees that.
    """
    caller.simulator.account.firmware.append({"firmwareName": "new"})

    assert caller.firmware(protocol="all").json == [{"firmwareName": "new"}]
