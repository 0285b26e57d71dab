package download

import "errors"

// CallbackSink returns a Sink that calls fn with chunks of exactly size bytes. Only the last
// chunk may be shorter, and none is empty. The chunks follow each other without gaps over
// all connections that the job takes. A chunk is valid until fn returns. If size is zero,
// it is 512. It is at most 64 MiB.
//
// fn cannot be told to take a chunk back: see [WriterSink]. If fn returns an error, the job
// ends with it. Chunks are passed to fn before the digest is known to be right, so use the
// content only after [Get] has returned nil. If the last chunk is shorter, fn receives it
// only when the digest is right.
func CallbackSink(fn func(chunk []byte) error, size int) Sink {
	if size == 0 {
		size = 512
	}
	return &callbackSink{fn: fn, size: size}
}

var (
	_ Sink   = (*callbackSink)(nil)
	_ OneWay = (*callbackSink)(nil)
)

type callbackSink struct {
	fn    func(chunk []byte) error
	size  int
	chunk []byte // that is not full
}

const maxChunk = 64 << 20

var errChunk = errors.New("the size of a chunk is negative, or over 64 MiB")

func (s *callbackSink) OneWay() bool { return true }

func (s *callbackSink) Open(int64, int64) (int64, error) {
	if s.size < 0 || s.size > maxChunk {
		return 0, errChunk
	}
	s.chunk = s.chunk[:0]
	return 0, nil
}

// Write passes on chunks that lie in p as a whole, and copies the rest.
func (s *callbackSink) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		var m int
		if len(s.chunk) == 0 && len(p) >= s.size {
			m = s.size
			err = s.fn(p[:m:m])
		} else {
			m, err = s.fill(p)
		}
		n, p = n+m, p[m:]
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// fill adds as much of p to the chunk as fits, and passes that on if it is full.
func (s *callbackSink) fill(p []byte) (int, error) {
	if s.chunk == nil {
		s.chunk = make([]byte, 0, s.size)
	}
	m := min(len(p), s.size-len(s.chunk))
	s.chunk = append(s.chunk, p[:m]...)
	if len(s.chunk) < s.size {
		return m, nil
	}
	return m, s.flush()
}

func (s *callbackSink) flush() error {
	chunk := s.chunk
	s.chunk = s.chunk[:0]
	return s.fn(chunk[:len(chunk):len(chunk)])
}

// Sync has nothing to do: fn decides what is durable.
func (s *callbackSink) Sync() error { return nil }

// Commit passes on the last chunk.
func (s *callbackSink) Commit() error {
	if len(s.chunk) == 0 {
		return nil
	}
	return s.flush()
}

func (s *callbackSink) Close() error { return nil }
