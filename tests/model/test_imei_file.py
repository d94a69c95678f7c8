"""The IMEIs of a file: text, tables and JSON, and what is told of each."""

import codecs

import pulumi
import pytest

from pulumi_fota.errors import InvalidImei
from pulumi_fota.model.imei_file import read_imei_file

A, B, C = "356938035643809", "490154203237518", "359999000000018"


def test_a_text_file_holds_one_imei_a_line(file):
    """
    Empty lines and comments do not count, and the printed form is read.
    """
    path = file("meters.txt", f"# Allentown\n{A}\n\n  # Bethlehem\n49-015420-323751-8")

    assert read_imei_file(path).imeis == (A, B)


def test_a_file_saved_by_a_windows_editor_is_read(file):
    """
    A byte order mark, carriage returns, a no-break space, an empty line and a doubled line do no harm, and
    the doubled one is noted with its lines.
    """
    path = file("meters.txt", f"\ufeff{A}\r\n\u00a0{B}\r\n\r\n{A}\r\n")

    found = read_imei_file(path)

    assert found.imeis == (A, B)
    assert found.repeated == {A: ["line 1", "line 4"]}


@pytest.mark.parametrize(
    "line", [A, f"{A}\r", f'"{A}"', f"'{A}", f'="{A}"', f'"=""{A}"""', f"{A},", f'"{A}",', f"{A};"]
)
def test_a_line_is_read_as_it_is_copied(file, line):
    """
    Out of a spreadsheet, a table, or a list in a program.
    """
    assert read_imei_file(file("meters.txt", f"{line}\n{B}\n")).imeis == (A, B)


@pytest.mark.parametrize("heading", ["IMEI", "Device IMEI", '"IMEI Number"', "deviceId", "# IMEI"])
def test_a_text_file_may_have_a_heading(file, heading):
    """
    So is a column that was copied with it.
    """
    assert read_imei_file(file("meters.txt", f"{heading}\n{A}\n")).imeis == (A,)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{A},{B}", f"'{A},{B}' is two values on one line: is this a table? name it .csv"),
        (f'"{A}","{B}"', f"""'"{A}","{B}"' is two values on one line: is this a table? name it .csv"""),
        (f"{A}\tEaston", f"'{A}\\tEaston' is two values on one line: is this a table? name it .csv"),
        (f"{A} {B} {C}", f"'{A} {B} {C}' is 3 values on one line: is this a table? name it .csv"),
        ("IMEI;Site", "'IMEI;Site' is two values on one line: is this a table? name it .csv"),
        (f"IMEI: {A}", f"'IMEI: {A}' is two values on one line: is this a table? name it .csv"),
        (f"IMEI{A}", f"'IMEI{A}' has U+0049 (latin capital letter i) as character 1"),
    ],
)
def test_several_values_on_a_line_of_text_are_refused(file, refusal, line, reason):
    """
    What is a table is named as one, and never called a decimal number.
    """
    assert f"line 1: {reason}" in refusal(file("meters.txt", f"{line}\n"))


@pytest.mark.parametrize("text", [f'["{A}"]', f' {{"imeis": ["{A}"]}}'])
def test_json_in_a_text_file_is_told(file, refusal, text):
    """
    With the ending that helps.
    """
    assert refusal(file("meters.txt", text)) == (
        "the file of IMEIs 'meters.txt' cannot be read: it begins as JSON does: is it a list in JSON? name it .json"
    )


def test_a_line_without_an_imei_is_a_row_without_one(file, refusal):
    """
    An empty line is none.
    """
    path = file("meters.txt", f"{A}\n\nN/A\n-\n{B}\n")

    assert refusal(path).startswith(
        "2 of 4 rows have no IMEI in meters.txt; nothing was sent to ThingSpace: line 3, line 4"
    )
    assert read_imei_file(path, skip_blank=True).imeis == (A, B)


def test_rows_of_a_text_file_cannot_be_chosen(file, refusal):
    """
    They have nothing to be chosen by.
    """
    assert refusal(file("meters.txt", A), where=lambda _row: True) == (
        "the file of IMEIs 'meters.txt' cannot be read: "
        "it has no columns for where= to look at: tables are files that end in .csv or .tsv"
    )


