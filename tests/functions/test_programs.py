"""Every program that we show, under mocks on which an Output that is taken for its value is an error.

Pulumi deploys a paragraph of advice where text was made of an Output, and takes every Output for true.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

from support.documents import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pulumi_fota.simulator import Simulator

EXAMPLES = sorted((ROOT / "examples").glob("*/__main__.py"))
SHOWN = [
    *(pytest.param(path.read_text(), path.parent, id=path.parent.name) for path in EXAMPLES),
    *(
        pytest.param(block.text, EXAMPLES[0].parent, id=block.id)
        for block in blocks()
        if block.kept in {"program", "stopped"}
    ),
]
PROGRAM = "<program>"


class TakenForItsValueError(AssertionError):
    """A program made a text or a decision of an Output."""


@pytest.fixture
def fleet() -> dict[str, Any]:
    """
    The fleet of the quickstart, whose devices all the programs ask for.
    """
    return json.loads((ROOT / "examples" / "quickstart" / "fleet.json").read_text())


@pytest.fixture
def strict(
    run: Callable[..., Any], reachable: Simulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """
    Run the text of a program as a stack, all of it, since its gates only warn.
    """

    def trap(answer: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*arguments: Any) -> Any:
            if sys._getframe(1).f_code.co_filename == PROGRAM:
                raise TakenForItsValueError
            return answer(*arguments)  # The SDK may ask, and its answer stays as it is.

        return taken

    monkeypatch.setattr(pulumi.Output, "__bool__", trap(lambda _output: True), raising=False)
    for name in ("__str__", "__repr__", "__format__"):
        monkeypatch.setattr(pulumi.Output, name, trap(getattr(pulumi.Output, name)))
    for name in ("ACCOUNT", "KEY", "SECRET", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"FOTA_CONNECTION_EAST_{name}", os.environ[f"FOTA_{name}"])
    pulumi.runtime.set_all_config({"fota:gate": "advisory"})

    def run_text(text: str) -> None:
        code = compile(text, PROGRAM, "exec")
        run(lambda: exec(code, {"__name__": "__main__"}))  # noqa: S102 (programs of ours)

    yield run_text
    pulumi.runtime.set_all_config({})


@pytest.mark.parametrize(("text", "folder"), SHOWN)
def test_no_program_that_we_show_takes_an_output_for_its_value(
    strict: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, text: str, folder: Path
):
    """
    No example, and no program of the documents, makes a text or a decision of an Output.
    """
    monkeypatch.chdir(folder)

    strict(text)


BEGINNING = """
import pulumi
import pulumi_fota as fota
meter = fota.get_device_output("356938035643809")
"""


@pytest.mark.parametrize(
    "line",
    [
        "if meter.fota_eligible: pass",
        "name = 'a' if meter.fota_eligible else 'b'",
        "while meter.fota_eligible: break",
        "found = not meter.fota_eligible",
        "found = meter.fota_eligible and 1",
        "found = bool(meter.fota_eligible)",
        "found = [1 for _ in [1] if meter.fota_eligible]",
        "name = f'fw-{meter.firmware}'",
        "name = f'fw-{meter.firmware:>20}'",
        "name = f'fw-{meter.firmware!r}'",
        "name = str(meter.firmware)",
        "name = 'fw-%s' % meter.firmware",
        "name = 'fw-{}'.format(meter.firmware)",
        "print(meter.firmware)",
    ],
)
def test_a_program_that_takes_an_output_for_its_value_is_found(strict: Callable[[str], None], line: str):
    """
    So the test before this one can fail, whatever way is taken.
    """
    with pytest.raises(TakenForItsValueError):
        strict(BEGINNING + line)
