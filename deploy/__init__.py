"""What runs beside the services: the sandbox that stands in for the outside world, and the demonstration."""
