# Sourced by the end-to-end tests: TAP, hosts, what a test starts and ends.
#
#	. "${0%/*}/../support/lib.sh"
#	host web1
#	run fab-run web1 'echo hello'
#	status_is 0 'the command ran'
#	out_is hello 'its output came'
#	done_testing
#
# Commands	are those of $B, found in PATH as a user finds them; the fab
#		programs get the test's ssh_config by -F.
# Results	run CMD... sets $status, $T/out, $T/err; it reads $input.
# Hosts		host NAME [-m] [SSHD_CONFIG_LINE...]: an sshd, and, as root, a
#		copy of the machine with the users root, deploy (sudo without
#		password), pw (sudo with $PASSWORD), plain (no sudo), one
#		(sudo for /usr/bin/true alone), tty and ttypw (as deploy and pw,
#		with requiretty), cmd (with $PASSWORD, for id, cat and sleep
#		alone). Without root, the only user is ourselves.
# Every test ends with done_testing, which fails when a process is left.
# shellcheck shell=sh
# shellcheck disable=SC2034 # variables are for the tests

# A test that hangs is ended, with all that it started.
if [ -z "${TEST_DEADLINE-}" ]; then
	TEST_DEADLINE=${TEST_SECONDS:-240}
	export TEST_DEADLINE
	exec timeout -k 5 "$TEST_DEADLINE" sh "$0" "$@"
fi

set -u
TOP=$(cd "${0%/*}/../.." && pwd)
B=$(cd "$TOP" && cd "${B:-build}" && pwd) || exit 1
SUPPORT=$TOP/tests/support
TOOLS=$B/tests/support
# shellcheck disable=SC2016 # meant as it stands
PASSWORD='it'\''s a "secret" $1\x'

unset SSH_AUTH_SOCK DISPLAY MAKELEVEL MAKEFLAGS FAB_SCOPE FAB_GROUPS WCOLL \
	HTTPD_SCOPE_URL HTTPD_SCOPE_PORT HTTPD_SCOPE_ADDR HTTPD_SCOPE_DIR \
	HTTPD_SCOPE_ID XDG_RUNTIME_DIR XDG_CONFIG_HOME http_proxy https_proxy \
	HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY
export LC_ALL=C.UTF-8 NO_COLOR=1 no_proxy='*'
T=$(mktemp -d "${TMPDIR:-/tmp}/fab-test.XXXXXX") || exit 1
T=$(cd "$T" && pwd -P)
mkdir "$T/hosts" "$T/home" "$T/keys" "$T/scratch"
export HOME="$T/home"
# The mark by which processes that this test started are known.
export FAB_TEST="$T"

for program in "$B"/fab-* "$B"/httpd-scope; do
	mkdir -p "$T/bin"
	[ -x "$program" ] || continue
	if [ "${program##*/}" = httpd-scope ]; then
		ln -s "$program" "$T/bin"
		continue
	fi
	printf '#!/bin/sh\nexec "%s" -F "%s" "$@"\n' \
		"$program" "$T/ssh_config" >"$T/bin/${program##*/}"
	chmod +x "$T/bin/${program##*/}"
done
PATH=$T/bin:$PATH

tests=0
failures=0
input=/dev/null
names=
helpers=
[ "$(id -u)" = 0 ] && is_root=yes || is_root=
me=$(id -un)

# -- TAP --

diag()
{
	sed 's/^/# /' "$@"
}

pass()
{
	tests=$((tests + 1))
	echo "ok $tests - $1"
}

# fail NAME: says what the last run printed, for whoever looks.
fail()
{
	tests=$((tests + 1))
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	[ -s "$T/ran" ] && diag "$T/ran"
	for stream in out err; do
		[ -s "$T/$stream" ] || continue
		echo "# std$stream:"
		head -c 1500 "$T/$stream" | LC_ALL=C tr -d '\000' | diag
		echo
	done
	return 0
}

# ok NAME CMD...: CMD succeeds.
ok()
{
	ok_name=$1
	shift
	if "$@"; then pass "$ok_name"; else fail "$ok_name"; fi
}

