// Package osfs opens folders of the operating system and files in them, for the packages that
// work with files: zreq/download, upload and those below them. It adds what os.Root lacks:
//
//   - A file may have more than 2 GiB on a processor of 32 bits. Linux allows that with
//     O_LARGEFILE, which os.OpenFile passes and os.Root does not. So no other package of
//     this module opens an os.Root; a test checks that.
//   - The entries of a folder can be synced, so that a name outlives a power cut.
//   - A file can be locked.
//   - The errors of a disk that is full or read-only can be told from others.
//
// What a system does not have is left out without an error: nothing but Unix syncs folders
// here, and nothing but Linux, macOS and the BSDs has flock.
package osfs

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// A Folder is an os.Root whose entries can be synced. It is kept open, so that it stays the
// same wherever its path leads in the meantime. Its method Open is for folders in it, and
// OpenFile for files.
//
// A symbolic link that leads out of the folder is not followed. One that stays in it is, as
// os.Root ignores O_NOFOLLOW: call Lstat before OpenFile.
type Folder struct {
	*os.Root
	entries *os.File // the folder itself; nil where folders cannot be opened
}

// Open opens the folder at path, and what Sync needs, so that as little as possible can fail
// later. The caller closes it.
func Open(path string) (*Folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	entries, err := openEntries(root, ".")
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return &Folder{root, entries}, nil
}

// OpenFile opens a file of any size, as os.OpenFile does. It does not wait for somebody at the
// other end of a FIFO.
func (f *Folder) OpenFile(name string, flag int, mode fs.FileMode) (*os.File, error) {
	return f.Root.OpenFile(name, flag|nonBlock|largeFile, mode)
}

// Sync syncs the entries of the folder "." or of one in it: which files are there. It does not
// fail if the file system cannot sync folders.
func (f *Folder) Sync(name string) error {
	if name == "." {
		return syncEntries(f.entries)
	}
	entries, err := openEntries(f.Root, name)
	if err != nil {
		return err
	}
	defer entries.Close()
	return syncEntries(entries)
}

// SyscallConn gives access to the descriptor of the folder, on Unix; see Control.
func (f *Folder) SyscallConn() (syscall.RawConn, error) { return f.entries.SyscallConn() }

// Close closes the folder. Files that were opened in it stay open.
func (f *Folder) Close() error {
	var err error
	if f.entries != nil {
		err = f.entries.Close()
	}
	if failed := f.Root.Close(); err == nil {
		err = failed
	}
	return err
}

// IgnoreMissing returns nil for the error of a file that is not there, and any other error as
// it is.
func IgnoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
