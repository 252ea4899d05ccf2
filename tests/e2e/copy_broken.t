#!/bin/sh
# A copy that does not come to its end leaves the old file or the new one, and
# what --resume can go on with.
# shellcheck disable=SC2317 # functions are called by ok and wait_for
. "${0%/*}/../support/lib.sh"
need_tool python3

host web1
S=$T/scratch/src
G=$T/scratch/got
mkdir -p "$S" "$G"
D=$(seen_dir web1)/in
H=$(host_dir web1)/in
mkdir "$H"
chmod 777 "$H"
head -c 12000000 /dev/urandom >"$S/big"

# Bytes of a temporary file in a directory.
part_size()
{
	stat -c %s "$1"/.fab-* 2>/dev/null
}

part_is_over()
{
	_size=$(part_size "$1")
	[ "${_size:-0}" -gt "$2" ]
}

# A part that nobody has written to for a minute is nobody's.
age_parts()
{
	find "$1" -name '.fab-*' -exec touch -d '2 minutes ago' {} +
}

no_parts()
{
	[ -z "$(ls -d "$1"/.fab-* 2>/dev/null)" ]
}

# The connections of the host, whose end is a cut.
cut_connections()
{
	eval "_pid=\$${1}_pid"
	for _child in $(ps -o pid= --ppid "$_pid"); do
		for _session in $(ps -o pid= --ppid "$_child"); do
			kill -KILL "$_session"
		done
		kill -KILL "$_child"
	done
}

