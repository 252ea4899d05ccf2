#!/bin/sh
# httpd-scope: the server lives exactly as long as the command.
. "${0%/*}/../support/lib.sh"
need_tool curl

mkdir "$T/site"
chmod 755 "$T" "$T/site"
echo hello >"$T/site/hello"
cd "$T/scratch" || exit
port=$(free_port)

run httpd-scope -d "$T/site" -p "$port" -- \
	sh -c 'curl -fsS "$HTTPD_SCOPE_URL"hello'
status_is 0 'COMMAND succeeds'
out_is hello 'and finds the server at HTTPD_SCOPE_URL'
err_is '' 'nothing else is said'
ok 'the port is closed on return' port_closed "$port"

run httpd-scope -d "$T/site" -p "$port" -- sh -c \
	'echo "$HTTPD_SCOPE_URL $HTTPD_SCOPE_PORT"; test -n "$HTTPD_SCOPE_ID"'
status_is 0 'COMMAND knows the number of its scope'
out_is "http://127.0.0.1:$port/ $port" 'its URL and its port'

run httpd-scope -d "$T/site" -p "$port" -- \
	curl -fsS "http://localhost:$port/hello" "http://127.0.0.1:$port/hello"
out_is "$(printf 'hello\nhello')" 'it listens on 127.0.0.1'
if has_ipv6; then
	run httpd-scope -d "$T/site" -p "$port" -- \
		curl -fsS "http://[::1]:$port/hello"
	out_is hello 'and on ::1'
else
	skip 'no IPv6' 'and on ::1'
fi

run httpd-scope -d "$T/site" -- sh -c 'curl -fsS "$HTTPD_SCOPE_URL"hello'
out_is hello 'without -p a free port is taken'

run httpd-scope -d "$T/site" sh -c 'exit 42'
status_is 42 'the exit status passes through'
run sh -c 'httpd-scope -d "$1" -- sh -c "kill -TERM \$\$"' sh "$T/site"
status_is 143 'a command killed by TERM ends httpd-scope by TERM'
run httpd-scope -d "$T/site" -- /nonesuch/command
status_is 127 'a command that is not there is 127'
run httpd-scope -d "$T/site" -- "$T/site/hello"
status_is 126 'a command that cannot be run is 126'
run httpd-scope -d "$T/nonesuch" -- touch "$T/started"
status_is 125 'a directory that is not there is 125'
ok 'and COMMAND is not started' [ ! -e "$T/started" ]
run httpd-scope --frobnicate -- true
status_is 125 'an unknown option is 125'

for address in 127.0.0.1 ::1; do
	[ $address = ::1 ] && ! has_ipv6 && continue
	"$TOOLS/port" hold $address "$port" >"$T/held" &
	stranger=$!
	helpers="$helpers $stranger"
	wait_for 5 grep -q holding "$T/held"
	run httpd-scope -d "$T/site" -p "$port" -- touch "$T/started"
	status_is 125 "a port in use on $address alone is 125"
	err_like "^httpd-scope: .*$port" 'the message names the port'
	ok 'and COMMAND is not started' [ ! -e "$T/started" ]
	kill "$stranger"
	wait "$stranger" 2>/dev/null
done

echo text >"$T/input"
input=$T/input
run httpd-scope -d "$T/site" -- cat
out_is text 'standard input is COMMAND'"'"'s'
input=/dev/null

run httpd-scope -d "$T/site" -p "$port" -l "$T/log" -- curl -fsS \
	"http://127.0.0.1:$port/hello"
like "$T/log" '^127\.0\.0\.1 - - \[[^]]+\] "GET /hello HTTP/1\.1" 200 6' \
	'-l is an access log'

# 200 times the same port: each run must find it free again.
count=0
while [ $count -lt 200 ]; do
	httpd-scope -d "$T/site" -p "$port" -- curl -fsS -o "$T/out" \
		"http://127.0.0.1:$port/hello" 2>"$T/err" </dev/null || break
	count=$((count + 1))
done
is $count 200 '200 runs on the same port in a row succeed'

start httpd-scope -d "$T/site" -p "$port" -- sleep 7791
wait_for 5 port_open "$port"
wait_for 5 some_marked 'sleep 7791'
spent=$("$TOOLS/port" closes "$started" 127.0.0.1 "$port")
finish 2>/dev/null
ok "kill -9 closes the port within 100 ms ($spent)" [ "$spent" -le 100 ]
ok 'and ends COMMAND' wait_for 2 none_marked 'sleep 7791'

for signal in TERM HUP; do
	start httpd-scope -d "$T/site" -p "$port" -- sleep 7792
	wait_for 5 port_open "$port"
	kill -$signal "$started"
	finish
	ok "$signal ends COMMAND and then httpd-scope, by it" \
		[ "$status" -gt 128 ]
	ok 'COMMAND has ended' none_marked 'sleep 7792'
	ok 'the port is closed' port_closed "$port"
done

if [ "$is_root" ]; then
	mkdir -m 700 "$T/private"
	run httpd-scope -d "$T/private" -- touch "$T/started"
	status_is 125 'a DIR that nobody cannot read is 125 for root'
	err_like nobody 'and the message names nobody'
	ok 'COMMAND is not started' [ ! -e "$T/started" ]
	echo secret >"$T/private/secret"
	run httpd-scope -d "$T/private" -u root -- sh -c \
		'curl -fsS "$HTTPD_SCOPE_URL"secret'
	out_is secret '-u root is explicit'
	chown -R 54321 "$T/private"
	chmod 600 "$T/private/secret"
	run httpd-scope -d "$T/private" -u root -- sh -c \
		'curl -fsS "$HTTPD_SCOPE_URL"secret'
	out_is secret 'and reads what others keep for themselves'
	run httpd-scope -d "$T/site" -- id -u
	out_is 0 'COMMAND keeps its user'
fi

done_testing
