package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// The gateway reaches the internet only through the proxy of its site.
func ExampleHTTP() {
	// A program has new(stdnet.Driver) in place of this network with a proxy.
	via := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Head(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
	})
	defer via.Close()

	d, err := proxy.HTTP(via, "proxy.example.org:3128", &proxy.Options{User: "gateway", Password: os.Getenv("PROXY_PASSWORD")})
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := zreq.Get(context.Background(), "http://origin.example.org/", &zreq.Args{Driver: d})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := resp.Text()
	fmt.Println(text, err)
	// Output: hello <nil>
}

// An Error has what the proxy said.
func ExampleError() {
	via := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Head(), zreqtest.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 30\r\n\r\nSites of this kind are blocked"),
	})
	defer via.Close()
	d, err := proxy.HTTP(via, "proxy.example.org:3128", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = d.Dial(context.Background(), "tcp", "origin.example.org:443")
	var refusal *proxy.Error
	if errors.As(err, &refusal) && refusal.Status != 0 {
		fmt.Println(err)
		fmt.Printf("%s\n", refusal.Page)
	}
	// Output:
	// proxy proxy.example.org:3128: connect to origin.example.org:443: the proxy did not connect: status 403, its rules do not allow it
	// Sites of this kind are blocked
}

// The proxy looks the name up.
func ExampleSOCKS5() {
	// A program has new(stdnet.Driver) in place of this network with a proxy.
	via := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Read(3), zreqtest.Send("\x05\x00"),
		zreqtest.Read(22), zreqtest.Send("\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"),
		zreqtest.Head(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
	})
	defer via.Close()

	d, err := proxy.SOCKS5(via, "jump.example.org:1080", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := zreq.Get(context.Background(), "http://origin.internal/", &zreq.Args{Driver: d})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := resp.Text()
	fmt.Println(text, err)
	// Output: hello <nil>
}

// The variables are read once. For each origin they say which proxy forwards requests for
// plain http, if any.
func ExampleFromEnvironment() {
	os.Setenv("HTTP_PROXY", "http://gateway:password@proxy.example.org:3128")
	os.Setenv("NO_PROXY", ".internal")
	defer os.Unsetenv("HTTP_PROXY")
	defer os.Unsetenv("NO_PROXY")

	via := memnet.New() // or new(stdnet.Driver)
	d, err := proxy.FromEnvironment(via, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, origin := range []string{"origin.example.org:80", "sensor.internal:80"} {
		fmt.Printf("%s: %q\n", origin, d.Proxy(origin))
	}

	os.Setenv("HTTP_PROXY", "gopher://proxy.example.org")
	_, err = proxy.FromEnvironment(via, nil)
	fmt.Println(err)
	// Output:
	// origin.example.org:80: "proxy.example.org:3128"
	// sensor.internal:80: ""
	// HTTP_PROXY has an unknown scheme: use http, https, socks5 or socks5h
}
