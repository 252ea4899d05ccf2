#!/bin/sh
# fab-put copies files to hosts, whole or not at all.
# shellcheck disable=SC1003 # a backslash in quotes is one
. "${0%/*}/../support/lib.sh"

host web1
host web2
S=$T/scratch/src
mkdir -p "$S"
D=$(seen_dir web1)/in
mkdir "$(host_dir web1)/in" "$(host_dir web2)/in"
H=$(host_dir web1)/in
chmod 777 "$H" "$(host_dir web2)/in"

# A file on a host, as its user has put it there.
mode_of()
{
	stat -c %a "$1"
}

echo hello >"$S/a"
chmod 640 "$S/a"
run fab-put web1 "$S/a" "$D/"
status_is 0 'a file is copied into a directory'
out_is '' 'and nothing is said'
err_is '' 'on either stream'
ok 'as it is' cmp "$S/a" "$H/a"
is "$(mode_of "$H/a")" 640 'with its mode'
run fab-put web1 "$S/a" "$D/b"
ok 'or under a new name' cmp "$S/a" "$H/b"
run fab-put -m 4755 web1 "$S/a" "$D/m"
is "$(mode_of "$H/m")" 4755 '-m sets the mode'
touch -d 2001-02-03T04:05:06Z "$S/a"
run fab-put --times web1 "$S/a" "$D/t"
is "$(stat -c %Y "$H/t")" 981173106 '--times keeps the time'
run fab-put web1 "$S/a" "$D/new/"
ok 'a slash at the end makes the directory' cmp "$S/a" "$H/new/a"
run fab-put web1 "$S/a" "$D/none/x"
status_is 1 'a directory that is not there is 1'
err_like "^fab-put: web1: $D/none/x: no such file or directory\$" \
	'and is named'
run fab-put web1 "$S/a" "$D/b/"
status_is 1 'a file is no directory'
run fab-put web1 "$S/a" "$S/a" "$D/none"
status_is 1 'several sources want a directory'
echo two >"$S/two"
run fab-put web1 "$S/a" "$S/two" "$D"
ok 'several sources go into one' cmp "$S/two" "$H/two"
run fab-put web1 a-relative-name-that-is-not-there "$D"
status_is 1 'a source that is not there is 1'
err_is 'fab-put: a-relative-name-that-is-not-there: No such file or directory' \
	'and named once'
run fab-put -H web1,web2 "$S/a" "$D/none/x"
status_is 1 'what fails on both hosts is 1'
err_like '^fab-put: 2 of 2 hosts failed: web\[1-2\]$' 'with a summary'
mkdir "$S/dir"
run fab-put web1 "$S/dir" "$D"
status_is 1 'a directory without -r is 1'
err_like 'is a directory, which -r copies' 'and the message says what to do'

# Trees.
mkdir -p "$S/tree/sub/deep" "$S/tree/empty"
echo x >"$S/tree/x"
: >"$S/tree/sub/nothing"
ln -s x "$S/tree/link"
ln -s /etc/passwd "$S/tree/sub/away"
ln -s nowhere "$S/tree/sub/dangling"
long=$(printf '%0255d' 0)
for name in 'a b' '-dash' "it's" '$(x)' "$long" "$(printf 'new\nline')" \
	"$(printf 'bad\377utf8')" '*' '\'; do
	echo "$name" >"$S/tree/sub/deep/$name"
done
chmod 555 "$S/tree/sub"
run fab-put -r web1 "$S/tree" "$D"
status_is 0 'a tree is copied'
ok 'with all that is in it' diff -r --no-dereference "$S/tree" "$H/tree"
is "$(mode_of "$H/tree/sub")" 555 'and the modes of its directories'
run fab-put -r web1 "$S/tree" "$D/other"
ok 'or under a new name' diff -r --no-dereference "$S/tree" "$H/other"
chmod 755 "$H/tree/sub" "$H/other/sub" "$S/tree/sub"
run fab-put -r web1 "$S/tree/." "$D/other"
status_is 0 'and again, onto itself'
(cd "$S/tree" && fab-put -r web1 . "$D/dot/")
ok 'what is in . goes into the target' \
	diff -r --no-dereference "$S/tree" "$H/dot"
ok 'and no temporary files stay' \
	[ -z "$(find "$H" -name '.fab-*')" ]
chmod 755 "$H/dot/sub"
mkdir "$H/tree/y" && echo y >"$S/tree/y"
run fab-put -r web1 "$S/tree" "$D"
status_is 1 'a file does not replace a directory'
err_like "^fab-put: web1: $D/tree/y: is a directory\$" 'which is named'
rm -r "$S/tree/y" "$H/tree/y"
rm -r "$H/tree/empty" && ln -s / "$H/tree/empty"
echo in >"$S/tree/empty/in"
run fab-put -r web1 "$S/tree" "$D"
status_is 1 'a link in the place of a directory is not followed'
ok 'and nothing goes through it' [ ! -e /in ]
err_like "^fab-put: web1: $D/tree/empty: is not a directory\$" 'but told'
rm "$S/tree/empty/in"
mkfifo "$S/tree/fifo"
run fab-put -r web1 "$S/tree" "$D/fifo"
status_is 0 'a pipe in a tree is left out'
err_like 'fifo: neither a file nor a directory' 'with a note'
rm "$S/tree/fifo"

