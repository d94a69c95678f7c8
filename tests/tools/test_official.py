"""Which Pulumi of a machine can serve, and what is said of one that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import official
import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.274.1", (3, 274, 1)),
        ("3.216.0", (3, 216, 0)),
        ("v3.216.0-alpha.1760000000+abcdef0.dirty", (3, 216, 0)),
        ("3.300.0+dev", (3, 300, 0)),
        ("v10.0.12", (10, 0, 12)),
    ],
)
def test_a_version_is_read_with_and_without_its_v_and_its_suffix(text, version):
    """
    `pulumi version` prints releases, pre-releases and local builds in these forms.
    """
    assert official.parse_version(text) == version


@pytest.mark.parametrize("text", ["", "v", "3.216", "three.two.one", "warning: 3.1.2", "3.216.x", "3.216.0.1"])
def test_what_is_no_version_is_refused(text):
    """
    Anything else is not guessed at.
    """
    with pytest.raises(ValueError, match="is no version"):
        official.parse_version(text)


def test_a_new_enough_pulumi_with_its_host_beside_it_is_found(fake_bin, tmp_path):
    """
    An official installation has all files in one folder, those of other languages too.
    """
    fake_bin.add_pulumi("v3.216.0")

    tools = official.find(fake_bin.path, apart_from=tmp_path / "elsewhere")

    assert (tools.pulumi, tools.version) == (fake_bin.folder / "pulumi", "3.216.0")
    names = ("pulumi", *official.HOST_FILES, *official.OTHER_HOSTS)
    assert tools.files == {name: fake_bin.folder / name for name in names}


def test_the_host_is_found_beside_the_true_place_of_a_linked_pulumi(fake_bin, tmp_path):
    """
    A package manager may put only a link to `pulumi` on PATH; the engine finds its host beside the real file.
    """
    fake_bin.add_pulumi("v3.274.1")
    links = tmp_path / "links"
    links.mkdir()
    (links / "pulumi").symlink_to(fake_bin.folder / "pulumi")

    tools = official.find(f"{links}:{tmp_path / 'shell'}", apart_from=tmp_path / "elsewhere")

    assert tools.files["pulumi"] == fake_bin.folder / "pulumi"
    assert tools.files["pulumi-language-python"] == fake_bin.folder / "pulumi-language-python"


def test_no_pulumi_at_all_is_said(fake_bin, tmp_path):
    """
    The message becomes the reason for building one.
    """
    with pytest.raises(official.UnusableError) as caught:
        official.find(fake_bin.path, apart_from=tmp_path)

    assert str(caught.value) == "no pulumi is on PATH"


def test_an_old_pulumi_is_refused_by_its_version(fake_bin, tmp_path):
    """
    3.215 lacks what the snapshot's refresh needs.
    """
    fake_bin.add_pulumi("v3.215.9")

    with pytest.raises(official.UnusableError) as caught:
        official.find(fake_bin.path, apart_from=tmp_path)

    assert str(caught.value) == f"{fake_bin.folder}/pulumi is version 3.215.9, older than 3.216.0"


@pytest.mark.parametrize("missing", official.HOST_FILES)
def test_a_pulumi_without_a_file_of_its_python_host_is_refused(fake_bin, tmp_path, missing):
    """
    Each of the three is run by the engine at some point of a Python program.
    """
    fake_bin.add_pulumi("v3.274.1", without=missing)

    with pytest.raises(official.UnusableError) as caught:
        official.find(fake_bin.path, apart_from=tmp_path)

    assert str(caught.value) == f"{fake_bin.folder}/pulumi, version 3.274.1, has no {missing}"


@pytest.mark.parametrize("missing", official.OTHER_HOSTS)
def test_a_pulumi_without_the_host_of_another_language_serves(fake_bin, tmp_path, missing):
    """
    The host that is missing can be built beside it.
    """
    fake_bin.add_pulumi("v3.274.1", without=missing)

    tools = official.find(fake_bin.path, apart_from=tmp_path)

    assert missing not in tools.files


def test_a_link_to_a_host_that_was_built_is_not_taken_for_an_official_one(fake_bin, tmp_path):
    """
    A person may have linked our host into a folder of their own; a link to that would lead in a circle.
    """
    fake_bin.add_pulumi("v3.274.1", without="pulumi-language-yaml")
    built = tmp_path / "engine" / "pulumi-language-yaml"
    built.parent.mkdir()
    built.write_text("#!/bin/sh\n")
    built.chmod(0o755)
    (fake_bin.folder / "pulumi-language-yaml").symlink_to(built)

    tools = official.find(fake_bin.path, apart_from=built.parent)

    assert "pulumi-language-yaml" not in tools.files


@pytest.mark.parametrize("script", ["echo 'not a version'", "exit 3"])
def test_a_pulumi_that_does_not_say_its_version_is_refused(fake_bin, tmp_path, script):
    """
    A broken `pulumi` leads to a build, not to a failure.
    """
    fake_bin.add_pulumi("v3.274.1")
    fake_bin.add("pulumi", script)

    with pytest.raises(official.UnusableError, match=rf"^{fake_bin.folder}/pulumi does not say its version: "):
        official.find(fake_bin.path, apart_from=tmp_path)


def test_the_engine_that_was_installed_before_is_not_taken_for_an_official_one(fake_bin):
    """
    `.engine/bin` is often first on PATH; it must not end up as links to itself.
    """
    fake_bin.add_pulumi("v3.274.1")

    with pytest.raises(official.UnusableError, match=r"^no pulumi is on PATH$"):
        official.find(fake_bin.path, apart_from=fake_bin.folder)


def test_a_link_to_the_engine_that_was_built_is_not_taken_for_an_official_one(fake_bin, tmp_path):
    """
    A person may have linked it into a folder of their own; links to that would lead in a circle.
    """
    fake_bin.add_pulumi("v3.274.1")
    links = tmp_path / "links"
    links.mkdir()
    (links / "pulumi").symlink_to(fake_bin.folder / "pulumi")

    with pytest.raises(official.UnusableError) as caught:
        official.find(f"{links}:{tmp_path / 'shell'}", apart_from=fake_bin.folder)

    assert str(caught.value) == f"{links}/pulumi is a link to the engine that was built here before"


def test_a_folder_on_path_that_does_not_exist_is_passed_over(fake_bin, tmp_path):
    """
    PATH may name such folders, and empty ones.
    """
    fake_bin.add_pulumi("v3.274.1")
    path: Path = tmp_path / "nowhere"

    tools = official.find(f"{path}::{fake_bin.path}", apart_from=tmp_path / "elsewhere")

    assert tools.version == "3.274.1"
