"""Stands in for the outside world: HGĐ, an SMS provider shaped like Twilio, a mail server, and people's phones.

`python -m deploy.sandbox` serves all of it from one process; `population.people()` are the ones HGĐ knows.
Nothing is kept on disk, and everything kept in memory is bounded.
"""
