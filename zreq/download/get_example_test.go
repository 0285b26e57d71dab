package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A device receives its firmware in chunks. The connection breaks half way, and the
// chunks go on over the next one.
func ExampleGet() {
	const head, rest = "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: 10\r\n\r\nfirm", "HTTP/1.1 206 Partial Content\r\nETag: \"7\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\n\r\nware 7"
	peer := zreqtest.NewPeer(nil,
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(head), zreqtest.Close()},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(rest), zreqtest.Close()})
	defer peer.Close()

	sum := sha256.Sum256([]byte("firmware 7"))
	program := func(chunk []byte) error {
		fmt.Printf("%q\n", chunk)
		return nil
	}
	res, err := download.Get(context.Background(), "http://updates.test/firmware.bin", download.CallbackSink(program, 4), &download.Args{
		Call:  zreq.Args{Driver: peer},
		Want:  download.Want{MaxSize: 1 << 20, SHA256: sum[:]},
		Retry: download.Retry{Wait: -1},
	})
	if errors.Is(err, download.ErrDigest) {
		fmt.Println("not the image of this release")
	}
	fmt.Println(res.Size, res.Attempts, err)
	// Output:
	// "firm"
	// "ware"
	// " 7"
	// 10 2 <nil>
}