# A directory with a default access control list has an umask of its own.
mkdir -p "$S/acl/a" "$S/acl/b" "$H/acl/b"
chmod 777 "$H/acl" "$H/acl/b"
i=0
while [ $i -lt 300 ]; do
	echo $i >"$S/acl/a/$i"
	i=$((i + 1))
done
echo b >"$S/acl/b/b"
chmod 644 "$S/acl/a"/* "$S/acl/b/b"
if python3 - "$H/acl/b" <<'END'; then
import os, struct, sys
entry = lambda tag, bits: struct.pack("<HHI", tag, bits, 0xffffffff)
os.setxattr(sys.argv[1], "system.posix_acl_default", struct.pack("<I", 2)
            + entry(1, 6) + entry(4, 4) + entry(0x20, 0))
END
	run fab-put -r web1 "$S/acl/a" "$S/acl/b" "$D/acl"
	status_is 0 'a tree is copied over one with access control lists'
	is "$(mode_of "$H/acl/b/b")" 644 'and each file has its mode'
else
	skip 'needs access control lists' 'each file has its mode'
fi 2>/dev/null

# Home directories.
home=$(on web1 'echo ~root' 2>/dev/null)
run fab-put web1 "$S/a" "~root/none/x"
status_is 1 '~USER is the home directory of a user'
err_like "^fab-put: web1: $home/none/x: " 'as the host has it'
run fab-put web1 "$S/a" '~nobody-of-that-name/x'
status_is 1 'one that is not known is 1'
err_like '~nobody-of-that-name: the host does not know that user$' 'and named'
run fab-get web1 '~root/none*' "$T/scratch/"
err_like "^fab-get: web1: $home/none\*: nothing matches$" 'a get has it too'

# Standard input, placeholders.
input=$S/a
run fab-put web1 - "$D/stdin"
ok 'standard input is a source' cmp "$S/a" "$H/stdin"
if [ "$is_root" ]; then # else both hosts have one file system
	run fab-put web1,web2 - "$D/stdin2"
	ok 'of several hosts' cmp "$S/a" "$(host_dir web2)/in/stdin2"
fi
echo piped | fab-put web1 - "$D/stdin"
is "$(cat "$H/stdin")" piped 'from a pipe too'
run fab-put web1 - "$D/"
status_is 125 'it has no name of its own'
input=/dev/null
echo one >"$S/web1.conf"
echo two >"$S/web2.conf"
for name in web1 web2; do
	run fab-put $name "$S/%h.conf" "$(seen_dir $name)/in/conf"
done
is "$(cat "$H/conf" "$(host_dir web2)/in/conf")" "$(printf 'one\ntwo')" \
	'%h in a source is the host'
rm "$S/web2.conf"
run fab-put web1,web2 "$S/%h.conf" "$D/conf"
status_is 1 'a source that one host lacks is its failure'
err_like '^fab-put: 1 of 2 hosts failed: web2$' 'alone'

# -v, --changed.
run fab-put -v web1 "$S/a" "$D/b"
err_like "^fab-put: web1: sent $D/b\$" '-v lists what was sent'
run fab-put --changed "$T/changed" web1,web2 "$S/a" "$D/"
is "$(cat "$T/changed")" "$(printf 'web1\nweb2')" '--changed lists hosts'

ln -s changed "$T/also"
run fab-put --changed "$T/also" web1 "$S/a" "$D/"
is "$(readlink "$T/also") $(cat "$T/changed")" 'changed web1' 'through a link'
mkfifo "$T/scratch/fifo"
rm "$H/a"
run fab-put --changed "$T/scratch/fifo" web1 "$S/a" "$D/"
status_is 125 'a pipe is not replaced by a list'
err_is "fab-put: --changed $T/scratch/fifo: not a regular file" 'but named'
run fab-put --changed "$T/none/x" web1 "$S/a" "$D/"
err_is "fab-put: --changed $T/none/x: No such file or directory" \
	'a directory that is not there, too'
ok 'before anything is copied' [ ! -e "$H/a" ]

# What has a name has its bytes, after a power cut too: a server that tells
# what it does.
server=$(ls /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server \
	/usr/lib/ssh/sftp-server 2>/dev/null)
mkdir -p "$T/hosts/logs/told" "$T/hosts/logs/in"
chmod 777 "$T/hosts/logs/told" "$T/hosts/logs/in"
host logs \
	"ForceCommand $server -e -l VERBOSE 2>>$(seen_dir logs)/told/sftp"
log=$(host_dir logs)/told/sftp
if [ "$server" ]; then
	run fab-put logs "$S/a" "$D/"
	like "$log" '^fsync ".*/in/\.fab-' 'a file is forced to the disk'
	ok 'before it gets its name' [ "$(grep -n '^fsync ' "$log" |
		cut -d: -f1)" -lt "$(grep -n '^posix-rename ' "$log" |
		cut -d: -f1)" ]
	mkdir "$S/lots"
	head -c 2000000 /dev/urandom >"$S/lots/large"
	i=0
	while [ $i -lt 100 ]; do
		echo $i >"$S/lots/$i"
		i=$((i + 1))
	done
	: >"$log"
	run fab-put -r logs "$S/lots" "$D/"
	is "$(grep -c '^fsync ' "$log")" 1 'of many, only those that are large'
	rm -r "$S/lots"
