"""The declarative base of registration's tables, and shared column types. Each table is declared with its subject."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database import Instant

metadata = sa.MetaData()
_JSON = sa.JSON(none_as_null=True)


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        datetime: Instant(),
        date: sa.Date(),
        dict[str, Any]: _JSON,
        list[str]: _JSON,
        bytes: sa.LargeBinary(32),
    }
