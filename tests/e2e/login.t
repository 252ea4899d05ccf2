#!/bin/sh
# Logging in: passwords, questions, passphrases, certificates, many keys.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/terminal.sh"
need_root 'users with passwords'
need_tool tmux ssh-agent ssh-add

host pw1 'PasswordAuthentication yes' 'MaxAuthTries 2'
host pw2 'PasswordAuthentication yes'
host pw3 'PasswordAuthentication yes'
host pam1 'UsePAM yes' 'KbdInteractiveAuthentication yes'
host both 'PasswordAuthentication yes' \
	'AuthenticationMethods publickey,password'
host few 'MaxAuthTries 3'
printf '%s\n' "$PASSWORD" >"$T/password"
echo wrong >"$T/wrong"
chmod 600 "$T/password" "$T/wrong"

# failures_of HOST: how often a password of pw was refused.
failures_of()
{
	grep -c 'Failed password for pw' "$T/hosts/$1/sshd.log"
}

# no_keys CMD ...: fab-run as pw, without keys.
as_pw()
{
	run fab-run -o PubkeyAuthentication=no -l pw "$@"
}

as_pw --password-file "$T/password" pw1 'echo in'
out_is in 'a password from a file logs in'
as_pw --password-file "$T/password" pam1 'echo in'
out_is in 'also where keyboard-interactive asks for it'
as_pw --password-file /dev/fd/3 pw1 'echo in' 3<"$T/password"
out_is in 'or from a descriptor'
mkfifo "$T/pipe"
start "$B/fab-run" -F "$T/ssh_config" --password-file "$T/pipe" pw1 true
wait_for 5 sh -c "ls -l /proc/$started/fd | grep -q '$T/pipe'"
kill -TERM "$started"
ok 'TERM ends us where nothing comes from there' wait_for 2 gone "$started"
kill -KILL "$started" 2>/dev/null
finish 2>/dev/null
status_is 143 'by TERM'
as_pw --password-file "$T/password" -H pw1,pw2,pw3,pam1 'echo in'
is "$(grep -c ': in$' "$T/out")" 4 'one password logs in to all hosts'

before=$(failures_of pw1)
as_pw --password-file "$T/wrong" pw1 'echo in'
status_is 255 'a wrong password is 255'
err_like 'authentication: .*the password was refused' 'and says so'
is "$(($(failures_of pw1) - before))" 1 'after exactly one attempt'
before=$(($(failures_of pw1) + $(failures_of pw2) + $(failures_of pw3)))
as_pw --password-file "$T/wrong" -H pw1,pw2,pw3 'echo in'
status_is 255 'a wrong password for three hosts is 255'
is "$(($(failures_of pw1) + $(failures_of pw2) + $(failures_of pw3) - before))" \
	1 'after one attempt on one of them'
as_pw -o PreferredAuthentications=keyboard-interactive,password \
	--password-file "$T/wrong" pam1 'echo in'
status_is 255 'a wrong answer is 255'
chmod 644 "$T/password"
as_pw --password-file "$T/password" pw1 true
status_is 125 'a password file that others can read is 125'
chmod 600 "$T/password"
as_pw -o BatchMode=yes pw1 true
status_is 255 'with BatchMode nobody is asked'
err_like 'authentication: .*server wants .*password' 'and what is missing is told'

# A program that prints each host's own.
cat >"$T/program" <<END
#!/bin/sh
case \$1@\$2 in
pw@pw2) cat "$T/password" ;;
pw@pw3) exit 7 ;;
*) echo no ;;
esac
END
chmod 700 "$T/program"
ssh-keygen -q -t ed25519 -N '' -f "$T/keys/stranger"
as_pw --password-file "$T/program" -H pw1,pw2,pw3 'echo in'
out_is 'pw2: in' 'a program gives each host its own password'
err_like '^fab-run: pw3: .*program: exit status 7' 'its failure is told'

# A server hangs up after a wrong password, too: no reason to try it again.
before=$(failures_of pw1)
sed "s|IdentityFile .*|IdentityFile $T/keys/stranger|" "$T/ssh_config" \
	>"$T/config"