fi

# -c: send what differs.
host only 'ForceCommand internal-sftp'
mkdir "$(host_dir only)/in"
chmod 777 "$(host_dir only)/in"
head -c 100000 /dev/urandom >"$S/tree/sub/deep/larger"
for name in web1 only; do
	into=$(host_dir $name)/in/c
	to=$(seen_dir $name)/in
	run fab-put -c -v -r $name "$S/tree" "$to/c"
	status_is 0 "-c on $name copies what is not there"
	ok 'as it is' diff -r --no-dereference "$S/tree" "$into"
	run sh -c 'cd "$0" && exec fab-put -c -v -r --changed "$1" "$2" . "$3"' \
		"$S/tree" "$T/changed" $name "$to/c"
	status_is 0 'again'
	is "$(grep -c ': unchanged ' "$T/err")" 15 'all of it is unchanged'
	unlike "$T/err" ': sent ' 'and nothing is sent'
	is "$(cat "$T/changed")" '' '--changed lists no host'
	sed -i 's/^/X/' "$into/x"
	printf Y | dd of="$into/sub/deep/larger" conv=notrunc bs=1 seek=70000 \
		2>/dev/null
	ln -sf elsewhere "$into/link"
	chmod 600 "$into/sub/deep/a b"
	run sh -c 'cd "$0" && exec fab-put -c -v -r --changed "$1" "$2" . "$3"' \
		"$S/tree" "$T/changed" $name "$to/c"
	is "$(grep ': sent ' "$T/err" | sort | sed 's/.*sent //')" \
		"$(printf "$to/c/%s\n" link 'sub/deep/a b' sub/deep/larger x)" \
		'what differs is sent, in contents or in mode'
	ok 'and then is the same' diff -r --no-dereference "$S/tree" "$into"
	is "$(cat "$T/changed")" $name '--changed lists the host'
	head -c 3000000 /dev/urandom >"$S/large"
	run fab-put -c $name "$S/large" "$to/large"
	status_is 0 'a large file is looked at in the end'
	ok 'and is the same' cmp "$S/large" "$(host_dir $name)/in/large"
done

run fab-put --sudo only "$S/a" "$(seen_dir only)/in/"
status_is 126 'an account without a shell has no sudo'
err_is 'fab-put: only: sudo: This service allows sftp connections only.' \
	'as the host says'

# Sparse files.
truncate -s 5G "$S/sparse"
printf end | dd of="$S/sparse" bs=1 seek=5368709117 conv=notrunc 2>/dev/null
printf middle | dd of="$S/sparse" bs=1 seek=3000000000 conv=notrunc 2>/dev/null
run fab-put web1 "$S/sparse" "$D/sparse"
status_is 0 'a sparse file of 5 GB is copied'
is "$(stat -c %s "$H/sparse")" 5368709120 'whole'
is "$(dd if="$H/sparse" bs=1 skip=3000000000 count=6 2>/dev/null)" middle \
	'with what is in it'
ok 'and stays sparse' [ "$(stat -c %b "$H/sparse")" -lt 10000 ]
rm -f "$H/sparse"

# Sizes that say nothing.
for name in /proc/version /sys/kernel/mm/transparent_hugepage/enabled; do
	[ -r $name ] || continue
	run fab-put web1 $name "$D/attribute"
	ok "${name%/*/*/*} is copied to its end" cmp $name "$H/attribute"
done
truncate -s 8000 "$S/hole"
run fab-put web1 "$S/hole" "$D/hole"
ok 'and a hole' cmp "$S/hole" "$H/hole"

# Wrong usage.
run fab-put web1 "$S/a"
status_is 125 'no target is 125'
run fab-put -m 999 web1 "$S/a" "$D"
status_is 125 'a mode that is none is 125'
run fab-put --rate x web1 "$S/a" "$D"
status_is 125 'a rate that is none is 125'
run fab-put --owner 'a b' web1 "$S/a" "$D"
status_is 125 'an owner that is none is 125'
run fab-put web1 -r "$S/a" "$D"
status_is 125 'options behind the hosts are 125'

# Two that would be one.
mkdir "$S/pair" && echo other >"$S/pair/a"
run fab-put web1 "$S/a" "$S/pair/a" "$D/"
status_is 1 'sources of the same name are refused'
err_like '/a and .*/pair/a: both would be a$' 'and named'
run fab-put web1 "$S/a" "$D/a"
run fab-put web1 "$S/a" "$D/a/"
status_is 1 'a file is no directory'
err_like '/a/: is not a directory$' 'and that is said'

done_testing
