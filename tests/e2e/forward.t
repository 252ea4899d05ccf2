#!/bin/sh
# Inside an httpd-scope, the server is reachable from every host.
. "${0%/*}/../support/lib.sh"
need_tool curl

mkdir "$T/site"
chmod 755 "$T" "$T/site"
echo hello >"$T/site/hello"
head -c 8000000 /dev/urandom >"$T/site/big"
host web1
host web2
host here -m
port=$(free_port)
fetch='curl -fsS --max-time 20 "${HTTPD_SCOPE_URL}hello"'

if isolated web1; then
	run fab-run web1 "curl -sS --max-time 2 http://127.0.0.1:$port/"
	ok 'without a scope the host sees no server' [ "$status" -ne 0 ]
	is "$(on web1 'cut -d: -f1 /proc/net/dev | tr -d " " | tail -n +3
		tail -n +2 /proc/net/route')" lo \
		'the host has no network but its loopback, and no route'
fi

run httpd-scope -d "$T/site" -p "$port" -- fab-run web1 "$fetch"
status_is 0 'a host fetches through the connection'
out_is hello 'from HTTPD_SCOPE_URL'
run httpd-scope -d "$T/site" -p "$port" -- \
	fab-run web1 curl -fsS "http://localhost:$port/hello"
out_is hello 'and at localhost, at the same port'
ok 'the port is closed here' port_closed "$port"
tool=$(seen_dir web1)/bin/port
run on web1 "$tool open 127.0.0.1 $port"
status_is 1 'and closed there'

run httpd-scope -d "$T/site" -- fab-run web1 "$fetch"
out_is hello 'without -p the URL says which port'
run httpd-scope -d "$T/site" -p "$port" -- fab-run web1 \
	'curl -fsS "${HTTPD_SCOPE_URL}big" | sha256sum'
out_is "$(sha256sum <"$T/site/big")" '8 MB arrive whole'
run httpd-scope -d "$T/site" -p "$port" -- fab-run web1 \
	'for i in 1 2 3 4 5 6; do
		curl -fsS "${HTTPD_SCOPE_URL}big" | sha256sum &
	done; wait'
is "$(sort -u "$T/out")" "$(sha256sum <"$T/site/big")" \
	'six at once, too'
run httpd-scope -d "$T/site" -p "$port" -- fab-run web1 "$fetch; exit 33"
status_is 33 'the exit status passes through'

run httpd-scope -d "$T/site" -p "$port" -l "$T/log" -- \
	fab-run -H web1,web2 "$fetch"
status_is 0 'two hosts at once'
is "$(sort "$T/out" | tr '\n' ' ')" 'web1: hello web2: hello ' \
	'both fetch'
is "$(grep -c 'GET /hello' "$T/log")" 2 'the access log shows both'

run httpd-scope -d "$T/site" -p "$port" -- fab-run here "$fetch"
out_is hello 'a host that is this very machine sees it without forwarding'
run httpd-scope -d "$T/site" -p "$port" -- fab-run here \
	"curl -fsS http://localhost:$port/hello"
out_is hello 'at localhost, too'
run httpd-scope -d "$T/site" -p "$port" -- fab-run -H here,web1 "$fetch"
is "$(sort "$T/out" | tr '\n' ' ')" 'here: hello web1: hello ' \
	'beside one that is not'

# Who has seen a scope's number while one command had the port answers with it
# when the next one comes.
cat >"$(host_dir web2)/replay" <<'END'
from http.server import *
import http.client, sys, time
port, tries = int(sys.argv[1]), 0
def seen():
    c = http.client.HTTPConnection("127.0.0.1", port)
    c.request("HEAD", "/")
    return c.getresponse().getheader("HTTPD-Scope-ID")
def until(f):
    for _ in range(500):
        try: return f()
        except OSError: time.sleep(0.02)
number = until(seen)
class Stranger(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200)
        self.send_header("HTTPD-Scope-ID", number)
        self.end_headers()
    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(b"stranger\n")
server = until(lambda: HTTPServer(("127.0.0.1", port), Stranger))
server.timeout = 5
print("ready", flush=True)
for _ in range(20): server.handle_request()
END
if isolated web2 && command -v python3 >/dev/null; then
	(on web2 "timeout 20 python3 $(seen_dir web2)/replay $port" >"$T/ready") &
	replay=$!
	cat >"$T/block" <<-END
	fab-run web2 'sleep 2; $fetch'
	timeout 10 sh -c 'until grep -q ready "$T/ready"; do sleep 0.1; done'
	exec fab-run web2 '$fetch'
	END
	run httpd-scope -d "$T/site" -p "$port" -- sh "$T/block"
	status_is 255 'a stranger who repeats the number of a scope is refused'
	out_is hello 'and nothing comes from it'
	err_like 'taken by another server' 'and the message says so'
	on web2 "pkill -f $(seen_dir web2)/replay"
	wait "$replay" 2>/dev/null
