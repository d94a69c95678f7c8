"""A runner for the workflows of docs/ci, as far as those go: what GitHub would do with the file, on this machine.

Expressions are names and one `==`; a step that uses an action of others is only checked to be one that is known.
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

_ACTIONS = {"actions/checkout", "actions/setup-python", "actions/upload-artifact", "pulumi/actions"}
_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")


def obeyed(log: str) -> list[str]:
    """Return the lines of a log that GitHub's runner takes for commands.

    It ends a line at a lone carriage return too, obeys `::` where a line begins, behind blanks as well, and the older
    `##[` wherever it stands.
    """
    lines = re.split(r"\r\n|\r|\n", log)
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


class GitHubRunner:
    """Runs a workflow.

    Args:
        repository: The folder that is checked out.
        work: Where the checkouts go.
        machine: The environment of the runner.
        context: What expressions name: `github`, `secrets`, `vars`.
    """

    def __init__(self, repository: Path, work: Path, machine: Mapping[str, str], context: Mapping[str, Any]) -> None:
        self.repository = repository
        self.work = work
        self.machine = machine
        self.context = context

    def run(self, workflow: Path) -> list[Job]:
        """Run all jobs in the order of the file; a job that needs a failed one is left out."""
        file = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        assert file["defaults"] == {"run": {"shell": "bash"}}  # Without it a failed pipe would pass.
        done: list[Job] = []
        for name, job in file["jobs"].items():
            needs = [each for each in done if each.name == job.get("needs")]
            for values in _matrix(job):
                context = {
                    **self.context,
                    "matrix": values,
                    "needs": {each.name: {"outputs": each.outputs} for each in needs},
                }
                made = Job(name, self.work / f"{workflow.stem}-{len(list(self.work.iterdir()))}")
                done.append(made)
                if all(each.code == 0 for each in needs) and _holds(job.get("if", "always()"), context):
                    self._run_job(made, job, context)
        return done

    def _run_job(self, made: Job, job: dict[str, Any], context: dict[str, Any]) -> None:
        made.check_out(self.repository)
        context["steps"] = {}
        written = {name: made.folder / f".{name}" for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in written.values():
            path.touch()
        made.code = 0
        for step in job["steps"]:
            if made.code != 0 and step.get("if") != "always()":
                continue
            if "uses" in step:
                action = step["uses"].partition("@")[0]
                assert action in _ACTIONS
                if action == "actions/upload-artifact":
                    made.keep(f"{step['with']['path']}/*")
                continue
            if step["name"] == "Install":
                assert step["run"] == INSTALL
                continue
            given = {**job.get("env", {}), **_pairs(written["GITHUB_ENV"]), **step.get("env", {})}
            made.environment = {name: _filled(value, context) for name, value in given.items()}
            names = {name: str(path) for name, path in written.items()}
            assert "secrets." not in step["run"]  # It would stand on a command line.
            code = made.run(
                _filled(step["run"], context), {**self.machine, **names, **made.environment}, "-eo", "pipefail"
            )
            made.code = made.code or code
            if "id" in step:
                context["steps"][step["id"]] = {"outputs": _pairs(written["GITHUB_OUTPUT"])}
        made.summary = written["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        made.log = re.sub(r"^::add-mask::.*\n", "", made.log, flags=re.MULTILINE)  # GitHub does not show these lines.
        if made.code == 0:
            made.outputs = {name: _filled(value, context) for name, value in job.get("outputs", {}).items()}


def _matrix(job: dict[str, Any]) -> Iterator[dict[str, str]]:
    axes = job.get("strategy", {}).get("matrix", {})
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def _filled(text: str, context: Mapping[str, Any]) -> str:
    return _EXPRESSION.sub(lambda match: str(_value(match[1], context)), text)


def _holds(condition: str, context: Mapping[str, Any]) -> bool:
    if condition == "always()":
        return True
    one, other = condition.split(" == ")
    return _value(one, context) == _value(other, context)


def _value(name: str, context: Mapping[str, Any]) -> Any:
    found: Any = context
    for part in name.split("."):
        found = found[part]
    return found


def _pairs(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines())
