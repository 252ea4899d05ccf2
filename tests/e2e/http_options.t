#!/bin/sh
# httpd-scope's options, as far as they change what clients see.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

umask 022
chmod 755 "$T"
mkdir -p "$T/site/sub" "$T/site/indexed" "$T/other/deep"
echo hello >"$T/site/a.txt"
echo index >"$T/site/indexed/index.html"
echo other >"$T/other/deep/b.txt"
ln -s "$T/other" "$T/site/out"
cd "$T/scratch" || exit

# limits OPTION... -- WHAT...
limits()
{
	rows httpd-scope -d "$T/site" "$@"
}
py=$SUPPORT/http_limits.py
limits -w 1 --max-connections 4 -- python3 "$py" idle
limits -w 1 --max-connections 4 -- python3 "$py" busy
limits -w 1 -- python3 "$py" listings
if command -v prlimit >/dev/null; then
	SCRIPT='out of descriptors'
	rows prlimit --nofile=40:40 httpd-scope -d "$T/site" -w 1 -- \
		python3 "$py" descriptors
else
	skip 'no prlimit' 'out of descriptors a file is 503, never 404'
fi

serve -d "$T/site" --no-listing
fetch "http://127.0.0.1:$port/"
is "$code" 403 '--no-listing: a directory is 403'
fetch "http://127.0.0.1:$port/sub"
is "$code" 301 'it is still redirected to its slash'
fetch "http://127.0.0.1:$port/indexed/"
out_is index 'index.html is served all the same'
stop_serving

serve -d "$T/site" -l "$T/log"
fetch "http://127.0.0.1:$port/out/deep/b.txt"
is "$code" 403 'a link that leaves is 403'
out_like 'httpd-scope -L' 'and the page names -L'
fetch "http://127.0.0.1:$port/%1b%22%5c" -A "$(printf 'a"b\200\\c')"
fetch "http://127.0.0.1:$port/" -A "$(printf '\033]0;')"
is "$code" 400 'a control byte in a field is 400'
stop_serving
err_like 'directory: 1; -L follows' 'so does standard error at the end'
like "$T/log" '"a\\x22b\\x80\\x5[cC]c"$' 'the log escapes what clients send'
unlike "$T/log" "$(printf '\033')" 'and has no escape sequence'

run httpd-scope -d "$T/site" -l - -- sh -c \
	'curl -sS -A me -e there "$HTTPD_SCOPE_URL"a.txt'
err_like '"GET /a.txt HTTP/1.1" 200 6 "there" "me"$' '-l -: standard error'
run httpd-scope -d "$T/site" -l /dev/full -- sh -c \
	'curl -fsS "$HTTPD_SCOPE_URL"a.txt "$HTTPD_SCOPE_URL"a.txt'
out_is "$(printf 'hello\nhello')" 'a log on a full disk holds nobody up'

serve -d "$T/site" -L
fetch "http://127.0.0.1:$port/out/deep/b.txt"
out_is other '-L follows it'
stop_serving

serve -d "$T/site" --mount "/o=$T/other" --mount "/p/q=$T/other/deep"
fetch "http://127.0.0.1:$port/o/deep/b.txt"
out_is other '--mount serves a second directory'
fetch "http://127.0.0.1:$port/p/q/b.txt"
out_is other 'a third, two levels down'
fetch "http://127.0.0.1:$port/a.txt"
out_is hello 'and the first beside them'
fetch --path-as-is "http://127.0.0.1:$port/o/../a.txt"
out_is hello '.. ends at the prefix'
stop_serving

serve --mount "/o/p=$T/other" --mount "/q=$T/other/deep"
for path in '' o/; do
	fetch "http://127.0.0.1:$port/$path"
	is "$code" 200 "without -d, /$path is what is mounted below"
done
out_like 'href="./p/"' 'and names it'
fetch "http://127.0.0.1:$port/o/p/deep/b.txt"
out_is other 'which is served'
fetch "http://127.0.0.1:$port/a.txt"
is "$code" 404 'and nothing else is'
stop_serving

run httpd-scope -b 127.0.0.1 -- true
status_is 125 '-b without -d is 125'
run httpd-scope -d "$T/site" -a 10.0.0.0/8 -- true
status_is 125 '-a without -b is 125'
for bad in 10.0.0.0/33 10.0.0/8 ::/129 x; do
	run httpd-scope -d "$T/site" -b 127.0.0.1 -a $bad -- true
	status_is 125 "-a $bad is 125"
done

serve -d "$T/site" -b 127.0.0.1 -a 10.0.0.0/8 -a 127.0.0.0/8
fetch "http://127.0.0.1:$port/a.txt"
out_is hello '-a serves whom it names'
stop_serving
serve -d "$T/site" -b 127.0.0.1 -a 10.0.0.0/8 -a ::1
fetch "http://127.0.0.1:$port/a.txt"
is "$code" 000 'and nobody else'
stop_serving
if has_ipv6; then
	serve -d "$T/site" -b :: -a 127.0.0.1
	fetch "http://127.0.0.1:$port/a.txt"
	out_is hello 'an address of IPv4 is known on a socket of both'
	fetch "http://[::1]:$port/a.txt"
	is "$code" 000 'and is not one of IPv6'
	stop_serving
