#!/bin/sh
# A server that stops, hangs up, says goodbye or talks nonsense, at every stage
# of a connection: the run ends by the deadline that has a name, with a class,
# and with a message that names host, stage and cause; nothing of it reaches a
# terminal as it is, and nothing of it is a success.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/servers.sh"
faults

alive='-o ServerAliveInterval=1 -o ServerAliveCountMax=2'
evil='go away\\x1b\[31m\\x07\\x00\\xff now'
exchange='banner kexinit kex newkeys service'
session='auth open exec status'

# all PREFIX STAGE...: their names as a list of hosts.
all()
{
	_prefix=$1
	shift
	_all=$(printf "$_prefix-%s," "$@")
	echo "${_all%,}"
}

# shellcheck disable=SC2086 # lists of words
{
# -- Silence --

run hasty --json $alive -H "$(all stall $exchange $session),normal" true
status_is 255 'hosts that stop are 255'
ends_as stall-banner connect 'no word from an SSH server in 10 s .*ConnectTimeout'
for stage in kexinit kex newkeys service; do
	ends_as stall-$stage connect \
		'no end of the key exchange in 120 s .*ConnectTimeout'
done
ends_as stall-auth connect 'no end of the login in 120 s'
ends_as stall-open connect 'no command started in 60 s'
ends_as stall-exec connect 'no command started in 60 s'
ends_as stall-status lost 'the connection was lost: no answer in . s .*ServerAliveInterval'
is "$(status_of normal)" ok 'a host beside them is not held back'

# ConnectTimeout is for the key exchange too, as with ssh.
run fab-run --json -o ConnectTimeout=1 -H stall-banner,stall-kex true
ends_as stall-banner connect 'no word from an SSH server in 1 s'
ends_as stall-kex connect 'no end of the key exchange in 1 s'

# -- The end of the connection --

run fab-run --json -H "$(all reset $exchange $session),$(all close \
	$exchange $session)" true
status_is 255 'hosts that hang up are 255'
for how in reset close; do
	# a reset may be there before the connection is looked at
	ends_as $how-banner connect \
		'(the server closed the connection before|.*connect: )'
	for stage in kexinit kex newkeys service; do
		ends_as $how-$stage connect \
			'the server closed the connection during the key exchange'
	done
	# a key that nobody judged was not refused
	ends_as $how-auth lost 'authentication: the server hung up after 1 key$'
	for stage in open exec status; do
		ends_as $how-$stage lost \
			'the (connection was lost|server closed the connection)'
	done
done

run fab-run --json -H "$(all disconnect ${exchange#banner } $session)" true
status_is 255 'hosts that say goodbye are 255'
for stage in kexinit kex newkeys service; do
	ends_as disconnect-$stage connect \
		"key exchange: the server ended the connection: $evil\$"
done
ends_as disconnect-auth auth "authentication: .*hung up after 1 key: $evil\$"
for stage in open exec status; do
	ends_as disconnect-$stage lost ".*the server ended the connection: $evil\$"
done

# -- Nonsense --

run fab-run --json -H "$(all garbage $exchange $session)" true
status_is 255 'hosts that talk nonsense are 255'
ends_as garbage-banner connect 'no SSH server answers there'
for stage in kexinit kex newkeys; do
	ends_as garbage-$stage connect "key exchange: the server's part in it is wrong"
done
ends_as garbage-service connect 'key exchange: what the server sent is damaged'
ends_as garbage-auth lost 'authentication: the server hung up after 1 key'
ends_as garbage-open connect 'the server opens no session: .*damaged'
ends_as garbage-exec connect 'the server starts no command: .*damaged'
ends_as garbage-status lost 'the connection was lost .*damaged'

lengths='0 1 9c41 7fffffff 80000000 ffffffff'
lying=$(for length in $lengths; do
	printf 'length-%s-%s,' $length kexinit $length service $length status
done)
run measured hasty --json $alive -H "${lying%,}" true
status_is 255 'packets that lie about their length are 255'
for length in $lengths; do
	ends_as length-$length-kexinit connect '(key exchange: |no end of the key)'
	ends_as length-$length-service connect 'key exchange: '
	ends_as length-$length-status lost 'the connection was lost'
done
within 60000 'no such length is believed'
run hasty --json -H "$(all empty-message 0 20 31 1 4 255),padding-lie,kexinit-short,kexinit-lie" \
	true
status_is 255 'messages that are none are 255'
is "$(grep -c '"status":"connect"' "$T/out")" 9 'all of them'
}

# -- Greetings --

run fab-run --json -H many-lines,empty-lines,lines-of-megabytes true
status_is 0 'lines before the identification are skipped'
run measured hasty --json -H endless-line,version-1,http,long-banner true
ends_as endless-line connect 'no word from an SSH server in 10 s'
ends_as version-1 connect 'the server speaks version 1 of SSH alone: SSH-1.5-Old'
ends_as http connect 'no SSH server answers there'
# libssh2 1.11 takes it as it is
ok 'an identification of 4000 bytes harms nobody' \
	grep -Eq '"host":"long-banner".*"status":"(ok|connect)"' "$T/out"
within 60000 'a line without an end is not kept'

# -- Key exchange --

run hasty --json -H bad-signature,short-signature,empty-signature,other-key,\
zero-point,short-point,early-success,success-without-keys,service-other true
status_is 255 'a key exchange that goes wrong is 255'
# libssh2 does not tell which of them it was
for what in bad-signature short-signature empty-signature zero-point \
	short-point; do
	ends_as $what connect \
		"key exchange: the server's part in it is wrong, or not signed"
done
ends_as other-key hostkey 'host key: has changed .*known_hosts line'
ends_as early-success connect 'no end of the key exchange'
ends_as success-without-keys connect 'no end of the key exchange'
ends_as service-other connect 'key exchange: '

# -- Login --

run measured hasty --json -H auth-banner,auth-banner-flood,auth-methods-evil,\
auth-methods-long,auth-partial,auth-refused,auth-ignore-flood,auth-stray-flood,\
service-stray-flood true
status_is 255 'a login that goes wrong is 255'
is "$(status_of auth-banner)" ok 'what the server says beside it does not matter'
for what in methods-long partial refused; do
	ends_as auth-$what auth 'authentication: no key was accepted as '
done
ends_as auth-methods-evil lost 'authentication: the server hung up after 1 key'
ends_as auth-banner-flood lost \
	'authentication: .*: the server sends more than anybody asked for'
ends_as auth-ignore-flood connect 'no end of the login in 120 s'
ends_as auth-stray-flood lost \
	'authentication: .*: the server sends more than anybody asked for'
ends_as service-stray-flood connect \
	'key exchange: the server sends more than anybody asked for'
# three of them flood, each is given 32 MB
within 220000 'what nobody awaits is kept within bounds'
unlike "$T/err" "$(printf '\033')" 'no escape reaches the terminal'

# -- A session --

run hasty --json -H open-refused,open-other-channel,exec-refused,exec-closed true
status_is 255 'a session that is refused is 255'
ends_as open-refused connect \
	'the server opens no session: .*administratively prohibited'
ends_as open-other-channel connect 'the server opens no session: '
ends_as exec-refused connect 'the server starts no command: it refuses'
ends_as exec-closed connect 'the server starts no command: it closes the channel'

ok 'the server had no trouble of its own' faults_untroubled
done_testing
