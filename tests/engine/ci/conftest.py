"""A repository as the files of docs/ci expect it, and what runs them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.comment_host import TOKEN, CommentHost
from support.github_runner import GitHubRunner
from support.gitlab_runner import GitLabRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
QUICKSTART = ROOT / "examples" / "quickstart"
BEHIND = "490154203237518"


@pytest.fixture
def fleet() -> dict[str, Any]:
    """
    The fleet of the quickstart: five meters, one of which runs old firmware.
    """
    found: dict[str, Any] = json.loads((QUICKSTART / "fleet.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def host() -> Iterator[CommentHost]:
    """
    Where the comments are.
    """
    with CommentHost() as running:
        yield running


@pytest.fixture
def repository(project: Callable[..., Any]) -> Any:
    """
    The quickstart as a repository, with the scripts beside it and the stacks that the files name.
    """
    made = project(QUICKSTART)
    shutil.copytree(ROOT / "docs" / "ci", made.folder / "ci")
    for stack in ("prod", "east", "west"):
        made("stack", "init", stack)
    return made


@pytest.fixture
def upgraded(repository: Any, simulator: Any) -> Any:
    """
    The repository, when the fleet is fit for its gate.
    """
    simulator.device(BEHIND)["firmware"] = "SR1.2.0.0-10657"
    return repository


@pytest.fixture
def machine(engine: dict[str, str], simulator: Any) -> dict[str, str]:
    """
    The environment of a runner: Python, the engine and its backend are there, and ThingSpace is the simulator.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), engine["PATH"]])
    keep = {name: os.environ[name] for name in ("HOME", "XDG_STATE_HOME", "LANG") if name in os.environ}
    return {**keep, **engine, "PATH": path, "FOTA_BASE_URL": simulator.url}


@pytest.fixture
def secrets(thingspace_environment: dict[str, str]) -> dict[str, str]:
    """
    What the person has put into the CI system's store.
    """
    names = ("FOTA_KEY", "FOTA_SECRET", "FOTA_USERNAME", "FOTA_PASSWORD")
    found = {name: thingspace_environment[name] for name in names}
    return found | {"PULUMI_ACCESS_TOKEN": "canary-pulumi", "HANDOVER_KEY": "canary-handover"}


@pytest.fixture
def github(
    repository: Any, machine: dict[str, str], secrets: dict[str, str], host: CommentHost, tmp_path: Path
) -> GitHubRunner:
    """
    GitHub, with pull request 12 of `acme/fleet`.
    """
    (tmp_path / "work").mkdir()
    repository_name = "acme/fleet"
    context = {
        "secrets": secrets,
        "vars": {"FOTA_ACCOUNT": "0000123456-00001"},
        "github": {
            "repository": repository_name,
            "ref": "refs/pull/12/merge",
            "token": TOKEN,
            "event": {"pull_request": {"head": {"repo": {"full_name": repository_name}}}},
        },
    }
    own = {"GITHUB_API_URL": host.url, "GITHUB_REPOSITORY": repository_name, "GITHUB_REF": "refs/pull/12/merge"}
    return GitHubRunner(repository.folder, tmp_path / "work", {**machine, **own}, context)


@pytest.fixture
def gitlab(
    repository: Any, machine: dict[str, str], secrets: dict[str, str], host: CommentHost, tmp_path: Path
) -> GitLabRunner:
    """
    GitLab, with merge request 12 of project 5.
    """
    (tmp_path / "work").mkdir()
    own = {
        "FOTA_ACCOUNT": "0000123456-00001",
        "GITLAB_TOKEN": TOKEN,
        "CI_API_V4_URL": host.url,
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "12",
    }
    return GitLabRunner(repository.folder, tmp_path / "work", {**machine, **secrets, **own})
