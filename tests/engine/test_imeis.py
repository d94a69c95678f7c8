"""IMEIs in whole programs: how many travel in a request, and what is refused before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pytest
from pulumi import automation as auto

import pulumi_fota as fota

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi_fota.simulator import Simulator

A, B = "356938035643809", "490154203237518"
FROM_CONFIG = """
import pulumi, pulumi_fota as fota
fota.get_devices(pulumi.Config("fota").require_object("imeis"))
"""
FROM_YAML = """
import yaml, pulumi_fota as fota
with open("sites.yaml") as file:
    fota.get_devices(yaml.safe_load(file)["imeis"])
"""
FROM_FILE = """
import pulumi, pulumi_fota as fota
meters = fota.get_devices(fota.read_imeis("meters.txt"))
pulumi.export("asked", len(meters.requested))
"""


class TestManyDevices:
    """A fleet at the borders of what fits into one request."""

    @pytest.fixture
    def fleet(self) -> dict[str, Any]:
        """
        Two thousand and one devices; the simulator refuses more than a thousand in a request.
        """
        rows = [{"deviceId": f"{35_000_000_000_000 + n:014d}0", "firmware": "1"} for n in range(2001)]
        return {"accountName": "0000123456-00001", "deviceList": rows, "firmwareList": []}

    @pytest.fixture
    def imeis(self, fleet: dict[str, Any]) -> list[str]:
        """
        Their IMEIs.
        """
        return [row["deviceId"] for row in fleet["deviceList"]]

    def test_a_thousand_imeis_travel_in_a_request(
        self, stack: Callable[..., Any], simulator: Simulator, imeis: list[str]
    ):
        """
        In a program the borders are where they should be, no device is lost, and none costs a request of its own.
        """
        counts = (0, 1, 999, 1000, 1001, 2000, 2001)
        seen = []

        def program() -> None:
            for count in counts:
                before = simulator.count("devices")
                meters = fota.get_devices(imeis[:count])
                seen.append((len(meters), meters.missing, simulator.count("devices") - before))

        stack(program).preview()

        assert seen == list(zip(counts, [()] * 7, (0, 1, 1, 1, 2, 2, 3), strict=True))

    def test_a_preview_of_300_lookups_and_two_sets_makes_three_requests(
        self, stack: Callable[..., Any], simulator: Simulator, imeis: list[str]
    ):
        """
        Two sets that are read at once, and all the lookups together.
        """

        def program() -> None:
            sets = [fota.get_devices(imeis[:10]), fota.get_devices(imeis[10:20])]
            found = [fota.get_device_output(imei) for imei in imeis[:300]]
            pulumi.export("found", [*(len(each) for each in sets), pulumi.Output.all(*found).apply(len)])

        stack(program).preview()

        assert simulator.count("devices") == 3

    @pytest.mark.parametrize("get", [fota.get_devices, fota.get_devices_output])
    def test_a_program_never_sees_half_of_a_fleet(
        self,
        stack: Callable[..., Any],
        simulator: Simulator,
        imeis: list[str],
        monkeypatch: pytest.MonkeyPatch,
        get: Any,
    ):
        """
        Where the second of two requests fails there is no result, only the error.
        """
        monkeypatch.setenv("FOTA_DEADLINE", "1")
        monkeypatch.setenv("FOTA_CONCURRENCY", "1")
        simulator.answer_with(503, on="devices", first=2, every=1)
        fleet = stack(lambda: pulumi.export("devices", pulumi.Output.from_input(get(imeis[:2000])).apply(len)))

        with pytest.raises(auto.CommandError):
            fleet.up()

        text = "\n".join(fleet.messages)
        assert "cannot read 2,000 devices of account '0000123456-00001'" in text
        assert "Traceback" not in text
        assert fleet.outputs == {}


@pytest.mark.parametrize(
    ("program", "items"), [(FROM_CONFIG, (1, 2, 3)), (FROM_YAML, (1, 3))], ids=["stack config", "a file"]
)
def test_imeis_that_yaml_made_numbers_of_are_refused(
    project: Callable[..., Any], simulator: Simulator, program: str, items: tuple[int, ...]
):
    """
    Without quotes the zeros in front are gone, whoever reads the YAML (Python's takes the second for a text), so each
    number is refused by its position, also one that lost nothing; none is padded by guess.
    """
    meters = project(program)
    imeis = "[012345670123467, 019999000000010, 990013907835573]"
    (meters.folder / "sites.yaml").write_text(f"imeis: {imeis}\n", encoding="utf-8")
    with (meters.folder / "Pulumi.dev.yaml").open("a", encoding="utf-8") as file:
        file.write(f"config:\n  fota:imeis: {imeis}\n")

    done = meters("preview", code=None)

    text = done.stdout + done.stderr
    assert done.returncode != 0
    numbers = ["718046013239", "19999000000010", "990013907835573"]
    assert f"{len(items)} of 3 IMEIs in `imeis` cannot be used; nothing was sent to ThingSpace:" in text
    for item in items:
        assert f"item {item}: {numbers[item - 1]} is a number: numbers lose their leading zeros; quote it" in text
    assert "Traceback" not in text
    assert simulator.count() == 0


def test_a_file_saved_by_a_windows_editor_is_read(project: Callable[..., Any], simulator: Simulator):
    """
    A byte order mark, carriage returns, a no-break space, an empty line and a doubled line: two IMEIs are asked, each
    once, and the doubled one is noted.
    """
    meters = project(FROM_FILE)
    (meters.folder / "meters.txt").write_bytes(f"\ufeff{A}\r\n\u00a0{B}\r\n\r\n{A}\r\n".encode())

    done = meters("preview")

    assert "asked: 2" in done.stdout
    assert f"1 IMEI is repeated in meters.txt, and sent once: {A} (line 1, line 4)" in done.stdout
    assert [sorted(request.json["deviceList"]) for request in simulator.requests if request.kind == "devices"] == [
        [A, B]
    ]


def test_characters_that_only_look_right_are_refused_by_line(project: Callable[..., Any], simulator: Simulator):
    """
    Digits of full width and a space of no width are named by their code points, and never sent.
    """
    meters = project(FROM_FILE)
    (meters.folder / "meters.txt").write_bytes(f"\ufeff{A}\r\n３５６938035643809\r\n{B}\u200b\r\n".encode())

    done = meters("preview", code=None)

    text = done.stdout + done.stderr
    assert done.returncode != 0
    assert "2 of 3 IMEIs in meters.txt cannot be used; nothing was sent to ThingSpace:" in text
    assert "has U+FF13 (fullwidth digit three) as character 1" in text
    assert "has U+200B (zero width space) as character 16" in text
    assert "Traceback" not in text
    assert simulator.count() == 0
