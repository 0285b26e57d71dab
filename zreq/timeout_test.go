package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// of returns the limit of a phase and its name.
func of(t zreq.Timeouts, phase zreq.Phase) (limit time.Duration, name string) {
	switch phase {
	case zreq.PhaseDial:
		return t.Dial, "Dial"
	case zreq.PhaseTLS:
		return t.TLS, "TLS"
	case zreq.PhaseSend:
		return t.Write, "Write"
	case zreq.PhaseHead:
		return t.Head, "Head"
	}
	return t.Body, "Body"
}

// never is what no limit here comes near to.
const never = 24 * time.Hour

// untilTimeout makes a call and checks that it ends by the limit of the phase.
func untilTimeout(t *testing.T, phase zreq.Phase, limits zreq.Timeouts, call func(context.Context) error) {
	t.Helper()
	is := is.New(t)
	limit, name := of(limits, phase)
	ctx, cancel := context.WithTimeoutCause(context.Background(), never, errCancelled)
	defer cancel()
	began := time.Now()
	err := call(ctx)
	waited := time.Since(began)
	is.Equal(phaseOf(err), phase) // the error names the phase
	if limit < 0 {
		is.Equal(waited, never)               // no limit is none: only the context ends the call
		is.True(errors.Is(err, errCancelled)) // and says so
		return
	}
	is.True(waited >= limit)                                             // a limit is never early
	is.True(waited <= limit+limit/8)                                     // and at most an eighth late
	is.True(saysTimeout(err))                                            // the error is a timeout
	is.True(!errors.Is(err, context.DeadlineExceeded))                   // and not the one of the caller's context
	is.True(saysLimit(err, name, limit))                                 // it names the limit, and its length
	is.True(errors.Is(err, zreq.ErrConnect) == (phase < zreq.PhaseSend)) // it is a failure to connect only until there is a connection
}

// saysLimit reports whether the text of err names a field of Timeouts and how long it is.
func saysLimit(err error, name string, limit time.Duration) bool {
	_, after, found := strings.Cut(err.Error(), "Timeouts."+name)
	_, after, _ = strings.Cut(after, " of ")
	length, _, _ := strings.Cut(after, " ")
	d, err := time.ParseDuration(length)
	return found && err == nil && d == limit
}

func testSilentPeerRunsIntoTheLimitOfItsPhase(t *testing.T) {
	for limits, tt := range map[string]struct{ given, hold zreq.Timeouts }{
		"defaults": {hold: zreq.Timeouts{Dial: 10 * time.Second, TLS: 10 * time.Second, Write: 30 * time.Second, Head: 30 * time.Second, Body: 30 * time.Second}},
		"short":    {given: everyLimit(1), hold: everyLimit(1)},
		"long":     {given: everyLimit(300), hold: everyLimit(300)},
		"none":     {given: everyLimit(-1), hold: everyLimit(-1)},
	} {
		for name, s := range silences {
			if name == "head, drips" && (tt.hold.Head < 0 || tt.hold.Head > time.Minute) {
				continue // it comes whole in that time
			}
			t.Run(limits+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer, url, args := silent(t, name)
					args.Timeouts = tt.given
					untilTimeout(t, s.phase, tt.hold, func(ctx context.Context) error {
						_, err := zreq.Get(ctx, url, args)
						return err
					})
					is.Equal(peer.Open(), 0) // the connection is closed
				})
			})
		}
	}
}

// everyLimit is five limits, all different, in units of n seconds.
func everyLimit(n time.Duration) zreq.Timeouts {
	n *= time.Second
	return zreq.Timeouts{Dial: 3 * n, TLS: 5 * n, Write: 6 * n, Head: 7 * n, Body: 4 * n}
}

