# A toolkit for machines in closed networks: build, demo, check, install.
#
# Everything that is made goes to $B (build/); programs are build/<program>.
# CC CFLAGS CPPFLAGS LDFLAGS LDLIBS PREFIX DESTDIR are the user's and are
# only ever added to.

B = build
CC = cc
CFLAGS = -O2 -g
PREFIX = /usr/local
PKG_CONFIG = pkg-config

VERSION = 0.1

HARDEN = -fPIE -fstack-protector-strong
HARDEN_LD = -pie -Wl,-z,relro,-z,now
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wwrite-strings -Wundef -Wvla -Wimplicit-fallthrough -Wswitch-enum
OUR_CPPFLAGS = -D_GNU_SOURCE -Ilib -DFAB_VERSION='"$(VERSION)"'
OUR_CFLAGS = -std=c11 -pthread $(HARDEN) $(WARN)
SSH_CFLAGS = $(shell $(PKG_CONFIG) --cflags libssh2 libcrypto)
SSH_LIBS = $(shell $(PKG_CONFIG) --libs libssh2 libcrypto)

# Programs, and the rooms of lib/ that each is linked from, users first.
PROGRAMS = $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
SSH_PROGRAMS = fab-run fab-sudo fab-put fab-get fab-scope
ROOMS = fleet ssh hosts http scope cli base
rooms_httpd-scope = http scope cli base
rooms_fab-hosts = hosts cli base
rooms_ssh = fleet ssh hosts scope cli base
rooms_of = $(if $(filter $1,$(SSH_PROGRAMS)),$(rooms_ssh),$(rooms_$1))
libs_of = $(if $(filter $1,$(SSH_PROGRAMS)),$(SSH_LIBS))

compile = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP
link = $(CC) $(OUR_CFLAGS) $(CFLAGS) $(HARDEN_LD) $(LDFLAGS)

all: $(PROGRAMS:%=$B/%)

$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(compile) $(if $(findstring lib/ssh/,$<),$(SSH_CFLAGS)) -c -o $@ $<

define room_rule
$B/lib$1.a: $(patsubst %.c,$B/%.o,$(wildcard lib/$1/*.c))
	@rm -f $$@
	$$(AR) rc $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$r)))

define program_rule
$B/$1: $B/cmd/$1.o $(foreach r,$(call rooms_of,$1),$B/lib$r.a)
	$$(link) -o $$@ $$^ $$(call libs_of,$1) $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$p)))

-include $(shell find $B -name '*.d' 2>/dev/null)

clean:
	rm -rf build

.PHONY: all clean