else
	skip 'no IPv6' 'an address of IPv4 is known on a socket of both'
fi
if [ -d /sys/class/net/lo ]; then
	serve -d "$T/site" -b lo
	fetch "http://127.0.0.1:$port/a.txt"
	out_is hello '-b takes the name of an interface'
	stop_serving
fi
# An interface of our own, whose addresses are IPv6's and its link's alone.
cat >"$T/interface" <<'END'
ip link set lo up && ip link add v0 type veth peer name v1 &&
	ip link set v1 up && ip link set v0 up &&
	ip addr add fe80::7/64 dev v0 nodad && exec "$@"
END
if [ "$is_root" ] && unshare -n sh "$T/interface" true 2>/dev/null; then
	for address in v0 fe80::7%v0; do
		run unshare -n sh "$T/interface" \
			httpd-scope -d "$T/site" -b $address -- sh -c \
			'echo "$HTTPD_SCOPE_URL"; curl -fsS "$HTTPD_SCOPE_URL"a.txt'
		out_like '^http://\[fe80::.*%25v0\]:' \
			"-b $address: the URL has the interface"
		out_like '^hello' 'and can be used'
	done
else
	skip 'no network namespace' '-b fe80::7%v0: the URL has the interface'
fi
run httpd-scope -d "$T/site" -b 0.0.0.0 -- sh -c \
	'echo "$HTTPD_SCOPE_URL"; curl -fsS "$HTTPD_SCOPE_URL"a.txt'
out_like '^http://127\.0\.0\.1:' 'for a wildcard the URL is that of loopback'
out_like '^hello' 'which answers'

serve -d "$T/site"
stop_serving
err_like "serving http://127\.0\.0\.1:[0-9]+/.* with / = $T/site\$" \
	'without COMMAND it says where it serves, and what'
has_ipv6 &&
	err_like 'serving .*, http://\[::1\]:[0-9]+/ ' 'on each address'
run httpd-scope -d "$T/site" -v -- sh -c \
	'curl -sS "$HTTPD_SCOPE_URL"a.txt "$HTTPD_SCOPE_URL"nope'
err_like '2 requests' '-v counts the requests at the end'
run httpd-scope -d "$T/site" -- sh -c \
	'curl -sSI "$HTTPD_SCOPE_URL"; echo "$HTTPD_SCOPE_ID"'
id=$(tail -n 1 "$T/out")
out_like "^HTTPD-Scope-ID: $id" 'each response has the number of the scope'

# shellcheck disable=SC2317 # called by ok
has_size()
{
	[ "$(wc -c <"$2")" -eq "$1" ]
}

# A download of 64 MB, at a rate that takes two seconds, begun in COMMAND.
truncate -s 67108864 "$T/site/large"
# shellcheck disable=SC2016 # expanded by COMMAND
slow='curl -sS --limit-rate 40M -o "$1" "$HTTPD_SCOPE_URL"large &
	until [ -s "$1" ]; do sleep 0.01; done'
run httpd-scope -d "$T/site" --linger 20 -- sh -c "$slow" sh "$T/whole"
status_is 0 '--linger waits for a download'
ok 'which becomes whole' wait_for 5 has_size 67108864 "$T/whole"
# Downloads that would take a minute.
slow='curl -sS --limit-rate 1M -o "$1" "$HTTPD_SCOPE_URL"large &
	until [ -s "$1" ]; do sleep 0.01; done'
end_downloads()
{
	for pid in $(marked "$T/slow"); do
		kill "$pid" # it reads what has come, slowly
	done
}
port=$(free_port)
start httpd-scope -d "$T/site" -p "$port" --linger 60 -- \
	sh -c "$slow" sh "$T/slow"
wait_for 5 port_open "$port"
ok 'lingering, it refuses who comes' wait_for 5 port_closed "$port"
ok 'though it is there yet' kill -0 "$started"
kill "$started"
finish
status_is 0 'a signal ends that, the status is COMMAND'"'"'s'
end_downloads
run timeout 5 httpd-scope -d "$T/site" -- sh -c "$slow" sh "$T/slow"
status_is 0 'without it, downloads are cut at once'
end_downloads

# What is said, and what there is, agree.
page=$TOP/man/httpd-scope.1
run httpd-scope --help
status_is 0 '--help is 0'
grep -Eo '^ +(-[a-zA-Z])?,? *(--[a-z-]+)?' "$T/out" |
	grep -Eo -e '--?[a-zA-Z-]+' |
	sort -u >"$T/help"
sed -n '/^\.It Fl/ { s/\.It//; s/ \(Fl\|,\|Ar [^ ]*\)//g; p; }' "$page" |
	tr ' ' '\n' | sed -n 's/^./-&/p' |
	sort -u >"$T/page"
is "$(cat "$T/help")" "$(cat "$T/page")" '--help and the manual name the same'

done_testing
