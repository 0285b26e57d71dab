// Package zreq is zreq, with a connection in hand or with a Session.
package zreq

import (
	"context"
	"os"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// Config says what differs between the clients of zreq.
type Config struct {
	TLS     netdriver.TLS // nil without; given so that who has none does not link it
	Session bool          // or else one connection
	OSFile  bool          // a body is written to an *os.File, which none is spliced to
	Anew    bool          // each call has a Response of its own
	Cancel  bool          // the context can be cancelled
}

// New returns the client of a task. Of the limits in time those are set that would not be as
// the others have them: shorter timers wake the poller of the runtime more often.
func New(t client.Task, config Config) client.Client {
	z := &zreqs{Task: t, Config: config, get: zreq.Get, held: make([]*zreq.Connection, 0, t.Conns)}
	z.args = zreq.Args{
		Driver: new(stdnet.Driver), TLS: config.TLS, Limits: zreq.Limits{ReadBuffer: t.Buffer},
		Timeouts: zreq.Timeouts{Dial: client.Idle, TLS: client.Idle},
	}
	if config.Session {
		conns := max(1, t.Conns)
		all := conns * max(1, t.Many)
		session := &zreq.Session{
			Driver: z.args.Driver, TLS: config.TLS,
			Pool: zreq.PoolLimits{Open: all, OpenPerOrigin: conns, Idle: all, IdlePerOrigin: conns},
		}
		z.args.Driver, z.args.TLS, z.get = nil, nil, session.Get
		z.closers = append(z.closers, session.Close)
	}
	return client.Client{Worker: z.worker, Hold: z.hold, Close: z.close}
}

type zreqs struct {
	client.Task
	Config
	args    zreq.Args
	get     func(context.Context, string, *zreq.Args) (*zreq.Response, error)
	held    []*zreq.Connection
	closers []func() error
}

func (z *zreqs) close() {
	for _, c := range z.held {
		_ = c.Close()
	}
	for _, closer := range z.closers {
		try.E(closer())
	}
}

// hold keeps a response of a Session unread, or a connection that has carried one.
func (z *zreqs) hold(url string) func() {
	args := z.args
	if args.Stream = z.Session; !z.Session {
		args.Headers = zreq.Headers{{"Connection", "Keep-Alive"}}
	}
	resp := try.E1(z.get(context.Background(), url, &args))
	release := func() {
		defer resp.Close()
		z.check(resp, int64(len(try.E1(resp.Content()))))
	}
	if z.Session {
		return release
	}
	if resp.Connection == nil {
		try.E(zreq.ErrStale)
	}
	z.held = append(z.held, resp.Connection)
	release()
	return func() {}
}

// check looks at a response of which n bytes have come.
func (z *zreqs) check(resp *zreq.Response, n int64) {
	if resp.Status != 200 || n != z.Length {
		try.E(zreq.ErrResponse)
	}
}

func (z *zreqs) worker() func() {
	args, ctx := z.args, context.Background()
	if z.Cancel {
		cancelled, cancel := context.WithCancel(ctx)
		ctx, z.closers = cancelled, append(z.closers, func() error { cancel(); return nil })
	}
	if !z.Anew {
		args.Into = new(zreq.Response)
	}
	if !z.Session && !z.Fresh {
		args.Connection = try.E1(zreq.Connect(ctx, z.URL(), &args))
		z.closers = append(z.closers, args.Connection.Close)
	}
	s, url := z.Sink(), z.URL()
	switch {
	case z.Put:
		return z.put(ctx, args, s)
	case z.Chunk == 0:
		return z.save(ctx, args, s)
	}
	args.StreamCallback, args.StreamChunk = s.Chunk, z.Chunk
	return func() { s.Done(try.E1(z.get(ctx, url, &args)).Status) }
}

// save has a file take the body: one of package download, to which it is spliced over plain
// TCP. If it is not to stay, what SaveFile does in the end is left out, for that is the disk's time.
func (z *zreqs) save(ctx context.Context, args zreq.Args, s *client.Sink) func() {
	args.Stream = true
	url := z.URL()
	return func() {
		resp := try.E1(z.get(ctx, url, &args))
		defer resp.Close()
		switch {
		case z.Keep:
			try.E1(download.SaveFile(resp, z.File))
		case z.OSFile:
			s.Fill(func(f *os.File) { try.E1(resp.WriteTo(f)) })
		default:
			z.unsynced(resp)
			return
		}
		s.Done(resp.Status)
	}
}

func (z *zreqs) unsynced(resp *zreq.Response) {
	f := try.E1(download.Create(z.File))
	defer f.Close() // removes it
	var piece []byte
	if z.Roots != nil {
		piece = make([]byte, 32<<10) // as SaveFile does
	}
	z.check(resp, try.E1(resp.SaveTo(f, piece)))
}

// put sends the same source over the same connection, from its beginning each time.
func (z *zreqs) put(ctx context.Context, args zreq.Args, s *client.Sink) func() {
	file := try.E1(upload.Open(z.File))
	z.closers = append(z.closers, file.Close)
	var source upload.Source = file
	if z.Form {
		fields := form.Values{{"device", client.Device}, {"taken", client.Taken}}
		part := form.File{Field: client.Field, Name: client.FileName, ContentType: client.ContentType, Content: file}
		source = form.Files(part).With(fields)
	}
	url, how := z.URL(), &upload.Args{
		Method: z.Method(), Driver: args.Driver, TLS: args.TLS, Connection: args.Connection,
		Into: args.Into, Limits: args.Limits, Timeouts: args.Timeouts, ExpectFrom: -1, // no other client asks
	}
	return func() { s.Done(try.E1(upload.Upload(ctx, url, source, how)).Status) }
}
