"""The declarative base of the service's tables; each table is declared with its subject."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of every mapped class of notifications."""
