"""Tables without a unique dossier number: what is handled twice must show, not be refused."""

import sqlalchemy as sa

metadata = sa.MetaData()

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

dossiers = sa.Table(
    "dossiers", metadata, sa.Column("number", sa.Integer(), primary_key=True), sa.Column("dossier_no", sa.Text())
)
replies = sa.Table(
    "replies",
    metadata,
    sa.Column("id", _ID, sa.Identity(), primary_key=True),
    sa.Column("dossier_no", sa.Text(), index=True),
)
cases = sa.Table(
    "cases", metadata, sa.Column("id", _ID, sa.Identity(), primary_key=True), sa.Column("dossier_no", sa.Text(), index=True)
)
stamps = sa.Table(
    "stamps", metadata, sa.Column("id", _ID, sa.Identity(), primary_key=True), sa.Column("dossier_no", sa.Text(), index=True)
)
reminders = sa.Table(
    "reminders", metadata, sa.Column("dossier_no", sa.Text(), primary_key=True), sa.Column("reminded", sa.Integer())
)
