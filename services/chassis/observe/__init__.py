"""What a service lets its operators see: logs, metrics, health and traces, none of them personal data."""
