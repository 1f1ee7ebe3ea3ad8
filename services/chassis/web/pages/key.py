"""The key that signs `vss_<service>`, Flask's session of one service's pages: PAGES_KEY, or made and kept in the database.

Kept as accounts keeps its signing keys: sealed under SECRETS_KEY where there is one.
"""

import secrets
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.chassis import clock
from services.chassis.database import Database, Instant, chassis_metadata
from services.chassis.secretbox import SecretBox
from services.chassis.settings import ChassisSettings

_NAME, _CONTEXT, _BYTES = "pages", "page-key:pages", 32

table = sa.Table(
    "page_keys",
    chassis_metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("key", sa.Text()),
    #: the key sealed under SECRETS_KEY; `key` is then empty
    sa.Column("box", sa.Text()),
    sa.Column("made_at", Instant(), nullable=False),
)

#: what each process has read
held_keys: WeakKeyDictionary[Database, str] = WeakKeyDictionary()


def key_of(settings: ChassisSettings, database: Database) -> str:
    """Return the key; the first process that asks makes it."""
    if settings.pages_key is not None:
        return settings.pages_key.reveal()
    if database not in held_keys:
        held_keys[database] = _read(settings, database) or _make(settings, database)
    return held_keys[database]


def _read(settings: ChassisSettings, database: Database) -> str:
    with database.read() as session:
        row = session.execute(sa.select(table).where(table.c.name == _NAME)).first()
    if row is None:
        return ""
    if row.box is None:
        return str(row.key)
    return SecretBox(settings.secrets_key).open(row.box, context=_CONTEXT).decode()


def _make(settings: ChassisSettings, database: Database) -> str:
    key = secrets.token_urlsafe(_BYTES)
    row = {"name": _NAME, "key": key, "box": None, "made_at": clock.now()}
    if settings.secrets_key:
        row |= {"key": None, "box": SecretBox(settings.secrets_key).seal(key.encode(), context=_CONTEXT)}
    try:
        with database.write() as session:
            session.execute(sa.insert(table).values(row))
    except IntegrityError:
        return _read(settings, database)  # another process was first
    return key
