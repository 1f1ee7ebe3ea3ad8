"""Fixtures for tests of the bus: a service's process, the broker from outside, messages, a connection that can be cut."""
