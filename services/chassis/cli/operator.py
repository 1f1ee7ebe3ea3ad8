"""Who runs a command, for the history (V16)."""

import getpass
import os


def operator() -> str:
    """Return ``vss:NAME``: whoever became another user with sudo, or the user. What the machine says, and no proof."""
    return f"vss:{os.environ.get('SUDO_USER') or getpass.getuser()}"
