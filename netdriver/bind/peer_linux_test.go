package bind_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
)

// answer starts a server that answers each request on l with "name address": the
// name that it was given, and the address that the client comes from.
func answer(l net.Listener, name string) (stop func()) {
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { reply(c, name) })
		}
	})
	return func() {
		_ = l.Close()
		all.Wait()
	}
}

// reply answers request after request, until one of them asks for the end.
func reply(c net.Conn, name string) {
	defer c.Close()
	body := name + " " + c.RemoteAddr().(*net.TCPAddr).IP.String()
	for requests := bufio.NewReader(c); ; {
		r, err := http.ReadRequest(requests)
		if err != nil {
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		if r.Close {
			return
		}
	}
}

// here starts such a server on loopback, and returns its URL.
func here(t testing.TB) (url string) {
	t.Helper()
	url, stop := whoAmI()
	t.Cleanup(stop)
	return url
}

// whoAmI is here for an example.
func whoAmI() (url string, stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return "http://" + l.Addr().String() + "/", answer(l, "here")
}
