package tus

import (
	"context"

	"github.com/zreq-go/zreq/upload"
)

// Terminate removes from the server the upload that the Store of args has, whatever source
// it is of, and then the record (extension termination). An upload that the server does not
// have any more counts as removed. It is not an error if there is no record.
func Terminate(ctx context.Context, endpoint string, args *Args) error {
	j := newJob(endpoint)
	defer j.close()
	err := j.begin(ctx, args)
	if err == nil && j.args.Store == nil {
		err = &Error{Step: StepArgs, Err: upload.ErrArgs}
	}
	if err == nil {
		err = j.terminate(ctx)
	}
	return j.finished(err)
}
