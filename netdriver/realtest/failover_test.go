package realtest

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/failover"
)

// Two links have proxies of their own, one of which dies under a Session. For plain http,
// requests have another form over the other link.
func TestFailover(t *testing.T) {
	for name, start := range map[string][2]func(t *testing.T) *relay{
		"squid to microsocks":    {startSquid, startMicrosocks},
		"dante to squid":         {startDante, startSquid},
		"squid-tls to tinyproxy": {startSquidTLS, startTinyproxy},
	} {
		for _, scheme := range []string{"http", "https"} {
			t.Run(name+"/"+scheme, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				first, second := newWay(t, start[0](t), scheme), newWay(t, start[1](t), scheme)
				d, err := failover.New(
					failover.Link{Name: "cable", Driver: first.driver},
					failover.Link{Name: "modem", Driver: second.driver},
				)
				is.NoErr(err)
				both := peer{first.url, d, first.tls}
				session := both.session(t)
				both.shares(t, session, "/small")
				is.Equal(second.link.count(), 0) // the first link works

				first.relay.stop(t)
				before := first.origin.count()
				stats := both.shares(t, session, "/small")
				is.True(second.link.count() > 0)       // the second one takes over
				is.True(first.origin.count() > before) // and leads to the same origin
				is.Equal(stats.Retried, int64(0))      // a call that changes the link is no new attempt
			})
		}
	}
}
