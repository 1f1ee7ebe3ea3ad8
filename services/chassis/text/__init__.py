"""Text handling: folding and sorting of Vietnamese, bilingual messages, phone numbers, CSV lists."""
