//go:build !tinygo

package download

import "context"

// ToFile downloads what url has into the file at path. It is [Get] with a [FileSink], which
// describes what lies beside the path until the file is whole. A later call for the same
// URL and path goes on where this one has stopped. After a kill or a reboot it goes on at
// the last checkpoint. There is one at 1, 2, 4, 8 and 16 MiB and then every 16 MiB, and one
// when 10 s have passed since the last.
//
// A nil error means that the file is whole, durable, and what Want asks for. After an error
// the file at path is as it was; the exception is an error of StepCommit, after which it may
// be the new one already.
func ToFile(ctx context.Context, url, path string, args *Args) (*Result, error) {
	return Get(ctx, url, FileSink(path), args)
}