func TestSlowPeerIsWaitedFor(t *testing.T) {
	body := strings.Repeat("x", 100)
	for name, script := range map[string][]zreqtest.Step{
		"a head within its limit":       {zreqtest.Request(), zreqtest.Drip("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", 700*time.Millisecond), zreqtest.Send(body)},
		"a body that drips":             {zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"), zreqtest.Pause(29 * time.Second), zreqtest.Drip(body, 29*time.Second)},
		"a body that drips, in chunks":  {zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), zreqtest.Pause(29 * time.Second), zreqtest.Drip("32;a\r\n"+body[:50]+"\r\n32\r\n"+body[50:]+"\r\n0\r\nX: y\r\n\r\n", 29*time.Second)},
		"a body long after a slow head": {zreqtest.Request(), zreqtest.Pause(29 * time.Second), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"), zreqtest.Pause(29 * time.Second), zreqtest.Send(body)},
		"a reader of the request":       {zreqtest.Read(5), zreqtest.Pause(29 * time.Second), zreqtest.Request(), zreqtest.Send(withLength(body))},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, script)
				peer.Net().BufferBytes = 64
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err) // a limit is for the time without progress
				got, _ := resp.Text()
				is.Equal(got, body) // nothing is lost over it
			})
		})
	}
}

// A slow reader is told from a dead one by whether it takes 4 KiB in time, not
// by how large our buffer is.
func TestSlowReaderOfALargeBuffer(t *testing.T) {
	body := strings.Repeat("x", 64<<10)
	limits := zreq.Timeouts{Write: 5 * time.Second}
	start := func(t *testing.T, script []zreqtest.Step) func(context.Context) error {
		peer := zreqtest.NewPeer(t, script)
		peer.Net().BufferBytes = 1000
		return func(ctx context.Context) error {
			_, err := zreq.Put(ctx, site, &zreq.Args{
				Driver: peer, Timeouts: limits, Limits: zreq.Limits{ReadBuffer: 64 << 10}, Body: strings.NewReader(body),
			})
			return err
		}
	}
	t.Run("slow", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			script := steps(zreqtest.Head())
			for range len(body) / 1000 {
				script = append(script, zreqtest.Read(1000), zreqtest.Pause(time.Second))
			}
			call := start(t, append(script, zreqtest.Read(len(body)%1000), zreqtest.Send(noContent)))
			is.NoErr(call(context.Background())) // it takes 4 KiB in 4 seconds
		})
	})
	for name, script := range map[string][]zreqtest.Step{
		"dead":                     steps(zreqtest.Hold()),
		"dead behind the head":     steps(zreqtest.Head(), zreqtest.Hold()),
		"dead in the middle of it": steps(zreqtest.Head(), zreqtest.Read(30_000), zreqtest.Hold()),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { untilTimeout(t, zreq.PhaseSend, limits, start(t, script)) })
		})
	}
}

// The longest duration there is means no limit, not one that is over.
func TestLongestLimits(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	for name, limits := range map[string]zreq.Timeouts{
		"Dial":  {Dial: longest, TLS: -1, Write: -1, Head: -1, Body: -1},
		"TLS":   {Dial: -1, TLS: longest, Write: -1, Head: -1, Body: -1},
		"Write": {Dial: -1, TLS: -1, Write: longest, Head: -1, Body: -1},
		"Head":  {Dial: -1, TLS: -1, Write: -1, Head: longest, Body: -1},
		"Body":  {Dial: -1, TLS: -1, Write: -1, Head: -1, Body: longest},
		"all":   {Dial: longest, TLS: longest, Write: longest, Head: longest, Body: longest},
		"less":  {Dial: longest / 9 * 8, TLS: longest / 9 * 8, Write: longest / 9 * 8, Head: longest / 9 * 8, Body: longest / 9 * 8},
	} {
		for _, chip := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/chip ", chip), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, steps(
						zreqtest.Read(5), zreqtest.Pause(time.Hour), zreqtest.Request(), zreqtest.Pause(time.Hour),
						zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), zreqtest.Pause(time.Hour), zreqtest.Send("hi"),
					))
					peer.Net().BufferBytes = 64
					args := &zreq.Args{Driver: peer, TLS: &seal{}, Timeouts: limits}
					if chip {
						args.Driver, args.TLS = &chipDriver{Driver: peer}, nil
					}
					start := time.Now()
					resp, err := zreq.Get(context.Background(), secure, args)
					is.NoErr(err) // nothing is over after an hour
					is.Equal(content(is, resp), "hi")
					is.Equal(time.Since(start), 3*time.Hour)
				})
			})
		}
	}
}

