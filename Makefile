# Each target is one line or a script; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## .venv with everything for development, and the servers that the tests start (Debian)
$(INSTALLED): requirements/dev.txt pyproject.toml scripts/bootstrap.sh
	PYTHON=$(PYTHON) scripts/bootstrap.sh

demo: ## a real dossier through real services over a real broker; on a terminal it keeps serving
	@scripts/demo.sh

test: install ## unit, architecture, integration, contract, journeys, short faults; starts its own broker and database
	$(BIN)/python -m pytest -n 3 -m "not slow"

test-slow: install ## the rest: crashes, time-outs, services on PostgreSQL and alone, more journeys on SQLite, operators' tools (half an hour)
	$(BIN)/python -m pytest -n 2 -m slow

unit: install ## the fast and pure tests only
	$(BIN)/python -m pytest tests/unit tests/architecture

lint: install ## ruff, mypy, import-linter, vulture
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/vulture

format: install ## let ruff mend what it can
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

chaos: install ## long faults: 20,000 facts, 25 kills, 20 stops, then with 1 % poison (about 10 minutes)
	$(BIN)/python -m tests.faults.long

chaos-dossiers: install ## 2,000 dossiers through all services while each of them, broker and database are killed 40 times
	$(BIN)/python -m tests.faults.dossiers --count 2000 --kills 40

fuzz-http: install ## ten minutes of what nobody meant, against every endpoint of every service
	$(BIN)/python -m tests.fuzz.http --minutes 10

fuzz: install ## 100,000 random and mutated messages against a running consumer
	$(BIN)/python -m tests.fuzz.messages --count 100000

bench: install ## every benchmark; tables here, JSON in .run/bench
	scripts/bench.sh

bench-hop: install ## the hop alone: the chassis beside a hand-written loop, FastStream, faststream-outbox, nameko
	$(BIN)/pip install -q -r requirements/bench.txt && $(BIN)/python -m tests.bench.hop --repeat 3

bench-pipeline: install ## dossiers a second through all services, decision to SMS, intake, memory
	$(BIN)/python -m tests.bench.pipeline

house: install ## the rooms with their sizes, and whether every service has the one shape
	$(BIN)/python scripts/house.py

rules: install ## docs/rules.md: each rule and the tests that hold it
	$(BIN)/python scripts/rules.py

facts: install ## all that follows from the declared facts: snapshot, docs/facts, broker definitions (docs/adding-a-fact.md)
	$(BIN)/vss facts snapshot $(ACCEPT) && $(BIN)/vss facts export --out docs/facts && $(BIN)/vss topology export

lock: install ## pin requirements/*.txt anew
	scripts/lock.sh

clean: ## remove what was made here (.venv stays)
	rm -rf .run .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

.PHONY: help install demo test test-slow unit lint format chaos chaos-dossiers fuzz fuzz-http bench bench-hop bench-pipeline rules facts lock clean house
