package zreq_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testOrigin: a connection serves one origin, over one driver, with one TLS
// setting; anything else is refused before a byte is sent, and it stays usable.
func testOrigin(t *testing.T) {
	peer := zreqtest.NewPeer(t, answering(byLength("hi")))
	ours, theirs := &seal{}, &seal{}
	for name, tt := range map[string]struct {
		opened, url string
		args        zreq.Args
		same        bool
	}{
		"the same":                  {"http://device.test/a", "http://device.test/b?c", zreq.Args{}, true},
		"another case":              {"http://device.test", "HTTP://DEVICE.Test", zreq.Args{}, true},
		"the port by name":          {"http://device.test", "http://device.test:80/", zreq.Args{}, true},
		"the port with a zero":      {"http://device.test:8080", "http://device.test:08080/", zreq.Args{}, true},
		"no port behind the colon":  {"http://device.test:80", "http://device.test:/", zreq.Args{}, true},
		"other credentials":         {"http://a:b@device.test", "http://c:d@device.test/", zreq.Args{}, true},
		"IPv6":                      {"http://[::a]", "http://[::A]:80/", zreq.Args{}, true},
		"the same driver by name":   {"http://device.test", "http://device.test", zreq.Args{Driver: peer}, true},
		"TLS beside http":           {"http://device.test", "http://device.test", zreq.Args{TLS: theirs}, true},
		"https by port":             {"https://device.test", "https://device.test:443", zreq.Args{}, true},
		"the same TLS":              {"https://device.test", "https://device.test", zreq.Args{TLS: ours}, true},
		"another host":              {"http://device.test", "http://device.tes", zreq.Args{}, false},
		"a name below it":           {"http://device.test", "http://a.device.test", zreq.Args{}, false},
		"a longer name":             {"http://device.test", "http://device.test.evil.test", zreq.Args{}, false},
		"another port":              {"http://device.test", "http://device.test:81", zreq.Args{}, false},
		"https":                     {"http://device.test", "https://device.test", zreq.Args{}, false},
		"https on the port of http": {"http://device.test", "https://device.test:80", zreq.Args{}, false},
		"http":                      {"https://device.test", "http://device.test", zreq.Args{}, false},
		"http on the port of https": {"https://device.test", "http://device.test:443", zreq.Args{}, false},
		"another driver":            {"http://device.test", "http://device.test", zreq.Args{Driver: memnet.New()}, false},
		"the same network, wrapped": {"http://device.test", "http://device.test", zreq.Args{Driver: memnet.Bare(peer)}, false},
		"another TLS":               {"https://device.test", "https://device.test", zreq.Args{TLS: theirs}, false},
		"an IPv4 and its IPv6":      {"http://192.0.2.1", "http://[::ffff:192.0.2.1]", zreq.Args{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(byLength("hi")))
			if tt.args.Driver != nil && tt.same {
				tt.args.Driver = peer
			}
			conn, err := zreq.Connect(context.Background(), tt.opened, &zreq.Args{Driver: peer, TLS: ours})
			is.NoErr(err)
			defer conn.Close()
			tt.args.Connection = conn
			resp, err := zreq.Get(context.Background(), tt.url, &tt.args)
			if tt.same {
				is.NoErr(err)
				is.Equal(content(is, resp), "hi")
				is.Equal(peer.Dials(), 1)
				return
			}
			is.True(resp == nil)
			is.True(errors.Is(err, zreq.ErrOtherOrigin))
			is.True(!errors.Is(err, zreq.ErrRequest)) // the request is fine, elsewhere
			is.Equal(failure(is, err).Sent, int64(0))
			is.Equal(len(peer.Requests()), 0) // not a byte
			resp, err = zreq.Get(context.Background(), tt.opened, &zreq.Args{Connection: conn})
			is.NoErr(err) // it is untouched
			is.Equal(peer.Dials(), 1)
			is.Equal(resp.Connection, conn)
		})
	}
}

// seal is a TLS that proves nothing and says what it is asked to.
type seal struct {
	proves bool
	plain  bool  // return the connection that was given
	fail   error // instead of a connection
	names  []string
}

type sealedConn struct {
	netdriver.Conn
	proves bool
}

func (c *sealedConn) ProvesEnd() bool { return c.proves }

// Anonymous returns s: it shows nothing of us.
func (s *seal) Anonymous() netdriver.TLS { return s }

func (s *seal) Client(_ context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	s.names = append(s.names, name)
	switch {
	case s.fail != nil:
		_ = c.Close()
		return nil, s.fail
	case s.plain:
		return c, nil
	}
	return &sealedConn{c, s.proves}, nil
}
