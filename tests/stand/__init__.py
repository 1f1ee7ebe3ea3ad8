"""What the tests of the bus stand on: a service's process, the broker as seen from outside, messages, a line that can be cut."""
