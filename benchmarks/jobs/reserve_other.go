//go:build !linux

package jobs

import "os"

func reserve(*os.File, int64) error { return nil }
