package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// A Session makes calls that share defaults and connections. Its verbs are like those of
// the package, with three differences: they ask for Keep-Alive, they use a connection
// that an earlier call has left, and they make another attempt where that is safe (see
// [Retry]). The zero value is ready to use. It is safe for concurrent use. A Session must
// not be copied, and its fields must not be changed after the first call.
//
// Calls share a connection if they go to the same origin over the same driver with the
// same TLS setting. Sessions share no connections with each other. If [PoolLimits] allows
// no further connection, a call waits for one, for up to Timeouts.Wait. The error then
// says how many are in use, and how many of these by open Streams.
//
// Before a connection is used again, it is checked. If the peer has closed it or has sent
// anything, it is closed and another one is used. An idle connection holds neither a
// buffer nor a goroutine, and a Session has no goroutine of its own. So a connection that
// has been idle for too long is closed by the next call, by [Session.CloseIdle] or by
// [Session.Close].
//
// Response.Connection is nil, because the Session owns its connections, unless the call
// passed in its own. With Stream a call holds its connection until the body has ended or
// the Response is closed. A program that keeps such Responses open while it makes other
// calls, or that makes calls in a callback, may wait for its own connections until
// Timeouts.Wait has passed.
//
// A Trace receives the events of each call, and [Session.Stats] returns counts.
type Session struct {
	// These fields are the defaults for calls that do not set them in Args. In Timeouts,
	// Limits and Retry each field is a default of its own.
	//
	// A field of Headers is left out of a call if the Headers of the call have a field of
	// that name or its Omit names it. If that is Authorization, Auth is left out as well.
	//
	// Everything here, including the certificates of TLS, goes to every origin that is
	// called. Less goes to an origin that only a redirect leads to: see [Redirect].
	// OriginOnly is combined with that of each call.
	Driver       netdriver.Driver
	TLS          netdriver.TLS
	Headers      Headers
	Omit         []string
	OriginOnly   []string
	Auth         Auth
	MaxRedirects int
	OnRedirect   func(r *Response, url string) error
	Trace        Trace
	Timeouts     Timeouts
	Limits       Limits
	Retry        Retry

	// Pool limits the connections.
	Pool PoolLimits

	// RetryBudget is the number of retries that the Session can make while no call
	// succeeds, so that retries do not make an outage worse. Each retry takes one. Each
	// call that succeeds returns a tenth of one, and every minute returns one. When none
	// is left, a call ends after its first attempt, and [OutOfRetries] says when there is
	// one again. Replacing a dead connection takes none. Default 32. If negative, there
	// are no retries.
	RetryBudget int

	sessionPool
	budget budget
}

// Do makes a call with the defaults and connections of s. See the function [Do] and
// [Session].
func (s *Session) Do(ctx context.Context, method, url string, args *Args) (*Response, error) {
	if s == nil {
		at, _ := target.Parse(url) // for the text
		nobody := delivery{asked: asked{method: shownMethod(method), at: at, attempt: 1}}
		return nil, nobody.fail(ctx, errNoSession)
	}
	own := completed.take() // what the caller gave is not changed
	if args != nil {
		*own = *args
	}
	s.begin(&s.Pool, &s.Trace)
	s.complete(own)
	resp, err := doAgain(ctx, method, url, own, s)
	completed.put(own)
	if err == nil && !isRetried(resp.Status) {
		s.budget.refund(1)
	}
	return resp, err
}

var errNoSession = errors.New("the *Session is nil: give new(zreq.Session), or leave the field Session out")

// Get makes a GET request. See [Session.Do].
func (s *Session) Get(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "GET", url, args)
}

// Head makes a HEAD request. See [Session.Do].
func (s *Session) Head(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "HEAD", url, args)
}

// Post makes a POST request. See [Session.Do].
func (s *Session) Post(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "POST", url, args)
}

// Put makes a PUT request. See [Session.Do].
func (s *Session) Put(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "PUT", url, args)
}

// Patch makes a PATCH request. See [Session.Do].
func (s *Session) Patch(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "PATCH", url, args)
}

// Delete makes a DELETE request. See [Session.Do].
func (s *Session) Delete(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "DELETE", url, args)
}

// Options makes an OPTIONS request. See [Session.Do].
func (s *Session) Options(ctx context.Context, url string, args *Args) (*Response, error) {
	return s.Do(ctx, "OPTIONS", url, args)
}

// CloseIdle closes the connections that no call is using.
func (s *Session) CloseIdle() {
	if s != nil {
		s.reportClosed(s.pool.CloseIdle(nil, CloseByCaller, line.Clock()), nil)
	}
}

// Close closes all connections and ends the Session. Calls that are under way or waiting,
// and all later calls, fail with ErrClosed. Closing a Session twice, or a nil Session,
// does nothing.
func (s *Session) Close() error {
	if s != nil {
		s.reportClosed(s.pool.Close(line.Clock()), nil)
	}
	return nil
}

