"""Ask another machine over HTTP, and nobody else: by TLS only whom this process trusts, and never whoever it redirects to.

A redirect would take our headers, passwords among them, to an address that was never configured.
"""

import urllib.request
from typing import IO, Any, cast

from services.chassis import tls


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Refuse: the redirect then counts as the error that its status is."""


def open_url(request: urllib.request.Request | str, seconds: float) -> IO[bytes]:
    """Return the answer to a request, as a file to be closed. The caller has checked the address.

    :raises urllib.error.HTTPError: for an error, and for a redirect.
    :raises OSError: if there is no answer in time, or nobody we trust vouches for the certificate.
    """
    opener = urllib.request.build_opener(_NoRedirects, urllib.request.HTTPSHandler(context=tls.context()))
    return cast("IO[bytes]", opener.open(request, timeout=seconds))
