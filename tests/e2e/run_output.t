#!/bin/sh
# Where the output of many hosts goes: groups, files, JSON; what is told of
# those that failed.
. "${0%/*}/../support/lib.sh"
need_tool python3

host web1
host web2
host web3
three='web[1-3]'
user=$me
[ "$is_root" ] && user=deploy
go=/tmp/fab-go.$$
noise=/tmp/fab-noise.$$

# json PROGRAM: a line of Python for each object o on standard output.
json()
{
	python3 -c 'import base64, json, sys
for line in open(sys.argv[1], "rb"):
	o = json.loads(line.decode("utf-8"))
	exec(sys.argv[2])' "$T/out" "$1"
}

# -b
run fab-run -b "$three" 'test $FAB_NUMBER = 1 && printf other || echo same'
status_is 0 '-b succeeds'
out_is "$(printf '%s\n' --------------- 'web[1,3] (2)' --------------- same \
	--------------- web2 --------------- other)" \
	'-b prints identical outputs once, below the folded list of their hosts'
run fab-run -b "$three" 'echo bad >&2; exit $FAB_NUMBER'
status_is 2 'and the largest status is ours'
err_like '^web\[1-3\] \(3\)$' 'error output is grouped too'
err_like '^fab-run: web3: exit status 2$' 'beside the failures'
out_is '' 'no output is no group'
run fab-run -b "$three" 'test $FAB_NUMBER = 1 && s=1 || s=2
	head -c 1000000 /dev/zero | tr "\0" $s; echo'
is "$(grep -c -- ---- "$T/out")" 4 'outputs that went to a file are compared'
is "$(wc -c <"$T/out")" $((2 * 1000001 + 4 * 16 + 13 + 5)) 'and printed once'

# -O
run fab-run -O "$T/o" "$three" 'echo "out $FAB_HOST"
	test $FAB_NUMBER = 1 && echo err >&2; exit 0'
status_is 0 '-O succeeds'
out_is '' 'and prints nothing'
is "$(cd "$T/o" && echo *)" 'web1.out web2.err web2.out web3.out' \
	'it leaves HOST.out, and HOST.err where there was any'
is "$(cat "$T/o/web3.out")" 'out web3' 'with the output'
is "$(cat "$T/o/web2.err")" err 'and the error output'
start fab-run -O "$T/o" "$three" "until [ -e $go ]; do sleep 0.1; done; echo x"
wait_for 5 test ! -s "$T/o/web1.out"
is "$(cd "$T/o" && echo *)" \
	'web1.err web1.out web2.err web2.out web3.err web3.out' \
	'all are there from the start'
ok 'and empty' [ ! -s "$T/o/web2.err" ]
for name in 1 2 3; do
	on web$name "touch $go"
done
finish
is "$(cat "$T/o/web1.out")" x 'old output is replaced'
ln -s "$T/victim" "$T/o/web1.err.link"
mv "$T/o/web1.err.link" "$T/o/web1.err"
run fab-run -O "$T/o" web1 true
status_is 125 'a link in the place of a file is refused'
err_like '-O .*web1.err: ' 'by name'
ok 'and not followed' [ ! -e "$T/victim" ]
rm "$T/o/web1.err"
run fab-run -O "$T/no/such" web1 true
status_is 125 'a directory that cannot be made is 125'
run fab-run -O "$T/o" "$user@web1,nobody@web1,$user@web2" true
ok 'user and port stand in the names only where hosts differ in them' \
	[ -e "$T/o/nobody@web1.out" -a -e "$T/o/web2.out" ]

# --json
printf 'a"\\\t\303\251\n' >"$T/wanted"
run fab-run --json web1 'printf "a\"\\\\\\t\303\251\n"; echo err >&2; exit 3'
status_is 3 '--json passes the status through'
is "$(json 'print([o[k] for k in ("host", "port", "status", "exit", "signal",
	"stderr")])')" \
	"['web1', $web1_port, 'exit', 3, None, 'err\\n']" \
	'a line has host, port, status, exit, signal and error output'
json 'sys.stdout.buffer.write(o["stdout"].encode())' >"$T/got"
ok 'and output' cmp "$T/got" "$T/wanted"
is "$(json 'print(" ".join(o), 0 < o["seconds"] < 60)')" \
	'host user port status exit signal seconds stdout stderr True' \
	'and just those members in this order'
