"""flask-smorest's blueprint with strict parsing, idempotency and problem+json."""

from collections.abc import Callable
from typing import Any

import flask_smorest

from services.chassis.web.body import Parser, too_large
from services.chassis.web.documented import View
from services.chassis.web.idempotency import HEADER, idempotent
from services.chassis.web.looks import recorded
from services.chassis.web.openapi import operation_id
from services.chassis.web.problem import MEDIA_TYPE, ProblemSchema

_IDEMPOTENCY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Send a fresh UUID; a request repeated with the same one gets the first answer again (for 24 hours).",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200},
}


def accepts_up_to(setting: str, refuse: Callable[[int], Exception] = too_large) -> Callable[[View], View]:
    """Accept bodies in this view of as many bytes as a setting says, and answer a larger one with what ``refuse`` makes of that number.

    Put it next to the function.
    """

    def decorator(view: View) -> View:
        view.bounded_by = (setting, refuse)  # type: ignore[attr-defined]
        return view

    return decorator


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Blueprint of an API. Write `url_prefix` without the service's own prefix, which is prepended."""

    ARGUMENTS_PARSER = Parser()
    idempotent = staticmethod(idempotent)
    recorded = staticmethod(recorded)

    def __init__(self, name: str, import_name: str = __name__, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self._prepare_doc_cbks.append(self._prepare_own_doc)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Register a view; its operation's id is made of the blueprint's name and the function's."""
        if view_func is not None:
            view_func._apidoc = getattr(view_func, "_apidoc", {}) | {  # noqa: SLF001  # flask-smorest's place for it
                "operation_id": operation_id(self.name, endpoint or view_func.__name__)
            }
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    def alt_response(self, status_code: Any, response: Any = None, *, schema: Any = None, **options: Any) -> Any:
        """Document an alternative response; a problem has its own content type."""
        if isinstance(schema, type) and issubclass(schema, ProblemSchema):
            options.setdefault("content_type", MEDIA_TYPE)
        return super().alt_response(status_code, response, schema=schema, **options)

    @staticmethod
    def _prepare_own_doc(doc: dict[str, Any], info: dict[str, Any], **_: Any) -> dict[str, Any]:
        doc.setdefault("responses", {}).setdefault("default", "DEFAULT_ERROR")
        if "operation_id" in info:
            doc.setdefault("operationId", info["operation_id"])
        if info.get("idempotent"):
            doc.setdefault("parameters", []).append(dict(_IDEMPOTENCY_PARAMETER))
            responses = doc["responses"]
            responses.setdefault(409, "CONFLICT")
            responses.setdefault(422, "UNPROCESSABLE_ENTITY")
        if info.get("budget"):
            doc["responses"].setdefault(429, "TOO_MANY_REQUESTS")
        if info.get("recorded"):
            doc["x-recorded"] = True
            doc["responses"].setdefault(422, "UNPROCESSABLE_ENTITY")
            doc["responses"].setdefault(428, "PRECONDITION_REQUIRED")
        if info.get("authenticated"):
            doc["security"] = [{"bearer": []}]
            doc["responses"].setdefault(401, "UNAUTHORIZED")
            doc["responses"].setdefault(403, "FORBIDDEN")
        if info.get("recognised"):
            doc["security"] = [{}, {"bearer": []}]
            doc["responses"].setdefault(401, "UNAUTHORIZED")
        return doc
