package tus

import "github.com/zreq-go/zreq/zreq/download"

// StateFile returns a Store in the file at path. Each source needs a path of its own.
//
// Save writes another file beside it, syncs that, renames it, and syncs the folder.
func StateFile(path string) Store { return download.FileStore(path) }
