package jobs

import (
	"net"
	"os"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// fileWorld has an origin and a small Stream.
func fileWorld(t *testing.T) *World {
	t.Helper()
	o, err := origin.Start()
	is.New(t).NoErr(err)
	t.Cleanup(func() { is.New(t).NoErr(o.Stop()) })
	return &World{Origin: o, Dir: t.TempDir(), Stream: 192 << 10}
}

// fileEach does each case by each of its clients.
func fileEach(t *testing.T, cases []bench.Case, do func(is *is.I, client bench.Client)) {
	t.Helper()
	for _, c := range cases {
		clients, err := c.Clients()
		is.New(t).NoErr(err)
		for _, client := range clients {
			t.Run(c.Name+"/"+client.Name, func(t *testing.T) { do(is.New(t), client) })
			if client.Close != nil {
				is.New(t).NoErr(client.Close())
			}
		}
	}
}

func TestDownloads(t *testing.T) {
	w := fileWorld(t)
	fileEach(t, append(Downloads(w), Durable(w)...), func(is *is.I, client bench.Client) {
		is.NoErr(client.Do(1)) // every byte came
		is.NoErr(client.Do(3)) // and again, over the same connection
	})
	left, err := os.ReadDir(w.Dir)
	is.New(t).NoErr(err)
	is.New(t).Equal(len(left), 0) // no file is left behind
}

// fileLiar is a world whose plain origin answers every request with the same bytes.
func fileLiar(t *testing.T, answer string) *World {
	t.Helper()
	is := is.New(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go lie(conn, answer)
		}
	}()
	return &World{Origin: &origin.Origin{Plain: listener.Addr().String()}, Dir: t.TempDir(), Stream: 64 << 10}
}

// lie answers the first request, whatever it is, and ends what it sends.
func lie(conn net.Conn, answer string) {
	defer conn.Close()
	buffer := make([]byte, 64<<10)
	if _, err := conn.Read(buffer); err != nil {
		return
	}
	if _, err := conn.Write([]byte(answer)); err != nil {
		return
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// TestDownloadsNotice: no client takes for a download what is none.
func TestDownloadsNotice(t *testing.T) {
	for name, answer := range map[string]string{
		"another status": "HTTP/1.1 404 Not Found\r\nContent-Length: 65536\r\n\r\n" + string(make([]byte, 64<<10)),
		"another size":   "HTTP/1.1 200 OK\r\nContent-Length: 65535\r\n\r\n" + string(make([]byte, 64<<10-1)),
		"cut short":      "HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + string(make([]byte, 60<<10)),
	} {
		t.Run(name, func(t *testing.T) {
			fileEach(t, Downloads(fileLiar(t, answer))[:1], func(is *is.I, client bench.Client) {
				is.True(client.Do(1) != nil) // it says so
			})
		})
	}
}
