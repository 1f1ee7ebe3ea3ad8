"""apispec's marshmallow converter, corrected where its output and marshmallow's behaviour differ.

It is made for HTTP APIs. A fact's schema is read by other agencies and compared release by release, so it must neither reject a
valid message nor omit a rule that JSON Schema can express.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma
from apispec import APISpec
from apispec.exceptions import APISpecError
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.field_converter import DEFAULT_FIELD_MAPPING
from apispec.ext.marshmallow.openapi import OpenAPIConverter

Schema = dict[str, Any]

#: OpenAPI keywords that JSON Schema does not know or reads differently (``required``)
_NO_KEYWORDS = {"nullable", "xml", "externalDocs", "required", "readOnly", "writeOnly", "example"}
_LEFT_OVERS = {"readOnly", "writeOnly", "example", "min"}
#: syntax of Python's regular expressions that ECMA-262, which JSON Schema uses, lacks
_PYTHON_ONLY = re.compile(r"\\[AZ]|\(\?P|\(\?[aiLmsux]+[:)-]|\(\?\(|\(\?#")
_REFUSED: Mapping[type[ma.fields.Field[Any]], str] = {
    ma.fields.Method: "a fact holds values, it computes none",
    ma.fields.Function: "a fact holds values, it computes none",
    ma.fields.Pluck: "it cannot be reduced to public fields; use Nested, or the plucked field itself",
    ma.fields.Tuple: "declare a Nested with names, or a List",
}


class _Converter(OpenAPIConverter):
    # a copy: apispec's own table is shared with the HTTP API's documents
    field_mapping: ClassVar[dict[Any, Any]] = {
        **DEFAULT_FIELD_MAPPING,
        ma.fields.Url: ("string", "uri"),
        ma.fields.IP: ("string", None),
        ma.fields.IPInterface: ("string", None),
        # `date-time` and `time` promise an offset, which these two do not send
        ma.fields.NaiveDateTime: ("string", None),
        ma.fields.Time: ("string", None),
    }
    public_only = False

    def schema2jsonschema(self, schema: ma.Schema) -> Schema:
        converted: Schema = super().schema2jsonschema(schema)
        # marshmallow refuses what it does not know; readers of a published schema must not, or no field could ever be added
        converted.pop("additionalProperties", None)
        return converted

    def fields2jsonschema(self, fields: Mapping[str, Any], *, partial: Any = None) -> Any:
        if self.public_only:
            fields = {name: field for name, field in fields.items() if field.metadata.get("public")}
        return super().fields2jsonschema(fields, partial=partial)

    def field2property(self, field: Any) -> Schema:
        _refuse(field)
        converted: Schema = super().field2property(field)
        # formatted date-times leave None where nothing is known, and `min`, which is no keyword
        return {key: value for key, value in converted.items() if value is not None and key not in _LEFT_OVERS}

    def field2type_and_format(self, field: Any, **kwargs: Any) -> Any:
        if getattr(field, "as_string", False):
            return {"type": "string"}
        if isinstance(field, ma.fields.Constant):
            return {"const": field.constant}
        return super().field2type_and_format(field, **kwargs)

    def field2range(self, field: Any, ret: Schema) -> Schema:
        """Add exclusive bounds to what apispec writes."""
        found: dict[str, list[Any]] = {}
        for bound in (v for v in field.validators if isinstance(v, ma.validate.Range)):
            if bound.min is not None:
                found.setdefault("minimum" if bound.min_inclusive else "exclusiveMinimum", []).append(bound.min)
            if bound.max is not None:
                found.setdefault("maximum" if bound.max_inclusive else "exclusiveMaximum", []).append(bound.max)
        # JSON Schema bounds numbers only; bounds of dates are told to people, and to the snapshot
        prefix = "" if ret.get("type") in {"number", "integer"} else "x-"
        tightest = {name: (max if "inimum" in name else min)(values) for name, values in found.items()}
        return {prefix + name: field.serialize("bound", {"bound": value}) for name, value in tightest.items()}

    def field2length(self, field: Any, **kwargs: Any) -> Schema:
        """Add the size of objects to what apispec writes."""
        found: Schema = super().field2length(field, **kwargs)
        if isinstance(field, ma.fields.Mapping):
            found = {name.replace("Length", "Properties"): value for name, value in found.items()}
        return found

    def field2pattern(self, field: Any, **kwargs: Any) -> Schema:
        """Anchor patterns at the start, as marshmallow matches (JSON Schema searches anywhere), and combine several."""
        patterns = [_ecma(field, v.regex) for v in field.validators if isinstance(v, ma.validate.Regexp)]
        if not patterns:
            return {}
        if len(patterns) == 1:
            only = patterns[0]
            return {"pattern": only if only.startswith("^") and "|" not in only else f"^(?:{only})"}
        return {"pattern": "^" + "".join(f"(?={pattern})" for pattern in patterns)}

    def metadata2properties(self, field: Any, **kwargs: Any) -> Schema:
        found: Schema = super().metadata2properties(field, **kwargs)
        if "example" in found:
            found.setdefault("examples", [found["example"]])
        found = {key: value for key, value in found.items() if key not in _NO_KEYWORDS}
        if field.metadata.get("public") and not self.public_only:
            found["x-public"] = True
        return found

    def list2properties(self, field: Any, **kwargs: Any) -> Schema:
        found: Schema = super().list2properties(field, **kwargs)
        if "items" in found and "enum" in kwargs["ret"]:
            # ContainsOnly speaks about the items
            found["items"]["enum"] = kwargs["ret"].pop("enum")
        return found


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


def convert(schema: ma.Schema, *, public_only: bool) -> Schema:
    """Return the JSON Schema of ``schema``, nested schemas inline.

    :raises TypeError: for a field that cannot travel in a fact; the text names it and the way out.
    """
    plugin = _Plugin(schema_name_resolver=lambda _: None)
    APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    plugin.converter.public_only = public_only
    try:
        converted: Schema = plugin.converter.schema2jsonschema(schema)
    except (APISpecError, RecursionError) as error:
        raise TypeError(f"{type(schema).__name__}: a schema that holds itself cannot travel in a fact") from error
    return converted


def _refuse(field: Any) -> None:
    reason = next((reason for kind, reason in _REFUSED.items() if isinstance(field, kind)), None)
    if isinstance(field, ma.fields.Decimal) and not field.as_string:
        reason = "JSON has no decimals; use as_string=True"
    if field.data_key not in {None, field.name}:
        reason = f"call the field {field.data_key!r}, as it travels, instead of giving it a data_key"
    if reason:
        raise TypeError(f"{field.name}: {type(field).__name__}: {reason}")


def _ecma(field: Any, regex: re.Pattern[Any]) -> str:
    if regex.flags & ~re.UNICODE or _PYTHON_ONLY.search(regex.pattern):
        raise TypeError(f"{field.name}: write the pattern {regex.pattern!r} without flags and Python's own syntax")
    return str(regex.pattern)
