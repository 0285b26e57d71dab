//go:build !wasip1

package zreq_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// clumsy is a coding that panics, where it says.
type clumsy struct {
	io.Reader
	at *string
}

func (c clumsy) Decode(r io.Reader) (io.ReadCloser, error) {
	c.panics("Decode")
	return clumsy{r, c.at}, nil
}

func (c clumsy) Read(p []byte) (int, error) {
	c.panics("Read")
	return c.Reader.Read(p)
}

func (c clumsy) Close() error {
	c.panics("Close")
	return nil
}

func (c clumsy) panics(at string) {
	if *c.at == at {
		panic(at)
	}
}

// TestCodingPanics: a panic of a coding leaves no connection busy. It has a process
// of its own, since a coding that is registered stays so.
func TestCodingPanics(t *testing.T) {
	const own = "ZREQ_TEST_CODING"
	if os.Getenv(own) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestCodingPanics$")
		child.Env = append(os.Environ(), own+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	var at string
	zreq.RegisterCoding("clumsy", clumsy{at: &at})
	for _, at = range []string{"Decode", "Read", "Close"} {
		for mode, tt := range map[string]struct {
			args   zreq.Args
			status int
		}{
			"content": {zreq.Args{}, 200},
			"page":    {zreq.Args{}, 404},
			"Stream":  {zreq.Args{Stream: true}, 200},
		} {
			t.Run(at+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				coded := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Encoding: clumsy\r\nContent-Length: 5\r\n\r\nhello", tt.status)
				peer := zreqtest.NewPeer(t, answering(coded, byLength("next")), answering(byLength("next")))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				log := new(tracer)
				tt.args.Connection, tt.args.Trace = conn, log
				func() {
					defer func() { is.Equal(recover(), at) }()
					resp, err := zreq.Get(context.Background(), site, &tt.args)
					is.NoErr(err)
					defer resp.Close() // of a body that cannot be read
					_, _ = resp.ReadN(0)
				}()
				done := 0
				for _, e := range log.events {
					if e.Kind == zreq.EventDone {
						done++
					}
				}
				is.Equal(done, 1) // the call is over, once
				next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.NoErr(err) // it is free
				is.Equal(content(is, next), "next")
				is.NoErr(conn.Close())
				is.Equal(peer.Open(), 0)
				peer.Close()
			})
		}
	}
}
