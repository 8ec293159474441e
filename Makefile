# SPDX-License-Identifier: GPL-2.0-only
# Makefile - build, test, install.
# Knobs: CC CFLAGS CPPFLAGS LDFLAGS DESTDIR PREFIX SBINDIR, LINKTYPE=static|dynamic (default dynamic),
# USELZO USESNAPPY USEZSTD USELIBDEFLATE=on|off (default: on where pkg-config or the compiler finds it).

CFLAGS ?= -g -O2
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
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
LIBS += -lstdc++ -lm
else
LINK = -pie -Wl,-z,relro,-z,now
endif

# What we need, and how we harden; CFLAGS stay the packager's.
BASICS = -std=gnu11 -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 $(HAVE) -fPIE -fstack-protector-strong \
	-pthread -Wall -Wextra -Wshadow -Wno-missing-field-initializers
FORTIFY = $(if $(findstring -O0,$(CFLAGS)),,$(if $(findstring sanitize,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
WERROR ?=

ROOMS = base codec input facts arch kernel pages output
SOURCES = makedumpfile.c cyclic.c $(sort $(wildcard $(addsuffix /*.c,$(ROOMS) jobs)))
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

install: makedumpfile
	install -D -m 755 makedumpfile $(DESTDIR)$(SBINDIR)/makedumpfile

clean:
	rm -rf build makedumpfile

.PHONY: all install clean force
.DELETE_ON_ERROR:
