#!/bin/sh
# fab-sudo runs a command through the host's own sudo.
. "${0%/*}/../support/lib.sh"
need_root 'a host with sudo users of its own'
need_tool sudo

host web1
host web2
log=$(host_dir web1)/sudo.log
umask 077
printf '%s\n' "$PASSWORD" >"$T/password"
printf '%s\n' 'not the password' >"$T/wrong"
umask 022

# Attempts that sudo has seen on web1 since the last call.
seen=0
new_log()
{
	tail -n "+$((seen + 1))" "$log" >"$T/new"
	seen=$(wc -l <"$log")
}

run fab-sudo web1 id -un
status_is 0 'with NOPASSWD a command runs'
out_is root 'as root'
err_is '' 'and nothing is said'
run fab-sudo web1 'id -un; echo err >&2; exit 3'
status_is 3 'its exit status is ours'
err_is err 'its standard error too'
run fab-sudo -u plain web1 id -un
out_is plain '-u names the user'
run fab-sudo -g plain web1 id -gn
out_is plain '-g names the group'
run fab-sudo web1 'echo x >/etc/fab-test && cat /etc/fab-test'
out_is x 'a line is privileged as a whole'
ok 'and only the host is changed' [ ! -e /etc/fab-test ]
run fab-sudo -C /root web1 pwd
out_is /root '-C applies inside sudo'
run fab-sudo -e 'X=a b' web1 'echo "$X"'
out_is 'a b' '-e applies inside sudo'
run fab-sudo -e PATH=/none web1 'echo $PATH'
out_is /none 'to whatever it sets'
new_log

run fab-sudo --sudo-password-file "$T/password" pw@web1 id -un
status_is 0 'a password from a file is accepted'
out_is root 'and the command runs as root'
err_is '' 'with no prompt and no lecture'
new_log
unlike "$T/new" 'incorrect' 'at the first attempt'

run fab-sudo --sudo-password-file "$T/wrong" pw@web1 'touch /tmp/ran'
status_is 126 'a wrong password is 126'
new_log
is "$(grep -c 'pw : ' "$T/new")" 1 'the host saw one sudo'
like "$T/new" ' 1 incorrect password attempt' 'and exactly one attempt'
err_like '^fab-sudo: .*web1: sudo: ' 'the message has class and host'
run fab-run web1 ls /tmp/ran
ok 'the command did not run' [ "$status" -ne 0 ]
unlike "$T/err" 'not the password' 'the password is in no message'

run fab-sudo pw@web1 true
status_is 126 'no password where one is asked for is 126'
new_log
unlike "$T/new" '[2-9] incorrect' 'with one attempt at most'
run fab-sudo plain@web1 true
status_is 126 'a user who is not in sudoers is 126'
run fab-sudo --sudo-password-file "$T/password" plain@web1 true
status_is 126 'also with a password'
cat "$T/err" >"$T/said"
like "$T/said" 'sudo: ' 'sudo is named in the message'

# sudo quotes the whole command in this refusal, our words too
for user in plain one; do
	run fab-sudo --sudo-password-file "$T/password" $user@web1 'echo ran'
	status_is 126 "what sudo does not allow $user is 126"
	out_is '' 'and does not run'
	err_like '^fab-sudo: .*web1: sudo: ' 'and sudo says why'
done

chmod 644 "$T/password"
run fab-sudo --sudo-password-file "$T/password" pw@web1 true
status_is 125 'a password file that others can read is refused'
chmod 600 "$T/password"

run fab-sudo --sudo-password-file "$T/password" web1 'cat; id -un'
out_is root 'where sudo asks for none, the password goes nowhere'

head -c 5000000 /dev/urandom >"$T/noise"
input=$T/noise
run fab-sudo web1 cat
ok '5 MB of noise pass through sudo' cmp "$T/out" "$T/noise"
run fab-sudo --sudo-password-file "$T/password" pw@web1 cat
ok 'also behind a password' cmp "$T/out" "$T/noise"
run fab-sudo --sudo-password-file "$T/password" pw@web1 sha256sum
out_is "$(sha256sum <"$T/noise")" 'and end with an end of file'
input=/dev/null

