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

# -- Binaries that need no library: what is carried into a closed network. --
# musl-gcc where there is one, for glibc's static resolver is not static.

STATIC_CC = $(if $(shell command -v musl-gcc),musl-gcc,$(CC))
STATIC = httpd-scope fab-hosts

static:
	$(MAKE) B=build/static CC='$(STATIC_CC)' HARDEN_LD=-static \
		$(patsubst %,build/static/%,$(filter $(STATIC),$(PROGRAMS)))

# -- Tests --

PROVE = prove -j2 -f -o
UNIT = $(patsubst %.c,$B/%.o,$(wildcard tests/unit/*.c))
TOOLS = $(addprefix $B/tests/support/,netns-inetd port ssh-settings delay \
	http-hook without hasty)
CRITERION = -lcriterion

$(TOOLS): $B/tests/support/%: $B/tests/support/%.o
	$(link) -o $@ $^ $(LDLIBS)

$B/tests/support/ssh-settings: $B/libhosts.a $B/libbase.a

# httpd-scope with a bug.
$B/tests/support/http-hook: $B/cmd/httpd-scope.o \
	$(rooms_httpd-scope:%=$B/lib%.a)
$B/tests/support/http-hook: private LDFLAGS += -Wl,--wrap=answer_request

# fab-run that waits for a twentieth of the time.
$B/tests/support/hasty: $B/cmd/fab-run.o $(foreach r,$(rooms_ssh),$B/lib$r.a)
$B/tests/support/hasty: private LDFLAGS += -Wl,--wrap=deadline_in
$B/tests/support/hasty: private LDLIBS += $(SSH_LIBS)

$B/tests/unit/unit: $(UNIT) $(ROOMS:%=$B/lib%.a)
	$(link) -o $@ $(UNIT) -Wl,--start-group $(ROOMS:%=$B/lib%.a) \
		-Wl,--end-group $(CRITERION) $(SSH_LIBS) $(LDLIBS)

libraries: $(ROOMS:%=$B/lib%.a)

# What a run of the tests with this B needs.
test-programs: all $(TOOLS) $(if $(UNIT),$B/tests/unit/unit)

check: test-programs static
	B=$B $(PROVE) --timer $(CHECK_UNIT) tests/e2e/*.t

CHECK_UNIT = $(if $(UNIT),tests/support/unit.t)

# The same with a sanitizer. A report fails the run: reports go to files,
# for a program's standard error is often the test's subject.
SANITIZED = $(CHECK_UNIT) $(wildcard $(SANITIZED_E2E:%=tests/e2e/%.t))
SANITIZED_E2E = run run_output run_stdin run_until sudo sudo_kinds keys login \
	tokens interactive jump newkeys ports lost scope forward dnf apt hosts \
	sshconfig put get put_sudo get_hostile copy_broken copy_far copy_fleet \
	http http_options faults faults_command servers sshd_configs asyncssh \
	startups

check-asan:
	tests/support/sanitized.sh asan address,undefined $(SANITIZED)

# Criterion itself does not run with it, and what it tests has no threads.
check-tsan:
	tests/support/sanitized.sh tsan thread \
		$(filter-out $(CHECK_UNIT),$(SANITIZED))

fuzz:
	tests/support/fuzz.sh $(wildcard tests/fuzz/*.c)

bench: test-programs
	B=$B tests/bench/hosts.sh
	B=$B tests/bench/connect.sh

# Beside ssh.
bench-ssh: test-programs
	B=$B tests/bench/ssh.sh

# Beside scp, rsync, tar, pscp, pssh, clush, ansible, where they are installed.
bench-copy: test-programs
	B=$B tests/bench/copy.sh

# Beside nginx and lighttpd, where they and wrk are installed.
bench-http: test-programs
	B=$B tests/bench/http.sh

# Many hosts, beside pssh, pdsh and clush, where they are installed.
bench-fleet: test-programs $B/tests/bench/stand-in
	B=$B tests/bench/fleet.sh

$B/tests/bench/stand-in: $B/tests/bench/stand-in.o \
		$(foreach r,$(rooms_ssh),$B/lib$r.a)
	$(link) -o $@ $^ $(SSH_LIBS) $(LDLIBS)

lint:
	tests/lint/all.sh

demo: test-programs static
	B=$B tests/demo/demo.sh

# What building and the demo need, and what the tests need on top.
deps:
	tests/support/deps.sh build

deps-check: deps
	tests/support/deps.sh check

# -- Installing --

MANDIR = $(PREFIX)/share/man
install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(PROGRAMS:%=$B/%) $(DESTDIR)$(PREFIX)/bin
	for page in man/*.[1-9]; do \
		[ -f "$$page" ] || continue; \
		dir=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
		install -d "$$dir" && install -m 644 "$$page" "$$dir" || exit; \
	done
	for pair in bash:bash-completion/completions zsh:zsh/site-functions \
		fish:fish/vendor_completions.d; do \
		dir=$(DESTDIR)$(PREFIX)/share/$${pair#*:}; \
		for file in completions/$${pair%%:*}/*; do \
			[ -f "$$file" ] || continue; \
			install -d "$$dir" && \
			install -m 644 "$$file" "$$dir" || exit; \
		done; \
	done

dist:
	@mkdir -p $B
	git archive --prefix=fab-$(VERSION)/ HEAD | gzip -9n \
		>$B/fab-$(VERSION).tar.gz

-include $(shell find $B -name '*.d' 2>/dev/null)

clean:
	rm -rf build

.PHONY: all bench bench-copy bench-fleet bench-http bench-ssh check \
	check-asan check-tsan clean demo deps \
	deps-check dist fuzz install libraries lint static test-programs
