"""One file stands for one paper: the same bytes cannot be handed in again as something else."""

from collections.abc import Mapping

from services.chassis.errors import Refused


class SamePicture(Refused):
    """The file stands for another paper already. Members: `stands_for`, the kind of that paper, and `errors`."""

    def __init__(self, kind: str, stands_for: str, *, status: int = 422) -> None:
        self.status = status
        vi = f"Ảnh {kind} trùng với ảnh {stands_for}; mỗi giấy tờ cần ảnh riêng."
        en = f"The picture {kind} is the same file as {stands_for}; each paper needs a picture of its own."
        field = {"field": "kind", "in": "path", "message_vi": vi, "message_en": en}
        super().__init__("same-picture", vi=vi, en=en, stands_for=stands_for, errors=[field])


def must_differ(kind: str, sha256: str, known: Mapping[str, str]) -> None:
    """Check that a new file of ``kind`` is none of those known, by kind and SHA-256, under another kind.

    :raises SamePicture: with status 422.
    """
    for other, its in known.items():
        if other != kind and its == sha256:
            raise SamePicture(kind, other)


def must_all_differ(known: Mapping[str, str]) -> None:
    """Check that no two kinds have the same file.

    :raises SamePicture: with status 409.
    """
    first: dict[str, str] = {}
    for kind, sha256 in known.items():
        if sha256 in first:
            raise SamePicture(kind, first[sha256], status=409)
        first[sha256] = kind