not()
{
	! "$@"
}

# is GOT WANTED NAME
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3"
		echo "got '$1', wanted '$2'" | diag
	fi
}

# like FILE ERE NAME
like()
{
	if grep -Eq -e "$2" -- "$1"; then
		pass "$3"
	else
		fail "$3"
		echo "${1##*/} has no match for $2" | diag
	fi
}

unlike()
{
	if grep -Eq -e "$2" -- "$1"; then
		fail "$3"
		echo "${1##*/} has a match for $2" | diag
	else
		pass "$3"
	fi
}

skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $2 # SKIP $1"
}

skip_all()
{
	tests=-1
	echo "1..0 # SKIP $1"
	exit 0
}

need_root()
{
	[ "$is_root" ] || skip_all "needs root: $1"
}

need_tool()
{
	for tool; do
		command -v "$tool" >/dev/null 2>&1 ||
			skip_all "needs $tool"
	done
}

# -- Running --

run()
{
	printf '$ %s\n' "$*" >"$T/ran"
	status=0
	"$@" >"$T/out" 2>"$T/err" <"$input" || status=$?
	echo "status $status" >>"$T/ran"
}

status_is()
{
	if [ "$status" = "$1" ]; then
		pass "$2"
	else
		fail "$2"
		echo "status $status, wanted $1" | diag
	fi
}

out_is()
{
	is "$(cat "$T/out")" "$1" "$2"
}

out_like()
{
	like "$T/out" "$1" "$2"
}

err_is()
{
	is "$(cat "$T/err")" "$1" "$2"
}

err_like()
{
	like "$T/err" "$1" "$2"
}

free_port()
{
	"$TOOLS/port" free
}

port_open()
{
	"$TOOLS/port" open "${2-127.0.0.1}" "$1"
}

has_ipv6()
{
	grep -q . /proc/net/if_inet6 2>/dev/null
}

port_closed()
{
	! port_open "$1" && ! port_open "$1" ::1
}

# wait_for SECONDS CMD...: until CMD succeeds.
wait_for()
{
	read -r _now _ </proc/uptime
	_until=$((${_now%.*} + $1 + 1))
	shift
	while [ "${_now%.*}" -lt $_until ]; do
		"$@" >/dev/null 2>&1 && return
		sleep 0.02
		read -r _now _ </proc/uptime
	done
	return 1
}

# start CMD...: in the background, $T/out and $T/err as with run; $started.
start()
{
	printf '$ %s &\n' "$*" >"$T/ran"
	# what the last command printed is not taken for this one's
	rm -f "$T/out" "$T/err"
	"$@" >"$T/out" 2>"$T/err" <"$input" &
	started=$!
	helpers="$helpers $started"
}