// Suspect tells the driver of s, or the default one, that connections over a link stall or
// break, if it is a netdriver.Suspecter, and closes the idle connections of s over that link.
// link is that of Response.Link or Error.Link. A link without a name is not suspected.
//
// It is for a program that knows that a link does not work. Where a call has failed, Blame
// finds out whether a link may be the reason.
func (s *Session) Suspect(link string) {
	d := s.driver(nil)
	if told, ok := d.(netdriver.Suspecter); ok && link != "" {
		told.Suspect(link)
		s.leave(left{driver: d, link: link, all: true})
	}
}

// Blame tells d that a link has stalled or broken, if err, the error of a call of s, says
// so: see the function [Blame]. d is the Driver of the call, and if that is nil, it is the
// one of s. Blame closes the idle connections of s over the link, or only those to the
// origin of the call, if the driver finds that the link works.
//
// A Session does that by itself if the connection stalls or breaks before Do has returned.
// The program calls it if the body of a Stream stalls or breaks.
func (s *Session) Blame(d netdriver.Driver, err error) {
	if e := linkError(err); e != nil {
		s.leave(blame(s.driver(d), e))
	}
}

// driver returns the driver of a call that has d, which may be nil.
func (s *Session) driver(d netdriver.Driver) netdriver.Driver {
	if d == nil && s != nil {
		d = s.Driver
	}
	if d == nil {
		d, _ = netdriver.Default()
	}
	return d
}

// leave closes the idle connections over a link.
func (s *Session) leave(l left) {
	if s != nil {
		s.reportClosed(s.pool.CloseIdle(l.has, CloseSuspect, line.Clock()), nil)
	}
}

// trust tells the driver of a call that a new connection over a link has brought an answer. A
// plain answer does not count, because it may come from a captive portal.
func (s *Session) trust(c *line.Line, link string) {
	if c.TLS == nil || link == "" {
		return
	}
	if told, ok := c.Driver.(netdriver.HostSuspecter); ok {
		told.Answered(link, string(c.Origin.AppendAddress(nil)))
	}
}

// Stats returns the counts. Open, Idle and Waiting are those of one moment.
func (s *Session) Stats() Stats {
	if s == nil {
		return Stats{}
	}
	open, idle, waiting := s.pool.Size()
	return Stats{
		Open: open, Idle: idle, Waiting: waiting,
		Dialled: s.counts.dialled.Load(),
		Reused:  s.counts.reused.Load(),
		Stale:   s.counts.stale.Load(),
		Waited:  s.counts.waited.Load(),
		Retried: s.counts.retried.Load(),
	}
}

// complete fills in what the call leaves to the Session.
func (s *Session) complete(args *Args) {
	if args.Driver == nil {
		args.Driver = s.Driver
	}
	if args.TLS == nil {
		args.TLS = s.TLS
	}
	if args.Auth == nil && !named("Authorization", args.Headers, args.Omit) {
		args.Auth = s.Auth
	}
	if args.Trace == nil {
		args.Trace = s.Trace
	}
	if args.OnRedirect == nil {
		args.OnRedirect = s.OnRedirect
	}
	inherit(&args.MaxRedirects, s.MaxRedirects)
	args.Timeouts.inherit(&s.Timeouts)
	args.Limits.inherit(&s.Limits)
	args.Retry.inherit(&s.Retry)
	if len(s.Headers) > 0 {
		args.Headers = append(s.Headers.without(args.Headers, args.Omit), args.Headers...)
	}
	if len(s.Omit) > 0 {
		args.Omit = append(s.Omit[:len(s.Omit):len(s.Omit)], args.Omit...)
	}
	if len(s.OriginOnly) > 0 {
		args.OriginOnly = append(s.OriginOnly[:len(s.OriginOnly):len(s.OriginOnly)], args.OriginOnly...)
	}
}

// inherit makes what is zero as it is by default.
func inherit[T comparable](own *T, byDefault T) {
	var zero T
	if *own == zero {
		*own = byDefault
	}
}

func (t *Timeouts) inherit(from *Timeouts) {
	inherit(&t.Dial, from.Dial)
	inherit(&t.TLS, from.TLS)
	inherit(&t.Write, from.Write)
	inherit(&t.Expect, from.Expect)
	inherit(&t.Head, from.Head)
	inherit(&t.Body, from.Body)
	inherit(&t.Wait, from.Wait)
	inherit(&t.LowSpeed.Bytes, from.LowSpeed.Bytes)
	inherit(&t.LowSpeed.In, from.LowSpeed.In)
}

func (l *Limits) inherit(from *Limits) {
	inherit(&l.HeadBytes, from.HeadBytes)
	inherit(&l.Fields, from.Fields)
	inherit(&l.Informational, from.Informational)
	inherit(&l.ChunkLine, from.ChunkLine)
	inherit(&l.TrailerBytes, from.TrailerBytes)
	inherit(&l.Content, from.Content)
	inherit(&l.Body, from.Body)
	inherit(&l.Ratio, from.Ratio)
	inherit(&l.Decoded, from.Decoded)
	inherit(&l.ReadBuffer, from.ReadBuffer)
	inherit(&l.RequestBytes, from.RequestBytes)
}
