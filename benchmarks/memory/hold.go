package memory

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/memory/byhand"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// path is what each connection has got before it is idle: 13 bytes.
const path = "/bytes/13"

// held are connections that are idle. What close needs is what lives meanwhile.
type held struct{ close func() }

// A holder makes n connections that are idle at once, each after one answer. Where a
// client has a pool, the answers are kept unread until all are there, so that each has a
// connection of its own; then each is read and closed.
type holder struct {
	peer string
	hold func(t *task, n int) (held, error)
}

var holders = []holder{
	{"raw", holdRaw},
	{"zreq", holdZreq},
	{"zreq Session", holdSession},
	{"net/http", holdHTTP},
	{"fasthttp", holdFasthttp},
	{"resty", holdResty},
}

var errAnswer = errors.New("the answer is not what was asked for")

// dial dials as a program without a client does.
func (t *task) dial() (net.Conn, error) {
	if t.TLS {
		return tls.Dial("tcp", t.Address, t.config)
	}
	return net.Dial("tcp", t.Address)
}

func holdRaw(t *task, n int) (held, error) {
	open := make([]net.Conn, 0, n)
	for range n {
		conn, err := t.dial()
		if err != nil {
			return held{}, err
		}
		open = append(open, conn)
		if err := byhand.New(conn, t.Address).Get(path, 1); err != nil {
			return held{}, err
		}
	}
	return held{func() {
		for _, conn := range open {
			_ = conn.Close()
		}
	}}, nil
}

// secure is the TLS of zreq.
func (t *task) secure() (*tlsnet.TLS, error) {
	roots, err := tlsnet.Roots(t.Roots)
	return tlsnet.New(&tlsnet.Config{RootCAs: roots}), err
}

func holdZreq(t *task, n int) (held, error) {
	secure, err := t.secure()
	if err != nil {
		return held{}, err
	}
	url := t.url(path) // one string: what a connection keeps of it all share
	args := &zreq.Args{Driver: new(stdnet.Driver), TLS: secure, Headers: zreq.Headers{{"Connection", "Keep-Alive"}}}
	open := make([]*zreq.Connection, 0, n)
	for range n {
		resp, err := zreq.Get(context.Background(), url, args)
		if err != nil {
			return held{}, err
		}
		if content, err := resp.Content(); err != nil || len(content) != 13 || resp.Status != 200 || resp.Connection == nil {
			return held{}, errors.Join(err, errAnswer)
		}
		open = append(open, resp.Connection)
	}
	return held{func() {
		for _, conn := range open {
			_ = conn.Close()
		}
	}}, nil
}

func holdSession(t *task, n int) (held, error) {
	secure, err := t.secure()
	if err != nil {
		return held{}, err
	}
	s := &zreq.Session{
		Driver: new(stdnet.Driver),
		TLS:    secure,
		Pool:   zreq.PoolLimits{Open: -1, OpenPerOrigin: -1, Idle: n, IdlePerOrigin: n},
	}
	kept := held{func() { _ = s.Close() }}
	url := t.url(path)
	answers := make([]*zreq.Response, n)
	for i := range answers {
		if answers[i], err = s.Get(context.Background(), url, &zreq.Args{Stream: true}); err != nil {
			return kept, err
		}
	}
	for _, resp := range answers {
		if content, err := resp.Content(); err != nil || len(content) != 13 || resp.Status != 200 {
			return kept, errors.Join(err, errAnswer)
		}
		if err := resp.Close(); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// transport is that of net/http, with room.
func (t *task) transport(n int) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = n, n
	transport.TLSClientConfig = t.config.Clone()
	return transport
}

func holdHTTP(t *task, n int) (held, error) {
	client := &http.Client{Transport: t.transport(n)}
	return holdBodies(n, client.CloseIdleConnections, func() (int, io.ReadCloser, error) {
		resp, err := client.Get(t.url(path))
		if err != nil {
			return 0, nil, err
		}
		return resp.StatusCode, resp.Body, nil
	})
}

func holdResty(t *task, n int) (held, error) {
	client := resty.New().SetTransport(t.transport(n))
	return holdBodies(n, client.GetClient().CloseIdleConnections, func() (int, io.ReadCloser, error) {
		resp, err := client.R().SetDoNotParseResponse(true).Get(t.url(path))
		if err != nil {
			return 0, nil, err
		}
		return resp.StatusCode(), resp.RawBody(), nil
	})
}

// holdBodies makes n calls and then reads the bodies.
func holdBodies(n int, end func(), call func() (status int, body io.ReadCloser, err error)) (held, error) {
	kept := held{end}
	bodies := make([]io.ReadCloser, n)
	for i := range bodies {
		status, body, err := call()
		if err != nil {
			return kept, err
		}
		if status != http.StatusOK {
			return kept, errAnswer
		}
		bodies[i] = body
	}
	for _, body := range bodies {
		if m, err := io.Copy(io.Discard, body); err != nil || m != 13 {
			return kept, errors.Join(err, errAnswer)
		}
		if err := body.Close(); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

func holdFasthttp(t *task, n int) (held, error) {
	client := &fasthttp.Client{
		TLSConfig:           t.config.Clone(),
		MaxConnsPerHost:     n,
		MaxIdleConnDuration: time.Hour,
		StreamResponseBody:  true, // so that an answer can be there unread
	}
	return holdBodies(n, client.CloseIdleConnections, func() (int, io.ReadCloser, error) {
		req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(req)
		req.SetRequestURI(t.url(path))
		if err := client.Do(req, resp); err != nil {
			return 0, nil, err
		}
		return resp.StatusCode(), fasthttpBody{resp}, nil
	})
}

// fasthttpBody is the body of a response, and lets go of both.
type fasthttpBody struct{ resp *fasthttp.Response }

func (b fasthttpBody) Read(p []byte) (int, error) { return b.resp.BodyStream().Read(p) }

func (b fasthttpBody) Close() error {
	err := b.resp.CloseBodyStream()
	fasthttp.ReleaseResponse(b.resp)
	return err
}
