#!/bin/sh
# What httpd-scope's serving threads could do if their code had a bug, and
# what remains of that on kernels that lack something.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

umask 022
chmod 755 "$T" "$T/scratch"
mkdir "$T/site"
for name in a b; do
	echo hello >"$T/site/$name.txt"
done
[ "$is_root" ] && chmod 777 "$T/site"
echo secret >"$T/secret"
cd "$T/scratch" || exit

# What an intruder wants to reach.
cat >listen.py <<'END'
import socket, sys, time
tcp, unix = socket.socket(), socket.socket(socket.AF_UNIX)
tcp.bind(('127.0.0.1', 0))
unix.bind(sys.argv[1])
for s in tcp, unix:
    s.listen(64)
print(tcp.getsockname()[1], flush=True)
time.sleep(600)
END
python3 listen.py "$T/socket" >"$T/stranger" &
HOOK_PID=$!
helpers=$HOOK_PID
wait_for 5 grep -q . "$T/stranger"
HOOK_PORT=$(cat "$T/stranger")
export HOOK_PID HOOK_PORT HOOK_FILE="$T/secret" HOOK_SOCKET="$T/socket"
chmod a+rwx "$T/socket"

# tries [WRAPPER...] -- [OPTION...]: what the bug of a server with these
# options comes to, in $T/out.
tries()
{
	set -- "$@" -d "$T/site" -- sh -c 'curl -sS "$HTTPD_SCOPE_URL"hook'
	wrapper=
	while [ "$1" != -- ]; do
		wrapper="$wrapper $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # words
	run $wrapper "$TOOLS/http-hook" -w 1 "$@"
	status_is 0 "the request is answered:$wrapper ${1-}"
}

# each OUTCOME NAME TRY...: these tries came to that.
each()
{
	outcome=$1
	name=$2
	shift 2
	for try; do
		grep -qx "$try: $outcome" "$T/out" || {
			fail "$name: $try"
			return
		}
	done
	pass "$name"
}

users='nobody'
[ "$is_root" ] || users=$me
[ "$is_root" ] && users='nobody root'
for user in $users; do
	tries -- -u "$user"
	ok "a serving thread with a bug is refused everything ($user)" \
		[ "$(grep -cvx '.*: refused' "$T/out")" = 0 ]
	ok 'all of it was tried' [ "$(wc -l <"$T/out")" -gt 20 ]
	tries -- -u "$user" -L
	each refused "-L lets it read, and nothing else ($user)" open-to-write \
		create remove connect connect-unix fork execute kill owner
done
ok 'whom it would have signalled lives' kill -0 "$HOOK_PID"

none=landlock,seccomp,no_new_privs
keep=-u\ $me
# shellcheck disable=SC2086 # words
if "$TOOLS/without" $none true; then
	HOOK_LAST=1
	export HOOK_LAST
	tries "$TOOLS/without" $none -- $keep
	each 'done' 'without a sandbox it would succeed' open open-above \
		open-to-write create remove connect connect-unix fork thread \
		execute kill tgkill owner run-bytes connect-by-sending
	echo hello >"$T/site/b.txt"
	rm -f "$T/site/new"
	tries "$TOOLS/without" landlock -- $keep
	each refused 'seccomp alone refuses all but files' connect \
		connect-unix connect-by-sending fork thread execute kill \
		tgkill pidfd owner trace setuid run-bytes remove unshare
	tries "$TOOLS/without" seccomp -- $keep
	each refused 'Landlock alone refuses files and connections' open \
		open-above open-to-write create remove connect
else
	skip 'no seccomp' 'without a sandbox it would succeed'
fi

done_testing
