"""The IMEIs of tables, in the dialects and with the faults of spreadsheets, portals and people."""

from __future__ import annotations

import pytest

from pulumi_fota.errors import FotaError, InvalidArgument
from pulumi_fota.model.imei_file import read_imei_file

A, B, C = "356938035643809", "490154203237518", "359999000000018"
SIM, MEID = "8914800000063772026", "A0000012345678"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_quote_that_never_closes_is_refused_where_it_opens(file, refusal, delimiter):
    """
    The rows below it would be part of one cell, and lost.
    """
    rows = ["IMEI,Note", f"{A},ok", f'{B},"roof antenna', f"{C},ok"]
    path = file("meters.csv", "\n".join(rows).replace(",", delimiter))

    assert refusal(path) == (
        "the file of IMEIs 'meters.csv' cannot be read: "
        "line 3: a quote is opened and never closed (in cell 2 of the row)"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            f'IMEI,Note\n{A},"roof antenna\n{B},"ok"\n',
            (
                "line 2: text follows the quote that closes cell 2 of the row on line 3: "
                "is a quote missing, or not doubled?"
            ),
        ),
        (
            f'IMEI,Note\n{A},"5" antenna"\n',
            "line 2: text follows the quote that closes cell 2 of the row: is a quote missing, or not doubled?",
        ),
        (
            f'IMEI,Note\n{A},"say \\"hi\\" to it"\n',
            "line 2: text follows the quote that closes cell 2 of the row: is a quote missing, or not doubled?",
        ),
        (
            f'IMEI,Note\n{A},"roof\n{B},ok"\n{C},ok\n',
            ("line 2: a quoted cell spans several lines and holds an IMEI: is a quote missing, or one too many?"),
        ),
        (
            f'Note,IMEI\n"roof,{A}\nok",{B}\n',
            ("line 2: a quoted cell spans several lines and holds an IMEI: is a quote missing, or one too many?"),
        ),
        (f'IMEI,"Note\n{A},ok\n', "line 1: a quote is opened and never closed (in cell 2 of the row)"),
        (f'"Meters\nIMEI,Note\n{A},ok\n', "line 1: a quote is opened and never closed (in cell 1 of the row)"),
        (f'IMEI,Note\n="{A},ok\n', "line 2: a quote is opened and never closed (in cell 1 of the row)"),
    ],
)
def test_a_quote_too_many_or_too_few_is_refused(file, refusal, text, reason):
    """
    Wherever it is, no row is read as a part of a cell.
    """
    assert refusal(file("meters.csv", text)) == f"the file of IMEIs 'meters.csv' cannot be read: {reason}"


@pytest.mark.parametrize(
    "note",
    [
        '"two\nlines"',
        '"two\r\n\r\nlines, and a comma"',
        '"a ""word"" in quotes"',
        '""',
        '""""',
        'a 5" antenna',
        "it's",
        ' "after a blank" ',
        '="007"',
        '="a, b"',
        "x" * 131_072,
    ],
)
def test_a_cell_is_read_whatever_it_holds(file, note):
    """
    Quotes that close, line breaks, delimiters and quotes in quotes, and quotes within text do no harm.
    """
    path = file("meters.csv", f"note,IMEI\r\n{note},{A}\r\nok,{B}\r\n")

    assert read_imei_file(path).imeis == (A, B)


def test_a_delimiter_is_one_outside_of_quotes(file):
    """
    What separates the cells of the headings is not what stands most often in one of them.
    """
    path = file("meters.csv", f'"Site, street, city, state";IMEI\n"1, Main St, Easton, PA";{A}\n')

    assert read_imei_file(path).imeis == (A,)


