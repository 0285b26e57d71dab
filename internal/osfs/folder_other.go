//go:build !unix

package osfs

import "os"

// RenamesOpen is false where a file must be closed before it gets another name.
const RenamesOpen = false

// nonBlock is 0, because only folders of Unix have FIFOs.
const nonBlock = 0

// openEntries opens nothing: Windows, for one, cannot sync a folder.
func openEntries(*os.Root, string) (*os.File, error) { return nil, nil }

func syncEntries(*os.File) error { return nil }
