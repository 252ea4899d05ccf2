#!/bin/sh
# Standard input: to one host as with ssh, to many with -I alone.
. "${0%/*}/../support/lib.sh"

host web1
host web2
host web3
all='web[1-3]'
fab="$B/fab-run -F $T/ssh_config"
head -c 5000000 /dev/urandom >"$T/noise"
sum=$(sha256sum <"$T/noise" | cut -d' ' -f1)

# sums FILE: how many lines of `host: sum  -` have which sum.
sums()
{
	cut -d' ' -f2 "$1" | sort | uniq -c | tr -s ' '
}

# -- Whose input it is --

cat >"$T/script" <<END
$fab $all 'echo one'
$fab -H web1 'cat'
$fab -n web1 cat
echo rest
END
run sh -c "sh <'$T/script'"
like "$T/out" '^rest$' 'a script that a shell reads from its input keeps its rest'
is "$(grep -c ': one$' "$T/out")" 3 'and all of it ran'
printf 'web1\nweb2\nweb3\n' >"$T/hosts.txt"
run sh -c "while read -r host; do
	$fab -n \$host 'echo x; cat'; done <'$T/hosts.txt'"
is "$(wc -l <"$T/out")" 3 'with -n, a while-read loop runs for each line'
run sh -c "while read -r host; do
	$fab -H \$host 'echo x'; done <'$T/hosts.txt'"
is "$(wc -l <"$T/out")" 3 'and where hosts are named in the plural without it'

# -- To each of many --

input=$T/noise
run fab-run -I -j 1 "$all" sha256sum
input=/dev/null
is "$(sums "$T/out")" " 3 $sum" 'a file: each gets all of it, late ones too'
run sh -c "cat '$T/noise' | $fab -I $all sha256sum"
is "$(sums "$T/out")" " 3 $sum" 'a pipe'
run sh -c "cat '$T/noise' | $fab -I -j 1 $all sha256sum"
is "$(sums "$T/out")" " 3 $sum" 'a pipe, under -j 1'
run sh -c "$fab -I $all cat <<E
two
lines
E
"
is "$(sort "$T/out")" "$(for n in 1 2 3; do
	printf 'web%s: lines\nweb%s: two\n' $n $n
done)" 'a here-document'
run sh -c "cat '$T/noise' | $fab -I $all 'head -c 10 >/dev/null'"
status_is 0 'a host that ends before its input is no failure'
run sh -c "cat '$T/noise' | $fab -I $all '[ \$FAB_NUMBER = 1 ] || sha256sum'"
is "$(sums "$T/out")" " 2 $sum" 'nor does it cut the others short'
run sh -c "cat '$T/noise' | $fab -I -H web1 sha256sum"
is "$(sums "$T/out")" " 1 $sum" 'one host in the plural'
run sh -c "cat '$T/noise' | $fab -I web1 sha256sum"
is "$(cut -d' ' -f1 "$T/out")" "$sum" 'and one plain host'
run sh -c "exec <&-; $fab $all 'echo \$FAB_HOST'"
status_is 0 'a closed input is none'
run sh -c "exec <&-; $fab web1 cat"
status_is 0 'for one host, too'
out_is '' 'with an end at once'
kept=/tmp/fab-in.$$
run sh -c "printf 'a\nb\n' | $fab -I --until 20 web1 'cat >>$kept;
	[ \$(wc -l <$kept) -ge 4 ]'"
status_is 0 'with --until and -I each attempt gets all of it'
on web1 "cat $kept; rm $kept" >"$T/out"
out_is "$(printf 'a\nb\na\nb')" 'from the beginning'

# -- In bounded space --

# shellcheck disable=SC2317 # called by run
small()
{
	unshare -m sh -c 'mount -t tmpfs -o size=16m tmpfs "$1" && shift &&
		exec "$@"' sh "$T/scratch" "$@"
}

if [ "$is_root" ]; then
	export TMPDIR="$T/scratch"
	run small sh -c "head -c 60000000 /dev/zero | $fab -I $all 'wc -c'"
	is "$(sums "$T/out")" ' 3 60000000' \
		'what all hosts have read takes no room any more'
	start small sh -c "head -c 60000000 /dev/zero |
		exec $fab -I $all 'if [ \$FAB_NUMBER = 1 ]; then
			until [ -e /tmp/go ]; do sleep 0.1; done; fi; wc -c'"
	wait_for 15 grep -q waits "$T/err"
	on web2 'touch /tmp/go'
	finish
	status_is 0 'a host that reads late holds back the others for a while'
	err_like '^fab-run: standard input waits: web2 has not read [0-9]+ MB' \
		'with a warning that names it'
	is "$(sums "$T/out")" ' 3 60000000' 'and all get all'
	start small sh -c "head -c 60000000 /dev/zero |
		exec $fab -I $all '[ \$FAB_NUMBER != 1 ] || exec sleep 5; wc -c'"
	wait_for 15 grep -q waits "$T/err"
	finish
	is "$(sums "$T/out")" ' 2 60000000' 'one that ends lets go of it'
	run small sh -c "head -c 60000000 /dev/zero |
		$fab -I -j 1 $all 'cat >/dev/null'"
	status_is 125 'where late hosts need more than there is room for: 125'
	err_like 'standard input could not be sent whole: No space' 'with the reason'
else
	skip 'needs root' 'the room for standard input is bounded'
fi

done_testing
