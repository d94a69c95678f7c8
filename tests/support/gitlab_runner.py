"""A runner for the pipeline of docs/ci, as far as that goes: what GitLab would do with the file, on this machine.

Rules compare variables with texts or each other; `before_script`, which installs, is only checked.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import yaml

from support.ci_job import INSTALL, Job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_INSTALL = [
    "curl -fsSL https://get.pulumi.com | sh",
    'export PATH="$HOME/.pulumi/bin:$PATH"',
    INSTALL,
]
_NO_JOBS = {"default", "stages", "variables"}


class GitLabRunner:
    """Runs a pipeline.

    Args:
        repository: The folder that is checked out.
        work: Where the checkouts go.
        machine: The environment of the runner, with the variables of the project.
    """

    def __init__(self, repository: Path, work: Path, machine: Mapping[str, str]) -> None:
        self.repository = repository
        self.work = work
        self.machine = machine

    def run(self, pipeline: Path, **predefined: str) -> list[Job]:
        """Run the jobs whose rules hold, in the order of the stages; one that needs a failed job is left out."""
        file = yaml.safe_load(pipeline.read_text(encoding="utf-8"))
        assert file["default"]["before_script"] == _INSTALL
        jobs = {name: job for name, job in file.items() if name not in _NO_JOBS}
        done: list[Job] = []
        for name, job in sorted(jobs.items(), key=lambda item: file["stages"].index(item[1]["stage"])):
            if not any(_holds(rule["if"], predefined) for rule in job["rules"]):
                continue
            needs = [each for each in done if each.name in job.get("needs", [])]
            for values in _matrix(job):
                made = Job(name, self.work / f"{name}-{len(list(self.work.iterdir()))}")
                done.append(made)
                if all(each.code == 0 for each in needs):
                    made.environment = {**file["variables"], **job.get("variables", {}), **values, **predefined}
                    for each in needs:
                        made.environment |= each.outputs
                    self._run_job(made, job)
        return done

    def _run_job(self, made: Job, job: dict[str, Any]) -> None:
        made.check_out(self.repository)
        assert job.get("before_script", []) == []  # Or it is the one that is known.
        environment = {**self.machine, **made.environment}
        made.code = made.run("\n".join(job["script"]), environment, "-e")
        made.run("\n".join(job.get("after_script", [])), environment, "-e")  # What comes of it is no matter.
        kept = job.get("artifacts", {})
        if made.code == 0 or kept.get("when") == "always":
            for kind, pattern in kept.get("reports", {}).items():
                if kind == "dotenv":
                    lines = (made.folder / pattern).read_text(encoding="utf-8").splitlines()
                    made.outputs = dict(line.split("=", 1) for line in lines)
                else:
                    made.keep(pattern)


def _matrix(job: dict[str, Any]) -> Iterator[dict[str, str]]:
    for axes in job.get("parallel", {}).get("matrix", [{}]):
        for values in product(*axes.values()):
            yield dict(zip(axes, values, strict=True))


def _holds(rule: str, variables: Mapping[str, str]) -> bool:
    def value(text: str) -> str | None:
        quoted = re.fullmatch(r'"(.*)"', text)
        return quoted[1] if quoted else variables.get(text.removeprefix("$"))

    return all(value(one) == value(other) for one, other in (part.split(" == ") for part in rule.split(" && ")))