@pytest.mark.parametrize("hint", ["sep=;", "SEP=;", '"sep=;"', "sep=;;", "\ufeffsep=;", "sep=;\r"], ids=repr)
def test_a_first_line_may_name_the_delimiter(file, hint):
    """
    Spreadsheets write and obey it, and so decide what could be read in two ways.
    """
    path = file("meters.csv", f"{hint}\nx,y;IMEI\n1;{A}\n")

    assert read_imei_file(path, where=lambda row: row["x,y"] == "1").imeis == (A,)


@pytest.mark.parametrize(("hint", "delimiter"), [("sep=^", "^"), ("sep=\t", "\t"), ("sep=\\t", "\t"), ("sep=:", ":")])
def test_a_hint_may_name_any_sign(file, hint, delimiter):
    """
    Also one that is not tried without it.
    """
    path = file("meters.csv", f"{hint}\nsite{delimiter}IMEI\nEaston{delimiter}{A}\n")

    assert read_imei_file(path).imeis == (A,)


def test_two_delimiters_that_fit_are_refused(file, refusal):
    """
    A table that could be read in two ways is read in neither.
    """
    path = file("meters.csv", f"site,x\nIMEI;site\nIMEI,site\n{A},{B};\n")

    assert refusal(path) == "meters.csv may be separated by ',' or ';': say which in a first line such as sep=;"


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        ("IMEI,Name,IMEI", "2 columns called 'IMEI' (columns 1 and 3): rename one of them"),
        ("IMEI,Name, IMEI ", "2 columns called 'IMEI' (columns 1 and 3): rename one of them"),
        ('IMEI,Name,="IMEI"', "2 columns called 'IMEI' (columns 1 and 3): rename one of them"),
        ("IMEI,Name,\ufeffIMEI", "2 columns called 'IMEI' (columns 1 and 3): rename one of them"),
        ("IMEI,Name,imei", "2 columns that may hold the IMEIs: 'IMEI', 'imei'; name the right one with column="),
        ("IMEI1,IMEI2,serial", "2 columns that may hold the IMEIs: 'IMEI1', 'IMEI2'; name the right one with column="),
        ("IMEI,x,IMEI 2", "2 columns that may hold the IMEIs: 'IMEI', 'IMEI 2'; name the right one with column="),
        ("IMEI,x,Old IMEI", "2 columns that may hold the IMEIs: 'IMEI', 'Old IMEI'; name the right one with column="),
        (
            "Device IMEI,IMEI Number,imei",
            "3 columns that may hold the IMEIs: 'Device IMEI', 'IMEI Number', 'imei'; name the right one with column=",
        ),
        (
            "Device ID,x,Device Identifier",
            "2 columns that may hold the IMEIs: 'Device ID', 'Device Identifier'; name the right one with column=",
        ),
    ],
)
def test_two_columns_that_may_hold_imeis_are_refused(file, refusal, headings, message):
    """
    A router with two modems has two, and neither is forgotten in silence.
    """
    path = file("meters.csv", f"{headings}\n{A},{C},{B}\n")

    assert refusal(path) == f"line 1 of meters.csv has {message}"


def test_one_of_two_columns_is_taken_by_its_name(file, refusal):
    """
    The program says which, and blanks around the name do not matter.
    """
    path = file("meters.csv", f"IMEI1, IMEI2 ,serial\n{A},{B},1\n")

    assert read_imei_file(path, column="IMEI2").imeis == (B,)
    assert read_imei_file(path, column=" IMEI1").imeis == (A,)


