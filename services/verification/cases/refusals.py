"""Refusals to work on a case now. A refusal changes nothing.

Refused
├── OwnDossier     the officer's own dossier, or that of a child they are guardian of (V14)
├── CaseHeld       another officer is working on it: who, and until when
├── WrongStatus    the case has passed this step, or has not reached it
├── PastExpiry     the ten days are over (I6)
└── PhoneUnproved  nobody has proved the phone yet (I11)
"""

from datetime import date, datetime

from services.chassis.errors import Refused


class OwnDossier(Refused):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "own-dossier",
            vi="Không ai được xử lý hồ sơ của chính mình hoặc của con mình giám hộ. Hãy để cán bộ khác xử lý.",
            en="Nobody works on their own dossier, or on that of a child they are guardian of. Leave it to another officer.",
        )


class CaseHeld(Refused):
    def __init__(self, holder: str | None, office_code: str | None, until: datetime | None) -> None:
        super().__init__(
            "case-held",
            vi="Hồ sơ đang được một cán bộ khác xử lý; xem holder và lease_until.",
            en="Another officer is working on this case; see holder and lease_until.",
            holder=holder,
            holder_office_code=office_code,
            lease_until=until,
        )


class WrongStatus(Refused):
    def __init__(self, status: str) -> None:
        super().__init__(
            "wrong-status",
            vi="Tình trạng hiện tại của hồ sơ không cho phép việc này; xem case_status.",
            en="The case's current status does not allow this; see case_status.",
            case_status=status,
        )


class PastExpiry(Refused):
    def __init__(self, expired_at: datetime, last_day: date) -> None:
        super().__init__(
            "past-expiry",
            vi=f"Tờ khai đã hết hạn hết ngày {last_day:%d/%m/%Y}. Hãy lập tờ khai mới tại quầy.",
            en=f"The declaration expired at the end of {last_day:%d/%m/%Y}. File a new one at the counter.",
            last_day=last_day,
            expires_at=expired_at,
        )


class PhoneUnproved(Refused):
    def __init__(self) -> None:
        super().__init__(
            "phone-unproved",
            vi="Số điện thoại chưa được xác nhận. Hãy hỏi người dân, xác nhận hoặc sửa số điện thoại, rồi mới ghi nhận hồ sơ hợp lệ.",
            en="The phone is not proved. Confirm or correct it with the person before you record the dossier as valid.",
        )