else
	skip 'no network of its own' \
		'a stranger who repeats the number of a scope is refused'
fi

# 200 times the same port.
count=0
while [ $count -lt 50 ]; do
	httpd-scope -d "$T/site" -p "$port" -- fab-run web1 "$fetch" \
		>"$T/out" 2>"$T/err" </dev/null || break
	count=$((count + 1))
done
is $count 50 '50 forwarded runs on the same port in a row succeed'

# A stranger holds the port on the host, on one address alone.
for address in 127.0.0.1 ::1; do
	isolated web1 || break
	: >"$T/held"
	on web1 "exec $tool hold $address $port" >"$T/held" 2>/dev/null &
	stranger=$!
	helpers="$helpers $stranger"
	if ! wait_for 5 grep -q holding "$T/held"; then
		skip "no $address on the host" 'a stranger is refused'
		continue
	fi
	run httpd-scope -d "$T/site" -p "$port" -- \
		fab-run web1 "touch /tmp/fab-$port; $fetch"
	status_is 255 "a stranger on $address alone is 255"
	err_like '^fab-run: web1: (httpd-)?scope: ' 'of class scope'
	unlike "$T/out" 'stranger' 'and is never read from'
	run on web1 "ls /tmp/fab-$port"
	ok 'the command was not started' [ "$status" -ne 0 ]
	for pid in $(marked "port hold $address $port"); do
		kill "$pid" 2>/dev/null
	done
	wait "$stranger" 2>/dev/null
done

# The listener of a connection that has just ended may still be there.
if isolated web1 && command -v python3 >/dev/null; then
	: >"$T/late"
	on web1 "exec python3 -c 'import socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((\"127.0.0.1\", $port))
s.listen()
print(\"listening\", flush=True)
time.sleep(0.7)'" >"$T/late" &
	late=$!
	wait_for 5 grep -q listening "$T/late"
	run httpd-scope -d "$T/site" -p "$port" -- fab-run web1 "$fetch"
	out_is hello 'a listener that is about to go is waited for'
	wait "$late"
else
	skip 'no python3 on an isolated host' 'a late listener is waited for'
fi

# Two scopes to one host on the same port cannot be: the port is taken here.
# Two commands of one scope can: the second waits.
cat >"$T/two" <<'END'
fab-run web1 'sleep 1; curl -fsS "${HTTPD_SCOPE_URL}hello"' &
sleep 0.5
fab-run web1 'curl -fsS "${HTTPD_SCOPE_URL}hello"'
second=$?
wait $! && exit $second
END
run httpd-scope -d "$T/site" -p "$port" -- sh "$T/two"
status_is 0 'two commands of one scope on one host both succeed'
out_is "$(printf 'hello\nhello')" 'and both fetch'
err_like '^fab-run: web1: .*wait' 'the second says that it waits'

run fab-run --scope=off web1 'echo "${HTTPD_SCOPE_URL-none}"'
out_is none 'without a scope there is no URL'
run httpd-scope -d "$T/site" -- fab-run --scope=off web1 'echo ran'
out_is ran '--scope=off needs no server'
run env HTTPD_SCOPE_URL="http://127.0.0.1:$port/" HTTPD_SCOPE_PORT="$port" \
	HTTPD_SCOPE_ADDR=127.0.0.1 HTTPD_SCOPE_ID=12345 fab-run web1 'echo ran'
status_is 125 'a scope that has ended is 125'
out_is '' 'and the command is not started'

host strict 'AllowTcpForwarding no'
run httpd-scope -d "$T/site" -p "$port" -- fab-run strict 'echo ran'
status_is 255 'a host that forwards nothing is 255'
err_like '^fab-run: strict: (httpd-)?scope: ' 'of class scope'
out_is '' 'and the command is not started'

start httpd-scope -d "$T/site" -p "$port" -- fab-run web1 'sleep 7801'
wait_for 5 some_marked 'sleep 7801'
kill -KILL "$started"
finish 2>/dev/null
ok 'kill -9 of httpd-scope ends fab-run' \
	wait_for 3 none_marked "$T/ssh_config web1 sleep 7801"
ok 'and the command on the host' wait_for 8 none_marked 'sleep 7801'

done_testing
