//go:build !unix

package osfs

import "os"

// RenamesOpen is false where a file must be closed before it gets another name.
const RenamesOpen = false

// nonBlock is for systems whose folders have FIFOs.
const nonBlock = 0

// openEntries opens nothing: Windows, for one, cannot sync a folder.
func openEntries(*os.Root, string) (*os.File, error) { return nil, nil }

func syncEntries(*os.File) error { return nil }
