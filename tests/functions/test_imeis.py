"""IMEIs as a program hands them over."""

import logging

import pulumi
import pytest

import pulumi_fota as fota
from pulumi_fota.errors import InvalidArgument, InvalidImei

A, B = "356938035643809", "490154203237518"
ODD = "990013907835573"


def test_the_imeis_of_a_file_go_into_a_read(reachable, tmp_path):
    """
    What `read_imeis` gives is what `get_devices` takes, in the file's order, each once.
    """
    (tmp_path / "meters.csv").write_text(f"imei,site\n{B},x\n{A},y\n")

    imeis = fota.read_imeis(tmp_path / "meters.csv")

    assert imeis == (B, A)
    assert len(fota.get_devices(imeis)) == 2


def test_a_relative_path_starts_at_the_programs_folder(tmp_path, monkeypatch):
    """
    Pulumi runs a program in its own folder.
    """
    (tmp_path / "meters.txt").write_text(A)
    monkeypatch.chdir(tmp_path)

    assert fota.read_imeis("meters.txt") == (A,)


def test_the_column_of_a_file_is_taken_by_its_name(tmp_path):
    """
    Where a table has several columns of IMEIs, the program says which.
    """
    (tmp_path / "meters.csv").write_text(f"imei,modem\n{B},{A}\n")

    assert fota.read_imeis(str(tmp_path / "meters.csv"), column="modem") == (A,)


def test_lines_that_are_repeated_are_noted(tmp_path, caplog):
    """
    A doubled line is no error, but it is worth a word: the count is not that of the lines.
    """
    caplog.set_level(logging.INFO)
    path = tmp_path / "meters.txt"
    path.write_text(f"{A}\n{B}\n{A}\n{A}\n")

    fota.read_imeis(path)

    assert caplog.messages == [f"1 IMEI is repeated in {path}, and sent once: {A} (line 1, line 3, line 4)"]


def test_rows_that_are_left_out_are_noted(tmp_path, caplog):
    """
    A row without an IMEI and one of totals are left out, and never in silence.
    """
    caplog.set_level(logging.INFO)
    path = tmp_path / "meters.csv"
    path.write_text(f"site,imei\nx,{A}\ny,N/A\nz,{B}\ny,\nTotal,4\n")

    imeis = fota.read_imeis(path, skip_blank=True)

    assert imeis == (A, B)
    assert caplog.messages == [
        f"2 of 4 rows have no IMEI in {path}, left out: line 3, line 5",
        f"line 6 of {path} is a row of totals, left out",
    ]


def test_every_option_of_a_file_reaches_its_reader(tmp_path):
    """
    The public function takes the options that the messages name.
    """
    path = tmp_path / "meters.csv"
    path.write_bytes(f"imei1;imei2;owner\n{A};{B};Müller\n{B};;Müller\n".encode("cp1252"))

    options = {"column": "imei2", "encoding": "cp1252", "skip_blank": True}

    assert fota.read_imeis(path, **options, where=lambda row: row["owner"] == "Müller") == (B,)
    assert fota.read_imeis(path, **options, where=lambda row: row["owner"] == "x", allow_empty=True) == ()


def test_of_many_repeated_imeis_some_are_named(reachable, caplog):
    """
    A line of output stays a line.
    """
    caplog.set_level(logging.INFO)
    imeis = [f"35693803564{n:04d}" for n in range(7)]

    fota.get_devices([*imeis, *imeis])

    (said,) = [message for message in caplog.messages if "repeated" in message]
    assert said == (
        "7 IMEIs are repeated in `imeis`, and sent once: 356938035640000 (item 1, item 8), "
        "356938035640001 (item 2, item 9), 356938035640002 (item 3, item 10), 356938035640003 (item 4, item 11), "
        "356938035640004 (item 5, item 12), …"
    )


def test_a_check_digit_that_does_not_fit_is_a_warning(reachable, caplog):
    """
    Samples of the carrier's own pages have one, so the IMEI is asked for as it is.
    """
    reachable.add({"deviceId": ODD, "firmware": "1"})

    meters = fota.get_devices([A, ODD])

    assert meters[ODD].firmware == "1"
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert warning.message == (f"1 IMEI has a check digit that does not match (possible typo; sent anyway): {ODD}")


def test_an_error_of_a_file_names_file_and_line(tmp_path):
    """
    Nothing of a file is used when a line of it is wrong.
    """
    (tmp_path / "meters.txt").write_text(f"{A}\n35693803564380\n")

    with pytest.raises(InvalidImei, match=r"1 of 2 IMEIs in meters\.txt cannot be used.*\n  line 2: '35693803564380'"):
        fota.read_imeis(tmp_path / "meters.txt")


def test_one_imei_is_parsed():
    """
    The public function for one is the one that reads files.
    """
    assert fota.parse_imei("35-693803-564380-9") == A


def test_one_output_is_refused_with_the_function_to_use(reachable, run):
    """
    As in a list of them.
    """

    def program():
        with pytest.raises(InvalidArgument, match="^imei= is an Output, whose value is not known yet"):
            fota.get_device(pulumi.Output.from_input(A))

    run(program)
