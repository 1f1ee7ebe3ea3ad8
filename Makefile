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

test: install ## unit, architecture, integration, contract and short fault tests; starts its own broker and database
	$(BIN)/python -m pytest -n 2 --dist loadfile

unit: install ## the fast and pure tests only
	$(BIN)/python -m pytest tests/unit tests/architecture

lint: install ## ruff, mypy, import-linter
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: install ## let ruff mend what it can
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

chaos: install ## long faults: 20,000 facts, 25 kills, 20 stops, then with 1 % poison (about 10 minutes)
	$(BIN)/python -m tests.faults.long

fuzz: install ## 100,000 random and mutated messages against a running consumer
	$(BIN)/python -m tests.fuzz.messages --count 100000

bench: install ## every benchmark; tables here, JSON in .run/bench
	scripts/bench.sh

bench-hop: install ## the hop alone: the chassis beside a hand-written loop, FastStream, faststream-outbox, nameko
	$(BIN)/pip install -q -r requirements/bench.txt && $(BIN)/python -m tests.bench.hop --repeat 3

facts: install ## events.md, JSON Schemas and AsyncAPI of the installed services, into docs/
	$(BIN)/vss facts export --out docs/facts

lock: install ## pin requirements/*.txt anew
	scripts/lock.sh

clean: ## remove what was made here (.venv stays)
	rm -rf .run .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

.PHONY: help install test unit lint format chaos fuzz bench bench-hop facts lock clean
