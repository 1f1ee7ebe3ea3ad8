"""Files that people upload: typed by their bytes, bounded before decoding, and drawn anew before they are kept.

    document = confined.call({"allowed": PICTURES, "max_bytes": …, "max_pixels": …}, source, target)     # web/attachments.py

What is kept was made by us: a picture upright and without metadata (place, time, device), a PDF of pictures of its pages. Nothing that
a stranger wrote reaches the program of an officer.

`reading.py` does it, in a process of its own (`green/confined.py`): this package imports neither Pillow nor PDFium, so services do not.
"""

from services.chassis.uploads.formats import DOCUMENTS, HEIC, JPEG, PDF, PICTURES, PNG, WEBP, sniff
from services.chassis.uploads.refused import UploadRefused

__all__ = ["DOCUMENTS", "HEIC", "JPEG", "MEMORY_BYTES", "PDF", "PICTURES", "PNG", "WEBP", "UploadRefused", "sniff"]

#: the memory that decoding takes at most: a page scanned in colour at 600 dpi as PNG, a phone's photo of 24 megapixels as HEIC
MEMORY_BYTES = 128 << 20
