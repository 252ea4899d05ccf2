#!/bin/sh
# Hosts that boot, commands that are repeated, and what would be done.
. "${0%/*}/../support/lib.sh"

host web1
host web2
kept=/tmp/fab-until.$$

# -- --wait --

port=$(free_port)
run fab-run --wait 1 -p "$port" web1 true
status_is 255 '--wait gives up'
err_like 'waiting for it: .*refused' 'says that it waits'
err_like '^fab-run: web1: no connection in 1 s \(--wait\): .*refused' 'and why'
start fab-run --wait 20 -p "$port" web1 'echo up'
wait_for 5 grep -q waiting "$T/err"
python3 - "$port" "$web1_port" >"$T/relay" <<'END' &
import socket, sys, threading
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
a = s.accept()[0]
b = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
def pump(x, y):
    while d := x.recv(65536):
        y.sendall(d)
    y.shutdown(socket.SHUT_WR)
t = threading.Thread(target=pump, args=(b, a))
t.start()
pump(a, b)
t.join()
END
relay=$!
helpers="$helpers $relay"
printf '[127.0.0.1]:%s %s\n' "$port" "$(cat "$(host_dir web1)/ed25519.pub")" \
	>>"$T/known_hosts"
finish
status_is 0 'a host that comes up meanwhile is waited for'
out_is up 'and the command runs, once'
run fab-run --wait 20 -l nosuchuser web1 true
status_is 255 'a refused login is not tried again'
err_like 'web1: auth' 'but told at once'

# -- --until --

run fab-run --until 20 web1 "echo x >>$kept; [ \$(wc -l <$kept) -ge 3 ]"
status_is 0 '--until repeats until the status is 0'
run fab-run web1 "cat $kept; rm $kept"
is "$(wc -l <"$T/out")" 3 'and no longer'
run fab-run --until 2 web1 'exit 7'
status_is 7 'in the end the last status is ours'
run fab-run --json --until 20 web1 "echo x >>$kept; cat $kept
	[ \$(wc -l <$kept) -ge 2 ]"
like "$T/out" '"stdout":"x\\nx\\n"' 'of the attempts, the last one is kept'
is "$(wc -l <"$T/out")" 1 'in one object'
run fab-run -O "$T/o" --until 20 web1 "echo x >>$kept; cat $kept
	[ \$(wc -l <$kept) -ge 4 ]"
is "$(wc -l <"$T/o/web1.out")" 4 'or in its file'
on web1 "rm $kept"
start fab-run --until 30 web1 "echo x >>$kept; [ -e $kept.done ]"
wait_for 5 on web1 "test -s $kept"
on web1 'pkill -f "sshd.*[@]notty"; kill $PPID' 2>/dev/null
on web1 "touch $kept.done"
finish
status_is 0 'a connection that was lost meanwhile is opened again'
on web1 "rm -f $kept $kept.done"
run fab-run --until 20 -l nosuchuser web1 true
status_is 255 'a refused login ends it'
start env --default-signal=INT "$B/fab-run" -F "$T/ssh_config" --until 60 web1 false
wait_for 1 false
kill -INT "$started"
ok '^C between attempts ends it' wait_for 2 gone "$started"
finish 2>/dev/null
status_is 130 'by INT'
printf '#!/bin/sh\necho $0; [ $(ls -d /dev/shm/fab.* | wc -l) = 1 ] && exit 1\n' \
	>"$T/script"
run fab-run --until 3 -s "$T/script" web1
status_is 1 'a script is sent for each attempt'
ok 'and removed each time' on web1 '! ls -d /dev/shm/fab.* 2>/dev/null'

# -- -N, -G --

run fab-run -N web1 'echo ran | tee x'
status_is 0 '-N succeeds'
out_like "^web1: .*@127.0.0.1:$web1_port: echo ran \| tee x\$" \
	'and shows who would get what'
run fab-run -N -C /srv -e X=1 'web[1-2]' rm -- 'a b'
like "$T/out" "^web2: .*@127.0.0.1:$web2_port: exec sh -c .* /srv env .*FAB_HOST=web2.*X=1' rm -- 'a b'\$" \
	'as it would be sent'
run fab-run -N -s "$T/script" web1 arg
out_like "copy $T/script to " 'with the copy of a script'
run fab-run -N -p 1 nosuch.example.invalid true
status_is 0 'nothing is connected to'
run fab-run -G -H web1,web2
is "$(grep -c '^port ' "$T/out")" 2 '-G prints the settings of all hosts'

# -- Options --

fab-run --help >"$T/help"
missing=
for option in $(sed -n 's/^  \(-[^ ]*\).*/\1/p; s/^  -., \(--[^ =]*\).*/\1/p' \
	"$T/help" | tr -d ,); do
	name=${option#-}
	grep -Eq -e "^\.It Fl ([^ ]+ , )?${name%%=*}( |\$)" \
		"$TOP/man/fab-run.1" || missing="$missing $option"
done
is "$missing" '' 'each option of --help stands in the man page'
# shellcheck disable=SC2013 # words
for option in $(sed -n 's/^\.It Fl \([^ ]*\).*/\1/p' "$TOP/man/fab-run.1"); do
	grep -Eq -e "^  (-[^ ]*, )?-$option([ =,]|\$)" "$T/help" ||
		missing="$missing $option"
done
is "$missing" '' 'and the other way round'

done_testing