def test_two_columns_of_the_name_given_are_refused(file, refusal):
    """
    Their name does not tell which of them is meant.
    """
    path = file("meters.csv", f"modem,imei,modem\n{A},{C},{B}\n")

    assert refusal(path, column="modem") == (
        "line 1 of meters.csv has 2 columns called 'modem' (columns 1 and 3): rename one of them"
    )


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Device IMEI",
            "IMEI Number",
            "IMEI/MEID",
            "MEID/IMEI",
            "imei_1",
            "Device Identifier",
            "deviceIMEI",
            "IMEINO",
        ),
        *(
            "IMEI #",
            "IMEI (15 digits)",
            "Modem-IMEI",
            "Verizon IMEI",
            "N° IMEI",
            "IMEI-Nummer",
            "IMEIs",
            "Router IMEI 1",
        ),
        *("deviceIdentifier", "DEVICE_ID", "Equipment ID (IMEI)", '="IMEI"', '"IMEI\n(as printed)"', "imei\u200b"),
    ],
)
def test_a_column_is_recognised_by_what_portals_call_it(file, heading):
    """
    Beside columns of other numbers that are as long.
    """
    imsi = "310150123456789"
    path = file("meters.csv", f"Name,IMSI,{heading},ICCID,IMEI status\nx,{imsi},{A},{SIM},ok\ny,{imsi},{B},{SIM},ok\n")

    assert read_imei_file(path).imeis == (A, B)


@pytest.mark.parametrize("heading", ["IMEISV", "Serial", "ID", "Identifier", "MEID", "Equipment", "TAC"])
def test_a_column_of_something_else_is_not_taken(file, refusal, heading):
    """
    What is not called an IMEI may hold other numbers that look like one; the message lists the headings.
    """
    path = file("meters.csv", f"Name,{heading}\nx,{A}\n")

    assert refusal(path) == (
        f"meters.csv has no column that is called IMEI or device ID: there are 'Name', '{heading}'; "
        "name the right one with column="
    )
    assert read_imei_file(path, column=heading).imeis == (A,)


BLANKS = ["", " ", "N/A", "n/a", "-", "--", "–", "0", "000000000000000", "00-000000-000000-0", "none", "NULL", "nil"]
BLANKS += ["#N/A", '=""', '="N/A"', "'", "'-", '"0"', "(null)", "NaN", "\\N", "unknown", "?"]


@pytest.mark.parametrize("blank", BLANKS)
def test_rows_without_an_imei_are_counted_and_left_out_on_request(file, refusal, blank):
    """
    Portals list spare SIMs without a device; no such row goes in silence.
    """
    rows = [f"Easton,{35693803564_0000 + number},x" for number in range(298)]
    rows[3:3], rows[100:100] = [f"Allentown,{blank},{SIM}"], [f"Bethlehem,{blank},{SIM}"]
    path = file("meters.csv", "\n".join(["site,IMEI,ICCID", *rows]))

    assert refusal(path) == (
        "2 of 300 rows have no IMEI in meters.csv; nothing was sent to ThingSpace: line 5, line 102; "
        "fill in what is missing, or leave such rows out with skip_blank=True"
    )
    found = read_imei_file(path, skip_blank=True)
    assert (len(found.imeis), found.rows, found.blank) == (298, 300, ("line 5", "line 102"))


