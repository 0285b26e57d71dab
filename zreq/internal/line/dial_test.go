package line_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// A step is Dial or Secure, over which a test lays what the driver does.
type step func(ctx context.Context, l *line.Line, limit time.Duration) (netdriver.Conn, error)

// steps are they, by the name of their limit; do is what the driver, or the TLS, does.
func steps(do func(ctx context.Context) (netdriver.Conn, error)) map[string]struct {
	line *line.Line
	step step
} {
	driver := &fakeDriver{dial: do}
	tls := &fakeTLS{client: func(ctx context.Context, _ netdriver.Conn) (netdriver.Conn, error) { return do(ctx) }}
	return map[string]struct {
		line *line.Line
		step step
	}{
		"Dial": {&line.Line{Route: route(driver, nil)}, func(ctx context.Context, l *line.Line, limit time.Duration) (netdriver.Conn, error) {
			return l.Dial(ctx, limit, time.Hour)
		}},
		"TLS": {&line.Line{Route: route(nil, tls)}, func(ctx context.Context, l *line.Line, limit time.Duration) (netdriver.Conn, error) {
			return l.Secure(ctx, newConn(), limit)
		}},
	}
}

// untilEnd waits for the end of the context, as a driver does whose peer is silent.
func untilEnd(ctx context.Context) (netdriver.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// eachStep runs f for Dial and for Secure, in virtual time.
func eachStep(t *testing.T, do func(ctx context.Context) (netdriver.Conn, error), f func(is *is.I, name string, l *line.Line, step step)) {
	for name := range steps(nil) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := steps(do)[name]
				f(is.New(t), name, s.line, s.step)
			})
		})
	}
}

// TestDialLimit: what makes a connection ends when its limit is over, and not before; and
// that is not the deadline of the caller.
func TestDialLimit(t *testing.T) {
	eachStep(t, untilEnd, func(is *is.I, name string, l *line.Line, step step) {
		began := time.Now()
		c, err := step(context.Background(), l, time.Second)
		is.True(c == nil)
		is.Equal(late(err), name+" 1s")
		is.True(!errors.Is(err, context.DeadlineExceeded)) // which is of the caller's context
		is.Equal(time.Since(began), time.Second)
	})
	conn := newConn()
	slow := func(ctx context.Context) (netdriver.Conn, error) {
		time.Sleep(time.Hour)
		return conn, ctx.Err()
	}
	eachStep(t, slow, func(is *is.I, _ string, l *line.Line, step step) {
		for _, limit := range []time.Duration{0, -1, time.Hour + 1} {
			c, err := step(context.Background(), l, limit)
			is.NoErr(err)
			is.True(c == netdriver.Conn(conn)) // none is none
		}
	})
}

// TestDialFails: an error of the driver stays as it is, also one of the network's timeouts,
// and the end of the caller's context.
func TestDialFails(t *testing.T) {
	for _, want := range []error{errors.New("refused"), netTimeout{}} {
		fails := func(context.Context) (netdriver.Conn, error) { return nil, want }
		eachStep(t, fails, func(is *is.I, _ string, l *line.Line, step step) {
			_, err := step(context.Background(), l, time.Second)
			is.Equal(err, want)
		})
	}
	eachStep(t, untilEnd, func(is *is.I, _ string, l *line.Line, step step) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := step(ctx, l, time.Minute)
		is.Equal(err, context.DeadlineExceeded)
		ctx, cancel = context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		_, err = step(ctx, l, time.Minute)
		is.Equal(err, context.Canceled)
	})
	// A driver may know of a deadline before the context does.
	for _, ofCaller := range []bool{false, true} {
		early := func(ctx context.Context) (netdriver.Conn, error) {
			by, _ := ctx.Deadline()
			time.Sleep(time.Until(by))
			return nil, netTimeout{}
		}
		eachStep(t, early, func(is *is.I, name string, l *line.Line, step step) {
			ctx, cancel := context.WithTimeout(context.Background(), map[bool]time.Duration{false: time.Hour, true: time.Second}[ofCaller])
			defer cancel()
			_, err := step(ctx, l, time.Minute)
			if ofCaller {
				is.Equal(err, error(netTimeout{}))
			} else {
				is.Equal(late(err), name+" 1m0s")
			}
		})
	}
}

// TestCloseEndsADial that is under way, and one that is about to begin.
func TestCloseEndsADial(t *testing.T) {
	eachStep(t, untilEnd, func(is *is.I, name string, l *line.Line, step step) {
		time.AfterFunc(time.Second, l.Close)
		began := time.Now()
		_, err := step(context.Background(), l, time.Minute)
		is.Equal(err, context.Canceled)
		is.Equal(time.Since(began), time.Second)
		_, err = step(context.Background(), l, time.Minute)
		is.True(err == line.ErrClosed || name == "TLS" && err == context.Canceled)
		is.Equal(time.Since(began), time.Second) // it does not even begin
	})
	is := is.New(t)
	conn := newConn()
	l := &line.Line{Route: route(&fakeDriver{dial: func(ctx context.Context) (netdriver.Conn, error) { return conn, nil }}, nil)}
	c, err := l.Dial(context.Background(), time.Minute, 0)
	is.NoErr(err)
	l.Close() // between the two
	_, err = l.Adopt(c)
	is.Equal(err, line.ErrClosed)
	is.Equal(conn.closed, 1)
}

