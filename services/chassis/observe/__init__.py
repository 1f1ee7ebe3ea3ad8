"""Observability: logs, metrics, health and traces, without personal data."""
