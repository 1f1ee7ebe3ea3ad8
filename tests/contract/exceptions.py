"""Every exception class of the libraries through which we speak with others, and what ours makes of it: read from their own source.

python -m tests.contract.exceptions          # writes exceptions.toml anew: read the difference before committing it
"""

from __future__ import annotations

import importlib
import inspect
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from email_validator import EmailNotValidError
from joserfc.errors import JoseError
from nacl.exceptions import InvalidkeyError
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from services.chassis.bus.connection import GONE
from services.chassis.database.failures import is_contention, outage_of
from services.chassis.documents import s3
from services.chassis.verdicts import Verdicts

FILE = Path(__file__).with_name("exceptions.toml")
_SERVICES = Path(__file__).parents[2] / "services"
Judge = Callable[[type[BaseException]], str]


def by_table(table: Verdicts) -> Judge:
    """The word of the row that is about the class, or about what it inherits from."""
    return lambda cls: table.find(*(each.__name__ for each in cls.__mro__)).code


def of_driver(cls: type[BaseException]) -> str:
    """What a failed statement means (decision 25)."""
    made = cls.__new__(cls)
    wrapped = made if isinstance(made, sa.exc.SQLAlchemyError) else sa.exc.DBAPIError("SELECT 1", None, made)
    outage = outage_of(wrapped)
    if outage is not None:
        return outage.name
    if isinstance(made, psycopg.OperationalError) and outage_of(sa.exc.OperationalError(None, None, made)) is not None:
        return "ours_but_away_when_connecting"
    return "contention" if is_contention(wrapped) else "ours"


def one_of(word: str, *bases: type[BaseException]) -> Judge:
    return lambda cls: word if issubclass(cls, bases) else "ours"


#: how each library's classes are judged, by the module that declares or offers them
LIBRARIES: dict[str, Judge] = {
    "amqp.exceptions": one_of("broker_gone", *GONE),
    "boto3.exceptions": by_table(s3.TABLE),
    "botocore.exceptions": by_table(s3.TABLE),
    "email_validator": one_of("refused", EmailNotValidError),
    "imap_tools.errors": by_table(Verdicts.load(_SERVICES / "feedback/mailbox/imap.toml")),
    "joserfc.errors": one_of("token_refused", JoseError, ValueError, TypeError),
    "kombu.exceptions": one_of("broker_gone", *GONE),
    "nacl.exceptions": one_of("wrong_password", InvalidkeyError, ValueError),
    "pika.exceptions": one_of("broker_lost", AMQPError, AMQPConnectorException, OSError),
    "psycopg": of_driver,
    "psycopg.errors": of_driver,
    "requests.exceptions": by_table(Verdicts.load(_SERVICES / "verification/directory/hgd.toml")),
    "smtplib": by_table(Verdicts.load(_SERVICES / "notifications/mail/smtp.toml")),
    "sqlalchemy.exc": of_driver,
    "twilio.base.exceptions": lambda _cls: "as_its_response_says",
    "urllib3.exceptions": by_table(Verdicts.load(_SERVICES / "notifications/sms/twilio.toml")),
}


def classes(module: str) -> Iterator[type[BaseException]]:
    """The exceptions that a module declares or offers; warnings are none."""
    for name, cls in inspect.getmembers(importlib.import_module(module), inspect.isclass):
        if issubclass(cls, Exception) and not issubclass(cls, Warning) and not name.startswith("_"):
            yield cls


def found(module: str) -> dict[str, list[str]]:
    """The names of a library's classes by what ours makes of them."""
    judged: dict[str, set[str]] = {}
    for cls in classes(module):
        judged.setdefault(LIBRARIES[module](cls), set()).add(cls.__name__)
    return {word: sorted(judged[word]) for word in sorted(judged)}


def recorded() -> dict[str, dict[str, list[str]]]:
    kept: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return kept


def as_text() -> str:
    lines = [
        "# Exceptions of the libraries through which we speak with others, by what ours makes of each. Written by",
        "# `python -m tests.contract.exceptions`; a new class, or another meaning, is looked at before it is committed.",
        f"# psycopg {psycopg.__version__.partition('.')[0]}, SQLAlchemy {sa.__version__.partition('.')[0]}",
    ]
    for module in sorted(LIBRARIES):
        lines += ["", f'["{module}"]']
        for word, names in found(module).items():
            lines += [f"{word} = [", *(f'    "{name}",' for name in names), "]"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
