#!/bin/sh
# What an OpenSSH server may be told to allow, forbid and do of its own.
. "${0%/*}/../support/lib.sh"

here=$(seen_dir forced)
host forced "ForceCommand echo run >>$here/runs; eval \"\$(cat $here/what)\""
host timeouts 'ChannelTimeout session:command=1s session:shell=1s'
host alive 'ClientAliveInterval 1' 'ClientAliveCountMax 2'
host rekeys 'RekeyLimit 256K'
host one_try 'MaxAuthTries 1'
host one 'MaxSessions 1'
host none 'MaxSessions 0'
host strict 'DisableForwarding yes' 'PermitTTY no'
host nobody 'AllowUsers nobody-else'
head -c 3000000 /dev/urandom >"$T/noise"
sum=$(sha256sum <"$T/noise")

# forced COMMAND: what the server runs from now on.
forced()
{
	echo "$1" >"$(host_dir forced)/what"
	rm -f "$(host_dir forced)/runs"
}
[ "$is_root" ] && chmod 777 "$(host_dir forced)"
runs()
{
	grep -c run "$(host_dir forced)/runs"
}

# -- ForceCommand --

forced 'echo "$SSH_ORIGINAL_COMMAND"; exit 5'
run fab-run forced 'echo  two words; true'
status_is 5 'a forced command has its status'
out_is 'echo  two words; true' 'and was told the line, just as it is'
is "$(runs)" 1 'it runs once'
run fab-run forced echo 'a b' '$HOME'
out_is "echo 'a b' '\$HOME'" 'or the words'
forced 'sha256sum'
input=$T/noise
run fab-run forced true
out_is "$sum" 'it gets our input'
input=/dev/null
forced 'kill -KILL $$'
run fab-run forced true
status_is 137 'its signal is told'
forced 'exec sleep 7796'
run fab-run -T 1 forced true
status_is 124 '-T ends the run'
# A server tells of a command that belongs to a key, and of no other: one that
# its configuration forces is started again by what should signal it, for TERM
# and for KILL. From 1.11 on libssh2 can ask the server for a signal first,
# which refuses it here.
ok 'the command is started again at most twice' [ "$(runs)" -le 3 ]
for pid in $(marked 'sleep 7796'); do kill "$pid" 2>/dev/null; done
for forced in cat 'echo not SFTP at all; cat' true 'exit 3' 'echo no >&2'; do
	forced "$forced"
	run timeout 20 fab-put forced "$T/noise" "/tmp/never-$$"
	status_is 255 "sftp that is '$forced' is 255"
	err_like '^fab-put: forced: .*SFTP' 'and told'
done

# -- A chroot for sftp --

if [ "$is_root" ]; then
	host jail 'Match User deploy' 'ChrootDirectory /run/jail' \
		'ForceCommand internal-sftp' 'Match User plain' \
		'AllowTcpForwarding no' 'Match all'
	as_root_on jail sh -c 'mkdir -p /run/jail/in /run/jail/locked
		chown deploy /run/jail/in'
	run fab-put jail "$T/noise" /in/
	status_is 0 'a file is put into a chroot'
	is "$(as_root_on jail sha256sum </dev/null /run/jail/in/noise |
		cut -d' ' -f1)" "${sum%% *}" 'and is whole'
	run fab-get jail /in/noise "$T/got"
	status_is 0 'and got'
	is "$(sha256sum <"$T/got")" "$sum" 'and is whole'
	run fab-put -c jail "$T/noise" /in/
	status_is 0 'with -c, where no command can look at it'
	echo x >>"$T/noise"
	run fab-put -c jail "$T/noise" /in/
	status_is 0 'also when it has changed'
	is "$(as_root_on jail cat /run/jail/in/noise | sha256sum)" \
		"$(sha256sum <"$T/noise")" 'and is the new one'
	run fab-put jail "$T/noise" /locked/
	status_is 1 'where nobody may write, it is 1'
	err_like '^fab-put: jail: /locked/.*[Pp]ermission denied' \
		'with the path and the reason'
	run fab-run jail true
	status_is 1 'a command is what the server makes of it'
	like "$T/out" 'allows sftp connections only' 'with its words'
	run fab-sudo jail true
	ok 'and none under sudo' [ "$status" -ne 0 ]
	run fab-run -l plain -o ExitOnForwardFailure=yes -R 0:localhost:1 jail true
	status_is 255 'Match for a user is for that user'
	run fab-run -l root -o ExitOnForwardFailure=yes -R 0:localhost:1 jail \
		'echo in'
	out_is in 'and not for another'
