package form_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/zreq-go/zreq/form"
)

func ExampleValues_Body() {
	body := form.Values{{"site", "Oslo 3"}, {"tag", "a&b"}, {"tag", "~"}}.Body()
	fmt.Println(body.ContentType(), body.Size())
	_, _ = io.Copy(os.Stdout, body)
	// Output:
	// application/x-www-form-urlencoded 29
	// site=Oslo+3&tag=a%26b&tag=%7E
}

func ExampleFromLists() {
	v := form.FromLists(map[string][]string{"tag": {"b", "a"}, "rev": {"7"}})
	fmt.Println(string(v.AppendQuery(nil)))
	// Output: rev=7&tag=b&tag=a
}

func ExampleBytes() {
	body := form.Bytes([]byte{0xa1, 0x61, 0x74, 0x15}, "application/cbor")
	fmt.Println(body.ContentType(), body.Size())
	// Output: application/cbor 4
}

func ExampleJSON() {
	body := form.JSON(map[string]any{"site": "Zürich", "t": 21.5})
	if err := body.Encode(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(body.ContentType(), body.Size())
	_, _ = io.Copy(os.Stdout, body)
	// Output:
	// application/json 27
	// {"site":"Zürich","t":21.5}
}

func ExampleFiles() {
	files := form.Files(form.File{
		Field:       "log",
		Name:        "boot.log",
		ContentType: "text/plain",
		Headers:     [][2]string{{"X-Level", "3"}},
		Content:     strings.NewReader("no such device"),
	})
	if err := files.SetBoundary("cut"); err != nil { // for this page; it is random else
		fmt.Println(err)
		return
	}
	body := files.With(form.Values{{"site", "Oslo 3"}})
	fmt.Println(body.ContentType(), body.Size())
	text, err := io.ReadAll(body)
	fmt.Println(strings.ReplaceAll(string(text), "\r\n", "\n"), err)
	// Output:
	// multipart/form-data; boundary=cut 199
	// --cut
	// Content-Disposition: form-data; name="site"
	//
	// Oslo 3
	// --cut
	// Content-Disposition: form-data; name="log"; filename="boot.log"
	// Content-Type: text/plain
	// X-Level: 3
	//
	// no such device
	// --cut--
	//  <nil>
}
