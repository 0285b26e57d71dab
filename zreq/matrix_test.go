package zreq_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// The limits of the matrix, no two alike.
var matrixLimits = zreq.Timeouts{
	Dial: 3 * time.Second, TLS: 5 * time.Second, Write: 8 * time.Second, Head: 7 * time.Second, Body: 9 * time.Second,
	LowSpeed: zreq.LowSpeed{Bytes: 64, In: 20 * time.Second},
}

// matrixModes are the ways in which the caller takes the body.
var matrixModes = map[string]func(ctx context.Context, method, url string, args zreq.Args) (*zreq.Response, error){
	"callback": func(ctx context.Context, method, url string, args zreq.Args) (*zreq.Response, error) {
		args.StreamCallback, args.StreamChunk = func([]byte) error { return nil }, 4
		return zreq.Do(ctx, method, url, &args)
	},
	"pull": func(ctx context.Context, method, url string, args zreq.Args) (*zreq.Response, error) {
		args.Stream = true
		resp, err := zreq.Do(ctx, method, url, &args)
		if err == nil {
			_, err = readBy(resp, 4)
		}
		return resp, err
	},
	"pull, content": func(ctx context.Context, method, url string, args zreq.Args) (*zreq.Response, error) {
		args.Stream = true
		resp, err := zreq.Do(ctx, method, url, &args)
		if err == nil {
			_, err = resp.Content()
		}
		return resp, err
	},
	"content": func(ctx context.Context, method, url string, args zreq.Args) (*zreq.Response, error) {
		return zreq.Do(ctx, method, url, &args)
	},
}

// verdict is how a call ends.
type verdict struct {
	phase   zreq.Phase
	kind    error // errors.Is; nil: none of the kinds but the limit
	cause   error // likewise, if not nil
	limit   string
	windows time.Duration // of the limit, if more than one
}

// cell is what a peer does in one phase.
type cell struct {
	phase, fault string
	want         verdict
	but          map[string]verdict // over "TLS", and over what is "bare"
	only         string             // "TLS"
	// begins does it; from when on the limit runs, it notes.
	begins func(l *lab, c *labConn, from *moment)
	dial   func(l *lab) // instead, before the call
}

