"""The bus under faults: programs killed and stopped at random, and what must hold afterwards."""
