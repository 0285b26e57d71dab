package zreq

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/zreq-go/zreq/netdriver"
)

// A Session makes calls that share defaults and connections. Its verbs are those of
// the package, but they ask for Keep-Alive, take a connection that an earlier call
// left, and make another attempt where that is safe (see [Retry]).
//
// Connections are shared by calls to one origin, over one driver, with one TLS
// setting, and by no other Session. One that is idle holds neither a buffer nor a
// goroutine: nothing watches it, so that one that has been idle for too long is
// closed by the next call. Before it is used again it is looked at: one that the
// peer has closed, or on which it has sent anything, is closed. If there are as many
// as [PoolLimits] allows, a call waits for one for at most Timeouts.Wait, 30 s by
// default. The error says how many are in use, and how many of those by open Streams.
//
// Response.Connection is nil, for connections are the Session's, unless the call
// brought its own. With Stream a call has its connection until its body has ended or
// the Response was closed. A program that keeps such Responses open while it makes
// other calls, or makes calls in a callback, may wait for its own connections until
// Timeouts.Wait is over.
//
// What happens is told to Trace, and counted by [Session.Stats].
//
// The zero value is ready to use. The fields are not changed after the first call; a
// Session is not copied. It is safe for concurrent use.
type Session struct {
	// Driver, TLS, Headers, Omit, Auth, MaxRedirects, OnRedirect, Trace, Timeouts,
	// Limits and Retry are for the calls that do not say otherwise, as in Args; of
	// the last three, each field.
	//
	// A field of Headers is left out of a call whose own Headers have one of that
	// name, or whose Omit names it. Where that is Authorization, Auth is, too. What
	// is given here, the certificates of TLS among it, goes to every origin that is
	// called. To an origin that only a redirect leads to goes less: see [Redirect].
	//
	// OriginOnly is joined to that of each call.
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

	// Pool bounds the connections.
	Pool PoolLimits

	// RetryBudget is how many retries the Session has in store. Each retry takes one;
	// a call that succeeds puts back a tenth of one, and every minute a whole one.
	// When it is empty, a failure is final, so that retries do not multiply an outage:
	// the call ends after its first attempt, and [OutOfRetries] says when there is a
	// retry again. Default 32; negative: none. A kept connection that turns out to be dead
	// is replaced for nothing.
	RetryBudget int

	pool   pool
	budget budget

	dialled, reused, stale, waited, retried atomic.Int64
}

var _ keeper = (*Session)(nil)

// Do makes a call: see the function [Do], and [Session].
func (s *Session) Do(ctx context.Context, method, url string, args *Args) (*Response, error) {
	if s == nil {
		x := exchange{method: method, attempt: 1}
		_ = x.at.split(url) // for the text
		return nil, x.fail(ctx, errNoSession)
	}
	own := completed.Get().(*Args) // what the caller gave is not changed
	if args != nil {
		*own = *args
	}
	s.complete(own)
	resp := own.Into
	if resp == nil {
		resp = new(Response)
	}
	x := exchange{method: method, args: own, resp: resp, keep: s}
	resp, err := x.do(ctx, url)
	*own = Args{}
	completed.Put(own)
	if err == nil && !s.unwelcome(resp.Status) {
		s.budget.refund(1)
	}
	return resp, err
}

var errNoSession = errors.New("the *Session is nil: give new(zreq.Session), or leave the field Session out")

// completed has the arguments of calls that are over: those of a call are on the heap.
var completed = sync.Pool{New: func() any { return new(Args) }}

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
