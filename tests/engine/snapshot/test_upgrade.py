"""States that live on: in a later release, which stores one fact more, and in one that does not know that fact."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pulumi_fota
from support.fleet import A

ROOT = Path(__file__).resolve().parents[3]
RELEASES = [
    line.split()[0]
    for line in (ROOT / "tests/upgrade_from.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
FETCH = "fetch the whole history, by `git fetch --unshallow --tags`, or in a workflow by `fetch-depth: 0`"
NEXT = "SR1.3.0.0-11000"
PROGRAM = """
import os

import pulumi
import pulumi_fota as fota

assert fota.__file__.startswith(os.environ["PYTHONPATH"]), fota.__file__  # The release that is meant to run.

meters = fota.get_devices(["356938035643809", "359999000000018", "490154203237518"])
snapshots = {
    "devices": fota.DeviceSnapshot("devices", meters),
    "cohorts": fota.DeviceSnapshot("cohorts", meters, record="cohorts"),
    "account": fota.DeviceSnapshot("account", fota.get_account_devices()),
    "secret": fota.DeviceSnapshot("secret", pulumi.Output.secret(meters)),
    "pinned": fota.DeviceSnapshot("pinned", meters, pinned=True),
}
"""
KINDS = ["account", "cohorts", "devices", "pinned", "secret"]
#: A fact that is another one every day while nothing else changes.
ENTRY = """

def _newest(devices: DeviceSet, _name: str) -> str:
    return max(device.refresh_time or "" for device in devices)


MORE["newest"] = Entry(shape=str, default="", since="9.9.0", value=_newest)
"""
EXPORTS = """
for name in ("devices", "pinned"):
    pulumi.export(name, snapshots[name].facts.apply(lambda facts: facts["newest"]))
"""
OLDER, NEWER = "2022-02-04T06:10:01.441Z", "2099-01-01T00:00:00Z"
UP, REFRESH = ["up", "--yes", "--skip-preview"], ["refresh", "--yes", "--skip-preview"]


@pytest.fixture(scope="session")
def present():
    """
    The folder of the package under test.
    """
    return Path(pulumi_fota.__file__).parents[1]


@pytest.fixture(scope="session")
def later(present, tmp_path_factory):
    """
    The folder of a later release: a copy of the package under test with one entry more in its table.
    """
    folder = tmp_path_factory.mktemp("later")
    shutil.copytree(present / "pulumi_fota", folder / "pulumi_fota", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "pulumi_fota/resources/stored_form.py").open("a", encoding="utf-8") as table:
        table.write(ENTRY)
    return folder


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """
    Build the wheel of a commit as a release is built, unpack it, and give its folder.
    """

    def build(commit, repository=ROOT):
        source, wheel, folder = (tmp_path_factory.mktemp(name) for name in ("source", "wheel", "released"))
        archive = run("git", "-C", repository, "archive", "--format=zip", commit)
        if archive.returncode:
            pytest.fail(
                f"{commit} of tests/upgrade_from.txt is not in {repository}: {FETCH}\n{archive.stderr.decode()}"
            )
        with zipfile.ZipFile(io.BytesIO(archive.stdout)) as tree:
            tree.extractall(source)
        built = run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", wheel, source)
        assert built.returncode == 0, built.stdout.decode() + built.stderr.decode()
        with zipfile.ZipFile(next(wheel.iterdir())) as packed:
            packed.extractall(folder)
        return folder

    return build


def run(*command):
    """Run a command and keep what it prints."""
    return subprocess.run([str(word) for word in command], capture_output=True, check=False)


@pytest.fixture
def deployed(project):
    """
    Deploy a program with a release.
    """

    def deploy(release, program=PROGRAM):
        made = project(program)
        use(made, release)
        made(*UP)
        return made

    return deploy


def use(made, release):
    """Run a release from now on, in the program and in the provider's process."""
    made.environment["PYTHONPATH"] = str(release)


