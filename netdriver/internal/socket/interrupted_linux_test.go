package socket_test

import (
	"bytes"
	"io"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// interrupted is a proof of TestFeature/A22: a system call that a signal interrupts is made
// again, and neither the connection nor the file is given up for it.
func interrupted(t *testing.T) {
	content := bytesOf(4 << 20)
	for name, run := range map[string]func(is *is.I, t *testing.T){
		"Check": func(is *is.I, t *testing.T) {
			c, peer := sends(t)
			is.NoErr(c.Check()) // silence is not mistaken for a death
			_, err := peer.Write([]byte("x"))
			is.NoErr(err)
			_, err = io.ReadFull(c, make([]byte, 1))
			is.NoErr(err)
			is.NoErr(c.Check())
		},
		"SendFile": func(is *is.I, t *testing.T) {
			c, peer := sends(t)
			got := drain(peer)
			sent, err := c.SendFile(file(t, content), 0, int64(len(content)))
			is.NoErr(err)
			is.Equal(sent, int64(len(content)))
			is.NoErr(c.Close())
			is.True(bytes.Equal(got(), content))
		},
		"ReceiveFile": func(is *is.I, t *testing.T) {
			c, peer := sends(t)
			f := file(t, nil)
			defer c.Close() // by which the peer's Write ends, whatever was taken
			send(t, peer, content)
			n, err := receiveAll(c, f, int64(len(content)))
			is.NoErr(err)
			is.Equal(n, int64(len(content)))
			is.True(bytes.Equal(holds(t, f), content))
		},
		"who is to blame": func(is *is.I, t *testing.T) {
			is.Equal(socket.Blame(file(t, content), syscall.ECONNRESET), syscall.ECONNRESET) // the file can be read
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			count := socket.Interrupt(t)
			run(is, t)
			is.True(*count > 0) // or nothing was shown
		})
	}
}
