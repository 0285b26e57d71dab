// Program registry shows what calls without a driver of their own do as drivers
// are registered: a registry belongs to a program, so this is one.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func main() {
	get("none", nil)
	_, err := zreq.Connect(context.Background(), "http://device.test/", nil)
	say("none, connect", err)

	a, b := peer(), peer()
	netdriver.Register("a", a)
	get("one", nil)
	netdriver.Register("b", b)
	get("two", nil)
	fmt.Println("set default:", netdriver.SetDefault("b"))
	get("chosen by the program", nil)
	fmt.Println("dials:", a.Dials(), b.Dials())

	byName, err := netdriver.Lookup("a")
	fmt.Println("look-up:", err)
	resp := get("chosen by the call", &zreq.Args{Driver: byName, Headers: zreq.Headers{{"Connection", "Keep-Alive"}}})
	fmt.Println("dials:", a.Dials(), b.Dials())
	get("chosen by the connection", &zreq.Args{Connection: resp.Connection})
	fmt.Println("dials:", a.Dials(), b.Dials())
	_ = resp.Connection.Close()
	fmt.Println("open:", a.Open(), b.Open())
}

// peer answers two requests on each of two connections.
func peer() *zreqtest.Peer {
	answer := zreqtest.Send("HTTP/1.1 204 No Content\r\n\r\n")
	script := []zreqtest.Step{zreqtest.Request(), answer, zreqtest.Request(), answer}
	return zreqtest.NewPeer(nil, script, script)
}

func get(what string, args *zreq.Args) *zreq.Response {
	resp, err := zreq.Get(context.Background(), "http://device.test/", args)
	say(what, err)
	return resp
}

func say(what string, err error) {
	if err == nil {
		fmt.Println(what+":", "done")
		return
	}
	fmt.Println(what+":", errors.Is(err, zreq.ErrNoDriver), errors.Is(err, netdriver.ErrAmbiguousDriver),
		errors.Is(err, zreq.ErrRequest), zreq.SafeToRetry(err), err)
}
