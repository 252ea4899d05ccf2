#!/bin/sh
# What ends a command early, and what is left of it: time limits, signals,
# lost connections, children that hold its output.
. "${0%/*}/../support/lib.sh"

host web1
host web2

# none_running COMMAND: no process of exactly these words.
# shellcheck disable=SC2009,SC2317 # exact words; called by wait_for
none_running()
{
	! ps -eo args= | grep -qx -e "$1"
}

# -- Output is read to its end, unless a child holds it --

status=0
"$B/fab-run" -F "$T/ssh_config" web1 'head -c 2200000 /dev/zero' 2>"$T/err" |
	(sleep 3; wc -c) >"$T/out"
out_is 2200000 'after the exit status nothing is cut, however slow the reader'
err_is '' 'and nothing is said'
run fab-run web1 'echo out; sleep 7701 & exit 3'
status_is 3 'a child that holds the output does not hold us'
out_is out 'what the command wrote has come'
err_like '^fab-run: web1: output was given up: ' 'a note says so'
read -r begin _ </proc/uptime
run fab-run web1 'sleep 7702 & echo x'
read -r end _ </proc/uptime
ok 'that takes less than 4 seconds' [ $((${end%.*} - ${begin%.*})) -le 4 ]
run fab-run web1 '(sleep 0.7; echo late) & echo soon'
out_is "$(printf 'soon\nlate')" 'a child that writes and ends is heard'
run fab-run web1 '(for i in 1 2 3 4; do sleep 0.7; echo $i; done) & echo 0'
out_is "$(printf '0\n1\n2\n3\n4')" 'also one that writes for longer'
err_is '' 'without a note'
run fab-run -q web1 'sleep 7702 &'
err_is '' '-q leaves the note out'
for name in web1 web2; do
	on $name 'pkill -f "sleep 770[12]"'
done

# -- Signals --

# both HOSTS-COMMAND: starts it on both hosts, its interrupts not ignored, and
# waits until it has said that it has begun.
both()
{
	start env --default-signal=INT "$B/fab-run" -F "$T/ssh_config" "$@"
	ok 'begun on both hosts' wait_for 8 sh -c \
		"[ \$(grep -c begun '$T/out') = 2 ]"
}

for signal in INT TERM HUP; do
	both web1,web2 'echo begun; sleep 7703 | sleep 7703; :'
	kill -$signal "$started"
	finish 2>/dev/null
	case $signal in
	INT) status_is 130 'INT ends us by INT' ;;
	TERM) status_is 143 'TERM ends us by TERM' ;;
	HUP) status_is 129 'HUP ends us by HUP' ;;
	esac
	ok "and the whole process group on the hosts ($signal)" \
		wait_for 2 none_running 'sleep 7703'
done
both web1,web2 'sleep 7704 & trap "echo got INT; kill $!; exit 3" INT
	echo begun; wait'
kill -INT "$started"
finish 2>/dev/null
is "$(grep -c 'got INT' "$T/out")" 2 'the command gets the very signal'
both web1,web2 'trap "" TERM INT; echo begun
	while :; do sleep 7705; done'
read -r begin _ </proc/uptime
kill -TERM "$started"
finish 2>/dev/null
read -r end _ </proc/uptime
took=$((${end%.*} - ${begin%.*}))
ok 'what ignores it gets KILL after 5 seconds' [ $took -ge 4 -a $took -le 7 ]
ok 'and then nothing runs' wait_for 2 none_running 'sleep 7705'
both web1,web2 'trap "" TERM; echo begun; while :; do sleep 7706; done'
kill -TERM "$started"
sleep 0.2
kill -TERM "$started"
ok 'a second signal ends us at once' wait_for 2 gone "$started"
finish 2>/dev/null
err_like '^fab-run: .*may still run on web\[1-2\]$' \
	'with the hosts on which it may still run'
for name in web1 web2; do
	on $name 'pkill -KILL -f "[s]leep 7706"'
done
start sh -c 'trap "" INT HUP; exec "$@"' sh "$B/fab-run" -F "$T/ssh_config" \
	web1,web2 'echo begun; sleep 2; echo end'
wait_for 8 sh -c "[ \$(grep -c begun '$T/out') = 2 ]"
kill -INT "$started"
kill -HUP "$started"
finish
status_is 0 'a signal that was ignored at our start is ignored'
both -j 2 web1,web2,web1:1 'echo begun; sleep 7707'
kill -TERM "$started"
finish 2>/dev/null
err_like 'hosts? failed: .*; 1 of 3 hosts not started$' \
	'no new host is started then'

# A resolver that does not answer.
if [ "$is_root" ]; then
	echo 'nameserver 127.0.0.1' >"$T/resolv.conf"
	cat >"$T/silent.py" <<-'END'
	import signal, socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("127.0.0.1", 53))
	print("listening", flush=True)
	s.recv(1000)
	print("asked", flush=True)
	signal.pause()
	END
	start unshare -m -n sh -c 'ip link set lo up &&
		mount --bind "$1/resolv.conf" /etc/resolv.conf
		python3 "$1/silent.py" >"$1/silent" & echo $! >"$1/silent.pid"
		until grep -q listening "$1/silent"; do sleep 0.02; done
		exec env --default-signal=INT "$2" -F "$1/ssh_config" \
			no.such.example,nor.this.example true' \
		sh "$T" "$B/fab-run"
	ok 'a name is looked up' wait_for 8 grep -q asked "$T/silent"
	kill -INT "$started"
	ok 'and ^C meanwhile ends us at once' wait_for 1 gone "$started"
	finish 2>/dev/null
	status_is 130 'by INT'
	kill "$(cat "$T/silent.pid")"
fi

