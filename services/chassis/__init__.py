"""What every service runs on: bus, database, web, jobs, observation. Knows no business noun.

One page on what a service uses from here: ``services/chassis/README.md``.
"""
