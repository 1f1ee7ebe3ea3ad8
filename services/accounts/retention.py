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
EXPORTS = Kept(
    "records of an export that a data subject asked for, sealed, and the key; who asked, when, how many records stays",
    ("subject_requests", "subject_answers"),
    "it was asked for",
    "the person is handed the file",
    days=7,
    ended_by=("forget_exports",),
)

SIGN_INS = Kept(
    "sign-ins that succeeded or failed: name, device, network, time",
    ("sign_ins",),
    "the attempt; after a day those of names that nobody has",
    "a holder sees who tried; misuse can be looked into",
    setting="SIGN_INS_DAYS",
    ended_by=("forget_sign_ins", "forget_sign_ins_of_nobody"),
)
STEPS = Kept(
    "the second step of a sign-in or change, while it is awaited",
    ("pending_steps",),
    "it ran out",
    "misuse can be looked into",
    days=1,
    ended_by=("forget_pending_steps",),
)
FACTORS = Kept(
    "second factors: secrets of authenticator apps, sealed; public keys of passkeys; hashes of recovery codes",
    ("totps", "passkeys", "recovery_codes"),
    "the holder, or an administrator, removes them",
    "a stolen password alone opens nothing (A12)",
)
SHEETS = Kept(
    "sheets for a first sign-in",
    ("sheets",),
    "their days are over",
    "staff without a device of their own sign in once",
    days=0,
    ended_by=("forget_sheets",),
)

RETENTION = (
    Kept(
        "accounts: code, name, date of birth, ID, phone, e-mail, address, password's hash",
        ("accounts", "guardianships", "dossiers"),
        "the account is closed, and then as the law of archives says (Law 33/2024); no sweep ends them",
        "transactions with the agency are signed with it; a closed one proves who made them",
    ),
    SESSIONS,
    SIGN_INS,
    CODES,
    STEPS,
    FACTORS,
    SHEETS,
    EXPORTS,
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
