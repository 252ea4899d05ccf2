#!/bin/sh
# httpd-scope on kernels, in containers and with C libraries that lack
# something: it serves all the same, and -v says what is in force.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

umask 022
chmod 755 "$T" "$T/scratch"
without=$TOOLS/without
none=openat2,landlock,seccomp,no_new_privs,close_range,getrandom,statx
"$without" $none true || skip_all 'no seccomp here to make one without'

# fresh: a directory to probe, which the probes add to.
fresh()
{
	rm -rf "$T/www"
	mkdir -p "$T/www/files/sub" "$T/www/files/sub2"
	echo hello >"$T/www/files/a.txt"
	echo deb >"$T/www/files/c++~1:2!.deb"
	echo index >"$T/www/files/sub2/index.html"
	head -c 200000 /dev/urandom >"$T/www/files/big.bin"
	touch -d '1 hour ago' "$T/www/files/a.txt"
}

# probes NAME CMD...: files, links and paths, by a server that CMD starts.
probes()
{
	echo "# $1"
	shift
	for script in http_files http_paths http_ranges; do
		fresh
		SCRIPT=$script
		rows "$@" -d "$T/www/files" -- python3 "$SUPPORT/$script.py"
	done
}

# in_force MISSING ERE NAME: what -v says where that is missing.
in_force()
{
	run "$without" "$1" httpd-scope -v -d "$T/www/files" -- sh -c \
		'curl -fsS "$HTTPD_SCOPE_URL"a.txt'
	out_is hello "without $1 it serves"
	err_like "in force: $2\$" "$3"
}

fresh
nnp='no new privileges'
run httpd-scope -v -d "$T/www/files" -- true
if grep -q 'in force: Landlock' "$T/err"; then
	landlock='Landlock [0-9]+ .*, '
else
	landlock=
fi
err_like "in force: ${landlock}seccomp, $nnp\$" '-v says what is in force'
in_force landlock "seccomp, $nnp" 'and that Landlock is not'
in_force landlock:EPERM "seccomp, $nnp" 'nor where a container forbids it'
in_force seccomp "$landlock$nnp" 'that seccomp is not'
in_force seccomp:EPERM "$landlock$nnp" 'nor where a container forbids it'
[ "$is_root" ] &&
	in_force no_new_privs 'nothing of the kernel' 'that nothing is'

probes 'without openat2' "$without" openat2 httpd-scope
probes 'where a container forbids openat2' "$without" openat2:EPERM httpd-scope
probes 'with nothing that is new' "$without" $none httpd-scope
static=$B/static/httpd-scope
if [ -x "$static" ]; then
	probes 'linked with another C library' "$static"
	run "$static" -v -d "$T/www/files" -- true
	err_like "in force: ${landlock}seccomp, $nnp\$" 'in the same sandbox'
	probes 'the same without openat2' "$without" openat2 "$static"
else
	skip 'no static httpd-scope' 'linked with another C library'
fi

done_testing
