"""What feedback keeps of people, how long, and why (`chassis.retention`)."""

from services.chassis.retention import CHASSIS, Kept, nobodys

RETENTION = (
    Kept(
        "complaints: who filed, all free text, files, the words of offices about it; number, category, times and figures stay",
        (
            "complaints",
            "person_keys",
            "search_words",
            "drafts",
            "answers",
            "letters",
            "coordinations",
            "coordination_messages",
        ),
        "it was closed",
        "a complaint may be taken up again, and the agency answers for how it was settled (3717 §5)",
        setting="COMPLAINT_KEEP_DAYS",
        ended_by=("forget_complaints",),
    ),
    Kept(
        "e-mails to the mailbox of complaints: sender, words, files; that one came, and what was decided, stays",
        ("incoming_emails",),
        "a clerk decided on it",
        "the complaint that it became holds what is needed; one that was thrown away by mistake can be found again",
        setting="MAILBOX_EMAIL_DAYS",
        ended_by=("forget_emails",),
    ),
    Kept(
        "the history of complaints: which member of staff did what; no citizen's data",
        ("complaint_steps",),
        "as long as the figures; it can only grow",
        "who did what is known",
    ),
    Kept(
        "staff who are responsible or on duty: name, e-mail, phone",
        ("responsible", "duty"),
        "the next list",
        "complaints reach those who answer for them",
    ),
    Kept(
        "names of staff who worked on complaints",
        ("staff_names",),
        "as long as the history that names them; the newest name counts",
        "people read who did what, not numbers of accounts",
    ),
    nobodys(
        "calendar_revision",
        "categories",
        "category_changes",
        "faq_questions",
        "holidays",
        "letter_counters",
        "mailbox_rounds",
        "number_counters",
        "offices",
        "reports",
    ),
    *CHASSIS,
)
