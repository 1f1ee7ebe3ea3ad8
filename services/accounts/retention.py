"""What accounts keeps of people, how long, and why (`chassis.retention`)."""

from services.chassis.retention import CHASSIS, Kept, nobodys

SESSIONS = Kept(
    "sessions: device, times, network",
    ("sessions",),
    "their last use",
    "misuse can be looked into",
    days=180,
    ended_by=("forget_sessions",),
)
CODES = Kept(
    "one-time codes: their hashes",
    ("otps",),
    "they ran out",
    "misuse can be looked into",
    days=1,
    ended_by=("forget_codes",),
)
STEPS = Kept(
    "steps that wait for a second factor: device, who asks, and of a reset the new password's hash, until they are closed",
    ("pending_steps",),
    "they ran out",
    "misuse can be looked into",
    days=1,
    ended_by=("forget_pending_steps",),
)
NOBODYS_SIGN_INS = Kept(
    "attempts to sign in with names that nobody has (in `sign_ins`): device and network, as hashes",
    ("sign_ins",),
    "the attempt",
    "an attack is seen while it lasts",
    days=1,
    ended_by=("forget_sign_ins_of_nobody",),
)
EXPORTS = Kept(
    "records of an export that a data subject asked for, sealed, and the key; who asked, when, how many records stays",
    ("subject_requests", "subject_answers"),
    "it was asked for",
    "the person is handed the file",
    days=7,
    ended_by=("forget_exports",),
)

RETENTION = (
    Kept(
        "accounts: code, name, date of birth, ID, phone, e-mail, address, password's hash",
        ("accounts", "guardianships", "dossiers"),
        "the account is closed, and then as the law of archives says (Law 33/2024); no sweep ends them",
        "transactions with the agency are signed with it; a closed one proves who made them",
    ),
    SESSIONS,
    CODES,
    STEPS,
    EXPORTS,
    Kept(
        "sign-ins, good and failed: device and network as hashes, time, result",
        ("sign_ins",),
        "the attempt",
        "people see who has signed in as them, or tried (A15)",
        setting="SIGN_INS_DAYS",
        ended_by=("forget_sign_ins",),
    ),
    NOBODYS_SIGN_INS,
    Kept(
        "second factors of staff: the authenticator's secret, sealed; public keys and names of passkeys; hashes of recovery codes",
        ("totps", "passkeys", "recovery_codes"),
        "as long as they are enrolled: until their holder removes or replaces them, or enrols anew with a sheet",
        "a password alone lets nobody in (A12)",
    ),
    Kept(
        "first-sign-in sheets of staff: the code's hash, who printed it, why",
        ("sheets",),
        "a second factor was enrolled with it, or its days are over (SHEET_DAYS); who printed it and why stays in the history of rights",
        "staff who have no second factor, or have lost it, can enrol one (A12)",
        days=0,
        ended_by=("forget_sheets",),
    ),
    Kept(
        "devices and networks that a holder has signed in from: hashes",
        ("known_devices", "known_addresses"),
        "their last use (KNOWN_ADDRESS_DAYS for networks)",
        "a stranger's guesses do not lock the owner out (A13)",
        setting="KNOWN_DEVICE_DAYS",
        ended_by=("forget_known_devices", "forget_known_addresses"),
    ),
    Kept(
        "counts of attempts, by hashes of names, addresses and phones",
        ("throttles",),
        "their hour or day is over",
        "guessing and floods are held off",
        days=0,
        ended_by=("forget_throttles",),
    ),
    Kept(
        "rights of staff: who had which, from whom, why",
        ("rights_history",),
        "as long as the agency answers for decisions made with them (V11)",
        "a decision is valid by the rights of its day",
    ),
    nobodys("dossiers_without_effect", "offices", "signing_keys"),
    *CHASSIS,
)
