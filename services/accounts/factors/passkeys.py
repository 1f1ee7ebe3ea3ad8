"""Passkeys (WebAuthn): what the browser is asked for, and what it answers.

No attestation is asked for: which make of key somebody uses is not our business. The person is verified by the key (PIN, finger), so a stolen one alone opens nothing.
"""

import json
from typing import Any

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.accounts.accounts.rules import Account
from services.accounts.factors.rules import Passkey, passkeys_of
from services.accounts.settings import Settings
from services.chassis import clock
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

MOST = 10
_RP_NAME = "BHXH Việt Nam"
_REQUIRED = UserVerificationRequirement.REQUIRED


def creation_options(account: Account, challenge: bytes, settings: Settings) -> dict[str, Any]:
    """Return what `navigator.credentials.create` takes as `publicKey`, in its JSON form."""
    options = webauthn.generate_registration_options(
        rp_id=settings.passkey_rp_id,
        rp_name=_RP_NAME,
        user_id=account.id.bytes,
        user_name=account.username or "",
        user_display_name=account.full_name,
        challenge=challenge,
        timeout=settings.second_factor_step_seconds * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_REQUIRED
        ),
        exclude_credentials=_described(passkeys_of(account.session, account.id)),
    )
    return _plain(options)


def request_options(held: list[Passkey], challenge: bytes, settings: Settings) -> dict[str, Any]:
    """Return what `navigator.credentials.get` takes as `publicKey`, in its JSON form."""
    options = webauthn.generate_authentication_options(
        rp_id=settings.passkey_rp_id,
        challenge=challenge,
        timeout=settings.second_factor_step_seconds * 1000,
        allow_credentials=_described(held),
        user_verification=_REQUIRED,
    )
    return _plain(options)


def register(
    account: Account, name: str, credential: dict[str, Any], challenge: bytes, settings: Settings
) -> Passkey | None:
    """Add the passkey that the browser has made for this challenge; None if the answer proves none."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.passkey_rp_id,
            expected_origin=list(settings.passkey_origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, LookupError, AttributeError) as error:
        # the last four: structures that no browser makes, which the library does not look for
        log.info("passkey_refused", error=type(error).__name__)
        return None
    passkey = Passkey(
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        created_at=clock.now(),
    )
    account.session.add(passkey)
    account.session.flush()
    return passkey


def verify(account: Account, credential: dict[str, Any], challenge: bytes, settings: Settings) -> bool:
    """Tell whether one of the account's passkeys has signed this challenge, for us, with its holder verified, and with a counter that moved on."""
    try:
        shown = webauthn.helpers.base64url_to_bytes(credential["rawId"])
        held = next((each for each in passkeys_of(account.session, account.id) if each.credential_id == shown), None)
        if held is None:
            return False
        done = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.passkey_rp_id,
            expected_origin=list(settings.passkey_origins),
            credential_public_key=held.public_key,
            credential_current_sign_count=held.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, LookupError, AttributeError) as error:
        log.info("passkey_refused", error=type(error).__name__)
        return False
    held.sign_count, held.used_at = done.new_sign_count, clock.now()
    return True


def _described(held: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in held]


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return plain
