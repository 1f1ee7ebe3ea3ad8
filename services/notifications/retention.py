"""What notifications keeps of people, how long, and why (`chassis.retention`)."""

from services.chassis.retention import CHASSIS, Kept, nobodys

CODES = Kept(
    "one-time codes: phone and text (the code itself is never stored)",
    ("messages",),
    "they were sent",
    "support can tell whether it arrived",
    days=1,
    ended_by=("erase_phone_codes",),
)

RETENTION = (
    CODES,
    Kept(
        "messages about a declaration that expired or was withdrawn: phone, e-mail, text",
        ("messages", "ended_dossiers"),
        "the end, within 16 hours",
        "the last SMS may wait for the morning (I6)",
        days=1,
        ended_by=("erase_ended",),
    ),
    Kept(
        "messages about a dossier that was decided, or a complaint that was closed: phone, e-mail, text",
        ("messages",),
        "the decision",
        "support can tell whether the decision arrived",
        setting="DECIDED_KEEP_DAYS",
        ended_by=("erase_ended",),
    ),
    Kept(
        "all other messages: phone, e-mail, text; that one was sent, when and how it ended stays",
        ("messages",),
        "they were made",
        "support can tell what became of them",
        setting="MESSAGE_KEEP_DAYS",
        ended_by=("erase_addresses",),
    ),
    Kept(
        "what providers told us of our account and of messages",
        ("provider_notices", "phone_proofs"),
        "it came",
        "an operator looks into it",
        setting="MESSAGE_KEEP_DAYS",
        ended_by=("forget_notices", "forget_phone_proofs"),
    ),
    Kept(
        "counts of messages, by hashes of addresses",
        ("message_budgets",),
        "their hour or day is over",
        "nobody can make us write to strangers (N19)",
        days=0,
        ended_by=("forget_throttles",),
    ),
    nobodys("sms_roads", "sms_road_errors", "sms_road_shifts", "holidays", "holiday_list"),
    *CHASSIS,
)
