"""The pages of accounts, beside its API: signing in and out, the second factor, passwords."""

from services.accounts.factors import pages as factor_pages
from services.accounts.passwords import pages as password_pages
from services.accounts.sessions import pages as session_pages

blueprints = (*session_pages.blueprints, *factor_pages.blueprints, *password_pages.blueprints)
