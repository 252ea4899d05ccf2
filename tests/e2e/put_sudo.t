#!/bin/sh
# fab-put and fab-get with sudo's rights.
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

# -c with sudo.
mkdir "$S/tree" && echo 1 >"$S/tree/1" && echo 2 >"$S/tree/2"
chmod 600 "$S/tree/1"
run fab-put --sudo -c -v -r --sudo-password-file "$T/password" pw@web1 \
	"$S/tree" /etc/
run fab-put --sudo -c -v -r --sudo-password-file "$T/password" pw@web1 \
	"$S/tree" /etc/
is "$(grep -c ': unchanged ' "$T/err")" 2 '-c compares with sudo'"'"'s rights'

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

done_testing
