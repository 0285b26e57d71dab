#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

// keep is how large out may be while it is empty.
enum { keep = 1024 };

// stuck is how often in a row GnuTLS may ask to be called again though it has not asked for
// bytes.
enum { stuck = 32 };

static int verify(gnutls_session_t tls) {
	zreq_session *s = gnutls_session_get_ptr(tls);
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(tls, &n);
	return zreqVerify(s->verifier, (gnutls_datum_t *)chain, n);
}

static ssize_t pull(gnutls_transport_ptr_t transport, void *to, size_t len) {
	zreq_session *s = transport;
	if (s->in_len == 0) {
		s->dry = 1;
		gnutls_transport_set_errno(s->tls, EAGAIN);
		return -1;
	}
	if (len > s->in_len)
		len = s->in_len;
	memcpy(to, s->in, len);
	s->in += len;
	s->in_len -= len;
	return len;
}

static ssize_t push(gnutls_transport_ptr_t transport, const void *from, size_t len) {
	zreq_session *s = transport;
	if (len > s->out_cap - s->out_len) {
		size_t cap = s->out_len + len > 2 * s->out_cap ? s->out_len + len : 2 * s->out_cap;
		unsigned char *out = realloc(s->out, cap);
		if (out == NULL) {
			gnutls_transport_set_errno(s->tls, ENOMEM);
			return -1;
		}
		s->out = out;
		s->out_cap = cap;
	}
	memcpy(s->out + s->out_len, from, len);
	s->out_len += len;
	return len;
}

int zreq_credentials_new(zreq_credentials **made, const char *priorities, const char *chain, size_t chain_len,
	const char *key, size_t key_len) {
	zreq_credentials *c = calloc(1, sizeof *c);
	if (c == NULL)
		return GNUTLS_E_MEMORY_ERROR;
	int r = gnutls_certificate_allocate_credentials(&c->certificates);
	if (r == 0)
		r = gnutls_priority_init(&c->priorities, priorities, NULL);
	if (r == 0 && chain != NULL) {
		gnutls_datum_t certificate = {(unsigned char *)chain, chain_len}, secret = {(unsigned char *)key, key_len};
		r = gnutls_certificate_set_x509_key_mem(c->certificates, &certificate, &secret, GNUTLS_X509_FMT_PEM);
	}
	if (r < 0) {
		zreq_credentials_free(c);
		return r;
	}
	gnutls_certificate_set_verify_function(c->certificates, verify);
	*made = c;
	return 0;
}

void zreq_credentials_free(zreq_credentials *c) {
	if (c->priorities != NULL)
		gnutls_priority_deinit(c->priorities);
	if (c->certificates != NULL)
		gnutls_certificate_free_credentials(c->certificates);
	free(c);
}

// set_up makes the settings of a new session.
static int set_up(zreq_session *s, const zreq_credentials *c, const char *name, size_t limit, int fragment) {
	gnutls_session_set_ptr(s->tls, s);
	int r = gnutls_priority_set(s->tls, c->priorities);
	if (r == 0)
		r = gnutls_credentials_set(s->tls, GNUTLS_CRD_CERTIFICATE, c->certificates);
	if (r == 0 && name != NULL)
		r = gnutls_server_name_set(s->tls, GNUTLS_NAME_DNS, name, strlen(name));
	if (r == 0 && limit > 0)
		r = fragment ? gnutls_record_set_max_size(s->tls, limit) : gnutls_record_set_max_recv_size(s->tls, limit);
	gnutls_transport_set_ptr(s->tls, s);
	gnutls_transport_set_pull_function(s->tls, pull);
	gnutls_transport_set_push_function(s->tls, push);
	return r;
}

int zreq_session_new(zreq_session **made, const zreq_credentials *c, const char *name, size_t limit, int fragment) {
	zreq_session *s = calloc(1, sizeof *s);
	if (s == NULL)
		return GNUTLS_E_MEMORY_ERROR;
	// Without the last flag GnuTLS looks whether the peer accepts the kind of key, and does not
	// know that RSA-PSS is for RSA keys, or that ecdsa_sign stands for Ed25519 (RFC 8422, 5.5).
	int r = gnutls_init(&s->tls, GNUTLS_CLIENT | GNUTLS_NO_TICKETS | GNUTLS_FORCE_CLIENT_CERT);
	if (r < 0)
		s->tls = NULL;
	else
		r = set_up(s, c, name, limit, fragment);
	if (r < 0) {
		zreq_session_free(s);
		return r;
	}
	*made = s;
	return 0;
}

void zreq_session_free(zreq_session *s) {
	if (s->tls != NULL)
		gnutls_deinit(s->tls);
	free(s->out);
	free(s);
}

// lend lets GnuTLS pull from in, and forget takes that back.
static void lend(zreq_session *s, const unsigned char *in, size_t len) {
	s->in = in;
	s->in_len = len;
}

static void forget(zreq_session *s, size_t len, size_t *used) {
	*used = len - s->in_len;
	lend(s, NULL, 0);
}

// passing reports whether GnuTLS wants only to be called again, and counts how often.
static int passing(zreq_session *s, int r, int *again) {
	if (r >= 0 || gnutls_error_is_fatal(r) || r == GNUTLS_E_REHANDSHAKE || (r == GNUTLS_E_AGAIN && s->dry))
		return 0;
	return ++*again < stuck;
}

// judge turns r into what is returned to Go. For a fatal error it leaves an alert in out.
static int judge(zreq_session *s, int r, int again) {
	if (again >= stuck)
		r = GNUTLS_E_TOO_MANY_HANDSHAKE_PACKETS;
	if (r < 0 && r != GNUTLS_E_AGAIN && r != GNUTLS_E_FATAL_ALERT_RECEIVED)
		gnutls_alert_send_appropriate(s->tls, r);
	return r;
}

int zreq_handshake(zreq_session *s, uintptr_t verifier, const unsigned char *in, size_t len, size_t *used) {
	int r, again = 0;
	lend(s, in, len);
	s->verifier = verifier;
	do {
		s->dry = 0;
		r = gnutls_handshake(s->tls);
	} while (passing(s, r, &again));
	r = judge(s, r, again);
	s->verifier = 0;
	forget(s, len, used);
	return r;
}

int zreq_read(zreq_session *s, const unsigned char *in, size_t len, size_t *used, unsigned char *to, size_t room, size_t *got) {
	ssize_t r;
	int again = 0;
	*got = 0;
	lend(s, in, len);
	do {
		s->dry = 0;
		r = gnutls_record_recv(s->tls, to + *got, room - *got);
		if (r > 0) {
			*got += r;
			again = 0;
		}
	} while (*got < room && (r > 0 || passing(s, r, &again)));
	r = r == 0 ? zreq_end : r > 0 ? 0 : judge(s, r, again);
	forget(s, len, used);
	return r;
}

int zreq_write(zreq_session *s, const unsigned char *from, size_t len, size_t *done) {
	*done = 0;
	while (*done < len) {
		ssize_t r = gnutls_record_send(s->tls, from + *done, len - *done);
		if (r < 0)
			return r;
		*done += r;
	}
	return 0;
}

int zreq_bye(zreq_session *s) {
	return gnutls_bye(s->tls, GNUTLS_SHUT_WR);
}

void zreq_sent(zreq_session *s) {
	s->out_len = 0;
	if (s->out_cap <= keep)
		return;
	free(s->out);
	s->out = NULL;
	s->out_cap = 0;
}
