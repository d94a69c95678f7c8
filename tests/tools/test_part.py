"""Parts of the engine: made once, made anew when their sources change, never half in place."""

from __future__ import annotations

import pytest
from part import Part


@pytest.fixture
def source(tmp_path):
    """
    The one source of a part.
    """
    file = tmp_path / "source"
    file.write_text("first")
    return file


@pytest.fixture
def part(source):
    """
    A part of a file and a folder, both copied from the source.
    """

    def make(folder):
        (folder / "tool").write_text(source.read_text())
        (folder / "library").mkdir()
        (folder / "library" / "module").write_text(source.read_text())

    return Part("tools", ("tool", "library"), (source,), make)


def test_a_part_is_current_once_it_is_installed(part, tmp_path):
    """
    A second installation has nothing to do.
    """
    into = tmp_path / "engine"
    before = part.is_current(into)

    part.install(into)

    assert not before
    assert part.is_current(into)
    assert (into / "bin" / "tool").read_text() == "first"


def test_a_changed_source_makes_it_out_of_date_and_installing_replaces_all_of_it(part, source, tmp_path):
    """
    A pinned version that moves, or a changed language host, is noticed; a folder is replaced as a whole.
    """
    into = tmp_path / "engine"
    part.install(into)
    (into / "bin" / "library" / "stale").touch()
    source.write_text("second")
    noticed = not part.is_current(into)

    part.install(into)

    assert noticed
    assert part.is_current(into)
    assert (into / "bin" / "tool").read_text() == "second"
    assert [file.name for file in (into / "bin" / "library").iterdir()] == ["module"]


def test_a_file_that_was_removed_makes_it_out_of_date(part, tmp_path):
    """
    The stamp alone is not believed.
    """
    into = tmp_path / "engine"
    part.install(into)

    (into / "bin" / "tool").unlink()

    assert not part.is_current(into)


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_part_that_cannot_be_made_leaves_the_old_one_in_place(part, source, tmp_path, failure):
    """
    A failed download, or Ctrl-C, takes nothing away and leaves nothing behind.
    """
    into = tmp_path / "engine"
    part.install(into)
    before = sorted(file.relative_to(into) for file in into.rglob("*"))

    def make_half(folder):
        (folder / "tool").write_text("half")
        raise failure

    with pytest.raises(failure):
        Part("tools", ("tool",), (source,), make_half).install(into)

    assert sorted(file.relative_to(into) for file in into.rglob("*")) == before
    assert (into / "bin" / "tool").read_text() == "first"
    assert part.is_current(into)
