"""The pipeline of docs/ci for GitLab, run command by command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.comment_host import ME, SOMEBODY
from support.fleet import NEW

if TYPE_CHECKING:
    from support.comment_host import CommentHost
    from support.gitlab_runner import GitLabRunner

PIPELINE = Path(__file__).resolve().parents[3] / "docs" / "ci" / "gitlab-ci.yml"
BEHIND, MOVING = "490154203237518", "359999000000018"
MARKER = "<!-- pulumi-fota: fleet/prod/meters -->"
MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event"}
NIGHT = {"CI_PIPELINE_SOURCE": "schedule"}
MAIN = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}


def test_a_merge_request_is_stopped_and_one_comment_follows_it(gitlab: GitLabRunner, host: CommentHost, simulator: Any):
    """
    A closed gate fails the job and writes a comment with the IMEI masked; after the upgrade the same comment says that
    the gate passed. What somebody else wrote in its likeness stays, and GitLab gets the JUnit file both times.
    """
    host.add(f"{MARKER}\nall is well", SOMEBODY)

    (stopped,) = gitlab.run(PIPELINE, **MERGE_REQUEST)
    before = host.bodies(ME)
    simulator.device(BEHIND)["firmware"] = NEW
    (passed,) = gitlab.run(PIPELINE, **MERGE_REQUEST)

    assert (stopped.name, stopped.code, passed.code) == ("preview", 1, 0)
    assert "SR1.1.0.0-9001 on 49…7518" in before[0]
    assert BEHIND not in before[0]
    assert [body.splitlines()[:2] for body in host.bodies(ME)] == [[MARKER, "### Gate `meters` passed"]]
    assert host.bodies(SOMEBODY) == [f"{MARKER}\nall is well"]
    assert stopped.artifacts == passed.artifacts == ["fleet+prod+meters.junit.xml"]


def test_the_nightly_job_tells_drift_from_not_knowing(gitlab: GitLabRunner, upgraded: Any, simulator: Any):
    """
    It passes while the fleet is as deployed, fails with 7 and the device that changed where it drifted, and with
    another code where the fleet could not be read or nothing is there to compare.
    """
    (nothing,) = gitlab.run(PIPELINE, **NIGHT)
    upgraded("up", "--yes", "--skip-preview", "--stack", "prod")

    (same,) = gitlab.run(PIPELINE, **NIGHT)
    simulator.device(MOVING)["firmware"] = "SR1.3.0.0-11002"
    (drifted,) = gitlab.run(PIPELINE, **NIGHT)
    simulator.answer_with(403, on="devices")
    (unknown,) = gitlab.run(PIPELINE, **NIGHT)

    assert (nothing.code, same.code, drifted.code, unknown.code) == (1, 0, 7, 1)
    assert f'~ {MOVING}: "{NEW}" => "SR1.3.0.0-11002"' in drifted.log


@pytest.mark.usefixtures("upgraded")
def test_a_deployment_of_two_stacks_logs_in_once(gitlab: GitLabRunner, simulator: Any, secrets: dict[str, str]):
    """
    Both stacks are deployed with the tokens of one login, and no log or variable that is handed on shows a token or a
    secret.
    """
    login, east, west = gitlab.run(PIPELINE, **MAIN)

    assert [(job.name, job.code) for job in (login, east, west)] == [("login", 0), ("deploy", 0), ("deploy", 0)]
    assert (simulator.count("token"), simulator.count("login")) == (1, 1)
    session = next(request.headers["VZ-M2M-Token"] for request in simulator.requests if request.kind == "devices")
    shown = "".join(f"{job.log}{job.outputs}" for job in (login, east, west))
    assert not [text for text in {session, simulator.bearer(), *secrets.values()} if text in shown]


@pytest.mark.usefixtures("upgraded")
def test_a_refused_login_is_tried_once_and_ends_the_deployment(gitlab: GitLabRunner, simulator: Any):
    """
    With a password that is no longer right one login is refused, and no job for a stack begins.
    """
    simulator.change_password("sim-rotated")

    login, east, west = gitlab.run(PIPELINE, **MAIN)

    assert (login.code, east.code, west.code) == (1, None, None)
    assert simulator.count("login") == 1


def test_a_closed_gate_stops_the_deployment_of_each_stack(gitlab: GitLabRunner, repository: Any):
    """
    Both jobs fail, nothing is deployed, and GitLab gets the JUnit files.
    """
    _, east, west = gitlab.run(PIPELINE, **MAIN)

    for name, job in (("east", east), ("west", west)):
        assert job.code == 1
        assert job.artifacts == [f"fleet+{name}+meters.junit.xml"]
        assert "DeviceSnapshot" not in repository("stack", "export", "--stack", name).stdout


def test_a_push_to_another_branch_runs_nothing(gitlab: GitLabRunner):
    """
    What is not merged is deployed nowhere.
    """
    assert gitlab.run(PIPELINE, **{**MAIN, "CI_COMMIT_BRANCH": "topic"}) == []
