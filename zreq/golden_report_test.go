package zreq_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// url is that of a path, or of "//authority/path".
func (g *golden) url(path string) string {
	if strings.HasPrefix(path, "//") {
		return g.scheme + path
	}
	return g.scheme + "//device.test" + path
}

// with returns args as they are for a call of this run.
func (g *golden) with(args *zreq.Args) *zreq.Args {
	own := zreq.Args{}
	if args != nil {
		own = *args
	}
	own.Omit = append(own.Omit, "User-Agent") // which has the version
	if g.session == nil {
		own.Trace = g
		if own.Driver == nil {
			own.Driver, own.TLS = g, g.secure
		}
	}
	if own.StreamCallback != nil {
		take := own.StreamCallback
		own.StreamCallback = func(chunk []byte) error {
			g.log("chunk %s", shown(chunk))
			return take(chunk)
		}
	}
	if own.OnHead != nil {
		ask := own.OnHead
		own.OnHead = func(r *zreq.Response) error {
			g.log("OnHead %s", described(r))
			return ask(r)
		}
	}
	return &own
}

// share has the calls that follow made by s.
func (g *golden) share(s *zreq.Session) {
	s.Driver, s.TLS, s.Trace = g, g.secure, g
	g.session = s
}

// get makes a call, and tells what came of it.
func (g *golden) get(path string, args *zreq.Args) *zreq.Response { return g.do("GET", path, args) }

func (g *golden) do(method, path string, args *zreq.Args) *zreq.Response {
	return g.doWithin(context.Background(), method, path, args)
}

func (g *golden) doWithin(ctx context.Context, method, path string, args *zreq.Args) (resp *zreq.Response) {
	g.log("call %s %s", method, path)
	defer func() {
		if p := recover(); p != nil {
			g.log("panic %v", p)
		}
	}()
	do := zreq.Do
	if g.session != nil {
		do = g.session.Do
	}
	own := g.with(args)
	resp, err := do(ctx, method, g.url(path), own)
	g.result("call", err)
	if resp == nil {
		return nil
	}
	g.log("response %s", described(resp))
	for name, value := range resp.All() {
		g.log("  field %q %q", name, value)
	}
	if own.Stream && err == nil {
		return resp
	}
	g.content(resp)
	return resp
}

// content tells the body of a response, and its end.
func (g *golden) content(resp *zreq.Response) {
	p, err := resp.Content()
	g.log("  content %s%s", shown(p), because(err))
	for name, value := range resp.Trailers() {
		g.log("  trailer %q %q", name, value)
	}
}

// described is what a response says beside its fields and its content.
func described(r *zreq.Response) string {
	s := fmt.Sprintf("%s %d %q of %s %s: %s, length %d, complete %t, decoded %t, %s",
		r.Proto, r.Status, r.Reason(), r.Method(), r.URL(), r.Framing(), r.Len(), r.Complete(), r.Decoded(), r.CloseReason())
	if r.Connection != nil {
		s += ", with its connection"
	}
	for _, h := range r.History() {
		s += fmt.Sprintf(", after %d of %s %s", h.Status, h.Method, h.URL)
	}
	return s
}

// sentinels are the sentinels by which errors are told apart.
var sentinels = map[string]error{
	"Request": zreq.ErrRequest, "Connect": zreq.ErrConnect, "Response": zreq.ErrResponse, "Status": zreq.ErrStatus,
	"Truncated": zreq.ErrTruncated, "TooLarge": zreq.ErrTooLarge, "Unframed": zreq.ErrUnframed, "Body": zreq.ErrBody,
	"Stale": zreq.ErrStale, "OutOfRetries": zreq.ErrOutOfRetries, "Busy": zreq.ErrBusy, "Closed": zreq.ErrClosed,
	"OtherOrigin": zreq.ErrOtherOrigin, "Redirect": zreq.ErrRedirect, "BodyConsumed": zreq.ErrBodyConsumed,
	"NoTLS": zreq.ErrNoTLS, "NoDriver": zreq.ErrNoDriver, "Stop": zreq.ErrStop, "Encoded": zreq.ErrEncoded,
	"EOF": io.EOF, "Reset": memnet.ErrReset, "Deadline": context.DeadlineExceeded, "Canceled": context.Canceled,
}

// result tells the error of what was done.
func (g *golden) result(what string, err error) {
	if err == nil {
		g.log("%s: ok", what)
		return
	}
	g.log("%s: %v", what, err)
	var e *zreq.Error
	if !errors.As(err, &e) {
		g.log("  no *Error: %t", err == io.EOF)
		return
	}
	is := ""
	for _, name := range slices.Sorted(maps.Keys(sentinels)) {
		if errors.Is(err, sentinels[name]) {
			is += " " + name
		}
	}
	g.log("  is%s; phase %s, %s %s, attempt %d, sent %d, received %d, taken %d, timeout %t, safe %t, transient %t",
		is, e.Phase, e.Method, e.URL, e.Attempt, e.Sent, e.Received, e.Taken, e.Timeout(), zreq.SafeToRetry(err), zreq.Transient(err))
	var out *zreq.OutOfRetries
	if errors.As(err, &out) {
		for _, a := range out.Attempts {
			g.log("  attempt in phase %s: status %d, wait %v: %v", a.Phase, a.Status, floor(a.Wait), a.Err)
		}
		g.log("  out of retries: %s, again %v", out.Why, floor(out.Again))
	}
}

// Trace logs an event. The request and the address are told where they are others than in
// the event before it of the same call.
func (g *golden) Trace(e zreq.Event) {
	g.mu.Lock()
	call := g.calls[e.Call]
	if call == 0 && e.Call != 0 {
		call = len(g.calls) + 1
		g.calls[e.Call] = call
	}
	what := e.Method + " " + e.URL + " " + e.Address
	same := g.traced[call] == what
	g.traced[call] = what
	g.mu.Unlock()
	s := fmt.Sprintf("trace %d.%d %s:", call, e.Attempt, e.Kind)
	for _, fact := range []struct {
		name string
		is   bool
		text any
	}{
		{"request", !same, e.Method + " " + e.URL},
		{"address", !same && e.Address != "", e.Address},
		{"after", floor(e.Elapsed) != 0, floor(e.Elapsed)},
		{"conn", e.Conn != nil, e.Conn},
		{"reused", e.Reused, e.Reused},
		{"idle", floor(e.Idle) != 0, floor(e.Idle)},
		{"status", e.Status != 0, e.Status},
		{"sent", e.Sent != 0, e.Sent},
		{"received", e.Received != 0, e.Received},
		{"wait", floor(e.Wait) != 0, floor(e.Wait)},
		{"reason", e.Reason != zreq.CloseNone, e.Reason},
		{"error", e.Err != nil, e.Err},
	} {
		if fact.is {
			s += fmt.Sprintf(" %s %v,", fact.name, fact.text)
		}
	}
	for name, value := range e.All() {
		s += fmt.Sprintf(" field %q %q,", name, value)
	}
	g.log("%s", s[:len(s)-1])
}

// floor takes off what a random wait of microseconds adds.
func floor(d time.Duration) time.Duration { return d.Truncate(time.Millisecond / 10) }

// shown is p in short.
func shown(p []byte) string {
	if len(p) <= 400 {
		return fmt.Sprintf("%d %q", len(p), p)
	}
	return fmt.Sprintf("%d %q… sha256 %.4x", len(p), p[:40], sha256.Sum256(p))
}

func because(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, io.EOF):
		return ": end"
	}
	return ": " + err.Error()
}