def test_full_width_digits_and_zero_width_spaces_are_refused_by_line(file, refusal):
    """
    What looks like an IMEI and is none is named with its line and the character that is off.
    """
    path = file("meters.txt", f"{A}\n３５６938035643809\n{B}\u200b\n")

    assert refusal(path) == (
        "2 of 3 IMEIs in meters.txt cannot be used; nothing was sent to ThingSpace:\n"
        "  line 2: '３５６938035643809' has U+FF13 (fullwidth digit three) as character 1: "
        "an IMEI is 15 digits from 0 to 9\n"
        "  line 3: '490154203237518\\u200b' has U+200B (zero width space) as character 16: "
        "an IMEI is 15 digits from 0 to 9"
    )


@pytest.mark.parametrize("heading", ["imei", "IMEI", "Imei Number", "IMEI_No", "deviceId", "Device ID"])
def test_the_column_of_a_table_is_recognised(file, heading):
    """
    A table's column is found by what people call it, wherever it stands.
    """
    path = file("meters.csv", f"site,{heading},note\nAllentown,{A},x\nBethlehem,{B},\n")

    assert read_imei_file(path).imeis == (A, B)


def test_a_column_called_imei_goes_before_one_called_device_id(file):
    """
    Where several columns could be meant, the one that is called IMEI is.
    """
    path = file("meters.csv", f"device id,imei\nmeter-7,{A}\n")

    assert read_imei_file(path).imeis == (A,)


def test_a_column_is_taken_by_the_name_given(file):
    """
    A name given by the program goes before what would be recognised.
    """
    path = file("meters.csv", f"imei, modem \n{B},{A}\n")

    assert read_imei_file(path, column="modem").imeis == (A,)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_read_whatever_separates_its_columns(file, delimiter):
    """
    Spreadsheets of other languages separate by semicolons, exports by tabs.
    """
    path = file("meters.csv", f'"site"{delimiter}"imei"\r\n"Easton, PA"{delimiter}"{A}"\r\n')

    assert read_imei_file(path).imeis == (A,)


def test_a_table_of_one_column_needs_no_heading(file):
    """
    A first line that is an IMEI already is no heading.
    """
    path = file("meters.csv", f"{A}\n\n{B}\n")

    assert read_imei_file(path).imeis == (A, B)


def test_a_table_in_utf_16_is_read(file):
    """
    A spreadsheet's "Unicode text" is UTF-16 with tabs and its mark in front.
    """
    path = file("meters.tsv", codecs.BOM_UTF16_LE + f"site\timei\r\nEaston\t{A}\r\n".encode("utf-16-le"))

    assert read_imei_file(path).imeis == (A,)


def test_a_quoted_cell_may_hold_a_line_break(file, refusal):
    """
    The line that an error names is the line of the file, also behind a cell of two lines.
    """
    path = file("meters.csv", f'imei,note\n{A},"two\nlines"\n123,\n')

    assert "line 4: '123' has 3 digits" in refusal(path)


def test_an_empty_cell_and_a_short_row_are_refused(file, refusal):
    """
    A row without an IMEI is a device that would be forgotten, so it is an error; an empty row is not.
    """
    path = file("meters.csv", f"site,imei\nAllentown,\nBethlehem\n,\n\nEaston,{A}\n")

    assert refusal(path) == (
        "2 of 3 rows have no IMEI in meters.csv; nothing was sent to ThingSpace: line 2, line 3; "
        "fill in what is missing, or leave such rows out with skip_blank=True"
    )


def test_what_a_spreadsheet_spoilt_is_refused(file, refusal):
    """
    Digits that a spreadsheet has dropped are lost, which is said by line.
    """
    path = file("meters.csv", "imei\n3.56938E+14\n356938035643809.0\n")

    message = refusal(path)

    assert "line 2: '3.56938E+14' is in scientific notation: digits are lost" in message
    assert "line 3: '356938035643809.0' is a decimal number" in message


def test_a_table_without_a_known_column_is_refused(file, refusal):
    """
    The message lists the columns that there are.
    """
    path = file("meters.csv", "site,modem\nAllentown,1\n")

    assert refusal(path) == (
        "meters.csv has no column that is called IMEI or device ID: there are 'site', 'modem'; "
        "name the right one with column="
    )