. "$SUPPORT/nasty-words.sh"
run fab-sudo web1 printf '<%s>\n' "$@"
ok '28 nasty words pass through sudo' cmp "$T/out" "$T/wanted"
run fab-sudo --sudo-password-file "$T/password" pw@web1 printf '<%s>\n' "$@"
ok 'also behind a password' cmp "$T/out" "$T/wanted"

run fab-sudo --sudo-password-file "$T/password" pw@web1 \
	'printf "[sudo] password for pw: "; head -c 20; echo'
out_is '[sudo] password for pw: ' \
	'a command that prints a prompt gets no password'

run fab-sudo --sudo-password-file "$T/password" -H pw@web1,pw@web2 id -un
status_is 0 'one password serves several hosts'
is "$(sort "$T/out" | tr '\n' ' ')" 'web1: root web2: root ' \
	'and each runs its command'
run fab-sudo --sudo-password-file "$T/wrong" -H pw@web1,pw@web2 true
status_is 126 'a wrong one fails all'
is "$(grep -h -c '1 incorrect' "$log" "$(host_dir web2)/sudo.log" 2>/dev/null |
	awk '{ n += $1 } END { print n - 1 }')" 1 \
	'and is tried on the first alone'

# A user who may run one program only: sudo repeats what it refuses.
host web3
as_root_on web3 sed -i 's,^pw.*,pw ALL=(root) /usr/bin/id,' /etc/sudoers
run fab-sudo --sudo-password-file "$T/password" pw@web3 true
status_is 126 'a command that sudoers does not allow is 126'
err_like '^fab-sudo: web3: sudo: .*not allowed' 'and sudo says so'

# Some hosts ask only once, and so never say "again" about a wrong one.
for host in web1 web2; do
	as_root_on $host sh -c 'echo "Defaults passwd_tries=1" >>/etc/sudoers'
done
new_log
run fab-sudo --sudo-password-file "$T/wrong" -H pw@web1,pw@web2,pw@web3 true
status_is 126 'a wrong password fails all, also where it may be given once'
is "$(grep -c 'was refused on another host' "$T/err")" 2 \
	'and is tried on the first alone'

# A terminal, and nobody who answers.
if command -v script >/dev/null; then
	script -qc "fab-sudo pw@web1 true" /dev/null >"$T/terminal" </dev/null &
	helpers="$helpers $!"
	wait_for 10 grep -q 'Password for sudo' "$T/terminal"
	kill -TERM "$(marked "fab-sudo -F $T/ssh_config pw@web1" | head -n 1)"
	ok 'TERM ends the question for a password' \
		wait_for 3 none_marked "fab-sudo -F $T/ssh_config pw@web1"
else
	skip 'needs script(1)' 'TERM ends the question for a password'
fi

run fab-sudo --sudo-password-file "$T/password" pw@web1 'sleep 0.3; exit 9'
status_is 9 'a status behind a password is ours'
for n in 1 128 137 147 152 192 255; do
	run timeout 10 fab-sudo web1 "exit $n"
	[ "$status" = $n ] || break
done
status_is "$n" 'so is every other, whatever signal it names'
: >"$T/empty"
chmod 600 "$T/empty"
run fab-sudo --sudo-password-file "$T/empty" pw@web1 true
status_is 125 'an empty password file is no password'
run fab-sudo -T 1 web1 'sleep 7773'
status_is 124 '-T ends a command of root'"'"'s with 124'
ok 'and on the host it has ended' wait_for 7 none_marked 'sleep 7773'

cat >"$T/script" <<'END'
#!/bin/sh
id -un
cat
printf '<%s>\n' "$@"
END
echo input >"$T/input"
input=$T/input
run fab-sudo -s "$T/script" -C /root web1 'a b'
out_is "$(printf 'root\ninput\n<a b>')" '-s runs a local script under sudo'
input=/dev/null
run on web1 'ls -A /dev/shm /tmp /run/user 2>/dev/null | grep -i fab'
out_is '' 'and leaves nothing on the host'

done_testing
