"""The quickstart, run by the command line as a person would."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart"
BEHIND, MOVING = "490154203237518", "359999000000018"
CREDENTIALS = ("sim-key", "sim-secret", "sim-password")


@pytest.fixture
def fleet():
    """
    The fleet that the quickstart comes with.
    """
    return json.loads((QUICKSTART / "fleet.json").read_text(encoding="utf-8"))


@pytest.fixture
def quickstart(project):
    """
    The quickstart in a folder of its own.
    """
    return project(QUICKSTART)


def test_the_gate_stops_the_preview_in_words(quickstart):
    """
    One device with old firmware stops the preview: how many of how many, which one, and no traceback.
    """
    done = quickstart("preview", code=1)

    assert "Gate 'meters' stopped this deployment: 1 of 4 rules failed for 5 devices." in done.stdout
    assert f"SR1.1.0.0-9001 on {BEHIND}" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_stack_lives_from_preview_to_destroy(quickstart, simulator):
    """
    The upgraded fleet passes; a second update has nothing to do; one device that moves on is the one change that
    preview and refresh show; in the end all is gone.
    """
    simulator.device(BEHIND)["firmware"] = "SR1.2.0.0-10657"
    quickstart("preview")
    quickstart("up", "--yes", "--skip-preview")
    quickstart("up", "--yes", "--skip-preview", "--expect-no-changes")

    simulator.device(MOVING)["firmware"] = "SR1.3.0.0-11002"
    preview = quickstart("preview", "--diff").stdout
    refresh = quickstart("refresh", "--yes", "--skip-preview", "--diff").stdout

    assert "~ 1 to update" in preview
    assert "~ 1 updated" in refresh
    for shown in (preview, refresh):
        assert f'~ {MOVING}: "SR1.2.0.0-10657" => "SR1.3.0.0-11002"' in shown
        assert BEHIND not in shown
    quickstart("destroy", "--yes", "--skip-preview")


def test_no_credential_is_in_the_state(quickstart, simulator, engine):
    """
    Neither the exported stack nor a file of the backend holds a credential in plain, Base64 or hexadecimal.
    """
    simulator.device(BEHIND)["firmware"] = "SR1.2.0.0-10657"
    quickstart("up", "--yes", "--skip-preview")

    exported = quickstart("stack", "export", "--show-secrets").stdout.encode()
    backend = Path(engine["PULUMI_BACKEND_URL"].removeprefix("file://"))
    stored = b"".join(path.read_bytes() for path in backend.rglob("*") if path.is_file())

    tokens = [simulator.bearer(), *(request.headers.get("VZ-M2M-Token", "") for request in simulator.requests)]
    for secret in {*CREDENTIALS, *filter(None, tokens)}:
        for form in (secret.encode(), base64.b64encode(secret.encode()).rstrip(b"="), secret.encode().hex().encode()):
            assert form not in exported
            assert form not in stored
