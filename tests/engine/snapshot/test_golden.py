"""States that releases have written: this one refreshes and destroys what is deployed with any of them."""

import json
from pathlib import Path

import pytest
from pulumi import automation as auto

from pulumi_fota.resources.stored_form import KEYS, MORE
from support.fleet import A

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
STATES = sorted(GOLDEN.glob("*/*.json"))


@pytest.fixture
def fleet():
    """
    The fleet that the states were recorded of, instead of the usual one.
    """
    return json.loads((GOLDEN / "fleet.json").read_text(encoding="utf-8"))


@pytest.fixture
def deployed(stack, thingspace_environment, monkeypatch):
    """
    A stack whose state is one of a release, and whose settings come from the environment.
    """

    def restore(path):
        for name, value in thingspace_environment.items():
            monkeypatch.setenv(name, value)
            monkeypatch.setenv(name.replace("FOTA_", "FOTA_CONNECTION_EAST_"), value)
        made = stack(lambda: None, config={})
        exported = json.loads(path.read_text(encoding="utf-8"))
        made.handle.import_stack(auto.Deployment(version=exported["version"], deployment=exported["deployment"]))
        return made

    return restore


@pytest.mark.parametrize("path", STATES, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_a_state_of_a_release_refreshes_and_goes(path, deployed, stored, simulator):
    """
    Not a byte of it moves while the fleet is the same; a change is found, except in a baseline; and the end asks
    nobody.
    """
    release = deployed(path)
    before = release.facts()

    assert release.refresh(expect_no_changes=True) == {"same": 2}
    assert release.facts() == before

    simulator.device(A)["firmware"] = "SR1.3.0.0-11002"
    assert release.refresh().get("update", 0) == (path.stem != "pinned")
    assert stored(release)["outputs"]["__provider"] == (path.parent / "provider.txt").read_text().strip()

    simulator.forget_requests()
    release.destroy()
    assert release.facts() == []
    assert simulator.count() == 0


@pytest.mark.parametrize("kind", ["account", "pinned"])
def test_a_program_goes_on_from_a_state_of_a_release(kind, deployed, snapshot, reads, previewed):
    """
    The next preview with the same fleet has nothing to change.
    """
    release = deployed(GOLDEN / "0.1.0" / f"{kind}.json")
    read, options = {"account": (reads(account_wide=True), {}), "pinned": (reads(), {"pinned": True})}[kind]

    release.program(snapshot(read, **options))

    assert previewed(release) == {"same": []}


@pytest.mark.parametrize("path", STATES, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_a_state_has_the_entries_of_earlier_releases_and_none_of_later_ones(path):
    """
    As the table of entries says of each since when it is stored. Those of its own release may have joined after the
    state was recorded.
    """
    stored = snapshot_in(json.loads(path.read_text(encoding="utf-8")))["outputs"]
    release = version(path.parent.name)

    assert set(stored) == {*KEYS, "__provider"}
    if path.stem != "secret":  # There it is encrypted.
        earlier = {key for key, entry in MORE.items() if version(entry.since) < release}
        known = {key for key, entry in MORE.items() if version(entry.since) <= release}
        assert earlier <= stored["more"].keys() <= known


@pytest.fixture
def unreleased(deployed, tmp_path):
    """
    A stack whose state was written before the first release, when there was no `more`.
    """

    def restore(kind):
        exported = json.loads((GOLDEN / "0.1.0" / f"{kind}.json").read_text(encoding="utf-8"))
        for side in ("inputs", "outputs"):
            del snapshot_in(exported)[side]["more"]
        path = tmp_path / "state.json"
        path.write_text(json.dumps(exported), encoding="utf-8")
        return deployed(path)

    return restore


@pytest.mark.parametrize("kind", ["devices", "pinned"])
def test_a_state_from_before_the_first_release_is_stored_anew_by_a_replacement(
    kind, unreleased, snapshot, reads, stored
):
    """
    A refresh says so in one sentence.
    """
    made = unreleased(kind)

    with pytest.raises(auto.CommandError):
        made.refresh()
    assert (
        "refresh of a snapshot: the snapshot was stored before the first release of pulumi_fota, in a form that no "
        "release reads; store the facts anew with `pulumi up --replace URN`\n"
    ) in "".join(made.messages)
    made.program(snapshot(reads(), pinned=kind == "pinned"))
    made.up(replace=[stored(made)["urn"]])

    assert stored(made)["outputs"]["more"] == {"name": "meters"}
    assert made.refresh(expect_no_changes=True) == {"same": 2}


def snapshot_in(exported):
    """Return what a state says of its one snapshot."""
    (found,) = [each for each in exported["deployment"]["resources"] if each["type"].endswith("fota:DeviceSnapshot")]
    return found


def version(text):
    """Make a version of numbers comparable."""
    return tuple(map(int, text.split(".")))
