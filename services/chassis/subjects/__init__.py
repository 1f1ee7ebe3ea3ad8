"""What a service answers to a data subject (PDP Law 91/2025): what it holds of them, a copy of it, or its erasure.

::

    HOLDINGS = (Holding("complaints", complaints_of, shown, erase_complaint), …)             # of the service's `subjects.py`
    {…, Requested: lambda session, fact: answer(session, fact, HOLDINGS)}                     # in its map of handlers

Accounts tells the request (`vss privacy`), each service answers by a fact of its own. The person's data travel in private fields, the copies
in boxes that only accounts opens; both leave the log of facts once every reader has them.
"""

from services.chassis.subjects.answering import Holding, answer, open_answer, rows_with, shown
from services.chassis.subjects.facts import DataSubjectAnswered, DataSubjectRequested, Requested
from services.chassis.subjects.person import Person

__all__ = [
    "DataSubjectAnswered",
    "DataSubjectRequested",
    "Holding",
    "Person",
    "Requested",
    "answer",
    "open_answer",
    "rows_with",
    "shown",
]
