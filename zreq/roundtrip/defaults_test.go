package roundtrip_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestNoLimitOfConnections: a Transport without a Session makes as many requests at
// once as it is asked for. Each is answered when all have arrived.
func TestNoLimitOfConnections(t *testing.T) {
	const many = 70 // more than a Session allows, to one origin and in all
	var arrived sync.WaitGroup
	arrived.Add(many)
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		arrived.Done()
		arrived.Wait()
		_, _ = io.WriteString(w, "hello")
	})
	client := &http.Client{Transport: new(roundtrip.Transport)}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if err := fetch(client, make1("GET", srv.URL, nil).WithContext(ctx)); err != nil {
				t.Error(err)
				cancel()
			}
		})
	}
	all.Wait()
}

// standIn is the driver of the program for a test.
type standIn struct{ netdriver.Driver }

var driver = &standIn{}

func init() { netdriver.Register("roundtrip_test", driver) }

// TestLongPoll: a Transport without a Session waits 10 minutes for a head.
func TestLongPoll(t *testing.T) {
	is := is.New(t)
	is.NoErr(netdriver.SetDefault("roundtrip_test"))
	defer func() { is.NoErr(netdriver.SetDefault(stdnet.Name)) }()
	for name, tt := range map[string]struct {
		wait time.Duration
		ok   bool
	}{"in time": {599 * time.Second, true}, "too late": {12 * time.Minute, false}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				driver.Driver = zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Pause(tt.wait), zreqtest.Send(ok)})
				client := &http.Client{Transport: new(roundtrip.Transport)}
				defer client.CloseIdleConnections()
				began := time.Now()
				err := fetch(client, make1("GET", "http://device.test/", nil))
				is.Equal(err == nil, tt.ok)
				if !tt.ok {
					told, _ := err.(*url.Error)
					is.True(told.Timeout())
					_, isNet := told.Err.(net.Error)
					is.True(isNet)
					waited := time.Since(began)
					is.True(waited >= 10*time.Minute && waited <= 10*time.Minute*9/8)
				}
			})
		})
	}
}
