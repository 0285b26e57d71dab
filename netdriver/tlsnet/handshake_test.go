//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// ordeal is a peer that makes a handshake hard.
type ordeal struct {
	peer   func(config *tls.Config, c *memnet.Conn)
	faults memnet.Faults // of the client's end
	buffer int           // of the network
	late   bool          // only the limit ends it
	is     error         // else this does
	says   string
}

const hello = "\x16\x03\x03\x00\x40" // the head of a record

var ordeals = map[string]ordeal{
	"silent":        {peer: hold, late: true},
	"takes nothing": {peer: func(_ *tls.Config, c *memnet.Conn) { c.WaitClose() }, buffer: 16, late: true},
	"half a head":   {peer: says(hello[:3], hold), late: true},
	"half a record": {peer: says(hello, hold), late: true},
	"drips": {peer: func(config *tls.Config, c *memnet.Conn) {
		tls.Server(withAddr{&dripping{c}}, config).Handshake()
	}, late: true},
	"slow reads":          {peer: honest, faults: memnet.Faults{ReadBytes: 1, ReadDelay: time.Second}, late: true},
	"half of the answer":  {peer: honest, faults: memnet.Faults{StallReadAfter: 100}, late: true},
	"no room for ours":    {peer: honest, faults: memnet.Faults{StallWriteAfter: 100}, late: true},
	"closes":              {peer: closes, is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake"},
	"closes in a record":  {peer: says(hello, closes), is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake"},
	"ends in the answer":  {peer: honest, faults: memnet.Faults{EOFAfter: 300}, is: io.ErrUnexpectedEOF, says: "ended in the TLS handshake"},
	"resets":              {peer: func(_ *tls.Config, c *memnet.Conn) { c.Reset() }, is: memnet.ErrReset, says: "reset"},
	"resets while read":   {peer: honest, faults: memnet.Faults{ResetReadAfter: 300}, is: memnet.ErrReset, says: "reset"},
	"resets while sent":   {peer: honest, faults: memnet.Faults{ResetWriteAfter: 100}, is: memnet.ErrReset, says: "reset"},
	"zeros":               {peer: says(strings.Repeat("\x00", 100), hold), is: tlsnet.ErrNotTLS, says: "does not speak TLS"},
	"a record too long":   {peer: says("\x16\x03\x03\xff\xff", hold), says: "oversized record"},
	"an empty record":     {peer: says("\x16\x03\x03\x00\x00", hold), says: "unexpected message"},
	"garbage in a record": {peer: says(hello+strings.Repeat("x", 0x40), hold), says: "tls: "},
	"garbage behind":      {peer: says("\x16\x03\x03\x00\x01\x02garbage", hold), says: "tls: "},
	"data at once":        {peer: says("\x17\x03\x03\x00\x05hello", hold), says: "tls: "},
	"nothing, for ever":   {peer: honest, faults: memnet.Faults{EmptyReads: -1}, is: io.ErrNoProgress, says: "multiple Read calls"},
}

func honest(config *tls.Config, c *memnet.Conn) { tls.Server(withAddr{c}, config).Handshake() }

func hold(_ *tls.Config, c *memnet.Conn) { io.Copy(io.Discard, c) }

// closes does so once there is something to answer.
func closes(_ *tls.Config, c *memnet.Conn) { c.Read(make([]byte, 4096)) }

// says sends text, and then does what next does.
func says(text string, next func(*tls.Config, *memnet.Conn)) func(*tls.Config, *memnet.Conn) {
	return func(config *tls.Config, c *memnet.Conn) {
		c.Write([]byte(text))
		next(config, c)
	}
}

// dripping writes a byte a second.
type dripping struct{ *memnet.Conn }

func (d *dripping) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := d.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
		time.Sleep(time.Second)
	}
	return len(p), nil
}

// testHandshakeIsBounded: whatever the peer does, a handshake ends, within the
// limit that there is for it, and with a reason.
func testHandshakeIsBounded(t *testing.T) {
	for name, o := range ordeals {
		for kind, driver := range map[string]func(*memnet.Net) netdriver.Driver{
			"":       func(n *memnet.Net) netdriver.Driver { return n },
			", bare": func(n *memnet.Net) netdriver.Driver { return memnet.Bare(n) },
		} {
			t.Run(name+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					s := newSite(t)
					config, err := s.ca.Server("example.org")
					is.NoErr(err) // it signs for names
					s.net.BufferBytes = o.buffer
					s.net.OnDial = func(int, string) (memnet.Faults, error) { return o.faults, nil }
					s.serve(t, "", func(c *memnet.Conn) { o.peer(config, c) })
					began := time.Now()
					_, err = zreq.Post(context.Background(), "https://example.org/", &zreq.Args{
						Driver: driver(s.net), TLS: tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()}),
						Timeouts: zreq.Timeouts{Dial: time.Hour, TLS: 7 * time.Second, Head: time.Hour, Body: time.Hour, Write: time.Hour},
					})
					e := failure(is, err)
					is.Equal(e.Phase, zreq.PhaseTLS)
					is.True(errors.Is(err, zreq.ErrConnect))
					is.True(zreq.SafeToRetry(err)) // nothing was sent
					is.Equal(e.Timeout(), o.late)
					is.True(o.is == nil || errors.Is(err, o.is)) // the reason
					is.True(strings.Contains(err.Error(), o.says))
					want := time.Duration(0)
					if o.late {
						want = 7 * time.Second
					}
					is.Equal(time.Since(began), want) // no sooner and no later
					is.Equal(s.net.Open(), 0)         // no connection is left
				})
			})
		}
	}
}

// What is only slow gets through, if it is let.
func testHandshakeOfASlowPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newSite(t)
		config, err := s.ca.Server("example.org")
		is.NoErr(err) // it signs for names
		s.serve(t, "", func(c *memnet.Conn) {
			server := tls.Server(withAddr{&dripping{c}}, config)
			if server.Handshake() == nil {
				s.answer(server)
			}
		})
		_, err = zreq.Get(context.Background(), "https://example.org/", &zreq.Args{
			Driver: s.net, TLS: tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()}),
			Timeouts: zreq.Timeouts{TLS: time.Hour, Head: time.Hour},
		})
		is.NoErr(err) // a byte a second is enough for who waits
	})
}

// testHandshakeInAZone: a peer that is asked in a zone proves to be its address, of which
// the zone is no part.
func testHandshakeInAZone(t *testing.T) {
	is := is.New(t)
	s := newSite(t)
	config, err := s.ca.Server("fe80::1")
	is.NoErr(err)
	s.listen(t, "[fe80::1%eth0]:8443", config)
	is.NoErr(s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()}), "https://[fe80::1%25eth0]:8443/"))
	is.Equal(s.shaken[0].ServerName, "") // an address is no name
}
