"""What verification keeps of people, how long, and why (`chassis.retention`)."""

from services.chassis.retention import CHASSIS, Kept, nobodys

RETENTION = (
    Kept(
        "cases of declarations that expired or were withdrawn: the person's data and documents",
        ("cases", "attachments"),
        "the end",
        "nobody is registered by them (I6)",
        days=0,
        ended_by=("matter",),
    ),
    Kept(
        "cases that were rejected: the person's data and documents",
        ("cases", "attachments"),
        "the rejection",
        "a decision can be complained of, and answered for",
        setting="REJECTED_KEEP_DAYS",
        ended_by=("forget_rejected",),
    ),
    Kept(
        "cases that were approved",
        ("cases", "attachments"),
        "the account is closed, and then as the law of archives says (Law 33/2024); no sweep ends them",
        "they are the ground on which the account exists",
    ),
    Kept(
        "the history of cases: which member of staff did what, and who looked",
        ("history",),
        "as long as the case; it can only grow (V13, V16)",
        "who did what is known, and to the person concerned, too",
    ),
    Kept(
        "accounts and their holders, as accounts tells them",
        ("known_accounts", "account_holders"),
        "the account is closed",
        "an adjust shows old and new side by side; a guardian's own data are compared (V9, V12)",
    ),
    Kept(
        "staff: own ID, and where to write to them",
        ("staff_ids", "staff_addresses"),
        "their rights end",
        "nobody decides their own dossier (V14); a late dossier is told to its office",
        ended_by=("forget_staff_addresses",),
    ),
    nobodys("ended_early", "holidays", "holiday_list"),
    *CHASSIS,
)
