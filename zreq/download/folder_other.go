//go:build !unix && !tinygo

package download

import "os"

// openEntries opens nothing: Windows, for one, cannot sync a folder.
func openEntries(*os.Root) (entries, error) { return noEntries{}, nil }

type noEntries struct{}

func (noEntries) Sync() error  { return nil }
func (noEntries) Close() error { return nil }