// A chip that dials and shakes hands in one step has the time of both for it.
func TestLimitOfAChip(t *testing.T) {
	for name, tt := range map[string]struct{ dial, tls, want time.Duration }{
		"both":     {3 * time.Second, 5 * time.Second, 8 * time.Second},
		"defaults": {0, 0, 20 * time.Second},
		"no TLS":   {3 * time.Second, -1, -1},
		"no Dial":  {-1, 5 * time.Second, -1},
		"none":     {-1, -1, -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				driver := &chipDriver{Driver: zreqtest.NewPeer(t, steps(zreqtest.NoAnswer()))}
				untilTimeout(t, zreq.PhaseDial, zreq.Timeouts{Dial: tt.want}, func(ctx context.Context) error {
					_, err := zreq.Get(ctx, secure, &zreq.Args{Driver: driver, Timeouts: zreq.Timeouts{Dial: tt.dial, TLS: tt.tls}})
					return err
				})
			})
		})
	}
}

func TestSlowCallbackCountsAgainstNoLimit(t *testing.T) {
	for name, s := range situations {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s.slow = true
				d := disturb(t, s, memnet.New())
				take, calls := d.args.StreamCallback, 0
				d.args.OnHead = func(*zreq.Response) error {
					time.Sleep(time.Hour)
					return nil
				}
				d.args.StreamCallback = func(chunk []byte) error {
					calls++
					time.Sleep(time.Hour)
					return take(chunk)
				}
				resp, err := d.get(context.Background(), "/first")
				is.NoErr(err)                                          // writing flash takes its time
				is.True(calls >= 10)                                   // each chunk
				is.Equal(string(d.got), bodyOf("/first", s.body))      // and none is lost
				is.Equal(resp.CloseReason() == zreq.CloseNone, s.kept) // the connection is as good as before
			})
		})
	}
}

// The limits of a call hold for it alone, whatever the call before it on the
// same connection had, and however long ago that was.
func TestLimitsDoNotOutliveTheirCall(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
	stops := map[zreq.Phase][]zreqtest.Step{
		zreq.PhaseSend: {zreqtest.Hold()},
		zreq.PhaseHead: {zreqtest.Request(), zreqtest.Hold()},
		zreq.PhaseBody: {zreqtest.Request(), zreqtest.Send(ok), zreqtest.Hold()},
	}
	first := []zreqtest.Step{zreqtest.Request(), zreqtest.Pause(100 * time.Millisecond), zreqtest.Send(ok), zreqtest.Pause(100 * time.Millisecond), zreqtest.Send("one")}
	for name, tt := range map[string]struct{ before, then zreq.Timeouts }{
		"shorter, then longer": {everyLimit(1), everyLimit(9)},
		"longer, then shorter": {everyLimit(9), everyLimit(1)},
		"a little shorter":     {everyLimit(9), everyLimit(8)},
		"a little longer":      {everyLimit(8), everyLimit(9)},
		"the same":             {everyLimit(2), everyLimit(2)},
		"some, then none":      {everyLimit(1), everyLimit(-1)},
		"none, then some":      {everyLimit(-1), everyLimit(1)},
	} {
		for phase, stop := range stops {
			for _, idle := range []time.Duration{0, time.Second, time.Hour} {
				t.Run(name+"/"+phase.String()+"/"+idle.String(), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						peer := zreqtest.NewPeer(t, append(first[:len(first):len(first)], stop...), answering(withLength("two")))
						peer.Net().BufferBytes = 64
						args := &zreq.Args{Driver: peer, Headers: asks(), Timeouts: tt.before}
						resp, err := zreq.Get(context.Background(), site, args)
						is.NoErr(err)                   // the first call is an ordinary one
						is.True(resp.Connection != nil) // its connection is kept
						conn := resp.Connection
						time.Sleep(idle)
						args.Connection, args.Timeouts = conn, tt.then
						untilTimeout(t, phase, tt.then, func(ctx context.Context) error {
							_, err := zreq.Get(ctx, site, args)
							return err
						})
						is.Equal(peer.Open(), 0) // a connection that timed out is closed
						resp, err = zreq.Get(context.Background(), site, args)
						is.NoErr(err) // and the next call dials another
						got, _ := resp.Text()
						is.Equal(got, "two")      // which has the next answer
						is.Equal(conn.Dials(), 2) // on a connection of its own
						is.NoErr(conn.Close())    // which is the caller's to close
					})
				})
			}
		}
	}
}

