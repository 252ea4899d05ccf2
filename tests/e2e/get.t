#!/bin/sh
# fab-get copies files from hosts, whole or not at all.
# shellcheck disable=SC1003 # a backslash in quotes is one
. "${0%/*}/../support/lib.sh"

host web1
host web2
S=$T/scratch/got
mkdir -p "$S"
D=$(seen_dir web1)/out
H=$(host_dir web1)/out
mkdir "$H" "$(host_dir web2)/out"

mode_of()
{
	stat -c %a "$1"
}

echo hello >"$H/a"
chmod 640 "$H/a"
[ "$is_root" ] && chown 64201:64201 "$H/a"
run fab-get web1 "$D/a" "$S/"
status_is 0 'a file is copied into a directory'
out_is '' 'and nothing is said'
err_is '' 'on either stream'
ok 'as it is' cmp "$H/a" "$S/a"
is "$(mode_of "$S/a")" 640 'with its mode'
run fab-get web1 "$D/a" "$S/b"
ok 'or under a new name' cmp "$H/a" "$S/b"
run fab-get -m 600 web1 "$D/a" "$S/m"
is "$(mode_of "$S/m")" 600 '-m sets the mode'
touch -d 2001-02-03T04:05:06Z "$H/a"
run fab-get --times web1 "$D/a" "$S/t"
is "$(stat -c %Y "$S/t")" 981173106 '--times keeps the time'
run fab-get web1 "$D/a" "$S/new/"
ok 'a slash at the end makes the directory' cmp "$H/a" "$S/new/a"
run fab-get web1 "$D/a" "$S/none/x"
status_is 1 'a directory that is not there is 1'
run fab-get web1 "$D/none" "$S/x"
status_is 1 'a source that is not there is 1'
err_is "fab-get: web1: $D/none: no such file or directory" 'and is named'
run fab-get web1 "$D/none" "$D/a" "$S"
status_is 1 'the others are copied nevertheless'
err_like "$D/none: no such" 'and the missing one is named'

# Globs.
mkdir "$H/logs" "$H/logs/old"
for name in one.log two.log .hidden.log 'a b.log' other; do
	echo "$name" >"$H/logs/$name"
done
echo old >"$H/logs/old/x.log"
mkdir "$S/logs"
run fab-get web1 "$D/logs/*.log" "$S/logs"
is "$(ls -A "$S/logs")" "$(printf 'a b.log\none.log\ntwo.log')" \
	'a pattern is expanded on the host'
run fab-get web1 "$D/l*s/o[lx]d/?.log" "$S/logs"
is "$(cat "$S/logs/x.log")" old 'in each component'
run fab-get web1 "$D/logs/*.txt" "$S/logs"
status_is 1 'one that matches nothing is 1'
err_like 'nothing matches$' 'and the message says so'
echo bracket >"$H/[x]"
run fab-get web1 "$D/[x]" "$S/bracket"
is "$(cat "$S/bracket")" bracket 'unless it is a name itself'

# Several hosts, which see one file where they are a user's.
other=hello
if [ "$is_root" ]; then
	other=web2
	echo web2 >"$(host_dir web2)/out/a"
fi
run fab-get web1,web2 "$D/a" "$S/many"
is "$(cat "$S/many/web1/a" "$S/many/web2/a")" "$(printf 'hello\n%s' $other)" \
	'several hosts have a directory each'
run fab-get web1,web2 "$D/a" "$S/%h.txt"
is "$(cat "$S/web1.txt" "$S/web2.txt")" "$(printf 'hello\n%s' $other)" \
	'%h in the target is the host'
run fab-get web1,web2 "$D/a" "$S/%u.txt"
status_is 125 'two hosts that would write to one file are 125'
is "$(cd "$S" && echo *.txt)" 'web1.txt web2.txt' 'and nothing is written'

# Standard output.
run fab-get web1 "$D/a" -
out_is hello '- is standard output'
run fab-get web1 "$D/a" "$D/logs/other" -
out_is "$(printf 'hello\nother')" 'for several files, one after the other'
run fab-get web1,web2 "$D/a" -
status_is 125 'for one host alone'
head -c 20000000 /dev/urandom >"$H/noise"
run fab-get web1 "$D/noise" -
ok '20 MB pass through it' cmp "$T/out" "$H/noise"
run sh -c 'fab-get web1 "$0" - >/dev/full' "$D/noise"
status_is 125 'standard output that cannot be written is 125'

# Trees.
mkdir -p "$H/tree/sub/deep" "$H/tree/empty"
echo x >"$H/tree/x"
: >"$H/tree/sub/nothing"
ln -s x "$H/tree/link"
ln -s /etc/passwd "$H/tree/sub/away"
ln -s nowhere "$H/tree/sub/dangling"
long=$(printf '%0255d' 0)
for name in 'a b' '-dash' "it's" '$(x)' "$long" "$(printf 'new\nline')" \
	"$(printf 'bad\377utf8')" '*' '\'; do
	echo "$name" >"$H/tree/sub/deep/$name"
