# Every target sets up what it needs. `make help` lists them.
ENV ?= local
CHANGE ?=
DATA ?=
YES ?=
PACKAGE ?=
PIPELINE ?= tickit
REASON ?=
NAME ?=
VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
AUDIT := .audit
SITE := .site
SDK2 := .sdk2
CONTRACT := .contract
BROWSER := .browser
NOTEBOOKS := .notebooks
CONTRACT_PYTHON = $(shell python3.12 --version > /dev/null 2>&1 && echo python3.12 || echo python3)
# The CDK CLI and jsii run on the Node that requirements.txt brings: nothing but Python is needed.
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)
# Settings of the shell are for other programs in Python: a module in PYTHONPATH may replace one of here.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONINSPECT PYTHONOPTIMIZE PYTHONWARNINGS
# Seconds. By default uv waits 60 for the bytecode of a file and 30 for a download, too little if the machine is busy.
export UV_COMPILE_BYTECODE_TIMEOUT ?= 1800
export UV_HTTP_TIMEOUT ?= 300

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# Packages are installed if their hashes are those of the lock file, and as wheels: no code of them runs.
HASHED := --quiet --require-hashes --only-binary :all:
INSTALL := $(UV) pip install $(HASHED)
# What was downloaded is in the caches of uv and npm.
CONTINUE := || { echo "The set-up did not end. Run the same command again: it continues with what it downloaded." >&2; exit 1; }
# uv verifies the hashes of build dependencies too.
BUILD := $(UV) pip install --quiet --no-deps --build-constraints

$(UV): requirements-uv.txt
	@echo "Setting up: the Python packages, Node and the CDK CLI, into this folder (a minute or two)"
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --disable-pip-version-check $(HASHED) -r requirements-uv.txt $(CONTINUE)
	touch $@

# Without dependencies, because some that the SageMaker SDK declares are excluded. Bytecode of what synthesis imports
# is written by the first synthesis: to compile all packages takes longer than all else.
$(VENV)/.installed-synth: $(UV) requirements-synth.txt package-lock.json operations/pyproject.toml
	$(INSTALL) --no-deps --python $(PYTHON) -r requirements-synth.txt $(CONTINUE)
	npm ci --silent --ignore-scripts --no-audit --no-fund $(CONTINUE)
	$(BUILD) requirements-dev.txt --python $(PYTHON) --editable ./operations
	touch $@

# Reinstalled, because uv compiles only what it installs, and processes of jobs and functions write no bytecode.
$(VENV)/.installed: $(VENV)/.installed-synth requirements.txt local_cloud/pyproject.toml
	$(INSTALL) --compile-bytecode --reinstall --python $(PYTHON) -r requirements.txt $(CONTINUE)
	$(BUILD) requirements-dev.txt --python $(PYTHON) --editable ./local_cloud
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(INSTALL) --compile-bytecode --python $(PYTHON) -r requirements-dev.txt $(CONTINUE)
	touch $@

$(AUDIT)/.installed: $(UV) requirements-audit.txt
	python3 -m venv $(AUDIT)
	$(INSTALL) --python $(AUDIT)/bin/python -r requirements-audit.txt
	touch $@

$(SITE)/.installed: $(UV) requirements-docs.txt
	python3 -m venv $(SITE)
	$(INSTALL) --python $(SITE)/bin/python -r requirements-docs.txt
	touch $@

$(NOTEBOOKS)/.installed: $(UV) requirements-notebooks.txt
	python3 -m venv $(NOTEBOOKS)
	$(INSTALL) --python $(NOTEBOOKS)/bin/python -r requirements-notebooks.txt $(CONTINUE)
	touch $@

$(SDK2)/.installed: $(UV) requirements-sdk2.txt
	python3 -m venv $(SDK2)
	$(INSTALL) --python $(SDK2)/bin/python -r requirements-sdk2.txt
	touch $@

# The environment of a framework image, with the image's Python if this machine has it. sagemaker-containers is
# published as source only: it is built with the image's setuptools, and needs a C compiler.
$(CONTRACT)/%/.installed: $(UV) requirements-contract-%.txt tests/contract/install.py
	$(CONTRACT_PYTHON) -m venv --clear --without-pip $(CONTRACT)/$*
	$(BUILD) requirements-contract-$*.txt --require-hashes --python $(CONTRACT)/$*/bin/python -r requirements-contract-$*.txt
	$(CONTRACT)/$*/bin/python tests/contract/install.py
	touch $@

LOCK = $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header requirements$(1).in -o requirements$(1).txt

