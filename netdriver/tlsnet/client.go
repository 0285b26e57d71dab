//go:build !tinygo

package tlsnet

import (
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
)

// errShownNone is why a peer refused us that had asked for a certificate.
var errShownNone = errors.New("no client certificate was shown, for there is none")

// errUnsigned is of a key that has nothing to say.
var errUnsigned = errors.New("it gave neither a signature nor a reason")

// maxSigning bounds the calls of its keys that a TLS has under way. A secure
// element may hang: the handshakes that come then do not ask it as well.
const maxSigning = 4

// show returns the certificate that the peer gets.
func (t *TLS) show(c *conn, asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if t.withheld {
		c.unshown = errWithheld
		return &tls.Certificate{}, nil
	}
	cert, err := c.choose(t.config, asked)
	if err != nil || cert == nil {
		return cert, err
	}
	if signer, ok := cert.PrivateKey.(crypto.Signer); ok {
		own := *cert
		own.PrivateKey = &clientKey{Signer: signer, turns: t.signing, over: asked.Context().Done(), failed: &c.unsigned}
		return &own, nil
	}
	return cert, nil
}

// choose takes a certificate as crypto/tls does, and notes why it takes none: the
// peer's alert says little of that.
func (c *conn) choose(config *tls.Config, asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c.unshown = nil
	if config.GetClientCertificate != nil {
		cert, err := config.GetClientCertificate(asked)
		if cert != nil && len(cert.Certificate) == 0 {
			c.unshown = errShownNone
		}
		return cert, err
	}
	c.unshown = errShownNone
	for i := range config.Certificates {
		cert := &config.Certificates[i]
		err := asked.SupportsCertificate(cert)
		if err == nil {
			c.unshown = nil
			return cert, nil
		}
		c.unshown = fmt.Errorf("no client certificate was shown, for none suits the peer: %w", err)
	}
	return &tls.Certificate{}, nil
}

// A clientKey is a key for one handshake, which does not wait for it when it has
// ended. It keeps the key's error, of which crypto/tls passes on the text alone.
type clientKey struct {
	crypto.Signer
	turns  chan struct{}   // has room for a call that may begin
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

// await calls sign on a goroutine that it does not wait for when the handshake has
// ended. A panic there is one here, where the program can recover it.
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
