"""Answers that are no device list, or a broken one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_fota.errors import UnexpectedResponse
from pulumi_fota.thingspace.rows import DevicePages
from pulumi_fota.thingspace.strict_json import BrokenJson, parse
from support.fleet import IMEI

if TYPE_CHECKING:
    from support.virtual_machine import VirtualMachine

CANNOT = "cannot read 1 device of account '0000123456-00001': "
REPORT = "; please report it as an issue of pulumi_fota"


def _page(row: str) -> bytes:
    return f'{{"accountName": "0000123456-00001", "deviceList": [{{"deviceId": "{IMEI}", {row}}}]}}'.encode()


BROKEN = [
    pytest.param(
        b"", 2, "ThingSpace answered 200 without a body, 2 attempts in {}" + REPORT, marks=pytest.mark.row(12)
    ),
    pytest.param(
        b"<html>maintenance\x1b[31m</html>",
        1,
        "the answer is text/html, not JSON (200), it begins with '<html>maintenance\\x1b[31m</html>'; this may be "
        "the login page of a proxy: check the network and fota:baseUrl",
        marks=pytest.mark.row(15),
    ),
    pytest.param(
        b'{"deviceList": [',
        2,
        "the answer is not valid JSON at character 16, it begins with '{\"deviceList\": [', 2 attempts in {}" + REPORT,
        marks=pytest.mark.row(16),
    ),
    pytest.param(
        _page('"firmware": 5'),
        1,
        f"`firmware` of device {IMEI} is a number, text was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        _page('"make": ["ACME"]'),
        1,
        f"`make` of device {IMEI} is a list, text was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        _page('"firmware": NaN'),
        1,
        "the answer contains NaN, it begins with "
        f"""'{{"accountName": "0000123456-00001", "deviceList": [{{"deviceId": "{IMEI}", "firmware": NaN}}]}}'"""
        + REPORT,
        marks=pytest.mark.row(18),
    ),
    pytest.param(
        b'{"deviceList": [{"firmware": "1", "firmware": "2"}]}',
        1,
        "the answer has a key twice: 'firmware', it begins with "
        """'{"deviceList": [{"firmware": "1", "firmware": "2"}]}'""" + REPORT,
        marks=pytest.mark.row(19),
    ),
    pytest.param(
        b'{"deviceList": "\xff"}',
        1,
        'the answer is not valid UTF-8, it begins with \'{"deviceList": "\N{REPLACEMENT CHARACTER}"}\'' + REPORT,
        marks=pytest.mark.row(20),
    ),
    pytest.param(
        b'{"deviceList": "\\ud800"}',
        1,
        'the answer is not valid UTF-8, it begins with \'{"deviceList": "\\\\ud800"}\'' + REPORT,
        marks=pytest.mark.row(20),
    ),
    pytest.param(
        '{"deviceList": []}'.encode("utf-16"),
        1,
        "the answer is not valid UTF-8, it begins with "
        "'\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}" + "\\x00".join('{"deviceList": []}') + "\\x00'" + REPORT,
        marks=pytest.mark.row(20),
    ),
    pytest.param(
        b"[" * 200_000,
        1,
        "the answer is nested too deeply, it begins with '" + "[" * 147 + "\N{HORIZONTAL ELLIPSIS}'" + REPORT,
        marks=pytest.mark.row(21),
    ),
    pytest.param(
        _page('"new": ' + "[" * 65 + "]" * 65),
        1,
        f"a value of device {IMEI} is nested too deeply" + REPORT,
        marks=pytest.mark.row(21),
    ),
    pytest.param(
        _page('"softwareList": [{"new": ' + "[" * 64 + "]" * 64 + "}]"),
        1,
        f"a value of device {IMEI} is nested too deeply" + REPORT,
        marks=pytest.mark.row(21),
    ),
    pytest.param(
        b'{"deviceCount": ' + b"1" * 5_000 + b"}",
        1,
        'the answer contains a number of 5,000 digits, it begins with \'{"deviceCount": '
        + "1" * 131
        + "\N{HORIZONTAL ELLIPSIS}'"
        + REPORT,
        marks=pytest.mark.row(21),
    ),
    pytest.param(
        b'{"deviceCount": 1e999}',
        1,
        "the answer contains a number that is too large, it begins with '{\"deviceCount\": 1e999}'" + REPORT,
        marks=pytest.mark.row(18),
    ),
    pytest.param(b"[]", 1, "the answer is a list, an object was expected" + REPORT, marks=pytest.mark.row(17)),
    pytest.param(b'{"deviceCount": 1}', 1, "the answer has no `deviceList`" + REPORT, marks=pytest.mark.row(17)),
    pytest.param(
        b'{"deviceList": [5]}',
        1,
        "`deviceList` is a number, a list of objects was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        b'{"deviceList": [{"deviceId": "35-6938"}]}',
        1,
        "the `deviceId` of a device in the answer is not an IMEI: '35-6938'" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        b'{"deviceList": [{"deviceId": true}]}',
        1,
        "the `deviceId` of a device in the answer is not an IMEI: true or false" + REPORT,
        marks=pytest.mark.row(17),
    ),
    *(
        pytest.param(
            f'{{"deviceList": [{{"deviceId": {text}}}]}}'.encode(),
            1,
            f"the `deviceId` of a device in the answer is not an IMEI: {words}" + REPORT,
            marks=pytest.mark.row(17),
        )
        for text, words in [
            ("0", "a number"),
            ("12345", "a number"),
            ("-3569380356438", "a number"),
            ("1234567890123456", "a number"),
            ('"12345"', "'12345'"),
            ('""', "''"),
            ("null", "null"),
        ]
    ),
    *(
        pytest.param(
            _page(f'"{key}": {text}'),
            1,
            f"`{key}` of device {IMEI} is {kind}, a list of objects was expected" + REPORT,
            marks=pytest.mark.row(17),
        )
        for key, text, kind in [
            ("softwareList", "0", "a number"),
            ("softwareList", '""', "text"),
            ("softwareList", "false", "true or false"),
            ("filesList", "0", "a number"),
            ("filesList", "false", "true or false"),
        ]
    ),
    pytest.param(
        _page('"createTime": 0, "updateTime": null'),
        1,
        f"`createTime` of device {IMEI} is a number, text was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        _page('"createTime": 1643955001'),
        1,
        f"`createTime` of device {IMEI} is a number, text was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        _page('"fotaEligible": "perhaps"'),
        1,
        f"`fotaEligible` of device {IMEI} is text, true or false was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        _page('"softwareList": [null]'),
        1,
        f"`softwareList` of device {IMEI} is null, a list of objects was expected" + REPORT,
        marks=pytest.mark.row(17),
    ),
    pytest.param(
        b'{"accountName": "0000999999-00009", "deviceList": []}',
        1,
        "ThingSpace answered for an account other than '0000123456-00001': '0000999999-00009'" + REPORT,
        marks=pytest.mark.row(54),
    ),
    pytest.param(
        b'{"accountName": 12345600001, "deviceList": []}',
        1,
        "`accountName` is a number, text was expected" + REPORT,
        marks=pytest.mark.row(54),
    ),
]


@pytest.mark.parametrize(("body", "calls", "words"), BROKEN)
def test_broken_answer_is_an_error_that_says_what_is_wrong_with_it(
    machine: VirtualMachine, body: bytes, calls: int, words: str
):
    """
    An answer that is not what the API documents is an error, tried again only where it can get better, and never an
    empty fleet.
    """
    kind = "text/html" if body.startswith(b"<") else "application/json"
    machine.simulator.answer_with(200, body=body, content_type=kind, on="devices")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value) == CANNOT + words.replace("{}", f"{sum(machine.waits):.1f} s")
    assert machine.simulator.count("devices") == calls


@pytest.mark.row(12)
def test_answer_204_is_not_an_empty_fleet(machine: VirtualMachine):
    """
    "No content" where a list was expected is an error after a second attempt.
    """
    machine.simulator.answer_with(204, body=b"", on="devices")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert str(error.value).startswith(CANNOT + "ThingSpace answered 204 without a body, 2 attempts in ")
    assert machine.simulator.count("devices") == 2


@pytest.mark.row(19)
def test_key_that_comes_twice_is_found_in_no_time():
    """
    Among hundreds of thousands of keys too, since an answer may be as large as 16 MiB.
    """
    keys = [f'"{number}":0' for number in range(300_000)]
    began = time.process_time()

    with pytest.raises(BrokenJson, match="has a key twice"):
        parse(f"{{{','.join([*keys, keys[-1]])}}}".encode())

    assert time.process_time() - began < 5


@pytest.mark.row(20)
def test_answer_may_begin_with_a_byte_order_mark(machine: VirtualMachine):
    """
    A byte order mark in front of UTF-8 is read over, as JSON's readers may.
    """
    machine.simulator.answer_with(200, body=b"\xef\xbb\xbf" + _page('"firmware": "1.2"'), on="devices")

    assert machine.client().devices([IMEI])[0].firmware == "1.2"


@pytest.mark.row(20)
def test_character_written_as_two_escapes_is_read(machine: VirtualMachine):
    """
    Both halves of a surrogate pair together are a character, which is text like any other.
    """
    machine.simulator.answer_with(200, body=_page(r'"firmware": "\ud83d\ude80\u0000"'), on="devices")

    assert machine.client().devices([IMEI])[0].firmware == "\N{ROCKET}\x00"


@pytest.mark.row(16)
def test_broken_answer_is_no_part_of_the_error(machine: VirtualMachine):
    """
    The error holds a short quotation, and nothing that leads back to the answer.
    """
    machine.simulator.answer_with(200, body=b'{"deviceList": [' + b"9" * 10_000, on="devices")

    with pytest.raises(UnexpectedResponse) as error:
        machine.client().devices([IMEI])

    assert len(str(error.value)) < 400
    assert error.value.__context__ is None
    assert error.value.__cause__ is None


_KEYS = st.sampled_from(
    [
        "deviceList",
        "deviceId",
        "firmware",
        "fotaEligible",
        "softwareList",
        "filesList",
        "name",
        "createTime",
        "x",
        "hasMoreData",
        "lastSeenDeviceId",
        "accountName",
        "deviceCount",
        "requestStatus",
        "resultReason",
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(_KEYS, children, max_size=4),
    max_leaves=12,
)


@pytest.mark.row(17)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=_JSON | st.fixed_dictionaries({"deviceList": _JSON}, optional={"hasMoreData": _JSON}))
def test_decoder_raises_nothing_but_its_own_error(value: Any):
    """
    Whatever JSON comes, decoding gives a page or an `UnexpectedResponse`, so that no traceback reaches a user.
    """
    decoder = DevicePages("0000123456-00001")

    try:
        page = decoder.decode(json.loads(json.dumps(value)))
    except (UnexpectedResponse, BrokenJson):
        return

    assert all(device.imei.isdigit() for device in page.devices)


@pytest.mark.row(16)
@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_reader_of_json_raises_nothing_but_its_own_error(body: bytes):
    """
    Whatever bytes come, reading them gives a value or a `BrokenJson`.
    """
    try:
        parse(body)
    except BrokenJson as broken:
        text = broken.found
    else:
        text = "a value"

    assert text
