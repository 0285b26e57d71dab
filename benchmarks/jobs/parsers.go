package jobs

import (
	"fmt"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Parsers take apart what is in memory: heads, and a body in chunks. No client has it
// as a whole: each has it come through a buffer of 4 KiB, into which it is copied, as
// from a socket.
func Parsers() []bench.Case {
	const group = "parse"
	var cases []bench.Case
	for _, fields := range []int{10, 40} {
		head := headText(fields)
		cases = append(cases, bench.Case{
			Name: fmt.Sprintf("head of %d fields", fields), Group: group, Bytes: int64(len(head)),
			Clients: []bench.Maker{
				parser("zreq", headByWire(head, true)), parser("zreq, nothing looked up", headByWire(head, false)),
				parser("net/http", headByNetHTTP(head)), parser("fasthttp", headByFastHTTP(head)),
			},
		})
	}
	body := chunkedText(parseBody, parseChunk)
	return append(cases, bench.Case{
		Name: "1 MiB in chunks of 1 KiB", Group: group, Bytes: parseBody,
		Clients: []bench.Maker{
			parser("zreq", chunksByWire(body, true)), parser("zreq, in place", chunksByWire(body, false)),
			parser("net/http", chunksByHTTPUtil(body)),
			parser("fasthttp", chunksByFastHTTP(body, false)), parser("fasthttp, streamed", chunksByFastHTTP(body, true)),
		},
	})
}

// parser is a client that does one thing at a time and has nothing to let go of.
func parser(name string, once func() error) bench.Maker {
	return bench.Maker{Name: name, Make: func() (bench.Client, error) {
		return bench.Client{Do: func(n int) error {
			for range n {
				if err := once(); err != nil {
					return err
				}
			}
			return nil
		}}, nil
	}}
}

const (
	parseBody   = 1 << 20
	parseChunk  = 1 << 10
	parseWindow = 4 << 10
	parseLength = 16777216            // is said in a head
	parseETag   = `"65a4f2c1-100000"` // is the last field of a head, and looked up
	parseChunks = "HTTP/1.1 200 OK\r\nServer: nginx/1.25.3\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// headText is a head as a server sends it, behind a proxy or two if it has many fields.
func headText(fields int) []byte {
	lines := strings.Split(headFields, "\n")[:fields-1]
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\n%s\r\nETag: %s\r\n\r\n", strings.Join(lines, "\r\n"), parseETag)
}

const headFields = `Server: nginx/1.25.3
Date: Mon, 02 Jan 2006 15:04:05 GMT
Content-Type: application/octet-stream
Content-Length: 16777216
Last-Modified: Sun, 01 Jan 2006 11:22:33 GMT
Connection: keep-alive
Cache-Control: public, max-age=3600, must-revalidate
Accept-Ranges: bytes
Vary: Accept-Encoding
Expires: Mon, 02 Jan 2006 16:04:05 GMT
Age: 1234
Via: 1.1 varnish, 1.1 edge-17.example.net
X-Cache: HIT, MISS
X-Cache-Hits: 3, 0
X-Served-By: cache-fra-etou8220067-FRA, cache-muc13945-MUC
X-Timer: S1136214245.123456,VS0,VE2
X-Request-Id: 7f2c8a54-0d3e-4b8e-9a51-2f1f0f6b1c9d
X-Frame-Options: DENY
X-Content-Type-Options: nosniff
X-XSS-Protection: 0
Referrer-Policy: strict-origin-when-cross-origin
Strict-Transport-Security: max-age=31536000; includeSubDomains; preload
Content-Security-Policy: default-src 'self'; img-src 'self' https://img.example.net; frame-ancestors 'none'
Permissions-Policy: geolocation=(), microphone=(), camera=()
Access-Control-Allow-Origin: *
Access-Control-Expose-Headers: ETag, X-Request-Id
Access-Control-Max-Age: 86400
Timing-Allow-Origin: *
Cross-Origin-Resource-Policy: cross-origin
Content-Disposition: attachment; filename="firmware-7.1.bin"
Content-Language: en
Alt-Svc: h3=":443"; ma=86400
NEL: {"report_to":"default","max_age":2592000,"include_subdomains":true}
Report-To: {"group":"default","max_age":2592000,"endpoints":[{"url":"https://report.example.net/r"}]}
Server-Timing: cdn-cache; desc=HIT, edge; dur=1
X-Amz-Request-Id: 4442587FB7D0A2F9
X-Amz-Version-Id: 3sL4kqtJlcpXroDTDmJrmSpXd3dIbrHY
X-Amz-Meta-Revision: 7.1
Pragma: no-transform`

// chunkedText is a response with a body of size bytes in chunks.
func chunkedText(size, chunk int) []byte {
	text := []byte(parseChunks)
	for data := make([]byte, chunk); size > 0; size -= chunk {
		text = wire.AppendChunk(text, data)
	}
	return wire.AppendLastChunk(text)
}
