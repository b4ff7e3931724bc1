
# make run and make test are all the set-up; make help lists the rest.

PORT		?= 8080
NGINX		?= $(or $(shell command -v nginx 2>/dev/null),/usr/sbin/nginx)
NGINX_SRC	?= /usr/share/nginx/src
EXTRA_MODULES	?=
FUZZ_SECONDS	?= 60
# the workloads of searches: all, small, or names (tests/bench/workloads.py)
BENCH		?= all
# those that can be installed, random models of each, rows in all
PARITY_RELEASES	?=
PARITY_MODELS	?= 400
PARITY_ROWS	?= 10000000

DESTDIR		?=
PREFIX		?= /usr
MODULES_DIR	?= $(PREFIX)/lib/nginx/modules

# Debian's, because its packages are what the tests import
PYTHON		?= /usr/bin/python3

OUT		?= build
JOBS		?= $(shell nproc 2>/dev/null || echo 1)

WARNINGS	= -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wvla
# contraction would change the rounding of distances
KNN_CFLAGS	= -std=c11 -D_GNU_SOURCE -O3 -g -fPIC -ffp-contract=off \
		  -fno-math-errno -fvisibility=hidden $(WARNINGS) $(CFLAGS)

MODEL_LIBS	= -lyajl -llz4 -llzma -lbz2 -lz -lcrypto -lm

SANITIZE	= -fsanitize=address,undefined -fno-sanitize-recover=all \
		  -fno-omit-frame-pointer

MODEL_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard model/*.c model/*/*.c))
CODEC_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard codec/*/*.c))
TOOL_OBJS	= $(patsubst %.c,$(OUT)/%.o,$(wildcard tools/*.c))
UNIT_SRCS	= $(wildcard tests/unit/*.c tests/unit/*/*.c)
UNIT_TESTS	= $(patsubst %.c,$(OUT)/%,$(filter-out %/main.c,$(UNIT_SRCS)))
MODEL_TESTS	= $(filter $(OUT)/tests/unit/model/%,$(UNIT_TESTS))
READER_TESTS	= $(patsubst %,$(OUT)/tests/unit/model/test_%,arena beside \
		  estimators native ndarray pickle safetensors sklearn source steps)
