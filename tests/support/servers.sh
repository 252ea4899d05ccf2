# Sourced after lib.sh by tests with servers other than OpenSSH's.
# shellcheck shell=sh

# A host whose connections another program serves, each on its standard input
# and output:
#	server_begin NAME
#	host_key TYPE "$_dir", or $_dir/known_hosts by hand
#	server_serve PROGRAM ARG...	(which sees $_dir as $_seen)
server_begin()
{
	_host=$1
	_dir=$T/hosts/$1
	_kind=
	_seen=$(seen_dir "$1")
	mkdir -p "$_dir"
	client_key ed25519
}

server_serve()
{
	host_start "$@" && host_add
}

# authorize NAME: our key logs in as root and deploy, where only their
# directories tell.
authorize()
{
	cp "$T/keys/all.pub" "$T/hosts/$1/key"
	as_root_on "$1" sh -c 'for user in root deploy; do
		home=$(getent passwd $user | cut -d: -f6)
		rm -rf "$home/.ssh"
		mkdir -m 700 "$home/.ssh"
		cat /run/host/key >"$home/.ssh/authorized_keys"
		chown -R $user: "$home/.ssh"
	done'
}

# python_with MODULE: sets $python to one that has it.
python_with()
{
	for python in python3 /usr/bin/python3; do
		"$python" -c "import $1" 2>/dev/null && return
	done
	skip_all "needs $1 for python3"
}

# faults: the server that does what real ones do not, a host for each of its
# behaviours (ssh_faults.py); what one has seen stands in $T/faults/NAME.
faults()
{
	python_with cryptography
	if [ "${SANITIZED-}" = asan ]; then
		# libssh2 forgets some of libcrypto's memory in a key exchange
		# that breaks off; whose it is only whole stacks show
		export ASAN_OPTIONS="$ASAN_OPTIONS:fast_unwind_on_malloc=0"
		export LSAN_OPTIONS="print_suppressions=0:suppressions=$SUPPORT/faults.supp"
	fi
	mkdir "$T/faults"
	mkfifo "$T/faults/ready"
	"$python" "$SUPPORT/ssh_faults.py" "$T/faults" "$T/ssh_extra" \
		"$T/known_hosts" >"$T/faults/ready" 2>"$T/faults/log" &
	helpers="$helpers $!"
	client_key ed25519
	read -r _ready <"$T/faults/ready"
	[ "$_ready" ] || {
		diag "$T/faults/log"
		skip_all 'the server does not start'
	}
	ssh_config
	# fab-run, but a deadline of its own passes 20 times sooner
	mkdir "$T/hasty"
	ln -s "$TOOLS/hasty" "$T/hasty/fab-run"
	printf '#!/bin/sh\nexec "%s" -F "%s" "$@"\n' "$T/hasty/fab-run" \
		"$T/ssh_config" >"$T/bin/hasty"
	chmod +x "$T/bin/hasty"
}

# Whether that server has met nothing that it did not expect; $T/out has it.
faults_untroubled()
{
	! grep -A 20 Traceback "$T/faults/log" >"$T/out"
}

# status_of HOST: its "status" in the output of --json.
status_of()
{
	sed -n 's/^{"host":"'"$1"'",.*"status":"\([a-z]*\)".*/\1/p' "$T/out"
}

# field_of HOST NAME: another.
field_of()
{
	sed -n 's/^{"host":"'"$1"'",.*"'"$2"'":\([^,}]*\).*/\1/p' "$T/out"
}

# ends_as HOST CLASS ERE: HOST, of those of the last run, with --json, ended
# with that class, and a message that begins with its name.
ends_as()
{
	is "$(status_of "$1")" "$2" "$1 is of class $2"
	like "$T/err" "^fab-run: $1: $3" "$1 is told"
}

# measured COMMAND...: sets $memory, the most kilobytes that it had.
measured()
{
	"$python" -c 'import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as f:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=f)
sys.exit(code)' "$T/memory" "$@"
	_code=$?
	memory=$(cat "$T/memory")
	return $_code
}

# within KILOBYTES NAME: what the last command had; a sanitizer takes more.
within()
{
	if [ "${SANITIZED-}" ]; then
		skip 'with a sanitizer, memory is not counted' "$2"
	else
		ok "$2" [ "$memory" -le "$1" ]
	fi
}
