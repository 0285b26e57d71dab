package jobs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// fileIdle is for how long a file's transfer by hand may stand still.
const fileIdle = 30 * time.Second

// fileSite is where files come from and go to: the origin, plain or over TLS.
type fileSite struct {
	scheme  string
	address string
	roots   []byte // nil if it is plain
}

func filePlain(w *World) fileSite { return fileSite{"http", w.Origin.Plain, nil} }

func fileTLS(w *World) fileSite { return fileSite{"https", w.Origin.TLS, w.Origin.Roots} }

func (s fileSite) url(target string) string { return s.scheme + "://" + s.address + target }

// config is how the site is trusted, nil if it is plain.
func (s fileSite) config() *tls.Config {
	if s.roots == nil {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.roots)
	return &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
}

func (s fileSite) dial() (net.Conn, error) {
	if config := s.config(); config != nil {
		return tls.Dial("tcp", s.address, config)
	}
	return net.Dial("tcp", s.address)
}

// connect is what zreq keeps between calls.
func (s fileSite) connect() (*zreq.Connection, error) {
	args := &zreq.Args{Driver: new(stdnet.Driver)}
	if config := s.config(); config != nil {
		args.TLS = tlsnet.New(&tlsnet.Config{RootCAs: config.RootCAs})
	}
	return zreq.Connect(context.Background(), s.url("/"), args)
}

// transport is one of net/http that asks for no coding, since none is there.
func (s fileSite) transport() *http.Transport {
	return &http.Transport{TLSClientConfig: s.config(), DisableCompression: true}
}

// fasthttp has a buffer to write by that fills a record of TLS; one to read by would
// only be in the way of large reads.
func (s fileSite) fasthttp() *fasthttp.HostClient {
	config := s.config()
	return &fasthttp.HostClient{
		Addr: s.address, IsTLS: config != nil, TLSConfig: config,
		StreamResponseBody: true, WriteBufferSize: 64 << 10,
	}
}

// fileClient is a client that does one thing at a time.
func fileClient(name string, once func() error, close func() error) bench.Client {
	return bench.Client{Name: name, Do: func(n int) error {
		for range n {
			if err := once(); err != nil {
				return err
			}
		}
		return nil
	}, Close: close}
}

// fileMaker sets one client up; nil, nil if this machine has none.
type fileMaker func() (*bench.Client, error)

// fileClients sets all of them up. Those beside an error are to be closed.
func fileClients(makers ...fileMaker) ([]bench.Client, error) {
	var clients []bench.Client
	for _, one := range makers {
		client, err := one()
		if err != nil {
			return clients, err
		}
		if client != nil {
			clients = append(clients, *client)
		}
	}
	return clients, nil
}

var errFileSize = errors.New("not every byte is there")
