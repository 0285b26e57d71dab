package roundtrip_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestTransient: zreq.Transient tells of the errors of an http.Client what it tells of
// those of a verb, also where they are bare.
func TestTransient(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
	for name, tt := range map[string]struct {
		steps  []zreqtest.Step
		cancel bool
		want   bool
	}{
		"refused":           {steps: []zreqtest.Step{zreqtest.Refuse()}, want: true},
		"closed":            {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, want: true},
		"reset":             {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, want: true},
		"cut":               {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(head + "x"), zreqtest.Close()}, want: true},
		"late":              {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, want: true},
		"late in the body":  {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(head + "x"), zreqtest.Hold()}, want: true},
		"cancelled":         {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, cancel: true},
		"cancelled in body": {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(head + "x"), zreqtest.Hold()}, cancel: true},
		"no HTTP":           {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("SSH-2.0-x\r\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: zreqtest.NewPeer(t, tt.steps)}
				defer s.Close()
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				if tt.cancel {
					time.AfterFunc(time.Second/2, cancel)
				}
				req, err := http.NewRequestWithContext(ctx, "GET", "http://device.test/", nil)
				is.NoErr(err)
				client := &http.Client{Transport: &roundtrip.Transport{Session: s}}
				resp, err := client.Do(req)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
				}
				is.True(err != nil)
				is.Equal(zreq.Transient(err), tt.want)
			})
		})
	}
}