def test_a_column_that_is_not_there_is_refused(file, refusal):
    """
    A column of another name than the one given is not taken instead.
    """
    path = file("meters.csv", f"IMEI,site\n{A},x\n")

    assert refusal(path, column="imei") == (
        "meters.csv has no column 'imei': there are 'IMEI', 'site'; name the right one with column="
    )


def test_a_table_that_is_none_is_refused(file, refusal):
    """
    A cell that no table has ends the reading with the line it stands in.
    """
    path = file("meters.csv", "imei\n" + "x" * 140_000)

    assert refusal(path) == (
        "the file of IMEIs 'meters.csv' cannot be read: "
        "line 2: a cell has more than 131,072 characters: is a quote missing?"
    )


@pytest.mark.parametrize(
    "text",
    [
        f'["{A}", "{B}"]',
        f'[{{"imei": "{A}", "site": 1}}, {{"imei": "{B}"}}]',
        f'[{{"deviceId": "{A}"}}, {{"IMEI": "{B}"}}]',
        f'{{"imeis": ["{A}", "{B}"]}}',
        f'{{"accountName": "0000123456-00001", "deviceList": [{{"deviceId": "{A}"}}, {{"deviceId": "{B}"}}]}}',
        f'{{"deviceList": ["{A}", "{B}"]}}',
    ],
)
def test_json_is_a_list_of_texts_or_objects(file, text):
    """
    A list of texts, of objects, or the body of the API's own request and answer.
    """
    assert read_imei_file(file("meters.json", text)).imeis == (A, B)


def test_the_key_of_json_objects_is_taken_by_the_name_given(file):
    """
    The column of a table is the key of an object.
    """
    path = file("meters.json", f'[{{"imei": "{B}", "modem": "{A}"}}]')

    assert read_imei_file(path, column="modem").imeis == (A,)


def test_all_objects_without_the_key_are_named_beside_the_rest(file, refusal):
    """
    What is wrong in a file is told at once, of whatever kind it is.
    """
    path = file("meters.json", f'[{{"imei": "{A}"}}, {{"serial": "7"}}, {{"imei": "12"}}, {{}}, "{B}"]')

    assert refusal(path) == (
        "3 of 5 IMEIs in meters.json cannot be used; nothing was sent to ThingSpace:\n"
        "  item 2: {'serial': '7'} has no key that is called IMEI or device ID: name the right one with column=\n"
        "  item 3: '12' has 2 digits: an IMEI has 15\n"
        "  item 4: {} has no key that is called IMEI or device ID: name the right one with column="
    )


def test_an_object_without_the_key_that_was_named_is_told(file, refusal):
    """
    The message repeats the name as it was given.
    """
    path = file("meters.json", f'[{{"imei": "{A}"}}]')

    assert refusal(path, column="IMEI") == (
        "1 of 1 IMEI in meters.json cannot be used; nothing was sent to ThingSpace:\n"
        f"  item 1: {{'imei': '{A}'}} has no key 'IMEI': name the right one with column="
    )


def test_numbers_in_json_are_refused(file, refusal):
    """
    A number has lost its zeros in front, whether or not it had any.
    """
    path = file("meters.json", f"[{A}, 1.5]")

    message = refusal(path)

    assert f"item 1: {A} is a number" in message
    assert "item 2: 1.5 is a number" in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[012345670123467]", "it is not JSON: Expecting ',' delimiter: line 1 column 3 (char 2)"),
        ("[NaN]", "it is not JSON: NaN is not a value of JSON"),
        (
            '{"meters": []}',
            "it is an object with 'meters', and no list as 'imeis', 'devices' or 'deviceList': save the list itself",
        ),
        ("7", 'it is not a list, such as ["356938035643809"]'),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_json_that_is_no_list_is_refused(file, text, reason, refusal):
    """
    What is not JSON, or no list, is an error of the file, with the place where there is one.
    """
    assert refusal(file("meters.json", text)) == f"the file of IMEIs 'meters.json' cannot be read: {reason}"


