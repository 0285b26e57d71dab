package download

import "io"

// WriterSink returns a Sink that writes to w, in order. It cannot take back what it has
// written: if the server has another version, the job fails with ErrChanged, unless
// Args.OnRestart takes w back to its first byte. It has no Store, so that a job goes on
// after every cut but not in another process.
//
// If w has a method Sync() error, it is called for each checkpoint and at the end, before the
// job succeeds. If w is a zreq.Receiver, it is not used as one. w is not closed.
func WriterSink(w io.Writer) Sink { return &writerSink{w: w} }

var (
	_ Sink   = (*writerSink)(nil)
	_ OneWay = (*writerSink)(nil)
)

type writerSink struct{ w io.Writer }

func (s *writerSink) OneWay() bool { return true }

// Open begins at the first byte: what an earlier job has written to another w is not in
// this one.
func (s *writerSink) Open(int64, int64) (int64, error) { return 0, nil }

func (s *writerSink) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return s.w.Write(p)
}

func (s *writerSink) Sync() error {
	if synced, ok := s.w.(interface{ Sync() error }); ok {
		return synced.Sync()
	}
	return nil
}

func (s *writerSink) Commit() error { return nil }

func (s *writerSink) Close() error { return nil }
