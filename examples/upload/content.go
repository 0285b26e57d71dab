package main

import "github.com/zreq-go/zreq/upload"

// content is the file as a part of a form. Package form asks for bytes and tells
// nobody how far it is, so content does.
type content struct {
	*upload.FileSource
	done int64
	pass func(n int, done, total int64) error // runs for each read
}

// Read reads what comes next.
func (c *content) Read(p []byte) (int, error) {
	n, err := c.FileSource.Read(p)
	c.done += int64(n)
	if err == nil {
		err = c.pass(n, c.done, c.Size())
	}
	return n, err
}

// Rewind goes back to the first byte, as ahead of every call.
func (c *content) Rewind() error {
	c.done = 0
	return c.FileSource.Rewind()
}
