"""The declarative base of feedback's tables and shared column types. Each table is declared with its subject."""

from datetime import datetime
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database import Instant

metadata = sa.MetaData()
_JSON = sa.JSON(none_as_null=True)

#: an ascending key: rows of one transaction keep their order
SEQUENCE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every mapped class of feedback; migrations/ creates the tables."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        datetime: Instant(),
        dict[str, Any]: _JSON,
        list[str]: _JSON,
        list[dict[str, Any]]: _JSON,
        bytes: sa.LargeBinary(32),
    }
