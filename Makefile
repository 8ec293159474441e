# SPDX-License-Identifier: GPL-2.0-only
# Makefile - build, test, install.
# Knobs: CC CFLAGS CPPFLAGS LDFLAGS DESTDIR PREFIX SBINDIR MANDIR COMPLETIONDIR DATADIR INCLUDEDIR,
# LINKTYPE=static|dynamic (default dynamic), USELZO USESNAPPY USEZSTD USELIBDEFLATE=on|off (default: on where the compiler finds the header).

CFLAGS ?= -g -O2
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
PKG_CONFIG ?= pkg-config
LINKTYPE ?= dynamic
BUILD ?= build

# Is there a header? Asked of the compiler, which knows its own search path.
has = $(shell printf '\043include <$(1)>\n' | $(CC) $(CPPFLAGS) $(CFLAGS) -E -x c - >/dev/null 2>&1 && echo on)

USELIBDEFLATE ?= $(call has,libdeflate.h)
USELZO ?= $(call has,lzo/lzo1x.h)
USESNAPPY ?= $(call has,snappy-c.h)
USEZSTD ?= $(call has,zstd.h)

HAVE =
LIBS =
ifeq ($(USELIBDEFLATE),on)
HAVE += -DHAVE_LIBDEFLATE
LIBS += -ldeflate
else
LIBS += -lz
endif
ifeq ($(USELZO),on)
HAVE += -DHAVE_LZO
LIBS += -llzo2
endif
ifeq ($(USESNAPPY),on)
HAVE += -DHAVE_SNAPPY
LIBS += -lsnappy
endif
ifeq ($(USEZSTD),on)
HAVE += -DHAVE_ZSTD
LIBS += -lzstd
endif
ifeq ($(LINKTYPE),static)
LINK = -static
LIBS += $(or $(shell $(PKG_CONFIG) --static --libs libdw libelf 2>/dev/null),-ldw -lelf -lz -lbz2 -llzma)
LIBS += -lstdc++ -lm
else
HAVE += -DHAVE_LOADER
LINK = -pie -Wl,--dynamic-list=extensions/exports -Wl,-z,relro,-z,now
LIBS += $(or $(shell $(PKG_CONFIG) --libs libdw libelf 2>/dev/null),-ldw -lelf)
endif

# What we need, and how we harden; CFLAGS stay the packager's.
BASICS = -std=gnu11 -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(HAVE) -fPIE -fstack-protector-strong \
	-pthread -Wall -Wextra -Wshadow -Wno-missing-field-initializers
