#!/bin/sh
# What a connection carries, beside ssh with the same cipher: a stream, the
# same over a long way, many forwarded connections at once, further hosts of a
# run. Medians of alternating runs, as ratios.
#
#	ssh.sh	RUNS: of each (default 3)
TEST_SECONDS=${TEST_SECONDS:-900}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
runs=${RUNS:-3}
host web1 'MaxStartups 500' 'MaxSessions 100'
head -c 500000000 /dev/zero >"$T/hosts/web1/big"
seen=$(seen_dir web1)
cipher=$("$B/fab-run" --version -v | awk '/^libssh2/ {
	print $2 < "1.11" ? "aes128-ctr" : "chacha20-poly1305@openssh.com" }')
{
	echo 'KexAlgorithms curve25519-sha256'
	echo "Ciphers $cipher"
	echo 'MACs hmac-sha2-256'
} >>"$T/ssh_config"

# time_of COMMAND...: "wall cpu", seconds.
time_of()
{
	read -r begin _ </proc/uptime
	spent=$(sh -c '"$@" </dev/null >/dev/null || exit; times' sh "$@") ||
		exit
	read -r end _ </proc/uptime
	echo "$spent" | tail -n 1 | tr 'ms' '  ' |
		awk -v a="$begin" -v b="$end" '{
			printf "%.2f %.3f\n", b - a, $1 * 60 + $2 + $3 * 60 + $4 }'
}

# median COLUMN FILE
median()
{
	sort -n -k"$1,$1" "$2" | awk -v c="$1" '{ v[NR] = $c }
		END { print v[int((NR + 1) / 2)] }'
}

# compare NAME: $T/ssh and $T/ours are both run; ratios of medians.
compare()
{
	: >"$T/times.ssh"
	: >"$T/times.ours"
	i=0
	while [ $i -lt "$runs" ]; do
		i=$((i + 1))
		time_of sh "$T/ssh" >>"$T/times.ssh"
		time_of sh "$T/ours" >>"$T/times.ours"
	done
	printf '%s\n' "$(median 1 "$T/times.ssh") $(median 1 "$T/times.ours") $(
		median 2 "$T/times.ssh") $(median 2 "$T/times.ours")" |
		awk -v what="$1" '{ printf "bench: %-28s ssh %6.2f s %6.3f CPU   fab-run %6.2f s %6.3f CPU   ratio %5.2f %5.2f\n",
			what, $1, $3, $2, $4, $2 / $1, $4 / $3 }'
}

echo "ssh -F '$T/ssh_config' web1 'cat $seen/big'" >"$T/ssh"
echo "'$B/fab-run' -F '$T/ssh_config' web1 'cat $seen/big'" >"$T/ours"
compare 'stream of 500 MB (1.0, 1.8)'

"$TOOLS/delay" 25 "$web1_port" >"$T/port" &
helpers="$helpers $!"
wait_for 5 test -s "$T/port"
far="-o Port=$(cat "$T/port") -o HostKeyAlias=[127.0.0.1]:$web1_port"
echo "ssh -F '$T/ssh_config' $far web1 'head -c 100000000 $seen/big'" >"$T/ssh"
echo "'$B/fab-run' -F '$T/ssh_config' $far web1 'head -c 100000000 $seen/big'" >"$T/ours"
compare '100 MB, 50 ms away (0.4)'

# Of short runs, the processor time is told too coarsely: twenty at a time.
twenty='for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do'
echo "$twenty ssh -F '$T/ssh_config' web1 true; done" >"$T/ssh"
echo "$twenty '$B/fab-run' -F '$T/ssh_config' web1 true; done" >"$T/ours"
compare 'true, 20 times (0.4, 0.3)'

# Sixty-four connections at once through -R, against one: the same bytes.
head -c 2000000 /dev/zero >"$T/small"
head -c 128000000 /dev/zero >"$T/large"
i=0
: >"$T/times.one"
: >"$T/times.many"
while [ $i -lt "$runs" ]; do
	i=$((i + 1))
	for kind in one many; do
		case $kind in
		one) line='curl -sS -o /dev/null "${HTTPD_SCOPE_URL}large"' ;;
		*) line='curl -sSZ --parallel-immediate --parallel-max 64 \
			-o /dev/null "${HTTPD_SCOPE_URL}small?[1-64]"' ;;
		esac
		time_of "$B/httpd-scope" -u root -d "$T" -- "$B/fab-run" \
			-F "$T/ssh_config" web1 "$line" >>"$T/times.$kind"
	done
done
printf '%s %s\n' "$(median 1 "$T/times.one")" "$(median 1 "$T/times.many")" |
	awk '{ printf "bench: 128 MB through -R: one connection %.2f s, 64 %.2f s: %.2f of its rate (0.9)\n",
		$1, $2, $1 / $2 }'

# Each further host: the CPU of two hundred less that of one.
aliases web1 200 >"$T/more"
cat "$T/ssh_config" >>"$T/more"
one=$(time_of "$B/fab-run" -F "$T/more" -H web1 true)
many=$(time_of "$B/fab-run" -F "$T/more" -H 'web1,h[1-200]' true)
printf '%s %s %s\n' "$one" "$many" "$(median 2 "$T/times.ssh")" | awk '{
	each = ($4 - $2) / 200
	printf "bench: each further host %.2f ms CPU (2.5), %.3f of ssh (0.17)\n",
		each * 1e3, each / ($5 / 20) }'
code=$?
stop_all
exit $code
