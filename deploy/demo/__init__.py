"""The whole system on one machine, played through: `python -m deploy.demo`."""
