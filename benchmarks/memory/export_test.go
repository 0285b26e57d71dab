package memory

import (
	"crypto/tls"
	"net"

	"github.com/zreq-go/zreq/benchmarks/origin"
)

var (
	Room        = room
	Connections = connections
	Build       = build
)

// IdleOf measures connections that hold makes, in this process.
func IdleOf(o *origin.Origin, n int, hold func(dial func() (net.Conn, error), n int) (end func(), err error)) (*Idle, error) {
	t := &task{Address: o.Plain, Connections: n, config: &tls.Config{}}
	return t.idleOf(holder{"a test", func(t *task, n int) (held, error) {
		end, err := hold(t.dial, n)
		return held{end}, err
	}})
}

// GrowthOf measures a stream by hand, in this process.
func GrowthOf(o *origin.Origin, length int64, take func(chunk []byte)) (*Growth, error) {
	t := &task{Address: o.Plain, Length: length}
	return t.growthOf(streamer{"a test", func(t *task, path string, f func([]byte) error) error {
		return streamRaw(t, path, func(chunk []byte) error {
			take(chunk)
			return f(chunk)
		})
	}})
}

// Weigh weighs a command with what is built in dir.
func Weigh(dir string, command ...string) (int64, error) {
	return (&scale{dir: dir}).weigh(command)
}
