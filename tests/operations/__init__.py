"""What goes wrong when operations go wrong, tried on the real system; each subject is a module of this package.

A subject has

    run(short: bool) -> dict   its figures: the short form well under a minute (`make test`), the long one for `make operations`
    expect: dict               what figures must be: a value, or `AtLeast(0.95)`, `AtMost(30)`

and a test that runs its short form: ``assert not measure(subject, short=True)``. `say` tells whoever watches how far it has come.
"""

from tests.operations.figures import AtLeast, AtMost
from tests.operations.subjects import Subject, measure, say

__all__ = ["AtLeast", "AtMost", "Subject", "measure", "say"]
