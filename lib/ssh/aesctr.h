/*
 * AES-128 in counter mode (NIST SP 800-38A, 6.5; RFC 4344, section 4) as
 * libssh2 uses it: sixteen bytes a call.  libcrypto's own way through such a
 * call costs three times as much as the cipher itself.  The key stream does
 * not depend on the text: this one has libcrypto make 1 KB of it at a time,
 * and each call takes its part.
 */
#ifndef SSH_AESCTR_H
#define SSH_AESCTR_H

#include <stdbool.h>

/* The provider (provider(7)) that has it, for messages and tests. */
#define AESCTR_PROVIDER "fab-aesctr"

/* From here on, everything in the process that uses libcrypto's AES-128-CTR
 * uses this one; to be called once, before there are threads.  Where that is
 * not possible, or only validated modules are wanted (fips_module(7)), all
 * stays as it is.  AES-256-CTR is left alone: libcrypto's random numbers are
 * made with it. */
void aesctr_install(void);

/* Whether it was. */
bool aesctr_is_installed(void);

#endif
