"""E-mail addresses as people type them: one rule for every service that takes any. Needs `email-validator`."""

from marshmallow import ValidationError

from services.chassis.text.bilingual import bilingual


def email_address(text: str) -> str:
    """Return an address that any mail program can send to. No DNS look-up: filing must not depend on one.

    :raises ValidationError: for anything else, in both languages and without quoting the address.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValidationError(
            bilingual(
                vi="Địa chỉ thư điện tử không đúng (ví dụ đúng: ten@example.com, không dấu, không có khoảng trắng).",
                en="Not a valid e-mail address.",
            )
        ) from None
    return checked.ascii_email or checked.normalized
