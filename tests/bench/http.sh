#!/bin/sh
# httpd-scope beside nginx (one worker, no access log, sendfile) and lighttpd,
# on this machine's loopback: the servers on one processor, wrk on another,
# alternating, the median of RUNS runs of SECONDS_EACH seconds.
#
#	B=build tests/bench/http.sh
#
# Beside requests a second stands the server's CPU time a request, which a busy
# machine falsifies less, and the rate as a multiple of nginx's.
#
# nginx is there three times, for no one setting suits it everywhere: "nginx"
# has sendfile alone; "nginx_cork" has tcp_nopush, which packs large answers
# better, but makes pipelined ones wait 40 ms for the client's delayed
# acknowledgement; "nginx_copy" has no sendfile, which is better for small
# files. Whoever compares takes the best of them.
set -u
cd "${0%/*}/../.." || exit
B=$PWD/${B:-build}
RUNS=${RUNS:-5}
SECONDS_EACH=${SECONDS_EACH:-2}
IDLE=${IDLE:-10000}
for tool in wrk nginx lighttpd curl taskset python3; do
	PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || {
		echo "bench: $tool is missing"
		exit 0
	}
done
PATH=$PATH:/usr/sbin
[ "$(nproc)" -gt 1 ] || {
	echo 'bench: needs two processors'
	exit 0
}