# finish: waits for what start started, sets $status.
finish()
{
	status=0
	wait "$started" 2>/dev/null || status=$?
	echo "status $status" >>"$T/ran"
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# marked TEXT: the processes of the machine whose command line holds TEXT.
# Those of the hosts are seen among them.
marked()
{
	ps -eo pid=,args= | TEXT=$1 awk 'index($0, ENVIRON["TEXT"]) { print $1 }'
}

some_marked()
{
	[ -n "$(marked "$1")" ]
}

none_marked()
{
	[ -z "$(marked "$1")" ]
}

# -- Hosts --

# client_key TYPE: $T/keys/TYPE, and its line for authorized_keys.
client_key()
{
	[ -f "$T/keys/$1" ] && return
	new_key "$1" "$T/keys/$1" &&
		cat "$T/keys/$1.pub" >>"$T/keys/all.pub"
}

# host_config DIR: sshd_config on standard output, for a host that sees its
# directory as DIR.
host_config()
{
	cat <<-END
	PidFile none
	LogLevel DEBUG1
	StrictModes no
	AuthorizedKeysFile $1/authorized_keys
	HostKey $1/ed25519
	HostKey $1/ecdsa
	HostKey $1/rsa
	UsePAM no
	UseDNS no
	PrintMotd no
	PrintLastLog no
	PermitRootLogin yes
	PermitUserEnvironment no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	Subsystem sftp internal-sftp
	END
}

# new_key TYPE FILE. One RSA key serves all hosts and clients of a build: its
# making takes longer than all else.
new_key()
{
	if [ "$1" = rsa ] && [ -r "$TOOLS/rsa" ]; then
		cp "$TOOLS/rsa" "$2" && chmod 600 "$2" &&
			ssh-keygen -y -f "$2" >"$2.pub"
		return
	fi
	ssh-keygen -q -t "$1" -N '' -C '' -f "$2" || return
	if [ "$1" = rsa ]; then
		cp "$2" "$TOOLS/rsa.$$" && ln "$TOOLS/rsa.$$" "$TOOLS/rsa"
		rm -f "$TOOLS/rsa.$$"
	fi 2>/dev/null
}

host_key()
{
	new_key "$1" "$2/$1" &&
		echo "[127.0.0.1]:PORT $(cat "$2/$1.pub")" >>"$2/known_hosts"
}

# host NAME [-m] [SSHD_CONFIG_LINE...]
# Sets NAME_port, NAME_pid (its first process) and NAME_isolated.
host()
{
	_host=$1
	shift
	_dir=$T/hosts/$_host
	mkdir -p "$_dir/bin"
	_kind=
	if [ "${1-}" = -m ]; then
		_kind=-m
		shift
	fi
	client_key ed25519
	cp "$T/keys/all.pub" "$_dir/authorized_keys"
	cp "$TOOLS/port" "$_dir/bin/port"
	host_key ed25519 "$_dir" && host_key ecdsa "$_dir" &&
		host_key rsa "$_dir" || return
	_seen=$(seen_dir "$_host")
	for line; do
		echo "$line"
	done >"$_dir/sshd_config"
	host_config "$_seen" >>"$_dir/sshd_config"
	sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) || {
		echo "Bail out! no sshd"
		exit 1
	}
	host_start "$sshd" -i -E "$_seen/sshd.log" -f "$_seen/sshd_config" ||
		return
	host_add
}

# What host_start started becomes one of the hosts.
host_add()
{
	helpers="$helpers $host_helper"
	names="$names $_host"
	eval "${_host}_port=\$_port ${_host}_pid=\$_pid"
	eval "${_host}_isolated=\$_isolated ${_host}_helper=\$host_helper"
	sed "s/PORT/$_port/" "$_dir/known_hosts" >>"$T/known_hosts"
	ssh_config
}

# host_start PROGRAM ARG...: serves the connections of $_host.
host_start()
{
	rm -f "$_dir/ready"
	mkfifo "$_dir/ready"
	if [ "$is_root" ]; then
		mkdir -p "$_dir/root"
		set -- -s "$SUPPORT/host-root.sh" -r "$_dir/root" "$@"
	fi
	# shellcheck disable=SC2086 # no or one word
	HOST_DIR=$_dir HOST_NAME=$_host "$TOOLS/netns-inetd" $_kind \
		-n "$_host" "$@" >"$_dir/ready" 2>"$_dir/log" </dev/null &
	host_helper=$!
	_isolated=
	read -r _port _pid _isolated <"$_dir/ready"
	if [ -z "$_isolated" ]; then
		diag "$_dir/log"
		skip_all "no test host could be made here"
	fi
}

# aliases NAME N: ssh_config for h1 to hN, further names of that host.
aliases()
{
	eval "_port=\$${1}_port"
	_n=0
	while [ $_n -lt "$2" ]; do
		_n=$((_n + 1))
		printf 'Host h%s\n\tHostName 127.0.0.1\n\tPort %s\n\tHostKeyAlias [127.0.0.1]:%s\n' \
			$_n "$_port" "$_port"
	done
}

