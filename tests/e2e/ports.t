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

# talk.py PORT N SIZE: N connections send, end their side, and must get all of
# it back; how many did is printed.
cat >"$T/talk.py" <<'END'
import socket, sys, threading
def talk(i, data, results):
    s = socket.create_connection(("localhost", int(sys.argv[1])))
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
err_like 'closed: -R: the server does not listen on port .*AllowTcpForwarding' \
	'but it is told'
run fab-run -o ExitOnForwardFailure=yes -R "$there:localhost:$here" closed 'echo in'
status_is 255 'with ExitOnForwardFailure it is 255'
out_is '' 'and nothing runs'
run fab-run -R 80 web1 true
status_is 125 'what is no forward is 125'

# Local: the command there is the server.
start fab-run -L "0:localhost:$there" web1 \
	"python3 -c 'import re,sys; s=open(\"$seen/echo.py\").read(); exec(s.replace(\", 0)\", \", $there)\"))'"
wait_for 10 grep -q 'leads to' "$T/err"
local_port=$(sed -n 's/.*port \([0-9]*\) here.*/\1/p' "$T/err")
wait_for 10 grep -q "^$there" "$T/out"
is "$(python3 "$T/talk.py" "$local_port" 1 4)" 1 'a port here leads to the host'
is "$(python3 "$T/talk.py" "$local_port" 32 400)" 32 'also many at once'
kill -TERM "$started"
finish
ok 'and is closed with the command' port_closed "$local_port"
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
