# Every target sets up what it needs. `make help` lists them.
ENV ?= local
DATA ?=
PACKAGE ?=
UV_VERSION := 0.13.9
VENV := .venv
PYTHON := $(VENV)/bin/python
AUDIT := .audit
SDK2 := .sdk2
CONTRACT := .contract
CONTRACT_PYTHON = $(shell python3.12 --version > /dev/null 2>&1 && echo python3.12 || echo python3)
# The CDK CLI and jsii run on the Node that requirements.txt brings: nothing but Python is needed.
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.installed: requirements.txt package-lock.json local_cloud/pyproject.toml
	@echo "Setting up: the Python packages, Node and the CDK CLI, into this folder (a minute or two)"
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements.txt
	$(VENV)/bin/uv pip install --quiet --python $(PYTHON) --no-deps --editable ./local_cloud
	npm ci --silent --no-audit --no-fund
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements-dev.txt
	touch $@

$(AUDIT)/.installed: $(VENV)/.installed requirements-audit.txt
	python3 -m venv $(AUDIT)
	$(VENV)/bin/uv pip install --quiet --python $(AUDIT)/bin/python -r requirements-audit.txt
	touch $@

$(SDK2)/.installed: $(VENV)/.installed requirements-sdk2.txt
	python3 -m venv $(SDK2)
	$(VENV)/bin/uv pip install --quiet --python $(SDK2)/bin/python -r requirements-sdk2.txt
	touch $@

# The environment of a framework image, with the image's Python if this machine has it. sagemaker-containers is
# published as source only: it is built with the image's setuptools, and needs a C compiler.
$(CONTRACT)/%/.installed: $(VENV)/.installed requirements-contract-%.txt tests/contract/install.py
	$(CONTRACT_PYTHON) -m venv --clear --without-pip $(CONTRACT)/$*
	$(VENV)/bin/uv pip install --quiet --python $(CONTRACT)/$*/bin/python --no-deps "$$(grep ^setuptools requirements-contract-$*.txt)"
	$(VENV)/bin/uv pip install --quiet --python $(CONTRACT)/$*/bin/python --no-deps --no-build-isolation -r requirements-contract-$*.txt
	$(CONTRACT)/$*/bin/python tests/contract/install.py
	touch $@

.PHONY: lock
lock: ## compile the exact pins of requirements*.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements-audit.in -o requirements-audit.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements-sdk2.in -o requirements-sdk2.txt

