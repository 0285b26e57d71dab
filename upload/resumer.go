package upload

import (
	"context"

	"github.com/zreq-go/zreq/zreq"
)

// A Resumer makes an upload by a protocol that goes on where an upload was cut off. It is
// implemented by *tus.Args of package upload/tus.
//
// Resume is what [Upload] does if Args.Resume is set. It returns what Upload returns:
//
//   - A nil error and a 2xx mean that the server has confirmed every byte.
//   - A nil error and another status mean that the server has refused the upload for good.
//     The Response is the one that says so.
//   - Any other end is an error. Some errors come with a Response.
//
// args are those of the upload, with defaults filled in. Resume must not modify them.
type Resumer interface {
	Resume(ctx context.Context, url string, fd Source, args *Args) (*zreq.Response, error)
}
