#!/bin/sh
# fab-put and fab-get with sudo's rights.
# shellcheck disable=SC1003 # a backslash in quotes is one
. "${0%/*}/../support/lib.sh"
need_root 'a host with sudo users of its own'
need_tool sudo

host web1
S=$T/scratch/src
G=$T/scratch/got
mkdir -p "$S" "$G"
log=$(host_dir web1)/sudo.log
umask 077
printf '%s\n' "$PASSWORD" >"$T/password"
printf '%s\n' wrong >"$T/wrong"
umask 022

seen=0
new_log()
{
	tail -n "+$((seen + 1))" "$log" >"$T/new"
	seen=$(wc -l <"$log")
}

echo secret >"$S/a"
chmod 600 "$S/a"
run fab-put web1 "$S/a" /etc/fab-test
status_is 1 'without --sudo /etc is closed'
run fab-put --sudo web1 "$S/a" /etc/fab-test
status_is 0 'with --sudo it is not'
err_is '' 'and nothing is said'
run on web1 "stat -c '%U:%G %a' /etc/fab-test"
out_is 'root:root 600' 'the file is root'"'"'s, with its mode'
run fab-get web1 /etc/fab-test "$G/"
status_is 1 'without --sudo it cannot be read'
run fab-get --sudo web1 /etc/fab-test "$G/"
ok 'with --sudo it can' cmp "$S/a" "$G/fab-test"
is "$(stat -c %a "$G/fab-test")" 600 'and keeps its mode'

new_log
run fab-put --sudo --sudo-password-file "$T/password" pw@web1 "$S/a" /etc/pwd
status_is 0 'a password is sent'
new_log
is "$(grep -c 'pw : ' "$T/new")" 1 'once'
run fab-put --sudo-password-file "$T/wrong" pw@web1 "$S/a" /etc/pwd2
status_is 126 'a wrong one is 126'
new_log
is "$(grep -c 'pw : ' "$T/new")" 1 'and tried once'
run fab-put --sudo plain@web1 "$S/a" /etc/pwd2
status_is 126 'a user who is not in sudoers is 126'
run fab-put -u plain web1 "$S/a" /home/plain/
status_is 0 '-u names the user'
run on web1 "sudo stat -c '%U:%G %a' /home/plain/a"
out_is 'plain:plain 600' 'whose file it is'

# The owner is kept, or set.
as_root_on web1 sh -c 'echo old >/etc/kept && chown pw:plain /etc/kept &&
	chmod 666 /etc/kept'
run fab-put --sudo web1 "$S/a" /etc/kept
run on web1 "stat -c '%U:%G %a' /etc/kept"
out_is 'pw:plain 600' 'a file that is replaced keeps its owner'
run fab-put --sudo --owner plain:pw -m 4750 web1 "$S/a" /etc/kept
run on web1 "stat -c '%U:%G %a' /etc/kept"
out_is 'plain:pw 4750' '--owner sets it, and leaves the set-user-ID bit'
run fab-put --sudo --owner plain web1 "$S/a" /etc/kept
run on web1 "stat -c '%U:%G %a' /etc/kept"
out_is 'plain:plain 600' 'a user without a group has his own'
run fab-put --sudo --owner 12:34 web1 "$S/a" /etc/kept
run on web1 "stat -c '%u:%g' /etc/kept"
out_is 12:34 'numbers are taken as they are'
run fab-put --sudo --owner nobody-of-that-name web1 "$S/a" /etc/kept
status_is 1 'an owner that the host does not know is 1'
err_like 'the host does not know that user' 'and the message says so'
run fab-put --owner pw:pw web1 "$S/a" /home/deploy/
status_is 1 'an owner that we may not give is 1'
run on web1 'ls -A /home/deploy'
out_is '' 'and leaves nothing'
run fab-put web1 "$S/a" /home/deploy/
run fab-put -c --owner pw:pw web1 "$S/a" /home/deploy/
status_is 1 'nor to a file with the same contents'
err_is 'fab-put: web1: /home/deploy/a: permission denied' 'which is named'
on web1 rm /home/deploy/a

# Others cannot read it on the way.
head -c 8000000 /dev/urandom >"$S/big"
chmod 644 "$S/big"
start fab-put --sudo --rate 4M web1 "$S/big" /home/deploy/big
# shellcheck disable=SC2016 # for the host
wait_for 10 on web1 'set -- /home/deploy/.fab-*; [ -e "$1" ] &&
	[ $(stat -c %s "$1") -gt 100000 ]'
run on web1 'stat -c %a /home/deploy/.fab-*'
out_is 600 'what is on its way is for its owner alone'
finish
status_is 0 'until it is there'

