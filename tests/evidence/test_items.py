"""A list of exhibits: every row is checked, every error is told, and nothing is done before."""

from pathlib import Path

import pytest

from custody.evidence.items import COLUMNS, Item, ItemsError, parse_items

HEADER = "exhibit,path,nature,kind,description,obtained\n"


def _refuse(raw: bytes | str, folder: Path) -> ItemsError:
    with pytest.raises(ItemsError) as caught:
        parse_items(raw.encode() if isinstance(raw, str) else raw, folder=folder)
    return caught.value


def _errors(rows: str, folder: Path, header: str = HEADER) -> list[tuple[int, str]]:
    error = _refuse(header + rows, folder)
    assert error.code == "items.rows"
    assert all(str(item) in error.text for item in error.errors)
    return [(item.row, item.text) for item in error.errors]


def test_every_column_reaches_its_field(seized: Path) -> None:
    """A column that were read and dropped would lose what the examiner wrote."""
    (seized / "image.dd").touch()
    values = {
        "exhibit": "EX-1",
        "path": "image.dd",
        "nature": "data",
        "kind": "image",
        "obtained": "seizure",
        "data_country": "MK",
        "handling": "secret; csam",
        "method": "physical",
        "source_type": "chat",
        "request": "req-1",
        "channel": "portal",
    }
    # A device has no path; its columns have a test of their own.
    columns = [column for column in COLUMNS if column not in {"isolation", "left", "power"}]
    cells = [values.get(column, f"a {column}") for column in columns]
    (item,) = parse_items(f"{','.join(columns)}\n{','.join(cells)}\n".encode(), folder=seized)
    assert item.path == seized / "image.dd"
    assert item.handling == ("csam", "secret")
    assert item.row == 2
    for column in set(columns) - {"path", "handling"}:
        assert getattr(item, column) == values.get(column, f"a {column}")


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["commas", "semicolons", "tabs"])
def test_a_list_is_read_with_the_separator_of_its_header(separator: str, seized: Path) -> None:
    """Where a comma parts the digits of a number, a spreadsheet saves the same list with semicolons."""
    rows = ["exhibit,kind,description,obtained", 'EX-1,phone,"black; 5,5 inch",seizure', "EX-2,sim,b,found"]
    saved = "\r\n".join(row if '"' in row else row.replace(",", separator) for row in rows)
    saved = saved.replace("EX-1,phone,", f"EX-1{separator}phone{separator}").replace('",sei', f'"{separator}sei')
    items = parse_items(saved.encode(), folder=seized)
    assert [(item.exhibit, item.description) for item in items] == [("EX-1", "black; 5,5 inch"), ("EX-2", "b")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_spreadsheets_of_either_kind_are_read(mark: bytes, end: str, seized: Path) -> None:
    """The same list may have been saved on two systems; empty rows count but say nothing."""
    rows = ["exhibit,kind,description,obtained,", "", "EX-1,phone,Телефон,seizure", ",,,", 'EX-2,sim,"a, ""b""",found,']
    items = parse_items(mark + end.join(rows).encode(), folder=seized)
    assert [(item.row, item.exhibit, item.description) for item in items] == [
        (3, "EX-1", "Телефон"),
        (5, "EX-2", 'a, "b"'),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["commas", "semicolons", "tabs", "bars"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_line_that_names_the_separator_counts_as_a_row_and_says_nothing_else(
    separator: str, end: str, seized: Path
) -> None:
    """A spreadsheet opens a list the same everywhere if its first line says `sep=;`."""
    header = separator.join(["exhibit", "kind", "description", "obtained"])
    rows = [
        f"sep={separator}",
        header,
        separator.join(["EX-1", "phone", "a", "seizure"]),
        separator.join(["EX-2", "x"]),
    ]
    assert [row for row, _ in _errors(end.join(rows), seized, header="")] == [4, 4, 4]
    # Some programs fill up the first row as well.
    for first in (rows[0], rows[0] + 3 * separator, f'"{rows[0]}"' + separator, rows[0].upper()):
        (item,) = parse_items(end.join([first, *rows[1:3]]).encode("utf-8-sig"), folder=seized)
        assert (item.row, item.exhibit) == (3, "EX-1")


@pytest.mark.parametrize("separator", [",", ";"])
def test_columns_may_be_named_in_capitals(separator: str, seized: Path) -> None:
    """A spreadsheet begins a cell with a capital by itself."""
    raw = "Exhibit;KIND;Description;Obtained;Place\nEX-1;phone;a;seizure;Room 4\n".replace(";", separator)
    (item,) = parse_items(raw.encode(), folder=seized)
    assert (item.exhibit, item.kind, item.place) == ("EX-1", "phone", "Room 4")


def test_rows_of_separators_alone_may_stand_above_the_header(seized: Path) -> None:
    """A spreadsheet saves its empty rows as rows of separators; those of the file are counted."""
    raw = b";;;;\r\n;;;;\r\nexhibit;kind;description;obtained;\r\n;;;;\r\nEX-1;phone;a;seizure;\r\n;;;;\r\n"
    assert [(item.row, item.exhibit) for item in parse_items(raw, folder=seized)] == [(5, "EX-1")]


def test_a_cell_may_hold_any_line_separator(seized: Path) -> None:
    """Only the ends of rows end rows."""
    text = 'a\u2028b\x85c "d'
    (item,) = parse_items(f"exhibit,kind,description,obtained\nE,sim,{text},found\n".encode(), folder=seized)
    assert item.description == text


def test_nature_follows_from_the_path(seized: Path) -> None:
    """What has files is data, what has none is an object, unless the list says otherwise."""
    (seized / "a").touch()
    (seized / "b").touch()
    rows = "E1,a,,file,d,found\nE2,,,phone,d,found\nE3,b,asset,wallet,d,found\n"
    items = parse_items((HEADER + rows).encode(), folder=seized)
    assert [item.nature for item in items] == ["data", "object", "asset"]


def test_every_error_of_every_row_is_told_at_once(seized: Path) -> None:
    """Nobody wants to correct forty rows in forty attempts."""
    (seized / "a").touch()
    found = _errors(
        "E1,a,object,file,d,found\n,absent,data,phone,,stolen\n\nE1,,data,telephone,d,found\nE2,./a,,file,d,found,x\n",
        seized,
    )
    assert [(row, " ".join(text.split()[:6])) for row, text in found] == [
        (2, "expected no path for an object,"),
        (3, "expected a value for exhibit, found"),
        (3, "expected a value for description, found"),
        (3, "expected obtained to be one of"),
        (3, "expected a file or directory at"),
        (5, "expected kind to be one of"),
        (5, "expected a path for an exhibit"),
        (5, "expected a new exhibit number, found"),
        (6, "expected 6 cells, found 7"),
        (6, "expected a path of its own,"),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "word"),
    [
        ("handling", "harmless", "handling to be of"),
        ("data_country", "mk", "two capital letters"),
        ("method", "x", "method to be one of"),
        ("tool", "imager", "value for method"),
    ],
)
def test_words_outside_of_the_vocabulary_are_refused(column: str, cell: str, word: str, seized: Path) -> None:
    """They would be refused again after everything was hashed."""
    header = f"exhibit,kind,description,obtained,{column}\n"
    found = _errors(f"E1,phone,d,found,{cell}\n", seized, header)
    assert any(word in text for _, text in found)


@pytest.mark.parametrize("number", ["a\x01b", "x" * 129])
def test_numbers_that_no_record_holds_are_refused(number: str, seized: Path) -> None:
    """A number stands in clear in every act."""
    assert "128 bytes" in _errors(f"{number},,,phone,d,found\n", seized)[0][1]


def test_next_may_occur_in_many_rows(seized: Path) -> None:
    """It asks for a number instead of naming one."""
    items = parse_items((HEADER + "next,,,phone,d,found\n" * 3).encode(), folder=seized)
    assert [item.exhibit for item in items] == ["next"] * 3


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "items.header"),
        (b"exhibit,kind,description\nE,phone,d\n", "items.header"),
        (b"exhibit,exhibit,kind,description,obtained\n", "items.header"),
        (b"exhibit,kind,description,obtained,colour\n", "items.header"),
        (b"exhibit;kind;description,obtained\n", "items.header"),
        (b"exhibit|kind|description|obtained\n", "items.header"),
        (HEADER.encode(), "items.empty"),
        (HEADER.encode() + b"\n,,,\n", "items.empty"),
        (HEADER.encode() + b"E1,,,phone,\xe9t\xe9,found\n", "items.encoding"),
        (HEADER.encode().decode().encode("utf-16"), "items.encoding"),
        (HEADER.encode() + b'E1,,,phone,"open,found\n', "items.syntax"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(raw: bytes, code: str, seized: Path) -> None:
    """Each kind of wrong file has a code of its own."""
    assert _refuse(raw, seized).code == code


def test_an_unknown_column_is_named(seized: Path) -> None:
    """A mistyped header would otherwise lose a column silently."""
    assert "'colour'" in _refuse(b"exhibit,kind,description,obtained,colour\n", seized).text


def test_semicolons_are_explained(seized: Path) -> None:
    """Spreadsheets in half of Europe write them."""
    assert "commas" in _refuse(b"exhibit|kind\n", seized).hint


def test_an_item_without_optional_cells_is_empty_there(seized: Path) -> None:
    """Absent is empty, never a word such as None."""
    (item,) = parse_items(b"exhibit,kind,description,obtained\nE,sim,d,found\n", folder=seized)
    assert item == Item(2, "E", "sim", "d", "found", "object", None)


def test_a_device_of_a_list_has_its_state(tmp_path: Path) -> None:
    """A seizure of forty phones is a list; each row says whether the phone was on (law row R9)."""
    header = b"exhibit,kind,description,obtained,power,left,isolation\n"
    (item,) = parse_items(header + b"1,phone,p,seizure,on,standby,faraday; airplane-mode\n", folder=tmp_path)
    assert (item.power, item.left, item.isolation) == ("on", "standby", ("airplane-mode", "faraday"))


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("on,,jammer", "expected isolation to be of"),
        ("on,,none faraday", "expected isolation none alone"),
        (",on,", "expected a value for power"),
        (",,faraday", "expected a value for power"),
        ("broken,,", "expected power to be one of"),
    ],
)
def test_a_state_that_makes_no_sense_is_told_with_its_row(tmp_path: Path, cells: str, text: str) -> None:
    """What a person could not mean is refused before anything is registered."""
    raw = f"exhibit,kind,description,obtained,power,left,isolation\n1,phone,p,seizure,{cells}\n".encode()
    with pytest.raises(ItemsError, match=text) as caught:
        parse_items(raw, folder=tmp_path)
    assert [error.row for error in caught.value.errors] == [2]


def test_a_path_that_no_system_has_is_an_error_of_its_row(seized: Path) -> None:
    """As every other slip in a list."""
    found = _errors("EX-1,a\0b,data,file,d,found\nEX-2,a\0b,data,file,d,found\n", seized)
    assert [(row, text[:16]) for row, text in found] == [(2, "expected a path,"), (3, "expected a path,")]
