# Each target is one line or a script; `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

help: ## show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv for development, and install the servers that the tests start (Debian)
$(INSTALLED): requirements/dev.txt requirements/build.txt pyproject.toml scripts/bootstrap.sh scripts/node/package-lock.json
	PYTHON=$(PYTHON) scripts/bootstrap.sh

demo: ## run a real dossier through real services and a real broker; on a terminal, keep serving afterwards
	@scripts/demo.sh

demo-browser: install ## play the complaint chapter on the pages in a real browser; a picture of every step in .run/screens/demo (WATCH=1: slowly, in a window)
	$(BIN)/python -m deploy.demo.browser $(if $(WATCH),--watch)

test: install ## run unit, architecture, integration, contract, journey and short fault tests, on a private broker and database
	$(BIN)/python -m pytest -n 3 -m "not slow"

test-slow: install ## run the rest: crashes, time-outs, services on PostgreSQL and alone, journeys on SQLite, operators' mistakes and tools (40 minutes)
	$(BIN)/python -m pytest -n 2 -m slow

unit: install ## run only the fast, pure tests
	$(BIN)/python -m pytest tests/unit tests/architecture

lint: install ## run ruff, mypy, import-linter and vulture
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/vulture

format: install ## let ruff format and fix the code
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

browser: install ## open every page in chromium at two widths, as everybody there is; pictures in .run/screens
	$(BIN)/python -m pytest tests/browser

chaos: install ## inject faults: 20,000 facts, 25 kills, 20 stops, then 1 % poison messages (10 minutes)
	$(BIN)/python -m tests.faults.long

chaos-dossiers: install ## send 2,000 dossiers through all services, with 40 kills of services, broker and database
	$(BIN)/python -m tests.faults.dossiers --count 2000 --kills 40

chaos-providers: install ## send 2,000 first passwords through two bad SMS providers, and count what became of each
	$(BIN)/python -m tests.faults.provider_day

chaos-roads: install ## one of two SMS providers is dead, then slow, then back, at 20 SMS/s: shares and lateness as a picture (40 minutes)
	$(BIN)/python -m tests.faults.roads

operations: install ## make operators' mistakes on the real system: orders of deployment, lost queues, partitions … (an hour; SUBJECT=orders for one)
	$(BIN)/python -m tests.operations $(SUBJECT)

attacks: install ## attack the real system: floods, guesses, hostile uploads, slow connections, forged facts (SUBJECT="otp", SCALE=0.1)
	$(BIN)/python -m tests.attacks $(SUBJECT) --scale $(or $(SCALE),1)

fuzz-http: install ## send malformed requests to every endpoint of every service, as everybody there is (ten minutes; MINUTES=60)
	$(BIN)/python -m tests.fuzz.http --minutes $(or $(MINUTES),10)

fuzz: install ## send 100,000 random and mutated messages to a running consumer
	$(BIN)/python -m tests.fuzz.messages --count 100000

bench: install ## run every benchmark; tables here, JSON in .run/bench
	scripts/bench.sh

bench-hop: install ## benchmark one hop: the chassis, a hand-written loop, FastStream, faststream-outbox, nameko
	$(BIN)/pip install -q --no-deps --require-hashes -r requirements/bench.txt && $(BIN)/python -m tests.bench.hop --repeat 3

bench-pipeline: install ## benchmark all services: dossiers per second, decision to SMS, intake, memory
	$(BIN)/python -m tests.bench.pipeline

bench-pages: install ## benchmark the pages of the desks with 100,000 complaints: weight, server's time, queries, processor (pages.json)
	$(BIN)/python -m tests.bench.pages

bench-clerk: install ## benchmark a clerk's day: 40 complaints by keyboard in a browser: keys, page loads, bytes, waiting (clerk.json)
	$(BIN)/python -m tests.bench.clerk

house: install ## check that every service has the same shape, and print the sizes
	$(BIN)/python scripts/house.py

rules: install ## write docs/rules.md, sources.md, providers.md and security.md: rules, sentences, what other systems answer, ASVS, and the tests of each
	$(BIN)/python scripts/rules.py
	$(BIN)/python scripts/sources.py
	$(BIN)/python scripts/providers.py
	$(BIN)/python scripts/security.py

facts: install ## write everything derived from the declared facts: snapshot, who reads what, docs/facts, broker definitions (docs/adding-a-fact.md)
	$(BIN)/vss facts snapshot $(ACCEPT) && $(BIN)/vss facts subscriptions && $(BIN)/vss facts export --out docs/facts && $(BIN)/vss topology export

contracts: install ## check our documents, facts and requests with other people's tools; figures in .run/contracts.json
	$(BIN)/python -m pytest tests/contract

typed-text: install ## write docs/typed-text.md: each sign in each field that people type into, what it is taken as or why it is refused
	$(BIN)/python -m tests.typed.table

style: install ## compile the style of pages from govuk-frontend (scripts/style, chassis/web/pages/static)
	scripts/style.sh

translations: install ## add what pages say and have no English for to translations/en.po, empty, and take out what nothing says any more
	$(BIN)/python scripts/translations.py

lock: install ## pin requirements/*.txt again, with hashes
	scripts/lock.sh

sbom: install ## write what each image holds as CycloneDX: .run/sbom (docs/releasing.md)
	scripts/sbom.sh

audit: install ## look every pinned library up among known vulnerabilities; needs internet, and says so without (docs/releasing.md)
	$(BIN)/python scripts/audit.py

clean: ## remove generated files (.venv stays)
	rm -rf .run .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

.PHONY: help install demo demo-browser test test-slow unit lint format browser chaos chaos-dossiers chaos-providers chaos-roads operations attacks fuzz-http fuzz bench bench-hop bench-pipeline bench-pages bench-clerk house rules facts contracts typed-text lock sbom audit clean style translations