done
chmod 555 "$H/tree/sub"
mkfifo "$H/tree/fifo"
run fab-get -r web1 "$D/tree" "$S"
status_is 0 'a tree is copied'
err_like 'fifo: neither a file nor a directory' 'but for its pipe'
rm "$H/tree/fifo"
ok 'with all that is in it' diff -r --no-dereference "$H/tree" "$S/tree"
is "$(mode_of "$S/tree/sub")" 555 'and the modes of its directories'
run fab-get -r web1 "$D/tree" "$S/other"
ok 'or under a new name' diff -r --no-dereference "$H/tree" "$S/other"
chmod 755 "$S/tree/sub" "$S/other/sub"
run fab-get -r web1 "$D/tree" "$S"
status_is 0 'and again, onto itself'
run fab-get -r web1 "$D/tree/." "$S/dot/"
ok 'what is in . goes into the target' \
	diff -r --no-dereference "$H/tree" "$S/dot"
chmod 755 "$S/dot/sub" "$S/tree/sub"
ok 'and no temporary files stay' [ -z "$(find "$S" -name '.fab-*')" ]
run fab-get web1 "$D/tree" "$S"
status_is 1 'a directory without -r is 1'
err_like 'is a directory, which -r copies' 'and the message says what to do'
mkdir -p "$T/scratch/elsewhere"
rm -r "$S/tree/sub/deep"
ln -s "$T/scratch/elsewhere" "$S/tree/sub/deep"
run fab-get -r web1 "$D/tree" "$S"
status_is 1 'a link in the place of a directory is not followed'
is "$(ls "$T/scratch/elsewhere")" '' 'and nothing goes through it'
mkdir "$H/wide"
i=0
while [ $i -lt 3000 ]; do
	echo $i >"$H/wide/$i"
	i=$((i + 1))
done
run fab-get -r web1 "$D/wide" "$S"
ok 'a directory of 3000 files is copied' diff -r "$H/wide" "$S/wide"

# -c: copy what differs.
host only 'ForceCommand internal-sftp'
mkdir "$(host_dir only)/out"
cp -a "$H/tree" "$(host_dir only)/out"
for name in web1 only; do
	from=$(host_dir $name)/out/tree
	into=$S/c-$name
	run fab-get -c -v -r --changed "$T/changed" $name "$D/tree" "$into"
	ok "-c from $name copies what is not here" \
		diff -r --no-dereference "$from" "$into"
	chmod 755 "$into/sub"
	run fab-get -c -v -r --changed "$T/changed" $name "$D/tree/." "$into"
	status_is 0 'again'
	is "$(grep -c ': unchanged ' "$T/err")" 14 'what is here is unchanged'
	unlike "$T/err" ': sent ' 'and nothing is copied'
	sed -i 's/^./X/' "$into/x"
	ln -sf elsewhere "$into/link"
	chmod 600 "$into/sub/deep/a b"
	run fab-get -c -v -r --changed "$T/changed" $name "$D/tree/." "$into"
	is "$(grep ': sent ' "$T/err" | sort | sed 's/.*sent //')" \
		"$(printf "$into/%s\n" link 'sub/deep/a b' x)" \
		'what differs is copied, in contents or in mode'
	ok 'and then is the same' diff -r --no-dereference "$from" "$into"
	is "$(cat "$T/changed")" $name '--changed lists the host'
	ok 'no temporary files stay' [ -z "$(find "$into" -name '.fab-*')" ]
done

# What has no length, or grows.
run fab-get web1 /proc/self/status "$S/status"
like "$S/status" '^Pid:' 'a file of /proc is read to its end'
attribute=
for name in /sys/kernel/mm/transparent_hugepage/enabled \
	/sys/class/net/lo/address /sys/class/net/lo/mtu; do
	[ -r $name ] && attribute=$name
done
if [ "$attribute" ]; then
	run fab-get web1 "$attribute" "$S/attribute"
	status_is 0 'a file of /sys, whose size is a page, is'
	ok 'as it is' cmp "$attribute" "$S/attribute"
	run fab-get web1 "$attribute" -
	out_is "$(cat "$attribute")" 'to standard output too'
else
	skip 'needs /sys' 'a file of /sys is read to its end'
fi
truncate -s 40M "$H/sparse"
echo end >>"$H/sparse"
run fab-get web1 "$D/sparse" "$S/sparse"
ok 'a sparse file arrives' cmp "$H/sparse" "$S/sparse"
ok 'and stays sparse' [ "$(stat -c %b "$S/sparse")" -lt 10000 ]

# Two that would be one.
mkdir "$H/one" "$H/two" && echo 1 >"$H/one/twin" && echo 2 >"$H/two/twin"
mkdir "$S/twins"
run fab-get web1 "$D/*/twin" "$S/twins"
status_is 1 'sources of the same name are refused'
err_like 'web1: .*/one/twin and .*/two/twin: both would be twin$' 'and named'
is "$(ls -A "$S/twins")" '' 'before anything is copied'
run fab-get web1 "$D/*/twin" -
status_is 0 'what has no such file is no match'
out_is "$(printf '1\n2')" 'but on standard output, which has no names'

done_testing
