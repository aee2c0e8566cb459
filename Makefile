# make site | full | test | test-full | serve | bench | check | lock | clean
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Address of an index with torch's CPU build, for machines whose default index would bring CUDA along.
TORCH_INDEX ?=
# What `make site` hands to `peek build`.
PROFILE ?= standard
BASE_URL ?=
FLAGS ?=

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INDEX := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
# The experiments whose runs are the rows of content/data/full.csv.
FULL := grid again causes causes-relu no-bias blobs rings neutral neutral-disk started held penalty width longer optimizer memory \
	batches scale layers-penalty same-data same-start digits wine
BUILD := --profile $(PROFILE) $(if $(BASE_URL),--base-url $(BASE_URL)) $(FLAGS)

.PHONY: site full test test-full coverage serve check bench bench-quick lock clean

site: $(VENV)/.site
	@$(BIN)/python -m generator build $(BUILD)

# Up to a hundred networks of each configuration.
full: $(VENV)/.site
	@$(BIN)/python -m generator build --profile full $(FULL:%=--only %) --table content/data/full.csv $(FLAGS)

test: $(VENV)/.test
	@$(BIN)/python tests/chromium.py
	$(BIN)/python -m pytest -n auto --dist worksteal

# Also looks for each kind of fault in more places, and tries each promise of docs/guarantees.md many times, and the tests
# themselves by slips in the code, and writes there how often: two hours or three.
test-full: test
	$(BIN)/python -m pytest -n auto --dist worksteal -m breadth
	$(BIN)/python -m tests.promises
	$(BIN)/python -m tests.mutants

# The share of generator/'s lines that the tests reach, in every process that they start.
coverage: $(VENV)/.test
	@$(BIN)/python tests/chromium.py
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

serve: $(VENV)/.site
	@$(BIN)/python -m generator serve $(BUILD)

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench bench-quick: $(VENV)/.test
	@$(BIN)/python tests/chromium.py
	$(BIN)/python -m benchmarks.suite $(if $(findstring quick,$@),--quick)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python %s is too old: 3.11 or newer is needed; name one with make PYTHON=..." % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Each file that pip takes must have a hash of the lock; torch alone has none, for its build differs by platform and index.
HASHED := $(PIP) install --require-hashes
LOCKS := pyproject.toml requirements.lock requirements-test.lock torch.lock

$(VENV)/.site: $(VENV)/.python $(LOCKS)
	$(HASHED) -r requirements.lock
	$(PIP) install $(INDEX) -r torch.lock
	$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.test: $(VENV)/.site
	$(HASHED) -r requirements-test.lock
	@touch $@

# Pins what pyproject.toml allows today, with hashes from pip's index.
lock: $(VENV)/.python
	$(PIP) install $(INDEX) --upgrade --upgrade-strategy eager -e '.[test]'
	$(BIN)/python -m tools.lock
	$(BIN)/python -m tools.licences

clean:
	rm -rf .cache $(VENV)
