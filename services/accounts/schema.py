"""The declarative base of every table of accounts, and how Python types become columns."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from services.chassis.database import Instant


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant(), dict[str, Any]: sa.JSON(), str: sa.Text()}