def stored(made):
    """Read what the state says of each snapshot, which is the same in inputs and outputs."""
    resources = json.loads(made("stack", "export", "--show-secrets").stdout)["deployment"]["resources"]
    snapshots = {
        each["urn"].split("::")[-1]: each for each in resources if each["type"].endswith("fota:DeviceSnapshot")
    }
    assert all(each["inputs"] == each["outputs"] for each in snapshots.values())
    return {name: each["outputs"] for name, each in snapshots.items()}


def more(made):
    """Read the entries of `more` in each snapshot of a state."""
    return {
        name: json.loads(each["more"]["plaintext"]) if "plaintext" in each["more"] else each["more"]
        for name, each in stored(made).items()
    }


def nothing_changes(made):
    """Preview, update and refresh, and see that not a byte of the snapshots moves."""
    before = stored(made)
    made("up", "--yes", "--expect-no-changes")
    made(*REFRESH, "--expect-no-changes")
    assert stored(made) == before


def test_an_older_state_lives_on_and_gets_a_new_fact_with_the_next_change(deployed, present, later, simulator):
    """
    Nothing moves before, though the new fact is another one every day. A baseline stays as it was, and the end asks
    nobody.
    """
    made = deployed(present)
    use(made, later)
    simulator.device(A)["refreshTime"] = NEWER

    nothing_changes(made)
    assert more(made) == {kind: {"name": kind} for kind in KINDS}
    simulator.device(A)["firmware"] = NEXT
    made(*UP)

    new = {kind: {} if kind == "pinned" else {"newest": NEWER} for kind in KINDS}
    assert more(made) == {kind: {"name": kind, **new[kind]} for kind in KINDS}
    simulator.forget_requests()
    made("destroy", "--yes", "--skip-preview")
    assert simulator.count() == 0


@pytest.mark.parametrize("command", [REFRESH, UP], ids=["refresh", "up"])
def test_a_fact_of_a_later_release_stays_until_a_change(command, deployed, present, later, simulator):
    """
    An earlier release leaves it alone while nothing else changes. With a change it goes, since it speaks of facts that
    are no longer so; only a baseline keeps it. The later release shows no difference then.
    """
    made = deployed(later)
    use(made, present)
    simulator.device(A)["refreshTime"] = NEWER

    nothing_changes(made)
    assert more(made) == {kind: {"name": kind, "newest": OLDER} for kind in KINDS}
    simulator.device(A)["firmware"] = NEXT
    made(*command)

    assert more(made) == {kind: {"name": kind, **({"newest": OLDER} if kind == "pinned" else {})} for kind in KINDS}
    use(made, later)
    made("preview", "--expect-no-changes")


def test_a_later_fact_of_an_older_state_is_its_default_and_never_todays(deployed, present, later, simulator):
    """
    In preview and after `up`, of a baseline and of a snapshot that did not change.
    """
    made = deployed(present)
    use(made, later)
    simulator.device(A)["refreshTime"] = NEWER
    with (made.folder / "__main__.py").open("a", encoding="utf-8") as program:
        program.write(EXPORTS)

    previewed = made("preview").stdout
    made(*UP)

    assert NEWER not in previewed
    assert json.loads(made("stack", "output", "--json").stdout) == {"pinned": "", "devices": ""}


@pytest.mark.parametrize("release", RELEASES)
def test_a_stack_of_an_earlier_release_shows_no_difference(release, released, deployed, present, later):
    """
    Neither in the package under test, nor in a release that stores one fact more.
    """
    made = deployed(released(release))

    use(made, present)
    nothing_changes(made)
    use(made, later)
    nothing_changes(made)


def test_a_clone_without_the_history_says_what_to_fetch(released, tmp_path):
    """
    Many CI systems clone the last commit alone.
    """
    shallow = tmp_path / "shallow"
    assert run("git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", shallow).returncode == 0

    with pytest.raises(pytest.fail.Exception) as failed:
        released(RELEASES[0], shallow)

    assert str(failed.value).startswith(f"{RELEASES[0]} of tests/upgrade_from.txt is not in {shallow}: {FETCH}\n")
