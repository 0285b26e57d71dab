package main

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// yard is an authority and servers on the loopback, one of them good. They are
// given by their URLs.
type yard struct {
	ca  *tlstest.Authority
	pin string // of the good server

	good, expired, early, elsewhere, selfSigned, old, plain string

	servers []*server
}

const (
	host = "127.0.0.1"
	day  = 24 * time.Hour
)

// newYard starts the servers; each is wrong in one thing alone.
func newYard() (*yard, error) {
	ca, err := tlstest.NewAuthority()
	if err != nil {
		return nil, err
	}
	y := &yard{ca: ca}
	now := time.Now()
	for _, s := range []struct {
		url     *string
		issue   func() (tls.Certificate, error)
		version uint16
	}{
		{&y.good, func() (tls.Certificate, error) { return ca.Issue(now.Add(day), host) }, tls.VersionTLS13},
		{&y.expired, func() (tls.Certificate, error) { return ca.Issue(now.Add(-day), host) }, tls.VersionTLS13},
		{&y.early, func() (tls.Certificate, error) { return ca.IssueFrom(now.Add(day), now.Add(2*day), host) }, tls.VersionTLS13},
		{&y.elsewhere, func() (tls.Certificate, error) { return ca.Issue(now.Add(day), "10.0.0.7") }, tls.VersionTLS13},
		{&y.selfSigned, func() (tls.Certificate, error) { return tlstest.SelfSigned(host) }, tls.VersionTLS13},
		{&y.old, func() (tls.Certificate, error) { return ca.Issue(now.Add(day), host) }, tls.VersionTLS11},
		{&y.plain, nil, 0},
	} {
		if *s.url, err = y.start(s.issue, s.version); err != nil {
			y.close()
			return nil, err
		}
	}
	return y, nil
}

// start starts a server that shows what issue returns, or speaks no TLS.
func (y *yard) start(issue func() (tls.Certificate, error), version uint16) (url string, err error) {
	var config *tls.Config
	if issue != nil {
		cert, err := issue()
		if err != nil {
			return "", err
		}
		config = &tls.Config{
			Certificates: []tls.Certificate{cert},
			MinVersion:   version,
			MaxVersion:   version,
			ClientAuth:   tls.RequireAndVerifyClientCert,
			ClientCAs:    y.ca.Pool(),
		}
		if y.pin == "" { // the good one comes first
			leaf, err := x509.ParseCertificate(cert.Certificate[0])
			if err != nil {
				return "", err
			}
			y.pin = tlsnet.PinOf(leaf).String()
		}
	}
	s, err := startServer(config)
	if err != nil {
		return "", err
	}
	y.servers = append(y.servers, s)
	return s.url, nil
}

func (y *yard) close() {
	for _, s := range y.servers {
		s.close()
	}
}
