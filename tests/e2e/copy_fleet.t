#!/bin/sh
# fab-put and fab-get on many hosts: counts, rates, lists, progress.
# shellcheck disable=SC2317 # functions are called by ok and wait_for
. "${0%/*}/../support/lib.sh"
need_tool python3

host web1
host web2
S=$T/scratch/src
mkdir -p "$S" "$T/scratch/got"
D=$(seen_dir web1)/in
for name in web1 web2; do
	mkdir "$(host_dir $name)/in"
	chmod 777 "$(host_dir $name)/in"
done
head -c 3000000 /dev/urandom >"$S/data"
echo small >"$S/small"

# field NAME: of each line of JSON.
field()
{
	python3 -c 'import json, sys
for line in open(sys.argv[1]):
    print(json.loads(line)[sys.argv[2]])' "$T/out" "$1"
}

run fab-put --json -c web1,web2 "$S/data" "$S/small" "$D"
status_is 0 '--json counts'
is "$(field sent | tr '\n' ' ')" '2 2 ' 'what was sent'
is "$(field bytes | tr '\n' ' ')" '3000006 3000006 ' 'and its bytes'
run fab-put --json -c web1,web2 "$S/data" "$S/small" "$D"
is "$(field unchanged | tr '\n' ' ')" '2 2 ' 'what is unchanged'
is "$(field status | tr '\n' ' ')" 'ok ok ' 'under the status of the host'
mkdir "$(host_dir web2)/in/dir" "$(host_dir web2)/in/dir/small"
mkdir "$(host_dir web1)/in/dir"
chmod 777 "$(host_dir web1)/in/dir" "$(host_dir web2)/in/dir"
run fab-put --json --failed "$T/failed" web1,web2 "$S/data" "$S/small" "$D/dir"
status_is 1 'a host on which one of two files failed is 1'
is "$(field failed | sort | tr '\n' ' ')" '0 1 ' 'which is counted'
is "$(field status | sort | tr '\n' ' ')" 'copy ok ' 'and is its status'
err_like "^fab-put: web2: $D/dir/small: is a directory\$" 'with the reason'
err_like '^fab-put: 1 of 2 hosts failed: web2$' 'and a summary'
like "$T/failed" '^web2 ' '--failed lists the host'
mkdir "$(host_dir web2)/in/dir/data2"
cp "$S/data" "$S/data2"
run fab-put web2 "$S/data2" "$S/small" "$D/dir"
is "$(grep -c ': is a directory$' "$T/err")" 2 'several failures are told each'
err_like '^fab-put: web2: 2 of 2 files were not copied$' 'and counted'

# --rate is for all hosts together: 6 MB at 2 MB/s.
read -r before _ </proc/uptime
run fab-put --rate 2M web1,web2 "$S/data" "$D"
read -r after _ </proc/uptime
ok '--rate bounds all hosts together' [ "$(echo "$after $before" |
	awk '{ print ($1 - $2 > 2.5) }')" = 1 ]
run fab-get --rate 2M web1,web2 "$D/data" "$T/scratch/got"
ok 'and a get is whole with it' cmp "$S/data" "$T/scratch/got/web1/data"

# below MB: the memory of the last run.
below()
{
	if [ "${SANITIZED-}" ]; then
		skip 'a sanitizer takes its own' "in less than $1 MB"
	else
		ok "in less than $1 MB" [ "$(cat "$T/out")" -lt "${1}000" ]
	fi
}

# Many hosts, little memory.
hosts=
number=1
while [ $number -le 12 ]; do
	printf 'Host many%s\n\tHostName 127.0.0.1\n\tPort %s\n' \
		$number "$web1_port"
	hosts=$hosts${hosts:+,}many$number
	number=$((number + 1))
done >"$T/ssh_extra"
ssh_config
head -c 20000000 /dev/urandom >"$S/large"
run python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)' fab-get "$hosts" "$D/data" "$T/scratch/got/%h"
status_is 0 '12 hosts are got from at once'
below 60
run python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)' fab-put "$hosts" "$S/large" "$D/to-all"
status_is 0 '20 MB are put to 12 hosts at once'
below 36
ok 'whole' cmp "$S/large" "$(host_dir web1)/in/to-all"

# The status line of a terminal.
if command -v script >/dev/null; then
	run script -qec "fab-put --rate 3M web1,web2 $S/data $D" /dev/null
	out_like 'of 2 done, .* of 6\.0 MB, .*/s, 0:0[0-9] left' \
		'a terminal shows hosts, bytes, rate and the time left'
else
	skip 'needs script(1)' 'a terminal shows hosts, bytes, rate, time left'
fi

done_testing
