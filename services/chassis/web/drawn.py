"""Have a file that a stranger sent read and drawn anew, in a process of its own (decision 62)."""

from collections.abc import Sequence
from typing import IO, Any

from services.chassis.documents import PIECE_BYTES
from services.chassis.green.confined import Confined, NotRead
from services.chassis.observe.logs import get_logger
from services.chassis.uploads import MEMORY_BYTES, UploadRefused, sniff
from services.chassis.uploads.refused import too_complex

log = get_logger(__name__)

_reader = Confined(
    "services.chassis.uploads.reading:read", memory_bytes=MEMORY_BYTES, at_once=4, seconds=10, wait_seconds=15
)


def draw_anew(source: IO[bytes], target: IO[bytes], allowed: Sequence[str], settings: Any) -> str:
    """Have the file read, and the one that is kept written into ``target``, from its beginning. Return its type.

    :param source: a real file, as ``target``.
    :param allowed: media types out of ``DOCUMENTS``.
    :param settings: with `attachment_max_bytes` and `attachment_max_pixels`.
    :raises UploadRefused: for what is empty, too large, of another type or cannot be read.
    :raises Busy: when too many come at once.
    """
    question = {"allowed": allowed, "max_bytes": settings.attachment_max_bytes, "max_pixels": settings.attachment_max_pixels}
    try:
        answer = _reader.call(question, source, target)
    except NotRead as error:
        log.warning("upload_not_read", reason=str(error))
        raise too_complex() from None
    if "refused" in answer:
        raise UploadRefused(**answer["refused"])
    target.seek(0)
    kind = sniff(target.read(PIECE_BYTES))
    target.seek(0)
    if kind is None or kind not in allowed:
        raise too_complex()  # nothing of ours: whoever sent the file has got the better of its reader
    return kind
