package fuzz_test

import "testing"

// FuzzHead: a head, or several, with whatever follows.
func FuzzHead(f *testing.F) {
	for _, lines := range []string{
		"A: b\r\n\r\n",
		"A: b\r\n c\r\n\t\r\nD:\r\n\r\n",
		"Content-Length: 5, 5\r\nConnection: a,\r\n close\r\n\r\nhello",
		"Transfer-Encoding: ,chunked\n\n0\r\n\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		"A : b\r\n\r\n",
		"A: b\rC: d\r\n\r\n",
	} {
		for method := range byte(3) {
			f.Add([]byte("HTTP/1.1 200 OK\r\n"+lines), method, []byte{3, 1, 7})
			f.Add([]byte("HTTP/1.0 304\n"+lines), method, []byte{2})
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, method byte, sizes []byte) {
		check(t, in, methodOf(method), sizes)
	})
}

// FuzzChunked: what follows a head that says chunked.
func FuzzChunked(f *testing.F) {
	for _, in := range []string{
		"5\r\nhello\r\n0\r\n\r\n",
		"5;a=\"b;c\"\r\nhello\r\n00 \r\nA: b\r\n c\r\n\r\nrest",
		"a\r\n0123456789\r\nA\r\n0123456789\r\n0;x\r\n\r\n",
		"7fffffffffffffff\r\nhello",
		"8000000000000000\r\n",
		"5\nhello\r\n",
		"+5\r\nhello\r\n",
		"0\r\nContent-Length: 5\r\nA:\r\n\r\n",
	} {
		f.Add([]byte(in), []byte{1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, in, sizes []byte) {
		in = append([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), in...)
		check(t, in, "GET", append([]byte{45}, sizes...))
	})
}

// FuzzExchange: all that a peer sends in answer to a request.
func FuzzExchange(f *testing.F) {
	for _, in := range []string{
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 103 x\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nuntil close",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nx",
		"SSH-2.0-x\r\n",
	} {
		for method := range byte(3) {
			f.Add([]byte(in), method, []byte{5, 1})
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, method byte, sizes []byte) {
		check(t, in, methodOf(method), sizes)
	})
}
