# Everything is built in one profile, so that demo, tests and benches share the same compiled dependencies.
CARGO ?= cargo
SAMPLE = samples/campus-canteen
PROGRAM = $(CARGO) run --release --quiet --

SAMPLE_FOLDER = target/demo-monthly

.PHONY: demo demo-monthly test test-crashes test-deploy fuzz check fonts test-servers bench coverage-study samples gallery clean

## Builds the program, makes the sample's documents and says where they are.
demo: fonts
	$(CARGO) build --release
	@echo
	@$(PROGRAM) build $(SAMPLE) && echo && echo "Open a PDF in $(SAMPLE)/out/2026-11/satisfaction-plan first."

## Runs samples/monthly through a year, unattended: gates, a late correction, an alarm, a delivery that is tried again.
demo-monthly: fonts
	$(CARGO) build --release
	@sh scripts/demo-monthly.sh "$${CARGO_TARGET_DIR:-target}/release/manyi" $(SAMPLE_FOLDER)

## Runs every test; what is not installed and cannot be is named and skipped.
test: fonts test-servers
	$(CARGO) test --release

## Tries many more damaged inputs than `make test` does: 200,000 of every format.
fuzz:
	MANYI_FUZZ=200000 $(CARGO) test --release --test integration hostile:: -- --nocapture

## Kills runs a thousand times at any moment: about twenty minutes.
test-crashes: fonts
	$(CARGO) test --release --test integration killed_a_thousand_times -- --ignored

## Timers of systemd and cron on a machine of their own (QEMU, debootstrap; needs root): about a quarter of an hour.
test-deploy: fonts
	$(CARGO) build --release
	@python3 tests/deploy/machine.py "$${CARGO_TARGET_DIR:-target}/release/manyi" target/test-deploy

## Format and lints, as CI checks them.
check:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets --quiet -- -D warnings

## Installs Chinese fonts if the system has none (Debian and Ubuntu; elsewhere it says what to do).
fonts:
	@sh scripts/install-fonts.sh

## Installs the servers that tests of delivery talk to: mail, an object store, PostgreSQL.
test-servers:
	@sh scripts/test-servers.sh

## Measures speed and memory next to other programs; needs python3. Results: benches/README.md.
bench:
	$(CARGO) build --release
	python3 -m venv target/bench-python
	target/bench-python/bin/pip install --quiet numpy duckdb pyarrow typst "pandas<3" plspm python-docx scikit-learn
	target/bench-python/bin/python benches/run.py
	target/bench-python/bin/python benches/grading.py

## Counts how often 95% intervals hold the truth, over 10,000 simulated surveys; writes the table of docs/statistics.md.
coverage-study:
	MANYI_WRITE_COVERAGE=1 $(CARGO) test --release --test integration coverage_study -- --ignored --nocapture

## Writes the data files of the samples again, from their generators.
samples:
	MANYI_WRITE_SAMPLES=1 $(CARGO) test --release committed_files

## Draws the pictures of docs/charts.md again.
gallery: fonts
	MANYI_WRITE_GALLERY=1 $(CARGO) test --release the_gallery_shows_every_kind

clean:
	$(CARGO) clean
