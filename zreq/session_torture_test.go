package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// SetDeadline can fail as everything else. That of a cancelled context, in the past,
// comes from another goroutine and is asked nothing.
func (c *trippedConn) SetDeadline(t time.Time) error {
	if t.Equal(time.Unix(1, 0)) {
		return c.Conn.SetDeadline(t)
	}
	return c.deadline(t, c.Conn.SetDeadline)
}

// repeats are the verbs, and whether a request of that method may reach the server
// twice (RFC 9110, 9.2.2).
var repeats = map[string]bool{
	"GET": true, "HEAD": true, "PUT": true, "DELETE": true, "OPTIONS": true, "POST": false, "PATCH": false,
}

// An ordeal is a call of a Session of which one operation fails.
type ordeal struct {
	method  string
	manner  string // of tortures
	failure error
	after   bool // the operation is done, and yet fails
	kept    bool
	retries bool
}

func (o ordeal) String() string {
	how := map[bool]string{false: "instead", true: "beside"}[o.after]
	return fmt.Sprintf("%s/%s/%v %s/kept %v/retries %v", o.method, o.manner, o.failure, how, o.kept, o.retries)
}

// ordeals are all but those of verbs that only by name differ from another, of which the
// body that comes whole says as much; or, where time is dear, those of two verbs.
func ordeals() (list []ordeal) {
	for method := range repeats {
		for manner := range tortures {
			if (underRace || testing.Short()) && method != "POST" && method != "GET" {
				continue
			}
			if manner != "whole" && (method == "DELETE" || method == "OPTIONS" || method == "PATCH") {
				continue
			}
			for i := range 16 {
				o := ordeal{method, manner, errBroken, i&1 != 0, i&2 != 0, i&4 != 0}
				if i&8 != 0 {
					o.failure = os.ErrDeadlineExceeded
				}
				if underRace && manner != "whole" && !(o.kept && o.retries) {
					continue
				}
				list = append(list, o)
			}
		}
	}
	return list
}

// Whatever fails, a call of a Session ends well or with a typed error, and leaves the
// pool as it should be. What may be sent again is, if retries are on, and nothing else.
func testSessionFailureOfEachOperation(t *testing.T) {
	for _, o := range ordeals() {
		t.Run(o.String(), func(t *testing.T) {
			t.Parallel()
			for k, reached := 1, true; reached; k++ {
				synctest.Test(t, func(t *testing.T) { reached = o.failAt(t, k) })
				if t.Failed() {
					t.Fatalf("operation %d", k)
				}
			}
		})
	}
}

// failAt fails the k-th operation and reports whether there are so many.
func (o ordeal) failAt(t *testing.T, k int) (reached bool) {
	is := is.New(t)
	torture := tortures[o.manner]
	n := memnet.New()
	n.OnDial = func(int, string) (memnet.Faults, error) { return torture.faults, nil }
	seen := serveRequests(t, n, func(r *seenRequest) string {
		answer := withLength(bodyOf(r.path, torture.body))
		if r.method == "HEAD" {
			head, _, _ := strings.Cut(answer, "\r\n\r\n")
			answer = head + "\r\n\r\n"
		}
		return answer
	})
	wire := newTripwire(n)
	s := &zreq.Session{Driver: wire, Retry: zreq.Retry{Wait: -1, Attempts: 1}, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
	if o.retries {
		s.Retry.Attempts = 3
	}
	if o.kept {
		o.call(is, s, "/warm", torture.body)
	}
	ops := 0
	trip := func(string) error {
		if ops++; ops == k {
			reached = true
			return o.failure
		}
		return nil
	}
	if o.after {
		wire.after = trip
	} else {
		wire.before = trip
	}
	err := o.call(is, s, "/first", torture.body)
	wire.disarm()
	times := seen.count(o.method + " /first")
	if !repeats[o.method] {
		is.True(times <= 1) // never twice
	}
	if err != nil {
		is.True(errors.Is(err, o.failure))                // the driver's own is kept
		is.True(!zreq.SafeToRetry(err) || times == 0)     // and safe is safe
		is.True(!o.retries || !repeats[o.method])         // one failure ends no call that may be repeated
		is.True(!errors.Is(err, zreq.ErrOutOfRetries))    // of which there were enough
		is.True(failure(is, err).Phase >= zreq.PhaseDial) // it says where
	}
	stats := s.Stats()
	is.Equal(stats.Open, stats.Idle)
	is.Equal(n.Open(), stats.Open) // no socket is forgotten
	is.NoErr(o.call(is, s, "/second", torture.body))
	is.NoErr(s.Close())
	is.Equal(n.Open(), 0)
	return reached
}

// call makes a call and checks its answer.
func (o ordeal) call(is *is.I, s *zreq.Session, path string, size int) error {
	args := &zreq.Args{Timeouts: zreq.Timeouts{Head: time.Hour, Body: time.Hour}}
	if o.method == "POST" || o.method == "PUT" {
		args.Body = &again{text: numbered(size)}
	}
	resp, err := s.Do(context.Background(), o.method, "http://device.test"+path, args)
	if err == nil {
		want := bodyOf(path, size)
		if o.method == "HEAD" {
			want = ""
		}
		is.Equal(content(is, resp), want) // success is the whole of the right one
		is.True(resp.Complete())
	}
	return err
}

// One operation of a handshake, or of a callback's body, may fail as well.
func testSessionFailureOfEachOperationOfTLS(t *testing.T) {
	for _, callback := range []bool{false, true} {
		t.Run(fmt.Sprint("callback ", callback), func(t *testing.T) {
			for k, reached := 1, true; reached; k++ {
				synctest.Test(t, func(t *testing.T) { reached = failSecure(t, k, callback) })
				if t.Failed() {
					t.Fatalf("operation %d", k)
				}
			}
		})
	}
}

func failSecure(t *testing.T, k int, callback bool) (reached bool) {
	is := is.New(t)
	n := memnet.New()
	secure, over := newTLS(t, "device.test")
	serveEach(t, n, func(c *memnet.Conn) io.ReadWriteCloser { return over(c) }, func(path string) string { return withLength(bodyOf(path, 9000)) })
	wire := newTripwire(n)
	s := &zreq.Session{Driver: wire, TLS: secure, Retry: atOnce, Pool: zreq.PoolLimits{Open: 1}}
	ops := 0
	wire.before = func(string) error {
		if ops++; ops == k {
			reached = true
			return errBroken
		}
		return nil
	}
	var got []byte
	args := &zreq.Args{}
	if callback {
		args.StreamCallback = func(p []byte) error { got = append(got, p...); return nil }
	}
	resp, err := s.Get(context.Background(), "https://device.test/first", args)
	wire.disarm()
	if !callback {
		is.NoErr(err) // there is another attempt
		got, _ = resp.Content()
	}
	if err != nil {
		is.True(len(got) > 0) // but for what a callback has seen
		is.True(errors.Is(err, errBroken))
	}
	is.Equal(string(got), bodyOf("/first", 9000)[:len(got)])
	is.True(err != nil || len(got) == 9000)
	stats := s.Stats()
	is.Equal(stats.Open, stats.Idle)
	is.Equal(n.Open(), stats.Open)
	is.NoErr(s.Close())
	is.Equal(n.Open(), 0)
	return reached
}
