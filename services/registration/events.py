"""The facts that registration publishes; each is declared with its subject."""

from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.subjects import DataSubjectAnswered
from services.registration.attachments.facts import AttachmentAdded
from services.registration.declarations.facts import DeclarationGivenBack, DeclarationSubmitted, DeclarationWithdrawn
from services.registration.expiry.facts import (
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    DeclarationUnfinished,
    PicturesAwaited,
)
from services.registration.phones.facts import PhoneCodeIssued
from services.registration.reports.facts import ProgressReportMade

FACTS = (
    DeclarationSubmitted,
    AttachmentAdded,
    DeclarationExpiring,
    DeclarationExtended,
    PicturesAwaited,
    DeclarationUnfinished,
    DeclarationExpired,
    DeclarationWithdrawn,
    DeclarationGivenBack,
    PhoneCodeIssued,
    ProgressReportMade,
    DataSubjectAnswered,
    HistoryHeadPublished,
)
