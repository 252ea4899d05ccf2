#!/bin/sh
# -R and -L: ports forwarded beside a command.
. "${0%/*}/../support/lib.sh"

host web1
host closed 'AllowTcpForwarding no'

# A server here that sends back what it gets, and one there.
cat >"$T/echo.py" <<'END'
import socket, sys, threading
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(128)
print(s.getsockname()[1], flush=True)
def serve(c):
    with c:
        while True:
            b = c.recv(65536)
            if not b:
                break
            c.sendall(b)
        c.sendall(b"end")
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
END
python3 "$T/echo.py" >"$T/port" &
helpers="$helpers $!"
wait_for 5 test -s "$T/port"
here=$(cat "$T/port")

# talk.py PORT N SIZE [ADDRESS]: N connections send, end their side, and must get all of
# it back; how many did is printed.
cat >"$T/talk.py" <<'END'
import socket, sys, threading
def talk(i, data, results):
    s = socket.create_connection(((sys.argv + ["localhost"])[4], int(sys.argv[1])))
    def send():
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
    t = threading.Thread(target=send)
    t.start()
    got = b""
    while True:
        b = s.recv(65536)
        if not b:
            break
        got += b
    t.join()
    results[i] = got == data + b"end"
n = int(sys.argv[2])
data = bytes(range(256)) * int(sys.argv[3])
results = [False] * n
threads = [threading.Thread(target=talk, args=(i, data, results)) for i in range(n)]
for t in threads: t.start()
for t in threads: t.join()
print(sum(results))
END
cp "$T/talk.py" "$T/echo.py" "$T/hosts/web1/"
seen=$(seen_dir web1)

there=$(free_port)
run fab-run -R "$there:127.0.0.1:$here" web1 "python3 $seen/talk.py $there 1 4"
out_is 1 'a port of the host leads here, half-closed connections too'
run fab-run -R "$there:localhost:$here" web1 "python3 $seen/talk.py $there 64 400"
out_is 64 'sixty-four connections at once lose no byte'
run fab-run -R "0:localhost:$here" web1 true
err_like 'web1: port [0-9]+ there leads to localhost' 'a free port is told'
ok 'the port is closed afterwards' not as_root_on web1 "$TOOLS/port" open \
	127.0.0.1 "$there" 2>/dev/null

run fab-run -R "$there:localhost:$here" closed 'echo in'
status_is 0 'a refused forward is no failure, as with ssh'
err_like 'closed: -R: the server does not listen on localhost port .*AllowTcpForwarding' \
	'but it is told'
run fab-run -o ExitOnForwardFailure=yes -R "$there:localhost:$here" closed 'echo in'
status_is 255 'with ExitOnForwardFailure it is 255'
out_is '' 'and nothing runs'
run fab-run -R 80 web1 true
status_is 125 'what is no forward is 125'

# Local: the command there is the server.
serve_there="python3 -c 'import re,sys; s=open(\"$seen/echo.py\").read(); exec(s.replace(\", 0)\", \", $there)\"))'"
start fab-run -L "0:localhost:$there" web1 "$serve_there"
wait_for 10 grep -q 'leads to' "$T/err"
local_port=$(sed -n 's/.*port \([0-9]*\) here.*/\1/p' "$T/err")
wait_for 10 grep -q "^$there" "$T/out"
is "$(python3 "$T/talk.py" "$local_port" 1 4)" 1 'a port here leads to the host'
is "$(python3 "$T/talk.py" "$local_port" 32 400)" 32 'also many at once'
kill -TERM "$started"
finish
ok 'and is closed with the command' port_closed "$local_port"

# Many of them, and other addresses.
set --
while [ $# -lt 32 ]; do
	set -- "$@" -L "0:localhost:$there"
done
taken=$(free_port)
"$TOOLS/port" hold 127.0.0.1 "$taken" >"$T/held" &
helpers="$helpers $!"
wait_for 5 grep -q holding "$T/held"
set -- "$@" -L "127.0.0.1:$taken:localhost:$there" -L 0:localhost:1
if has_ipv6; then
	six=$(free_port)
	set -- "$@" -L "[::1]:$six:localhost:$there"
fi
start fab-run "$@" web1 "$serve_there"
wait_for 10 grep -q "^$there" "$T/out"
is "$(grep -c 'leads to' "$T/err")" 17 'sixteen ports here lead to a host'
talks=
# shellcheck disable=SC2013 # words
for port in $(sed -n "s/.*port \([0-9]*\) here.* $there\$/\1/p" "$T/err"); do
	python3 "$T/talk.py" "$port" 4 40 >"$T/said.$port" &
	talks="$talks $!"
done
# shellcheck disable=SC2086 # a list
wait $talks
is "$(cat "$T"/said.* | sort | uniq -c | tr -s ' ')" ' 16 4' 'all at once'
err_like "web1: -L: 127.0.0.1 port $taken: .*in use" 'one that is taken is told'
last=$(sed -n 's/.*port \([0-9]*\) here.* port 1$/\1/p' "$T/err")
"$TOOLS/port" open 127.0.0.1 "$last"
ok 'and what the host cannot connect to' \
	wait_for 5 grep -q 'web1: -L: .*localhost port 1: ' "$T/err"
if has_ipv6; then
	ok 'an IPv6 address is listened on' "$TOOLS/port" open ::1 "$six"
	ok 'and no other' not "$TOOLS/port" open 127.0.0.1 "$six"
fi
kill -TERM "$started"
finish
if isolated web1 && has_ipv6; then
	run fab-run -R "[::1]:$there:localhost:$here" web1 \
		"$seen/bin/port open ::1 $there && ! $seen/bin/port open 127.0.0.1 $there && python3 $seen/talk.py $there 1 4 ::1"
	out_is 1 '-R listens on an IPv6 address alone'
fi
if [ "$is_root" ]; then
	several=$(free_port)
	printf '127.0.0.%d several.test\n' 1 2 3 4 >"$T/several"
	start unshare -m sh -c "mount --bind '$T/several' /etc/hosts &&
		exec fab-run -L several.test:$several:localhost:$there web1 \"\$1\"" \
		sh "$serve_there"
	wait_for 10 grep -q "^$there" "$T/out"
	for i in 1 2 3 4; do
		"$TOOLS/port" open "127.0.0.$i" "$several" && echo "$i"
	done >"$T/reached"
	is "$(tr '\n' ' ' <"$T/reached")" '1 2 3 4 ' \
		'all addresses of a name are listened on'
	kill -TERM "$started"
	finish
fi

run fab-run -L "0:localhost:1" -H web1,closed true
status_is 125 '-L with several hosts is 125'

eval "$(ssh-agent -s)" >/dev/null
helpers="$helpers $SSH_AGENT_PID"
ssh-add -q "$T/keys/ed25519"
sed "s|IdentityAgent .*||" "$T/ssh_config" >"$T/config"
run "$B/fab-run" -F "$T/config" -A web1 'ssh-add -l'
if [ "$status" = 125 ]; then
	err_like 'libssh2 1.10.* cannot forward the agent' \
		'a library that cannot forward the agent is named'
else
	out_like ED25519 'the agent is forwarded'
fi
done_testing
