"""What the two providers that are reached by boto3 have in common: the client, and what its failures mean (ses.toml, aws.toml)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config

from services.chassis.errors import ChassisError
from services.chassis.settings import Url
from services.chassis.verdicts import Verdicts, retry_after
from services.notifications.messages.failures import Failures

#: what a class that no table has is taken for: the request may have gone
_UNKNOWN_CLASS = "ResponseParserError"


def client(
    service: str,
    *,
    region: str,
    endpoint: Url | None,
    seconds: float,
    connections: int,
    connect_seconds: float | None = None,
) -> Any:
    """Return a boto3 client. Creating one takes longer than sending a hundred messages."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint.reveal() if endpoint else None,
        config=Config(
            connect_timeout=connect_seconds or seconds,
            read_timeout=seconds,
            # jobs retry: botocore would send a second time by itself
            retries={"total_max_attempts": 1},
            max_pool_connections=connections,
        ),
    )


@dataclass(frozen=True, slots=True)
class Translation:
    """Translates what botocore raises into a port's failures.

    `more`: further answers that an error's response stands for, the most telling first.
    """

    name: str
    table: Verdicts
    failures: Failures
    more: Callable[[str, Mapping[str, Any]], Iterable[str]] = lambda _code, _response: ()

    @contextmanager
    def around(self, *, sending: bool) -> Iterator[None]:
        """Run a call; what it raises else than its own refusals comes from an answer that botocore could not read."""
        try:
            yield
        except ChassisError:
            raise
        except botocore.exceptions.ClientError as error:
            raise self._refusal(error.response, sending=sending) from None
        except Exception as error:
            raise self.failure(self._class_of(error), detail=type(error).__name__, sending=sending) from None

    def failure(self, *answers: str | None, detail: str, sending: bool, wait: float | None = None) -> Exception:
        """Return the port's failure for an answer, as the table has it."""
        return self.failures.of(self.table.find(*answers), f"{self.name}: {detail}", sending=sending, wait=wait)

    def _refusal(self, response: Mapping[str, Any], *, sending: bool) -> Exception:
        """Return the failure for an error of the service, without its text, which quotes addresses and phones."""
        about, meta = response.get("Error", {}), response.get("ResponseMetadata", {})
        code, status = str(about.get("Code", "")), int(meta.get("HTTPStatusCode", 0))
        answers = [*self.more(code, response), code or None, f"HTTP {status}", f"HTTP {status // 100}xx"]
        wait = retry_after(meta.get("HTTPHeaders", {}).get("retry-after"))
        return self.failure(*answers, detail=f"HTTP {status}, {code}", sending=sending, wait=wait)

    def _class_of(self, error: Exception) -> str:
        """Return the class that the table has: a certificate that nobody vouches for is told apart from a line that broke."""
        cause = getattr(error, "kwargs", {}).get("error")
        while isinstance(cause, BaseException):
            if isinstance(cause, ssl.SSLCertVerificationError) and self.table.find("SSLCertVerificationError").source:
                return "SSLCertVerificationError"
            cause = next((each for each in cause.args if isinstance(each, BaseException)), None)
        names = (each.__name__ for each in type(error).__mro__)
        return next((name for name in names if self.table.find(name).source), _UNKNOWN_CLASS)
