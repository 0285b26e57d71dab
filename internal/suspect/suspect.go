// Package suspect tells a driver with several links which one does not work.
package suspect

import (
	"context"
	"errors"
	"io"

	"github.com/zreq-go/zreq/internal/deadline"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Link returns the name of the link over which a connection has stalled or broken, if err, the
// error of a call with ctx, says that. Otherwise it returns "". A Session judges the failures of
// its attempts in the same way:
//
//   - What the context has ended, by its deadline as well, says nothing about the link.
//   - Nor does a failure that would come again over every link, or that of a connection which had
//     been idle.
//   - A peer that closes the connection in a response shows that its link works.
//   - The Session has already reported the attempts of an ErrOutOfRetries.
func Link(ctx context.Context, err error) string {
	var e *zreq.Error
	switch {
	case deadline.Cause(ctx) != nil, !errors.As(err, &e):
	case e.Phase <= zreq.PhaseDial, !zreq.Transient(e):
	case errors.Is(err, zreq.ErrOutOfRetries), errors.Is(e, zreq.ErrStale), errors.Is(e, io.ErrUnexpectedEOF):
	default:
		return e.Link
	}
	return ""
}

// Tell reports a link to the driver of a call: d, or that of session if d is nil, or the default
// one if both are. session may be of any type, so that a program without a zreq.Session links
// none. Without the name of a link it does nothing.
func Tell(link string, session any, d netdriver.Driver) {
	var driver any = d
	switch {
	case link == "":
		return
	case d == nil && session != nil:
		driver = session
	case d == nil:
		driver, _ = netdriver.Default()
	}
	if told, ok := driver.(netdriver.Suspecter); ok {
		told.Suspect(link)
	}
}
