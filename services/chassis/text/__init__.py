"""Text as people write and type it: folding, sorting, names for both languages, phone numbers, lists in CSV."""
