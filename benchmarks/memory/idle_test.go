package memory_test

import (
	"net"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/memory"
)

func TestIdles(t *testing.T) {
	is := is.New(t)
	idles, err := memory.Idles(start(t), true)
	is.NoErr(err)
	peers := map[bool]map[string]memory.Idle{false: {}, true: {}}
	for _, i := range idles {
		t.Logf("%-12s TLS %-5v %6d connections: %6d heap %6d stack %.3f goroutines", i.Peer, i.TLS, i.Connections, i.Heap, i.Stack, i.Goroutines)
		peers[i.TLS][i.Peer] = i
		bare := peers[i.TLS]["raw"]
		is.True(i.Heap >= bare.Heap-bare.Heap/4) // nobody holds less than the socket takes
		switch i.Peer {
		case "raw", "zreq", "zreq Session":
			is.Equal(i.Goroutines, 0.0) // nobody waits for anything
			is.True(i.Stack < 1<<10)
		case "net/http", "resty":
			is.Equal(i.Goroutines, 2.0) // one reads and one writes
			is.True(i.Stack >= 4<<10)
		}
	}
	for secure, all := range peers {
		is.Equal(len(all), 6) // each peer is there
		is.True(all["raw"].Heap > 200)
		is.True(!secure || all["raw"].Heap > 2<<10) // TLS has keys and buffers
	}
}

// TestIdleWeighsWhatIsHeld: no more and no less, and only if it is held.
func TestIdleWeighsWhatIsHeld(t *testing.T) {
	is := is.New(t)
	o := start(t)
	const ballast, n = 10_000, 50
	var less int
	hold := func(dial func() (net.Conn, error), n int) (func(), error) {
		var kept []net.Conn
		var weights [][]byte
		for range max(n-less, 1) {
			conn, err := dial()
			if err != nil {
				return nil, err
			}
			kept, weights = append(kept, conn), append(weights, make([]byte, ballast))
		}
		return func() {
			for i, conn := range kept {
				_, weights[i] = conn.Close(), nil
			}
		}, nil
	}
	one, err := memory.IdleOf(o, n, hold)
	is.NoErr(err)
	is.True(one.Heap > ballast && one.Heap < ballast+2<<10)
	less = 1
	_, err = memory.IdleOf(o, n, hold)
	is.True(err != nil && strings.Contains(err.Error(), "49 are open")) // a claim that is not so
}

func TestConnectionsAreCounted(t *testing.T) {
	is := is.New(t)
	o := start(t)
	var open []net.Conn
	for range 5 {
		conn, err := net.Dial("tcp", o.Plain)
		is.NoErr(err)
		defer conn.Close()
		open = append(open, conn)
	}
	n, err := memory.Connections(o.Plain, 5)
	is.NoErr(err)
	is.Equal(n, 5)
	is.NoErr(open[0].Close())
	n, err = memory.Connections(o.Plain, 5)
	is.NoErr(err)
	is.Equal(n, 4) // one that is closed is none
	n, err = memory.Connections(o.TLS, 5)
	is.NoErr(err)
	is.Equal(n, 0) // these went elsewhere
}

func TestRoomIsToldOf(t *testing.T) {
	is := is.New(t)
	is.NoErr(memory.Room(10))
	err := memory.Room(1 << 30)
	is.True(err != nil && strings.Contains(err.Error(), "ulimit")) // says what is missing
}
