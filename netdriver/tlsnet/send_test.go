package tlsnet_test

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// measured is a connection that can tell what it holds, and counts its Writes.
type measured struct {
	netdriver.Conn
	writes int
}

func (c *measured) Queued() int { return 1 }

func (c *measured) Write(p []byte) (int, error) {
	c.writes++
	return c.Conn.Write(p)
}

// together returns a client over a measured connection, with what is below that and the server.
func together(t *testing.T) (client netdriver.Conn, below *measured, near *memnet.Conn, server netdriver.Conn) {
	near, far := memnet.Pipe()
	t.Cleanup(func() { near.Close(); far.Close() })
	below = &measured{Conn: near}
	client, server = shake(t, below, withAddr{far})
	return client, below, near, server
}

// TestRecordsLeaveTogether: those of one Write, however small crypto/tls makes the first ones.
func TestRecordsLeaveTogether(t *testing.T) {
	is := is.New(t)
	client, below, _, server := together(t)
	below.writes = 0
	sent := bytes.Repeat([]byte("0123456789abcde\n"), 10<<10)
	for at := 0; at < len(sent); {
		got := make(chan string)
		n := min(32<<10, len(sent)-at)
		go func() { got <- readString(is, server, n) }()
		m, err := client.Write(sent[at:])
		is.NoErr(err)
		is.Equal(m, n)
		is.True(<-got == string(sent[at:at+n]))
		at += n
	}
	is.Equal(below.writes, (len(sent)+32<<10-1)/(32<<10)) // each Write is one below
}

// TestRecordsThatAreCut: what a deadline has cut leaves before anything else, and once.
func TestRecordsThatAreCut(t *testing.T) {
	for name, stalls := range map[string]int64{"before them": -1, "in the first": 1000, "between": 20_000} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				client, _, near, server := together(t)
				first, second := bytes.Repeat([]byte("a"), 32<<10), bytes.Repeat([]byte("b"), 32<<10)
				near.SetFaults(memnet.Faults{StallWriteAfter: stalls})
				for _, want := range []int{len(first), 0, 0} { // what is encrypted may have left; then nothing is until it has
					client.SetWriteDeadline(time.Now().Add(time.Second))
					n, err := client.Write(first)
					is.Equal(n, want)
					is.True(errors.Is(err, os.ErrDeadlineExceeded))
				}
				near.SetFaults(memnet.Faults{})
				client.SetWriteDeadline(time.Time{})
				go writeAll(client, second)
				is.True(readString(is, server, 64<<10) == string(first)+string(second))
			})
		})
	}
}

// TestRecordsThatFail: a Write of which nothing has left says so.
func TestRecordsThatFail(t *testing.T) {
	for after, want := range map[int64]int{-1: 0, 1000: 32 << 10} {
		is := is.New(t)
		client, _, near, _ := together(t)
		near.SetFaults(memnet.Faults{ResetWriteAfter: after})
		n, err := client.Write(make([]byte, 32<<10))
		is.Equal(n, want)
		is.True(errors.Is(err, memnet.ErrReset))
		n, err = client.Write(make([]byte, 32<<10))
		is.Equal(n, 0) // after that nothing leaves
		is.True(errors.Is(err, memnet.ErrReset))
	}
}

// TestRecordsAllocateNothing: their memory is lent.
func TestRecordsAllocateNothing(t *testing.T) {
	is := is.New(t)
	client, _, _, server := together(t)
	sent, buffer := make([]byte, 32<<10), make([]byte, 32<<10)
	go func() {
		for err := error(nil); err == nil; {
			_, err = server.Read(buffer)
		}
	}()
	allocs := testing.AllocsPerRun(100, func() { _, _ = client.Write(sent) })
	is.True(allocs < 9) // under the race detector a sync.Pool forgets some
}