# The ssh_config of all hosts; lines of $T/ssh_extra stand before.
ssh_config()
{
	{
		[ -f "$T/ssh_extra" ] && cat "$T/ssh_extra"
		for _name in $names; do
			eval "_port=\$${_name}_port"
			printf 'Host %s\n\tHostName 127.0.0.1\n\tPort %s\n' \
				"$_name" "$_port"
		done
		_user=$me
		[ "$is_root" ] && _user=deploy
		cat <<-END
		Host *
			User $_user
			IdentityFile $T/keys/ed25519
			IdentityAgent none
			IdentitiesOnly yes
			UserKnownHostsFile $T/known_hosts
			GlobalKnownHostsFile /dev/null
		END
	} >"$T/ssh_config"
}

# on HOST COMMAND: by ssh(1), to prepare and to look.
on()
{
	ssh -n -F "$T/ssh_config" -o BatchMode=yes \
		-o KexAlgorithms=curve25519-sha256 "$@"
}

# as_root_on HOST CMD...: in the host's namespaces, not over SSH.
as_root_on()
{
	eval "_pid=\$${1}_pid"
	shift
	nsenter -t "$_pid" -m -n -p -u -i -r -w "$@"
}

host_dir()
{
	echo "$T/hosts/$1"
}

# isolated HOST: whether it has a network of its own.
# seen_dir HOST: that directory as the host sees it.
seen_dir()
{
	if [ "$is_root" ]; then
		echo /run/host
	else
		host_dir "$1"
	fi
}

# key_of HOST TYPE: the fingerprint of its host key.
key_of()
{
	ssh-keygen -lf "$T/hosts/$1/$2.pub" | cut -d' ' -f2
}

isolated()
{
	eval "[ \"\$${1}_isolated\" = 1 ]"
}

# What a host runs besides its first process: PID and command line.
host_processes()
{
	eval "_pid=\$${1}_pid"
	for _entry in /proc/"$_pid"/root/proc/[0-9]*; do
		[ -r "$_entry/cmdline" ] || continue
		[ "${_entry##*/}" = 1 ] && continue
		echo "${_entry##*/} $(tr '\000' ' ' <"$_entry/cmdline")"
	done 2>/dev/null
}

host_idle()
{
	isolated "$1" || return 0
	[ -z "$(host_processes "$1")" ]
}

# -- The end --

# Processes that carry our mark, besides this shell and the hosts.
left_over()
{
	for _entry in /proc/[0-9]*/environ; do
		_pid=${_entry#/proc/}
		_pid=${_pid%/environ}
		[ "$_pid" = $$ ] && continue
		tr '\000' '\n' <"$_entry" |
			grep -Fqx "FAB_TEST=$T" || continue
		grep -Eq '^State:.(Z|X)' "/proc/$_pid/status" 2>/dev/null &&
			continue
		grep -Eq "^PPid:.$$\$" "/proc/$_pid/status" 2>/dev/null &&
			continue
		echo "$_pid $(tr '\000' ' ' <"/proc/$_pid/cmdline")"
	done 2>/dev/null
}

none_left_over()
{
	[ -z "$(left_over)" ]
}

stop_all()
{
	for _pid in $helpers; do
		kill "$_pid" 2>/dev/null
	done
	for _pid in $helpers; do
		wait "$_pid" 2>/dev/null
	done
	helpers=
}

done_testing()
{
	_left=
	for _name in $names; do
		# what is stopped may take 5 s to be killed
		wait_for 10 host_idle "$_name" ||
			_left="$_left$(host_processes "$_name" |
				sed "s/^/$_name: /")
"
	done
	stop_all
	wait_for 2 none_left_over || _left="$_left$(left_over)"
	rm -f "$T/ran" "$T/out" "$T/err"
	if [ -z "$_left" ]; then
		pass 'nothing is left running'
	else
		fail 'nothing is left running'
		echo "$_left" | diag
	fi
	echo "1..$tests"
	[ $failures -eq 0 ]
	exit
}

finish_test()
{
	_code=$?
	trap - EXIT
	stop_all
	[ "${KEEP_TEST-}" ] && echo "# kept: $T" && exit $_code
	rm -rf "$T"
	exit $_code
}

trap finish_test EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
