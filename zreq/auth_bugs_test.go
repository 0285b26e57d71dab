package zreq_test

import (
	"context"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestAuthChallengeSent: Error.Sent counts the request that was challenged; only
// of one that a 417 refused it does not.
func TestAuthChallengeSent(t *testing.T) {
	for name, answer := range map[string]string{"not sent": "Own", "not sendable": "a\nb"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(challenged("New")), steps(zreqtest.Refuse()))
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
				if r.Refused == nil {
					return "", nil
				}
				return answer, nil
			}}})
			is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0]))) // 0 is: certainly none
			is.True(!zreq.SafeToRetry(err))
		})
	}
}