READY := $(VENV)/.installed
READY_DEV := $(VENV)/.installed-dev
CLOUD := $(PYTHON) -m local_cloud
# What the AWS CLI's update-model-package does, in the region of the package.
APPROVE = 'import boto3; boto3.client("sagemaker", "$(word 4,$(subst :, ,$(PACKAGE)))").update_model_package(ModelPackageArn="$(PACKAGE)", ModelApprovalStatus="Approved")'
PIPELINES := $(subst _,-,$(patsubst pipeline_code/%/pipeline.py,%,$(wildcard pipeline_code/*/pipeline.py)))

.PHONY: local
local: $(READY) ## run the whole app on this machine; DATA=DIR takes real files
	$(CLOUD) up
	$(CLOUD) deploy local
	$(CLOUD) load $(if $(DATA),--data $(DATA))
	$(CLOUD) tick tickit
	$(CLOUD) approve tickit
	$(CLOUD) predict tickit pipeline_code/tickit/sample_data/requests.csv

.PHONY: approve
approve: $(READY) ## approve a model, which is then served: PACKAGE=ARN, or on the laptop PACKAGE=tickit
	$(if $(filter local,$(ENV)),$(CLOUD) approve $(PACKAGE),$(PYTHON) -c $(APPROVE))

.PHONY: accept-data
accept-data: $(READY) ## accept the data that a run of PIPELINE rejected with DIGEST, because of REASON
	$(if $(filter local,$(ENV)),$(CLOUD) exec) $(PYTHON) -m operations accept-data $(ENV) "$$PIPELINE" "$$DIGEST" --reason "$$REASON"

# One worker for each core; tests/scheduling.py says which tests share one.
PYTEST := $(PYTHON) -m pytest --numprocesses logical
FAST := tests --ignore=tests/faults --ignore=tests/integration

.PHONY: test
test: lint ## what a change can break: linters, types, unit tests, snapshots, one laptop run
	$(PYTEST) -m "not slow and not contract" $(FAST) tests/integration/test_whole_run.py

.PHONY: test-all
test-all: test test-slow test-contract test-local-cloud test-laptop test-faults ## every test

.PHONY: test-slow
test-slow: $(READY_DEV) $(AUDIT)/.installed $(SDK2)/.installed ## the unit tests that take long, checkov, and a pipeline of version 2 of the SDK
	$(PYTEST) -m slow $(FAST) local_cloud/tests/sdk

.PHONY: test-contract
test-contract: $(READY_DEV) $(CONTRACT)/sklearn/.installed $(CONTRACT)/xgboost/.installed ## models in the real serving toolkit of their images, without a network
	$(PYTEST) -m contract tests/contract tests/pipelines

.PHONY: test-local-cloud
test-local-cloud: $(READY_DEV) ## the services of the laptop cloud
	$(PYTEST) --dist loadfile -m "not slow" local_cloud/tests

.PHONY: test-laptop
test-laptop: $(READY_DEV) ## every pipeline, extraction and endpoint on the laptop cloud
	$(PYTEST) tests/integration

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
	$(PYTHON) -m mypy app.py stacks pipeline_code warehouse operations local_cloud benchmarks
	for folder in lambda/*/; do MYPYPATH=$$folder:lambda/shared $(PYTHON) -m mypy $$folder*.py || exit 1; done

.PHONY: definitions
definitions: $(READY_DEV)
	$(PYTHON) -m pipeline_code.compiler lint $(PIPELINES)

.PHONY: checks
checks: $(READY_DEV) $(AUDIT)/.installed ## cdk-nag, CDK's own rules, cfn-lint and checkov over the templates of all environments
	$(PYTHON) -m pytest tests/declared/test_checks.py tests/declared/test_checkov.py tests/unit/stacks/test_checks.py tests/unit/stacks/test_checkov.py tests/unit/stacks/test_acknowledgements.py

.PHONY: docs
docs: $(READY_DEV) ## write the generated parts of the documents
	$(PYTHON) -m tests.docs.pages

# Not of requirements-contract-*.txt: those versions are AWS' choice.
.PHONY: audit
audit: $(AUDIT)/.installed ## known vulnerabilities of the pinned packages; asks PyPI and npm
	$(AUDIT)/bin/pip-audit --strict --disable-pip --no-deps $(addprefix -r ,$(filter-out requirements-contract-%,$(wildcard requirements*.txt))); \
	python=$$?; npm audit && exit $$python

.PHONY: snapshots
snapshots: $(READY_DEV) ## accept the templates as they are now
	$(PYTHON) -m pytest tests/snapshots --snapshot-update

.PHONY: synth
synth: $(READY) ## write the templates of ENV to cdk.out
	cdk synth --quiet -c env=$(ENV)

.PHONY: preflight
preflight: synth ## check, without changes, whether ENV can be deployed to the account of the shell
	$(if $(filter local,$(ENV)),$(CLOUD) exec) $(PYTHON) -m operations preflight $(ENV)

.PHONY: bootstrap
bootstrap: $(READY) ## prepare the account and region of ENV for the CDK, once
	cdk bootstrap -c env=$(ENV)

.PHONY: diff
diff: $(READY) ## what a deployment of ENV to AWS would change
	cdk diff -c env=$(ENV)

.PHONY: deploy
deploy: $(READY) ## deploy ENV to AWS with the credentials of the shell
	cdk deploy --all -c env=$(ENV)

.PHONY: destroy
destroy: $(READY) ## remove ENV from AWS and list what is left; what the environment retains stays
	cdk destroy --all -c env=$(ENV); ended=$$?; $(PYTHON) -m operations left $(ENV) && exit $$ended

.PHONY: left
left: $(READY) ## list what ENV, once destroyed, has left on AWS
	$(PYTHON) -m operations left $(ENV)

.PHONY: load
load: $(READY) ## load the sample data, or DATA=DIR, into the warehouse of ENV on AWS
	$(PYTHON) -m warehouse load --environment $(ENV) $(if $(DATA),--data $(DATA))

# A laptop cloud of its own, so that the one of `make local` stays.
SMOKE_CLOUD := $(CLOUD) --state .build/smoke
.PHONY: smoke
smoke: $(READY) ## deploy, use and destroy ENV, which must not exist, and record every call of AWS
ifeq ($(ENV),local)
	$(SMOKE_CLOUD) up
	$(SMOKE_CLOUD) exec $(PYTHON) -m operations smoke local --deploy "$(SMOKE_CLOUD) deploy local" --destroy "$(SMOKE_CLOUD) destroy local"; \
	ended=$$?; $(SMOKE_CLOUD) down && exit $$ended
else
	$(PYTHON) -m operations smoke $(ENV)
endif

.PHONY: permissions
permissions: $(READY_DEV) ## run all that roles do and keep their calls for the tests; then make docs
	$(PYTHON) -m tests.permissions.scenario

.PHONY: bench
bench: $(READY) ## seconds and ratios of synthesis, deployment, loading and each step
	$(PYTHON) -m benchmarks

.PHONY: clean
clean: ## end the laptop cloud and remove everything that can be made again
	if [ -x $(PYTHON) ]; then $(CLOUD) down; fi
	rm -rf .local_cloud .build cdk.out $(VENV) $(AUDIT) $(SDK2) $(CONTRACT) node_modules local_cloud/*.egg-info
