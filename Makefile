# `make help` lists what there is. Every target does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help setup demo test check bench soak endurance format lock

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.made ## .venv with everything that megane needs to run, Mosquitto included

.venv/.made: requirements/dev.txt pyproject.toml package.json package-lock.json scripts/setup
	@scripts/setup
	@touch $@

demo: setup ## a river in Sabae rises in your browser: the whole path on this machine
	@.venv/bin/megane demo

test: setup ## all tests, against real servers
	@scripts/setup test
	@$(PY) -m pytest -n auto --dist worksteal

check: setup ## ruff, mypy --strict, import contracts, known weaknesses of what we use, and a list of it (build/sbom)
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --config pyproject.toml
	@$(PY) scripts/supply-chain

bench: setup ## what it does a second, beside a peer in the same run (QUICK=1, BENCH=path,engine)
	@scripts/setup test
	@QUICK=$(QUICK) BENCH=$(BENCH) $(PY) -m bench

soak: setup ## chaos for 15 minutes: everything is killed, stopped, cut and filled; nothing lost, no alarm missing; then 200 kills of runs (QUICK=1, SEED=7)
	@scripts/setup test
	@QUICK=$(QUICK) SEED=$(SEED) KEEP=$(KEEP) $(PY) -m bench.chaos
	@QUICK=$(QUICK) SEED=$(SEED) $(PY) -m bench.kills

endurance: setup ## half of the greatest rate for 20 minutes (MINUTES=2): memory and latency flat, books balanced; then ten minutes of fuzzing
	@scripts/setup test
	@MINUTES=$(MINUTES) $(PY) -m bench.soak
	@$(PY) -m tests.fuzz.campaign

format: setup ## let ruff put the code in order
	@.venv/bin/ruff check --fix-only .
	@.venv/bin/ruff format .

lock: setup ## compile the requirements anew
	@.venv/bin/uv pip compile pyproject.toml --extra server --extra sim --extra edge --extra dev --python-version 3.11 --universal \
		--generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements/dev.txt
	@echo uv | .venv/bin/uv pip compile - --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -c requirements/dev.txt -o requirements/uv.txt
	@.venv/bin/uv pip compile pyproject.toml --extra edge --python-version 3.11 --universal --generate-hashes \
		--no-emit-index-url --no-header --no-annotate -c requirements/dev.txt -o requirements/edge.txt
