"""Documents that people send: one file as the body of a PUT. The service's settings bound it (`attachment_max_…`)."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from flask import Response, request

from services.chassis.documents import PIECE_BYTES, Document
from services.chassis.errors import Refused, Transient
from services.chassis.green.confined import Busy, Room
from services.chassis.uploads import DOCUMENTS, HEIC
from services.chassis.uploads.refused import form_not_file, too_large
from services.chassis.web.blueprint import accepts_up_to
from services.chassis.web.drawn import draw_anew
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

_BINARY = {"schema": {"type": "string", "format": "binary"}}
#: a file of any accepted type, as OpenAPI describes the content of a response
FILE: dict[str, Any] = dict.fromkeys(DOCUMENTS, _BINARY)
#: … and of a request. Its bytes decide, so any declared type is as good
UPLOAD: dict[str, Any] = FILE | {HEIC: _BINARY, "application/octet-stream": _BINARY}

#: bodies that arrive, or wait for their turn
_disk = Room(192 << 20)

#: decorates a view that takes a file: as large as the setting says; a larger one is refused as a file
takes_file = accepts_up_to("attachment_max_bytes", too_large)


@contextmanager
def received(allowed: Sequence[str]) -> Iterator[Document]:
    """Check the file in the request's body, draw it anew and put that into the store; delete it if the block is refused.

    :param allowed: media types out of ``DOCUMENTS``.
    :raises UploadRefused: for what is empty, too large, of another type or cannot be read.
    :raises Busy: when too many come at once.
    """
    if request.mimetype.startswith("multipart/"):
        raise form_not_file()
    with _arrived() as source, tempfile.TemporaryFile(buffering=0) as target:
        document = resources.documents.put(target, draw_anew(source, target, allowed, resources.settings))
    try:
        yield document
    except (Problem, Refused):
        # certainly not kept. After any other error it may be, and an unused document does less harm than a missing one
        with suppress(Transient):
            resources.documents.delete(document.document_id)
        raise


def sent(document: Mapping[str, Any], *, shown: str, name: str) -> Response:
    """Return a stored document, in which a browser runs nothing.

    :param document: its claim check: ``document_id``, ``sha256``, ``content_type``.
    :param shown: `attachment` or `inline`, the disposition.
    :param name: of the file, made by us.
    """
    content = resources.documents.get(document["document_id"], sha256=document["sha256"])
    response = Response(content, content_type=document["content_type"])
    response.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@contextmanager
def _arrived() -> Iterator[IO[bytes]]:
    """Take the body into a file without a name, which many at once do not keep in memory.

    :raises Busy: if bodies that have arrived fill their room on the disk, or the disk is full.
    """
    taken = 0
    try:
        with tempfile.TemporaryFile(buffering=0) as file:
            while piece := request.stream.read(PIECE_BYTES):
                _disk.take(len(piece))
                taken += len(piece)
                try:
                    file.write(piece)
                except OSError:
                    raise Busy("the folder for temporary files takes no upload") from None
            file.seek(0)
            yield file
    finally:
        _disk.give_back(taken)
