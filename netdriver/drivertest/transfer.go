package drivertest

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) transferTests() []test {
	return []test{
		{"carries any size both ways", s.carriesSizes},
		{"carries any piece", s.carriesPieces},
		{"reads while it writes", s.duplex},
		{"ends in io.EOF after all data", s.endOfStream},
	}
}

func (s *suite) carriesSizes(t *testing.T) {
	c, peer := s.connect(t)
	for _, size := range []int{1, 2, 3, 511, 512, 1437, 4096, 16385, 65537, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			data := noise(size)
			carries(t, c, peer, data, 4096)
			carries(t, peer, c, data, 4096)
		})
	}
}

func (s *suite) carriesPieces(t *testing.T) {
	c, peer := s.connect(t)
	for _, size := range []int{1, 7, 1000, 33000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			carries(t, peer, c, noise(20011), size)
		})
	}
}

func (s *suite) duplex(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	out, in := noise(1<<20), noise(1<<20-1)
	writing := start(func() (int, error) { return writeAll(c, out) })
	answering := start(func() (int, error) { return writeAll(peer, in) })
	taking := start(func() ([]byte, error) { return readAll(peer, 4096, len(out)) })
	got, err := start(func() ([]byte, error) { return readAll(c, 4096, len(in)) }).wait(t)
	is.NoErr(err)                 // one goroutine reads
	is.True(bytes.Equal(got, in)) // what the peer wrote
	_, err = writing.wait(t)
	is.NoErr(err) // while another writes
	_, err = answering.wait(t)
	is.NoErr(err)
	got, err = taking.wait(t)
	is.NoErr(err)
	is.True(bytes.Equal(got, out)) // what the peer reads
}

func (s *suite) endOfStream(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	data := noise(100_003)
	writing := start(func() (int, error) {
		n, err := writeAll(peer, data)
		if err != nil {
			return n, err
		}
		return n, peer.Close()
	})
	got, err := start(func() ([]byte, error) { return readAll(c, 1000, len(data)+1) }).wait(t)
	is.Equal(err, io.EOF)           // the peer's end of stream is io.EOF
	is.True(bytes.Equal(got, data)) // after all of its data
	_, err = writing.wait(t)
	is.NoErr(err)
}

func (s *suite) halfCloseTests() []test {
	return []test{
		{"lets the peer answer", s.halfCloseOurs},
		{"of the peer lets us answer", s.halfCloseTheirs},
	}
}

func (s *suite) halfCloseOurs(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	half, ok := c.(netdriver.HalfCloser)
	is.True(ok) // the connection is a HalfCloser
	data := noise(9000)
	writing := start(func() (int, error) {
		n, err := writeAll(c, data)
		if err != nil {
			return n, err
		}
		return n, half.CloseWrite()
	})
	got, err := start(func() ([]byte, error) { return readAll(peer, 512, len(data)+1) }).wait(t)
	is.Equal(err, io.EOF)           // the peer reads the end
	is.True(bytes.Equal(got, data)) // after the data
	_, err = writing.wait(t)
	is.NoErr(err)
	carries(t, peer, c, data, 512) // reads go on
}

func (s *suite) halfCloseTheirs(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	half, ok := peer.(netdriver.HalfCloser)
	if !ok {
		t.Skip("the peer cannot end one side")
	}
	is.NoErr(half.CloseWrite())
	_, err := start(func() ([]byte, error) { return readAll(c, 512, 1) }).wait(t)
	is.Equal(err, io.EOF)                 // the peer's end is read
	carries(t, c, peer, noise(9000), 512) // and our side goes on
}

func (s *suite) endProofTests() []test {
	return []test{
		{"is there when the peer says its end", s.provenEnd},
		{"is missing when the transport ends", s.unprovenEnd},
	}
}

func (s *suite) provenEnd(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	prover, ok := c.(netdriver.EndProver)
	is.True(ok)                 // the connection is an EndProver
	is.True(prover.ProvesEnd()) // and proves its end
	is.NoErr(peer.Close())
	_, err := start(func() ([]byte, error) { return readAll(c, 512, 1) }).wait(t)
	is.Equal(err, io.EOF) // an end that the peer said is io.EOF
}

func (s *suite) unprovenEnd(t *testing.T) {
	is := is.New(t)
	c, peer := s.connect(t)
	cutter, ok := peer.(interface{ Cut() })
	if !ok {
		t.Skip("the peer cannot end without proof")
	}
	cutter.Cut()
	_, err := start(func() ([]byte, error) { return readAll(c, 512, 1) }).wait(t)
	is.True(err != nil)    // an end that it did not say
	is.True(err != io.EOF) // is another error
}
