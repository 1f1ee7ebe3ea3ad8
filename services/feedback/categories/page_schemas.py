"""What the page of a category takes: the API's body, with keywords and examples in lines."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from services.chassis.text.folding import one_line
from services.feedback.categories.schemas import CategoryBody, keyword


class Lines(ma.fields.String):
    """Texts, one in a line, each of them judged."""

    def __init__(self, *, most: int, longest: int, judge: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self._most, self._longest, self._judge = most, longest, judge

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = super()._deserialize(value, attr, data, **kwargs)
        lines = [line for line in map(one_line, given.splitlines()) if line]
        if len(lines) > self._most or any(len(line) > self._longest for line in lines):
            raise ma.ValidationError(
                f"Nhiều nhất {self._most} dòng, mỗi dòng {self._longest} ký tự.\n"
                f"At most {self._most} lines of {self._longest} letters each."
            )
        for line in lines if self._judge else ():
            self._judge(line)
        return lines


class CategoryForm(CategoryBody):
    """As `CategoryBody`."""

    keywords = Lines(most=60, longest=80, judge=keyword, load_default=list)  # type: ignore[assignment]  # the API has a list here, a page lines of text
    examples = Lines(most=20, longest=300, load_default=list)  # type: ignore[assignment]  # the API has a list here, a page lines of text