// TestDialAddress: the driver gets the address with its zone, and what is to be proven is
// the host alone. Where the driver has TLS of its own, its limit is added.
func TestDialAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		ctx := context.Background()
		at, err := target.Parse("https://[fe80::1%25eth0]:444/")
		is.NoErr(err)
		wrapped := newConn()
		chip := &fakeChip{fakeDriver{dial: func(context.Context) (netdriver.Conn, error) { return newConn(), nil }}}
		tls := &fakeTLS{client: func(context.Context, netdriver.Conn) (netdriver.Conn, error) { return wrapped, nil }}
		l := &line.Line{Route: &line.Route{Origin: at.Origin, Driver: &chip.fakeDriver, TLS: tls}}
		plain, err := l.Dial(ctx, time.Second, time.Second)
		is.NoErr(err)
		is.Equal(chip.address, "tcp [fe80::1%eth0]:444")
		is.Equal(chip.name, "")
		secured, err := l.Secure(ctx, plain, time.Second)
		is.NoErr(err)
		is.True(secured == netdriver.Conn(wrapped))
		is.Equal(tls.name, "fe80::1")

		l = &line.Line{Route: &line.Route{Origin: at.Origin, Chip: chip}}
		_, err = l.Dial(ctx, time.Second, time.Second)
		is.NoErr(err)
		is.Equal(chip.address+" "+chip.name, "tcp [fe80::1%eth0]:444 fe80::1")
		chip.dial = untilEnd
		for _, tt := range []struct{ limit, secure, want time.Duration }{{1, 2, 3}, {1, 0, 60}, {0, 2, 60}, {-1, 2, 60}, {1, -1, 60}} {
			bounded, cancel := context.WithTimeout(ctx, time.Minute)
			began := time.Now()
			_, err = l.Dial(bounded, tt.limit*time.Second, tt.secure*time.Second)
			is.Equal(time.Since(began), tt.want*time.Second)
			is.Equal(late(err) == "Dial plus Timeouts.TLS 3s", tt.want == 3)
			cancel()
		}
	})
}

// An uncomparable Conn cannot be compared with ==, which panics.
type uncomparable struct {
	*fakeConn
	_ []func()
}

// TestBrokenDriver: a driver that returns nothing is said to be broken; and a TLS that gives
// back what it was given has not made it secure.
func TestBrokenDriver(t *testing.T) {
	is := is.New(t)
	ctx := context.Background()
	l := &line.Line{Route: route(&fakeDriver{dial: func(context.Context) (netdriver.Conn, error) { return nil, nil }}, nil)}
	_, err := l.Dial(ctx, 0, 0)
	is.Equal(err, line.ErrNoConn)
	plain := newConn()
	for i, gives := range []netdriver.Conn{plain, nil, uncomparable{fakeConn: newConn()}} {
		l := &line.Line{Route: route(nil, &fakeTLS{client: func(context.Context, netdriver.Conn) (netdriver.Conn, error) { return gives, nil }})}
		c, err := l.Secure(ctx, plain, 0)
		if i == 2 {
			is.NoErr(err) // it is certainly another one
			is.True(c != nil)
			continue
		}
		is.Equal(err, line.ErrPlainTLS)
		is.True(c == nil)
		is.Equal(plain.closed, i+1)
	}
}

// TestRoute: connections are shared by origin, driver and TLS, as far as those can be
// compared.
func TestRoute(t *testing.T) {
	is := is.New(t)
	d, s := &fakeDriver{}, &fakeTLS{}
	r := route(d, s)
	for _, tt := range []struct {
		other            *line.Route
		same, comparable bool
	}{
		{route(d, s), true, true},
		{&line.Route{Origin: target.Origin{Host: "H", Port: 80}, Driver: d, TLS: s, Named: &fakeTLS{}}, true, true},
		{&line.Route{Origin: target.Origin{Host: "h", Port: 81}, Driver: d, TLS: s}, false, true},
		{route(&fakeDriver{}, s), false, true},
		{route(d, &fakeTLS{}), false, true},
		{route(d, nil), false, true},
	} {
		same, comparable := r.Same(tt.other)
		is.Equal(same, tt.same)
		is.Equal(comparable, tt.comparable)
	}
	odd := struct {
		netdriver.Driver
		_ []func()
	}{d, nil}
	_, comparable := route(odd, s).Same(route(odd, s))
	is.True(!comparable)
}