// matrix are all the cells there are.
var matrix = []cell{
	{phase: "dial", fault: "silent", want: verdict{phase: zreq.PhaseDial, kind: zreq.ErrConnect, limit: "Dial"}, dial: func(l *lab) { l.listener.SetSilent(true) }},
	{phase: "dial", fault: "reset", want: verdict{phase: zreq.PhaseDial, kind: zreq.ErrConnect, cause: memnet.ErrReset}, dial: func(l *lab) {
		l.net.OnDial = func(int, string) (memnet.Faults, error) { return memnet.Faults{}, memnet.ErrReset }
	}},
	{phase: "dial", fault: "close", want: verdict{phase: zreq.PhaseDial, kind: zreq.ErrConnect, cause: memnet.ErrRefused}, dial: func(l *lab) { _ = l.listener.Close() }},

	{phase: "tls", fault: "silent", only: "TLS", want: verdict{phase: zreq.PhaseTLS, kind: zreq.ErrConnect, limit: "TLS"}, begins: now(func(*labConn) {})},
	{phase: "tls", fault: "drip", only: "TLS", want: verdict{phase: zreq.PhaseTLS, kind: zreq.ErrConnect, limit: "TLS"}, begins: now(func(c *labConn) {
		c.raw.writes.Store(int64(time.Second / 20))
		shake(c)
	})},
	{phase: "tls", fault: "reset", only: "TLS", want: verdict{phase: zreq.PhaseTLS, kind: zreq.ErrConnect, cause: memnet.ErrReset}, begins: now(func(c *labConn) { c.raw.Reset() })},
	{phase: "tls", fault: "close", only: "TLS", want: verdict{phase: zreq.PhaseTLS, kind: zreq.ErrConnect}, begins: now(func(c *labConn) { _ = c.raw.Close() })},
	{phase: "tls", fault: "garbage", only: "TLS", want: verdict{phase: zreq.PhaseTLS, kind: zreq.ErrConnect}, begins: now(func(c *labConn) { _, _ = io.WriteString(c.raw, "HTTP/1.0 400 Bad Request\r\n\r\n") })},
	{phase: "tls", fault: "bad record", only: "TLS", want: verdict{phase: zreq.PhaseTLS, kind: zreq.ErrConnect}, begins: now(badRecord)},

	{phase: "send", fault: "silent", want: verdict{phase: zreq.PhaseSend, limit: "Write"}, begins: now(shake)},
	{phase: "send", fault: "drip", want: verdict{phase: zreq.PhaseSend, limit: "LowSpeed", windows: 2}, but: map[string]verdict{
		"TLS": {phase: zreq.PhaseSend, limit: "Write"}, "bare": {phase: zreq.PhaseSend, limit: "Write"},
	}, begins: now(func(c *labConn) {
		shake(c)
		c.sip(1, time.Second)
	})},
	{phase: "send", fault: "reset", want: verdict{phase: zreq.PhaseSend, kind: zreq.ErrConnect, cause: memnet.ErrReset}, begins: sending(func(c *labConn) { c.raw.Reset() })},
	{phase: "send", fault: "close", want: verdict{phase: zreq.PhaseSend, kind: zreq.ErrConnect}, begins: sending(func(c *labConn) { _ = c.raw.Close() })},
	{phase: "send", fault: "garbage", want: verdict{phase: zreq.PhaseSend, kind: zreq.ErrResponse}, begins: sending(func(c *labConn) {
		c.send("SSH-2.0-x\r\n\r\n")
		_, _ = io.Copy(io.Discard, c)
	})},
	{phase: "send", fault: "bad record", only: "TLS", want: verdict{phase: zreq.PhaseSend, kind: zreq.ErrConnect}, begins: sending(func(c *labConn) {
		badRecord(c)
		_, _ = io.Copy(io.Discard, c.raw)
	})},

	{phase: "head", fault: "silent", want: verdict{phase: zreq.PhaseHead, limit: "Head"}, begins: answered("", func(*labConn) {})},
	{phase: "head", fault: "drip", want: verdict{phase: zreq.PhaseHead, limit: "Head"}, begins: answered("", func(c *labConn) { c.drip(goodHead, 1, time.Second) })},
	{phase: "head", fault: "reset", want: verdict{phase: zreq.PhaseHead, kind: zreq.ErrTruncated, cause: memnet.ErrReset}, begins: answered("HTTP/", func(c *labConn) { c.raw.Reset() })},
	{phase: "head", fault: "close", want: verdict{phase: zreq.PhaseHead, kind: zreq.ErrTruncated}, begins: answered("HTTP/", func(c *labConn) { _ = c.raw.Close() })},
	{phase: "head", fault: "garbage", want: verdict{phase: zreq.PhaseHead, kind: zreq.ErrResponse}, begins: answered("SSH-2.0-x\r\n\r\n", func(*labConn) {})},
	{phase: "head", fault: "bad record", only: "TLS", want: verdict{phase: zreq.PhaseHead, kind: zreq.ErrTruncated}, begins: answered("HTTP/", badRecord)},

	{phase: "body", fault: "silent", want: verdict{phase: zreq.PhaseBody, limit: "Body"}, begins: answered(goodHead+tenBytes, func(*labConn) {})},
	{phase: "body", fault: "drip", want: verdict{phase: zreq.PhaseBody, limit: "LowSpeed"}, begins: answered(goodHead+tenBytes, func(c *labConn) { c.drip("64\r\n"+numbered(100), 1, time.Second) })},
	{phase: "body", fault: "reset", want: verdict{phase: zreq.PhaseBody, kind: zreq.ErrTruncated, cause: memnet.ErrReset}, begins: answered(goodHead+tenBytes, func(c *labConn) { c.raw.Reset() })},
	{phase: "body", fault: "close", want: verdict{phase: zreq.PhaseBody, kind: zreq.ErrTruncated}, begins: answered(goodHead+tenBytes, func(c *labConn) { _ = c.raw.Close() })},
	{phase: "body", fault: "garbage", want: verdict{phase: zreq.PhaseBody, kind: zreq.ErrResponse}, begins: answered(goodHead+tenBytes, func(c *labConn) { c.send("SSH-2.0-x\r\n\r\n") })},
	{phase: "body", fault: "bad record", only: "TLS", want: verdict{phase: zreq.PhaseBody, kind: zreq.ErrTruncated}, begins: answered(goodHead+tenBytes, badRecord)},
}