def test_rows_without_an_imei_are_told_beside_other_problems(file, refusal):
    """
    All that is wrong with a file is told at once, and no more than some lines are named.
    """
    path = file("meters.csv", f"IMEI,x\n12,x\n{A},x\n" + "N/A,x\n" * 1_234)

    assert refusal(path) == (
        "1 of 2 IMEIs in meters.csv cannot be used; nothing was sent to ThingSpace:\n"
        "  line 2: '12' has 2 digits: an IMEI has 15\n"
        "  1,234 of 1,236 rows have no IMEI: line 4, line 5, line 6, line 7, line 8, line 9, line 10, line 11, "
        "line 12, line 13, and 1,224 more; skip_blank=True leaves them out"
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("#REF!", "'#REF!' has U+0023 (number sign) as character 1: an IMEI is 15 digits from 0 to 9"),
        (MEID, f"'{MEID}' is an MEID: ThingSpace asks for IMEIs here"),
        ('="3.56938E+14"', "'3.56938E+14' is in scientific notation: digits are lost"),
        ("3.56938035643809E+14", "'3.56938035643809E+14' is in scientific notation: digits are lost"),
        ('"3,56938E+14"', "'3,56938E+14' is in scientific notation: digits are lost"),
        ("356938035643809.0", "'356938035643809.0' is a decimal number, which loses leading zeros"),
        ('"356938035643809,00"', "'356938035643809,00' is a decimal number, which loses leading zeros"),
        ('"356,938,035,643,809"', "'356,938,035,643,809' is a number with thousands separators"),
        ("356.938.035.643.809", "'356.938.035.643.809' is a number with thousands separators"),
        ("356 938 035 643 809", "'356 938 035 643 809' is a number with thousands separators"),
        (f'"{A};{B}"', f"'{A};{B}' holds 2 IMEIs: one was expected"),
        (f'"{A}\n{B}"', None),
        ("=356938035643809", "'=356938035643809' has U+003D (equals sign) as character 1"),
    ],
)
def test_what_is_no_imei_is_not_a_blank_either(file, refusal, cell, reason):
    """
    Something was meant to be there, so no option reads over it.
    """
    path = file("meters.csv", f"site,IMEI\nEaston,{cell}\nx,{C}\n")

    message = refusal(path, skip_blank=True)

    assert f"line 2: {reason or 'a quoted cell spans several lines'}" in message


@pytest.mark.parametrize(
    "cell", [f'="{A}"', f'"=""{A}"""', f"'{A}", f"'{A}'", f'"""{A}"""', f'"{A}"', f' "{A}" ', f'"\t{A}"', f'"{A}\n"']
)
def test_what_spreadsheets_do_to_keep_zeros_is_read(file, cell):
    """
    A formula that gives text, an apostrophe, and quotes around quotes.
    """
    assert read_imei_file(file("meters.csv", f"site,IMEI,x\nEaston,{cell},y\n")).imeis == (A,)
    assert read_imei_file(file("meters.csv", f"{cell}\n{B}\n")).imeis == (A, B)


def test_titles_above_the_headings_are_passed_over(file):
    """
    A report says what it is before it begins, and an empty line in between does not matter.
    """
    title = "Device report,,\nAccount,0000123456-00001,\nCreated: 2026-11-29 10:15:00,,\n\n"
    path = file("meters.csv", f"{title}Site,IMEI,Note\nEaston,{A},\nWilson,{B},\n")

    assert read_imei_file(path).imeis == (A, B)


def test_a_title_may_be_called_as_the_column_is(file):
    """
    One cell above more cells is a title.
    """
    path = file("meters.csv", f"IMEI\nSite,IMEI\nEaston,{A}\n")

    assert read_imei_file(path).imeis == (A,)


@pytest.mark.parametrize("first", [A, f"x,{A}", f"IMEI: {A}", f"IMEI{A}", "3.56938E+14", "35693803564380", f'="{A}"'])
def test_a_device_above_the_headings_is_not_a_title(file, refusal, first):
    """
    What looks like an IMEI there, whole or damaged, is not passed over.
    """
    path = file("meters.csv", f"{first}\nSite,IMEI,x\nEaston,{B},y\n")

    assert "meters.csv" in refusal(path)
    assert "line" in refusal(path)


def test_a_table_that_begins_with_a_device_asks_for_headings(file, refusal):
    """
    Without headings nobody knows which of several columns is meant.
    """
    path = file("meters.csv", f"{A},Easton\n{B},Wilson\n")

    assert refusal(path) == (
        "the file of IMEIs 'meters.csv' cannot be read: line 1: an IMEI is where the headings should be: "
        "add a first line that names the columns"
    )


def test_a_device_among_the_headings_is_refused(file, refusal):
    """
    A line break that was lost would cost the first row.
    """
    path = file("meters.csv", f"IMEI,Note{A},ok\n{B},ok,\n")

    assert refusal(path) == (
        "the file of IMEIs 'meters.csv' cannot be read: line 1: an IMEI is among the headings: is a line break missing?"
    )


