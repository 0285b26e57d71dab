//go:build !unix

package download

// Open opens nothing: Windows, for one, cannot sync a folder.
func (system) Open(string) (folder, error) { return noFolder{}, nil }

type noFolder struct{}

func (noFolder) Sync() error  { return nil }
func (noFolder) Close() error { return nil }
