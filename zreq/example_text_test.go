package zreq_test

import (
	"context"
	"fmt"

	"github.com/zreq-go/zreq/zreq"
)

// The charset of the response decides; the string is UTF-8 in any case.
func ExampleResponse_Text() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Length: 7\r\n\r\n21.5 \xb0C")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/temperature", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := resp.Text()
	if err != nil { // a charset that is not known, for one
		fmt.Println(err)
		return
	}
	fmt.Println(text, resp.Charset())
	// Output:
	// 21.5 °C iso-8859-1
}

// A server that does not name its charset, or a wrong one, is overruled.
func ExampleResponse_TextAs() {
	peer := serve("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nk\xfchl")
	defer peer.Close()

	resp, err := zreq.Get(context.Background(), "http://sensor.test/state", &zreq.Args{Driver: peer})
	if err != nil {
		fmt.Println(err)
		return
	}
	wrong, _ := resp.Text()
	fmt.Println(wrong)
	right, err := resp.TextAs("iso-8859-1")
	fmt.Println(right, err)
	// Output:
	// k�hl
	// kühl <nil>
}
