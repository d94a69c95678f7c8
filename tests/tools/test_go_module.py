"""How a command is built with Go, and what is said when that fails."""

from __future__ import annotations

import go_module
import pytest
from go_module import GoError, GoModule

GO_MOD = """\
module engine

go 1.26.6

require example.org/direct/v3 v3.1.4

require (
\texample.org/other v0.0.0-20241001131231-d02d263e614e // indirect
)
"""


@pytest.fixture
def module(tmp_path):
    """
    A module that pins two others.
    """
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "go.mod").write_text(GO_MOD)
    (folder / "go.sum").touch()
    return GoModule(folder)


@pytest.fixture
def go(fake_bin, monkeypatch):
    """
    Write the `go` that is on PATH, as a shell script.
    """
    monkeypatch.setenv("PATH", fake_bin.path)
    return lambda script: fake_bin.add("go", script)


def nothing(_text):
    """Say nothing."""


def test_versions_are_read_from_go_mod(module):
    """
    The pinned version stands in one place alone.
    """
    assert module.go == "1.26.6"
    assert module.version("example.org/direct/v3") == "3.1.4"
    assert module.version("example.org/other") == "0.0.0-20241001131231-d02d263e614e"


def test_a_module_that_is_not_required_is_an_error(module):
    """
    A misspelled name does not give an empty version.
    """
    with pytest.raises(GoError, match=r"go\.mod does not name a version of example\.org/none$"):
        module.version("example.org/none")


def test_the_sources_are_what_go_reads_in_the_folder(module):
    """
    They decide whether what was built is still current; Python files beside them do not.
    """
    (module.folder / "tools.go").touch()
    (module.folder / "go_module.py").touch()

    assert [file.name for file in module.sources] == ["go.mod", "go.sum", "tools.go"]


def test_a_machine_without_go_is_told_so(module, fake_bin, monkeypatch):
    """
    The caller adds what to install.
    """
    monkeypatch.setenv("PATH", fake_bin.path)

    with pytest.raises(GoError, match=r"^there is no `go` on PATH$"):
        module.check_go()


@pytest.mark.parametrize("version", ["go1.20.14", "go1.26.5", "go1.9"])
def test_a_go_that_is_too_old_is_refused_by_its_version(module, go, version):
    """
    Versions compare as numbers: 1.9 is older than 1.26.
    """
    place = go(f"echo {version}")

    with pytest.raises(GoError) as caught:
        module.check_go()

    assert str(caught.value) == f"{place} is version {version.removeprefix('go')}, older than 1.26.6"


@pytest.mark.parametrize("version", ["go1.26.6", "go1.27rc1", "go2.0"])
def test_a_new_enough_go_is_accepted(module, go, version):
    """
    The version asked for, and any later one.
    """
    go(f"echo {version}")

    module.check_go()


def test_a_go_that_cannot_fetch_the_newer_one_it_needs_says_why(module, go):
    """
    From 1.21 on, `go` fetches the toolchain that go.mod names; its last line has the reason.
    """
    go(
        "echo 'go: downloading go1.26.6 (linux/amd64)' >&2\n"
        "echo 'go: download go1.26.6: connection refused' >&2\n"
        "exit 1",
    )

    with pytest.raises(GoError, match=r"^go: download go1\.26\.6: connection refused$"):
        module.check_go()


def test_a_build_writes_where_it_is_told(module, go, tmp_path):
    """
    The command line is `go build FLAGS -o FILE PACKAGE`, and GOFLAGS of the person's own are kept.
    """
    go('echo "$GOFLAGS $GOWORK $*" > "$5"')

    module.build("example.org/direct/v3/cmd", to=tmp_path / "out", flags=("-ldflags", "-s"), say=nothing)

    assert (tmp_path / "out").read_text().split() == [
        *("-mod=readonly", "-buildvcs=false", "off"),
        *("build", "-ldflags", "-s", "-o", str(tmp_path / "out"), "example.org/direct/v3/cmd"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        'go: example.org/other@v0.1.2: Get "http://127.0.0.1:9/x.zip": connection refused',
        '../main.go:12:2: example.org/other@v0.1.2: Get "http://127.0.0.1:9/x.zip": connection refused',
    ],
)
def test_a_failed_download_names_the_module(module, go, tmp_path, said):
    """
    Of hundreds of modules, the one that failed is named, with the reason; downloads that went well are not shown.
    """
    go(f"echo 'go: downloading example.org/fine v1.0.0' >&2\ncat >&2 <<'END'\n{said}\nEND\nexit 1")

    with pytest.raises(GoError) as caught:
        module.build("example.org/direct/v3", to=tmp_path / "out", say=nothing)

    assert str(caught.value) == (
        'the module example.org/other v0.1.2 could not be downloaded: Get "http://127.0.0.1:9/x.zip": '
        "connection refused\nthe modules that Go has already are kept, so try again"
    )


def test_a_failed_compilation_shows_the_compilers_words(module, go, tmp_path):
    """
    What is no download is passed on as it is.
    """
    go("echo '# example.org/direct/v3' >&2\necho 'main.go:3:1: no space left on device' >&2\nexit 1")

    with pytest.raises(GoError) as caught:
        module.build("example.org/direct/v3", to=tmp_path / "out", say=nothing)

    assert str(caught.value) == ("go failed:\n# example.org/direct/v3\nmain.go:3:1: no space left on device")


def test_a_long_build_gives_signs_of_life(module, go, tmp_path, monkeypatch):
    """
    Go compiles for minutes without a word; a person is told that it still does.
    """
    heard = tmp_path / "heard"
    said = []

    def say(text):
        said.append(text)
        heard.touch()

    monkeypatch.setattr(go_module, "_HEARTBEAT", 0.01)
    go(f"echo 'go: downloading example.org/fine v1.0.0' >&2\nuntil [ -e {heard} ]; do sleep 0.01; done")

    module.build("example.org/direct/v3", to=tmp_path / "out", say=say)

    assert said[0].startswith("... 0 s, ")
    assert said[0].endswith(" modules downloaded")


def test_the_folder_of_a_module_is_where_go_keeps_it(module, go):
    """
    Scripts of a module are copied from there.
    """
    go("""echo '{"Path": "example.org/other", "Dir": "/kept/other@v0.1.2"}'""")

    assert module.folder_of("example.org/other") == "/kept/other@v0.1.2"


def test_a_folder_that_cannot_be_downloaded_names_the_module(module, go):
    """
    `go mod download -json` tells a failure in its JSON.
    """
    go("""echo '{"Path": "x", "Error": "example.org/other@v0.1.2: 410 Gone"}'\nexit 1""")

    with pytest.raises(GoError, match=r"^the module example\.org/other v0\.1\.2 could not be downloaded: 410 Gone\n"):
        module.folder_of("example.org/other")


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (201, "3 min 21 s")])
def test_durations_are_told_in_minutes_and_seconds(seconds, text):
    """
    As a person would say it.
    """
    assert go_module.spoken(seconds) == text
