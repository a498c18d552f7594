# What a person types. Each target says what it is for after `##`; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

quietly := scripts/quietly.sh
npm := npm --prefix widget --loglevel=error
# Where cargo builds to, if the environment does not say: asked once, and only by what needs it.
target_dir = $(eval target_dir := $(or $(CARGO_TARGET_DIR),$(shell cargo metadata --no-deps --format-version 1 \
	| sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')))$(target_dir)
afterword = $(target_dir)/debug/afterword

# Stamps sit in node_modules, which is ignored already: what is older than its sources is made again.
packages := widget/node_modules/.afterword-packages
built := widget/node_modules/.afterword-built
widget_sources := $(shell find widget/src widget/scripts widget/*.json -type f -not -name '*.test.*' 2>/dev/null)

.PHONY: help
help: ## List what make can do
	@echo "make …"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: run
run: build ## Start the demo: an article with comments, its dashboard and a mailbox
	@exec $(afterword) demo

.PHONY: build
build: widget ## Build the widget and the server, unoptimised
	@[ -d $(target_dir)/debug/deps ] || echo "The first build takes about 5 minutes on two cores; later ones take seconds."
	@cargo build

.PHONY: widget
widget: $(built) ## Build the widget into widget/dist, if its sources changed

$(packages): widget/package.json widget/package-lock.json
	@$(quietly) "widget: packages" $(npm) ci
	@touch $@

$(built): $(packages) $(widget_sources)
	@$(quietly) "widget: build" $(npm) run build
	@touch $@

.PHONY: test
test: check test-widget test-rust test-contract test-browser test-sign-in ## Run everything: lints, unit, API, property, fuzz and browser tests

.PHONY: check
check: widget ## Lint: rustfmt, clippy, dependencies; types and lint of the widget
	@cargo fmt --check
	@echo "✓ rustfmt"
	@cargo clippy --all-targets -- -D warnings
	@cargo deny --version >/dev/null 2>&1 || $(MAKE) deny-installed
	@$(quietly) "dependencies: licences, sources, advisories" scripts/deny.sh
	@scripts/audit.sh
	@$(quietly) "bill of materials, audit" node --test scripts/*.test.mjs
	@$(quietly) "widget: types" $(npm) run check
	@$(quietly) "widget: lint" $(npm) run lint

.PHONY: deny
deny: ## Check the dependencies: licences, sources, advisories
	@cargo deny --version >/dev/null 2>&1 || $(MAKE) deny-installed
	@scripts/deny.sh
	@scripts/audit.sh

.PHONY: deny-installed
deny-installed:
	@echo "cargo-deny is missing: installing it, once (some minutes)"
	@cargo install cargo-deny --locked --quiet

.PHONY: fmt
fmt: ## Format the Rust code
	@cargo fmt

.PHONY: test-widget
test-widget: widget ## Test the widget: units and size budgets
	@$(quietly) "widget: tests" $(npm) test
	@$(quietly) "widget: size budgets" $(npm) run size

.PHONY: test-rust
test-rust: widget ## Test the server: units, storage, API, command line, house rules
	@[ -d $(target_dir)/debug/deps ] || echo "The first build takes about 5 minutes on two cores; later ones take seconds."
	@scripts/need.sh nginx command -v nginx
	@scripts/need.sh python3-venv python3 -c "import ensurepip, venv"
	@if cargo nextest --version >/dev/null 2>&1; then cargo nextest run; else cargo test; fi

.PHONY: test-contract
test-contract: build ## Ask every operation of the OpenAPI document thousands of times
	@scripts/contract.sh $(afterword)

.PHONY: fuzz
fuzz: widget ## Fuzz ten times as long as the tests do, from a new seed
	@export AFTERWORD_FUZZ_SEED=0 AFTERWORD_FUZZ_TIMES=10; \
		cargo test --lib -- fuzz_ --nocapture && cargo test --test openapi -- fuzz_ --nocapture

# One test after the other: most of them measure, and the rest use all cores by themselves.
faults = cargo test --quiet
.PHONY: test-faults
test-faults: widget ## Cut the power, kill, fill the disk, flood: the whole of it, with its figures (12 minutes)
	@export AFTERWORD_FAULTS=whole RUST_BACKTRACE=0; \
	$(faults) --test storage -- --test-threads=1 --nocapture power:: faults:: killed:: deep:: && \
	$(faults) --test faults -- --test-threads=1 --nocapture && \
	$(faults) --test backup -- --nocapture

.PHONY: test-browser
test-browser: build ## Drive a page and the server on two origins with Debian's Chromium
	@scripts/chromium.sh
	@$(quietly) "identity provider for tests" cargo build --example idp
	@cd widget && AFTERWORD=$(abspath $(afterword)) IDP=$(abspath $(target_dir)/debug/examples/idp) node --test --test-reporter=spec e2e/*.test.mjs

sign_in_tests = cd widget && AFTERWORD=$(abspath $(afterword)) node --test --test-reporter=spec e2e/engines/*.test.mjs

# The Chromium part of the next target, with fewer races.
.PHONY: test-sign-in
test-sign-in: build
	@scripts/engines.sh chromium
	@export AFTERWORD_ENGINES=chromium AFTERWORD_RACES=20; $(sign_in_tests)

.PHONY: test-browsers
test-browsers: build ## Sign in, refresh and sign out in Chromium, Firefox and WebKitGTK, behind nginx with TLS
	@scripts/engines.sh chromium firefox webkit
	@$(sign_in_tests)

# A part of it: make bench only="posts likes". Whether it works at all: make bench only=quick.
.PHONY: bench
bench: widget ## Measure the release build beside its references, and write docs/benchmarks.md
	@cargo bench --bench serve -- $(only)

.PHONY: load
load: widget ## Load the release build with sign-ins: memory, waiting readers, timing, commits
	@cargo bench --bench sign_in

.PHONY: dist
dist: widget ## Make the release tarball in dist/
	@scripts/dist.sh

.PHONY: clean
clean: ## Delete what was built; the data stays
	@cargo clean
	@rm -rf widget/dist widget/node_modules dist
