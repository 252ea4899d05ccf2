#!/bin/sh
# A connection that is lost is never a success, and loses no byte.
. "${0%/*}/../support/lib.sh"

host web1
host web2

# The parent of a command's shell is the session of sshd.
run fab-run web1 'kill -KILL $PPID; sleep 7781'
status_is 255 'a lost connection is 255'
err_like '^fab-run: web1: .*(lost|closed)' 'and the message says lost'

# The last bytes are in the socket when sshd ends.
run fab-run web1 'seq 1 200000; sleep 0.2; kill -KILL $PPID; sleep 7782'
status_is 255 'also after much output'
is "$(tail -n 1 "$T/out")" 200000 'the last bytes before the loss arrive'
is "$(wc -l <"$T/out")" 200000 'and all before them'

# A reader that takes its time finds nothing missing, and costs nothing.
mkfifo "$T/slow"
"$B/fab-run" -F "$T/ssh_config" web1 \
	'head -c 1500000 /dev/zero; sleep 0.5; kill -KILL $PPID; sleep 7786' \
	>"$T/slow" 2>"$T/err" &
pid=$!
{
	head -c 100000
	sleep 4
	awk '{ print ($14 + $15 < 100 ? "idle" : "busy") }' "/proc/$pid/stat" \
		>"$T/idle"
	cat
} <"$T/slow" >"$T/out"
wait $pid
is $? 255 'a loss that the reader comes to late is 255'
is "$(wc -c <"$T/out")" 1500000 'and all that came is there'
is "$(cat "$T/idle")" idle 'it is waited for without turning round and round'
err_like 'web1: the connection was lost' 'and told'

run fab-run web1,web2 \
	'echo $FAB_HOST; test "$FAB_HOST" = web2 || { kill -KILL $PPID; sleep 7783; }'
status_is 255 'one lost connection of two is 255'
like "$T/out" '^web2: web2$' 'and the other host does its work'

# sshd ends before the command has a status: no exit status is no success.
run fab-run web1 'exec >&- 2>&-; kill -KILL $PPID; sleep 7784'
status_is 255 'a loss with both streams closed is 255'

# The whole host goes, mid-command.
start fab-run web2 'echo begun; sleep 7785'
wait_for 5 grep -q begun "$T/out"
if isolated web2; then
	kill -KILL "$web2_pid"
	finish
	status_is 255 'a host that dies is 255'
else
	kill "$started"
	finish
	skip 'no namespaces' 'a host that dies is 255'
fi

# A background child holds the output open; the status is not waited for
# longer than it takes.
run fab-run web1 'sleep 2 & echo done; exit 4'
status_is 4 'a background child that holds the output changes no status'
out_is 'done' 'nor loses output'

# We are stopped for longer than a server may be silent.
start fab-run -o ServerAliveInterval=1 -o ServerAliveCountMax=2 web1 \
	'echo begun; sleep 5; exit 6'
wait_for 5 grep -q begun "$T/out"
kill -STOP "$started"
sleep 3.5
kill -CONT "$started"
finish
status_is 6 'the time that we were stopped is no silence of the server'

for pid in $(marked 'sleep 778'); do
	kill "$pid"
done
# A server that always says something, and never what is awaited.
cat >"$T/chatter.py" <<'END'
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1)
print(s.getsockname()[1], flush=True)
line = b"wait a moment\r\n"
c, _ = s.accept()
try:
    while True:
        c.sendall(line * 5000 if sys.argv[1] == "fast" else line)
        time.sleep(0 if sys.argv[1] == "fast" else 0.1)
except OSError:
    pass
END
for how in slow fast; do
	python3 "$T/chatter.py" $how >"$T/chatter" &
	helpers="$helpers $!"
	wait_for 5 test -s "$T/chatter"
	run timeout 20 fab-run -o ConnectTimeout=1 -p "$(cat "$T/chatter")" \
		-o HostName=127.0.0.1 web1 true
	status_is 255 "a server that chatters, $how, is given up"
	err_like 'no word from an SSH server in 1 s' 'by the deadline for it'
	: >"$T/chatter"
done
done_testing
