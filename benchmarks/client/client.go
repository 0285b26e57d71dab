// Package client says what clients are asked to do. Each is in a folder of its own, so that
// a program links only the one that it uses: each does what its users would write for the
// job, in its fastest way that checks as much as the job needs.
package client

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/dsnet/try"
)

// Idle is how long a client waits for a byte, or for a connection.
const Idle = 30 * time.Second

// Task is a request that is made over and over. Its body comes: to a callback in chunks, or
// into a file; or it goes: from a file, or in a form with it.
type Task struct {
	Address string // host:port
	Roots   []byte // PEM; nil without TLS
	Path    string // "/bytes/13"
	Length  int64  // of the body that comes, or of the file that goes

	Chunk int                // what the callback gets at once
	Look  func(chunk []byte) `json:"-"` // sees it, too, if it is set
	File  string             // path of the file that is written, if Chunk is 0, or sent
	Put   bool               // the file is sent
	Form  bool               // in a form

	Buffer   int  // to read with, for those who let their user choose; 0: their default
	Conns    int  // to an origin at most; 0 is 1
	Many     int  // origins, each with as many connections; 0 is 1
	Fresh    bool // each on a connection of its own
	Buffered bool // the whole body passes through memory, where a client does that by default
	Keep     bool // the file stays
}

// Client makes the requests of a task. What goes wrong panics by package try.
type Client struct {
	// Worker returns what makes one, for one goroutine.
	Worker func() (once func())

	// Hold makes one that is not at its end before it is released, so that a second one
	// needs another connection. url is that of the task, or of another origin if the task is
	// for Many. nil if the client cannot.
	Hold func(url string) (release func())

	Close func()
}

// URL is that of the request.
func (t *Task) URL() string {
	if t.Roots != nil {
		return "https://" + t.Address + t.Path
	}
	return "http://" + t.Address + t.Path
}

// Method is that of the request.
func (t *Task) Method() string {
	switch {
	case t.Form:
		return "POST"
	case t.Put:
		return "PUT"
	}
	return "GET"
}

// Streams reports whether a body is longer than anybody would hold in memory.
func (t *Task) Streams() bool { return !t.Buffered && t.Length > int64(t.Chunk) }

// The form has two fields and the file. It is the same for all but for the boundary.
const (
	Device, Taken   = "camera-7", "2026-01-02T15:04:05Z"
	Field, FileName = "recording", "recording.ts"
	ContentType     = "application/octet-stream"
	boundary        = "d41d8cd98f00b204e9800998ecf8427e"
	part            = "--" + boundary + "\r\nContent-Disposition: form-data; name=\""
	formBefore      = part + "device\"\r\n\r\n" + Device + "\r\n" + part + "taken\"\r\n\r\n" + Taken + "\r\n" +
		part + Field + "\"; filename=\"" + FileName + "\"\r\nContent-Type: " + ContentType + "\r\n\r\n"
	formAfter = "\r\n--" + boundary + "--\r\n"
)

// Around is what stands before and behind the file in what is sent, the length of all, and its
// type.
func (t *Task) Around() (before, after string, length int64, contentType string) {
	if t.Form {
		return formBefore, formAfter, t.Length + int64(len(formBefore)+len(formAfter)), "multipart/form-data; boundary=" + boundary
	}
	return "", "", t.Length, ContentType
}

// Body opens what is sent. It is the *os.File itself where it can be, so that who can has the
// system send it.
func (t *Task) Body() (body io.ReadCloser, length int64, contentType string) {
	before, after, length, contentType := t.Around()
	f := try.E1(os.Open(t.File))
	if !t.Form {
		return f, length, contentType
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(before), f, strings.NewReader(after)), f}, length, contentType
}

// Check looks whether every byte is in the file at path, and removes it unless it is to stay.
func (t *Task) Check(path string) {
	info := try.E1(os.Stat(path))
	if !t.Keep {
		try.E(os.Remove(path))
	}
	if info.Size() != t.Length {
		wrong("bytes in the file", info.Size())
	}
}

// wrong fails by a figure. Package fmt would be the largest part of the smallest program.
func wrong(what string, n int64) { try.E(errors.New(what + ": " + strconv.FormatInt(n, 10))) }
