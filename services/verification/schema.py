"""The declarative base of the service's tables. Each table is declared with its subject; migrations/ creates them."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of every mapped class of verification."""