def test_a_file_that_is_not_there_is_an_error_without_a_traceback(tmp_path, refusal):
    """
    The message names the path and where a relative one starts.
    """
    path = tmp_path / "meters.csv"

    assert refusal(path) == (
        f"the file of IMEIs '{path}' cannot be read: No such file or directory; "
        "a relative path starts at the program's folder"
    )


def test_a_spreadsheet_itself_is_refused(file, refusal):
    """
    A workbook is no text: the message says what to export.
    """
    path = file("meters.xlsx", b"PK\x03\x04\xff\xfe\x00")

    assert refusal(path) == (
        "the file of IMEIs 'meters.xlsx' cannot be read: it is not text in UTF-8: export it as CSV or text, in UTF-8"
    )


def test_a_column_of_a_text_file_is_refused(file, refusal):
    """
    A column named for a file that has none is a mistake, not ignored.
    """
    assert refusal(file("meters.txt", A), column="imei") == (
        "the file of IMEIs 'meters.txt' cannot be read: it has no column 'imei': "
        "tables are files that end in .csv or .tsv"
    )


EMPTY = [("a.txt", ""), ("a.txt", "# none yet\n"), ("a.csv", ""), ("a.csv", "imei\n"), ("a.csv", "\n,,\n")]
EMPTY += [("a.csv", "sep=;\n"), ("a.csv", "Report\n\nsite;imei\n"), ("a.json", ""), ("a.json", "[]"), ("a.jsonl", "\n")]
EMPTY += [("a.json", '{"deviceList": []}'), ("a.json", '{"deviceList": null}'), ("a.json", '[{"devices": []}]')]


@pytest.mark.parametrize(("name", "text"), EMPTY)
def test_an_empty_file_holds_no_imei(file, name, text):
    """
    A fleet that may be empty says so, whatever an empty file looks like.
    """
    assert read_imei_file(file(name, text), allow_empty=True).imeis == ()


@pytest.mark.parametrize(("name", "text"), EMPTY)
def test_an_empty_file_is_refused_unless_it_may_be_empty(file, refusal, name, text):
    """
    Headings without rows are an export that failed more often than a fleet without devices.
    """
    assert refusal(file(name, text)) == (
        f"{name} holds no IMEI: it has no rows; correct the file, or pass allow_empty=True if it may be empty"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"skip_blank": True}, "none of its 2 rows has one"),
        ({"where": lambda row: row["site"] == "Easton"}, "where= keeps none of its 2 rows"),
        ({"where": lambda row: row["site"] == "Allentown", "skip_blank": True}, "none of its 1 row has one"),
    ],
)
def test_a_file_of_which_nothing_is_left_is_refused(file, refusal, options, reason):
    """
    What the program left out is told, and that it may mean it.
    """
    path = file("a.csv", "site,imei\nAllentown,\nBethlehem,N/A\n")

    message = refusal(path, **options)

    assert message == (f"a.csv holds no IMEI: {reason}; correct the file, or pass allow_empty=True if it may be empty")
    assert read_imei_file(path, **options, allow_empty=True).imeis == ()


@pytest.mark.parametrize("path", [None, 5, ["meters.csv"]])
def test_a_path_of_another_type_is_refused(path):
    """
    Such as a setting that is missing.
    """
    with pytest.raises(InvalidImei) as refused:
        read_imei_file(path)

    assert str(refused.value) == (
        f"the path of a file of IMEIs is of type {type(path).__name__}: text or a Path was expected"
    )


def test_an_output_as_the_path_is_refused_with_the_way_out(loop):
    """
    The value of an Output is not known yet, and no file is read for one.
    """
    with pytest.raises(InvalidImei) as refused:
        read_imei_file(pulumi.Output.from_input("meters.csv"))

    assert str(refused.value) == (
        "the path of a file of IMEIs is an Output, whose value is not known yet: read the file inside .apply"
    )


@pytest.mark.parametrize("path", ["a\0b", "a\ud800"])
def test_a_path_that_no_file_can_have_is_refused(path, refusal):
    """
    Such as one out of a setting that was cut at the wrong place.
    """
    assert refusal(path) == (
        f"the file of IMEIs {path!r} cannot be read: there is a character in it that no path can have; "
        "a relative path starts at the program's folder"
    )