run "$B/fab-run" -F "$T/config" -l pw --password-file "$T/program" pw1 true
status_is 255 'a server that hangs up after a key and a wrong password is 255'
is "$(($(failures_of pw1) - before))" 1 'after exactly one attempt'
err_like 'the password was refused' 'and says so'
cp "$T/hosts/pw1/sshd_config" "$T/pw1_config"
sed 's/MaxAuthTries 2/MaxAuthTries 1/' "$T/pw1_config" \
	>"$T/hosts/pw1/sshd_config"
before=$(failures_of pw1)
as_pw --wait 3 --password-file "$T/program" pw1 true
is "$(($(failures_of pw1) - before))" 1 'also with --wait'
cp "$T/pw1_config" "$T/hosts/pw1/sshd_config"

# Key and password, one after the other.
run fab-run -l pw --password-file "$T/password" both 'echo in'
out_is in 'a server that wants a key and a password gets both'
run fab-run -l pw -o BatchMode=yes both 'echo in'
status_is 255 'without the password it is 255'

# More keys than the server takes on one connection.
eval "$(ssh-agent -s)" >/dev/null
helpers="$helpers $SSH_AGENT_PID"
i=0
while [ $i -lt 8 ]; do
	i=$((i + 1))
	ssh-keygen -q -t ed25519 -N '' -f "$T/keys/other$i"
	ssh-add -q "$T/keys/other$i"
done
ssh-add -q "$T/keys/ed25519"
sed "s|IdentityFile .*|IdentityFile $T/nonesuch|; s|IdentityAgent .*||
	s|IdentitiesOnly .*||" "$T/ssh_config" >"$T/config"
run "$B/fab-run" -F "$T/config" few 'echo in'
out_is in 'the ninth key of an agent logs in, of which three may fail'
before=$(grep -c 'Connection from' "$T/hosts/few/sshd.log")
run "$B/fab-run" -F "$T/config" -j 1 -H few,root@few,pw@few 'echo in'
is "$(grep -c ': in$' "$T/out")" 3 'and to several hosts'
ok 'of which one alone is asked with all keys' \
	[ $(($(grep -c 'Connection from' "$T/hosts/few/sshd.log") - before)) -le 7 ]
run "$B/fab-run" -F "$T/config" -o IdentitiesOnly=yes \
	-i "$T/keys/ed25519.pub" few 'echo in'
status_is 0 'a public key file says which of the agent is meant'

# Certificates.
ssh-keygen -q -t ed25519 -N '' -f "$T/keys/ca"
ssh-keygen -q -t ecdsa -N '' -f "$T/keys/certified"
ssh-keygen -q -s "$T/keys/ca" -I test -n deploy "$T/keys/certified.pub"
cp "$T/keys/ca.pub" "$T/hosts/pw1/ca.pub"
host ca "TrustedUserCAKeys /run/host/ca.pub"
cp "$T/keys/ca.pub" "$T/hosts/ca/ca.pub"
: >"$T/hosts/ca/authorized_keys"
sed "s|IdentityFile .*|IdentityFile $T/keys/certified|" "$T/ssh_config" \
	>"$T/config"
run "$B/fab-run" -F "$T/config" ca 'echo in'
out_is in 'a certificate beside the key logs in'
mv "$T/keys/certified-cert.pub" "$T/keys/elsewhere"
run "$B/fab-run" -F "$T/config" ca 'echo in'
status_is 255 'the key alone does not'
run "$B/fab-run" -F "$T/config" -o CertificateFile="$T/keys/elsewhere" ca \
	'echo in'
out_is in 'CertificateFile names one'
ssh-keygen -q -t ed25519 -N '' -f "$T/keys/certified2"
ssh-keygen -q -s "$T/keys/ca" -I test -n deploy "$T/keys/certified2.pub"
sed "s|IdentityFile .*|IdentityFile $T/keys/certified2|" "$T/ssh_config" \
	>"$T/config"
run "$B/fab-run" -F "$T/config" ca 'echo in'
out_is in 'a certificate of an Ed25519 key logs in'

