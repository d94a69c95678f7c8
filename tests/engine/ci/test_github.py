"""The workflows of docs/ci for GitHub, run command by command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.comment_host import ME, SOMEBODY
from support.fleet import NEW
from support.github_runner import obeyed

if TYPE_CHECKING:
    from support.comment_host import CommentHost
    from support.github_runner import GitHubRunner

CI = Path(__file__).resolve().parents[3] / "docs" / "ci"
PREVIEW, DRIFT, DEPLOY = (CI / f"github-{name}.yml" for name in ("preview", "drift", "deploy"))
BEHIND, MOVING, OTHER = "490154203237518", "359999000000018", "359999000000026"
HOSTILE = "1.0\n::error::one\r::error::two ##[error]three ###[error]four"
MARKER = "<!-- pulumi-fota: fleet/prod/meters -->"


def test_a_pull_request_is_stopped_and_says_why_in_summary_and_comment(github: GitHubRunner, host: CommentHost):
    """
    A closed gate fails the job. The report stands in the summary and in one comment, with the IMEI masked, and its
    three files are kept.
    """
    (preview,) = github.run(PREVIEW)

    assert preview.code == 1
    for shown in (preview.summary, *host.bodies(ME)):
        assert shown.startswith(f"{MARKER}\n### Gate `meters` failed\n")
        assert "SR1.1.0.0-9001 on 49…7518" in shown
        assert BEHIND not in shown
    assert len(host.comments) == 1
    assert preview.artifacts == [f"fleet+prod+meters.{kind}" for kind in ("json", "junit.xml", "md")]


def test_a_later_run_updates_its_comment_and_no_other(github: GitHubRunner, host: CommentHost, simulator: Any):
    """
    After the upgrade the comment of the first run says that the gate passed, behind a hundred others as well; one that
    somebody else wrote in its likeness stays as it was.
    """
    host.add(f"{MARKER}\nall is well", SOMEBODY)
    for number in range(120):
        host.add(f"remark {number}", ME)
    github.run(PREVIEW)

    simulator.device(BEHIND)["firmware"] = NEW
    (preview,) = github.run(PREVIEW)

    (report,) = [body for body in host.bodies(ME) if body.startswith(MARKER)]
    assert preview.code == 0
    assert "### Gate `meters` passed" in report
    assert host.bodies(SOMEBODY) == [f"{MARKER}\nall is well"]


def test_a_run_that_comes_to_no_gate_says_that_none_was_asked(github: GitHubRunner, host: CommentHost, simulator: Any):
    """
    Where the fleet cannot be read, the job fails, and no report is made up.
    """
    simulator.answer_with(403, on="devices")

    (preview,) = github.run(PREVIEW)

    assert preview.code == 1
    assert preview.summary == "No gate was asked.\n"
    assert host.comments == []


def test_a_pull_request_of_a_fork_is_left_out(github: GitHubRunner, simulator: Any):
    """
    It would get no secrets, so nothing is asked.
    """
    github.context["github"]["event"]["pull_request"]["head"]["repo"]["full_name"] = "mallory/fleet"

    (preview,) = github.run(PREVIEW)

    assert preview.code is None
    assert simulator.count() == 0


def test_the_nightly_job_tells_drift_from_not_knowing(github: GitHubRunner, upgraded: Any, simulator: Any):
    """
    It passes while the fleet is as deployed, fails with 7 and the device that changed where it drifted, and with
    another code where the fleet could not be read.
    """
    upgraded("up", "--yes", "--skip-preview", "--stack", "prod")

    (same,) = github.run(DRIFT)
    simulator.device(MOVING)["firmware"] = "SR1.3.0.0-11002"
    (drifted,) = github.run(DRIFT)
    simulator.answer_with(403, on="devices")
    (unknown,) = github.run(DRIFT)

    assert (same.code, drifted.code, unknown.code) == (0, 7, 1)
    assert same.summary.startswith("The fleet is as it was deployed.\n\n    | ")
    assert drifted.summary.startswith("The fleet drifted:\n\n    | ")
    assert f'~ {MOVING}: "{NEW}" => "SR1.3.0.0-11002"' in drifted.summary
    assert unknown.summary.startswith("Nobody knows whether the fleet drifted:\n\n    | ")


def test_what_a_device_says_is_no_command_for_github(github: GitHubRunner, upgraded: Any, simulator: Any):
    """
    Firmware that looks like a command of GitHub's begins no line of a log, behind a lone carriage return neither, and
    holds no command of its older form, whichever workflow shows it. What GitHub would obey without that is there.
    """
    simulator.device(OTHER)["firmware"] = HOSTILE
    plain = upgraded("preview", "--diff", "--stack", "prod").stdout
    jobs = [*github.run(PREVIEW), *github.run(DEPLOY)]
    upgraded("up", "--yes", "--skip-preview", "--stack", "prod")
    simulator.device(OTHER)["firmware"] = f"{HOSTILE}!"
    jobs += github.run(DRIFT)

    shown = [job for job in jobs if "::error::" in job.log]
    assert {job.folder.name.rsplit("-", 1)[0] for job in shown} == {"github-preview", "github-deploy", "github-drift"}
    assert len(obeyed(plain)) >= 3
    assert not [line for job in jobs for line in obeyed(job.log)]


def test_the_nightly_job_is_not_green_where_there_is_nothing_to_compare(github: GitHubRunner, simulator: Any):
    """
    A stack without a snapshot fails before anything is asked.
    """
    (drift,) = github.run(DRIFT)

    assert drift.code == 1
    assert simulator.count() == 0


@pytest.mark.usefixtures("upgraded")
def test_a_deployment_of_two_stacks_logs_in_once(github: GitHubRunner, simulator: Any, secrets: dict[str, str]):
    """
    Both stacks are deployed with the tokens of one login. Their jobs have no other credentials, and no log, summary or
    output shows a token or a secret.
    """
    login, east, west = github.run(DEPLOY)

    assert (login.code, east.code, west.code) == (0, 0, 0)
    assert (simulator.count("token"), simulator.count("login")) == (1, 1)
    tokens = {east.environment["FOTA_ACCESS_TOKEN"], east.environment["FOTA_SESSION_TOKEN"]}
    for job in (east, west):
        assert {"FOTA_KEY", "FOTA_SECRET", "FOTA_USERNAME", "FOTA_PASSWORD"}.isdisjoint(job.environment)
        assert "### Gate `meters` passed" in job.summary
    shown = "".join(f"{job.log}{job.summary}{job.outputs}" for job in (login, east, west))
    assert not [text for text in {*tokens, *secrets.values()} if text in shown]


@pytest.mark.usefixtures("upgraded")
def test_a_refused_login_is_tried_once_and_ends_the_deployment(github: GitHubRunner, simulator: Any):
    """
    With a password that is no longer right one login is refused, and no job for a stack begins.
    """
    simulator.change_password("sim-rotated")

    login, east, west = github.run(DEPLOY)

    assert login.code == 1
    assert "ThingSpace did not accept /api/m2m/v1/session/login: " in login.log
    assert (east.code, west.code) == (None, None)
    assert simulator.count("login") == 1


def test_a_closed_gate_stops_the_deployment_of_each_stack(github: GitHubRunner, repository: Any):
    """
    Both jobs fail, nothing is deployed, and the reports are kept.
    """
    _, east, west = github.run(DEPLOY)

    for name, job in (("east", east), ("west", west)):
        assert job.code == 1
        assert f"SR1.1.0.0-9001 on {BEHIND}" in job.summary
        assert f"fleet+{name}+meters.junit.xml" in job.artifacts
        assert "DeviceSnapshot" not in repository("stack", "export", "--stack", name).stdout