.PHONY: lock
lock: $(UV) ## compile the exact versions and hashes of requirements*.txt
	$(call LOCK,)
	$(call LOCK,-synth) --constraints requirements.txt --excludes requirements-synth-excluded.in
	$(call LOCK,-dev) --constraints requirements.txt
	$(call LOCK,-audit)
	$(call LOCK,-docs)
	$(call LOCK,-notebooks) --constraints requirements.txt
	$(call LOCK,-sdk2)
	$(call LOCK,-spark)
	$(call LOCK,-uv)
	$(call LOCK,-contract-sklearn) --no-deps
	$(call LOCK,-contract-xgboost) --no-deps

# What the tests of pages need besides Chromium, without which they are skipped.
$(BROWSER)/.installed: $(VENV)/.installed-synth tests/browser/package-lock.json
	mkdir -p $(BROWSER)
	cp tests/browser/package.json tests/browser/package-lock.json $(BROWSER)
	npm ci --prefix $(BROWSER) --silent --ignore-scripts --no-audit --no-fund $(CONTINUE)
	touch $@

READY := $(VENV)/.installed
# Enough for environments on AWS; the laptop cloud needs more.
READY_SYNTH := $(VENV)/.installed-synth
READY_ENV := $(if $(filter local,$(ENV)),$(READY),$(READY_SYNTH))
READY_DEV := $(VENV)/.installed-dev
CLOUD := $(PYTHON) -m local_cloud
REDLINE := $(PYTHON) -m operations
PIPELINES := $(subst _,-,$(patsubst pipeline_code/%/pipeline.py,%,$(wildcard pipeline_code/*/pipeline.py)))

.PHONY: local
local: $(READY) ## run the whole app on this machine; DATA=DIR takes real files
	$(CLOUD) up
	$(CLOUD) deploy local
	$(CLOUD) load $(if $(DATA),--data $(DATA))
	$(CLOUD) tick tickit
	$(REDLINE) approve tickit
	$(REDLINE) predict tickit pipeline_code/tickit/sample_data/requests.csv
	@echo "Pipelines, runs and endpoints in a browser: $(VENV)/bin/redline board"

.PHONY: approve
approve: $(READY_ENV) ## approve a model, and wait until it is served: PACKAGE=tickit, PACKAGE=tickit/12 or an ARN
	$(REDLINE) --env $(ENV) approve $(PACKAGE)

.PHONY: accept-data
accept-data: $(READY) ## accept the data that a run of PIPELINE rejected with DIGEST, because of REASON
	$(REDLINE) --env $(ENV) accept-data --reason "$$REASON" -- "$$PIPELINE" "$$DIGEST"

.PHONY: rollback
rollback: $(READY) ## reject the version in service, and wait for the previous one: PIPELINE=tickit, REASON="…"
	$(REDLINE) --env $(ENV) rollback $(PIPELINE) $(if $(REASON),--reason "$(REASON)")

# One worker for each core; tests/scheduling.py says which tests share one.
PYTEST := $(PYTHON) -m pytest --numprocesses logical
FAST := tests --ignore=tests/faults --ignore=tests/integration --ignore=tests/delivery
# Only the modules with slow tests: each worker takes half a minute to import all modules.
SLOW = $(shell grep --recursive --files-with-matches --include='test_*.py' --exclude-dir=hostile --exclude-dir=delivery 'mark\.slow' tests local_cloud/tests/sagemaker)

.PHONY: test
test: lint ## what a change can break: linters, types, unit tests, snapshots, one laptop run
	$(PYTEST) -m "not slow and not contract" $(FAST) tests/integration/test_whole_run.py

.PHONY: test-all
test-all: test test-slow test-hostile test-old-sdk test-contract test-local-cloud test-laptop test-delivery test-faults ## every test

.PHONY: test-slow
test-slow: $(READY_DEV) $(AUDIT)/.installed $(BROWSER)/.installed wheels ## the unit tests that take long, and the checks of templates
	$(PYTEST) -m slow $(SLOW)

.PHONY: test-hostile
test-hostile: $(READY_DEV) ## the commands in hostile environments
	$(PYTEST) -m slow tests/hostile

.PHONY: test-old-sdk
test-old-sdk: $(READY_DEV) $(SDK2)/.installed ## a pipeline that version 2 of the SageMaker SDK has made
	$(PYTEST) -m slow local_cloud/tests/sdk

.PHONY: test-contract
test-contract: $(READY_DEV) $(CONTRACT)/sklearn/.installed $(CONTRACT)/xgboost/.installed ## models in the real serving toolkit of their images, without a network
	$(PYTEST) -m contract tests/contract tests/pipelines

.PHONY: test-local-cloud
test-local-cloud: $(READY_DEV) ## the services of the laptop cloud
	$(PYTEST) --dist loadfile -m "not slow" local_cloud/tests

.PHONY: test-laptop
test-laptop: $(READY_DEV) $(NOTEBOOKS)/.installed wheels ## every pipeline, extraction, endpoint and notebook on the laptop cloud
	$(PYTEST) tests/integration

.PHONY: test-delivery
test-delivery: $(READY_DEV) ## deliver a commit and promote a model, each between two laptop clouds
	$(PYTEST) tests/delivery

.PHONY: test-faults
test-faults: $(READY_DEV) ## inject every fault of docs/faults.md, and list the results
	$(PYTEST) tests/faults

.PHONY: lint
lint: $(READY_DEV) ## linters and types
	$(MAKE) --no-print-directory --jobs=2 style types definitions

.PHONY: style
style: $(READY_DEV)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

.PHONY: types
types: $(READY_DEV)
	$(PYTHON) -m mypy app.py delivery.py stacks pipeline_code warehouse operations execution_reader html_pages prices run_report local_cloud benchmarks
	for folder in lambda/*/; do MYPYPATH=$$folder:lambda/shared $(PYTHON) -m mypy $$folder*.py || exit 1; done

# First those of all tests, in one process: each test that compiles its own imports the SDK again.
.PHONY: definitions
definitions: $(READY_DEV)
	$(PYTHON) -m tests.definitions
	$(PYTHON) -m pipeline_code.compiler lint $(PIPELINES)

.PHONY: checks
checks: $(READY_DEV) $(AUDIT)/.installed ## cdk-nag, CDK's own rules, cfn-lint and checkov over the templates of all environments
	$(PYTHON) -m pytest tests/declared/test_checks.py tests/declared/test_checkov.py tests/unit/stacks/test_checks.py tests/unit/stacks/test_checkov.py tests/unit/stacks/test_acknowledgements.py

.PHONY: docs
docs: $(READY_DEV) ## write the generated parts of the documents
	$(PYTHON) -m tests.docs.pages

# tests/docs checks the links to source files, which lead out of the pages. Examples in Python contain …
SPHINX := -C -D project=Redline -D extensions=myst_parser -D html_theme=furo -D html_title=Redline \
	-D myst_heading_anchors=4 \
	-D suppress_warnings=myst.xref_missing,misc.highlighting_failure
.PHONY: site
site: $(SITE)/.installed ## build the documentation as web pages, in .build/site
	$(SITE)/bin/python -m sphinx --quiet --fail-on-warning $(SPHINX) -b dirhtml docs .build/site
	@echo "Open .build/site/index.html"

# Not of requirements-contract-*.txt: those versions are AWS' choice. requirements.txt contains requirements-synth.txt.
AUDITED = $(filter-out requirements-contract-% requirements-synth.txt,$(wildcard requirements*.txt))
# pip-audit rejects two versions of a package, so it reads one lock file at a time.
.PHONY: audit
audit: $(READY_SYNTH) $(AUDIT)/.installed ## known vulnerabilities of the pinned packages; asks PyPI and npm
	failed=0; for file in $(AUDITED); do \
		$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes -r $$file || failed=1; \
	done; npm audit && npm audit --prefix tests/browser && exit $$failed

SBOM := .build/sbom
.PHONY: sbom
sbom: $(READY_SYNTH) $(AUDIT)/.installed ## list the pinned packages with their hashes as CycloneDX, in .build/sbom
	mkdir -p $(SBOM)
	$(AUDIT)/bin/cyclonedx-py requirements --output-reproducible -o $(SBOM)/python.cdx.json requirements.txt
	npm sbom --package-lock-only --sbom-format cyclonedx --sbom-type application > $(SBOM)/node.cdx.json

.PHONY: snapshots
snapshots: $(READY_DEV) ## accept the templates as they are now
	$(PYTHON) -m pytest tests/snapshots --snapshot-update

.PHONY: synth
synth: $(READY_SYNTH) ## write the templates of ENV to cdk.out
	cdk synth --quiet -c env=$(ENV)

.PHONY: preflight
preflight: $(READY_ENV) synth ## check, without changes, whether ENV can be deployed to the account of the shell
	$(REDLINE) --env $(ENV) preflight

.PHONY: bootstrap
bootstrap: $(READY_SYNTH) ## prepare the account and region of ENV for the CDK, once
	cdk bootstrap -c env=$(ENV)

.PHONY: diff
diff: synth ## what a deployment of ENV to AWS would change, stacks that the app no longer contains, and the monthly cost
	cdk diff --app cdk.out
	$(REDLINE) --env $(ENV) orphans
	$(REDLINE) --env $(ENV) cost

.PHONY: cost
cost: $(READY_ENV) synth ## what ENV costs per month while nothing runs, one line per resource
	$(REDLINE) --env $(ENV) cost

.PHONY: deploy
deploy: synth ## deploy ENV to AWS with the credentials of the shell; delete stacks that the app no longer contains; CHANGE=tickit: also this protected pipeline
	$(if $(CHANGE),$(REDLINE) --env $(ENV) protection lift $(CHANGE))
	$(REDLINE) --env $(ENV) protection check-deploy
	$(REDLINE) --env $(ENV) orphans --delete-if-allowed
	cdk deploy --all --app cdk.out; ended=$$?; $(REDLINE) --env $(ENV) protection set && exit $$ended

DELIVERY_STACKS ?= --all
.PHONY: delivery
delivery: $(READY_SYNTH) ## deploy the delivery of commits with the credentials of the shell; DELIVERY_STACKS=NAME: only this stack
	cdk deploy $(DELIVERY_STACKS) --app "$(PYTHON) delivery.py" --output .build/delivery

.PHONY: workflow
workflow: $(READY_SYNTH) ## write the stages of delivery as a workflow of GitHub Actions
	$(PYTHON) -m stacks.delivery > .github/workflows/delivery.yml

.PHONY: destroy
destroy: synth ## remove ENV from AWS and list what is left; what the environment retains stays
	$(REDLINE) --env $(ENV) protection check-destroy
	$(REDLINE) --env $(ENV) orphans --delete
	cdk destroy --all --app cdk.out; ended=$$?; $(REDLINE) --env $(ENV) left && exit $$ended

.PHONY: left
left: $(READY_SYNTH) ## list what ENV, once destroyed, has left on AWS
	$(REDLINE) --env $(ENV) left

.PHONY: load
load: $(READY_ENV) ## load DATA=DIR, or generated data where ENV allows it, into the warehouse; YES=1: do not ask; NAME=churn: only this pipeline
	$(if $(filter local,$(ENV)),$(CLOUD) exec) $(PYTHON) -m warehouse load $(NAME) --environment $(ENV) $(if $(DATA),--data $(DATA)) $(if $(YES),--yes)

# A laptop cloud of its own, so that the one of `make local` stays.
SMOKE_CLOUD := $(CLOUD) --state .build/smoke
# The environment is on the laptop cloud: on AWS, JupyterLab is in Studio. It listens on this machine only, with a token.
LAB := $(abspath $(NOTEBOOKS))/bin/jupyter-lab
.PHONY: notebook
notebook: $(READY) $(NOTEBOOKS)/.installed ## open JupyterLab on the laptop cloud, with the permissions of the users of Studio in ENV
	PYTHONPATH=$(CURDIR) REDLINE_ENV=$(ENV) $(CLOUD) exec --role redline-$(ENV)-studio/StudioRoleArn $(LAB) --ServerApp.ip=127.0.0.1 $(wildcard notebooks)

.PHONY: smoke
smoke: $(READY_ENV) ## deploy, use and destroy ENV, which must not exist, and record every call of AWS
ifeq ($(ENV),local)
	$(SMOKE_CLOUD) up
	$(REDLINE) --state .build/smoke --env local smoke --deploy "$(SMOKE_CLOUD) deploy local" --destroy "$(SMOKE_CLOUD) destroy local"; \
	ended=$$?; $(SMOKE_CLOUD) down && exit $$ended
else
	$(REDLINE) --env $(ENV) smoke
endif

.PHONY: check
check: $(READY_DEV) ## lint and test one pipeline: NAME=churn
	$(PYTHON) -m pipeline_code.compiler lint $(NAME)
	$(PYTHON) -m pytest tests/pipelines/$(subst -,_,$(NAME)) -q

.PHONY: wheels
wheels: $(READY_SYNTH) ## lock and fetch the wheels of requirements.txt of NAME=PIPELINE, or of all pipelines
	$(PYTHON) -m pipeline_code wheels $(NAME)

.PHONY: permissions
permissions: $(READY_DEV) ## run all that roles do and keep their calls for the tests; then make docs
	$(PYTHON) -m tests.permissions.scenario

.PHONY: bench
bench: $(READY) ## seconds and ratios of synthesis, deployment, loading and each step
	$(PYTHON) -m benchmarks

.PHONY: clean
clean: ## end the laptop cloud and remove everything that can be made again
	if [ -e $(READY) ]; then $(CLOUD) down; fi
	rm -rf .local_cloud .build .spark cdk.out $(VENV) $(AUDIT) $(SITE) $(SDK2) $(CONTRACT) $(BROWSER) $(NOTEBOOKS) node_modules local_cloud/*.egg-info operations/*.egg-info
