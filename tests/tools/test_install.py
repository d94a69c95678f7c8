"""`install.py` as a person runs it: which engine it chooses, and that nothing is ever half-made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from go_module import GoModule

TOOLS = Path(__file__).resolve().parents[2] / "tools" / "engine"
PINNED = GoModule(TOOLS).version("github.com/pulumi/pulumi/pkg/v3")
YAML = GoModule(TOOLS / "hosts" / "yaml").version("github.com/pulumi/pulumi-yaml")
NODE, GO_HOST = (
    GoModule(TOOLS / "hosts" / language).version("github.com/pulumi/pulumi/sdk/v3") for language in ("nodejs", "go")
)
TAKES = "about a minute the first time, then seconds"
OF_THE_ENGINE = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
OTHER_HOSTS = ("pulumi-language-go", "pulumi-language-nodejs", "pulumi-language-yaml")
GO = """\
echo "$1 $2" >> {log}
case "$1" in
  env) echo go1.26.6 ;;
  build) while [ "$1" != -o ]; do shift; done; echo '#!/bin/sh' > "$2"; chmod 755 "$2" ;;
  mod) echo '{{"Dir": "{sdk}"}}' ;;
esac
"""
SAID_WITHOUT = (
    f"pulumi {PINNED} cannot be built from its Go modules: there is no `go` on PATH; install Pulumi "
    "(https://www.pulumi.com/docs/install/) or Go 1.26.6 (https://go.dev/dl/), and try again\n"
)


@pytest.fixture
def into(tmp_path):
    """
    The folder to install into.
    """
    return tmp_path / "engine"


@pytest.fixture
def start(fake_bin, into):
    """
    Start `install.py` with the fake executables alone on PATH.
    """

    def run(*arguments):
        return subprocess.Popen(
            [sys.executable, str(TOOLS / "install.py"), "--into", str(into), *arguments],
            env={**os.environ, "PATH": fake_bin.path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.fixture
def install(start):
    """
    Run `install.py` to its end; gives exit code, stdout and stderr.
    """

    def run(*arguments):
        with start(*arguments) as running:
            said, complained = running.communicate(timeout=60)
        return running.returncode, said, complained

    return run


@pytest.fixture
def go_log(fake_bin, tmp_path):
    """
    A `go` that builds in a moment; gives the file where it notes each call.
    """
    sdk = tmp_path / "sdk"
    for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
        (sdk / script).parent.mkdir(parents=True)
        (sdk / script).write_text("#!/bin/sh\n")
        (sdk / script).chmod(0o444)
    for source in ("schema.json", "terraform-mapping.json"):
        (sdk / "cmd" / "pulumi-resource-kubernetes").mkdir(parents=True, exist_ok=True)
        (sdk / "cmd" / "pulumi-resource-kubernetes" / source).write_text("{}")
    log = tmp_path / "go-log"
    fake_bin.add("go", GO.format(log=log, sdk=sdk))
    return log


def test_an_official_pulumi_is_linked(install, into, fake_bin):
    """
    Whoever puts `.engine/bin` on PATH gets it, host and all; nothing is built.
    """
    fake_bin.add_pulumi("v3.300.0")

    code, said, complained = install()

    assert (code, complained) == (0, "")
    assert said == f"engine: pulumi 3.300.0 of {fake_bin.folder} is used; {into}/bin holds links to it\n"
    assert sorted((file.name, file.readlink()) for file in (into / "bin").iterdir()) == [
        (name, fake_bin.folder / name) for name in sorted((*OF_THE_ENGINE, *OTHER_HOSTS))
    ]


def test_an_official_pulumi_without_a_yaml_host_gets_ours_beside_its_links(install, into, fake_bin, go_log):
    """
    Installations of other makers lack it; its absence is told, and the engine finds it in `.engine/bin`, on PATH. A
    second call finds it there.
    """
    fake_bin.add_pulumi("v3.300.0", without="pulumi-language-yaml")

    first_code, first, complained = install()
    go_log.unlink()
    second_code, second, _ = install()

    assert (first_code, second_code, complained) == (0, 0, "")
    because = f"{fake_bin.folder}/pulumi, version 3.300.0, has no pulumi-language-yaml"
    assert first.splitlines()[1:] == [
        f"engine: {because}: building the YAML host {YAML} from its Go modules: {TAKES}",
        "engine: built in 0 s",
        f"engine: the YAML host {YAML} is in {into}/bin",
    ]
    assert second.splitlines()[1:] == [f"engine: the YAML host {YAML} is in {into}/bin"]
    assert not (into / "bin" / "pulumi-language-yaml").is_symlink()
    assert not go_log.exists()


def test_an_official_pulumi_without_a_yaml_host_and_no_go_is_one_message(install, into, fake_bin):
    """
    What is missing is named, and the way out.
    """
    fake_bin.add_pulumi("v3.300.0", without="pulumi-language-yaml")

    code, _, complained = install()

    assert code == 1
    assert complained == (
        f"engine: {fake_bin.folder}/pulumi, version 3.300.0, has no pulumi-language-yaml, and the YAML host {YAML} "
        "cannot be built from its Go modules: there is no `go` on PATH; "
        "install Go 1.26.6 (https://go.dev/dl/), and try again\n"
    )


def test_the_hosts_of_node_and_go_are_built_on_demand_once(install, into, go_log):
    """
    `make engine-hosts` adds what later programs are written in; each is a build of its own.
    """
    install()
    before = {name for name in OTHER_HOSTS if (into / "bin" / name).exists()}

    _, first, complained = install("--hosts")
    go_log.unlink()
    _, second, _ = install("--hosts")

    assert before == {"pulumi-language-yaml"}
    assert complained == ""
    assert [line for line in first.splitlines() if " building " in line] == [
        f"engine: building the {host} from its Go modules: {TAKES}"
        for host in (f"Node host {NODE}", f"Go host {GO_HOST}")
    ]
    assert second.splitlines()[2:] == [
        f"engine: the {host} is in {into}/bin" for host in (f"Node host {NODE}", f"Go host {GO_HOST}")
    ]
    assert all(os.access(into / "bin" / name, os.X_OK) for name in OTHER_HOSTS)
    assert not go_log.exists()


def test_the_yaml_host_is_built_on_the_engines_own_release():
    """
    A host of another release may lack what the engine asks of it.
    """
    assert GoModule(TOOLS / "hosts" / "yaml").version("github.com/pulumi/pulumi/pkg/v3") == PINNED


@pytest.mark.parametrize(
    ("official", "because"),
    [
        ({}, "no pulumi is on PATH"),
        ({"version": "v3.100.0"}, "{folder}/pulumi is version 3.100.0, older than 3.216.0"),
        (
            {"version": "v3.274.1", "without": "pulumi-language-python-exec"},
            "{folder}/pulumi, version 3.274.1, has no pulumi-language-python-exec",
        ),
    ],
)
@pytest.mark.usefixtures("go_log")
def test_without_a_usable_pulumi_one_is_built_and_the_reason_is_told(install, into, fake_bin, official, because):
    """
    One line says why, what is built, and how long it takes; the host of this checkout goes beside it.
    """
    if official:
        fake_bin.add_pulumi(**official)

    code, said, complained = install()

    assert (code, complained) == (0, "")
    assert said == (
        f"engine: {because.format(folder=fake_bin.folder)}: building pulumi {PINNED} from its Go modules: "
        "about 4 minutes the first time, then seconds\n"
        f"engine: built in 0 s\nengine: pulumi {PINNED} is in {into}/bin\n"
        f"engine: building the YAML host {YAML} from its Go modules: {TAKES}\n"
        f"engine: built in 0 s\nengine: the YAML host {YAML} is in {into}/bin\n"
    )
    for name in (*OF_THE_ENGINE, "pulumi-language-yaml"):
        assert os.access(into / "bin" / name, os.X_OK)
    assert (into / "bin" / "language_host" / "service.py").exists()


def test_a_second_call_does_not_run_go(install, into, go_log):
    """
    It finds all in place, says so in a line each, and ends.
    """
    install()
    go_log.unlink()

    code, said, complained = install()

    assert (code, complained) == (0, "")
    assert said == f"engine: pulumi {PINNED} is in {into}/bin\nengine: the YAML host {YAML} is in {into}/bin\n"
    assert not go_log.exists()


def test_an_engine_that_was_built_gives_way_to_an_official_one_and_comes_back(install, into, fake_bin, go_log):
    """
    Installing Pulumi, or removing it, is noticed by the next call.
    """
    install()
    fake_bin.add_pulumi("v3.300.0")
    install()
    linked = [name for name in (*OF_THE_ENGINE, *OTHER_HOSTS) if (into / "bin" / name).is_symlink()]
    for name in (*OF_THE_ENGINE, *OTHER_HOSTS):
        (fake_bin.folder / name).unlink()

    code, said, _ = install()

    assert linked == [*OF_THE_ENGINE, *OTHER_HOSTS]
    assert code == 0
    assert said.startswith(f"engine: no pulumi is on PATH: building pulumi {PINNED} ")
    assert f"engine: building the YAML host {YAML} " in said
    assert not any(file.is_symlink() for file in (into / "bin").iterdir())


def test_the_kubernetes_provider_is_built_beside_an_official_engine_once(install, into, fake_bin, go_log):
    """
    On demand alone; it is the engine that finds it on PATH, whichever engine that is.
    """
    fake_bin.add_pulumi("v3.300.0")

    first_code, first, complained = install("--kubernetes")
    go_log.unlink()
    second_code, second, _ = install("--kubernetes")

    assert (first_code, second_code, complained) == (0, 0, "")
    assert first.splitlines()[1:] == [
        "engine: building the Kubernetes provider from its Go modules: about 6 minutes the first time, then a minute",
        "engine: built in 0 s",
        f"engine: the Kubernetes provider is in {into}/bin",
    ]
    assert second.splitlines()[1:] == [f"engine: the Kubernetes provider is in {into}/bin"]
    assert os.access(into / "bin" / "pulumi-resource-kubernetes", os.X_OK)
    assert not go_log.exists()


def test_the_kubernetes_provider_without_go_is_one_message(install, into, fake_bin):
    """
    No official installation brings it, so Go is the only way out.
    """
    fake_bin.add_pulumi("v3.300.0")

    code, _, complained = install("--kubernetes")

    assert code == 1
    assert complained == (
        "engine: the Kubernetes provider cannot be built from its Go modules: there is no `go` on PATH; "
        "install Go 1.24.7 (https://go.dev/dl/), and try again\n"
    )
    assert not (into / "bin" / "pulumi-resource-kubernetes").exists()


def test_neither_pulumi_nor_go_is_one_message(install, into):
    """
    Both ways out are named; nothing is left behind.
    """
    code, said, complained = install()

    assert (code, said) == (1, "")
    assert complained == f"engine: no pulumi is on PATH, and {SAID_WITHOUT}"
    assert not into.exists()


def test_a_go_that_is_too_old_is_one_message(install, into, fake_bin):
    """
    The Go that was found is named, and the one that is needed.
    """
    go = fake_bin.add("go", "echo go1.20.14")

    code, _, complained = install()

    assert code == 1
    assert complained == (
        f"engine: no pulumi is on PATH, and pulumi {PINNED} cannot be built from its Go modules: {go} is version "
        "1.20.14, older than 1.26.6; install Pulumi (https://www.pulumi.com/docs/install/) or Go 1.26.6 "
        "(https://go.dev/dl/), and try again\n"
    )
    assert not into.exists()


def test_a_failed_download_leaves_nothing(install, into, fake_bin):
    """
    The module is named, the exit code is 1, and no file of a half-made engine is there.
    """
    fake_bin.add(
        "go", '[ "$1" = env ] && echo go1.26.6 && exit\necho "go: example.org/x@v1.2.3: 403 Forbidden" >&2\nexit 1'
    )

    code, _, complained = install()

    assert code == 1
    assert complained == (
        f"engine: pulumi {PINNED} was not installed: "
        "the module example.org/x v1.2.3 could not be downloaded: 403 Forbidden\n"
        "the modules that Go has already are kept, so try again\n"
    )
    assert list(into.iterdir()) == []


def test_a_host_that_cannot_be_built_leaves_the_engine(install, into, fake_bin):
    """
    The message names the host; what is in place serves programs of other languages.
    """
    fake_bin.add_pulumi("v3.300.0", without="pulumi-language-yaml")
    fake_bin.add("go", '[ "$1" = env ] && echo go1.26.6 && exit\necho "main.go:3:1: no space left" >&2\nexit 1')

    code, _, complained = install()

    assert code == 1
    assert complained == f"engine: the YAML host {YAML} was not installed: go failed:\nmain.go:3:1: no space left\n"
    assert (into / "bin" / "pulumi").exists()
    assert not (into / "bin" / "pulumi-language-yaml").exists()


def test_a_folder_that_cannot_be_written_is_one_message(install, into, fake_bin):
    """
    No traceback for something that a person can mend.
    """
    fake_bin.add_pulumi("v3.300.0")
    into.write_text("a file stands in the way")

    code, _, complained = install()

    assert code == 1
    assert complained == f"engine: [Errno 17] File exists: '{into}'\n"


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_and_prints_no_traceback(start, into, fake_bin, tmp_path, by):
    """
    Ctrl-C during the minutes of a build is no accident.
    """
    building = tmp_path / "building"
    os.mkfifo(building)
    more_than_a_pipe_holds = "printf '%200000s' . >&2"  # So that it was read from before the test goes on.
    fake_bin.add(
        "go", f'[ "$1" = env ] && echo go1.26.6 && exit\n{more_than_a_pipe_holds}\necho > {building}\nexec sleep 60'
    )

    with start() as running:
        building.read_text()  # Blocks until `go build` runs.
        running.send_signal(by)
        _, complained = running.communicate(timeout=30)

    assert running.returncode == 130
    assert complained == "engine: interrupted; nothing half-made was left\n"
    assert list(into.iterdir()) == []
