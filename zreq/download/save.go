package download

import (
	"fmt"

	"github.com/zreq-go/zreq/zreq"
)

// SaveFile makes the body of resp the file at path, whole and synced to the disk, and
// returns its size. On an error, which is an [*Error], what was at path stays as it
// was and no temporary file remains; Error.Left and [StepSyncDir] tell of the two
// cases in which a system that fails makes that impossible. The size is then how
// much was taken of the body; of that a disk that is full has not all.
//
// resp should be one of Args.Stream: of any other the body is in memory already. It
// is closed in any case; where the body was read to its end, resp.Connection can be
// used on. Of a body that was read before in part, what is left would be saved: where
// that can be seen it is zreq.ErrBodyConsumed.
func SaveFile(resp *zreq.Response, path string) (n int64, err error) {
	return save(system{}, resp, path)
}

func save(d disk, resp *zreq.Response, path string) (n int64, err error) {
	if resp == nil {
		return 0, &Error{Step: StepCheck, Path: path, Err: errNoResponse}
	}
	defer resp.Close()
	if err := fit(resp); err != nil {
		return 0, &Error{Step: StepCheck, Path: path, Err: err}
	}
	f := &File{disk: d, path: path}
	defer func() { err = f.abandon(err) }()
	if err := f.begin(); err != nil {
		return 0, err
	}
	n, err = resp.WriteTo(f)
	if err == nil {
		err = whole(resp, n)
	}
	switch {
	case f.err != nil:
		return n, f.err
	case err != nil:
		return n, &Error{Step: StepReceive, Path: path, Err: err}
	}
	return n, f.Commit()
}

// fit is nil if the body of resp can be what a file is to be made of.
func fit(resp *zreq.Response) error {
	err := resp.Fit()
	none := resp.Len() != 0 || resp.Method() == "HEAD" || resp.Status == 204 || resp.Status == 205 || resp.Status == 304
	switch {
	case resp.Framing() != zreq.FramingNone || !none: // a Content-Length of zero is an empty content
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNoContent, err)
	}
	return ErrNoContent
}

// whole is nil if the n bytes that were written are all of the body.
func whole(resp *zreq.Response, n int64) error {
	switch {
	case !resp.Complete():
		return errUnproven
	case resp.Framing() == zreq.FramingLength && !resp.Decoded() && n != resp.Len():
		return zreq.ErrBodyConsumed
	}
	return nil
}
