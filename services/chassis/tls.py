"""Whom this process trusts when it connects by TLS: the system's certificate authorities, and those of ``CA_FILE``.

Each certificate is checked for its authority, its days and the host's name (decision 58). There is no switch that turns this off.
"""

import ssl
from pathlib import Path

_own: Path | None = None


def trust(file: Path | None) -> None:
    """Trust the authorities in ``file`` (PEM), too; once, at the start of the process."""
    global _own
    _own = file


def own_authorities() -> Path | None:
    """Return the file of `trust`, for clients that make their own contexts; None: the system's are enough."""
    return _own


def context() -> ssl.SSLContext:
    """Return a context for a client.

    :raises OSError: if the file of `trust` has gone or holds no certificate.
    """
    made = ssl.create_default_context()
    if _own is not None:
        made.load_verify_locations(_own)
    return made


def fault(file: Path) -> str | None:
    """Say what is wrong with a file of authorities; None if nothing is."""
    try:
        ssl.create_default_context().load_verify_locations(file)
    except ssl.SSLError:
        return f"{file} holds no certificate in PEM"
    except OSError as error:
        return f"{file} cannot be read ({error.strerror or type(error).__name__})"
    return None


def refusal(error: ssl.SSLError) -> str:
    """Say in a line why a connection by TLS failed. Such errors hold no password."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message.rstrip('.')}"
    return f"TLS failed: {error.reason or error}"
