package jobs

import (
	"context"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// byZreq is zreq with a connection in hand, or without one if each is to be fresh.
func byZreq(f fetch) (peer, error) {
	secure, err := f.netTLS()
	if err != nil {
		return peer{}, err
	}
	p := peer{name: "zreq"}
	args := zreq.Args{Driver: new(stdnet.Driver), TLS: secure}
	if !f.fresh {
		args.Connection, err = zreq.Connect(context.Background(), f.url(), &args)
		if err != nil {
			return p, err
		}
		p.close = args.Connection.Close
	}
	p.worker = func() (func() error, error) { return zreqWorker(&f, args, zreq.Get), nil }
	return p, nil
}

// bySession is zreq with a pool of connections.
func bySession(f fetch) (peer, error) {
	secure, err := f.netTLS()
	if err != nil {
		return peer{}, err
	}
	session := &zreq.Session{
		Driver: new(stdnet.Driver),
		TLS:    secure,
		Pool:   zreq.PoolLimits{OpenPerOrigin: f.conns},
	}
	worker := func() (func() error, error) { return zreqWorker(&f, zreq.Args{}, session.Get), nil }
	return peer{name: "zreq Session", worker: worker, close: session.Close}, nil
}

// zreqWorker gets by one of the two. Of the limits in time those are set that would not
// be as the others have them: shorter timers wake the poller of the runtime more often.
func zreqWorker(f *fetch, args zreq.Args, get func(context.Context, string, *zreq.Args) (*zreq.Response, error)) func() error {
	ctx, url, t := context.Background(), f.url(), f.tally()
	args.StreamCallback, args.StreamChunk = t.take, f.chunk
	args.Limits.ReadBuffer = f.buffer
	args.Timeouts = zreq.Timeouts{Dial: idle, TLS: idle}
	args.Into = new(zreq.Response)
	return func() error {
		resp, err := get(ctx, url, &args)
		if err != nil {
			return err
		}
		return t.done(resp.Status)
	}
}

func (f *fetch) netTLS() (netdriver.TLS, error) {
	roots, err := tlsnet.Roots(f.origin.Roots)
	if err != nil {
		return nil, err
	}
	return tlsnet.New(&tlsnet.Config{RootCAs: roots}), nil
}
