"""What needs eventlet and stands below the bus: threads, a working subprocess, name look-ups, psycopg's waits."""
