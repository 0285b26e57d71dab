// Package zreq is zreq, with a connection in hand or with a Session.
package zreq

import (
	"context"
	"errors"
	"os"
	"path/filepath"

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

// New returns the client of a task.
func New(t client.Task, config Config) (client.Client, error) {
	z := &zreqs{Task: t, Config: config, url: t.URL()}
	z.args = zreq.Args{Driver: new(stdnet.Driver), TLS: config.TLS, Limits: zreq.Limits{ReadBuffer: t.Buffer}}
	// Of the limits in time those are set that would not be as the others have them: shorter
	// timers wake the poller of the runtime more often.
	z.args.Timeouts = zreq.Timeouts{Dial: client.Idle, TLS: client.Idle}
	z.get, z.cancel = zreq.Get, func() {}
	if config.Session {
		conns := max(1, t.Conns)
		all := conns * max(1, t.Many)
		z.session = &zreq.Session{
			Driver: new(stdnet.Driver), TLS: config.TLS,
			Pool: zreq.PoolLimits{Open: all, OpenPerOrigin: conns, Idle: all, IdlePerOrigin: conns},
		}
		z.args.Driver, z.args.TLS, z.get = nil, nil, z.session.Get
	}
	return client.Client{Worker: z.worker, Hold: z.hold, Close: z.close}, nil
}

type zreqs struct {
	client.Task
	Config
	url     string // one string: what a connection keeps of it all share
	args    zreq.Args
	get     func(context.Context, string, *zreq.Args) (*zreq.Response, error)
	cancel  func()
	session *zreq.Session
	open    []*zreq.Connection
	files   []*upload.FileSource
	dir     string // that was made
}

func (z *zreqs) close() error {
	z.cancel()
	for _, c := range z.open {
		_ = c.Close()
	}
	for _, f := range z.files {
		_ = f.Close()
	}
	if z.session != nil {
		_ = z.session.Close()
	}
	if z.dir != "" {
		return os.Remove(z.dir)
	}
	return nil
}

// hold keeps a response of a Session unread, or a connection that has carried one.
func (z *zreqs) hold(url string) (func() error, error) {
	args := z.args
	if args.Stream = z.Session; !z.Session {
		args.Headers = zreq.Headers{{"Connection", "Keep-Alive"}}
	}
	resp, err := z.get(context.Background(), url, &args)
	if err != nil {
		return nil, err
	}
	if z.Session {
		return func() error {
			content, err := resp.Content()
			return errors.Join(err, resp.Close(), z.whole(resp, content))
		}, nil
	}
	content, err := resp.Content()
	if resp.Connection == nil {
		return nil, zreq.ErrStale
	}
	if z.open == nil {
		z.open = make([]*zreq.Connection, 0, z.Conns)
	}
	z.open = append(z.open, resp.Connection)
	return func() error { return nil }, errors.Join(err, z.whole(resp, content))
}

func (z *zreqs) whole(resp *zreq.Response, content []byte) error {
	if resp.Status != 200 || int64(len(content)) != z.Length {
		return zreq.ErrResponse
	}
	return nil
}

func (z *zreqs) worker() (func() error, error) {
	args, ctx := z.args, context.Background()
	if z.Cancel {
		ctx, z.cancel = context.WithCancel(ctx)
	}
	if !z.Anew {
		args.Into = new(zreq.Response)
	}
	if !z.Session && !z.Fresh {
		conn, err := zreq.Connect(ctx, z.url, &args)
		if err != nil {
			return nil, err
		}
		args.Connection, z.open = conn, append(z.open, conn)
	}
	switch {
	case z.Put:
		return z.put(ctx, args)
	case z.Chunk == 0:
		return z.save(ctx, args)
	}
	s := z.Sink()
	args.StreamCallback, args.StreamChunk = s.Chunk, z.Chunk
	return func() error {
		resp, err := z.get(ctx, z.url, &args)
		if err != nil {
			return err
		}
		return s.Done(resp.Status)
	}, nil
}

// save has a file take the body: one of package download, to which it is spliced over plain
// TCP, in a folder of its own, the only file of which is looked at.
func (z *zreqs) save(ctx context.Context, args zreq.Args) (func() error, error) {
	args.Stream = true
	s, dir := z.Sink(), z.File+".d"
	if !z.Keep && !z.OSFile {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		z.dir = dir
	}
	return func() error {
		resp, err := z.get(ctx, z.url, &args)
		if err != nil {
			return err
		}
		defer resp.Close()
		switch {
		case z.Keep:
			if _, err = download.SaveFile(resp, z.File); err == nil {
				err = s.Done(resp.Status)
			}
		case z.OSFile:
			err = s.Fill(func(f *os.File) error { _, err := resp.WriteTo(f); return err })
			err = errors.Join(err, s.Done(resp.Status))
		default:
			err = z.unsynced(resp, dir)
		}
		return err
	}, nil
}

// unsynced leaves out what SaveFile does in the end, for that is the disk's time.
func (z *zreqs) unsynced(resp *zreq.Response, dir string) error {
	f, err := download.Create(filepath.Join(dir, "file"))
	if err != nil {
		return err
	}
	defer f.Close() // removes it
	if _, err := resp.WriteTo(f); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || resp.Status != 200 {
		return errors.Join(err, zreq.ErrResponse)
	}
	info, err := entries[0].Info()
	if err == nil && info.Size() != z.Length {
		err = zreq.ErrTruncated
	}
	return err
}

// put sends the same source over the same connection, from its beginning each time.
func (z *zreqs) put(ctx context.Context, args zreq.Args) (func() error, error) {
	file, err := upload.Open(z.File)
	if err != nil {
		return nil, err
	}
	z.files = append(z.files, file)
	var source upload.Source = file
	if z.Form {
		fields := form.Values{{"device", client.Device}, {"taken", client.Taken}}
		part := form.File{Field: client.Field, Name: client.FileName, ContentType: client.ContentType, Content: file}
		source = form.Files(part).With(fields)
	}
	how := &upload.Args{
		Method: z.Method(), Driver: args.Driver, TLS: args.TLS, Connection: args.Connection,
		Into: args.Into, Limits: args.Limits, Timeouts: args.Timeouts, ExpectFrom: -1, // no other client asks
	}
	return func() error {
		resp, err := upload.Upload(ctx, z.url, source, how)
		if err != nil {
			return err
		}
		return z.Done(resp.Status)
	}, nil
}
