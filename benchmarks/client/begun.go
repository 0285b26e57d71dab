package client

import (
	"errors"
	"io"
)

// Begun is a response whose body has not been read.
type Begun struct {
	Status int
	Body   io.Reader    // nil if the client has put it where it belongs by itself
	Close  func() error // gives the connection back; nil if there is nothing to do
}

// end reads what is left, gives the connection back, and judges.
func (b *Begun) end(s *Sink) (err error) {
	if b.Body != nil && !s.task.Put {
		err = s.Take(b.Body)
	}
	if b.Close != nil {
		err = errors.Join(err, b.Close())
	}
	return errors.Join(err, s.Done(b.Status))
}

// By returns the Worker and the Hold of a client that has readers of bodies. begin returns
// what makes a request to a URL, for one goroutine.
func (t *Task) By(begin func(url string) func() (Begun, error)) Client {
	return Client{
		Worker: func() (func() error, error) {
			s, once := t.Sink(), begin(t.URL())
			return func() error {
				b, err := once()
				if err != nil {
					return err
				}
				return b.end(s)
			}, nil
		},
		Hold: func(url string) (func() error, error) {
			b, err := begin(url)()
			return func() error { return b.end(t.Sink()) }, err
		},
	}
}
