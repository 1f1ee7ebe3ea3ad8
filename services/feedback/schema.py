"""The declarative base of feedback's tables and the column types they share; the tables stand with their subjects."""

from datetime import datetime
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database import Instant

metadata = sa.MetaData()
_JSON = sa.JSON(none_as_null=True)

#: a key that counts upwards: rows of one transaction keep their order
SEQUENCE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """The service's own tables; migrations/ makes them."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: sa.Text(),
        datetime: Instant(),
        dict[str, Any]: _JSON,
        list[str]: _JSON,
        list[dict[str, Any]]: _JSON,
        bytes: sa.LargeBinary(32),
    }
