"""What is known afterwards: who looked, who changed, and that nobody has rewritten it since (V13, V16; decision 64).

- ``table.py``: ``history_entries``, one in every service: looks at personal data (`web.looks`), changes by operators and staff.
  A service may have histories of its own subjects besides (a case's, a complaint's); it names them all as ``histories``.
- ``chain.py``: a link for each entry of each of them, in a table of its own: entries themselves are never touched again.
- ``heads.py``: the newest hash, told to everybody each day; and the heads of other services, for whom this one is the witness.
- ``verify.py``: computes everything again, and finds what was changed, deleted or put in.

No entry holds a citizen's data beyond numbers that we gave (dossier, complaint, account), so it outlives what it speaks of.
"""

from services.chassis.history.table import Act, add, entries_about, histories_of, history_entries

__all__ = ["Act", "add", "entries_about", "histories_of", "history_entries"]
