package roundtrip

import (
	"context"
	"net/http"
)

// cancellable returns the context of a call. It ends with that of the request, and
// when Request.Cancel is closed, by which http.Client.Timeout reaches a RoundTripper
// that it does not know. The function has to be called: the call is over then.
func cancellable(req *http.Request) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(req.Context())
	//lint:ignore SA1019 http.Client sets it
	gone := req.Cancel
	if gone != nil {
		go func() {
			select {
			case <-gone:
				cancel(errCancelled)
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}