// The network has timeouts of its own: a dial that the system gave up, a socket
// whose peer no longer acknowledges.
func TestTimeoutOfTheNetworkIsNotOurLimit(t *testing.T) {
	for op, phase := range map[string]zreq.Phase{
		"dial": zreq.PhaseDial, "write": zreq.PhaseSend, "read": zreq.PhaseHead,
	} {
		t.Run(op, func(t *testing.T) {
			is := is.New(t)
			d := disturb(t, situations["first call"], memnet.New())
			d.wire.before = func(o string) error {
				if o == op {
					return os.ErrDeadlineExceeded
				}
				return nil
			}
			_, err := d.get(context.Background(), "/first")
			is.Equal(phaseOf(err), phase)                        // the phase it was in
			is.True(saysTimeout(err))                            // it is a timeout
			is.True(errors.Is(err, os.ErrDeadlineExceeded))      // the network's
			is.True(!strings.Contains(err.Error(), "Timeouts.")) // not one of ours
			is.Equal(d.net.Open(), 0)                            // and it ends the connection
		})
	}
}

// silences are peers that keep a call waiting for ever, in the phase they name.
var silences = map[string]struct {
	phase  zreq.Phase
	buffer int // of the network
	secure bool
	script []zreqtest.Step
}{
	"dial":         {phase: zreq.PhaseDial, script: steps(zreqtest.NoAnswer())},
	"TLS":          {phase: zreq.PhaseTLS, secure: true, script: steps(zreqtest.Hold())},
	"TLS, half":    {phase: zreq.PhaseTLS, secure: true, script: steps(zreqtest.Send("\x16\x03"), zreqtest.Hold())},
	"write":        {phase: zreq.PhaseSend, buffer: 16, script: steps(zreqtest.Hold())},
	"write, half":  {phase: zreq.PhaseSend, buffer: 16, script: steps(zreqtest.Read(20), zreqtest.Hold())},
	"head":         {phase: zreq.PhaseHead, script: steps(zreqtest.Request(), zreqtest.Hold())},
	"head, drips":  {phase: zreq.PhaseHead, script: steps(zreqtest.Request(), zreqtest.Drip(withLength(strings.Repeat("x", 90)), time.Second))},
	"head, 1xx":    {phase: zreq.PhaseHead, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 100 Continue\r\n\r\n"), zreqtest.Hold())},
	"body":         {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"), zreqtest.Hold())},
	"chunk line":   {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1"), zreqtest.Hold())},
	"trailers":     {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b"), zreqtest.Hold())},
	"middle":       {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nxxxx"), zreqtest.Hold())},
	"body, direct": {phase: zreq.PhaseBody, script: steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"+strings.Repeat("x", 50_000)), zreqtest.Hold())},
}

func steps(s ...zreqtest.Step) []zreqtest.Step { return s }

// silent dials a silent peer, in a call that takes large chunks.
func silent(t *testing.T, name string) (*zreqtest.Peer, string, *zreq.Args) {
	t.Helper()
	s := silences[name]
	peer := zreqtest.NewPeer(t, s.script)
	peer.Net().BufferBytes = s.buffer
	args := &zreq.Args{Driver: peer, StreamCallback: func([]byte) error { return nil }, StreamChunk: 32 << 10}
	if s.secure {
		args.TLS = tlsnet.Default()
		return peer, "https://device.test/", args
	}
	return peer, "http://device.test/", args
}
