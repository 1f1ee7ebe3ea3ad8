"""What each answer and event of SES means: ses.toml. Apart from the client, so that only who sends by SES imports boto3."""

from __future__ import annotations

from pathlib import Path

from services.chassis.verdicts import Verdicts
from services.notifications.messages.receipts import Receipt

TABLE = Verdicts.load(Path(__file__).with_name("ses.toml"))


def receipt_of_bounce(kind: str, subtype: str) -> Receipt:
    """Return what a bounce says: a permanent one is the last word, any other changes nothing after a delivery."""
    verdict = TABLE.find(f"Bounce/{kind}/{subtype}", f"Bounce/{kind}")
    return Receipt(code=verdict.code, certain=kind == "Permanent")