# At a terminal.
terminal
type_line 'fab-run -o PubkeyAuthentication=no -l pw -k -H pw1,pw2 "echo in"; echo "done $?"'
wait_screen '^Password to log in to the hosts:' '-k asks before anything starts'
type_line "$PASSWORD"
wait_screen '^done 0' 'and logs in to all hosts'
ok 'nothing of the password was shown' not screen_has 'secret'
type_line clear
wait_for 5 not screen_has '^Password'
type_line 'fab-run -o PubkeyAuthentication=no -l pw -H pw2,pw3 "echo in"; echo "done $?"'
wait_screen '^Password to log in' 'without it, the first need asks'
type_line wrong
asked_twice()
{
	[ "$(screen | grep -c '^Password to log in')" = 2 ]
}
ok 'one that was mistyped is asked for again' wait_for 40 asked_twice
tm send-keys C-c
wait_screen '^READY> *$' 'a ^C at the question ends it'
type_line clear
wait_for 5 not screen_has '^Password'
type_line 'fab-run -o PubkeyAuthentication=no -l pw -H pw2,pw3 "echo in"; echo "done $?"'
wait_screen '^Password to log in' 'asked again'
tm send-keys C-\\
wait_screen '^done 131' 'a ^\ at the question ends it too'
type_line 'clear; stty -a | grep -o " echo "'
wait_screen '^ echo' 'and the terminal shows again what is typed'

ssh-keygen -q -t ed25519 -a 4 -N 'open sesame' -f "$T/keys/locked"
for name in pw1 pw2; do
	cat "$T/keys/locked.pub" >>"$T/hosts/$name/authorized_keys"
done
type_line clear
type_line "fab-run -o IdentitiesOnly=yes -o IdentityFile=none -i $T/keys/locked -H pw1,pw2 'echo in'; echo \"done \$?\""
wait_screen '^Passphrase of .*/locked:' 'a passphrase is asked for'
type_line wrong
wait_for 10 screen_has 'Passphrase.*Passphrase'
type_line 'open sesame'
wait_screen '^done 0' 'once for all hosts, and again when it was wrong'
run fab-run -o BatchMode=yes -i "$T/keys/locked" -o IdentitiesOnly=yes pw1 true

# Questions: the first is for the password of all, what else the server wants
# to know is asked by name.
oath=$(find /lib /usr/lib -name pam_oath.so 2>/dev/null | head -n 1)
if [ "$oath" ]; then
	# the key and the codes of RFC 4226, appendix D
	as_root_on pam1 sh -c 'umask 077
		echo "HOTP pw - 3132333435363738393031323334353637383930" >/etc/oath
		cat >/etc/pam.d/sshd' <<-END
	auth required pam_unix.so
	auth required pam_oath.so usersfile=/etc/oath
	account required pam_permit.so
	session required pam_permit.so
	END
	type_line clear
	type_line "fab-run -o PubkeyAuthentication=no -l pw --password-file $T/password pam1 'echo in'; echo \"done \$?\""
	wait_screen '^\(pw@pam1\) One-time password' \
		'a code is asked for, by the name of the host'
	type_line 755224
	wait_screen '^done 0' 'and its answer is sent'
	as_pw -o BatchMode=yes --password-file "$T/password" pam1 true
	status_is 255 'with BatchMode it is not'
	err_like 'BatchMode forbids' 'and the message says so'
else
	skip 'no pam_oath here' 'a code is asked for'
fi

# A jump host asks for its own password.
host gw -m 'PasswordAuthentication yes'
sed "s|^Host \*|Host gw\n\tUser pw\n\tPubkeyAuthentication no\nHost *|" \
	"$T/ssh_config" >"$T/config"
type_line clear
type_line "$B/fab-run -F $T/config --password-file $T/wrong -J gw -H pw1,pw2,pw3 'echo in'; echo \"done \$?\""
wait_screen '^Password of pw@gw \(jump host\):' 'a jump host is asked for by name'
type_line "$PASSWORD"
wait_screen '^done 0' 'once for all behind it'
type_line 'exit'
done_testing
