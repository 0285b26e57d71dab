package gzip_test

import (
	"bytes"
	stdgzip "compress/gzip"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/zreq"
	_ "github.com/zreq-go/zreq/zreq/gzip" // all that a program needs to do
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func Example() {
	var body bytes.Buffer
	w := stdgzip.NewWriter(&body)
	_, _ = io.WriteString(w, "pump: on\nvalve: 7\n")
	_ = w.Close()
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" +
			"Content-Length: " + strconv.Itoa(body.Len()) + "\r\n\r\n" + body.String()),
	})
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://plant.test/settings", &zreq.Args{
		Driver: peer, // a program imports netdriver/std instead
		Stream: true,
	})
	if err != nil {
		fmt.Println("no answer:", err)
		return
	}
	for chunk, err := range resp.Chunks(10) {
		if err != nil {
			fmt.Println("not whole:", err)
			return
		}
		fmt.Printf("%q\n", chunk)
	}
	fmt.Println("whole:", resp.Complete(), "decoded:", resp.Decoded())
	// Output:
	// "pump: on\nv"
	// "alve: 7\n"
	// whole: true decoded: true
}
