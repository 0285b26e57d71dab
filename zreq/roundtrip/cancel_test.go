package roundtrip_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

// situation is a place in a call where it waits.
type situation struct {
	method string
	body   io.Reader
	answer func(release <-chan struct{}) http.HandlerFunc
	driver netdriver.Driver
	full   bool // all connections are in use
	inBody bool
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// hanging dials until the context ends.
type hanging struct{}

func (hanging) Dial(ctx context.Context, _, _ string) (netdriver.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// silent is a server that does not answer. It may not notice that the client has
// gone, so that the test has to release it.
func silent(release <-chan struct{}) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
}

func stalling(release <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		silent(release)(w, r)
	}
}

// serveSilence starts a server that is released before it is closed.
func serveSilence(t *testing.T, answer func(release <-chan struct{}) http.HandlerFunc) string {
	release := make(chan struct{})
	u := serve(t, answer(release)).URL
	t.Cleanup(func() { close(release) })
	return u
}

func situations() map[string]situation {
	return map[string]situation{
		"dialling":     {method: "GET", driver: hanging{}},
		"in the queue": {method: "GET", answer: silent, full: true},
		"sending":      {method: "POST", body: zeros{}, answer: silent},
		"for the head": {method: "GET", answer: silent},
		"for the body": {method: "GET", inBody: true, answer: stalling},
	}
}

// time is how long a call is left in a situation before it ends. By then it has to be in
// it, which matters for a body, of which the head has to be there.
func (s situation) time() time.Duration {
	if s.inBody {
		return byThen
	}
	return 30 * time.Millisecond
}

// wait makes the call of a situation and returns how it ends.
func (s situation) wait(t *testing.T, ctx context.Context, set func(*http.Client, *http.Request)) (*zreq.Session, error) {
	is := is.New(t)
	client, session := zreqClient(t)
	session.Driver = s.driver
	u := "http://192.0.2.1"
	if s.answer != nil {
		u = serveSilence(t, s.answer)
	}
	if s.full {
		session.Pool.OpenPerOrigin = 1
		other, cancel := context.WithCancel(context.Background())
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			_, _ = client.Do(make1("GET", u, nil).WithContext(other)) // has the connection meanwhile
		}()
		defer func() { cancel(); <-gone }()
		for session.Stats().Open == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	r := make1(s.method, u, s.body).WithContext(ctx)
	if set != nil {
		set(client, r)
	}
	resp, err := client.Do(r)
	if s.inBody {
		is.NoErr(err) // the head is there
		_, err = io.ReadAll(resp.Body)
		is.NoErr(resp.Body.Close())
	}
	return session, err
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	reason := errors.New("the user left")
	for name, s := range situations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for end, tt := range map[string]struct {
				ctx     func() (context.Context, func())
				want    error
				timeout bool
			}{
				"cancelled": {func() (context.Context, func()) {
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(s.time(), cancel)
					return ctx, cancel
				}, context.Canceled, false},
				"for a reason": {func() (context.Context, func()) {
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(s.time(), func() { cancel(reason) })
					return ctx, func() { cancel(nil) }
				}, reason, false},
				"deadline": {func() (context.Context, func()) {
					ctx, cancel := context.WithTimeout(t.Context(), s.time())
					return ctx, cancel
				}, context.DeadlineExceeded, true},
			} {
				t.Run(end, func(t *testing.T) {
					t.Parallel()
					is := is.New(t)
					ctx, cancel := tt.ctx()
					defer cancel()
					began := time.Now()
					session, err := s.wait(t, ctx, nil)
					var told *url.Error
					if errors.As(err, &told) {
						err = told.Err
					}
					is.Equal(err, tt.want) // the context's own word, itself, as from net/http
					timeout, ok := err.(net.Error)
					is.Equal(ok && timeout.Timeout(), tt.timeout) // a deadline is a timeout
					is.True(time.Since(began) < 10*time.Second)   // and soon
					is.Equal(session.Stats().Open, 0)             // nothing is left
				})
			}
		})
	}
}

func TestClientTimeout(t *testing.T) {
	t.Parallel()
	for name, s := range situations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			session, err := s.wait(t, t.Context(), func(c *http.Client, _ *http.Request) { c.Timeout = s.time() })
			timeout, ok := err.(interface{ Timeout() bool })
			is.True(ok && timeout.Timeout())                  // a *url.Error, or what the Client makes of the body's
			is.True(errors.Is(err, context.DeadlineExceeded)) // it says so itself
			is.Equal(session.Stats().Open, 0)
		})
	}
}

