//go:build !tinygo

package tlsnet

import (
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
)

// errShownNone explains the refusal of a peer that asked for a certificate.
var errShownNone = errors.New("no client certificate was shown, for there is none")

// errUnsigned reports a key that returned nothing.
var errUnsigned = errors.New("it gave neither a signature nor a reason")

// maxSigning bounds how many calls of its keys a TLS has under way. A secure element may
// hang, and then later handshakes do not call it as well.
const maxSigning = 4

// clientAuth records what became of our client certificate in one handshake.
type clientAuth struct {
	unshown  error // why the peer asked for a certificate and got none
	unsigned error // why our key did not sign
}

// show returns the certificate of t for the peer.
func (a *clientAuth) show(t *TLS, asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if t.withheld {
		a.unshown = errWithheld
		return &tls.Certificate{}, nil
	}
	cert, err := a.choose(t.config, asked)
	if err != nil || cert == nil {
		return cert, err
	}
	if signer, ok := cert.PrivateKey.(crypto.Signer); ok {
		own := *cert
		own.PrivateKey = &clientKey{Signer: signer, turns: t.signing, over: asked.Context().Done(), failed: &a.unsigned}
		return &own, nil
	}
	return cert, nil
}

// choose selects a certificate as crypto/tls does. If it selects none it records why,
// because the alert of the peer says little about that.
func (a *clientAuth) choose(config *tls.Config, asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	a.unshown = nil
	if config.GetClientCertificate != nil {
		cert, err := config.GetClientCertificate(asked)
		if cert != nil && len(cert.Certificate) == 0 {
			a.unshown = errShownNone
		}
		return cert, err
	}
	a.unshown = errShownNone
	for i := range config.Certificates {
		cert := &config.Certificates[i]
		err := asked.SupportsCertificate(cert)
		if err == nil {
			a.unshown = nil
			return cert, nil
		}
		a.unshown = fmt.Errorf("no client certificate was shown, for none suits the peer: %w", err)
	}
	return &tls.Certificate{}, nil
}

// A clientKey is a key for one handshake. When the handshake has ended, nobody waits for
// the key any longer. A clientKey keeps the error of the key, because crypto/tls passes on
// only its text.
type clientKey struct {
	crypto.Signer
	turns  chan struct{}   // has room while another call may begin
	over   <-chan struct{} // closed at the end of the handshake
	failed *error
}

var _ crypto.MessageSigner = (*clientKey)(nil)

// Sign implements crypto.Signer.
func (k *clientKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.await(func() ([]byte, error) { return k.Signer.Sign(random, digest, opts) })
}

// SignMessage implements crypto.MessageSigner, for a key that is one.
func (k *clientKey) SignMessage(random io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.await(func() ([]byte, error) { return crypto.SignMessage(k.Signer, random, message, opts) })
}

// await calls sign on a goroutine and waits for it until the handshake ends. If sign
// panics, await does, so that the program can recover.
func (k *clientKey) await(sign func() ([]byte, error)) ([]byte, error) {
	select {
	case k.turns <- struct{}{}:
	case <-k.over:
		return nil, errUnsigned
	}
	signed := make(chan struct{})
	var signature []byte
	var err error
	var panicked any
	go func() {
		defer func() {
			panicked = recover()
			<-k.turns
			close(signed)
		}()
		signature, err = sign()
	}()
	select {
	case <-signed:
	case <-k.over:
		return nil, errUnsigned
	}
	if panicked != nil {
		panic(panicked)
	}
	if err == nil && len(signature) == 0 { // also after runtime.Goexit
		err = errUnsigned
	}
	*k.failed = err
	return signature, err
}
