package digest

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"io"

	"github.com/zreq-go/zreq/zreq/wire"
)

// An algorithm is a hash that a server may ask for (RFC 7616, 6.1).
type algorithm struct {
	name string
	make func() hash.Hash
}

// algorithms are the known ones, the strongest last.
var algorithms = [...]algorithm{
	{"MD5", md5.New},
	{"SHA-256", sha256.New},
	{"SHA-512-256", sha512.New512_256}, // of FIPS 180-4, not a SHA-512 cut short
}

// findAlgorithm returns the index of name in algorithms, or -1, and whether name ends in
// -sess.
func findAlgorithm(name string) (index int, sess bool) {
	for i := range algorithms {
		switch known := algorithms[i].name; {
		case equalFold(name, known):
			return i, false
		case equalFold(name, known+"-sess"):
			return i, true
		}
	}
	return -1, false
}

// allowed reports whether the program may use a. With GODEBUG=fips140=only it may not use
// MD5, whose Write then returns an error and whose Sum panics.
func (a *algorithm) allowed() bool {
	_, err := a.make().Write([]byte{0})
	return err == nil
}

// A permission remembers which algorithms are allowed, because finding out allocates.
type permission [len(algorithms)]struct{ asked, allowed bool }

func (p *permission) allows(algorithm int) bool {
	a := &p[algorithm]
	if !a.asked {
		a.asked, a.allowed = true, algorithms[algorithm].allowed()
	}
	return a.allowed
}

// digest hashes parts with colons between them.
func (a *algorithm) digest(parts ...string) string {
	h := a.make()
	for i, part := range parts {
		if i > 0 {
			part = ":" + part
		}
		_, _ = io.WriteString(h, part) // a hash takes everything
	}
	return hex(h.Sum(nil))
}

// hex writes p in lower case, as RFC 7616, 3.2 requires.
func hex(p []byte) string {
	const digits = "0123456789abcdef"
	text := make([]byte, 0, 2*len(p))
	for _, b := range p {
		text = append(text, digits[b>>4], digits[b&15])
	}
	return string(text)
}

// equalFold compares a and b, ignoring the case of ASCII.
func equalFold(a, b string) bool { return wire.EqualName([]byte(a), b) }
