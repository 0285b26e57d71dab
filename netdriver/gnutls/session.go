package gnutls

/*
#cgo LDFLAGS: -lgnutls
#cgo noescape zreq_read
#cgo nocallback zreq_read
#cgo noescape zreq_write
#cgo nocallback zreq_write
#include <stdlib.h>
#include "session.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// credentials are what the sessions of a TLS share. They are freed when neither the TLS
// nor a session needs them.
type credentials struct{ c *C.zreq_credentials }

// newCredentials returns credentials for a priority string of GnuTLS and a client
// certificate in PEM, which may be empty.
func newCredentials(priorities string, chain, key []byte) (*credentials, error) {
	text := C.CString(priorities)
	defer C.free(unsafe.Pointer(text))
	creds := &credentials{}
	status := C.zreq_credentials_new(&creds.c, text, chars(chain), C.size_t(len(chain)), chars(key), C.size_t(len(key)))
	if status < 0 {
		return nil, Error{int(status)}
	}
	runtime.AddCleanup(creds, func(c *C.zreq_credentials) { C.zreq_credentials_free(c) }, creds.c)
	return creds, nil
}

// chars returns p as C sees it for the time of a call.
func chars(p []byte) *C.char { return (*C.char)(unsafe.Pointer(unsafe.SliceData(p))) }

// errAgain means that GnuTLS needs more bytes of the peer.
var errAgain = errors.New("more bytes are needed")

// errBye means that the peer has said close_notify.
var errBye = errors.New("close_notify")

// A session is TLS without input and output. Its methods can be called from any goroutine,
// and never wait for the peer: a session takes what the peer has sent, and holds what is
// to be sent until take. After free, they return net.ErrClosed.
type session struct {
	mu      sync.Mutex // guards c; held during every call of C
	c       *C.zreq_session
	cleanup runtime.Cleanup // frees c if nobody calls free
}

// owned is what a session has of C. Its credentials must not be freed before it.
type owned struct {
	c           *C.zreq_session
	credentials *credentials
}

// newSession returns a session for a connection. name is for SNI and may be empty. limit is
// what a record of the peer should hold at most, or 0. With fragment it is asked for by
// both extensions.
func newSession(creds *credentials, name string, limit int, fragment bool) (*session, error) {
	var text *C.char
	if name != "" {
		text = C.CString(name)
		defer C.free(unsafe.Pointer(text))
	}
	var asks C.int
	if fragment {
		asks = 1
	}
	s := &session{}
	status := C.zreq_session_new(&s.c, creds.c, text, C.size_t(limit), asks)
	if status < 0 {
		return nil, Error{int(status)}
	}
	s.cleanup = runtime.AddCleanup(s, func(o owned) { C.zreq_session_free(o.c) }, owned{s.c, creds})
	return s, nil
}

// free frees what C holds. It can be called more than once.
func (s *session) free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c != nil {
		s.cleanup.Stop()
		C.zreq_session_free(s.c)
		s.c = nil
	}
}

// handshake goes on with the handshake. It returns how much of in it has used, and
// errAgain if more is needed. v verifies the peer.
func (s *session) handshake(v *verifier, in []byte) (int, error) {
	handle := cgo.NewHandle(v)
	defer handle.Delete()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return 0, net.ErrClosed
	}
	var used C.size_t
	status := C.zreq_handshake(s.c, C.uintptr_t(handle), address(in), C.size_t(len(in)), &used)
	return int(used), s.failure(status)
}

// read decrypts what has come. It returns how much of in it has used and how much is in p,
// and errAgain if it can do no more.
func (s *session) read(p, in []byte) (used, got int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return 0, 0, net.ErrClosed
	}
	var cUsed, cGot C.size_t
	status := C.zreq_read(s.c, address(in), C.size_t(len(in)), &cUsed, address(p), C.size_t(len(p)), &cGot)
	return int(cUsed), int(cGot), s.failure(status)
}

// write encrypts p, and returns how much of it is in records now. That is less than all
// only with an error.
func (s *session) write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return 0, net.ErrClosed
	}
	var done C.size_t
	status := C.zreq_write(s.c, address(p), C.size_t(len(p)), &done)
	return int(done), s.failure(status)
}

// bye makes the close_notify.
func (s *session) bye() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return net.ErrClosed
	}
	return s.failure(C.zreq_bye(s.c))
}

// take appends to p the records that are to be sent. The session forgets them.
func (s *session) take(p []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil || s.c.out_len == 0 {
		return p
	}
	p = append(p, unsafe.Slice((*byte)(s.c.out), int(s.c.out_len))...)
	C.zreq_sent(s.c)
	return p
}

// certificate reports whether the peer has asked for our certificate, and whether it was
// shown one.
func (s *session) certificate() (asked, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.c == nil {
		return false, false
	}
	asked = C.gnutls_certificate_client_get_request_status(s.c.tls) != 0
	return asked, C.gnutls_certificate_get_ours(s.c.tls) != nil
}

// failure returns the error that a status of C stands for. s.mu is held.
func (s *session) failure(status C.int) error {
	switch {
	case status == C.zreq_end, status == C.GNUTLS_E_SESSION_EOF: // the second in a handshake
		return errBye
	case status >= 0:
		return nil
	case status == C.GNUTLS_E_AGAIN:
		return errAgain
	case status == C.GNUTLS_E_FATAL_ALERT_RECEIVED:
		return fmt.Errorf("remote error: %w", alertError(C.gnutls_alert_get(s.c.tls)))
	}
	return Error{int(status)}
}

// address returns where p lies, for the time of a call of C. The type of the result has no
// pointers: as an unsafe.Pointer, what else lies in the same variable would be checked.
func address(p []byte) *C.uchar { return (*C.uchar)(unsafe.SliceData(p)) }

// zreqVerify is called by C in a handshake, with the chain of the peer.
//
//export zreqVerify
func zreqVerify(handle C.uintptr_t, chain *C.gnutls_datum_t, n C.uint) C.int {
	v := cgo.Handle(handle).Value().(*verifier)
	certs := make([][]byte, 0, n)
	for _, cert := range unsafe.Slice(chain, n) {
		certs = append(certs, C.GoBytes(unsafe.Pointer(cert.data), C.int(cert.size)))
	}
	if v.verify(certs) != nil {
		return -1
	}
	return 0
}
