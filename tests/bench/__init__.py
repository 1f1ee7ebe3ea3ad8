"""The benchmark of a hop: the chassis beside what Python teams use today (`python -m tests.bench.hop --help`)."""