else
	skip 'needs root' 'a file is put into a chroot'
fi

# -- Sessions --

run fab-run none true
status_is 255 'a server that opens no session is 255'
err_like '^fab-run: none: the server opens no session: ' 'and told'
run fab-put none "$T/noise" /tmp/never
status_is 255 'a copy, too'
err_like '^fab-put: none: ' 'and told'
printf '#!/bin/sh\necho script "$@"\n' >"$T/script"
chmod +x "$T/script"
run fab-run -s "$T/script" one a b
out_is 'script a b' 'one session at a time is enough for a script'
run fab-put one "$T/script" "$(seen_dir one)/"
[ "$is_root" ] || status_is 0 'and for a copy'
run fab-run -T 1 one 'sleep 7797'
status_is 124 'where there is room for one alone, -T ends the run'
if "$B/fab-run" --version -v | grep -q signals; then
	err_like 'may still run on the host' 'and says what is left'
else
	ok 'and the command' wait_for 5 none_marked 'sleep 7797'
fi
for pid in $(marked 'sleep 7797'); do kill "$pid" 2>/dev/null; done

if on timeouts true 2>/dev/null; then
	run fab-run timeouts 'sleep 7798'
	status_is 255 'a channel that the server closes in the middle is 255'
	err_like "timeouts: the server closed the command's channel, and told no" \
		'and told'
	for pid in $(marked 'sleep 7798'); do kill "$pid" 2>/dev/null; done
else
	skip 'needs OpenSSH 9.2' 'a channel that the server closes is 255'
fi

# -- Time --

run fab-run alive 'sleep 3; echo in'
out_is in 'a server that asks whether we are there gets its answers'
start fab-run alive 'echo begun; sleep 7799'
wait_for 5 grep -q begun "$T/out"
kill -STOP "$started"
wait_for 10 grep -q 'Timeout, client not responding' \
	"$(host_dir alive)/sshd.log"
kill -CONT "$started"
finish
status_is 255 'one that gave us up while we were stopped is 255'
err_like '^fab-run: alive: .*(lost|closed|ended)' 'and told'
for pid in $(marked 'sleep 7799'); do kill "$pid" 2>/dev/null; done

# -- New keys --

input=$T/noise
run fab-run rekeys 'cat'
status_is 0 'a server that wants new keys all the time gets them'
is "$(sha256sum <"$T/out")" "$(sha256sum <"$T/noise")" \
	'and no byte is lost either way'
ok 'many times' [ "$(grep -c 'rekey' "$(host_dir rekeys)/sshd.log")" -gt 10 ]
input=/dev/null
run fab-put rekeys "$T/noise" /tmp/fab-rekeys-$$
status_is 0 'so does a copy'
run fab-run rekeys "sha256sum </tmp/fab-rekeys-$$; rm -f /tmp/fab-rekeys-$$"
out_is "$(sha256sum <"$T/noise")" 'which is whole'

# -- Login --

ssh-keygen -q -t ed25519 -N '' -f "$T/keys/stranger"
sed "s|IdentityFile .*|IdentityFile $T/keys/stranger\n\tIdentityFile $T/keys/ed25519|" \
	"$T/ssh_config" >"$T/config"
run "$B/fab-run" -F "$T/config" one_try 'echo in'
out_is in 'where one key may be tried, the second has its own connection'
sed "s|IdentityFile .*|IdentityFile $T/keys/stranger|" "$T/ssh_config" \
	>"$T/config"
run "$B/fab-run" -F "$T/config" --json one_try true
like "$T/out" '"status":"auth"' 'where none is right, that is of class auth'
err_like 'one_try: authentication: .*Too many authentication failures' \
	'with the words of the server'
run fab-run --json nobody true
like "$T/out" '"status":"auth"' 'a user who may not log in is of class auth'

# -- Forwarding and terminals --

run fab-run -o ExitOnForwardFailure=yes -R 0:localhost:1 strict true
status_is 255 'with DisableForwarding, -R is 255'
err_like 'strict: -R: the server does not listen' 'and told'
port=$(free_port)
start fab-run -L "$port:localhost:1" strict 'echo begun; read x; echo ended'
wait_for 5 grep -q begun "$T/out"
finish
status_is 0 '-L is not known to be forbidden'
run fab-run -tt strict 'echo in'
status_is 255 'a terminal that is not to be had is 255'
err_like 'strict: the server gives no terminal' 'and told'
done_testing
