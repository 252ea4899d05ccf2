#!/bin/sh
# httpd-scope ends, stops and is killed in every way; nothing stays behind.
# KILLS: how often it is killed at a random moment.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

umask 022
chmod 755 "$T"
mkdir "$T/site"
chmod 755 "$T/scratch"
echo hello >"$T/site/a.txt"
cd "$T/scratch" || exit
port=$(free_port)

SCRIPT='signals'
rows python3 "$SUPPORT/scope_signals.py" "${KILLS:-300}"
for shell in 'bash --norc --noprofile -i' 'dash -i'; do
	if ! command -v "${shell%% *}" >/dev/null; then
		skip "no ${shell%% *}" "a terminal with ${shell%% *}"
		continue
	fi
	echo "# at a terminal: $shell"
	SCRIPT=$shell
	# shellcheck disable=SC2086 # words
	rows python3 "$SUPPORT/scope_pty.py" $shell
done

# in_scope COMMAND...: on our port, which must be closed afterwards.
in_scope()
{
	run httpd-scope -d "$T/site" -p "$port" -- "$@"
}

# ends WANTED NAME
ends()
{
	status_is "$1" "$2"
	port_closed "$port" || fail 'its port is closed'
}

for signal in KILL:137 SEGV:139 PIPE:141 XCPU:152; do
	in_scope sh -c 'ulimit -c 0; kill -"$0" $$' ${signal%:*}
	ends ${signal#*:} "a command killed by ${signal%:*} is ${signal#*:}"
done
in_scope bash -c 'yes | head -n 1 >/dev/null; exit ${PIPESTATUS[0]}'
ends 141 'SIGPIPE ends a command as it should'
in_scope sh -c 'sleep 33.1 & exit 0'
ends 0 'what COMMAND leaves running keeps no port'
ok 'and is not ended' some_marked 'sleep 33.1'
for pid in $(marked 'sleep 33.1'); do
	kill "$pid"
done
in_scope setsid -f sleep 33.2
ends 0 'nor does a daemon'
for pid in $(marked 'sleep 33.2'); do
	kill "$pid"
done
in_scope sh -c "trap '' TERM; kill -TERM \$PPID; exit 8"
ends 8 'a command that ignores TERM keeps its status'
in_scope sh -c 'exit 4' <&- >&- 2>&-
ends 4 'closed standard streams change nothing'
run sh -c 'exec httpd-scope -- sh -c "ls /proc/self/fd" <&-'
out_is "$(sh -c 'exec sh -c "ls /proc/self/fd" <&-')" \
	'one that is closed is closed for COMMAND too'

# COMMAND closes what it was given, and waits for whoever is at the other end
# to see that, who would not while we held it, too.
mkfifo "$T/seen" "$T/pipe"
timeout 5 sh -c 'cat "$1"; echo seen >"$0"' "$T/seen" "$T/pipe" &
other=$!
helpers="$helpers $other"
run timeout 5 sh -c 'exec httpd-scope -- \
	sh -c "exec 7>&-; cat \"\$0\"" "$0" 7>"$1"' "$T/seen" "$T/pipe"
out_is seen 'a pipe that COMMAND closes is closed'
wait $other
run timeout 5 sh -c '{ yes; echo seen >"$0"; } 2>/dev/null |
	httpd-scope -- sh -c "exec <&-; cat \"\$0\"" "$0"' "$T/seen"
out_is seen 'so is its standard input'
run timeout 5 sh -c 'httpd-scope -- sh -c "exec >&-; cat \"\$0\" >&2" "$0" |
	{ cat; echo seen >"$0"; }' "$T/seen"
err_is seen 'and its standard output'

run sh -c "trap '' HUP; exec httpd-scope -- sh -c 'kill -HUP \$PPID; exit 3'"
status_is 3 'nohup means nohup'
run sh -c "ulimit -n 6; exec httpd-scope -d '$T/site' -- touch '$T/started'"
status_is 125 'ulimit -n 6 is 125'
ok 'and COMMAND is not started' [ ! -e "$T/started" ]
run timeout 0.2 httpd-scope -d "$T/site" -p "$port" -- sleep 33.3
ends 124 'timeout ends it'
ok 'and COMMAND' wait_for 2 none_marked 'sleep 33.3'
in_scope httpd-scope -d "$T/site" -p "$port" -- true
ends 125 'within a scope, its port is in use'
in_scope httpd-scope -d "$T/site" -- sh -c \
	'echo "${HTTPD_SCOPE_OUTER%% *}"; exit 6'
ends 6 'a scope within a scope'
out_like "^http://127\.0\.0\.1:$port/" 'knows the one around it'

start httpd-scope -d "$T/site" -p "$port" -- sleep 33.4
wait_for 5 some_marked 'sleep 33.4'
kill -SEGV "$started"
finish
ends 139 'a crash closes the port'
ok 'and ends COMMAND' wait_for 2 none_marked 'sleep 33.4'

serve -d "$T/site"
kill -STOP "$started"
curl -sS -m 5 -o "$T/late" "http://127.0.0.1:$port/a.txt" 2>/dev/null &
client=$!
ok 'stopped, it answers nothing' [ ! -s "$T/late" ]
kill -CONT "$started"
wait $client
is "$(cat "$T/late")" hello 'continued, it answers what has waited'
stop_serving
status_is 143 'without COMMAND, TERM ends it'

if [ "$is_root" ] && unshare -pf --mount-proc true 2>/dev/null; then
	run unshare -pf --mount-proc httpd-scope -- sh -c 'kill -TERM $$'
	status_is 143 'as process 1 it ends too'
	run unshare -pf --mount-proc httpd-scope -- sh -c 'setsid -f true
		n=0
		while ps -o stat= --ppid 1 | grep -q Z; do
			[ $((n += 1)) -lt 200 ] || exit
			sleep 0.01
		done
		exit 5'
	status_is 5 'and waits for processes that lost their parents'
else
	skip 'no PID namespace' 'as process 1 it ends too'
fi
if unshare -rn true 2>/dev/null; then
	run unshare -rn sh -c "ip link set lo up && exec httpd-scope -v -- true"
	status_is 0 'where nobody is not mapped, it serves'
	[ "$is_root" ] && err_like unchanged 'as who it is, and says so'
else
	skip 'no user namespace' 'where nobody is not mapped, it serves'
fi

done_testing
