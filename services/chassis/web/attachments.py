"""Documents that people send: one file as the body of a PUT. The service's settings bound it (`attachment_max_…`)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from flask import request

from services.chassis.documents import Document
from services.chassis.errors import Refused, Transient
from services.chassis.green.threads import run_in_thread
from services.chassis.uploads import DOCUMENTS, accept
from services.chassis.uploads.refused import form_not_file, too_large
from services.chassis.web.blueprint import accepts_up_to
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources

_BINARY = {"schema": {"type": "string", "format": "binary"}}
#: a file of any accepted type, as OpenAPI describes the content of a response
FILE: dict[str, Any] = dict.fromkeys(DOCUMENTS, _BINARY)
#: … and of a request. Its bytes decide, so any declared type is as good
UPLOAD: dict[str, Any] = FILE | {"application/octet-stream": _BINARY}


#: decorates a view that takes a file: as large as the setting says; a larger one is refused as a file
takes_file = accepts_up_to("attachment_max_bytes", too_large)


@contextmanager
def received(allowed: Sequence[str]) -> Iterator[Document]:
    """Check the file in the request's body, re-encode it and put it into the store; delete it if the block is refused.

    :param allowed: media types out of ``DOCUMENTS``.
    :raises UploadRefused: for what is empty, too large, of another type or damaged.
    """
    settings = resources.settings
    limits = {"max_bytes": settings.attachment_max_bytes, "max_pixels": settings.attachment_max_pixels}
    if request.mimetype.startswith("multipart/"):
        raise form_not_file()
    upload = run_in_thread(accept, request.get_data(cache=False), allowed=allowed, **limits)
    document = resources.documents.put(upload.content, upload.content_type)
    try:
        yield document
    except (Problem, Refused):
        # certainly not kept. After any other error it may be, and an unused document does less harm than a missing one
        with suppress(Transient):
            resources.documents.delete(document.document_id)
        raise
