package failover_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

const silent = "silent.test:80"

// A silent host moves the calls to another one to the modem only until it has failed over the
// modem as well: 33 to 300 of the 3600 calls of an hour. If its failures counted against the
// cable, that would be 1800 to 3070.
func TestSilentHost(t *testing.T) {
	for name, tt := range map[string]struct {
		attempts int
		every    time.Duration
		most     int // seconds of an hour over the modem
	}{
		"every 32 s":             {1, 32 * time.Second, 60},
		"every 32 s, four times": {4, 32 * time.Second, 60},
		"every minute":           {1, time.Minute, 90},
		"every five minutes":     {1, 5 * time.Minute, 310},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				cable, modem := memnet.New(), memnet.New()
				for _, link := range []*memnet.Net{cable, modem} {
					serve(t, link)
					l, err := link.Listen(silent) // it takes every request, and answers none
					is.NoErr(err)
					defer l.Close()
				}
				s := &zreq.Session{Driver: failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})}
				defer s.Close()
				asked := make(chan struct{})
				go func() {
					defer close(asked)
					for i := range time.Hour / tt.every {
						time.Sleep(i*tt.every - time.Since(epoch))
						_, err := s.Get(t.Context(), "http://"+silent, &zreq.Args{Retry: zreq.Retry{Attempts: tt.attempts}})
						is.True(netdriver.IsTimeout(err))
					}
				}()
				over := map[string]int{}
				for time.Since(epoch) < time.Hour {
					resp, err := s.Get(t.Context(), page, nil)
					is.NoErr(err)
					over[resp.Link()]++
					time.Sleep(time.Second)
				}
				<-asked
				is.True(over["cable"] > 3000)
				is.True(over["modem"] <= tt.most)
			})
		})
	}
}

// A cable over which connections are made, but nothing passes, is left after one timeout, by the
// calls to all hosts. The answers over the modem do not bring them back, and neither does a
// host that is silent there.
func TestDeadLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cable, modem := memnet.New(), memnet.New()
		for _, address := range []string{site, "other.test:80", silent} {
			l, err := cable.Listen(address)
			is.NoErr(err)
			defer l.Close()
		}
		serve(t, modem)
		serveAt(t, modem, "other.test:80")
		l, err := modem.Listen(silent)
		is.NoErr(err)
		defer l.Close()
		s := &zreq.Session{Driver: failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})}
		defer s.Close()
		late := 0
		for i := 0; time.Since(epoch) < time.Hour; i++ {
			began := time.Now()
			url := []string{page, "http://other.test/", "http://" + silent}[i%3]
			resp, err := s.Get(t.Context(), url, &zreq.Args{Headers: zreq.Headers{{"Connection", "close"}}, Retry: zreq.Retry{Attempts: 2, Wait: -1}})
			if i%3 == 2 {
				is.True(netdriver.IsTimeout(err))
				continue
			}
			is.NoErr(err)
			is.Equal(resp.Link(), "modem")
			if time.Since(began) > time.Second {
				late++
				is.True(i != 1) // the first call to the other host knows what the first of all has seen
			}
			time.Sleep(4 * time.Second)
		}
		is.True(late < 25) // it is tried every 5 minutes at last
	})
}