// noCell are the cells of {dial, TLS, send, head, body} × {silent, drip, reset,
// close, garbage} × {plain, TLS} that cannot be, and why. "bad record" is a sixth
// fault: garbage below TLS.
var noCell = map[string]string{
	"dial/drip":             "no byte of the peer's comes before there is a connection: a dial that takes long is silent",
	"dial/garbage":          "likewise; a driver that returns neither a connection nor an error is in testDriverOfACall",
	"tls/silent/plain":      "plain has no handshake",
	"tls/drip/plain":        "plain has no handshake",
	"tls/reset/plain":       "plain has no handshake",
	"tls/close/plain":       "plain has no handshake",
	"tls/garbage/plain":     "plain has no handshake",
	"tls/bad record/plain":  "plain has no handshake",
	"send/bad record/plain": "plain has no records",
	"head/bad record/plain": "plain has no records",
	"body/bad record/plain": "plain has no records",
	"dial/bad record":       "there is no TLS yet",
}

const (
	goodHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	tenBytes = "a\r\n0123456789\r\n"
)

// now begins at once.
func now(do func(c *labConn)) func(*lab, *labConn, *moment) {
	return func(_ *lab, c *labConn, from *moment) {
		from.note()
		do(c)
	}
}

// sending begins in the middle of a body that is sent.
func sending(do func(c *labConn)) func(*lab, *labConn, *moment) {
	return func(_ *lab, c *labConn, from *moment) {
		_, _ = io.CopyN(io.Discard, c, 30_000)
		from.note()
		do(c)
	}
}

// answered begins behind a request and s. Between s and what it does is a moment,
// so that s is read.
func answered(s string, do func(c *labConn)) func(*lab, *labConn, *moment) {
	return func(_ *lab, c *labConn, from *moment) {
		if !c.request() {
			return
		}
		from.note()
		if s != "" {
			c.send(s)
			from.note()
			time.Sleep(time.Second / 10)
		}
		do(c)
	}
}

// shake shakes hands, if there is TLS.
func shake(c *labConn) {
	if s, ok := c.ReadWriteCloser.(*tls.Conn); ok {
		_ = s.Handshake()
	}
}

func badRecord(c *labConn) { _, _ = io.WriteString(c.raw, "\x17\x03\x03\x00\x05hello") }

// testMatrix: whatever a peer does in whatever phase, plain or over TLS, however
// the body is taken and whether the driver can look: the error says in which phase
// and of which kind, within its limit, and nothing is left.
func testMatrix(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for _, c := range matrix {
		t.Run(c.phase+"/"+c.fault, func(t *testing.T) {
			for mode, call := range matrixModes {
				t.Run(mode, func(t *testing.T) {
					links(t, func(t *testing.T, secure bool, dial string) {
						if secure || c.only == "" {
							inCell(t, c, mode, call, secure, dial)
						}
					})
				})
			}
		})
	}
	runtime.GC()
	is.New(t).NoErr(goleak.Find(before)) // no goroutine is left
}

// testMatrixIsWhole: each cell is there, or named as one that cannot be.
func testMatrixIsWhole(t *testing.T) {
	is := is.New(t)
	there := map[string]bool{}
	for _, c := range matrix {
		there[c.phase+"/"+c.fault+"/TLS"] = true
		there[c.phase+"/"+c.fault+"/plain"] = c.only == ""
	}
	for _, phase := range []string{"dial", "tls", "send", "head", "body"} {
		for _, fault := range []string{"silent", "drip", "reset", "close", "garbage", "bad record"} {
			for _, link := range []string{"plain", "TLS"} {
				name := phase + "/" + fault
				why := noCell[name] + noCell[name+"/"+link]
				is.Equal(there[name+"/"+link], why == "") // one or the other
			}
		}
	}
}

