"""The facts that accounts publishes; docs/facts/events.md is generated from them."""

from services.accounts.accounts.facts import AccountActivated, AccountAdjusted, AccountGivenBack, AccountStopped
from services.accounts.otp.facts import OtpIssued
from services.accounts.passwords.facts import FirstPasswordRenewed, PasswordChanged, PasswordExpiring, PasswordReset
from services.accounts.sessions.facts import SessionRevoked
from services.accounts.staff.facts import StaffAssigned, StaffIdentified
from services.accounts.unsettled.facts import DeclarationWithoutEffect, IdentityTaken
from services.chassis.history.heads import HistoryHeadPublished

FACTS = (
    AccountActivated,
    AccountAdjusted,
    AccountStopped,
    AccountGivenBack,
    IdentityTaken,
    DeclarationWithoutEffect,
    OtpIssued,
    FirstPasswordRenewed,
    PasswordChanged,
    PasswordReset,
    PasswordExpiring,
    SessionRevoked,
    StaffIdentified,
    StaffAssigned,
    HistoryHeadPublished,
)
