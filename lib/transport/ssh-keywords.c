/* The keywords of ssh_config(5), with those that ssh passes over since long, and who honours each.
 */
#include "transport/ssh-config.h"

#include <stdlib.h>

#define HERE(name, key)                   \
	{                                 \
		name, USE_HERE, key, NULL \
	}
#define NONE(name)                                \
	{                                         \
		name, USE_NONE, CONFIG_NONE, NULL \
	}
#define PROGRAM(name, needless)                          \
	{                                                \
		name, USE_PROGRAM, CONFIG_NONE, needless \
	}

static const struct ssh_keyword rows[] = {
	NONE("AddKeysToAgent"),
	PROGRAM("AddressFamily", "any"),
	NONE("AFSTokenPassing"),
	NONE("BatchMode"),
	PROGRAM("BindAddress", ""),
	PROGRAM("BindInterface", ""),
	PROGRAM("CanonicalDomains", "none"),
	NONE("CanonicalizeFallbackLocal"),
	PROGRAM("CanonicalizeHostname", "no"),
	NONE("CanonicalizeMaxDots"),
	NONE("CanonicalizePermittedCNAMEs"),
	NONE("CASignatureAlgorithms"),
	PROGRAM("CertificateFile", "none"),
	NONE("ChallengeResponseAuthentication"),
	NONE("ChannelTimeout"),
	NONE("CheckHostIP"),
	NONE("Cipher"),
	HERE("Ciphers", CONFIG_CIPHERS),
	NONE("ClearAllForwardings"),
	HERE("Compression", CONFIG_COMPRESSION),
	NONE("CompressionLevel"),
	NONE("ConnectionAttempts"),
	HERE("ConnectTimeout", CONFIG_CONNECT_TIMEOUT),
	NONE("ControlMaster"),
	HERE("ControlPath", CONFIG_CONTROL_PATH),
	NONE("ControlPersist"),
	NONE("DSAAuthentication"),
	PROGRAM("DynamicForward", ""),
	NONE("EnableEscapeCommandline"),
	NONE("EnableSSHKeysign"),
	NONE("EscapeChar"),
	NONE("ExitOnForwardFailure"),
	NONE("FallBackToRsh"),
	NONE("FingerprintHash"),
	NONE("ForkAfterAuthentication"),
	PROGRAM("ForwardAgent", "no"),
	NONE("ForwardX11"),
	NONE("ForwardX11Timeout"),
	NONE("ForwardX11Trusted"),
	NONE("GatewayPorts"),
	HERE("GlobalKnownHostsFile", CONFIG_GLOBAL_KNOWN_HOSTS),
	NONE("GlobalKnownHostsFile2"),
	PROGRAM("GSSAPIAuthentication", "no"),
	NONE("GSSAPIClientIdentity"),
	NONE("GSSAPIDelegateCredentials"),
	NONE("GSSAPIKexAlgorithms"),
	PROGRAM("GSSAPIKeyExchange", "no"),
	NONE("GSSAPIRenewalForcesRekey"),
	NONE("GSSAPIServerIdentity"),
	NONE("GSSAPITrustDns"),
	NONE("HashKnownHosts"),
	NONE("HostbasedAcceptedAlgorithms"),
	PROGRAM("HostbasedAuthentication", "no"),
	NONE("HostbasedKeyTypes"),
	HERE("HostKeyAlgorithms", CONFIG_HOST_KEY_ALGORITHMS),
	HERE("HostKeyAlias", CONFIG_HOST_KEY_ALIAS),
	HERE("HostName", CONFIG_HOST_NAME),
	HERE("IdentitiesOnly", CONFIG_IDENTITIES_ONLY),
	HERE("IdentityAgent", CONFIG_IDENTITY_AGENT),
	HERE("IdentityFile", CONFIG_IDENTITY_FILE),
	HERE("IdentityFile2", CONFIG_IDENTITY_FILE),
	NONE("IgnoreUnknown"),
	NONE("IPQoS"),
	NONE("KbdInteractiveAuthentication"),
	NONE("KbdInteractiveDevices"),
	NONE("KeepAlive"),
	NONE("KerberosAuthentication"),
	NONE("KerberosTgtPassing"),
	HERE("KexAlgorithms", CONFIG_KEX_ALGORITHMS),
	PROGRAM("KnownHostsCommand", "none"),
	NONE("LocalCommand"),
	PROGRAM("LocalForward", ""),
	NONE("LogLevel"),
	NONE("LogVerbose"),
	HERE("MACs", CONFIG_MACS),
	PROGRAM("NoHostAuthenticationForLocalhost", "no"),
	NONE("NumberOfPasswordPrompts"),
	NONE("ObscureKeystrokeTiming"),
	HERE("PasswordAuthentication", CONFIG_PASSWORD_AUTHENTICATION),
	PROGRAM("PermitLocalCommand", "no"),
	NONE("PermitRemoteOpen"),
	PROGRAM("PKCS11Provider", "none"),
	HERE("Port", CONFIG_PORT),
	NONE("PreferredAuthentications"),
	NONE("Protocol"),
	NONE("ProtocolKeepAlives"),
	HERE("ProxyCommand", CONFIG_PROXY),
	HERE("ProxyJump", CONFIG_PROXY),
	PROGRAM("ProxyUseFdpass", "no"),
	HERE("PubkeyAcceptedAlgorithms", CONFIG_PUBKEY_ALGORITHMS),
	HERE("PubkeyAcceptedKeyTypes", CONFIG_PUBKEY_ALGORITHMS),
	NONE("PubkeyAuthentication"),
	PROGRAM("RefuseConnection", ""),
	NONE("RekeyLimit"),
	NONE("RemoteCommand"),
	PROGRAM("RemoteForward", ""),
	NONE("RequestTTY"),
	NONE("RequiredRSASize"),
	PROGRAM("RevokedHostKeys", "none"),
	NONE("RhostsAuthentication"),
	NONE("RhostsRSAAuthentication"),
	NONE("RSAAuthentication"),
	PROGRAM("SecurityKeyProvider", "none|internal"),
	PROGRAM("SendEnv", "LANG|LC_*"),
	HERE("ServerAliveCountMax", CONFIG_ALIVE_COUNT),
	HERE("ServerAliveInterval", CONFIG_ALIVE_INTERVAL),
	NONE("SessionType"),
	PROGRAM("SetEnv", ""),
	NONE("SetupTimeOut"),
	NONE("SkeyAuthentication"),
	PROGRAM("SmartcardDevice", "none"),
	NONE("StdinNull"),
	NONE("StreamLocalBindMask"),
	NONE("StreamLocalBindUnlink"),
	HERE("StrictHostKeyChecking", CONFIG_STRICT),
	NONE("SyslogFacility"),
	NONE("Tag"),
	NONE("TCPKeepAlive"),
	NONE("TISAuthentication"),
	PROGRAM("Tunnel", "no"),
	NONE("TunnelDevice"),
	NONE("UpdateHostKeys"),
	NONE("UsePrivilegedPort"),
	HERE("User", CONFIG_USER),
	HERE("UserKnownHostsFile", CONFIG_USER_KNOWN_HOSTS),
	NONE("UserKnownHostsFile2"),
	NONE("UseRoaming"),
	NONE("UseRsh"),
	PROGRAM("VerifyHostKeyDNS", "no"),
	NONE("VersionAddendum"),
	NONE("VisualHostKey"),
	NONE("WarnWeakCrypto"),
	NONE("XAuthLocation"),
};

const struct ssh_keyword *ssh_keywords(gsize *n)
{
	*n = G_N_ELEMENTS(rows);
	return rows;
}

static int compare(const void *name, const void *row)
{
	return g_ascii_strcasecmp(name, ((const struct ssh_keyword *)row)->name);
}

const struct ssh_keyword *ssh_keyword_find(const char *name)
{
	return bsearch(name, rows, G_N_ELEMENTS(rows), sizeof *rows, compare);
}