// farewell is how long tlsnet waits for room to say close_notify to a peer that
// takes nothing.
const farewell = 100 * time.Millisecond

// limitOf is the limit of that name.
func limitOf(name string) time.Duration {
	return map[string]time.Duration{
		"Dial": matrixLimits.Dial, "TLS": matrixLimits.TLS, "Write": matrixLimits.Write,
		"Head": matrixLimits.Head, "Body": matrixLimits.Body, "LowSpeed": matrixLimits.LowSpeed.In,
	}[name]
}

func inCell(t *testing.T, c cell, mode string, call func(context.Context, string, string, zreq.Args) (*zreq.Response, error), secure bool, dial string) {
	is := is.New(t)
	var from moment
	from.note()
	var l *lab
	l = newLab(t, secure, drivers[dial], func(conn *labConn) { c.begins(l, conn, &from) })
	l.net.BufferBytes = 2000
	l.args.Timeouts = matrixLimits
	method := "GET"
	if c.phase == "send" {
		method, l.args.Body = "PUT", strings.NewReader(numbered(100_000))
	}
	if c.dial != nil {
		c.dial(l)
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Hour, errCancelled)
	defer cancel()
	resp, err := call(ctx, method, l.url, l.args)
	took := from.ago()
	want := c.want
	for link, other := range c.but {
		if secure && link == "TLS" || dial == link {
			want = other
		}
	}
	is.Equal(l.net.Open(), 0) // no socket is left
	e := failure(is, err)
	is.Equal(e.Phase, want.phase) // the error names the phase
	for _, kind := range []error{zreq.ErrConnect, zreq.ErrResponse, zreq.ErrTruncated} {
		is.Equal(errors.Is(err, kind), kind == want.kind) // one kind, and no other
	}
	is.True(want.cause == nil || errors.Is(err, want.cause)) // what the network said is reachable
	is.Equal(e.Timeout(), want.limit != "")
	if want.limit == "" {
		is.True(took <= time.Second/10+promptly) // at once
		is.True(!strings.Contains(err.Error(), "Timeouts."))
	} else {
		limit := limitOf(want.limit)
		is.True(saysLimit(err, want.limit, limit)) // it names the limit, and how long that is
		is.True(took >= limit)                     // which is not early
		if secure && c.phase == "send" {
			took -= farewell
		}
		is.True(took <= limit*max(1, want.windows)*9/8) // nor late
	}
	facts(is, e, c, mode)
	if c.phase != "body" {
		is.True(resp == nil) // there is no response
		return
	}
	is.Equal(resp.Status, 200) // there is one, and it is beside the error
	is.True(!resp.Complete())
	is.True(resp.Connection == nil)
	is.Equal(resp.CloseReason(), zreq.CloseFailed)
	_, again := resp.Content()
	is.True(again != nil) // which knows that it is not whole
	is.NoErr(resp.Close())
}

// facts checks the counts in an error.
func facts(is *is.I, e *zreq.Error, c cell, mode string) {
	is.Helper()
	unsent := c.phase == "dial" || c.phase == "tls"
	is.Equal(e.Sent == 0, unsent)         // what may have left
	is.Equal(zreq.SafeToRetry(e), unsent) // nothing can have happened, or something can
	is.Equal(e.Attempt, 1)
	switch {
	case c.phase != "body":
		is.Equal(e.Received, int64(0))
		is.Equal(e.Taken, int64(0))
	case c.fault == "drip":
		is.True(e.Received >= 10+15 && e.Received <= 10+20) // what came is counted
	default:
		is.Equal(e.Received, int64(10))
		if mode == "callback" {
			is.Equal(e.Taken, int64(8)) // two chunks of 4
		} else {
			is.Equal(e.Taken, int64(0))
		}
	}
}
