"""What a release's migrations do to a program of the release before, which may still run, or be brought back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import sqlalchemy as sa

_CONTRACT = re.compile(r'^contract = "(\w+)"$', re.MULTILINE)


def schema_of(url: str) -> sa.MetaData:
    """Return the tables of a database as they are now."""
    found, engine = sa.MetaData(), sa.create_engine(url, poolclass=sa.NullPool)
    found.reflect(engine)
    return found


def taken_away(before: sa.MetaData, after: sa.MetaData) -> list[str]:
    """Return, in sentences, what a program that works on `before` misses on `after`: none if tables and columns were only added."""
    return [fault for name, table in sorted(before.tables.items()) for fault in _faults(table, after.tables.get(name))]


def _faults(old: sa.Table, new: sa.Table | None) -> Iterator[str]:
    if new is None:
        yield f"table {old.name} is gone"
        return
    for column in old.columns:
        there = new.columns.get(column.name)
        if there is None:
            yield f"{old.name}.{column.name} is gone"
        elif str(there.type) != str(column.type):
            yield f"{old.name}.{column.name} was {column.type} and is {there.type}"
        elif column.nullable and not there.nullable:
            yield f"{old.name}.{column.name} refuses NULL now"
    for column in new.columns:
        if column.name not in old.columns and not column.nullable and column.server_default is None:
            yield f"{old.name}.{column.name} is new, and wants a value"
    fresh = {column.name for column in new.columns if column.name not in old.columns and column.nullable}
    for name in sorted(_guards(new, unwritten=fresh) - _guards(old)):
        yield f"{old.name} has a new rule: {name}"


def _guards(table: sa.Table, unwritten: Collection[str] = ()) -> set[str]:
    """What refuses rows: unique columns, checks, references; a unique column that the old program leaves NULL refuses none."""
    unique = [index.columns.keys() for index in table.indexes if index.unique]
    found = {f"unique {sorted(columns)}" for columns in unique if not set(columns) & set(unwritten)}
    for rule in table.constraints:
        if isinstance(rule, sa.UniqueConstraint):
            found.add(f"unique {sorted(rule.columns.keys())}")
        elif isinstance(rule, sa.CheckConstraint):
            found.add(f"check {rule.sqltext}")
        elif isinstance(rule, sa.ForeignKeyConstraint):
            found.add(f"reference {sorted(rule.column_keys)} to {rule.referred_table.name}")
    return found


def contracts(scripts: Path) -> dict[str, str]:
    """Return the steps of a folder that take something away, each with the step that made it unnecessary."""
    texts = {script.stem: script.read_text("utf-8") for script in sorted((scripts / "versions").glob("*.py"))}
    return {name: found[1] for name, text in texts.items() if (found := _CONTRACT.search(text))}
