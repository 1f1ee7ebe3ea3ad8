"""Decode the file of a list as spreadsheets write it, and say openly what was not plain CSV in UTF-8."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.chassis.text.folding import one_line

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_HOW_TO_SAVE = "In Excel: Save As, CSV UTF-8 (Comma delimited)."
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_HINT = "sep="


class UnreadableError(ValueError):
    """The bytes are no CSV that can be read for certain; the text says what they seem to be, and what to do."""


@dataclass
class Sheet:
    """The text of a list's file. ``mended`` says, a sentence each, what was not as it should be and could be read for certain all the same."""

    text: str
    mended: list[str] = field(default_factory=list)


def decode(content: bytes) -> Sheet:
    """Return the text of a file: UTF-8 with or without a byte-order mark, or UTF-16, as Excel's "Unicode Text".

    :raises UnreadableError: for a workbook, and for a Windows code page, in which Vietnamese letters are lost or mean others.
    """
    if content.startswith(_WORKBOOKS):
        raise UnreadableError(f"the file is an Excel workbook, not CSV. {_HOW_TO_SAVE}")
    for mark, encoding in _UTF_16.items():
        if content.startswith(mark):
            return _utf_16(content, encoding)
    half = content[:200]
    if half[1::2].count(0) * 2 > len(half[1::2]):
        return _utf_16(content, "utf-16-le")
    if half[0::2].count(0) * 2 > len(half[0::2]):
        return _utf_16(content, "utf-16-be")
    try:
        return Sheet(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"{_place(content, error.start)}: not UTF-8. The file was saved in a Windows code page (1258 or 1252), where Vietnamese "
            f"letters are lost or become others. {_HOW_TO_SAVE}"
        ) from None


def rows_of(sheet: Sheet, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its last line. The separator is the one with which the first row has the columns.

    :raises csv.Error: for quotation marks that do not fit.
    """
    lines = list(io.StringIO(sheet.text, newline=""))
    skipped = 0
    separator = ","
    if lines and one_line(lines[0]).strip('"').lower().startswith(_HINT):  # for Excel: which separator follows
        sheet.mended.append("line 1: the hint sep= was passed over")
        skipped = 1
    if len(lines) > skipped:
        separator = _separator(lines[skipped], columns)
    if separator != ",":
        sheet.mended.append(f"cells are separated by {SEPARATORS[separator]}, not by commas")
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    for row in reader:
        yield reader.line_num + skipped, row


def column_name(name: str) -> str:
    """Return the name of a column as it is compared."""
    return one_line(name).casefold()


def _separator(first: str, columns: Sequence[str]) -> str:
    def found(separator: str) -> int:
        names = set(map(column_name, next(csv.reader([first], delimiter=separator), [])))
        return len(names.intersection(columns))

    return max(SEPARATORS, key=found)


def _utf_16(content: bytes, encoding: str) -> Sheet:
    try:
        return Sheet(content.decode(encoding), ["the file was in UTF-16, not UTF-8"])
    except UnicodeDecodeError:
        raise UnreadableError(f"the file is broken off: it begins as UTF-16. {_HOW_TO_SAVE}") from None


def _place(content: bytes, at: int) -> str:
    """Return the line and column of a byte: `line 3, column name`."""
    before = content[:at]
    line = before.count(b"\n") + 1
    head = content.split(b"\n", 1)[0].decode("latin-1")
    separator = max(SEPARATORS, key=head.count)
    names = next(csv.reader([head], delimiter=separator), [])
    place = len(next(csv.reader([before.rpartition(b"\n")[2].decode("latin-1")], delimiter=separator), [""])) - 1
    return f"line {line}, column {one_line(names[place])}" if line > 1 and place < len(names) else f"line {line}"
