package client

import (
	"io"
	"os"

	"github.com/dsnet/try"
)

// Sink takes the answers of one worker.
type Sink struct {
	task      *Task
	buf       []byte
	came, odd int64 // bytes, and chunks of another size
}

// Sink returns one.
func (t *Task) Sink() *Sink { return &Sink{task: t} }

// Chunk is the callback: it counts what comes. It never fails.
func (s *Sink) Chunk(p []byte) error {
	s.came += int64(len(p))
	if len(p) != s.task.Chunk {
		s.odd++
	}
	if s.task.Look != nil {
		s.task.Look(p)
	}
	return nil
}

// Take takes a body as it can be read: into the file, or in chunks to the callback.
func (s *Sink) Take(body io.Reader) {
	if s.task.Chunk == 0 {
		s.Fill(func(f *os.File) { try.E1(io.Copy(f, body)) })
		return
	}
	if s.buf == nil {
		s.buf = make([]byte, s.task.Chunk)
	}
	for {
		n, err := io.ReadFull(body, s.buf)
		if n > 0 {
			_ = s.Chunk(s.buf[:n])
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF { // of a body that is too short, too: Done will see
			return
		}
		try.E(err)
	}
}

// Fill has write write the file.
func (s *Sink) Fill(write func(f *os.File)) {
	f := try.E1(os.Create(s.task.File))
	defer f.Close()
	write(f)
}

// Done looks, at the end of an answer, for what was wrong with it, and begins anew.
func (s *Sink) Done(status int) {
	t, came, odd := s.task, s.came, s.odd
	s.came, s.odd = 0, 0
	want, last := 200, min(1, t.Length%max(1, int64(t.Chunk))) // the last chunk may be shorter
	if t.Put {
		want = 201
	}
	switch {
	case status != want:
		wrong("status", int64(status))
	case t.Put:
	case t.Chunk == 0:
		t.Check(t.File)
	case came != t.Length:
		wrong("bytes that came", came)
	case odd != last:
		wrong("chunks of another size", odd)
	}
}

// Begun is a response whose body has not been read.
type Begun struct {
	Status int
	Body   io.Reader    // nil if the client has put it where it belongs by itself
	Close  func() error // gives the connection back; nil if there is nothing to do
}

// take takes the body and gives the connection back.
func (b Begun) take(s *Sink) {
	if b.Close != nil {
		defer b.Close()
	}
	if b.Body != nil && !s.task.Put {
		s.Take(b.Body)
	}
}

// By returns the Worker and the Hold of a client that has readers of bodies. begin returns
// what makes a request to a URL, for one goroutine.
func (t *Task) By(begin func(url string) func() Begun) Client {
	end := func(s *Sink, b Begun) {
		b.take(s)
		s.Done(b.Status)
	}
	return Client{
		Worker: func() func() {
			s, once := t.Sink(), begin(t.URL())
			return func() { end(s, once()) }
		},
		Hold: func(url string) func() {
			b := begin(url)()
			return func() { end(t.Sink(), b) }
		},
	}
}
