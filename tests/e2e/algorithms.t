#!/bin/sh
# Algorithms: strong ones by default, others where they are wanted, and a word
# that helps where there is none in common.
. "${0%/*}/../support/lib.sh"

host web1 'LogLevel DEBUG2'
host old_kex 'KexAlgorithms diffie-hellman-group14-sha1'
host old_mac 'MACs hmac-sha1' 'Ciphers aes128-ctr'
host old_cipher 'Ciphers aes128-cbc'

# The client's lists as the server saw them.
offered()
{
	awk -v what="$1" '/peer client KEXINIT/ { on = 1 }
		on && index($0, what) { sub(/.*: /, ""); print; exit }' \
		"$T/hosts/web1/sshd.log"
}

run fab-run web1 true
status_is 0 'a usual server is reached'
for list in 'KEX algorithms' 'ciphers ctos' 'MACs ctos' 'host key algorithms'; do
	offered "$list" >"$T/list"
	ok "$list are offered" [ -s "$T/list" ]
	unlike "$T/list" 'sha1|md5|cbc|group1-|ssh-dss|arcfour|(^|,)ssh-rsa(,|$)' \
		'and none of them is weak'
done

for name in kex mac cipher; do
	case $name in
	kex) option=KexAlgorithms algorithm=diffie-hellman-group14-sha1 ;;
	mac) option=MACs algorithm=hmac-sha1 ;;
	cipher) option=Ciphers algorithm=aes128-cbc ;;
	esac
	run fab-run "old_$name" 'echo in'
	status_is 255 "a server with nothing but $algorithm is 255"
	err_like "no common .* algorithm: the server has .*$algorithm" \
		'with what it has'
	err_like "-o $option=\\+$algorithm would do" 'and the option that would do'
	run fab-run -o "$option=+$algorithm" "old_$name" 'echo in'
	out_is in 'which does'
done

run fab-run -o Ciphers=aes256-ctr -v web1 'echo in'
out_is in 'a list of one is a list'
ok 'and is what is used' grep -q 'client->server cipher: aes256-ctr' \
	"$T/hosts/web1/sshd.log"
run fab-run -o Ciphers=nonesuch web1 true
status_is 255 'a name that the library does not have is 255'
err_like 'Ciphers: libssh2 .* has none' 'and its option is named'
run fab-run -o Compression=yes web1 'head -c 100000 /dev/zero | wc -c'
out_is 100000 'compression works'
ok 'and is used' grep -q 'compression: zlib' "$T/hosts/web1/sshd.log"

# A host that is known by one type of key, and has others.
for type in ed25519 ecdsa; do
	cut -d' ' -f2- "$T/hosts/web1/$type.pub" >/dev/null
	grep "$(cut -d' ' -f2 "$T/hosts/web1/$type.pub")" "$T/known_hosts" \
		>"$T/one_known"
	run fab-run -o UserKnownHostsFile="$T/one_known" web1 'echo in'
	out_is in "a host known by its $type key alone is known"
done
run fab-run -o HostKeyAlgorithms=ecdsa-sha2-nistp256 web1 'echo in'
out_is in 'HostKeyAlgorithms chooses the type'
ok 'which is used' grep -q 'host key algorithm: ecdsa-sha2-nistp256' \
	"$T/hosts/web1/sshd.log"
run fab-run -o PubkeyAcceptedAlgorithms=-ssh-ed25519 web1 true
status_is 255 'a type of key that is not accepted is not offered'
run fab-run -o PubkeyAcceptedAlgorithms=ssh-ed25519 web1 'echo in'
out_is in 'one that is, is'
done_testing
