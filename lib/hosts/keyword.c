#include "hosts/keyword.h"

#include <string.h>

#define AT(field) offsetof(struct settings, field)

static const struct keyword_choice flags[] = {
    {"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0}, {NULL, 0}};
static const struct keyword_choice pubkey[] = {{"true", 1}, {"false", 0},
    {"yes", 1}, {"no", 0}, {"unbound", 2}, {"host-bound", 3}, {NULL, 0}};
static const struct keyword_choice strict[] = {{"true", STRICT_YES},
    {"false", STRICT_NO}, {"yes", STRICT_YES}, {"no", STRICT_NO},
    {"ask", STRICT_ASK}, {"off", STRICT_NO}, {"accept-new", STRICT_ACCEPT_NEW},
    {NULL, 0}};
static const struct keyword_choice family[] = {{"inet", FAMILY_INET},
    {"inet6", FAMILY_INET6}, {"any", FAMILY_ANY}, {NULL, 0}};
static const struct keyword_choice tty[] = {{"true", TTY_YES}, {"yes", TTY_YES},
    {"false", TTY_NO}, {"no", TTY_NO}, {"force", TTY_FORCE}, {"auto", TTY_AUTO},
    {NULL, 0}};
static const struct keyword_choice compression[] = {
    {"yes", 1}, {"no", 0}, {NULL, 0}};

static const struct keyword keywords[] = {
    {"user", KEYWORD_TEXT, AT(user), NULL},
    {"hostname", KEYWORD_TEXT, AT(hostname), NULL},
    {"port", KEYWORD_PORT, AT(port), NULL},
    {"addressfamily", KEYWORD_CHOICE, AT(address_family), family},
    {"batchmode", KEYWORD_CHOICE, AT(batch_mode), flags},
    {"compression", KEYWORD_CHOICE, AT(compression), compression},
    {"exitonforwardfailure", KEYWORD_CHOICE, AT(exit_on_forward_failure),
	flags},
    {"hashknownhosts", KEYWORD_CHOICE, AT(hash_known_hosts), flags},
    {"identitiesonly", KEYWORD_CHOICE, AT(identities_only), flags},
    {"kbdinteractiveauthentication", KEYWORD_CHOICE, AT(kbdint_authentication),
	flags},
    {"passwordauthentication", KEYWORD_CHOICE, AT(password_authentication),
	flags},
    {"pubkeyauthentication", KEYWORD_CHOICE, AT(pubkey_authentication), pubkey},
    {"requesttty", KEYWORD_CHOICE, AT(request_tty), tty},
    {"stricthostkeychecking", KEYWORD_CHOICE, AT(strict_host_key_checking),
	strict},
    {"connectionattempts", KEYWORD_NUMBER, AT(connection_attempts), NULL},
    {"numberofpasswordprompts", KEYWORD_NUMBER, AT(number_of_password_prompts),
	NULL},
    {"serveralivecountmax", KEYWORD_NUMBER, AT(server_alive_count_max), NULL},
    {"serveraliveinterval", KEYWORD_SECONDS, AT(server_alive_interval), NULL},
    {"connecttimeout", KEYWORD_SECONDS, AT(connect_timeout), NULL},
    {"bindaddress", KEYWORD_TEXT, AT(bind_address), NULL},
    {"ciphers", KEYWORD_TEXT, AT(ciphers), NULL},
    {"hostkeyalgorithms", KEYWORD_TEXT, AT(host_key_algorithms), NULL},
    {"hostkeyalias", KEYWORD_TEXT, AT(host_key_alias), NULL},
    {"identityagent", KEYWORD_AGENT, AT(identity_agent), NULL},
    {"ignoreunknown", KEYWORD_TEXT, AT(ignore_unknown), NULL},
    {"kexalgorithms", KEYWORD_TEXT, AT(kex_algorithms), NULL},
    {"macs", KEYWORD_TEXT, AT(macs), NULL},
    {"preferredauthentications", KEYWORD_TEXT, AT(preferred_authentications),
	NULL},
    {"pubkeyacceptedalgorithms", KEYWORD_TEXT, AT(pubkey_accepted_algorithms),
	NULL},
    {"identityfile", KEYWORD_FILE, AT(identity_words), NULL},
    {"certificatefile", KEYWORD_FILE, AT(certificate_words), NULL},
    {"globalknownhostsfile", KEYWORD_PATHS, AT(global_known_hosts_words), NULL},
    {"userknownhostsfile", KEYWORD_PATHS, AT(user_known_hosts), NULL},
    {"setenv", KEYWORD_SET_ENV, AT(set_env), NULL},
    {"forwardagent", KEYWORD_FORWARD_AGENT, AT(forward_agent), flags},
    {"proxyjump", KEYWORD_JUMP, AT(proxy_jump), NULL},
    {"proxycommand", KEYWORD_COMMAND, AT(proxy_command), NULL},
};

static const struct keyword structure[] = {{"host", KEYWORD_HOST, 0, NULL},
    {"match", KEYWORD_MATCH, 0, NULL}, {"include", KEYWORD_INCLUDE, 0, NULL},
    {"revokedhostkeys", KEYWORD_REFUSED, 0, NULL},
    {"knownhostscommand", KEYWORD_REFUSED, 0, NULL}, {NULL, 0, 0, NULL}};

/* Old names, each before the one that it stands for. */
static const char *const aliases[] = {"challengeresponseauthentication",
    "kbdinteractiveauthentication", "skeyauthentication",
    "kbdinteractiveauthentication", "tisauthentication",
    "kbdinteractiveauthentication", "dsaauthentication", "pubkeyauthentication",
    "identityfile2", "identityfile", "pubkeyacceptedkeytypes",
    "pubkeyacceptedalgorithms", NULL};

/* What ssh knows, or knew, up to 10.2, and other clients of the same file:
 * macOS's UseKeychain, and the GSSAPI keywords of distributions. */
static const char *const skipped[] = {"addkeystoagent", "afstokenpassing",
    "bindinterface", "canonicaldomains", "canonicalizefallbacklocal",
    "canonicalizehostname", "canonicalizemaxdots",
    "canonicalizepermittedcnames", "casignaturealgorithms", "channeltimeout",
    "checkhostip", "cipher", "clearallforwardings", "compressionlevel",
    "controlmaster", "controlpath", "controlpersist", "dynamicforward",
    "enableescapecommandline", "enablesshkeysign", "escapechar",
    "fallbacktorsh", "fingerprinthash", "forkafterauthentication", "forwardx11",
    "forwardx11timeout", "forwardx11trusted", "gatewayports",
    "globalknownhostsfile2", "gssapiauthentication", "gssapiclientidentity",
    "gssapidelegatecredentials", "gssapikexalgorithms", "gssapikeyexchange",
    "gssapirenewalforcesrekey", "gssapiserveridentity", "gssapitrustdns",
    "hostbasedacceptedalgorithms", "hostbasedauthentication",
    "hostbasedkeytypes", "ipqos", "kbdinteractivedevices", "keepalive",
    "kerberosauthentication", "kerberostgtpassing", "localcommand",
    "localforward", "loglevel", "logverbose",
    "nohostauthenticationforlocalhost", "obscurekeystroketiming",
    "permitlocalcommand", "permitremoteopen", "pkcs11provider", "protocol",
    "proxyusefdpass", "refuseconnection", "rekeylimit", "remotecommand",
    "remoteforward", "requiredrsasize", "rhostsauthentication",
    "rhostsrsaauthentication", "rsaauthentication", "securitykeyprovider",
    "sendenv", "sessiontype", "smartcarddevice", "stdinnull",
    "streamlocalbindmask", "streamlocalbindunlink", "syslogfacility", "tag",
    "tcpkeepalive", "tunnel", "tunneldevice", "updatehostkeys", "usekeychain",
    "useprivilegedport", "userknownhostsfile2", "useroaming", "usersh",
    "verifyhostkeydns", "versionaddendum", "visualhostkey", "warnweakcrypto",
    "xauthlocation", NULL};

static const struct keyword skipped_keyword = {"", KEYWORD_SKIPPED, 0, NULL};
static const struct keyword unknown_keyword = {"", KEYWORD_UNKNOWN, 0, NULL};

const struct keyword *
keyword_table(size_t *count)
{
	*count = sizeof(keywords) / sizeof(*keywords);
	return keywords;
}

const struct keyword *
keyword_find(const char *name)
{
	size_t i, count;
	const struct keyword *k = keyword_table(&count);

	for (i = 0; aliases[i]; i += 2)
		if (!strcmp(aliases[i], name))
			name = aliases[i + 1];
	for (i = 0; i < count; i++)
		if (!strcmp(k[i].name, name))
			return &k[i];
	for (i = 0; structure[i].name; i++)
		if (!strcmp(structure[i].name, name))
			return &structure[i];
	for (i = 0; skipped[i]; i++)
		if (!strcmp(skipped[i], name))
			return &skipped_keyword;
	return &unknown_keyword;
}

const char *
keyword_choice_word(const struct keyword_choice *choices, int value)
{
	for (; choices->word; choices++)
		if (choices->value == value)
			return choices->word;
	return "";
}
