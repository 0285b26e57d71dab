package tus

import (
	"context"

	"github.com/zreq-go/zreq/upload"
)

// Terminate removes from the server the upload that the Store of args has, whatever source
// it is of, and then the record (extension termination). An upload that the server does not
// have any more counts as removed. It is not an error if there is no record.
func Terminate(ctx context.Context, endpoint string, args *Args) error {
	j := &job{endpoint: endpoint}
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

func (j *job) terminate(ctx context.Context) error {
	if err := j.state.find(j.args.Store, &j.record); err != nil {
		return err
	}
	for j.record.url != "" {
		resp, err := j.peer.call(ctx, "DELETE", j.record.url, nil)
		o, failed := j.failed(ctx, StepTerminate, resp, err)
		if !failed || resp != nil && (resp.Status == 404 || resp.Status == 410) {
			break
		}
		if err := j.follow(ctx, StepTerminate, o); err != nil {
			return err
		}
	}
	return stateError(j.args.Store.Remove())
}
