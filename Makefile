# Every target installs what it needs, from the locks, and only when a lock has changed since.
# A machine needs git, make and Python 3.11 or later with pip; see `make help`.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8787
# The first that runs here is taken; `make clean test PYTHONS=3.11` tests with an older one.
PYTHONS ?= 3.13 3.12 3.11

UV := .tools/uv/bin/uv
PYTHON := .venv/bin/python
SAM := .tools/sam/bin/sam
LAMBDA_PYTHON := .tools/build/bin/python
CODE = $(wildcard shared/wallboard functions local tests bench)

# uv looks at nothing but this file's own environments, whatever the caller has activated or set.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONPATH PYTHONHOME
export UV_NO_PROGRESS := 1
export PIP_USER := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export SAM_CLI_TELEMETRY := 0
export WALLBOARD_MINISTACK ?= $(CURDIR)/.tools/ministack/bin/ministack

# find_python(3.13 3.12): the first interpreter of these versions that really runs. Being on the PATH is not enough:
# pyenv leaves shims there for versions that are switched off.
find_python = for version in $(1); do \
	for python in python$$version "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version*/bin/python3; do \
		"$$python" -c "import sys; assert '%d.%d' % sys.version_info[:2] == '$$version'; print(sys.executable)" \
			2>/dev/null && break 2 || true; \
	done; \
done

.PHONY: help
help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | \
		while IFS=$$'\t' read -r target text; do printf '  make %-13s %s\n' "$$target" "$$text"; done

# ---- using it

.PHONY: demo serve
demo: .venv/.installed .tools/ministack/.installed  ## a month of activity on a laptop, and its reports; ONCE=1 ends after printing
	$(PYTHON) -m local demo $(ARGS)

serve: .venv/.installed .tools/ministack/.installed  ## an empty stack on PORT (8787); DATA=DIR keeps its data; PAYLOADS=DIR simulates vendors
	$(PYTHON) -m local serve --port $(PORT) $(if $(DATA),--data $(DATA)) $(if $(PAYLOADS),--payloads $(PAYLOADS)) $(ARGS)

# ---- developing it

.PHONY: test check check-format check-lint check-types check-imports check-template check-docs format bench bench-sources build lock clean install
test: .venv/.installed .tools/ministack/.installed .tools/sam/.installed  ## all tests; ARGS='-k name' for some
	$(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

check: check-format check-lint check-types check-imports check-template check-docs  ## format, lint, types, imports, template, docs

check-format: .venv/.installed
	.venv/bin/ruff format --check --quiet .

check-lint: .venv/.installed
	.venv/bin/ruff check --quiet .

check-types: .venv/.installed
	$(PYTHON) -m mypy $(CODE)

check-imports: .venv/.installed
	.venv/bin/lint-imports --no-logo

check-template: .tools/sam/.installed
	$(SAM) validate --lint

check-docs: .venv/.installed
	$(PYTHON) -m wallboard.cli docs --check
	.venv/bin/openapi-spec-validator shared/wallboard/runtime/openapi.json | { grep -v -e ': OK$$' -e '^ ' || true; }

format: .venv/.installed  ## put the code into its form
	.venv/bin/ruff check --quiet --fix-only .
	.venv/bin/ruff format --quiet .

bench: .venv/.installed .tools/ministack/.installed  ## measure, beside other engines
	$(PYTHON) -m bench $(ARGS)

bench-sources: .venv/.installed .tools/ministack/.installed  ## a backfill of 90 days of a busy centre
	$(PYTHON) -m bench.pulling $(ARGS)

build: .tools/sam/.installed  ## what is deployed, in .aws-sam/build
	env -u MAKEFLAGS -u MAKELEVEL $(SAM) build

install: .venv/.installed .tools/ministack/.installed .tools/sam/.installed  ## everything the other targets need

clean:  ## remove all that these targets made
	rm -rf .venv .tools .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# ---- locks: hashes of every file, no addresses, so that they say the same on every machine

COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

lock: $(UV)  ## resolve pyproject.toml again; UPGRADE=1 takes newer versions
	$(COMPILE) --group bootstrap -o locks/bootstrap.lock
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev --group bench -c requirements.lock -o locks/dev.lock
	$(COMPILE) --group ministack -o locks/ministack.lock
	$(COMPILE) --group sam -o locks/sam.lock

# ---- environments

# --target and not a venv: it needs no ensurepip, which some distributions leave out.
$(UV): locks/bootstrap.lock
	rm -rf .tools/uv
	python3 -m pip install -qq --require-hashes --no-deps --target .tools/uv -r $<
	touch $@

.venv/.installed: locks/dev.lock pyproject.toml | $(UV)
	@python=$$($(call find_python,$(PYTHONS))); \
	test -x $(PYTHON) && $(PYTHON) -c '' || $(UV) venv --quiet --clear --python "$${python:-$(firstword $(PYTHONS))}" .venv
	$(UV) pip sync --quiet --require-hashes --python $(PYTHON) $<
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(PYTHON) --editable .
	touch $@

.tools/%/.installed: locks/%.lock | $(UV)
	@python=$$($(call find_python,$(PYTHONS))); \
	$(UV) venv --quiet --clear --python "$${python:-$(firstword $(PYTHONS))}" $(@D)
	$(UV) pip sync --quiet --require-hashes --python $(@D)/bin/python $<
	touch $@

# ---- what `sam build` calls, with ARTIFACTS_DIR (template.yaml: BuildMethod makefile)

ARTIFACTS = $(or $(ARTIFACTS_DIR),$(error ARTIFACTS_DIR is not set: run make build))

.tools/build/bin/python: | $(UV)
	@python=$$($(call find_python,3.13)); $(UV) venv --quiet --clear --python "$${python:-3.13}" .tools/build

# Lambda cannot write beside the code, so without bytecode every cold start compiles all of it again. By hash and
# unchecked, because the times of files do not survive the zip.
compile = find $(1) -name __pycache__ -prune -exec rm -rf {} + && \
	$(LAMBDA_PYTHON) -m compileall -q -j 0 --invalidation-mode unchecked-hash -s $(1) -p $(2) $(1)

build-WallboardLayer: requirements.lock | $(LAMBDA_PYTHON)
	$(UV) pip install --quiet --require-hashes --only-binary :all: --no-deps --python $(LAMBDA_PYTHON) \
		--python-version 3.13 --python-platform aarch64-manylinux2014 --target "$(ARTIFACTS)/python" -r $<
	rm -rf "$(ARTIFACTS)"/python/{bin,.lock,*/tests}
	cp -R shared/wallboard "$(ARTIFACTS)/python/"
	$(call compile,"$(ARTIFACTS)",/opt)

# IngestEventsFunction is built from functions/ingest_events.
build-%Function: | $(LAMBDA_PYTHON)
	folder=$$(sed 's/[A-Z]/_&/g; s/^_//' <<<'$*' | tr A-Z a-z); cp -R "functions/$$folder/." "$(ARTIFACTS)/"
	$(call compile,"$(ARTIFACTS)",/var/task)
