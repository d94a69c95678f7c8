"""Build the wheel and the source distribution into `dist`, the same bytes each time.

    python tools/dist.py [--release v0.1.0] [--into dist]

For a release, named by its tag, it refuses what is not ready: a placeholder where a URL belongs, a version other than
the tag, a changelog without a date, changes that are not committed. Nothing is put into `dist` then.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
_PLACEHOLDER = re.compile(r"https?://[\w.-]+\.invalid\b[^\s@\"'`#]*")


def main() -> int:
    """Build, check what a release needs, and put the two files in place with their digests on stdout."""
    options = argparse.ArgumentParser(description="Build the wheel and the source distribution.")
    options.add_argument("--release", metavar="TAG", help="refuse what is not ready to be released under this tag")
    options.add_argument("--into", type=Path, default=ROOT / "dist", help="the folder (default: dist)")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="dist-") as folder:
        built = build(Path(folder))
        problems = [] if given.release is None else list(unready(built[-1], given.release))
        for problem in problems:
            print(f"dist: {problem}", file=sys.stderr)
        if problems:
            return 1
        shutil.rmtree(given.into, ignore_errors=True)
        given.into.mkdir(parents=True)
        for file in built:
            shutil.copyfile(file, given.into / file.name)
            print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}")
    return 0


def build(into: Path) -> list[Path]:
    """Build the source distribution, and the wheel from it; return both, the wheel last."""
    # Without this variable the build backend takes a date of its own, the same one for every build.
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(into), str(ROOT)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"dist: the build failed, and nothing was put in place:\n{done.stdout.strip()}")
    return [*into.glob("*.tar.gz"), *into.glob("*.whl")]


def unready(wheel: Path, tag: str) -> Iterator[str]:
    """Yield why the project cannot be released as this wheel, under this tag."""
    with zipfile.ZipFile(wheel) as content:
        (name,) = (name for name in content.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(content.read(name))
    version = metadata["Version"]
    urls = "\n".join(metadata.get_all("Project-URL", []))
    description = metadata.get_payload(decode=True)
    readme = description.decode() if isinstance(description, bytes) else ""
    for where, text in (("[project.urls] of pyproject.toml", urls), ("README.md", readme)):
        for url in sorted(set(_PLACEHOLDER.findall(text))):
            yield f"{where} holds {url}: put the URL of the repository in its place, in all documents"
    if tag != f"v{version}":
        yield f"the tag is {tag}, but the version is {version}: tag it v{version}"
    if not re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", _read("CHANGELOG.md"), re.MULTILINE):
        yield f"CHANGELOG.md does not say when {version} was released: write `## {version} (YYYY-MM-DD)`"
    if changed := _changed():
        yield f"not committed: {', '.join(changed)}"


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _changed() -> list[str]:
    """Return the files that differ from the last commit or are not in it."""
    done = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line[3:] for line in done.stdout.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