run fab-run --json web1 'printf "\0\377\376"'
is "$(json 'print(list(base64.b64decode(o["stdout_base64"])), o["stderr"],
	"stdout" in o)')" '[0, 255, 254]  False' \
	'bytes that are not UTF-8 are base64'
run fab-run --json web1 'printf "\0\001\037\177"'
is "$(json 'print([ord(c) for c in o["stdout"]])')" '[0, 1, 31, 127]' \
	'control characters are escaped'
run fab-run --json "$three" "head -c 300001 /dev/urandom | tee $noise.\$FAB_HOST"
for name in web1 web2 web3; do
	on $name sha256sum "$noise.$name" | cut -d' ' -f1
done >"$T/sums"
json 'import hashlib; print(o["host"], hashlib.sha256(
	base64.b64decode(o["stdout_base64"])).hexdigest())' | sort |
	cut -d' ' -f2 >"$T/got"
rm -f "$go" "$noise".*
ok 'long output, kept in a file, is whole' cmp "$T/sums" "$T/got"
run fab-run --json web1 'kill -KILL $$'
is "$(json 'print(o["status"], o["exit"], o["signal"])')" 'signal None KILL' \
	'a signal is one'
run fab-run --json -T 1 web1 'sleep 7781'
is "$(json 'print(o["status"])')" timeout 'a time limit is one'
closed=$(free_port)
run fab-run --json -p "$closed" -H web1 true
is "$(json 'print(o["status"], o["exit"], o["stdout"])')" 'connect None ' \
	'no connection is connect'
run fab-run --json -l nosuchuser web1 true
is "$(json 'print(o["status"], o["user"])')" 'auth nosuchuser' \
	'a refused login is auth'
run fab-run -b --json web1 true
status_is 125 '-b and --json exclude each other'
run fab-run -O "$T/o" -b web1 true
status_is 125 '-O and -b exclude each other'

# A reader that does not read, and one that goes away.
"$B/fab-run" -F "$T/ssh_config" --json "$three" 'head -c 2000000 /dev/zero' |
	{ sleep 1; cat >"$T/out"; }
is "$(json 'print(len(o["stdout"]))' | sort -u)" 2000000 \
	'a slow reader gets whole lines from all'

# Standard error, where it stands for output, and where it does not.
run sh -c "{ timeout 10 '$B/fab-run' -F '$T/ssh_config' web1 \
	'while sleep 0.2; do echo x >&2; done' 2>&1; echo \$? >'$T/code'; } |
	head -n 1"
is "$(cat "$T/code")" 141 'a pipe of both that is closed ends us too'
run sh -c "'$B/fab-run' -F '$T/ssh_config' web1 'echo x >&2' 2>/dev/full"
status_is 125 'error output that cannot be written is 125'
run sh -c "{ '$B/fab-run' -F '$T/ssh_config' web1 'for i in 1 2 3
	do sleep 0.2; echo x >&2; done; echo y' 2>&3; echo \$? >'$T/code'
	} 3>&1 >'$T/got' | :"
is "$(cat "$T/code" "$T/got")" "$(printf '0\ny')" \
	'what reads nothing but error output may go'

# The line of one host waits for a reader, while another runs.
running()
{
	ps -eo args= | TEXT=$1 awk '$0 == ENVIRON["TEXT"] { n++ } END { exit !n }'
}
mkfifo "$T/slow"
{ exec sleep 60; } <"$T/slow" &
reader=$!
helpers="$helpers $reader"
"$B/fab-run" -F "$T/ssh_config" --json 'web[1-2]' '[ $FAB_NUMBER = 1 ] ||
	exec head -c 2000000 /dev/zero; sleep 1; echo; sleep 7784; :' \
	>"$T/slow" 2>"$T/err" &
started=$!
helpers="$helpers $started"
wait_for 5 running 'sleep 7784'
kill -TERM "$started"
ok 'a reader that does not read keeps no command from being ended' \
	wait_for 2 not running 'sleep 7784'
