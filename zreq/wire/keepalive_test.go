package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// What Keep-Alive says is heard, however the head was cut, and nothing else is.
func testKeepAlive(t *testing.T) {
	for _, tt := range []struct {
		fields         string
		idle, requests int32
	}{
		{"", -1, -1},
		{"Keep-Alive: timeout=5, max=100\r\n", 5, 100},
		{"keep-alive: TIMEOUT=5,MAX=0\r\n", 5, 0},
		{"Keep-Alive: max=7\r\n", -1, 7},
		{"Keep-Alive:timeout = 5 ;max = 7\r\n", 5, 7},
		{"Keep-Alive: timeout=5,\r\n max=7\r\n", 5, 7},
		{"Keep-Alive: timeout=5\r\nKeep-Alive: max=7\r\n", 5, 7},
		{"Keep-Alive: timeout=60, timeout=5\r\nKeep-Alive: timeout=30\r\n", 5, -1},
		{"Keep-Alive: timeout=0\r\n", 0, -1},
		{"Keep-Alive: timeout=0005\r\n", 5, -1},
		{"Keep-Alive: timeout=1073741825, max=4294967297\r\n", 1 << 30, 1 << 30},
		{"Keep-Alive: timeout=" + strings.Repeat("9", 1000) + "\r\n", 1 << 30, -1},
		{"Keep-Alive: timeout=-5, max=+5\r\n", -1, -1},
		{"Keep-Alive: timeout=5s, max=1e3\r\n", -1, -1},
		{"Keep-Alive: timeout=\"5\", max=0x5\r\n", -1, -1},
		{"Keep-Alive: timeout=, max\r\n", -1, -1},
		{"Keep-Alive: timeout==5, =5, max=5=5\r\n", -1, -1},
		{"Keep-Alive: timeout=5 5, timeouts=5, xmax=5\r\n", -1, -1},
		{"Keep-Alive: 300\r\n", -1, -1},
		{"Keep-Alive: ,;,;,, ;\r\n", -1, -1},
		{"Keep-Alives: timeout=5\r\nX-Keep-Alive: max=5\r\n", -1, -1},
	} {
		t.Run(fmt.Sprintf("%.60q", tt.fields), func(t *testing.T) {
			for _, step := range []int{1, 7, 1 << 20} {
				is := is.New(t)
				in := "HTTP/1.1 103 X\r\nKeep-Alive: timeout=1, max=1\r\n\r\nHTTP/1.1 200 OK\r\n" + tt.fields + "Content-Length: 0\r\n\r\n"
				var d wire.Decoder
				d.Reset("GET", wire.Limits{})
				idle, requests := d.KeepAlive()
				is.Equal([]int32{idle, requests}, []int32{-1, -1}) // nothing was said yet
				used := 0
				for end := 0; ; end = min(end+step, len(in)) {
					ev, n, err := d.Next([]byte(in[used:end]))
					is.NoErr(err)
					used += n
					if ev.Kind == wire.Head {
						break
					}
				}
				idle, requests = d.KeepAlive()
				is.Equal([]int32{idle, requests}, []int32{tt.idle, tt.requests}) // that of the final head
			}
		})
	}
}

// What it takes to read Keep-Alive grows with its length, and needs no memory.
func TestKeepAliveIsReadInLinearTime(t *testing.T) {
	is := is.New(t)
	in := []byte("HTTP/1.1 200 OK\r\nKeep-Alive: " + strings.Repeat(",=;timeout=9,", 200_000) + "timeout=8\r\nContent-Length: 0\r\n\r\n")
	var d wire.Decoder
	allocs, _ := zreqtest.Allocs(func() {
		d.Reset("GET", wire.Limits{HeadBytes: 16 << 20})
		if ev, _, err := d.Next(in); err != nil || ev.Kind != wire.Head {
			t.Fatal(ev.Kind, err)
		}
	})
	is.Equal(allocs, int64(0))
	idle, _ := d.KeepAlive()
	is.Equal(idle, int32(8)) // quadratic time would not get here before the test is killed
}
