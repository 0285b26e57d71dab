package stdnet

import "os"

// Blame says whose err is, after a sendfile of f.
func Blame(f *os.File, err error) error {
	s := &sendfile{in: int(f.Fd())}
	return s.blame(err)
}