FORTIFY = $(if $(findstring -O0,$(CFLAGS)),,$(if $(findstring sanitize,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
WERROR ?=

ROOMS = base codec input facts arch kernel pages output
SOURCES = makedumpfile.c options.c command.c cyclic.c $(sort $(wildcard $(addsuffix /*.c,$(ROOMS) jobs)))
OBJECTS = $(SOURCES:%.c=$(BUILD)/%.o)

all: makedumpfile

makedumpfile: $(BUILD)/makedumpfile
	cp $< $@

$(BUILD)/makedumpfile: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(LINK) -pthread -o $@ $(OBJECTS) $(LIBS)

# Everything is rebuilt when the compiler or its flags change.
SETTINGS = $(CC) $(CPPFLAGS) $(CFLAGS) $(BASICS) $(FORTIFY) $(WERROR) $(LINKTYPE)
$(BUILD)/settings: force
	@mkdir -p $(BUILD)
	@echo '$(SETTINGS)' | cmp -s - $@ || echo '$(SETTINGS)' > $@

$(BUILD)/%.o: %.c $(BUILD)/settings
	@mkdir -p $(@D)
	$(CC) $(BASICS) $(FORTIFY) $(CPPFLAGS) $(CFLAGS) $(WERROR) -MMD -MP -c -o $@ $<

-include $(OBJECTS:.o=.d)

# One file that needs nothing beside it, for an initramfs.
static:
	@scripts/deps static
	@$(MAKE) --no-print-directory BUILD=build/static LINKTYPE=static build/static/makedumpfile

INSTALL = install
PROFILES = $(wildcard profiles/*.conf)
EXAMPLES = $(wildcard extensions/*.c)
DATADIR ?= $(PREFIX)/share/makedumpfile
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(PREFIX)/share/pkgconfig
INSTALLED = $(SBINDIR)/makedumpfile $(SBINDIR)/makedumpfile-R.pl $(MANDIR)/man8/makedumpfile.8 \
	$(MANDIR)/man8/makedumpfile-R.pl.8 $(COMPLETIONDIR)/makedumpfile $(MANDIR)/man5/makedumpfile.conf.5 \
	$(PROFILES:profiles/%=$(DATADIR)/%) $(DATADIR)/secrets.conf $(EXAMPLES:%=$(DATADIR)/%) \
	$(INCLUDEDIR)/makedumpfile-extension.h $(PKGCONFIGDIR)/makedumpfile-extension.pc

install: makedumpfile
	$(INSTALL) -D -m 755 makedumpfile $(DESTDIR)$(SBINDIR)/makedumpfile
	$(INSTALL) -D -m 755 scripts/makedumpfile-R.pl $(DESTDIR)$(SBINDIR)/makedumpfile-R.pl
	$(INSTALL) -D -m 644 doc/makedumpfile.8 $(DESTDIR)$(MANDIR)/man8/makedumpfile.8
	$(INSTALL) -D -m 644 doc/makedumpfile.conf.5 $(DESTDIR)$(MANDIR)/man5/makedumpfile.conf.5
	$(INSTALL) -d $(DESTDIR)$(DATADIR)
	$(INSTALL) -m 644 $(PROFILES) $(DESTDIR)$(DATADIR)
	cat $(PROFILES) > $(DESTDIR)$(DATADIR)/secrets.conf
	$(INSTALL) -d $(DESTDIR)$(DATADIR)/extensions
	$(INSTALL) -m 644 $(EXAMPLES) $(DESTDIR)$(DATADIR)/extensions
	$(INSTALL) -D -m 644 makedumpfile-extension.h $(DESTDIR)$(INCLUDEDIR)/makedumpfile-extension.h
	$(INSTALL) -d $(DESTDIR)$(PKGCONFIGDIR)
	sed -e 's,@INCLUDEDIR@,$(INCLUDEDIR),' -e 's,@VERSION@,$(VERSION),' extensions/makedumpfile-extension.pc > \
		$(DESTDIR)$(PKGCONFIGDIR)/makedumpfile-extension.pc
	ln -sf makedumpfile.8 $(DESTDIR)$(MANDIR)/man8/makedumpfile-R.pl.8
	$(INSTALL) -D -m 644 completion/makedumpfile.bash $(DESTDIR)$(COMPLETIONDIR)/makedumpfile

uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))

# The sources of the last commit.
VERSION = $(shell sed -n 's/^.define VERSION "\(.*\)"/\1/p' makedumpfile.c)
dist:
	@mkdir -p build && test -n "$(VERSION)"
	git archive --prefix=makedumpfile-$(VERSION)/ -o build/makedumpfile-$(VERSION).tar.gz HEAD

clean:
	rm -rf build makedumpfile

# --- tests ---------------------------------------------------------------------------------------
# Each test program is one file linked with everything but the front door. `tests` builds them, tests/run runs.
UNITS = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*.c))
MAKERS = $(patsubst tests/make/%.c,$(BUILD)/tests/%,$(wildcard tests/make/*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)))
LIMIT = $(BUILD)/tests/limit
PARTS = $(filter-out $(BUILD)/makedumpfile.o,$(OBJECTS))
TESTCC = $(CC) $(BASICS) $(CPPFLAGS) $(CFLAGS) $(WERROR) -MMD -MP

# Vmcores that fuzz targets begin with: those of the cases that they name.
CORES = $(sort $(shell sed -n '/names\[\] = {/,/};/ s/[",]/ /gp' $(wildcard tests/fuzz/*.c) | tr ' ' '\n' | sed -n '/[a-z0-9]-/p;/^percpu$$/p'))
CORES := $(CORES:%=$(BUILD)/tests/cores/%)

tests: $(BUILD)/makedumpfile $(UNITS) $(MAKERS) $(FUZZERS) $(LIMIT) $(CORES) $(BUILD)/tests/faults/shim.so

$(CORES): $(BUILD)/tests/cores/%: tests/cases/%/recipe $(BUILD)/tests/mkdump
	@mkdir -p $(@D)
	cd tests/cases/$* && $(abspath $(BUILD)/tests/mkdump) recipe $(abspath $@)

$(UNITS) $(MAKERS) $(LIMIT): $(BUILD)/tests/%: $(PARTS) $(BUILD)/settings
$(UNITS): $(BUILD)/tests/unit/%: tests/unit/%.c
	@mkdir -p $(@D)
	$(TESTCC) -MF $@.d -o $@ $< $(PARTS) $(LDFLAGS) $(LIBS)
$(MAKERS): $(BUILD)/tests/%: tests/make/%.c
	@mkdir -p $(@D)
	$(TESTCC) -MF $@.d -o $@ $< $(PARTS) $(LDFLAGS) $(LIBS)
$(LIMIT): tests/bench/limit.c
	@mkdir -p $(@D)
	$(TESTCC) -MF $@.d -o $@ $< $(PARTS) $(LDFLAGS) $(LIBS)
# Corpus replay; `make fuzz` builds the same files with libFuzzer instead of replay.c.
$(FUZZERS): $(BUILD)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(PARTS) $(BUILD)/settings
	@mkdir -p $(@D)
	$(TESTCC) -MF $@.d -o $@ $< $(FUZZMAIN) $(PARTS) $(LDFLAGS) $(LIBS)
FUZZMAIN = tests/fuzz/replay.c

-include $(addsuffix .d,$(UNITS) $(MAKERS) $(FUZZERS) $(LIMIT))

# What is missing is installed first; libraries are looked for when make starts, hence the second make. It uses all CPUs,
# unless the first one was told how many.
AGAIN = $(MAKE) --no-print-directory -s $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc 2> /dev/null))
demo:
	@scripts/deps build
	@$(AGAIN) all
	@tests/demo/run

check:
	@scripts/deps check
	@$(AGAIN) all tests
	@tests/run $(SUITES)

SANITIZE = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all
check-asan:
	@$(AGAIN) BUILD=build/asan CFLAGS="$(SANITIZE) -fsanitize=address,undefined" build/asan/makedumpfile tests
	@BUILD=build/asan tests/run $(or $(SUITES),unit cases fuzz params options vmlinux formats)

# Threads are in output/pack.c alone, so what runs is what makes dumps of every format, from every format.
check-thread:
	@$(AGAIN) BUILD=build/thread CFLAGS="$(SANITIZE) -fsanitize=thread" build/thread/makedumpfile tests
	@UNIT=output CASES="kernel-6.* kdump-* flat-* elf-* xen-* bad-kdump-*" WAYS=second BUILD=build/thread tests/run $(or $(SUITES),unit cases)

# How many lines the tests run, by gcov: of each file, and in all; what is left is told with the reasons of
# tests/coverage/left. The build differs from the program in tests/coverage/wrap.c only; a suite that installs it must not
# build another in its place, so the suites are run with the same variables.
COUNTED = BUILD=build/coverage CFLAGS="-g -O0 --coverage" \
	LDFLAGS="-Wl,--wrap=confine_begin $(CURDIR)/build/coverage/wrap.o"
coverage:
	@scripts/deps check
	@rm -rf build/coverage
	@$(MAKE) --no-print-directory -s $(COUNTED) build/coverage/wrap.o
	@$(AGAIN) $(COUNTED) build/coverage/makedumpfile tests
	@+$(MAKE) --no-print-directory -s $(COUNTED) coverage-run

coverage-run:
	@tests/coverage/run $(SUITES)

$(BUILD)/wrap.o: tests/coverage/wrap.c
	@mkdir -p $(@D)
	$(CC) $(BASICS) -DCOUNTERS='"$(abspath $(BUILD))"' -g -c -o $@ $<

# Every call of the C library fails once, in every job: tests/faults/run [JOB...]; a vmcore that is hurt in 1000 ways.
check-faults:
	@$(AGAIN) all tests
	@tests/faults/run $(JOBS)
	@tests/faults/corrupt

$(BUILD)/tests/faults/shim.so: tests/faults/shim.c $(BUILD)/settings
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra $(WERROR) -shared -fPIC -o $@ $< -ldl

check-vm:
	@scripts/deps vm
	@$(AGAIN) all tests
	@tests/vm/run $(VM)

# Kernels of other machines, under emulation.
check-machines:
	@scripts/deps machines
	@$(AGAIN) all tests
	@tests/vm/machines $(VM)

# Builds for other machines, run under user emulation. One is `make TARGET=arm64 CC=aarch64-linux-gnu-gcc`; TARGET is for
# those who are used to say it, the compiler tells all.
check-cross:
	@scripts/deps cross
	@$(AGAIN) all tests
	@tests/cross $(ARCH)

# The Debian and RPM packages and the initramfs hooks, built and looked into.
check-packages:
	@scripts/deps packages
	@tests/packages

# make fuzz T=elf TIME=120 [ENGINE=afl]: libFuzzer, or AFL++ in persistent mode; both with sanitizers.
TIME ?= 60
FOUND = build/fuzz/corpus/$(T)
SANITIZED = -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz: fuzz-$(or $(ENGINE),libfuzzer)
fuzz-libfuzzer:
	@$(AGAIN) BUILD=build/fuzz CC=clang FUZZMAIN=-fsanitize=fuzzer \
		CFLAGS="-g -O1 -fsanitize=fuzzer-no-link $(SANITIZED)" fuzz-target
	mkdir -p $(FOUND)
	build/fuzz/tests/fuzz/$(T) -max_total_time=$(TIME) -timeout=10 -print_final_stats=1 $(FOUND) tests/fuzz/corpus/$(T)

fuzz-afl:
	@scripts/deps afl
	@$(AGAIN) BUILD=build/afl CC=afl-clang-fast FUZZMAIN=-fsanitize=fuzzer \
		CFLAGS="-g -O1 $(SANITIZED)" fuzz-target
	AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 afl-fuzz -V $(TIME) -t 10000 -m none \
		-i tests/fuzz/corpus/$(T) -o build/afl/$(T) -- build/afl/tests/fuzz/$(T)

fuzz-target: $(BUILD)/tests/fuzz/$(T) $(CORES)

# make bench [DUMP=file] [CASES="name..."]: ours and the installed makedumpfile in turn. bench-report also writes the
# table and the plots of doc/bench; both say what moved against tests/bench/accepted.
bench bench-report:
	@scripts/deps check
	@$(AGAIN) all tests
	@tests/bench/run $(if $(filter %-report,$@),--report) $(if $(DUMP),--core $(DUMP)) $(CASES)

# Machines up to 64 TiB, simulated; SCALE=--quick stops at 1 TiB.
bench-scale:
	@$(AGAIN) all tests
	@tests/bench/scale $(SCALE)

.PHONY: all static install uninstall dist clean force tests demo check check-asan check-thread check-faults check-vm \
	check-machines check-cross check-packages coverage coverage-run fuzz fuzz-libfuzzer fuzz-afl fuzz-target bench bench-report bench-scale
.DELETE_ON_ERROR:
