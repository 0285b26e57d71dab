#pragma once

#include <gnutls/gnutls.h>
#include <stddef.h>
#include <stdint.h>

// What the sessions of a TLS share. Nothing changes it.
typedef struct {
	gnutls_certificate_credentials_t certificates;
	gnutls_priority_t priorities;
} zreq_credentials;

// A session does no input or output. It takes what the peer has sent from in, and leaves
// what is to be sent in out. So no call waits.
typedef struct {
	gnutls_session_t tls;
	const unsigned char *in; // belongs to the caller, for the time of one call
	size_t in_len;
	int dry; // GnuTLS has asked for more than there was
	unsigned char *out;
	size_t out_len, out_cap;
	uintptr_t verifier; // a cgo.Handle, for the time of zreq_handshake
} zreq_session;

// zreq_end is what zreq_read returns for the close_notify of the peer.
enum { zreq_end = 1 };

// chain and key are PEM, or NULL. The functions that return an int return 0 or an error of
// GnuTLS, which is negative.
int zreq_credentials_new(zreq_credentials **c, const char *priorities, const char *chain, size_t chain_len,
	const char *key, size_t key_len);
void zreq_credentials_free(zreq_credentials *c);

// name is for SNI, or NULL. limit is what a record of the peer should hold at most, or 0. It
// is asked for by record_size_limit, and if fragment is not 0, by max_fragment_length as
// well, which is for both directions.
int zreq_session_new(zreq_session **s, const zreq_credentials *c, const char *name, size_t limit, int fragment);
void zreq_session_free(zreq_session *s);

// zreq_handshake and zreq_read use up to len bytes of in, and set used. They return
// GNUTLS_E_AGAIN when they have used all and need more.
int zreq_handshake(zreq_session *s, uintptr_t verifier, const unsigned char *in, size_t len, size_t *used);

// zreq_read decrypts records into to, which has room bytes, and sets got. It can have got
// bytes and return an error.
int zreq_read(zreq_session *s, const unsigned char *in, size_t len, size_t *used, unsigned char *to, size_t room, size_t *got);

// zreq_write encrypts len bytes and sets done, to less than len after an error.
int zreq_write(zreq_session *s, const unsigned char *from, size_t len, size_t *done);

// zreq_bye writes close_notify.
int zreq_bye(zreq_session *s);

// zreq_sent empties out.
void zreq_sent(zreq_session *s);