# -- Time limits --

run fab-run -T 1 web1,web2 'sleep 7708 | sleep 7708; :'
status_is 124 '-T ends with 124'
err_like '^fab-run: web2: .*after 1 s \(-T\)$' 'and says so'
ok 'the whole process group' wait_for 1 none_running 'sleep 7708'
run fab-run -T 0.5 web1 'trap "" TERM; while :; do sleep 7709; done'
status_is 124 'also what ignores TERM'
ok 'has ended' wait_for 2 none_running 'sleep 7709'

# -- A stop does not count --

start "$B/fab-run" -F "$T/ssh_config" -T 4 web1 'echo begun; sleep 5; echo end'
wait_for 5 grep -q begun "$T/out"
kill -STOP "$started"
wait_for 10 none_marked 'sleep 5; echo end'
kill -CONT "$started"
finish
status_is 0 'no time limit expires while we are stopped'
out_is "$(printf 'begun\nend')" 'and the command went on'
closed=$(free_port)
"$TOOLS/port" hold 127.0.0.1 "$closed" >"$T/holding" 2>&1 &
silent=$!
helpers="$helpers $silent"
wait_for 5 grep -q holding "$T/holding"
kill -STOP $silent
start "$B/fab-run" -F "$T/ssh_config" -p "$closed" -o ConnectTimeout=4 web1 true
sleep 1
kill -STOP "$started"
sleep 4
kill -CONT "$started"
sleep 1
ok 'nor that of connecting' kill -0 "$started"
finish
status_is 255 'which goes on afterwards'
kill -CONT $silent

# -- The connection is lost --

# killed OPTION...: kill -9 of us while the command runs; $T/wrote is what it
# did on the host.
killed()
{
	start "$B/fab-run" -F "$T/ssh_config" "$@"
	wait_for 8 grep -q begun "$T/out"
	kill -9 "$started"
	finish 2>/dev/null
}

killed web1 'echo begun; sleep 7710'
sleep 2
ok 'without --tether kill -9 of us ends nothing' some_marked 'sleep 7710'
on web1 'pkill -f "[s]leep 7710"'
for options in '' '-C /' '-e X=1' '-C / -e X=1'; do
	# shellcheck disable=SC2086 # several words
	killed --tether $options web1 'echo begun; sleep 7711 | sleep 7711; :'
	ok "with it, the command is gone in 2 seconds ($options)" \
		wait_for 2 none_running 'sleep 7711'
done
printf '#!/bin/sh\necho begun $0\nsleep 7712\n' >"$T/script"
killed --tether -s "$T/script" web1
ok 'also a script of -s' wait_for 2 none_running 'sleep 7712'
script=$(sed -n 's/^begun //p' "$T/out")
ok 'which is removed' wait_for 2 not on web1 "ls '$script' 2>/dev/null"
killed --tether web1 'trap "" TERM; echo begun; while :; do sleep 7713; done'
ok 'what ignores TERM is killed 5 seconds later' \
	wait_for 8 none_running 'sleep 7713'
if [ "$is_root" ]; then
	start "$B/fab-sudo" -F "$T/ssh_config" --tether web1 \
		'echo begun; sleep 7714'
	wait_for 8 grep -q begun "$T/out"
	kill -9 "$started"
	finish 2>/dev/null
	ok 'with sudo it is gone too' wait_for 2 none_running 'sleep 7714'
	start "$B/fab-run" -F "$T/ssh_config" --tether -l root web1 \
		'echo begun; sleep 7714'
	wait_for 8 grep -q begun "$T/out"
	kill -9 "$started"
	finish 2>/dev/null
	ok 'and as root' wait_for 2 none_running 'sleep 7714'
fi
head -c 3000000 /dev/urandom >"$T/noise"
input=$T/noise
run fab-run --tether web1 sha256sum
out_is "$(sha256sum <"$T/noise")" '--tether leaves standard input alone'
input=/dev/null
run fab-run --tether web1 'exit 42'
status_is 42 'and the status'
run fab-run --tether web1 'kill -KILL $$'
status_is 137 'and the signal'
err_like 'killed by SIGKILL' 'which is told'
run fab-run --tether web1 printf '<%s>' 'a b' '$HOME' ''
out_is '<a b><$HOME><>' 'and the words'

# -- What nobody is there to end --

mkfifo "$T/never"
start "$B/fab-run" -F "$T/ssh_config" -i "$T/never" \
	-o IdentitiesOnly=yes web1 true
wait_for 5 sh -c "grep -q '^SigCgt:.*[1-9a-f]' /proc/$started/status"
sleep 0.3
kill -TERM "$started"
sleep 0.2
kill -TERM "$started"
sleep 2.1
ok 'a key file that never comes holds us up' kill -TERM "$started"
ok 'until a third signal' wait_for 3 gone "$started"
finish
status_is 143 'which has its status'

# -- A key with a command of its own --

sed "s|^|command=\"echo run >>$(seen_dir web2)/forced; sleep 7715\" |" \
	"$(host_dir web2)/authorized_keys" >"$T/keys.forced"
cp "$(host_dir web2)/authorized_keys" "$T/keys.plain"
cp "$T/keys.forced" "$(host_dir web2)/authorized_keys"
[ "$is_root" ] && chmod 777 "$(host_dir web2)"
start fab-run web2 true
wait_for 5 test -s "$(host_dir web2)/forced"
kill -TERM "$started"
finish 2>/dev/null
is "$(wc -l <"$(host_dir web2)/forced")" 1 \
	'to end it, a command of a key is not started once more'
cp "$T/keys.plain" "$(host_dir web2)/authorized_keys"
on web2 'pkill -f "[s]leep 7715"'

done_testing
