"""Vietnamese translations of validation messages.

marshmallow's English messages are few and fixed, so each is translated here. A service's own rule brings both: ``raise ValidationError(bilingual(vi="Sai ngày sinh.", en="Wrong date of birth."))``.
"""

from __future__ import annotations

import re
from typing import Any

from services.chassis.text.bilingual import Bilingual

_INVALID = "Giá trị không hợp lệ."

_KINDS = {
    "string": "chuỗi ký tự",
    "integer": "số nguyên",
    "number": "số",
    "boolean": "giá trị đúng/sai",
    "date": "ngày (năm-tháng-ngày)",
    "time": "giờ",
    "datetime": "thời điểm (theo RFC 3339)",
    "aware datetime": "thời điểm có múi giờ (theo RFC 3339)",
    "naive datetime": "thời điểm không có múi giờ",
    "list": "danh sách",
    "mapping type": "đối tượng",
    "URL": "địa chỉ URL",
    "email address": "địa chỉ thư điện tử",
    "UUID": "UUID",
    "IP address": "địa chỉ IP",
    "period of time": "khoảng thời gian",
}

_SENTENCES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern, re.DOTALL), vietnamese)
    for pattern, vietnamese in (
        (r"Missing data for required field\.", "Thiếu thông tin bắt buộc."),
        (r"Field may not be null\.", "Không được để trống."),
        (r"Unknown field\.", "Trường này không có trong biểu mẫu."),
        (r"Invalid input type\.", "Phải là một đối tượng."),
        (r"Invalid input\.|Invalid value\.", _INVALID),
        (r"Not a valid utf-8 string\.", "Chuỗi ký tự không đúng mã UTF-8."),
        (r"Number too large\.", "Số quá lớn."),
        (r"Special numeric values \(nan or infinity\) are not permitted\.", "Không chấp nhận NaN hay vô cực."),
        (r"String does not match expected pattern\.", "Không đúng định dạng."),
        (r"Must be one of: (.*)\.", "Phải là một trong: {0}."),
        (r"One or more of the choices you made was not in: (.*)\.", "Có lựa chọn không thuộc: {0}."),
        (r"Shorter than minimum length (\d+)\.", "Phải dài ít nhất {0}."),
        (r"Longer than maximum length (\d+)\.", "Chỉ được dài tối đa {0}."),
        (r"Length must be between (\d+) and (\d+)\.", "Phải dài từ {0} đến {1}."),
        (r"Length must be (\d+)\.", "Phải dài đúng {0}."),
        (r"Must be greater than or equal to (.+) and less than or equal to (.+)\.", "Phải từ {0} đến {1}."),
        (r"Must be greater than or equal to (.+)\.", "Phải lớn hơn hoặc bằng {0}."),
        (r"Must be greater than (.+)\.", "Phải lớn hơn {0}."),
        (r"Must be less than or equal to (.+)\.", "Phải nhỏ hơn hoặc bằng {0}."),
        (r"Must be less than (.+)\.", "Phải nhỏ hơn {0}."),
        (r"Must be equal to (.+)\.", "Phải bằng {0}."),
        (r"Field may not be empty\.", "Không được để trống."),
    )
]
_NOT_A = re.compile(r"Not a valid (.+)\.")


def vietnamese(message: str) -> str:
    """Translate a validator's message; a generic sentence if there is no translation."""
    if isinstance(message, Bilingual):
        return message.vi
    for pattern, sentence in _SENTENCES:
        match = pattern.fullmatch(message)
        if match:
            return sentence.format(*match.groups())
    match = _NOT_A.fullmatch(message)
    if match:
        return f"Phải là {_KINDS[match[1]]} hợp lệ." if match[1] in _KINDS else _INVALID
    return _INVALID


_PLACES = {"json": "body", "json_or_form": "body", "form": "body", "files": "body", "querystring": "query"}
_MOST_ERRORS = 100
_LONGEST_PATH = 200


def field_errors(messages: Any) -> list[dict[str, str]]:
    """Flatten webargs' nested messages: ``{"field": "contact.phone", "in": "body", "message_vi", "message_en"}``.

    List positions count from 0 (`attachments.0.kind`); an empty field means the whole body or query.
    """
    found: list[dict[str, str]] = []

    def walk(node: Any, place: str, path: tuple[str, ...]) -> None:
        if len(found) >= _MOST_ERRORS:
            return
        if isinstance(node, dict):
            for key, inner in node.items():
                walk(inner, place, path if key == "_schema" else (*path, str(key)))
        elif isinstance(node, list | tuple):
            for inner in node:
                walk(inner, place, path)
        else:
            message = node if isinstance(node, str) else "Invalid value."
            found.append(
                {
                    "field": ".".join(path)[:_LONGEST_PATH],
                    "in": place,
                    "message_vi": vietnamese(message),
                    "message_en": str.__str__(message),
                }
            )

    for location, inner in messages.items() if isinstance(messages, dict) else [("json", messages)]:
        walk(inner, _PLACES.get(location, location), ())
    return found
