#!/bin/sh
# Copies beside scp, rsync, tar through ssh, PuTTY's pscp, pssh, clush and
# ansible, where they are installed, as ratios of medians of alternating runs,
# with the same ciphers.
#
#	copy.sh [NAME...]	RUNS: of each (default 5); NAMES: large delayed
#				many delayed-many check fleet small;
#				FAR_MB: bytes of the delayed file, millions
#
# The network of 50 ms is a relay of ours that delays both ways.
TEST_SECONDS=${TEST_SECONDS:-3600}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
need_root 'a file system in memory'
need_tool python3 scp tar
runs=${RUNS:-5}
[ $# -gt 0 ] || set -- large delayed many delayed-many check fleet small
host web1 'Ciphers aes128-ctr' 'MACs hmac-sha2-256' 'MaxStartups 300'
echo 'KexAlgorithms curve25519-sha256' >>"$T/ssh_config"
W=$T/w
R=/dev/shm # on the host, in memory too
mkdir "$W"
mount -t tmpfs -o size=4g tmpfs "$W" || exit 1
trap 'umount -l "$W"; finish_test' EXIT

ssh_to()
{
	ssh -q -F "$T/ssh_config" "$@"
}

# seconds CMD...: how long it takes.
seconds()
{
	python3 -c 'import subprocess, sys, time
begin = time.monotonic()
if subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL):
    sys.exit(sys.argv[1] + " failed")
print("%.3f" % (time.monotonic() - begin))' "$@"
}

# compare TEXT WANTED PEER... : runs functions ours and each PEER in turn, after
# the function clean; ratio of peer to ours, which is to be WANTED at least.
compare()
{
	text=$1
	wanted=$2
	shift 2
	rm -f "$T"/times.*
	_run=0
	while [ $_run -lt "$runs" ]; do
		for peer in ours "$@"; do
			clean >/dev/null 2>&1
			seconds sh "$T/$peer.sh" >>"$T/times.$peer" || return
		done
		_run=$((_run + 1))
	done
	mine=$(median ours)
	for peer; do
		theirs=$(median "$peer")
		echo "$mine $theirs $wanted" | awk -v text="$text" -v peer="$peer" '{
			printf "bench: %-34s %8.2f s, %-6s %8.2f s, ratio %6.2f (%s)\n",
				text, $1, peer, $2, $2 / $1, $3 }'
		wanted=-
	done
}

median()
{
	sort -n "$T/times.$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

# as NAME COMMAND: what compare runs under that name.
as()
{
	echo "exec $2" >"$T/$1.sh"
}

fab_put="$B/fab-put -F $T/ssh_config"
fab_get="$B/fab-get -F $T/ssh_config"
scp="scp -q -F $T/ssh_config"
rsh="ssh -q -F $T/ssh_config"

clean()
{
	ssh_to web1 "rm -rf $R/new"
	rm -rf "$W/new"
}

make_many()
{
	[ -d "$W/many" ] && return
	mkdir "$W/many"
	python3 -c 'import os, sys
for d in range(100):
    os.mkdir("%s/%d" % (sys.argv[1], d))
    for f in range(100):
        with open("%s/%d/%d" % (sys.argv[1], d, f), "wb") as out:
            out.write(os.urandom(4096))' "$W/many"
}

# A host "far", 50 ms away and back.
make_far()
{
	grep -q '^Host far' "$T/ssh_config" && return
	"$B/tests/support/delay" 25 "$web1_port" >"$T/far" &
	helpers="$helpers $!"
	wait_for 5 [ -s "$T/far" ]
	printf 'Host far\n\tHostName 127.0.0.1\n\tPort %s\n\tHostKeyAlias [127.0.0.1]:%s\n' \
		"$(cat "$T/far")" "$web1_port" >>"$T/ssh_extra"
	ssh_config
	echo 'KexAlgorithms curve25519-sha256' >>"$T/ssh_config"
}

# PuTTY has keys of its own, and takes its time.
bench_putty()
{
	puttygen "$T/keys/ed25519" -O private -o "$T/key.ppk" || return
	truncate -s 50000000 "$W/large"
	as ours "$fab_put web1 $W/large $R/new"
	as pscp "pscp -batch -q -P $web1_port -l deploy -i $T/key.ppk -hostkey $(
		ssh-keygen -lf "$T/hosts/web1/ed25519.pub" | cut -d' ' -f2
		) $W/large 127.0.0.1:$R/new"
	compare 'put of 50 MB' '-' pscp
}

bench_large()
{
	head -c 500000000 /dev/urandom >"$W/large"
	as ours "$fab_put web1 $W/large $R/new"
	as scp "$scp $W/large web1:$R/new"
	as tar "tar cf - -C $W large | $rsh web1 'mkdir $R/new && tar xf - -C $R/new'"
	sed -i 's/^exec //' "$T/tar.sh"
	as rsync "rsync -W -e '$rsh' $W/large web1:$R/new"
	compare 'put of 500 MB' '1.0 of scp' scp tar rsync
	ssh_to web1 "rm -rf $R/new"
	$fab_put web1 "$W/large" $R/large
	as ours "$fab_get web1 $R/large $W/new"
	as scp "$scp web1:$R/large $W/new"
	compare 'get of 500 MB' '1.0 of scp' scp
	ssh_to web1 "rm -rf $R/large"
	command -v pscp puttygen >/dev/null && bench_putty
	rm "$W/large"
}

