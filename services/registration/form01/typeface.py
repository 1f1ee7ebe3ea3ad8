"""Embed the form's two typefaces, subset once per process.

A PDF carries the letters it uses. Subsetting and compressing a typeface took a third of the time of a form, so each typeface
has one common subset with all Vietnamese letters, made when this module is imported and put into every form unchanged.
Any other letter goes into a subset for that form alone, as reportlab does.
"""

from __future__ import annotations

import codecs
import copy
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont, makeToUnicodeCMap
from reportlab.pdfgen.canvas import Canvas

from services.chassis import text

REGULAR, BOLD = "VSS-Serif", "VSS-Serif-Bold"
_FILES = {REGULAR: "DejaVuSerif.ttf", BOLD: "DejaVuSerif-Bold.ttf"}
_FOLDER = Path(text.__file__).parent / "fonts"

_VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
#: further characters for texts and foreign names; together they fill the 256 codes of one PDF font
_OTHERS = "·–—‘’“”…°ªºäöüßçñåøÄÖÜÇÑÅØ"  # noqa: RUF001  # these dashes and quotes are meant
_ASCII = range(32, 127)


def _codes() -> list[int]:
    """Return the letter for each of the 256 codes of the common subset: 0 for none; ASCII keeps its own codes."""
    others = iter(_VIETNAMESE + _VIETNAMESE.upper() + _OTHERS)
    return [0, *(code if code in _ASCII else ord(next(others)) for code in range(1, 256))]


_COMMON = _codes()
_CODE_OF = {letter: code for code, letter in enumerate(_COMMON)}
#: text → codes of the common subset; UnicodeEncodeError for a letter outside it
ENCODING = codecs.charmap_build("\ufffe" + "".join(map(chr, _COMMON[1:])))


class _ReadyObject(pdfdoc.PDFObject):
    """A PDF object that is the same in every document except for its references, written as ``%s``."""

    def __init__(self, content: bytes, *refers_to: Any) -> None:
        self._content, self._refers_to = content, refers_to

    def format(self, document: Any) -> bytes:
        """Return what reportlab writes to the file."""
        if not self._refers_to:
            return self._content
        return self._content % tuple(reference.format(document) for reference in self._refers_to)


class _Subset:
    """Up to 256 letters of a typeface, in the form that a PDF holds them."""

    def __init__(self, face: Any, number: int, letters: Sequence[int]) -> None:
        self.widths: list[float] = [face.getCharWidth(letter) for letter in letters]
        self._name: str = (SUBSETN(number) + b"+" + face.name + face.subfontNameX).decode("ascii")
        file = face.makeSubset(letters)
        self._file = _packed(file, f"/Length1 {len(file)}")
        self._to_unicode = _packed(makeToUnicodeCMap(self._name, letters).encode("ascii"))
        self._descriptor = (
            f"<< /Type /FontDescriptor /FontName /{self._name} /Flags {face.flags & ~32 | 4}"  # symbolic: the codes are ours
            f" /FontBBox [{' '.join(f'{edge:g}' for edge in face.bbox)}] /ItalicAngle {face.italicAngle:g} /Ascent {face.ascent:g}"
            f" /Descent {face.descent:g} /CapHeight {face.capHeight:g} /StemV {face.stemV:g} /MissingWidth {face.defaultWidth:g}"
        ).encode("ascii") + b" /FontFile2 %s >>"
        self._font = (
            f"<< /Type /Font /Subtype /TrueType /BaseFont /{self._name} /FirstChar 0 /LastChar {len(letters) - 1}"
            f" /Widths [{' '.join(f'{width:g}' for width in self.widths)}]"
        ).encode("ascii") + b" /ToUnicode %s /FontDescriptor %s >>"

    def add(self, document: Any, resource: str) -> None:
        """Add the font to the document as ``resource``: the objects of reportlab's TTFont.addObjects, prepared beforehand."""

        def refer(name: str, content: bytes, *refers_to: Any) -> Any:
            return document.Reference(_ReadyObject(content, *refers_to), name)

        file, to_unicode = refer(f"fontFile:{self._name}", self._file), refer(f"toUnicode:{self._name}", self._to_unicode)
        descriptor = refer(f"fontDescriptor:{self._name}", self._descriptor, file)
        document.idToObject["BasicFonts"].dict[resource] = refer(resource, self._font, to_unicode, descriptor)


def _packed(content: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    head = f"<< /Filter /FlateDecode /Length {len(packed)} {entries} >>\nstream\n".encode("ascii")
    return head + packed + b"\nendstream\n"


class _Letters(TTFont.State):
    """The code of each letter in one document: the common subset first, then any other."""

    def __init__(self) -> None:
        self.assignments = _CODE_OF.copy()
        self.subsets = [_COMMON]
        self.nextCode = len(_COMMON)
        self.internalName = None
        self.frozen = 0


class _Font(TTFont):
    """A font with which several threads may write documents at once."""

    def __init__(self, name: str, file: Path) -> None:
        super().__init__(name, str(file), shapable=False)
        self.common = _Subset(self.face, 0, _COMMON)

    def begin(self, document: Any) -> str:
        """Start a new document. Return the name of the common subset in it."""
        self.state[document] = _Letters()
        name: str = self.getSubsetInternalName(0, document)
        return name

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # reportlab's name
        state = self.state[doc]
        state.frozen = 1
        for number, letters in enumerate(state.subsets):
            # subsetting moves a file position inside the face: a shared one would mix the letters of two documents
            subset = _Subset(copy.copy(self.face), number, letters) if number else self.common
            subset.add(doc, self.getSubsetInternalName(number, doc)[1:])


# read on import, which Python lets only one thread do: two threads drawing their first form would mix two copies
FONTS = {name: _Font(name, _FOLDER / file) for name, file in _FILES.items()}
for _font in FONTS.values():
    pdfmetrics.registerFont(_font)
rl_config.useA85 = 0  # binary, not ASCII85: a fifth smaller, and 3 ms faster


class Writer:
    """Turns text into PDF operators for one document."""

    def __init__(self, canvas: Canvas) -> None:
        self._document = canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001  # reportlab 5.1's own modules use it too
        self._common = {name: font.begin(self._document) for name, font in FONTS.items()}

    def show(self, text: str, font: str, size: float) -> str:
        """Return the operators that show the text."""
        try:
            return f"{self._common[font]} {size:g} Tf <{codecs.charmap_encode(text, 'strict', ENCODING)[0].hex()}> Tj"
        except UnicodeEncodeError:
            face = FONTS[font]
            return "\n".join(
                f"{face.getSubsetInternalName(number, self._document)} {size:g} Tf <{codes.hex()}> Tj"
                for number, codes in face.splitString(text, self._document)
            )
