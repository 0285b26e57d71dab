package jobs

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// idle is how long a client waits for a byte, or for a connection.
const idle = 30 * time.Second

// fetch is a GET that a peer makes over and over.
type fetch struct {
	origin *origin.Origin
	secure bool   // over TLS
	path   string // "/bytes/13"
	length int64  // of the body
	chunk  int    // what the callback gets at once
	buffer int    // to read with, for those who let their user choose; 0: their default
	conns  int    // at most
	fresh  bool   // each on a connection of its own
}

func (f *fetch) address() string {
	if f.secure {
		return f.origin.TLS
	}
	return f.origin.Plain
}

func (f *fetch) url() string {
	if f.secure {
		return "https://" + f.origin.TLS + f.path
	}
	return "http://" + f.origin.Plain + f.path
}

// tls trusts the origin, as every peer is told to.
func (f *fetch) tls() (*tls.Config, error) {
	roots, err := tlsnet.Roots(f.origin.Roots)
	if err != nil {
		return nil, err
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, nil
}

// tally is the callback of every peer: it counts what comes.
type tally struct {
	length int64
	chunk  int
	came   int64
	odd    int64 // chunks of another size
}

func (f *fetch) tally() *tally { return &tally{length: f.length, chunk: f.chunk} }

// take takes the next chunk.
func (t *tally) take(chunk []byte) error {
	t.came += int64(len(chunk))
	if len(chunk) != t.chunk {
		t.odd++
	}
	return nil
}

// done says, at the end of a response, what was wrong with it, and begins anew.
func (t *tally) done(status int) error {
	came, odd := t.came, t.odd
	t.came, t.odd = 0, 0
	var last int64 // which may be shorter
	if t.length%int64(t.chunk) != 0 {
		last = 1
	}
	switch {
	case status != 200:
		return fmt.Errorf("status %d", status)
	case came != t.length:
		return fmt.Errorf("%d bytes came of %d", came, t.length)
	case odd != last:
		return fmt.Errorf("%d chunks are not of %d bytes", odd, t.chunk)
	}
	return nil
}