# A shell starts what is in the background with INT ignored.
interruptible()
{
	exec python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

echo old >"$H/big"
chmod 666 "$H/big"

# kill -9.
start fab-put --rate 4M web1 "$S/big" "$D/big"
wait_for 10 part_is_over "$H" 3000000
kill -KILL "$started"
finish 2>/dev/null
is "$(head -c 9 "$H/big")" old 'killed by KILL, the old file is there'
before=$(part_size "$H")
ok 'and a part for --resume' [ "$before" -gt 3000000 ]
run fab-put --json --resume web1 "$S/big" "$D/big"
status_is 0 '--resume goes on with it'
out_like '"bytes":[1-9][0-9]{6}}' 'and sends what is missing'
ok 'to the end' cmp "$S/big" "$H/big"
ok 'and nothing else stays' no_parts "$H"

# A new source makes an old part useless.
echo old >"$H/big"
start fab-put --rate 4M web1 "$S/big" "$D/big"
wait_for 10 part_is_over "$H" 3000000
kill -KILL "$started"
finish 2>/dev/null
head -c 12000000 /dev/urandom >"$S/big"
run fab-put --resume web1 "$S/big" "$D/big"
ok 'a part of another source is not gone on with' cmp "$S/big" "$H/big"
ok 'but removed' no_parts "$H"

# -c beside --resume: what is there already stands before the part.
mkdir "$S/mixed"
echo small >"$S/mixed/a"
cp -p "$S/big" "$S/mixed/b"
for inside in yes ''; do
	if [ $inside ]; then
		set -- -r web1 "$S/mixed" "$D/"
		into=$H/mixed
	else
		set -- web1 "$S/mixed/a" "$S/mixed/b" "$D/"
		into=$H
	fi
	start fab-put --rate 4M "$@"
	wait_for 10 part_is_over "$into" 3000000
	kill -KILL "$started"
	finish 2>/dev/null
	run fab-put -c --resume --json "$@"
	out_like '"unchanged":1,.*"bytes":[1-9][0-9]{6}}' \
		'--resume with -c goes on behind a file that is unchanged'
	ok 'to the end' cmp "$S/big" "$into/b"
	ok 'and nothing else stays' no_parts "$into"
done
rm -r "$H/mixed" "$H/a" "$H/b"

# ^C.
echo old >"$H/big"
start interruptible fab-put --rate 4M web1 "$S/big" "$D/big"
wait_for 10 part_is_over "$H" 3000000
kill -INT "$started"
finish
status_is 130 '^C ends us by INT'
err_like 'web1: cancelled; [0-9.]+ MB of 12 MB of .*/in/big are kept on the host for --resume$' \
	'and the message says how much there is'
is "$(head -c 9 "$H/big")" old 'the old file is there'
run fab-put web1 "$S/big" "$D/big"
ok 'without --resume the next run begins anew' cmp "$S/big" "$H/big"
ok 'and removes the part' no_parts "$H"
start fab-put --rate 500K web1 "$S/big" "$D/big"
wait_for 10 part_is_over "$H" 1
kill -TERM "$started"
finish
status_is 143 'TERM ends us by TERM'
ok 'a small part does not stay' no_parts "$H"

# A connection that is cut.
echo old >"$H/big"
start fab-put --rate 4M web1 "$S/big" "$D/big"
wait_for 10 part_is_over "$H" 3000000
cut_connections web1
finish
status_is 255 'a connection that is cut is 255'
err_like 'lost.*; [0-9.]+ MB of 12 MB of .* are kept on the host' \
	'and the message says how much there is'
is "$(head -c 9 "$H/big")" old 'the old file is there'
run fab-put --resume web1 "$S/big" "$D/big"
ok '--resume goes on with it' cmp "$S/big" "$H/big"

# The same from the host.
cp "$S/big" "$H/big"
echo old >"$G/big"
start fab-get --rate 4M web1 "$D/big" "$G/big"
wait_for 10 part_is_over "$G" 3000000
kill -KILL "$started"
finish 2>/dev/null
is "$(head -c 9 "$G/big")" old 'a get that is killed leaves the old file'
run fab-get --resume web1 "$D/big" "$G/big"
ok '--resume goes on with it' cmp "$S/big" "$G/big"
ok 'and nothing else stays' no_parts "$G"
echo old >"$G/big"
start interruptible fab-get --rate 4M web1 "$D/big" "$G/big"
wait_for 10 part_is_over "$G" 3000000
kill -INT "$started"
finish
status_is 130 '^C ends a get by INT'
err_like 'web1: cancelled; [0-9.]+ MB of 12 MB of .*/got/big are kept for --resume$' \
	'and the message says how much there is'
run fab-get web1 "$D/big" "$G/big"
ok 'without --resume the next run begins anew' cmp "$S/big" "$G/big"
ok 'and removes the part' no_parts "$G"
echo old >"$G/big"
start fab-get --rate 4M web1 "$D/big" "$G/big"
wait_for 10 part_is_over "$G" 3000000
cut_connections web1
finish
status_is 255 'a connection that is cut is 255'
is "$(head -c 9 "$G/big")" old 'the old file is there'
run fab-get --resume web1 "$D/big" "$G/big"
ok '--resume goes on with it' cmp "$S/big" "$G/big"

# A server that gives less than was asked for: bytes come before others that
# stand before them.
for server in /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server; do
	[ -x "$server" ] && break
done
if [ -x "$server" ]; then
	mkdir -p "$T/hosts/short"
	cp "$SUPPORT/sftp_short.py" "$T/hosts/short"
	: >"$T/hosts/short/hold"
	host short "ForceCommand exec python3 $(seen_dir short)/sftp_short.py \
$server $(seen_dir short)/hold"
	cp "$S/big" "$T/hosts/short"
	for signal in KILL INT; do
		rm -f "$G/big"
		: >"$T/hosts/short/hold"
		start interruptible fab-get short "$(seen_dir short)/big" "$G/"
		wait_for 10 part_is_over "$G" 5900000
		kill -$signal "$started"
		finish 2>/dev/null
		rm "$T/hosts/short/hold"
		run fab-get --json --resume short "$(seen_dir short)/big" "$G/"
		ok "what SIG$signal has left with a gap does not stay one" \
			cmp "$S/big" "$G/big"
		ok 'and nothing else stays' no_parts "$G"
	done
	out_like '"bytes":[1-9][0-9]{6}}' 'what has none is gone on with'
else
	skip 'no sftp-server' 'gaps do not stay'
fi

# With -c, what came is compared before it gets its name.
host only 'ForceCommand internal-sftp'
mkdir "$(host_dir only)/in"
for name in web1 only; do
	cp -p "$S/big" "$(host_dir $name)/in/big"
	D_there=$(seen_dir $name)/in
	echo old >"$G/big"
	start fab-get --rate 4M $name "$D_there/big" "$G/big"
	wait_for 10 part_is_over "$G" 3000000
	kill -KILL "$started"
	finish 2>/dev/null
	printf damaged | dd of="$(echo "$G"/.fab-*)" bs=1 seek=1000000 \
		conv=notrunc status=none
	run fab-get -c --resume $name "$D_there/big" "$G/big"
	status_is 1 "from $name: a part that is damaged is found out with -c"
	err_like '/big: what has come is not what is there$' 'and told'
	is "$(cat "$G/big")" old 'the old file is there'
	ok 'and nothing of the part' no_parts "$G"
	run fab-get -c --resume $name "$D_there/big" "$G/big"
	ok 'so that the next run brings the file' cmp "$S/big" "$G/big"
done
echo old >"$G/big"
start fab-get -c --rate 4M web1 "$D/big" "$G/big"
wait_for 10 part_is_over "$G" 3000000
echo more >>"$H/big"
finish
status_is 0 'a file that grows is compared as far as it was copied'
ok 'which is to the end that it had' cmp "$S/big" "$G/big"
cp "$S/big" "$H/big"
cp "$S/big" "$S/log"
start fab-put -c --rate 4M web1 "$S/log" "$D/log"
wait_for 10 part_is_over "$H" 3000000
echo more >>"$S/log"
finish
status_is 0 'and as one that is put'
ok 'which is what there was' cmp "$S/big" "$H/log"

# Many small files, cut anywhere: each is whole or not there.
mkdir "$S/many"
i=0
while [ $i -lt 600 ]; do
	head -c 5000 /dev/urandom >"$S/many/$i"
	i=$((i + 1))
done
whole()
{
	for _file in "$1"/*; do
		cmp -s "$_file" "$S/many/${_file##*/}" || return
	done
}
for signal in KILL INT; do
	rm -rf "$H/many"
	start interruptible fab-put --rate 2M -r web1 "$S/many" "$D/many"
	wait_for 10 [ -e "$H/many/100" ]
	kill -$signal "$started"
	finish 2>/dev/null
	ok "SIG$signal leaves whole files alone" whole "$H/many"
	age_parts "$H/many"
	run fab-put -r web1 "$S/many/." "$D/many"
	ok 'the next run brings the others' diff -r "$S/many" "$H/many"
	ok 'and removes what was left' no_parts "$H/many"