kill -TERM "$started"
finish 2>/dev/null
status_is 143 'a second signal ends us too'
"$B/fab-run" -F "$T/ssh_config" web1 'head -c 2000000 /dev/zero; sleep 7785' \
	>"$T/slow" 2>"$T/err" &
started=$!
helpers="$helpers $started"
wait_for 5 running 'sleep 7785'
kill -TERM "$started"
wait_for 5 not running 'sleep 7785'
sleep 0.5
kill -TERM "$started"
ok 'also when nothing but its output is left' wait_for 2 gone "$started"
kill -KILL "$started" 2>/dev/null
finish 2>/dev/null
kill "$reader"

# --failed
closed=$(free_port)
printf 'web1\nweb2 Port=%s # down\n%s@web3 ConnectTimeout=5\n' "$closed" \
	"$user" >"$T/list"
run fab-run -f "$T/list" --failed "$T/failed" 'test $FAB_NUMBER != 2 || exit 7'
status_is 255 'a failure of three is ours'
like "$T/failed" "^web2 Port=$closed # .*refused" \
	'--failed holds who failed, with the ssh options and the reason'
like "$T/failed" "^$user@web3 ConnectTimeout=5 # exit status 7\$" \
	'and every user and port'
is "$(wc -l <"$T/failed")" 2 'and nobody else'
sed -i "s/Port=$closed/Port=$web2_port/" "$T/failed"
run fab-run -f "$T/failed" --failed "$T/failed" 'echo $FAB_HOST'
status_is 0 'it is ready for -f, and may be the same file'
is "$(sort "$T/out")" "$(printf 'web2: web2\nweb3: web3')" 'those run again'
ok 'and it is empty when all is well' [ -f "$T/failed" -a ! -s "$T/failed" ]
start fab-run -j 1 --failed "$T/failed" "$three" \
	'[ $FAB_NUMBER = 0 ] || sleep 7782'
wait_for 5 grep -q '^web2 # not ended' "$T/failed"
kill -9 "$started"
finish 2>/dev/null
is "$(cat "$T/failed")" "$(printf 'web2 # not ended\nweb3 # not started')" \
	'it is true also after kill -9 of us'
is "$(cd "$T" && echo failed*)" failed 'and no other file is left'
on web2 'pkill -f "sleep 7782"' 2>/dev/null
run fab-run --max-fail 1 -j 1 --failed "$T/failed" "$three" false
is "$(cat "$T/failed")" "$(printf '%s\n' 'web1 # exit status 1' \
	'web2 # not started' 'web3 # not started')" \
	'whom --max-fail held back stands in it'
err_like '^fab-run: 1 of 3 hosts failed: web1; 2 of 3 hosts not started$' \
	'and is counted'
ln -s failed "$T/link"
run fab-run --failed "$T/link" -H web1 false
ok 'a link stays one' [ -L "$T/link" ]
is "$(cat "$T/failed")" 'web1 # exit status 1' 'and leads to the file'
run fab-run --failed "$T/no/such" -H web1 'echo ran'
status_is 125 'a file that cannot be written is 125'
out_is '' 'and nothing runs'
run fab-run --failed /dev/null -H web1 'echo ran'
status_is 125 'a device is not replaced'
ok 'but stays what it is' [ -c /dev/null ]

# The end of a reader, which only writing tells: git closes its end before it
# waits for us.
run sh -c "{ '$B/fab-run' -F '$T/ssh_config' web1 'echo x; exec >&-; sleep 1'
	echo \$? >'$T/code'; } | head -n 1"
is "$(cat "$T/code")" 0 'a reader that goes when all is said changes no status'
for options in '' -b --json --prefix=never; do
	[ "$options" = -b ] || [ "$options" = --json ] && more= ||
		more='; while sleep 0.3; do echo y; done; sleep 7783'
	# shellcheck disable=SC2086 # no or one option
	{ "$B/fab-run" -F "$T/ssh_config" $options "$three" \
		"echo x$more" 2>"$T/err"; echo $? >"$T/code"; } |
		{ [ -z "$more" ] || head -n 1; } >"$T/out"
	is "$(cat "$T/code")" 141 "a closed pipe ends us by SIGPIPE ($options)"
	err_is '' "and quietly ($options)"
	ok "and the commands ($options)" wait_for 8 none_marked 'sleep 7783'
done

done_testing
