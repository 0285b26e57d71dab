package zreq_test

import (
	"context"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestAuthNoChallenge: a 401 without a challenge, which no server should send and
// many do (RFC 9110, 15.5.2), asks for nothing that could be answered: the same
// credentials are not sent again.
func TestAuthNoChallenge(t *testing.T) {
	for name, auth := range map[string]zreq.Auth{"Basic": zreq.Basic("u", "p"), "Bearer": zreq.Bearer("t"), "own": &asker{}} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, page(401, "no"), page(401, "again"))
			resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Auth: auth})
			is.NoErr(err)
			is.Equal(content(is, resp), "no")
			is.Equal(len(peer.Requests()), 1)
			is.NoErr(resp.Connection.Close())
		})
	}
}

// TestAuthChallengeSent: Error.Sent counts the request that was challenged; only
// of one that a 417 refused it does not.
func TestAuthChallengeSent(t *testing.T) {
	for name, answer := range map[string]string{"not sent": "Own", "not sendable": "a\nb"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(challenged("New")), steps(zreqtest.Refuse()))
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
				if r.Challenges == nil {
					return "", nil
				}
				return answer, nil
			}}})
			is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0]))) // 0 is: certainly none
			is.True(!zreq.SafeToRetry(err))
		})
	}
}
