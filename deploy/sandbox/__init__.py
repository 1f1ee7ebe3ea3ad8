"""Simulate the outside systems: HGĐ, a Twilio-compatible SMS provider, a mail server, and people's phones.

`python -m deploy.sandbox` serves all of it from one process; `population.people()` are the people HGĐ knows.
Nothing is stored on disk, and memory is bounded.
"""
