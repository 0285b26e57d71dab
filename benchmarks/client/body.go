package client

import (
	"errors"
	"io"
	"os"
	"strings"
)

// The form has two fields and the file. It is the same for all but for the boundary.
const (
	Device      = "camera-7"
	Taken       = "2026-01-02T15:04:05Z"
	Field       = "recording"
	FileName    = "recording.ts"
	ContentType = "application/octet-stream"

	boundary   = "d41d8cd98f00b204e9800998ecf8427e"
	formBefore = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"device\"\r\n\r\n" + Device + "\r\n" +
		"--" + boundary + "\r\nContent-Disposition: form-data; name=\"taken\"\r\n\r\n" + Taken + "\r\n" +
		"--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + Field + "\"; filename=\"" + FileName + "\"\r\n" +
		"Content-Type: " + ContentType + "\r\n\r\n"
	formAfter = "\r\n--" + boundary + "--\r\n"
)

// Around is what stands before and behind the file in what is sent, and its type.
func (t *Task) Around() (before, after, contentType string) {
	if t.Form {
		return formBefore, formAfter, "multipart/form-data; boundary=" + boundary
	}
	return "", "", ContentType
}

// Body opens what is sent. It is the *os.File itself where it can be, so that who can has the
// system send it.
func (t *Task) Body() (body io.ReadCloser, length int64, contentType string, err error) {
	before, after, contentType := t.Around()
	f, err := os.Open(t.File)
	if err != nil || !t.Form {
		return f, t.Length, contentType, err
	}
	form := io.MultiReader(strings.NewReader(before), f, strings.NewReader(after))
	return readCloser{form, f}, t.Length + int64(len(before)+len(after)), contentType, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// Begun is a response whose body has not been read.
type Begun struct {
	Status int
	Body   io.Reader    // nil if the client has put it where it belongs by itself
	Close  func() error // gives the connection back; nil if there is nothing to do
}

func (b *Begun) close() error {
	if b.Close == nil {
		return nil
	}
	return b.Close()
}

// By returns the Worker and the Hold of a client that has readers of bodies. begin returns
// what makes a request to a URL, for one goroutine.
func (t *Task) By(begin func(url string) func() (Begun, error)) Client {
	return Client{Worker: t.work(begin), Hold: t.hold(begin)}
}

func (t *Task) hold(begin func(url string) func() (Begun, error)) func(string) (func() error, error) {
	return func(url string) (func() error, error) {
		b, err := begin(url)()
		if err != nil {
			return nil, err
		}
		return func() error {
			s := t.Sink()
			err := s.Take(b.Body)
			return errors.Join(err, b.close(), s.Done(b.Status))
		}, nil
	}
}

func (t *Task) work(begin func(url string) func() (Begun, error)) func() (func() error, error) {
	return func() (func() error, error) {
		s, once := t.Sink(), begin(t.URL())
		return func() (err error) {
			b, err := once()
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.close()) }()
			if t.Put {
				return t.Done(b.Status)
			}
			if b.Body != nil {
				if err := s.Take(b.Body); err != nil {
					return err
				}
			}
			return s.Done(b.Status)
		}, nil
	}
}
