#!/bin/bash
# httpd-scope beside nginx (one worker, no access log, sendfile) and lighttpd,
# on this machine's loopback: the servers on one processor, wrk on another,
# alternating, the median of RUNS runs of SECONDS each.  Besides requests a
# second it shows the server's CPU time a request, which a busy machine falsifies
# less.
#
#	B=build tests/bench/http.sh
set -u
cd "${0%/*}/../.." || exit
B=$PWD/${B:-build}
RUNS=${RUNS:-5} SECONDS_EACH=${SECONDS_EACH:-2}
for tool in wrk nginx lighttpd curl taskset; do
	command -v "$tool" >/dev/null || {
		echo "bench: $tool is missing"
		exit 0
	}
done

T=$(mktemp -d)
pids=()
end()
{
	kill "${pids[@]}" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$T"
}
trap end EXIT

mkdir -p "$T/root/list"
head -c 1024 /dev/urandom >"$T/root/1k"
head -c 102400 /dev/urandom >"$T/root/100k"
head -c 104857600 /dev/urandom >"$T/root/100m"
for i in $(seq -w 10000); do
	: >"$T/root/list/package-$i-1.0.rpm"
done
chmod -R a+rX "$T"
touch -d '1 hour ago' "$T"/root/* "$T/root/list"

# free_port: one that nobody has
free_port()
{
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

declare -A port pid
for s in nginx lighttpd scope constant; do
	port[$s]=$(free_port)
done
cat >"$T/nginx.conf" <<E
worker_processes 1; daemon off; pid $T/nginx.pid; error_log /dev/null;
events { worker_connections 20000; }
http { access_log off; sendfile on; tcp_nopush on; autoindex on;
keepalive_requests 1000000000; include /etc/nginx/mime.types;
server { listen 127.0.0.1:${port[nginx]}; root $T/root; } }
E
cat >"$T/lighttpd.conf" <<E
server.document-root = "$T/root"
server.bind = "127.0.0.1"
server.port = ${port[lighttpd]}
server.max-keep-alive-requests = 1000000000
dir-listing.activate = "enable"
E
${CC:-cc} -O2 -D_GNU_SOURCE -o "$T/constant" tests/bench/constant.c || exit
taskset -c 0 nginx -c "$T/nginx.conf" 2>/dev/null &
pids+=($!)
sleep 0.5
pid[nginx]=$(pgrep -P "${pids[0]}" | head -n 1)
taskset -c 0 lighttpd -D -f "$T/lighttpd.conf" 2>/dev/null &
pid[lighttpd]=$! pids+=($!)
taskset -c 0 "$B/httpd-scope" -w "${W:-1}" -p "${port[scope]}" -d "$T/root" \
	2>/dev/null &
pid[scope]=$! pids+=($!)
taskset -c 0 "$T/constant" "${port[constant]}" 1024 &
pid[constant]=$! pids+=($!)
until curl -sf -o /dev/null "http://127.0.0.1:${port[scope]}/1k" &&
	curl -sf -o /dev/null "http://127.0.0.1:${port[lighttpd]}/1k"; do
	:
done

ticks() { awk '{ print $14 + $15 }' "/proc/${pid[$1]}/stat"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

cat >"$T/pipe.lua" <<'E'
init = function(args)
	local r = {}
	for i = 1, 16 do r[i] = wrk.format("GET", "/1k") end
	all = table.concat(r)
end
request = function() return all end
E

# work NAME SERVERS PATH CONNECTIONS [WRK-ARGUMENT...]
work()
{
	name=$1 servers=$2 path=$3 connections=$4
	shift 4
	for _ in $(seq "$RUNS"); do
		for s in $servers; do
			before=$(ticks "$s")
			rate=$(taskset -c 1 wrk -t1 -c"$connections" \
				-d"$SECONDS_EACH" "$@" \
				"http://127.0.0.1:${port[$s]}$path" |
				awk '/^Requests\/sec/ { print $2 }')
			after=$(ticks "$s")
			echo "$rate" >>"$T/$s.rate"
			echo "$rate $((after - before)) $SECONDS_EACH" |
				awk '{ print $2 * 10000 / ($1 * $3) }' \
					>>"$T/$s.cpu"
		done
	done
	for s in $servers; do
		printf '%-12s %-9s %10.0f req/s %10.2f us CPU/req\n' "$name" \
			"$s" "$(median <"$T/$s.rate")" "$(median <"$T/$s.cpu")"
		rm -f "$T/$s.rate" "$T/$s.cpu"
	done
}

work '1 KB' 'nginx lighttpd scope constant' /1k 32
work '1 KB x16' 'nginx lighttpd scope' /1k 32 -s "$T/pipe.lua"
work '1 KB new' 'nginx lighttpd scope' /1k 32 -H 'Connection: close'
work '100 KB' 'nginx lighttpd scope' /100k 8
work 'list 10000' 'nginx lighttpd scope' /list/ 1

for _ in 1 2 3; do
	for s in nginx lighttpd scope; do
		before=$(ticks "$s")
		for i in $(seq 10); do
			taskset -c 1 curl -s -o /dev/null \
				"http://127.0.0.1:${port[$s]}/100m"
		done
		echo $(($(ticks "$s") - before)) >>"$T/$s.gb"
	done
done
for s in nginx lighttpd scope; do
	printf '%-12s %-9s %10.2f s CPU/GB\n' '100 MB' "$s" \
		"$(median <"$T/$s.gb" | awk '{ print $1 / 100 }')"
done
