package tus

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

var _ upload.Resumer = (*Args)(nil)

// Resume implements upload.Resumer, with args in place of Call. It returns what
// [upload.Upload] returns:
//
//   - A nil error and a 2xx mean that the server has confirmed every byte. If it did so in
//     an earlier call, and has taken the file away since, the Response is a 204 without
//     fields.
//   - A nil error and another status mean that the server has refused the upload. If its
//     Tus-Max-Size is too small, the Response is a 413 without fields.
//   - Any other error is an [*Error].
func (a *Args) Resume(ctx context.Context, url string, fd upload.Source, args *upload.Args) (*zreq.Response, error) {
	var own Args
	if a != nil {
		own = *a
	}
	if args != nil {
		own.Call = *args
	}
	j := newJob(url)
	_, err := j.upload(ctx, fd, &own)
	var e *Error
	switch {
	case err == nil && (j.last == nil || j.last.Status/100 != 2):
		return &zreq.Response{Status: 204, Proto: "HTTP/1.1"}, nil
	case errors.Is(err, ErrTooLarge) && (j.last == nil || j.last.Status != 413):
		return &zreq.Response{Status: 413, Proto: "HTTP/1.1"}, nil
	case errors.Is(err, ErrRestarts): // a server that loses uploads has not refused one
		return j.last, err
	case errors.As(err, &e) && e.Status/100 > 2:
		return j.last, nil
	}
	return j.last, err
}
