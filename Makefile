PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: test clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e '.[test]'
	touch $@

test: $(VENV)/.installed
	$(BIN)/python -m pytest

clean:
	rm -rf .cache $(VENV)
