"""What registration keeps of people, how long, and why (`chassis.retention`)."""

from services.chassis.retention import CHASSIS, Kept, nobodys

RETENTION = (
    Kept(
        "declarations that expired or were withdrawn: everything but number, kind, office, times and outcome",
        ("declarations",),
        "the end; documents within minutes",
        "nobody is registered by them (I6)",
        days=0,
        ended_by=("expire_declarations", "matter"),
    ),
    Kept(
        "drafts that nobody submitted",
        ("declarations",),
        "they were begun",
        "whoever fills the form in comes back",
        setting="DRAFT_DAYS",
        ended_by=("delete_old_drafts",),
    ),
    Kept(
        "declarations that were rejected: everything but number, kind, office, times and reason code",
        ("declarations",),
        "the rejection",
        "a decision can be complained of, and answered for",
        setting="REJECTED_KEEP_DAYS",
        ended_by=("forget_rejected",),
    ),
    Kept(
        "declarations that led to an account, with their documents",
        ("declarations",),
        "the account is closed, and then as the law of archives says (Law 33/2024); no sweep ends them",
        "they are the ground on which the account exists",
    ),
    Kept(
        "codes that prove a phone: their hashes",
        ("phone_codes",),
        "they ran out",
        "misuse can be looked into",
        days=1,
        ended_by=("forget_phone_codes",),
    ),
    Kept(
        "links to forms: hashes of their tokens",
        ("form_links",),
        "they ran out, or the dossier ended",
        "a guardian opens the form from the SMS",
        ended_by=("forget_form_links", "matter"),
    ),
    Kept(
        "who has an account: number and contact data, as accounts tells them",
        ("known_accounts",),
        "the account is closed",
        "a guardian files with the contact data of their own account (I11)",
    ),
    Kept(
        "counts of attempts, by hashes of addresses and phones",
        ("throttles",),
        "their hour or day is over",
        "floods are held off",
        days=0,
        ended_by=("forget_throttles",),
    ),
    nobodys("offices", "unit_names", "holidays", "holiday_list", "number_counters", "reports"),
    *CHASSIS,
)
