"""Authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds, as every app has them)."""

import hmac

import pyotp
import sqlalchemy as sa

from services.accounts.accounts.rules import Account
from services.accounts.factors.rules import Totp, confirmed_totp
from services.accounts.settings import Settings
from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.chassis.secretbox import CannotOpen, SecretBox

log = get_logger(__name__)

ISSUER = "BHXH Việt Nam"
_SECONDS = 30
#: one step for clocks that differ, and for slow fingers
_WINDOW = (0, -1, 1)


def begin(account: Account, settings: Settings) -> tuple[str, str]:
    """Make a secret for the account and return it with its `otpauth:` URI; one that was not confirmed is void. It gives nothing until `confirm`."""
    secret = pyotp.random_base32()
    account.session.execute(sa.delete(Totp).where(Totp.account_id == account.id, Totp.confirmed_at.is_(None)))
    made = Totp(account_id=account.id, sealed="", created_at=clock.now())
    account.session.add(made)
    account.session.flush()
    made.sealed = SecretBox(settings.secrets_key).seal(secret.encode(), context=_context(made))
    return secret, _uri(account, secret)


def _uri(account: Account, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account.username or "", issuer_name=ISSUER)


def waiting(account: Account, settings: Settings) -> tuple[str, str]:
    """Return the secret begun last, which no code has confirmed, with its URI: a page that is drawn again shows the same. Begin one if there is none."""
    begun = account.session.scalar(sa.select(Totp).where(Totp.account_id == account.id, Totp.confirmed_at.is_(None)))
    if begun is None:
        return begin(account, settings)
    secret = SecretBox(settings.secrets_key).open(begun.sealed, context=_context(begun)).decode()
    return secret, _uri(account, secret)


def confirm(account: Account, code: str, settings: Settings) -> Totp | None:
    """Take the secret begun last into use, in place of an earlier one, if the code is right; None if not."""
    waiting = sa.select(Totp).where(Totp.account_id == account.id, Totp.confirmed_at.is_(None))
    begun = account.session.scalar(waiting)
    if begun is None or not _take(account, begun, code, settings):
        return None
    account.session.execute(sa.delete(Totp).where(Totp.account_id == account.id, Totp.id != begun.id))
    begun.confirmed_at = clock.now()
    return begun


def verify(account: Account, code: str, settings: Settings) -> bool:
    """Tell whether the code is that of now, or of the step before or after, and no code of this step or a later one was taken before."""
    held = confirmed_totp(account.session, account.id)
    return held is not None and _take(account, held, code, settings)


def reseal(held: Totp, settings: Settings) -> None:
    """Seal the secret under the newest key; one that does not open, because its key was taken away too early, stays as it is."""
    box = SecretBox(settings.secrets_key)
    try:
        held.sealed = box.seal(box.open(held.sealed, context=_context(held)), context=_context(held))
    except CannotOpen as error:
        log.error("totp_not_resealed", error=error)


def _take(account: Account, held: Totp, code: str, settings: Settings) -> bool:
    secret = SecretBox(settings.secrets_key).open(held.sealed, context=_context(held)).decode()
    generator, now = pyotp.HOTP(secret), int(clock.now().timestamp()) // _SECONDS
    # every step is compared, so that the time taken says nothing
    fitting = [now + ahead for ahead in _WINDOW if hmac.compare_digest(generator.at(now + ahead), code)]
    if not fitting:
        return False
    fresh = sa.update(Totp).where(Totp.id == held.id, sa.or_(Totp.last_step.is_(None), Totp.last_step < fitting[0]))
    taken = account.session.scalar(fresh.values(last_step=fitting[0]).returning(Totp.id))
    return taken is not None


def _context(held: Totp) -> str:
    return f"totp:{held.account_id}:{held.id}"
