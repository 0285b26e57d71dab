//go:build !tinygo

package download_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A device replaces its image over a link that breaks. What was written is kept beside the
// path until the image is whole, so that a second run of the program would go on from it.
func ExampleToFile() {
	const head, rest = "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: 10\r\n\r\nfirm", "HTTP/1.1 206 Partial Content\r\nETag: \"7\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6\r\n\r\nware 7"
	peer := zreqtest.NewPeer(nil,
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(head), zreqtest.Close()},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(rest), zreqtest.Close()})
	defer peer.Close()
	dir, err := os.MkdirTemp("", "firmware")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "firmware.bin")

	sum := sha256.Sum256([]byte("firmware 7"))
	res, err := download.ToFile(context.Background(), "http://updates.test/firmware.bin", path, &download.Args{
		Call:  zreq.Args{Driver: peer},
		Want:  download.Want{SHA256: sum[:]},
		Retry: download.Retry{Wait: -1},
	})
	if err != nil {
		fmt.Println(err) // path is as it was
		return
	}
	content, err := os.ReadFile(path)
	fmt.Printf("%q after %d attempts %v\n", content, res.Attempts, err)
	// Output:
	// "firmware 7" after 2 attempts <nil>
}
