"""The declarative base of the service's tables; each table stands with its subject."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The service's own tables."""
