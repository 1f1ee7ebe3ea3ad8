"""Wordings that the law forbids towards a citizen: sending them to another VSS office, speaking of missing papers.

`another_office.phrases_in` (F4, V4; 3717 §5a, 702 §2) and `missing_papers.phrases_in` (V4; 702 §2). Both are pure, read Vietnamese
with and without diacritics, and return what they found as it was written. They know forms of words, not meaning: whoever
uses them leaves a named person a way to insist, with a reason.
"""