@pytest.mark.parametrize(
    "totals",
    [
        *("Total,2,", "Total,,", "TOTALS,2,2", "Grand Total,2,", "Total: 2,,", "Total devices: 2,,", ",Total,2"),
        *("Sum,2,", "Count: 2,,", "2 rows,,", "(2 rows affected),,", "2 devices,,", "Gesamt,2,"),
    ],
)
def test_a_row_of_totals_below_is_left_out_and_told(file, totals):
    """
    It is not a device, and what is left out is always said.
    """
    path = file("meters.csv", f"IMEI,Site,Note\n{A},Easton,\n{B},Wilson,\n{totals}\n\n")

    found = read_imei_file(path)

    assert found.imeis == (A, B)
    assert found.totals == "line 4"


@pytest.mark.parametrize(
    "row",
    [
        *("Total,2,\n" + f"{C},x,", "Total Fitness,Easton,", ",Total,spare", f"Total,{C},", "Totally new,,"),
        *("Total: 3,,", "300 rows,,", "1 device,,"),
    ],
)
def test_what_is_only_like_a_row_of_totals_is_refused(file, refusal, row):
    """
    In the middle, with other text or an IMEI, or with a number that is not that of the rows.
    """
    path = file("meters.csv", f"IMEI,Site,Note\n{A},Easton,\n{B},Wilson,\n{row}\n")

    assert "line 4" in refusal(path)


def test_a_number_of_totals_that_does_not_fit_says_so(file, refusal):
    """
    An export that was cut off is noticed by its own count.
    """
    path = file("meters.csv", f"IMEI,Site\n{A},Easton\nTotal devices: 300,\n")

    assert refusal(path) == (
        "the file of IMEIs 'meters.csv' cannot be read: "
        "line 3: it says 'Total devices: 300', and the table has 1 row: is it whole?"
    )


def test_headings_that_repeat_are_passed_over(file):
    """
    So look files that were joined into one.
    """
    path = file("meters.csv", f"\ufeffIMEI,Site\n{A},Easton\n\ufeffIMEI,Site\n{B},Wilson\n")

    assert read_imei_file(path).imeis == (A, B)


def test_a_row_with_more_cells_than_headings_is_refused(file, refusal):
    """
    A comma in a cell without quotes moves the IMEI into another column.
    """
    path = file("meters.csv", f"Site,IMEI\nEaston,{A}\nEaston, PA,{B}\n")

    assert refusal(path, skip_blank=True) == (
        "the file of IMEIs 'meters.csv' cannot be read: line 3: it has 3 cells, and the table has 2 columns: "
        "quote a cell that holds a delimiter, or name the column"
    )


@pytest.mark.parametrize("row", [f'"Easton,{A}"', f'"Easton,{A}",', A, f"x{A}"])
def test_an_imei_in_the_wrong_place_is_not_a_blank(file, refusal, row):
    """
    A row whose IMEI went elsewhere by a quote or a delimiter is not left out as one without.
    """
    path = file("meters.csv", f"Site,IMEI\nEaston,{B}\n{row}\n")

    assert refusal(path, skip_blank=True).startswith(
        "the file of IMEIs 'meters.csv' cannot be read: line 3: its IMEI is missing, and "
    )


def test_a_row_with_empty_cells_behind_is_read(file):
    """
    Spreadsheets write them for a column that was cleared.
    """
    assert read_imei_file(file("meters.csv", f"IMEI,Site\n{A},Easton,,\n{B}\n")).imeis == (A, B)


@pytest.mark.parametrize("row", [f"{A},x\0", f"{A}\0,x", "\0\0\0\0"])
def test_a_character_that_no_table_has_is_refused(file, refusal, row):
    """
    Where a disk or a transfer left zeros, nobody knows what else is missing.
    """
    message = refusal(file("meters.csv", f"IMEI,Site\n{B},x\n{row}\n"))

    assert message.startswith("the file of IMEIs 'meters.csv' cannot be read: line 3: ")
    assert message.endswith(" holds a NUL character: is the file damaged?")


