"""The sandbox, which simulates the outside systems, and the demonstration."""
