//go:build !tinygo

package download

import "github.com/zreq-go/zreq/zreq"

// SaveFile saves the body of resp as the file at path, complete and synced to the disk,
// and returns its size. If it fails, the error is an [*Error]. The file at path is then
// as it was, and no temporary file remains. There are two exceptions, for systems that
// fail while SaveFile cleans up or finishes: see Error.Left and [StepSyncDir]. With an
// error, n is how many bytes of the body were taken, which may be more than the disk has.
//
// resp should come from a call with Args.Stream, since otherwise the body is in memory
// already. SaveFile always closes resp. If the body was read to its end, resp.Connection
// can be used again. If a part of the body was read before, SaveFile returns
// zreq.ErrBodyConsumed where it can tell, and would otherwise save the rest.
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
	n, err = resp.SaveTo(f, pieceFor(resp))
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

// pieceFor returns memory for the pieces in which a body is written, so that they end at pages
// of the file; see output.fill. It returns none if the system may write the body by itself.
func pieceFor(resp *zreq.Response) []byte {
	size := int64(pieceSize)
	if length := resp.Len(); length >= 0 {
		size = min(size, length)
	}
	if !throughMemory(resp) {
		size = 0
	}
	return make([]byte, size)
}

// fit returns nil if a file may be made from the body of resp.
func fit(resp *zreq.Response) error {
	err := resp.Fit()
	none := resp.Len() != 0 || resp.Method() == "HEAD" || resp.Status == 204 || resp.Status == 205 || resp.Status == 304
	switch {
	case resp.Framing() != zreq.FramingNone || !none: // a Content-Length of zero is an empty content
		return err
	case err != nil:
		return both(ErrNoContent, err)
	}
	return ErrNoContent
}

// whole returns nil if the n bytes that were written are the whole body.
func whole(resp *zreq.Response, n int64) error {
	switch {
	case !resp.Complete():
		return errUnproven
	case resp.Framing() == zreq.FramingLength && !resp.Decoded() && n != resp.Len():
		return zreq.ErrBodyConsumed
	}
	return nil
}
