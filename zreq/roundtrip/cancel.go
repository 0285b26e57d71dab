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
	if req.Cancel != nil { //nolint:staticcheck // http.Client sets it
		go func() {
			select {
			case <-req.Cancel: //nolint:staticcheck // as above
				cancel(errCancelled)
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}
