"""Dossiers through all services while everything is killed: `python -m tests.faults.dossiers --help`."""
