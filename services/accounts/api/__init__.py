"""HTTP of accounts: sessions, passwords, the profile, staff, and the keys that tokens are checked with."""

from services.accounts.api.keys import keys
from services.accounts.api.me import me
from services.accounts.api.password import password
from services.accounts.api.sessions import sessions
from services.accounts.api.staff import staff

blueprints = [sessions, password, me, staff, keys]
