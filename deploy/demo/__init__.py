"""The demonstration of the whole system on one machine: `python -m deploy.demo`."""