def test_every_end_of_a_line_is_one(file, refusal):
    """
    Files that went through many hands have several kinds, and the numbers of lines count them all.
    """
    path = file("meters.csv", f"IMEI,x\r\n{A},1\r{B},2\n\r\n{C},3\n\r12,4")

    assert "line 7: '12' has 2 digits" in refusal(path)


def test_rows_are_chosen_by_what_they_say(file):
    """
    The function is given a dict by heading, without the forms of spreadsheets, before blanks are judged.
    """
    rows = f'active,="{A}",\'+49\nretired,N/A,\n"active",\'{B},="007"\nactive,{C}\n'
    path = file("meters.csv", f"SIM status,IMEI, Phone \n{rows}")
    seen = []

    found = read_imei_file(path, where=lambda row: seen.append(row) or row["SIM status"] == "active")

    assert found.imeis == (A, B, C)
    assert seen == [
        {"SIM status": "active", "IMEI": A, "Phone": "+49"},
        {"SIM status": "retired", "IMEI": "N/A", "Phone": ""},
        {"SIM status": "active", "IMEI": B, "Phone": "007"},
        {"SIM status": "active", "IMEI": C, "Phone": ""},
    ]


def test_an_exception_of_the_function_names_the_line_and_no_value(file):
    """
    A misspelt heading is found, and what a row says is not shown: it may be anybody's.
    """
    path = file("meters.csv", f"IMEI,Owner\n{A},Alice\n")

    with pytest.raises(InvalidArgument) as missing:
        read_imei_file(path, where=lambda row: row["owner"] == "Bob")
    with pytest.raises(InvalidArgument) as wrong:
        read_imei_file(path, where=lambda row: int(row["Owner"]))

    line = missing.value.__traceback__.tb_lineno
    assert str(missing.value) == (
        f"where= raised KeyError at line 2 of meters.csv ({__file__}, line {line}): a row has 'IMEI', 'Owner'"
    )
    assert "where= raised ValueError at line 2" in str(wrong.value)
    assert "Alice" not in str(wrong.value)
    assert wrong.value.__cause__ is None
    assert wrong.value.__context__ is None


def test_an_error_of_ours_in_the_function_keeps_its_words(file):
    """
    What the package itself refuses inside the function is told as it always is.
    """

    def where(_row):
        raise FotaError("in its own words")

    with pytest.raises(FotaError, match=r"\Ain its own words\Z"):
        read_imei_file(file("meters.csv", f"IMEI\n{A}\n"), where=where)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"IMEI,Note,Note\n{A},x,y\n",
            "line 1 of meters.csv has 2 columns called 'Note' (columns 2 and 3): rename one of them",
        ),
        (f"{A}\n", "meters.csv has no headings for where=: add a first line that names its columns"),
    ],
)
def test_rows_without_names_of_their_own_cannot_be_chosen(file, refusal, text, message):
    """
    A dict by heading would lose a column, or has no headings; without `where` the file is read.
    """
    path = file("meters.csv", text)

    assert refusal(path, where=lambda _row: True) == message
    assert read_imei_file(path).imeis == (A,)


@pytest.mark.parametrize("name", ["meters.csv", "meters.tsv", "meters.tab", "METERS.CSV"])
def test_the_ending_says_that_it_is_a_table(file, name):
    """
    In whatever case.
    """
    assert read_imei_file(file(name, f"site\tIMEI\nEaston\t{A}\n")).imeis == (A,)


def test_a_file_of_tabs_may_hold_commas(file):
    """
    The ending says what separates its columns where both could.
    """
    assert read_imei_file(file("meters.tsv", f"IMEI\tx,IMEI\n{A}\ty,z\n")).imeis == (A,)
