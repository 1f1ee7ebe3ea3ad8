"""Request schemas of passwords."""

import marshmallow as ma

from services.accounts.accounts.schemas import password_field, user_name_field
from services.accounts.otp.schemas import Confirmation


class Change(ma.Schema):
    current_password = password_field()
    new_password = password_field()


class Reset(ma.Schema):
    username = user_name_field()


class ResetConfirmation(Confirmation):
    new_password = password_field()
