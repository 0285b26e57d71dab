// Package urlcheck asks zreq about a URL, so that there is one rule of what a URL is, and of what
// of it may be shown.
package urlcheck

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Check returns url as zreq shows it, which is without userinfo, query and fragment, and the error
// if zreq would not make a request to it. In what is not a URL, a password can be anywhere, as in
// http://user:pass/word@host/. So shown is "" then, and the error shows only what cannot be one.
func Check(url string) (shown string, err error) {
	_, err = zreq.Do(context.Background(), "HEAD", url, &zreq.Args{Driver: nowhere{}})
	var e *zreq.Error
	if !errors.As(err, &e) { // nothing can have answered
		return "", err
	}
	if errors.Is(e, zreq.ErrRequest) {
		return e.URL, e.Err
	}
	return e.URL, nil
}

// nowhere is a driver that does not dial.
type nowhere struct{}

var errNowhere = errors.New("nothing is dialled")

func (nowhere) Dial(context.Context, string, string) (netdriver.Conn, error) {
	return nil, errNowhere
}