FUZZERS		= $(patsubst %.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
LIBS		= $(OUT)/libknncodec.a $(OUT)/libknn.a

MODULE_DEPS	= config config.make $(wildcard *.c *.h) \
		  $(wildcard model/*.[ch] model/*/*.[ch] codec/*/*.[ch])

FORMATTED	= $(wildcard model/*.[ch] model/*/*.[ch]) \
		  $(wildcard codec/*/*.[ch] tools/*.[ch]) \
		  $(wildcard tests/bench/*.[ch] tests/bench/*.cc) \
		  $(wildcard tests/fuzz/*.[ch] tests/unit/*.[ch]) \
		  $(wildcard tests/unit/*/*.[ch])


all: module $(OUT)/knn

module: $(OUT)/ngx_http_knn_module.so

lib: $(LIBS)

run:
	scripts/packages build
	$(MAKE) -j$(JOBS) all
	scripts/run $(NGINX) $(PORT)

test:
	scripts/packages build test
	$(MAKE) -j$(JOBS) all unit
	$(PYTHON) tests/run $(OUT)

unit: $(UNIT_TESTS)

asan:
	scripts/packages build test
	$(MAKE) -j$(JOBS) OUT=$(OUT)/asan CFLAGS="$(SANITIZE)" LDFLAGS="$(SANITIZE)" \
		all unit
	scripts/sanitized $(PYTHON) tests/run $(OUT)/asan unit http parity \
		-- -k "not iris_grid and not random and not bulk"

lint:
	scripts/packages build lint
	scripts/lint $(FORMATTED)

# what watches the service
rules:
	scripts/packages monitoring
	scripts/rules $(PYTHON)

# with a real Prometheus, Alertmanager and node-exporter
monitoring:
	scripts/packages build test monitoring
	$(MAKE) -j$(JOBS) all
	KNN_MODULE=$(OUT)/ngx_http_knn_module.so NGINX=$(NGINX) \
		$(PYTHON) -m pytest -q -p no:cacheprovider \
		tests/system/test_prometheus.py

# its packages of npm are pinned in tests/browser
browser:
	scripts/packages build browser
	$(MAKE) -j$(JOBS) all
	cd tests/browser && npm ci --no-audit --no-fund
	$(PYTHON) tests/run $(OUT) browser

fuzz:
	scripts/packages build fuzz
	$(MAKE) -j$(JOBS) OUT=$(OUT)/fuzz CC=clang \
		CFLAGS="$(SANITIZE) -fsanitize=fuzzer-no-link -O1" fuzzers
	scripts/fuzz $(OUT)/fuzz $(FUZZ_SECONDS)

fuzzers: $(FUZZERS)

# the reader of model files is what is counted
coverage:
	scripts/packages build test coverage
	$(MAKE) -j$(JOBS) OUT=$(OUT)/coverage CFLAGS="--coverage -O0" \
		LDFLAGS=--coverage reader
	scripts/coverage $(OUT)/coverage $(PYTHON)

reader: $(OUT)/knn $(READER_TESTS)

# what is written for other processors, each emulated
aarch64: FOREIGN = $(OUT)/aarch64/root/usr
aarch64:
	scripts/packages build test aarch64
	scripts/sysroot arm64 $(OUT)/aarch64/root libyajl-dev zlib1g-dev \
		libbz2-dev liblzma-dev liblz4-dev libssl-dev check libsubunit-dev
	$(MAKE) -j$(JOBS) OUT=$(OUT)/aarch64 CC=aarch64-linux-gnu-gcc \
		AR=aarch64-linux-gnu-ar \
		CFLAGS="-DCHECKING_FEW -isystem $(FOREIGN)/include \
			-isystem $(FOREIGN)/include/aarch64-linux-gnu" \
		LDFLAGS="-static -L$(FOREIGN)/lib/aarch64-linux-gnu" \
		MODEL_LIBS="$(MODEL_LIBS:-lyajl=-lyajl_s)" \
		CHECK_LIBS="-lcheck -lsubunit -lm" emulated
	$(MAKE) -j$(JOBS) emulated
	$(PYTHON) tests/run $(OUT) emulated

emulated: $(MODEL_TESTS)

memory:
	scripts/packages build test valgrind
	$(MAKE) -j$(JOBS) all
	$(PYTHON) tests/run $(OUT) memory

newest:
	scripts/packages build test newest
	$(MAKE) -j$(JOBS) all
	$(PYTHON) -m venv $(OUT)/newest
	$(OUT)/newest/bin/pip install -q --upgrade scikit-learn joblib pandas \
		safetensors
	KNN_NEWEST_PYTHON=$(OUT)/newest/bin/python \
		$(PYTHON) tests/run $(OUT) parity -- -k newest

# clients of other servers, as PyPI has them; --no-deps because they would
# replace the NumPy that Debian's scikit-learn is built for
clients: $(OUT)/clients/installed
	scripts/packages build test
	$(MAKE) -j$(JOBS) all
	$(OUT)/clients/bin/python tests/run $(OUT) clients

$(OUT)/clients/installed: tests/clients/requirements.txt
	scripts/packages build test clients
	$(PYTHON) -m venv --clear --system-site-packages $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check --no-deps \
		--only-binary :all: --ignore-requires-python -r $<
	@touch $@

parity:
	scripts/packages build test newest
	$(MAKE) -j$(JOBS) all
	tests/parity/survey/releases $(OUT)/releases $(PARITY_RELEASES) \
		> $(OUT)/releases.list
	KNN=$(OUT)/knn KNN_MODULE=$(OUT)/ngx_http_knn_module.so NGINX=$(NGINX) \
		$(PYTHON) tests/parity/survey/survey.py \
		--models $(PARITY_MODELS) $$(cat $(OUT)/releases.list)
	KNN_MODULE=$(OUT)/ngx_http_knn_module.so NGINX=$(NGINX) \
		$(PYTHON) -W ignore tests/parity/survey/bulk.py \
		--rows $(PARITY_ROWS)

bench: $(OUT)/servers/installed $(OUT)/bench/peers/installed
	scripts/packages build bench
	$(MAKE) -j$(JOBS) OUT=$(OUT)/bench EXTRA_MODULES=tests/bench/constant \
		all $(OUT)/bench/alone $(OUT)/bench/parse
	$(OUT)/bench/parse
	$(PYTHON) tests/bench/library.py $(OUT)/bench $(BENCH)
	$(PYTHON) tests/bench/serving.py $(OUT)/bench --nginx $(NGINX) \
		--servers $(OUT)/servers
	$(PYTHON) tests/bench/beside.py $(OUT)/bench $(NGINX)
	$(PYTHON) tests/bench/report.py $(OUT)/bench docs/performance.md

# what the library is compared with, as PyPI has it; of SimSIMD the source
$(OUT)/bench/peers/installed: tests/bench/requirements.txt
	scripts/packages bench
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install -q --disable-pip-version-check -r $<
	$(@D)/bin/pip download -q --disable-pip-version-check --no-deps \
		--no-binary :all: -c $< -d $(@D) simsimd
	mkdir -p $(OUT)/bench/simsimd
	tar xzf $(@D)/simsimd-*.tar.gz --strip-components 1 \
		-C $(OUT)/bench/simsimd
	@touch $@

# what the module is compared with, as PyPI and npm have it
$(OUT)/servers/installed: $(addprefix tests/bench/servers/,requirements.txt \
		package.json package-lock.json)
	scripts/packages bench
	$(PYTHON) -m venv --clear --system-site-packages $(@D)/python
	$(@D)/python/bin/pip install -q --disable-pip-version-check \
		--only-binary :all: -r $<
	cp $(filter %.json,$^) $(@D)
	npm ci --prefix $(@D) --no-audit --no-fund
	@touch $@

$(OUT)/alone: tests/bench/alone.c $(OUT)/libknn.a
	$(CC) $(KNN_CFLAGS) $(LDFLAGS) -o $@ $^ $(MODEL_LIBS)

$(OUT)/parse: tests/bench/parse.c $(LIBS)
	$(CC) $(KNN_CFLAGS) $(LDFLAGS) -o $@ $^ $(MODEL_LIBS)

install: all
	install -D -m 644 $(OUT)/ngx_http_knn_module.so \
		$(DESTDIR)$(MODULES_DIR)/ngx_http_knn_module.so
	install -D -m 755 $(OUT)/knn $(DESTDIR)$(PREFIX)/bin/knn
	install -D -m 644 docs/knn.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/knn.1

clean:
	rm -rf build

help:
	@echo "make           build $(OUT)/ngx_http_knn_module.so and $(OUT)/knn"
	@echo "make run       build and serve nginx.conf on port $(PORT)"
	@echo "make test      run the unit, HTTP and parity tests"
	@echo "make install   install the module, the command, its page"
	@echo "make bench     compare with others; writes docs/performance.md"
	@echo "make lint      clang-format, clang-tidy, cppcheck, shellcheck"
	@echo "make rules     rules, alerts and boards of Prometheus and Grafana"
	@echo "make monitoring  the same with a real Prometheus"
	@echo "make asan      the tests under ASan and UBSan"
	@echo "make browser   the front page in Chromium, the Postman collection"
	@echo "make aarch64   the library on emulated processors: ARM, an old one"
	@echo "make memory    valgrind, and what a worker costs"
	@echo "make newest    parity with the newest scikit-learn of PyPI"
	@echo "make parity    parity with every release that can be installed"
	@echo "make clients   clients of other servers, and their protocols"
	@echo "make coverage  what the tests run of the reader of models, in lines"
	@echo "make fuzz      libFuzzer, FUZZ_SECONDS=$(FUZZ_SECONDS) a target"
	@echo "make clean     remove build/"
	@echo
	@echo "PORT=$(PORT) NGINX=$(NGINX) NGINX_SRC=$(NGINX_SRC)"
	@echo "EXTRA_MODULES=\"directories or archive URLs of nginx modules\""
	@echo "DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) MODULES_DIR=$(MODULES_DIR)"


# without the variables of this make, whose CFLAGS would replace nginx's
$(OUT)/ngx_http_knn_module.so: $(OUT)/nginx/Makefile $(LIBS) $(MODULE_DEPS)
	env -u MAKEFLAGS $(MAKE) -j$(JOBS) -C $(OUT)/nginx-src \
		-f $(abspath $(OUT))/nginx/Makefile modules
	scripts/collect $(OUT)

# what the configuration depends on, and what was configured last
$(OUT)/nginx/Makefile: config config.make scripts/configure $(OUT)/nginx.args
	scripts/configure $(OUT) $(NGINX_SRC) $(NGINX) "$(CFLAGS)" \
		"$(LDFLAGS)" $(EXTRA_MODULES)

$(OUT)/nginx.args: FORCE
	@mkdir -p $(OUT)
	@echo '$(NGINX) $(NGINX_SRC) $(EXTRA_MODULES) $(wildcard *.c)' \
		| cmp -s - $@ || echo \
		'$(NGINX) $(NGINX_SRC) $(EXTRA_MODULES) $(wildcard *.c)' > $@

$(OUT)/libknn.a: $(MODEL_OBJS)
$(OUT)/libknncodec.a: $(CODEC_OBJS)

%.a:
	@rm -f $@
	$(AR) crs $@ $^

$(OUT)/knn: $(TOOL_OBJS) $(LIBS)
	$(CC) $(KNN_CFLAGS) $(LDFLAGS) -o $@ $^ $(MODEL_LIBS)

# what is tested in model/ links nothing of codec/
$(OUT)/tests/unit/model/%: $(OUT)/tests/unit/model/%.o \
		$(OUT)/tests/unit/main.o $(OUT)/libknn.a
	$(CC) $(KNN_CFLAGS) $(LDFLAGS) -o $@ $^ $(MODEL_LIBS) $(CHECK_LIBS)

$(OUT)/tests/unit/codec/%: $(OUT)/tests/unit/codec/%.o \
		$(OUT)/tests/unit/main.o $(LIBS)
	$(CC) $(KNN_CFLAGS) $(LDFLAGS) -o $@ $^ $(MODEL_LIBS) \
		$(CHECK_LIBS)

CHECK_LIBS	= $(shell pkg-config --libs check)

FUZZ_HELPERS	= $(patsubst %,$(OUT)/tests/fuzz/%.o,answers mutate outline)

$(OUT)/tests/fuzz/%: $(OUT)/tests/fuzz/%.o $(FUZZ_HELPERS) $(LIBS)
	$(CC) $(KNN_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ \
		$(MODEL_LIBS)

$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(KNN_CFLAGS) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(MODEL_OBJS) $(CODEC_OBJS) $(TOOL_OBJS)) \
	$(patsubst %,%.d,$(UNIT_TESTS) $(FUZZERS))

.SECONDARY:
.PHONY: all module lib run test unit asan lint fuzz fuzzers coverage reader \
	aarch64 emulated memory newest parity clients browser rules monitoring \
	bench install clean help FORCE
