"""Notices: what has just been done, on the next page, and there until the page after that. Never a message that fades.

    notice.tell(_("Đã ghi nhận %(number)s phản ánh.", number=3))

Kept in the signed cookie of the service's pages until they were shown.
"""

from flask import flash, get_flashed_messages


def tell(text: str) -> None:
    """Say `text` on the next page that is drawn; it holds nothing personal."""
    flash(text)


def told() -> list[str]:
    """Return the notices of this page."""
    return [str(each) for each in get_flashed_messages()]