bench_delayed()
{
	make_far
	head -c "$((${FAR_MB:-100} * 1000000))" /dev/urandom >"$W/large"
	as ours "$fab_put far $W/large $R/new"
	as scp "$scp $W/large far:$R/new"
	compare "put of ${FAR_MB:-100} MB at 50 ms" '1.4 of scp' scp
	$fab_put web1 "$W/large" $R/large
	as ours "$fab_get far $R/large $W/new"
	as scp "$scp far:$R/large $W/new"
	compare "get of ${FAR_MB:-100} MB at 50 ms" '2.5 of scp' scp
	ssh_to web1 "rm -rf $R/large"
	rm "$W/large"
}

bench_many()
{
	make_many
	as ours "$fab_put -r web1 $W/many $R/new"
	as scp "$scp -r $W/many web1:$R/new"
	as tar "tar cf - -C $W many | $rsh web1 'mkdir $R/new && tar xf - -C $R/new'"
	sed -i 's/^exec //' "$T/tar.sh"
	as rsync "rsync -a -e '$rsh' $W/many web1:$R/new"
	compare 'put of 10,000 files of 4 KB' '8 of scp, 0.8 of tar' scp tar rsync
	$fab_put -r web1 "$W/many" $R/many
	as ours "$fab_get -r web1 $R/many $W/new"
	as scp "$scp -r web1:$R/many $W/new"
	compare 'get of 10,000 files of 4 KB' '-' scp
	ssh_to web1 "rm -rf $R/many"
}

# scp takes most of an hour for them: of a tenth of them, once.
bench_delayed_many()
{
	make_far
	make_many
	mkdir "$W/few"
	cp -r "$W"/many/[0-2] "$W/few"
	kept=$runs
	runs=1
	as ours "$fab_put -r far $W/few $R/new"
	as scp "$scp -r $W/few far:$R/new"
	compare 'put of 300 of them at 50 ms' '-' scp
	as ours "$fab_put -r far $W/many $R/new"
	compare 'put of all of them at 50 ms' '-'
	echo "$mine $theirs" | awk '{ printf "bench: %-34s scp would take %.0f s, ratio %.0f (50)\n",
		"put of 10,000 files at 50 ms", $2 / 300 * 10000, $2 / 300 * 10000 / $1 }'
	runs=$kept
	rm -r "$W/few"
}

bench_check()
{
	make_many
	$fab_put -r web1 "$W/many" $R/many
	as ours "$fab_put -c -r web1 $W/many $R"
	as rsync "rsync -ac -e '$rsh' $W/many web1:$R"
	as quick "rsync -a -e '$rsh' $W/many web1:$R"
	compare '-c of an unchanged tree of 10,000' '0.67 of rsync -c' rsync quick
	ssh_to web1 "rm -rf $R/many"
}

bench_fleet()
{
	head -c 100000000 /dev/urandom >"$W/large"
	n=1
	hosts=
	while [ $n -le 20 ]; do
		hosts=$hosts${hosts:+,}many$n
		printf 'Host many%s\n\tHostName 127.0.0.1\n\tPort %s\n' \
			$n "$web1_port"
		n=$((n + 1))
	done >>"$T/ssh_extra"
	ssh_config
	as ours "$fab_put $hosts $W/large $R/new"
	as one "$fab_put web1 $W/large $R/new"
	compare '100 MB to 20 hosts, and to one' '-' one
	cores=$(nproc)
	[ "$cores" -lt 20 ] || cores=20
	echo "$mine $theirs $cores" | awk '{
		printf "bench: %-34s %.2f of the rate of one host x %d (0.9)\n",
			"aggregate rate", 20 * $2 / $1 / $3, $3 }'
	# shellcheck disable=SC2086 # words
	python3 -c 'import resource, subprocess, sys
subprocess.check_call(sys.argv[1:])
print("bench: memory %.1f MB, for 20 hosts %.2f MB each (2)" % (
    resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 20))' \
		$fab_put "$hosts" "$W/large" $R/new
	rm "$W/large"
}

bench_small()
{
	echo small >"$W/small"
	n=1
	hosts=
	while [ $n -le 200 ]; do
		hosts=$hosts${hosts:+,}lot$n
		printf 'Host lot%s\n\tHostName 127.0.0.1\n\tPort %s\n' \
			$n "$web1_port"
		n=$((n + 1))
	done >>"$T/ssh_extra"
	ssh_config
	as ours "$fab_put $hosts $W/small $R/new"
	as run "$B/fab-run -F $T/ssh_config $hosts true"
	compare 'a small file to 200 hosts' '0.83 of fab-run' run
	set --
	as pssh "parallel-scp -p 64 -O User=deploy -x '-F $T/ssh_config' -H '$(echo "$hosts" | tr , ' ')' $W/small $R/new"
	as clush "clush -q -f 64 -w $hosts -o '-F $T/ssh_config' --copy $W/small --dest $R/new"
	command -v parallel-scp >/dev/null && set -- pssh
	command -v clush >/dev/null && set -- "$@" clush
	compare 'a small file to 200 hosts' '-' "$@"
	command -v ansible >/dev/null || return
	hosts=$(echo "$hosts" | cut -d, -f1-10)
	as ours "$fab_put $hosts $W/small $R/new"
	as ansible "env ANSIBLE_SSH_ARGS='-F $T/ssh_config' ansible -f 64 -i $hosts, all -m copy -a 'src=$W/small dest=$R/new'"
	kept=$runs
	runs=1
	compare 'a small file to 10 hosts' '-' ansible
	runs=$kept
}

for name; do
	"bench_$(echo "$name" | tr - _)"
done
stop_all
