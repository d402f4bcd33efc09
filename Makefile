# The developer's words. `make demo` and `make test` work on a fresh checkout.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := edge_agent collector grafana simulators tests
DEMO_ARGS ?= --days 7 --live 60 --out demo/

.PHONY: help setup format check test walk reliability audit sbom bench boards demo services lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      simulated plant to report, live table for a minute (sets itself up)"
	@echo "make test      all tests (sets itself up; builds InfluxDB once when Go is there)"
	@echo "make check     ruff, mypy, import-linter, codespell"
	@echo "make format    format the code"
	@echo "make walk      the faults that no reading may be lost to (FAULTS=all, NEMESIS=20m, SEED=1)"
	@echo "make reliability  the counts of the last make walk into RELIABILITY.md"
	@echo "make audit     known vulnerabilities in what is locked (needs the package index)"
	@echo "make sbom      the bill of materials, CycloneDX JSON (SBOM=dist/mieruka.cdx.json)"
	@echo "make bench     the measurements of BENCHMARKS.md (BENCH='edge ingest' for some)"
	@echo "make boards    build the Grafana boards' JSON"
	@echo "make lock      renew the lock files"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing; install it with: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Two depths of installation: what the three commands need, and what a developer needs.
$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.run

setup: $(VENV)/.dev

format: setup
	$(BIN)/ruff check --fix-only --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

check: setup
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell $(CODE) deploy *.md Makefile
	$(BIN)/python -m grafana.build --check

services: setup
	$(BIN)/python tests/services/install.py

test: services
	$(BIN)/pytest -n 3 --dist loadfile --ignore tests/faults

# Its counts go into RELIABILITY.md by `make reliability`.
FAULTS_RECORDS ?= /tmp/mieruka-faults
walk: services
	rm -f $(FAULTS_RECORDS)/*.jsonl
	FAULTS=$(FAULTS) NEMESIS=$(NEMESIS) SEED=$(SEED) FAULTS_RECORDS=$(FAULTS_RECORDS) FUZZ=walk \
	  $(BIN)/pytest -n 2 --dist load tests/faults $(if $(NEMESIS),,tests/fuzz)

reliability: setup
	FAULTS_RECORDS=$(FAULTS_RECORDS) $(BIN)/python -m tests.faults.report

audit: setup
	$(BIN)/python -m tests.security.audit $(AUDIT_ARGS)

# The bill of materials of what is installed with the three commands, as CycloneDX JSON.
SBOM ?= dist/mieruka.cdx.json
sbom: setup
	@mkdir -p $(dir $(SBOM))
	$(BIN)/python -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml \
	  --mc-type application --output-reproducible --output-format JSON -o $(SBOM) requirements.lock
	@echo "$(SBOM)"

bench: services
	$(BIN)/python tests/services/install.py --bench
	$(BIN)/python -m tests.bench $(BENCH)

boards: setup
	$(BIN)/python -m grafana.build

demo: $(VENV)/.run
	$(BIN)/plant-sim demo $(DEMO_ARGS)

lock: setup
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra simulators -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