// TestClientTimeoutIsTheClients: a Client says that it was its Timeout only if it
// knows by the time at which it is told of an error.
func TestClientTimeoutIsTheClients(t *testing.T) {
	t.Parallel()
	head := serveSilence(t, silent)
	body := serveSilence(t, stalling)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			client, session := zreqClient(t)
			client.Timeout = time.Duration(50+i) * time.Millisecond
			_, err := client.Get(head)
			if !strings.Contains(err.Error(), "(Client.Timeout exceeded while awaiting headers)") {
				t.Error(err)
			}
			client.Timeout = byThen + time.Duration(i)*time.Millisecond
			resp, err := client.Get(body)
			if err != nil {
				t.Error(err)
				return
			}
			_, err = io.ReadAll(resp.Body)
			if !strings.Contains(err.Error(), "(Client.Timeout or context cancellation while reading body)") {
				t.Error(err)
			}
			if e, ok := err.(net.Error); !ok || !e.Timeout() || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%T %v", err, err)
			}
			resp.Body.Close()
			if open := session.Stats().Open; open != 0 {
				t.Errorf("%d connections are left", open)
			}
		})
	}
	all.Wait()
}

// TestDeadlineBeforeClientTimeout: the caller's own deadline is not the Client's.
func TestDeadlineBeforeClientTimeout(t *testing.T) {
	is := is.New(t)
	client, _ := zreqClient(t)
	client.Timeout = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := client.Do(make1("GET", serveSilence(t, silent), nil).WithContext(ctx))
	var told *url.Error
	is.True(errors.As(err, &told))
	is.Equal(told.Err, context.DeadlineExceeded)
	is.True(!strings.Contains(err.Error(), "Client.Timeout"))
}

func TestRequestCancel(t *testing.T) {
	t.Parallel()
	for name, s := range situations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			session, err := s.wait(t, t.Context(), func(_ *http.Client, r *http.Request) {
				end := make(chan struct{})
				//lint:ignore SA1019 old programs set it, and http.Client
				r.Cancel = end
				time.AfterFunc(s.time(), func() { close(end) })
			})
			is.True(errors.Is(err, context.Canceled)) // as if the context had been
			is.Equal(session.Stats().Open, 0)
		})
	}
}

// Nobody closes Request.Cancel: what waits for that ends with the call, or TestMain
// finds it.
func TestRequestCancelIsNotWaitedForLonger(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, responses["length"], ok, "close ")
	client, _ := zreqClient(t)
	for i := range 3 { // a body that is read, none, and a failure
		r := make1("POST", p.url, nil)
		//lint:ignore SA1019 old programs set it, and http.Client
		r.Cancel = make(chan struct{})
		resp, err := client.Do(r)
		is.Equal(err == nil, i < 2)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			is.NoErr(err)
		}
	}
}

func TestLimitsInTime(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	session.Timeouts.Head = 20 * time.Millisecond
	_, err := client.Get(serveSilence(t, silent))
	var told *url.Error
	is.True(errors.As(err, &told) && told.Timeout())        // a limit of the Session's is a timeout
	is.True(strings.Contains(err.Error(), "Timeouts.Head")) // it says which
	session.Timeouts.Body = 20 * time.Millisecond
	resp, err := client.Get(serveSilence(t, stalling))
	is.NoErr(err)
	defer resp.Body.Close()
	_, err = io.ReadAll(resp.Body)
	is.True(strings.Contains(err.Error(), "Timeouts.Body"))
	is.True(!errors.Is(err, http.ErrLineTooLong) && !errors.Is(err, context.DeadlineExceeded)) // as no other error of a body
}

// TestNothingIsWaitedFor: an error waits for the timeout of the Client only if that may have come.
func TestNothingIsWaitedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		deadline time.Duration // of the context; 0: none
		cancel   bool          // there is a Request.Cancel
		took     time.Duration
	}{
		"no Cancel":               {0, false, 0},
		"no deadline":             {0, true, 0},
		"deadline, not yet":       {time.Hour, true, 0},
		"deadline, and no Client": {time.Second, false, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				ctx, cancel := context.WithCancel(t.Context())
				var driver netdriver.Driver = refuser{errors.New("no route")}
				if tt.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
				}
				if tt.took > 0 {
					driver = hanging{}
				}
				defer cancel()
				r := make1("GET", "http://device.test/", nil).WithContext(ctx)
				if tt.cancel {
					//lint:ignore SA1019 http.Client sets it
					r.Cancel = make(chan struct{})
				}
				session := &zreq.Session{Driver: driver}
				defer session.Close()
				began := time.Now()
				_, err := (&roundtrip.Transport{Session: session}).RoundTrip(r)
				is.True(err != nil)
				is.Equal(time.Since(began), tt.took)
			})
		})
	}
}

// TestWhoCancelled: a Cancel that is closed when the deadline of the context has passed is the
// timeout of the Client, and before that somebody's wish.
func TestWhoCancelled(t *testing.T) {
	for after, want := range map[time.Duration]error{time.Second: context.Canceled, time.Hour: context.DeadlineExceeded} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			end := make(chan struct{})
			r := make1("GET", "http://device.test/", nil).WithContext(tardy{t.Context(), time.Now().Add(time.Minute)})
			//lint:ignore SA1019 http.Client sets it
			r.Cancel = end
			time.AfterFunc(after, func() { close(end) })
			session := &zreq.Session{Driver: hanging{}, Timeouts: zreq.Timeouts{Dial: -1}}
			defer session.Close()
			_, err := (&roundtrip.Transport{Session: session}).RoundTrip(r)
			is.True(errors.Is(err, want))
		})
	}
}