T=$(mktemp -d)
pids=
# shellcheck disable=SC2317 # called by the trap
end()
{
	# shellcheck disable=SC2086 # a list
	kill $pids 2>/dev/null
	wait 2>/dev/null
	rm -rf "$T"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$T/site/list"
head -c 1024 /dev/urandom >"$T/site/1k"
head -c 102400 /dev/urandom >"$T/site/100k"
head -c 104857600 /dev/urandom >"$T/site/100m"
(cd "$T/site/list" && seq -f 'package-%05.0f-1.0.rpm' 10000 | xargs touch)
chmod -R a+rX "$T"
touch -d '1 hour ago' "$T"/site/* "$T/site/list"

free_port()
{
	"$B/tests/support/port" free
}

# port NAME, pid NAME: of a server.
port()
{
	eval "echo \"\$port_$1\""
}

pid()
{
	eval "echo \"\$pid_${1%_c*}\""
}

# serve NAME CMD...: on the servers' processor.
serve()
{
	_name=$1
	shift
	taskset -c 0 "$@" 2>/dev/null &
	eval "pid_$_name=\$!"
	pids="$pids $!"
}

port_nginx=$(free_port)
port_nginx_cork=$(free_port)
port_nginx_copy=$(free_port)
port_lighttpd=$(free_port)
port_scope=$(free_port)
port_constant=$(free_port)
cat >"$T/nginx.conf" <<END
worker_processes 1; daemon off; pid $T/nginx.pid; error_log /dev/null;
events { worker_connections 20000; }
http { access_log off; sendfile on; autoindex on; root $T/site;
keepalive_requests 1000000000; include /etc/nginx/mime.types;
server { listen 127.0.0.1:$port_nginx; }
server { listen 127.0.0.1:$port_nginx_cork; tcp_nopush on; }
server { listen 127.0.0.1:$port_nginx_copy; sendfile off; } }
END
cat >"$T/lighttpd.conf" <<END
server.document-root = "$T/site"
server.bind = "127.0.0.1"
server.port = $port_lighttpd
server.max-keep-alive-requests = 1000000000
dir-listing.activate = "enable"
END
${CC:-cc} -O2 -D_GNU_SOURCE -o "$T/constant" tests/bench/constant.c || exit
serve nginx nginx -c "$T/nginx.conf"
serve lighttpd lighttpd -D -f "$T/lighttpd.conf"
serve scope "$B/httpd-scope" -w "${W:-1}" --max-connections 20000 \
	-p "$port_scope" -d "$T/site"
serve constant "$T/constant" "$port_constant" 1024
tries=0
for server in nginx lighttpd scope; do
	until curl -sf -o "$T/1k" "http://127.0.0.1:$(port $server)/1k" &&
		cmp -s "$T/1k" "$T/site/1k"; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || {
			echo "bench: $server does not serve"
			exit 1
		}
		sleep 0.02
	done
done
pid_nginx=$(pgrep -P "$pid_nginx" | head -n 1)

ticks()
{
	awk '{ print $14 + $15 }' "/proc/$(pid "$1")/stat"
}

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

cat >"$T/pipe.lua" <<'END'
init = function(args)
	local r = {}
	for i = 1, 16 do r[i] = wrk.format("GET", "/1k") end
	all = table.concat(r)
end
request = function() return all end
END

# once SERVER PATH CONNECTIONS [WRK-ARGUMENT...]: into $T/SERVER.rate, .cpu
once()
{
	_server=$1
	_url=http://127.0.0.1:$(port "$1")$2
	_connections=$3
	shift 3
	_before=$(ticks "$_server")
	taskset -c 1 wrk -t1 -c"$_connections" -d"$SECONDS_EACH" "$@" \
		"$_url" >"$T/wrk"
	_after=$(ticks "$_server")
	grep -E 'Socket errors|Non-2xx' "$T/wrk" | sed "s/^/$_server: /"
	_rate=$(awk '/^Requests\/sec/ { print $2 }' "$T/wrk")
	echo "$_rate" >>"$T/$_server.rate"
	echo "$_rate $((_after - _before)) $SECONDS_EACH" |
		awk '{ print $2 * 10000 / ($1 * $3) }' >>"$T/$_server.cpu"
}

# work NAME SERVERS PATH CONNECTIONS [WRK-ARGUMENT...]
work()
{
	name=$1
	servers=$2
	shift 2
	round=0
	while [ $round -lt "$RUNS" ]; do
		round=$((round + 1))
		for server in $servers; do
			once "$server" "$@"
		done
	done
	for server in $servers; do
		echo "$(median <"$T/$server.rate") $(median <"$T/$server.cpu")" \
			"$(median <"$T/nginx.rate")"
	done >"$T/medians"
	for server in $servers; do
		read -r rate cpu nginx
		printf '%-11s %-10s %9.0f req/s %8.2f us CPU/req %6.2f\n' \
			"$name" "$server" "$rate" "$cpu" \
			"$(echo "$rate $nginx" | awk '{ print $1 / $2 }')"
	done <"$T/medians"
	rm -f "$T"/*.rate "$T"/*.cpu
}

# Ten times 100 MB.
gigabyte()
{
	before=$(ticks "$1")
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		taskset -c 1 curl -s -o /dev/null \
			"http://127.0.0.1:$(port "$1")/100m"
	done
	echo "$(ticks "$1") $before" | awk '{ print ($1 - $2) / 100 }' \
		>>"$T/$1.gb"
}

# milliseconds CMD...: of one of 200 runs
milliseconds()
{
	_from=$(date +%s%N)
	_i=0
	while [ $_i -lt 200 ]; do
		_i=$((_i + 1))
		"$@"
	done
	echo "$_from $(date +%s%N)" | awk '{ print ($2 - $1) / 200e6 }'
}

echo "load: $(cut -d' ' -f1-3 /proc/loadavg)"
all='nginx nginx_cork nginx_copy lighttpd scope'
work '1 KB' "$all constant" /1k 32
work '1 KB x16' "$all" /1k 32 -s "$T/pipe.lua"
work '1 KB new' "$all" /1k 32 -H 'Connection: close'
work '100 KB' "$all" /100k 8
work 'list 10000' 'nginx lighttpd scope' /list/ 1
round=0
while [ $round -lt 3 ]; do
	round=$((round + 1))
	for server in nginx nginx_cork lighttpd scope; do
		gigabyte $server
	done
done
for server in nginx nginx_cork lighttpd scope; do
	printf '%-11s %-10s %9.2f s CPU/GB\n' '100 MB' $server \
		"$(median <"$T/$server.gb")"
done
printf '%-11s %-10s %s\n' idle scope \
	"$(python3 tests/bench/idle.py "$port_scope" "$pid_scope" "$IDLE")"
printf '%-11s %-10s %9.2f ms, true alone %.2f ms\n' 'start' scope \
	"$(cd "$T/site" && milliseconds "$B/httpd-scope" -- /bin/true)" \
	"$(milliseconds /bin/true)"
echo "load: $(cut -d' ' -f1-3 /proc/loadavg)"
