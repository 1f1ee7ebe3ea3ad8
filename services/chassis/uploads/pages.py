"""Draw the pages of a PDF, and make a new PDF of the pictures: of the file itself nothing is kept (decision 62).

PDFium is the reader of Chrome, here without its engines for scripts and XFA. It runs where it can do nothing but draw (`green/confined.py`).
"""

import io
import math
import warnings
from collections.abc import Callable

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from services.chassis.uploads.formats import PDF_REACH
from services.chassis.uploads.refused import UploadRefused, corrupt

#: Form 01 has two pages, a birth certificate one; a file of many pages is no paper of a dossier
MAX_PAGES = 20
#: small print of a stamped form stays readable; A4 is 1654 by 2339 pixels
DPI = 200
#: A3; a larger page is drawn at fewer dots per inch
_MAX_PAGE_PIXELS = 8_000_000
_MAX_SIDE_PIXELS = 20_000
_QUALITY = 80
#: what PDFium may take for drawing; a page scanned in colour at 600 dpi took 69 MiB
_MEMORY_BYTES = 80 << 20
#: what the store takes, with room for what stands between the pictures
_MAX_BYTES = 24 << 20
_POINTS = 72
_FILL = b"\x00\t\n\f\r "
_XFA_ONLY = pdfium_c.FORMTYPE_XFA_FULL
_ENCRYPTED = (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)


def redrawn(content: bytes, room: Callable[[int], None]) -> bytes:
    """Return a PDF of pictures of the pages.

    :raises UploadRefused: corrupt-file, encrypted-pdf, xfa-pdf, pdf-too-many-pages, pdf-too-large-inside.
    """
    if b"%%EOF" not in content.rstrip(_FILL)[-PDF_REACH:]:
        raise corrupt()  # cut off on the way: PDFium would draw what is left
    room(_MEMORY_BYTES)
    try:
        with warnings.catch_warnings(action="ignore"):
            return _drawn(_opened(content))
    except pdfium.PdfiumError:
        raise corrupt() from None


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code in _ENCRYPTED:
            raise UploadRefused(
                "encrypted-pdf",
                vi="Không nhận tệp PDF đặt mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.",
                en="A PDF protected by a password is not accepted. Remove the password and send it again.",
            ) from None
        raise corrupt() from None
    form = document.get_formtype()
    if form == _XFA_ONLY:
        raise UploadRefused(
            "xfa-pdf",
            vi="Tệp PDF là biểu mẫu động (XFA), chỉ vài phần mềm hiển thị được. Hãy in thành tệp PDF mới hoặc chụp ảnh rồi gửi lại.",
            en="The PDF is a dynamic form (XFA), which few programs can show. Print it to a new PDF, or take a photo, and send that.",
        )
    if form != pdfium_c.FORMTYPE_NONE:
        document.init_forms()  # or what was typed into fields would not be drawn
    return document


def _drawn(source: pdfium.PdfDocument) -> bytes:
    count = len(source)
    if count > MAX_PAGES:
        raise UploadRefused(
            "pdf-too-many-pages",
            vi=f"Tệp PDF có quá nhiều trang (tối đa {MAX_PAGES} trang). Chỉ gửi các trang của giấy tờ này.",
            en=f"The PDF has too many pages ({MAX_PAGES} at most). Send only the pages of this paper.",
            max_pages=MAX_PAGES,
        )
    made, size = pdfium.PdfDocument.new(), 0
    for number in range(count):
        size += _add(made, _picture(source[number]))
        if size > _MAX_BYTES:
            raise UploadRefused(
                "pdf-too-large-inside",
                vi="Các trang của tệp PDF quá nặng khi vẽ lại. Hãy gửi ít trang hơn hoặc gửi ảnh chụp.",
                en="The pages of the PDF take too much room once drawn. Send fewer pages, or photos.",
            )
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _picture(page: pdfium.PdfPage) -> tuple[bytes, int, int]:
    """Return a JPEG of the page, its width and its height."""
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise corrupt()
    scale = min(
        DPI / _POINTS, math.sqrt(_MAX_PAGE_PIXELS / width / height), _MAX_SIDE_PIXELS / width, _MAX_SIDE_PIXELS / height
    )
    picture = page.render(scale=scale, limit_image_cache=True).to_pil()
    page.close()
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue(), *picture.size


def _add(made: pdfium.PdfDocument, picture: tuple[bytes, int, int]) -> int:
    """Add a page that is this picture, at ``DPI``. Return how many bytes it takes."""
    content, width, height = picture[0], picture[1] * _POINTS / DPI, picture[2] * _POINTS / DPI
    page, image = made.new_page(width, height), pdfium.PdfImage.new(made)
    image.load_jpeg(io.BytesIO(content), inline=True)
    image.set_matrix(pdfium.PdfMatrix().scale(width, height))
    page.insert_obj(image)
    page.gen_content()
    page.close()
    return len(content)
