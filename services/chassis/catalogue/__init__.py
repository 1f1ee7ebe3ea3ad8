"""What the services publish, as files: events.md, JSON Schemas, AsyncAPI, and the snapshot that refuses breaking changes."""
