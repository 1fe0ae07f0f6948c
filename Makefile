# Every target sets up what it needs. `make help` lists them.
ENV ?= local
DATA ?=
UV_VERSION := 0.13.9
VENV := .venv
PYTHON := $(VENV)/bin/python
# The CDK CLI and jsii run on the Node that requirements.txt brings: nothing but Python is needed.
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: requirements.txt package-lock.json
	@echo "Setting up: the Python packages, Node and the CDK CLI, into this folder (a minute or two)"
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements.txt
	npm ci --silent --no-audit --no-fund
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements-dev.txt
	touch $@

.PHONY: lock
lock: ## compile the exact pins of requirements*.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements-dev.in -o requirements-dev.txt

READY := $(VENV)/.installed
READY_DEV := $(VENV)/.installed-dev
CLOUD := $(PYTHON) -m local_cloud
PIPELINES := $(subst _,-,$(patsubst pipeline_code/%/pipeline.py,%,$(wildcard pipeline_code/*/pipeline.py)))

.PHONY: local
local: $(READY) ## run the whole app on this machine; DATA=DIR takes real files
	$(CLOUD) up
	$(CLOUD) deploy local
	$(CLOUD) load $(if $(DATA),--data $(DATA))
	$(CLOUD) tick tickit

.PHONY: test
test: lint ## everything: linters, types, unit tests, snapshots, the whole laptop run
	$(PYTHON) -m pytest

.PHONY: lint
lint: $(READY_DEV)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy app.py stacks pipeline_code warehouse local_cloud benchmarks
	for handler in lambda/*/handler.py; do $(PYTHON) -m mypy $$handler || exit 1; done
	for name in $(PIPELINES); do $(PYTHON) -m pipeline_code.definition lint $$name || exit 1; done

.PHONY: snapshots
snapshots: $(READY_DEV) ## accept the templates as they are now
	$(PYTHON) -m pytest tests/snapshots --snapshot-update

.PHONY: synth
synth: $(READY) ## write the templates of ENV to cdk.out
	cdk synth --quiet -c env=$(ENV)

.PHONY: diff
diff: $(READY) ## what a deployment of ENV to AWS would change
	cdk diff -c env=$(ENV)

.PHONY: deploy
deploy: $(READY) ## deploy ENV to AWS with the credentials of the shell
	cdk deploy --all -c env=$(ENV)

.PHONY: destroy
destroy: $(READY) ## remove ENV from AWS; what the environment retains stays
	cdk destroy --all -c env=$(ENV)

.PHONY: load
load: $(READY) ## load the sample data, or DATA=DIR, into the warehouse of ENV on AWS
	$(PYTHON) -m warehouse load --environment $(ENV) $(if $(DATA),--data $(DATA))

.PHONY: bench
bench: $(READY) ## seconds and ratios of synthesis, deployment, loading and each step
	$(PYTHON) -m benchmarks

.PHONY: clean
clean: ## end the laptop cloud and remove everything that can be made again
	if [ -x $(PYTHON) ]; then $(CLOUD) down; fi
	rm -rf .local_cloud .build cdk.out $(VENV) node_modules
