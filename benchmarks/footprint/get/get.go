// Package get is what the smallest programs of zreq have in common.
package get

import (
	"context"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
	"github.com/zreq-go/zreq/zreq"
)

// To makes a GET by the verb of a package or of a Session, and writes the body to stdout as it
// comes.
func To(get func(context.Context, string, *zreq.Args) (*zreq.Response, error), args zreq.Args) {
	args.StreamCallback = func(chunk []byte) error {
		_, err := os.Stdout.Write(chunk)
		return err
	}
	job.Must(get(context.Background(), os.Args[1], &args))
}