# A part that is not ours is not gone on with: in a directory that others may
# write to, what has such a name may be a link.
cut_big()
{
	as_root_on web1 sh -c 'rm -f /srv/open/big /srv/open/.fab-*'
	start fab-put "$@" --rate 4M web1 "$S/big" /srv/open/big
	# shellcheck disable=SC2016 # for the host
	wait_for 10 on web1 'set -- /srv/open/.fab-*; [ -e "$1" ] &&
		[ $(stat -c %s "$1") -gt 2000000 ]'
	kill -KILL "$started"
	finish 2>/dev/null
}
as_root_on web1 sh -c 'mkdir -m 1777 /srv/open &&
	head -c 2000000 /dev/zero >/etc/victim && chmod 600 /etc/victim'
cut_big --sudo
# shellcheck disable=SC2016 # for the host
as_root_on web1 sh -c 'cd /srv/open && set -- .fab-* && rm "$1" &&
	ln -s /etc/victim "${1%????????????}000000000000"'
run fab-put --sudo --resume web1 "$S/big" /srv/open/big
status_is 0 'a link in the place of a part does not stop a copy'
run on web1 'cat /srv/open/big'
ok 'which is whole' cmp "$S/big" "$T/out"
run on web1 'stat -c %F /srv/open/big; sudo stat -c "%s %a" /etc/victim'
out_is "$(printf 'regular file\n2000000 600')" \
	'and nothing goes through the link'
cut_big --sudo
# shellcheck disable=SC2016 # for the host
as_root_on web1 sh -c 'cd /srv/open && set -- .fab-* && chown plain "$1"'
run fab-put --sudo --resume web1 "$S/big" /srv/open/big
run on web1 'stat -c %U /srv/open/big'
out_is root 'nor with what is another user'"'"'s'
as_root_on web1 chmod 777 /srv/open
cut_big --sudo
run fab-put --resume web1 "$S/big" /srv/open/big
status_is 0 'one that we may not write to is begun anew'
run on web1 'cat /srv/open/big; ls -A /srv/open >&2'
ok 'to the end' cmp "$S/big" "$T/out"
err_is big 'and nothing else stays'

# -c with sudo.
mkdir "$S/tree" && echo 1 >"$S/tree/1" && echo 2 >"$S/tree/2"
chmod 600 "$S/tree/1"
run fab-put --sudo -c -v -r --sudo-password-file "$T/password" pw@web1 \
	"$S/tree" /etc/
sudos=$(grep -c 'USER=root' "$(host_dir web1)/sudo.log")
run fab-put --sudo -c -v -r --sudo-password-file "$T/password" pw@web1 \
	"$S/tree" /etc/
is "$(grep -c ': unchanged ' "$T/err")" 2 '-c compares with sudo'"'"'s rights'
is "$(grep -c 'USER=root' "$(host_dir web1)/sudo.log")" $((sudos + 1)) \
	'sudo is started once, so its password goes once'
sudos=$((sudos + 1))
head -c 2000000 /dev/urandom >"$S/two"
run fab-put --sudo -c -v --sudo-password-file "$T/password" pw@web1 \
	"$S/two" /etc/
status_is 0 'also where what was sent is compared'
run fab-get --sudo -c --sudo-password-file "$T/password" pw@web1 /etc/two \
	"$T/two"
ok 'and what was fetched' cmp -s "$S/two" "$T/two"
is "$(grep -c 'USER=root' "$(host_dir web1)/sudo.log")" $((sudos + 2)) \
	'once for each copy'

# SELinux: a stand-in for restorecon writes down what it is called with.
as_root_on web1 sh -c 'cat >/usr/local/sbin/restorecon && chmod 755 \
	/usr/local/sbin/restorecon' <<'END'
#!/bin/sh
for p; do echo "<$p>"; done >>/run/host/labels
END
labels=$(host_dir web1)/labels
as_root_on web1 sh -c 'mkdir -p /srv/old/tree && echo x >/srv/old/other &&
	echo x >/srv/old/tree/other'
run fab-put --sudo -r web1 "$S/a" "$S/tree" /srv/old/
status_is 0 'a copy to a host with restorecon'
is "$(sort "$labels")" "$(printf '%s\n' '<-->' '</srv/old/a>' \
	'</srv/old/tree/1>' '</srv/old/tree/2>')" \
	'gives what was copied its context, and nothing else'
rm "$labels"
echo 3 >"$S/tree/2"
run fab-put --sudo -c -r web1 "$S/tree" /srv/old/
is "$(cat "$labels")" "$(printf '%s\n' '<-->' '</srv/old/tree/2>')" \
	'nor what was found unchanged'
rm "$labels"
nl='
'
mkdir "$S/new" && echo 1 >"$S/new/-f a${nl}b"
run fab-put --sudo -r web1 "$S/new" "$S/a" /srv/made/
is "$(sort "$labels")" "$(printf '%s\n' '<-->' "</srv/made/new/-f a${nl}b>" \
	'</srv/made/a>' '</srv/made/new>' '</srv/made/>' | sort)" \
	'directories that were made are among it, and names are whole'
