"""What becomes of signs that nobody sees, in every field that people type into (W2)."""
