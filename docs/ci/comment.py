"""Put the reports of gates on a pull request or merge request, each as one comment that later runs update.

    python ci/comment.py reports

For GitHub it needs GITHUB_TOKEN in the environment, for GitLab GITLAB_TOKEN; the rest those systems set themselves.
It needs no package.
"""

import json
import os
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class GitHub:
    """The comments of the pull request that the workflow runs for."""

    def __init__(self) -> None:
        repository = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}"
        number = os.environ["GITHUB_REF"].split("/")[2]  # refs/pull/12/merge
        self.comments = f"{repository}/issues/{number}/comments"
        self.comment = f"{repository}/issues/comments"
        self.update = "PATCH"
        self.token = {"Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}"}

    def is_mine(self, comment: dict[str, Any]) -> bool:
        """Return whether a workflow wrote it: anybody can write a comment that looks like a report."""
        return bool(comment["user"]["login"] == "github-actions[bot]")


class GitLab:
    """The notes of the merge request that the pipeline runs for."""

    def __init__(self) -> None:
        project = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}"
        self.comments = self.comment = f"{project}/merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes"
        self.update = "PUT"
        self.token = {"PRIVATE-TOKEN": os.environ["GITLAB_TOKEN"]}
        self.me = send("GET", f"{os.environ['CI_API_V4_URL']}/user", self.token)["id"]

    def is_mine(self, comment: dict[str, Any]) -> bool:
        """Return whether the owner of the token wrote it: anybody can write a comment that looks like a report."""
        return bool(comment["author"]["id"] == self.me)


def main() -> None:
    """Write each report where it stood before, or anew."""
    host = GitHub() if "GITHUB_API_URL" in os.environ else GitLab()
    mine = [comment for comment in pages(host.comments, host.token) if host.is_mine(comment)]
    for report in sorted(Path(sys.argv[1]).glob("*.md")):
        body = report.read_text(encoding="utf-8")
        marker = body.partition("\n")[0]
        before = next((comment for comment in mine if comment["body"].startswith(marker)), None)
        if before is None:
            send("POST", host.comments, host.token, {"body": body})
        else:
            send(host.update, f"{host.comment}/{before['id']}", host.token, {"body": body})


def pages(url: str, token: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Return the entries of all pages of a list."""
    number = 1
    while page := send("GET", f"{url}?{urllib.parse.urlencode({'per_page': 100, 'page': number})}", token):
        yield from page
        number += 1


def send(method: str, url: str, token: dict[str, str], body: dict[str, str] | None = None) -> Any:
    """Make one request, and give the JSON of its answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **token}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