rm "$labels"
run fab-put --sudo --sudo-password-file "$T/password" pw@web1 "$S/a" relative
is "$(sed -n 2p "$labels")" '<relative>' 'names may be relative'
rm "$labels"
start fab-put --sudo --rate 200K -r web1 "$S/new" "$S/big" /srv/made/
wait_for 10 on web1 'sudo grep -q made /tmp/.fab-*/paths'
kill -KILL "$started"
finish 2>/dev/null
wait_for 10 [ -e "$labels" ]
is "$(grep -c big "$labels")" 0 'a copy that is killed labels what has come'
# shellcheck disable=SC2016 # for the host
wait_for 10 on web1 'set -- /tmp/.fab-*; ! [ -e "$1" ]'
as_root_on web1 rm /usr/local/sbin/restorecon
run fab-get --sudo web1 /srv/old/a "$G/"
run on web1 'ls -d /tmp/.fab-*'
out_is '' 'and leaves no list'

# A host whose sftp-server is not to be found: sshd's own, within it, is of no
# use to sudo.  A shell does the work then.
host web2
as_root_on web2 sh -c 'rm -f /usr/lib/openssh/sftp-server \
	/usr/libexec/openssh/sftp-server /usr/libexec/sftp-server \
	/usr/lib/ssh/sftp-server /usr/lib/sftp-server'
log=$(host_dir web2)/sudo.log
: >>"$log"
seen=0
new_log
run fab-put --sudo --sudo-password-file "$T/password" pw@web2 "$S/a" /etc/pwd
status_is 0 'where there is no sftp-server, a file is put'
err_is '' 'and nothing is said'
run on web2 "stat -c '%U:%G %a' /etc/pwd"
out_is 'root:root 600' 'with its owner and mode'
new_log
is "$(grep -c 'pw : ' "$T/new")" 1 'by one sudo'
run fab-get --sudo --sudo-password-file "$T/password" pw@web2 /etc/pwd "$G/pwd"
status_is 0 'and got'
ok 'as it is' cmp "$S/a" "$G/pwd"
run fab-put --sudo-password-file "$T/wrong" pw@web2 "$S/a" /etc/pwd2
status_is 126 'a wrong password is 126'
run fab-put -u plain web2 "$S/a" /home/plain/
run on web2 "sudo stat -c '%U:%G %a' /home/plain/a"
out_is 'plain:plain 600' '-u names the user'
as_root_on web2 sh -c 'echo old >/etc/kept && chown pw:plain /etc/kept &&
	chmod 666 /etc/kept'
run fab-put --sudo web2 "$S/a" /etc/kept
run on web2 "stat -c '%U:%G %a' /etc/kept"
out_is 'pw:plain 600' 'a file that is replaced keeps its owner'
touch -d 2001-02-03T04:05:06Z "$S/a"
run fab-put --sudo --owner plain:pw -m 4750 --times web2 "$S/a" /etc/kept
run on web2 "stat -c '%U:%G %a %Y' /etc/kept"
out_is 'plain:pw 4750 981173106' '--owner, -m and --times are as always'
ln -s /etc/passwd "$S/tree/away"
ln -s -- -dash "$S/tree/link"
: >"$S/tree/nothing"
mkdir "$S/tree/sub"
for name in 'a b' '-dash' "it's" '$(x)' "$(printf '%0255d' 0)" \
	"$(printf 'new\nline')" "$(printf 'bad\377\201utf8')" '*' '\'; do
	echo "$name" >"$S/tree/sub/$name"
done
i=0
while [ $i -lt 40 ]; do
	echo $i >"$S/tree/$i"
	i=$((i + 1))
done
head -c 700000 /dev/urandom >"$S/tree/larger"
truncate -s 5G "$S/tree/sparse"
printf end | dd of="$S/tree/sparse" bs=1 seek=3000000000 conv=notrunc 2>/dev/null
run fab-put --sudo -r web2 "$S/tree" /srv/new/
status_is 0 'a tree is put'
err_is '' 'without a word'
run on web2 "stat -c %s /srv/new/tree/sparse; stat -c %b /srv/new/tree/sparse"
ok 'a sparse file stays sparse' [ "$(sed -n 2p "$T/out")" -lt 10000 ]
as_root_on web2 rm /srv/new/tree/sparse
rm "$S/tree/sparse"
rm -rf "$G/tree"
run fab-get --sudo -r web2 /srv/new/tree "$G"
status_is 0 'and got'
ok 'as it is' diff -r --no-dereference "$S/tree" "$G/tree"
run fab-put --sudo -c -v -r web2 "$S/tree" /srv/new
is "$(grep -c ': unchanged ' "$T/err")" "$(find "$S/tree" ! -type d -printf x | wc -c)" \
	'-c finds it unchanged'
