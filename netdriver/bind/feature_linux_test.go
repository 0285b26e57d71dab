package bind_test

import (
	"context"
	"net/netip"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestFeature is the list of promises that this package keeps, and of their proofs.
func TestFeature(t *testing.T) {
	done := make(map[string]bool) // by name of the proof: has it passed
	t.Run("AS", func(t *testing.T) { proofs{byProgram, testControl, testErrors}.run(t, done) })
	t.Run("Z32", func(t *testing.T) { proofs{testLink, testTwoLinks}.run(t, done) })
	t.Run("Z33", func(t *testing.T) { proofs{dialEnds}.run(t, done) })
	t.Run("P21", func(t *testing.T) { proofs{byProgram, bySession, byCall, testTwoLinks}.run(t, done) })
}

// proofs are tests that only TestFeature runs. Of a row that shares one with an earlier row
// it is the result that counts: each runs once.
type proofs []func(*testing.T)

func (list proofs) run(t *testing.T, done map[string]bool) {
	t.Helper()
	for _, proof := range list {
		name := runtime.FuncForPC(reflect.ValueOf(proof).Pointer()).Name()
		name = name[strings.LastIndexByte(name, '.')+1:]
		if _, ran := done[name]; !ran {
			done[name] = t.Run(name, proof)
		} else if !done[name] {
			t.Errorf("%s failed in an earlier row", name)
		}
	}
}

// dialEnds: a dial that nobody answers ends with its context.
func dialEnds(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	address, ended := drivertest.SilentTCP(t), make(chan error, 1)
	go func() {
		c, err := (&bind.Driver{Source: netip.MustParseAddr("127.0.0.2")}).Dial(ctx, "tcp", address)
		if err == nil {
			_ = c.Close()
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		is.True(err != nil)
	case <-time.After(8 * time.Second):
		t.Error("it goes on without its context")
	}
}

// Every address of 127.0.0.0/8 is this machine, so that it has many to come from.
var registered = sync.OnceFunc(func() {
	netdriver.Register("modem", &bind.Driver{Interface: "lo", Source: netip.MustParseAddr("127.0.0.2")})
})

// byProgram chooses the way of all calls.
func byProgram(t *testing.T) {
	is := is.New(t)
	registered()
	t.Cleanup(func() { is.NoErr(netdriver.SetDefault(stdnet.Name)) })
	is.NoErr(netdriver.SetDefault("modem"))
	is.Equal(seen(t, nil), "here 127.0.0.2") // a call that says nothing
	is.NoErr(netdriver.SetDefault(stdnet.Name))
	is.Equal(seen(t, nil), "here 127.0.0.1") // until the program says otherwise
}

// bySession chooses the way of a Session's calls. One of them may go another way, over
// a connection of its own.
func bySession(t *testing.T) {
	is := is.New(t)
	url := here(t)
	s := &zreq.Session{Driver: &bind.Driver{Source: netip.MustParseAddr("127.0.0.3")}}
	defer s.Close()
	other := &bind.Driver{Source: netip.MustParseAddr("127.0.0.4")}
	for _, tt := range []struct {
		args *zreq.Args
		want string
	}{{nil, "here 127.0.0.3"}, {&zreq.Args{Driver: other}, "here 127.0.0.4"}, {nil, "here 127.0.0.3"}} {
		resp, err := s.Get(t.Context(), url, tt.args)
		is.NoErr(err)
		text, err := resp.Text()
		is.NoErr(err)
		is.Equal(text, tt.want)
	}
}

// byCall chooses the way of each call.
func byCall(t *testing.T) {
	is := is.New(t)
	for _, source := range []string{"127.0.0.3", "127.0.0.4"} {
		d := &bind.Driver{Source: netip.MustParseAddr(source)}
		is.Equal(seen(t, &zreq.Args{Driver: d}), "here "+source)
	}
}

// seen makes a call, and returns whom the server saw.
func seen(t *testing.T, args *zreq.Args) string {
	t.Helper()
	resp, err := zreq.Get(t.Context(), here(t), args)
	must(t, err)
	body, err := resp.Text()
	must(t, err)
	return body
}
