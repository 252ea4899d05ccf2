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
done_testing
