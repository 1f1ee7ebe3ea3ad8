"""The facts that accounts publishes; docs/facts/events.md is generated from them."""

from services.accounts.accounts.facts import AccountActivated, AccountAdjusted, AccountGivenBack, AccountStopped
from services.accounts.factors.facts import SecondFactorChanged
from services.accounts.otp.facts import OtpIssued
from services.accounts.passwords.facts import FirstPasswordRenewed, PasswordChanged, PasswordExpiring, PasswordReset
from services.accounts.sessions.facts import SessionRevoked
from services.accounts.sign_ins.facts import DeviceAdded
from services.accounts.staff.facts import StaffAssigned, StaffContactChanged, StaffIdentified
from services.accounts.unsettled.facts import DeclarationWithoutEffect, IdentityTaken
from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.subjects import DataSubjectRequested

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
    SecondFactorChanged,
    SessionRevoked,
    DeviceAdded,
    StaffIdentified,
    StaffAssigned,
    StaffContactChanged,
    DataSubjectRequested,
    HistoryHeadPublished,
)
