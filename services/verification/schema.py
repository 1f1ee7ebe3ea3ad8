"""The declarative base of the service's tables. Each table stands with its subject; migrations/ makes them."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of every mapped class of verification."""