done
rm -rf "$H/many"

# Full disks.
if [ "$is_root" ]; then
	as_root_on web1 sh -c "mkdir /small && mount -t tmpfs \
		-o size=4m,mode=777 tmpfs /small && echo old >/small/big"
	run fab-put web1 "$S/big" /small/big
	status_is 1 'a full disk of the host is 1'
	err_like '^fab-put: web1: /small/big: no space left' 'and named'
	run on web1 'cat /small/big; ls -A /small'
	out_is "$(printf 'old\nbig')" 'the old file is there, and no part'
	as_root_on web1 mount -o remount,ro /small
	run fab-put web1 "$S/many/1" /small/x
	status_is 1 'so is a read-only file system'
	err_like '^fab-put: web1: /small/x: read-only file system' 'which is named'
	mkdir "$T/scratch/small"
	if mount -t tmpfs -o size=4m tmpfs "$T/scratch/small" 2>/dev/null; then
		echo old >"$T/scratch/small/big"
		run fab-get web1 "$D/big" "$T/scratch/small/big"
		status_is 1 'a full disk here is 1'
		err_like '/scratch/small/big: No space left' 'and named'
		is "$(cat "$T/scratch/small/big"; ls -A "$T/scratch/small")" \
			"$(printf 'old\nbig')" 'the old file is there, and no part'
		umount "$T/scratch/small"
	fi
fi

# Rights that are missing.
mkdir "$H/closed"
echo old >"$H/closed/x"
chmod 555 "$H/closed"
run fab-put web1 "$S/many/1" "$D/closed/x"
status_is 1 'a directory that is not ours to write is 1'
err_like '/closed/x: permission denied$' 'which is named'
is "$(cat "$H/closed/x")" old 'and the old file is there'
chmod 755 "$H/closed"
if ! [ "$is_root" ]; then
	chmod 000 "$S/many/2"
	run fab-put web1 "$S/many/2" "$D/"
	status_is 1 'a source that we may not read is 1'
	err_like '/many/2 here: Permission denied$' 'which is named'
	ok 'and leaves no file' [ ! -e "$H/2" ]
fi

done_testing
