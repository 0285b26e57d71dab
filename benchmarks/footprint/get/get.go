// Package get is what the smallest programs of zreq have in common.
package get

import (
	"context"
	"os"

	"github.com/zreq-go/zreq/zreq"
)

// To makes a GET by the verb of a package or of a Session, and writes the body to stdout as it
// comes. A failure ends the process by 1.
func To(get func(context.Context, string, *zreq.Args) (*zreq.Response, error), args zreq.Args) {
	args.StreamCallback = func(chunk []byte) error {
		_, err := os.Stdout.Write(chunk)
		return err
	}
	if _, err := get(context.Background(), os.Args[1], &args); err != nil {
		os.Exit(1)
	}
}