run fab-get --sudo -c -v -r web2 /srv/new/tree "$G"
unlike "$T/err" ': sent ' 'in both directions'
run fab-get --sudo web2 '/srv/new/tree/1?' "$G/"
status_is 0 'a pattern is matched'
run fab-get --sudo web2 /proc/version "$G/version"
ok 'a file without a length is got' cmp /proc/version "$G/version"
run fab-put --sudo web2 "$S/a" /none/x
status_is 1 'a directory that is not there is 1'
err_like '^fab-put: web2: /none/x: no such file or directory$' 'and named'
run fab-put -u plain web2 "$S/a" /etc/plain
err_like '^fab-put: web2: /etc/plain: permission denied$' 'so is missing right'
run fab-put --sudo web2 "$S/a" '~plain/'
run on web2 'sudo ls ~plain/a'
out_is /home/plain/a 'home directories are known'
run fab-put --sudo web2 "$S/a" '~none-such/'
err_like '~none-such: the host does not know that user$' 'those that are there'
run fab-put --sudo web2 "$S/a" /srv/new/tree
run fab-put --sudo -r web2 "$S/tree/sub" "$S/a" /srv/new/tree/a/
status_is 1 'a file is no directory'
run fab-get --sudo web2 /srv/none "$G/"
status_is 1 'a source that is not there is 1'
as_root_on web2 sh -c 'mkdir /srv/small &&
	mount -t tmpfs -o size=2m tmpfs /srv/small && echo old >/srv/small/big'
run fab-put --sudo web2 "$S/big" /srv/small/big
status_is 1 'a full disk is 1'
err_like '^fab-put: web2: /srv/small/big: no space left' 'and named'
run on web2 'cat /srv/small/big; ls -A /srv/small'
out_is "$(printf 'old\nbig')" 'the old file is there, and no part'

# On its way it is for its owner alone, in the place where it will be; what is
# cut stays for --resume.
start fab-put --sudo --rate 4M web2 "$S/big" /home/deploy/big
# shellcheck disable=SC2016 # for the host
wait_for 10 on web2 'set -- /home/deploy/.fab-*; [ -e "$1" ] &&
	[ $(stat -c %s "$1") -gt 3000000 ]'
run on web2 'stat -c "%a %U" /home/deploy/.fab-*'
out_is '600 root' 'what is on its way is for its owner alone'
kill -KILL "$started"
finish 2>/dev/null
run fab-put --sudo --resume --json web2 "$S/big" /home/deploy/big
status_is 0 '--resume goes on'
out_like '"bytes":[1-5][0-9]{6}}' 'with what is missing alone'
run on web2 'cat /home/deploy/big; ls -A /home/deploy >&2'
ok 'to the end' cmp "$T/out" "$S/big"
err_is big 'and leaves nothing'
run fab-get --sudo web2 /home/deploy/big -
ok 'to standard output' cmp "$T/out" "$S/big"
input=$S/big
run fab-put --sudo web2 - /srv/stdin
input=/dev/null
run on web2 'sudo cat /srv/stdin'
ok 'and from standard input' cmp "$T/out" "$S/big"
as_root_on web2 sh -c 'cat >/usr/local/sbin/restorecon && chmod 755 \
	/usr/local/sbin/restorecon' <<'END'
#!/bin/sh
for p; do echo "<$p>"; done >>/run/host/labels
END
run fab-put --sudo web2 "$S/a" /srv/labelled
is "$(cat "$(host_dir web2)/labels")" "$(printf '%s\n' '<-->' '</srv/labelled>')" \
	'contexts are put right'
# What dd does not take is no line for the shell.
as_root_on web2 sh -c 'cat >/usr/local/bin/dd && chmod 755 /usr/local/bin/dd' \
	<<-'END'
	#!/bin/sh
	case "$*" in *count=1' '*) kill -9 $$ ;; esac
	exec /usr/bin/dd "$@"
END
{
	echo 'touch /srv/evaluated'
	printf '\ntouch /srv/evaluated\n%.0s' 1 2 3 4 5 6 7 8 9
} >"$S/lines"
run fab-put --sudo web2 "$S/lines" /srv/lines
status_is 255 'where dd is killed, the copy fails'
err_like 'the SFTP server ended' 'and the message says so'
run on web2 'ls -d /srv/evaluated /srv/lines'
out_is '' 'what it was to take is not evaluated'
as_root_on web2 sh -c 'rm /usr/local/bin/dd /usr/local/sbin/restorecon &&
	ln -s /bin/false /usr/local/bin/dd'
run fab-put --sudo web2 "$S/a" /etc/x
status_is 1 'a host without what a shell needs is 1'
err_like 'the host has no sftp-server, and not what' 'and told'

done_testing
